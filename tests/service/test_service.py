import io
import json
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from skimage import data

from jnd.picture.file_limits import FileLimits
from jnd.service.app import FACTS_HEADER, ServiceSettings, create_app


def png(pixels=None):
    buffer = io.BytesIO()
    Image.fromarray(data.astronaut()[:96, 100:228] if pixels is None else pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def client():
    settings = ServiceSettings(
        workers=1, waiting=4, upload_bytes=300_000, limits=FileLimits(max_pixels=200_000)
    )
    with TestClient(create_app(settings)) as client:
        yield client


class TestEncode:
    def test_the_file_is_that_of_the_command_line(self, client, tmp_path):
        answer = client.post("/v1/encode?format=webp", content=png())
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/webp"
        facts = json.loads(answer.headers[FACTS_HEADER])
        assert facts["bytes"] == len(answer.content) < len(png())
        (tmp_path / "a.png").write_bytes(png())
        subprocess.run(
            [
                sys.executable,
                "-m",
                "jnd",
                "encode",
                tmp_path / "a.png",
                "-o",
                tmp_path,
                "--format",
                "webp",
                "--quiet",
            ],
            check=True,
        )
        assert answer.content == (tmp_path / "a.webp").read_bytes()

    def test_a_form_does_as_well_as_a_body(self, client):
        one = client.post("/v1/encode?format=webp", content=png())
        other = client.post("/v1/encode?format=webp", files={"picture": ("a.png", png())})
        assert one.content == other.content

    def test_a_source_that_is_small_already_is_given_back(self, client):
        small = client.post("/v1/encode?format=webp", content=png()).content
        again = client.post("/v1/encode?format=webp&target=archive", content=small)
        assert again.status_code == 200
        assert json.loads(again.headers[FACTS_HEADER])["status"] == "kept"

    def test_it_fits_a_size(self, client):
        answer = client.post("/v1/encode?format=webp&width=64", content=png())
        assert Image.open(io.BytesIO(answer.content)).size == (64, 48)


class TestCompareAndPredict:
    def test_equal_pictures_are_identical(self, client):
        answer = client.post("/v1/compare", files={"reference": png(), "changed": png()})
        assert answer.json()["verdict"] == "identical"

    def test_a_visible_change_is_seen(self, client):
        changed = np.array(data.astronaut()[:96, 100:228])
        changed[40:60, 40:60] = 0
        answer = client.post("/v1/compare", files={"reference": png(), "changed": png(changed)})
        assert answer.json()["verdict"] == "visible"
        assert answer.json()["regions"]

    def test_predictions_are_those_of_the_command_line(self, client, tmp_path):
        (tmp_path / "a.png").write_bytes(png())
        printed = subprocess.run(
            [sys.executable, "-m", "jnd", "predict", tmp_path / "a.png", "--json"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        expected = [json.loads(line) for line in printed.splitlines()]
        found = client.post("/v1/predict", content=png()).json()
        assert [{**one, "source": ""} for one in found] == [{**one, "source": ""} for one in expected]


class TestRefusals:
    @pytest.mark.parametrize(
        ("address", "content", "status", "why"),
        [
            ("/v1/encode", b"", 400, "empty"),
            ("/v1/encode", b"GIF89a", 422, "looks like"),
            ("/v1/encode", b"<script>alert(1)</script>", 422, "looks like"),
            ("/v1/encode", png()[:3000], 422, "truncated"),
            ("/v1/encode", bytes(300_001), 413, "0.3 MB"),
            ("/v1/encode?format=gif", png(), 400, "format"),
            ("/v1/encode?target=wbe", png(), 400, 'did you mean "web"'),
            ("/v1/encode?satisfied=1.5", png(), 400, "satisfied"),
            ("/v1/encode?viewing=cinema", png(), 400, "viewing"),
            ("/v1/encode?ppd=nan", png(), 400, "pixels per degree"),
            ("/v1/encode?metadata=some", png(), 400, "some"),
            ("/v1/encode", png(np.zeros((500, 500, 3), np.uint8)), 422, "pixels"),
            ("/v1/compare", png(), 400, "reference and changed"),
            ("/v1/predict?protocol=guess", png(), 400, "protocol"),
            ("/v1/predict", b"\xff\xd8\xff", 422, ""),
        ],
    )
    def test_what_is_wrong_is_said(self, client, address, content, status, why):
        answer = client.post(address, content=content)
        assert answer.status_code == status
        assert why in answer.json()["error"]
        assert "jnd-serve-" not in answer.text  # no path of ours

    def test_a_form_without_the_file(self, client):
        answer = client.post("/v1/compare", files={"reference": png()})
        assert (answer.status_code, "changed" in answer.json()["error"]) == (400, True)

    def test_a_body_that_lies_about_its_length_is_cut_off(self, client):
        def endless():
            for _ in range(1000):
                yield bytes(10_000)

        assert client.post("/v1/encode", content=endless()).status_code == 413

    def test_a_query_of_a_wrong_type(self, client):
        assert client.post("/v1/encode?width=wide", content=png()).status_code == 422

    def test_another_address(self, client):
        assert client.get("/v2").status_code == 404
        assert client.get("/v1/encode").status_code == 405


def test_health_metrics_and_the_description_of_all(client):
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").status_code == 200
    client.post("/v1/predict", content=png())
    text = client.get("/metrics").text
    assert 'jnd_answers_total{status="200",what="predict"}' in text
    assert "jnd_seconds_bucket" in text
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/encode", "/v1/compare", "/v1/predict", "/healthz", "/readyz", "/metrics"} == set(paths)


def test_a_limit_of_time_costs_one_request():
    settings = ServiceSettings(workers=1, limits=FileLimits(seconds=0.001))
    with TestClient(create_app(settings)) as client:
        answer = client.post("/v1/encode", content=png())
        assert answer.status_code == 504
        assert client.get("/readyz").json()["orders"] == 0


class Server:
    """``jnd serve`` as people start it."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jnd", "serve", "--port", "0", *options], stderr=subprocess.PIPE, text=True
        )
        line = self.process.stderr.readline()
        self.address = line.split(" at ")[1].split(" with ")[0]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


@pytest.fixture
def server():
    server = Server("--workers", "2", "--waiting", "6")
    yield server
    server.kill()


def test_under_load_every_request_gets_an_answer_and_memory_stays(server):
    picture = png()
    counts = {200: 0, 503: 0}

    def client(_):
        with httpx.Client(base_url=server.address, timeout=120) as http:
            for _ in range(6):
                answer = http.post("/v1/predict", content=picture)
                counts[answer.status_code] += 1
                if answer.status_code == 503:
                    assert answer.headers["retry-after"]
                    time.sleep(0.05)

    def memory():
        with Path(f"/proc/{server.process.pid}/statm").open(encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    before = memory()
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(client, range(24)))
    assert sum(counts.values()) == 24 * 6
    assert counts[200] > 0
    assert counts[503] > 0  # 24 at once, room for 8
    assert memory() - before < 100e6
    assert httpx.get(f"{server.address}/readyz").json()["orders"] == 0


def test_a_graceful_stop_loses_no_request(server):
    answers = []

    def client():
        answers.append(httpx.post(f"{server.address}/v1/encode", content=png(), timeout=120).status_code)

    httpx.post(f"{server.address}/v1/encode", content=png(), timeout=120)  # processes are there
    threads = [threading.Thread(target=client) for _ in range(6)]
    for thread in threads:
        thread.start()
    while httpx.get(f"{server.address}/readyz").json()["orders"] < 6 and not answers:
        time.sleep(0.01)
    status = server.stop()
    for thread in threads:
        thread.join()
    assert status == 0
    assert answers == [200] * 6


def test_a_port_in_use_is_said(server):
    port = server.address.rsplit(":", 1)[1]
    found = subprocess.run(
        [sys.executable, "-m", "jnd", "serve", "--port", port],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert found.returncode == 1
    assert "address already in use" in found.stderr.lower()
