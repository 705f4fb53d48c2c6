import io
import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image
from skimage import data

FEW = 24
MANY = 500


def picture(number: int) -> bytes:
    """A different small picture for each number."""
    row, column = divmod(number * 37, 400)
    crop = data.astronaut()[row % 400 : row % 400 + 48, column : column + 64]
    buffer = io.BytesIO()
    Image.fromarray(np.roll(crop, number % 3, axis=2)).save(buffer, "PNG")
    return buffer.getvalue()


def fill(bucket, count):
    for number in range(count):
        bucket.put_object(Key=f"in/{number % 3}/p{number:03}.png", Body=picture(number))


def command(dask, *arguments, cluster=True):
    return [
        *(sys.executable, "-m", "jnd", *arguments),
        *(("--cluster", dask.address) if cluster else ()),
    ]


def run(dask, *arguments, cluster=True):
    return subprocess.run(
        command(dask, *arguments, cluster=cluster),
        env=dask.environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def objects(bucket, prefix):
    return {
        entry.key: entry.get()["Body"].read()
        for entry in bucket.objects.filter(Prefix=prefix)
        if "/." not in entry.key
    }


def manifest_lines(bucket, prefix):
    lines = []
    for entry in bucket.objects.filter(Prefix=f"{prefix}.jnd-encode/"):
        lines += entry.get()["Body"].read().splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_a_killed_worker_and_a_killed_client_cost_no_picture_and_make_none_twice(
    dask, bucket, tmp_path, count
):
    fill(bucket, count)
    alone = run(dask, "encode", "s3://bucket/in", "-o", str(tmp_path / "alone"), "--quiet", cluster=False)
    assert alone.returncode == 0, alone.stderr
    expected = {
        f"out/{path.relative_to(tmp_path / 'alone').as_posix()}": path.read_bytes()
        for path in (tmp_path / "alone").rglob("p*.*")
    }
    assert len(expected) == count

    encode = ("encode", "s3://bucket/in", "-o", "s3://bucket/out", "--json", "--quiet")
    client = subprocess.Popen(
        command(dask, *encode),
        env=dask.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for finished, _ in enumerate(client.stdout, 1):
        if finished == count // 6:
            dask.kill_worker("one")
            dask.start_worker("one")
        if finished == count // 3:
            client.send_signal(signal.SIGKILL)
            break
    client.communicate()
    before = objects(bucket, "out/")
    assert 0 < len(before) < count
    assert before.items() <= expected.items()  # nothing half written, nothing other

    resumed = run(dask, *encode)
    assert resumed.returncode == 0, resumed.stderr
    records = [json.loads(line) for line in resumed.stdout.splitlines()]
    assert len(records) == count
    assert sum(record["from_earlier_run"] for record in records) >= len(before)
    assert objects(bucket, "out/") == expected

    made = [line["stem"] for line in manifest_lines(bucket, "out/")]
    assert len(set(made)) == count
    assert len(made) <= count + 1  # the one whose line was written when the client was killed, at most
    dask.wait_for_workers(2)


def test_every_command_gives_on_a_cluster_what_it_gives_here(dask, bucket, tmp_path):
    fill(bucket, 4)
    for number in range(4):
        bucket.put_object(Key=f"changed/{number % 3}/p{number:03}.png", Body=picture(number + number % 2))
    for arguments in (
        ("compare", "s3://bucket/in", "s3://bucket/changed", "--json", "--quiet"),
        ("inspect", "s3://bucket/in", "--json", "--quiet"),
        ("predict", "s3://bucket/in/0/p000.png", "s3://bucket/in/1/p001.png", "--json"),
    ):
        here, there = (run(dask, *arguments, cluster=cluster) for cluster in (False, True))
        assert here.returncode == there.returncode, there.stderr
        assert sorted(without_seconds(there.stdout)) == sorted(without_seconds(here.stdout)) != []
    tables = []
    for cluster in (False, True):
        output = f"s3://bucket/labels-{cluster}.parquet"
        labelled = run(
            dask, "datasets", "label", "s3://bucket/in", "-o", output, "--codec", "webp", cluster=cluster
        )
        assert labelled.returncode == 0, labelled.stderr
        tables.append(rows(bucket, f"labels-{cluster}.parquet"))
    assert tables[0] == tables[1]


def without_seconds(lines):
    return [json.dumps(json.loads(line) | {"seconds": 0}, sort_keys=True) for line in lines.splitlines()]


def rows(bucket, key):
    import pyarrow.parquet

    content = io.BytesIO(bucket.Object(key).get()["Body"].read())
    return pyarrow.parquet.read_table(content).to_pylist()


def test_a_time_limit_stops_one_picture_on_a_worker_and_no_other(dask, bucket):
    fill(bucket, 3)
    found = run(
        dask, "encode", "s3://bucket/in", "-o", "s3://bucket/out", "--json", "--quiet", "--timeout", "0.001"
    )
    errors = [json.loads(line)["error"] for line in found.stdout.splitlines()]
    assert found.returncode == 1
    assert len(errors) == 3
    assert all("the limit of time" in error for error in errors)
    assert run(dask, "encode", "s3://bucket/in", "-o", "s3://bucket/out", "--quiet").returncode == 0


def test_a_damaged_or_missing_object_is_reported_and_the_others_are_done(dask, bucket):
    fill(bucket, 2)
    bucket.put_object(Key="in/broken.png", Body=picture(0)[:200])
    found = run(
        dask, "encode", "s3://bucket/in", "s3://bucket/none.png", "-o", "s3://bucket/out", "--json", "--quiet"
    )
    records = {json.loads(line)["source"]: json.loads(line) for line in found.stdout.splitlines()}
    assert found.returncode == 1
    assert "truncated" in records["s3://bucket/in/broken.png"]["error"]
    assert "does not exist" in records["s3://bucket/none.png"]["error"]
    assert sum(record["status"] == "encoded" for record in records.values()) == 2


def test_a_cluster_that_is_not_there_is_said(dask):
    found = subprocess.run(
        [sys.executable, "-m", "jnd", "encode", "x.png", "-o", "out", "--cluster", "tcp://127.0.0.1:9"],
        env=dask.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert found.returncode == 1
    assert "no scheduler answers at tcp://127.0.0.1:9" in found.stderr


def test_other_versions_on_a_worker_are_refused(dask, monkeypatch):
    from jnd import cluster
    from jnd.errors import ClusterError

    real = cluster._connected

    def with_an_odd_worker(address):
        client = real(address)
        answer = client.run

        def run(function, **options):
            found = answer(function, **options)
            return {worker: {**theirs, "pillow": "1.0"} for worker, theirs in found.items()}

        client.run = run
        return client

    monkeypatch.setattr(cluster, "_connected", with_an_odd_worker)
    with pytest.raises(ClusterError, match=r"pillow 1\.0, this machine"):
        cluster.Cluster(dask.address)


def test_without_the_option_nothing_of_dask_is_imported(tmp_path):
    (tmp_path / "a.png").write_bytes(picture(1))
    arguments = [
        "encode",
        str(tmp_path / "a.png"),
        "-o",
        str(tmp_path / "out"),
        "--format",
        "webp",
        "--quiet",
    ]
    script = f"""
import sys
from jnd.cli import app
try:
    app({arguments!r})
except SystemExit as end:
    assert not end.code
print([name for name in sys.modules if name.split(".")[0] in ("dask", "distributed", "fsspec", "upath")])
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_job_that_ends_its_process_is_tried_twice_and_then_given_up():
    from jnd.workers import OneProcess, WorkerDied

    process = OneProcess(exit_when_told)
    assert process.do(1) == 2
    died = process.do(-1)
    assert isinstance(died, WorkerDied)
    assert "ended with status 7, twice" in str(died)
    assert process.do(2) == 3
    process.close()


def exit_when_told(number: int) -> int:
    if number < 0:
        import os

        os._exit(7)
    return number + 1


def test_one_process_obeys_its_limit_of_time():
    from jnd.workers import JobLimits, OneProcess, WorkerDied

    process = OneProcess(time.sleep, quarter_of_a_second)
    begin = time.monotonic()
    found = process.do(30)
    assert isinstance(found, WorkerDied)
    assert found.timed_out
    assert found.limits == JobLimits(seconds=0.25)
    assert time.monotonic() - begin < 20
    assert process.do(0) is None
    process.close()


def quarter_of_a_second(_: float):
    from jnd.workers import JobLimits

    return JobLimits(seconds=0.25)
