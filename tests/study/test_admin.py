"""The experimenter's page: login, lock, forged forms, what a stranger gets, withdrawal, exports, and script in free text."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from jnd.study.export.bundle import FORMATS
from jnd.study.server import create_app
from jnd.study.server.admin import login
from jnd.study.store.tables import AdminRow, AuditRow, ResponseRow, SessionRow

PASSWORD = "correct horse battery"
SHORT = {"per_picture": 3, "practice_trials": 0, "catch_share": 0.0, "repeat_share": 0.0, "break_every": 0}
SCRIPT = "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>"
PAGES = ("", "/results", "/observers", "/exports", "/audit")
DATA = ("/progress.json", "/curves")


@pytest.fixture
def client(make_study: Any) -> Iterator[TestClient]:
    crowd = {"parameters": {"PID": "external_id"}}
    app = create_app(make_study(trials=SHORT, crowd=crowd))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        login.set_password(app.state.context.store, PASSWORD)
        yield client


def context_of(client: TestClient) -> Any:
    return client.app.state.context  # type: ignore[attr-defined]


def logs_in(client: TestClient, password: str = PASSWORD, name: str = "admin") -> int:
    answer = client.post("/admin/login", data={"name": name, "password": password})
    return answer.status_code


def csrf_of(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/admin").text)
    assert found
    return found[1]


def audit(client: TestClient) -> list[Any]:
    with context_of(client).store.reading() as connection:
        return list(connection.execute(sa.select(AuditRow.kind, AuditRow.who, AuditRow.data)))


def answered(client: TestClient, **begin: Any) -> str:
    """One person's session with three answers; returns its token."""
    post = {"X-JND": "1"}
    began = client.post("/api/session?bearer=1", json={"study": "tiny", **begin}, headers=post).json()
    headers = {**post, "Authorization": f"Bearer {began['token']}"}
    view = began["session"]
    bodies = {
        "consent": {"sha256": view["study"]["consent"]["sha256"], "agreed": True},
        "device": {"user_agent": SCRIPT, "timezone": "Europe/Paris", "dpr": 1, "refresh_hz": 60.0},
        "calibration": {"ppd_image": context_of(client).pixels_per_degree},
        "screening": {"age_ok": True, "photosensitive": False, "room": SCRIPT},
    }
    while view["step"] != "trials":
        view = client.post(
            f"/api/session/{view['step']}", json=bodies.get(view["step"], {}), headers=headers
        ).json()
    for _ in range(3):
        trial = client.get("/api/session/next", headers=headers).json()["trial"]
        client.post(
            f"/api/trials/{trial['id']}/answer",
            json={"value": "left", "client_build": SCRIPT, "telemetry": {"said": SCRIPT}},
            headers=headers,
        )
    return str(began["token"])


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_login(client: TestClient, page: str) -> None:
    answer = client.get(f"/admin{page}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/login")


def test_a_stranger_gets_no_data_and_is_noted(client: TestClient) -> None:
    answered(client)
    for path in DATA:
        assert client.get(f"/admin{path}").status_code == 401
    for path in ("/admin/export", "/admin/withdraw", "/admin/logout"):
        body = {"format": "csv", "personal": "true", "participant": "x", "csrf": "x"}
        assert client.post(path, data=body).status_code == 401, path
    noted = [entry.data["path"] for entry in audit(client) if entry.kind == "refused"]
    assert {"/admin/export", "/admin/withdraw", "/admin/progress.json"} <= set(noted)


def test_who_knows_the_password_sees_every_page(client: TestClient) -> None:
    answered(client)
    assert logs_in(client) == 303
    for page in (*PAGES, *DATA):
        answer = client.get(f"/admin{page}")
        assert answer.status_code == 200, page
        assert "default-src 'self'" in answer.headers["content-security-policy"] or page == "/results"
    assert client.get("/admin/progress.json").json()["answers"] == 3


def test_the_cookie_is_for_this_site_and_not_for_scripts(client: TestClient) -> None:
    answer = client.post("/admin/login", data={"name": "admin", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/admin"))


def test_guessing_locks_the_name_and_is_noted(client: TestClient) -> None:
    for number in range(login.FAILURES):
        assert logs_in(client, f"wrong password {number}") == 401
    assert logs_in(client) == 401, "locked: even the right one"
    assert [entry.kind for entry in audit(client)].count("login refused") == login.FAILURES + 1
    with context_of(client).store.writing() as connection:
        connection.execute(sa.update(AdminRow).values(locked_until=0))
    assert logs_in(client) == 303


def test_an_unknown_name_is_refused_like_a_wrong_password(client: TestClient) -> None:
    one = client.post("/admin/login", data={"name": "nobody", "password": PASSWORD})
    other = client.post("/admin/login", data={"name": "admin", "password": "not this one"})
    assert (one.status_code, one.text) == (other.status_code, other.text)


@pytest.mark.parametrize("change", ["body", "signature", "empty", "other key"])
def test_forged_cookies_are_nobodys(client: TestClient, change: str) -> None:
    store = context_of(client).store
    body, _, signature = login.cookie_for(store, "admin").partition(".")
    forged = {
        "body": f"{body[:-4]}AAAA.{signature}",
        "signature": f"{body}.{'0' * len(signature)}",
        "empty": ".",
        "other key": f"{body}.{signature[::-1]}",
    }[change]
    assert login.login_of(store, f"{body}.{signature}") is not None
    assert login.login_of(store, forged) is None


def test_another_password_ends_the_logins_of_the_old_one(client: TestClient) -> None:
    assert logs_in(client) == 303
    login.set_password(context_of(client).store, "quite another one")
    assert client.get("/admin/progress.json").status_code == 401


def test_forms_without_their_token_are_refused(client: TestClient) -> None:
    assert logs_in(client) == 303
    answer = client.post("/admin/export", data={"format": "csv", "csrf": "0" * 64})
    assert answer.status_code == 403
    assert "form refused" in [entry.kind for entry in audit(client)]
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = client.post("/admin/login", data={"name": "admin", "password": PASSWORD}, headers=elsewhere)
    assert answer.status_code == 403, "a form of another site"


@pytest.mark.parametrize("personal", [False, True])
def test_personal_data_leaves_only_when_asked_for(client: TestClient, personal: bool) -> None:
    answered(client, external={"PID": "somebody-0815"})
    assert logs_in(client) == 303
    body = {"format": "bundle", "csrf": csrf_of(client), **({"personal": "true"} if personal else {})}
    answer = client.post("/admin/export", data=body)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist() if not name.endswith(".parquet"))
    assert (b"Europe/Paris" in texts) is personal
    assert b"somebody-0815" not in texts, "only its keyed hash is stored"
    assert {"format": "bundle", "personal": personal} in [
        entry.data for entry in audit(client) if entry.kind == "exported"
    ]


@pytest.mark.parametrize("form", ["../../etc/passwd", "nothing", ""])
def test_unknown_formats_are_refused(client: TestClient, form: str) -> None:
    assert logs_in(client) == 303
    body = {"format": form, "csrf": csrf_of(client)}
    assert client.post("/admin/export", data=body).status_code == 422


def test_withdrawal_removes_the_person_and_leaves_a_count(client: TestClient) -> None:
    token = answered(client)
    assert logs_in(client) == 303
    (facts,) = context_of(client).store.sessions("tiny")
    csrf = csrf_of(client)
    body = {"participant": facts.participant, "csrf": csrf}
    assert client.post("/admin/withdraw", data=body).status_code == 303
    assert client.post("/admin/withdraw", data=body).status_code == 404
    assert not list(context_of(client).store.answers("tiny"))
    assert client.get("/api/session", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert {"sessions": 1, "answers": 3} in [entry.data for entry in audit(client)]


@pytest.mark.parametrize(
    "path", ["/admin/static/..%2flogin.py", "/admin/static/%2e%2e/login.py", "/admin/static/login.py"]
)
def test_only_its_own_files_are_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "argon2" not in answer.text


def test_free_text_is_shown_as_text(client: TestClient) -> None:
    answered(client, locale="en")
    client.get(f"/{SCRIPT}")
    assert logs_in(client, SCRIPT, SCRIPT[:40]) == 401
    assert logs_in(client) == 303
    for page in (*PAGES, "/curves"):
        text = client.get(f"/admin{page}").text
        assert "<script>window" not in text, page
        assert "<img src=x" not in text, page
    assert "&lt;script&gt;" in client.get("/admin/audit").text
    json.loads(client.get("/admin/progress.json").text)


def test_exports_survive_what_a_page_says_of_its_display(client: TestClient) -> None:
    answered(client)
    with context_of(client).store.writing() as connection:
        facts = {
            "device": {"refresh_hz": SCRIPT, "dpr": [1], "zoom": {}},
            "calibration": {"distance_mm": "far"},
        }
        connection.execute(sa.update(SessionRow).values(facts=facts))
        connection.execute(sa.update(ResponseRow).values(timing={"frames": SCRIPT, "frames_dropped": []}))
    assert logs_in(client) == 303
    for page in (*PAGES, *DATA):
        assert client.get(f"/admin{page}").status_code == 200, page
    for form in FORMATS:
        answer = client.post("/admin/export", data={"format": form, "csrf": csrf_of(client)})
        held = form != "sureal"  # which holds ratings, and says so
        assert answer.status_code == (200 if held else 422), (form, answer.text)
