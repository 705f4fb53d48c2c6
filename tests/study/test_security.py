"""What people may try: other people's sessions, forged and repeated answers, wild requests; in a browser, script in free text."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import SkipTest

import httpx2
import pytest
import schemathesis
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from jnd.study.server import create_app
from jnd.study.server.admin.login import set_password
from jnd.study.server.running import running
from jnd.study.store.tables import AuditRow, ResponseRow, TrialRow

SHORT = {"per_picture": 6, "practice_trials": 0, "catch_share": 0.0, "repeat_share": 0.0, "break_every": 0}
POST = {"X-JND": "1"}
SCRIPT = "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>"
PASSWORD = "correct horse battery"


@contextmanager
def served(folder: Any) -> Iterator[TestClient]:
    with TestClient(create_app(folder), raise_server_exceptions=False) as client:
        yield client


def person(client: TestClient, **facts: Any) -> dict[str, str]:
    """Somebody who has come to the trials: the headers of their requests."""
    context = client.app.state.context  # type: ignore[attr-defined]
    begun = client.post("/api/session?bearer=1", json={"study": "tiny"}, headers=POST).json()
    headers = {**POST, "Authorization": f"Bearer {begun['token']}"}
    view = begun["session"]
    bodies = {
        "consent": {"sha256": view["study"]["consent"]["sha256"], "agreed": True, **facts},
        "device": facts,
        "calibration": {"ppd_image": context.pixels_per_degree, **facts},
        "screening": {"age_ok": True, "photosensitive": False, **facts},
    }
    while view["step"] != "trials":
        body = bodies.get(view["step"], {})
        view = client.post(f"/api/session/{view['step']}", json=body, headers=headers).json()
    return headers


def trial_of(client: TestClient, headers: dict[str, str]) -> Any:
    return client.get("/api/session/next", headers=headers).json()["trial"]


def stored(client: TestClient, table: Any) -> list[Any]:
    with client.app.state.context.store.reading() as connection:  # type: ignore[attr-defined]
        return list(connection.execute(sa.select(table.__table__)))


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "../../x", "' OR 1=1 --", "é" * 40, "a" * 4000])
def test_tokens_that_nobody_gave_are_refused_and_noted(make_study: Any, token: str) -> None:
    with served(make_study(trials=SHORT)) as client:
        trial = trial_of(client, person(client))
        headers = {**POST, "Authorization": f"Bearer {token}".encode()}
        requests = [("GET", "/api/session"), ("GET", "/api/session/next"), ("POST", "/api/session/withdraw"),
                    ("POST", f"/api/trials/{trial['id']}/answer"), ("GET", trial["assets"]["left_a"]["url"])]  # fmt: skip
        for method, path in requests:
            body = {"value": "left"} if method == "POST" else None
            answer = client.request(method, path, headers=headers, json=body)
            assert answer.status_code == 401, (path, answer.text)
        assert len([row for row in stored(client, AuditRow) if row.kind == "refused"]) == len(requests)
        assert not stored(client, ResponseRow)


def test_another_persons_trial_can_neither_be_answered_nor_void(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        one, other = person(client), person(client)
        trial = trial_of(client, one)
        for end, body in (("answer", {"value": "left"}), ("void", {"reason": "hidden"})):
            answer = client.post(f"/api/trials/{trial['id']}/{end}", json=body, headers=other)
            assert answer.status_code == 404
        assert [row.state for row in stored(client, TrialRow)] == ["open"]
        assert client.post(
            f"/api/trials/{trial['id']}/answer", json={"value": "left"}, headers=one
        ).json() == {"ok": True, "dup": False}


def test_an_answer_that_is_sent_again_changes_nothing(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        headers = person(client)
        trial = trial_of(client, headers)
        path = f"/api/trials/{trial['id']}/answer"
        client.post(path, json={"value": "left", "rt_ms": 500}, headers=headers)
        before = stored(client, ResponseRow)
        for value in ("left", "right"):
            again = client.post(path, json={"value": value, "rt_ms": 1}, headers=headers)
            assert again.json()["dup"] is True
        assert stored(client, ResponseRow) == before
        assert client.post(path, json={"value": "left", "correct": True}, headers=headers).status_code == 422


@pytest.mark.parametrize("field", ["correct", "answer_key", "level", "adaptive", "session", "received"])
def test_nobody_judges_their_own_answer(make_study: Any, field: str) -> None:
    with served(make_study(trials=SHORT)) as client:
        headers = person(client)
        trial = trial_of(client, headers)
        answer = client.post(
            f"/api/trials/{trial['id']}/answer", json={"value": "left", field: True}, headers=headers
        )
        assert answer.status_code == 422
        assert field in answer.json()["error"]


def test_what_is_said_of_a_step_cannot_be_said_anew_to_be_let_in(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        begun = client.post("/api/session?bearer=1", json={"study": "tiny"}, headers=POST).json()
        headers = {**POST, "Authorization": f"Bearer {begun['token']}"}
        for body in ({"agreed": True}, {"sha256": "0" * 64, "agreed": True}):
            assert client.post("/api/session/consent", json=body, headers=headers).status_code == 409
        assert client.get("/api/session/next", headers=headers).json() == {"kind": "step", "step": "consent"}


def test_participants_get_nothing_of_the_experimenters(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        headers = person(client)
        for path in ("/admin/progress.json", "/admin/curves"):
            assert client.get(path, headers=headers).status_code == 401
        body = {"format": "csv", "personal": "true", "csrf": "0"}
        assert client.post("/admin/export", data=body, headers=headers).status_code == 401
        kinds = [(row.kind, row.data.get("path")) for row in stored(client, AuditRow)]
        assert ("refused", "/admin/export") in kinds


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_no_request_makes_the_server_fail(make_study: Any, examples: int) -> None:
    """Every operation of the schema with requests that fit it and requests that do not, by somebody at the trials."""
    folder = make_study(trials=SHORT)
    with running(folder) as server, httpx2.Client(base_url=server.address) as client:
        client.app = server.app  # type: ignore[attr-defined]
        headers = person(client)  # type: ignore[arg-type]
        trial_of(client, headers)  # type: ignore[arg-type]
        schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
        statuses: dict[str, set[int]] = {}
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.path == "/api/session/withdraw":
                continue  # it would end the session for those after it
            for mode in GenerationMode:

                @settings(
                    max_examples=examples, deadline=None, database=None, derandomize=True,
                    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
                )  # fmt: skip
                @given(case=operation.as_strategy(generation_mode=mode))
                def ask(case: Any) -> None:
                    case.headers = {**(case.headers or {}), **headers}
                    answer = case.call(base_url=server.address)
                    statuses.setdefault(case.operation.path, set()).add(answer.status_code)
                    assert answer.status_code < 500, (case.method, case.path, answer.text)

                with suppress(Unsatisfiable, SkipTest):
                    ask()
        assert len(statuses) >= 8, statuses
        assert all(found & {422, 404, 405, 202, 200, 201, 409} for found in statuses.values()), statuses
        assert client.get("/api/session", headers=headers).status_code == 200, "the session lives"


def test_script_in_free_text_does_not_run_at_the_experimenters(make_study: Any) -> None:
    """In a real browser: everything that a participant can say is script, and every page of the experimenter is opened."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on PATH")
    from playwright.sync_api import sync_playwright

    folder = make_study(trials=SHORT)
    with running(folder) as server, httpx2.Client(base_url=server.address) as client:
        client.app = server.app  # type: ignore[attr-defined]
        facts = {
            "user_agent": SCRIPT,
            "room": SCRIPT,
            "timezone": SCRIPT,
            "pointer": SCRIPT,
            "refresh_hz": SCRIPT,
        }
        headers = person(client, **facts)  # type: ignore[arg-type]
        for _ in range(6):
            trial = trial_of(client, headers)  # type: ignore[arg-type]
            body = {
                "value": "left",
                "client_build": SCRIPT,
                "answered_at": SCRIPT[:40],
                "telemetry": {SCRIPT: SCRIPT},
            }
            answer = client.post(f"/api/trials/{trial['id']}/answer", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
        client.post(
            "/api/events", json={"events": [{"kind": SCRIPT[:60], "data": {SCRIPT: SCRIPT}}]}, headers=headers
        )
        client.get(f"/{SCRIPT}")
        set_password(server.context.store, PASSWORD)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            foreign: list[str] = []
            page.on(
                "request",
                lambda sent: sent.url.startswith((server.address, "data:")) or foreign.append(sent.url),
            )
            page.on("dialog", lambda dialog: foreign.append(dialog.message) or dialog.dismiss())
            page.goto(f"{server.address}/admin/login")
            page.fill("[name=name]", SCRIPT)
            page.fill("[name=password]", "wrong")
            page.click("main button")
            page.wait_for_selector("[role=alert]")
            page.fill("[name=name]", "admin")
            page.fill("[name=password]", PASSWORD)
            page.click("main button")
            page.wait_for_url("**/admin")
            for place in ("", "/results", "/observers", "/exports", "/audit"):
                page.goto(f"{server.address}/admin{place}", wait_until="networkidle")
                assert page.evaluate("window.pwned") is None, place
                assert page.locator("main img[src=x]").count() == 0, place
                if place == "/audit":
                    assert "<script>" in page.inner_text("main"), "it is shown, as text"
            assert foreign == []
            browser.close()
