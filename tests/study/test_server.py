"""The server's interface: a whole session, reload, double posts, void and late trials, practice, breaks, refusals."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from jnd.errors import ConfigurationError
from jnd.study.server import create_app, searches
from jnd.study.server.guard import Rates
from jnd.study.store.store import now_ms
from jnd.study.store.tables import AuditRow, EventRow, SeriesRow, SessionRow, TrialRow

POST = {"X-JND": "1"}
SHORT = {"per_picture": 3, "practice_trials": 0, "catch_share": 0.0, "repeat_share": 0.0, "break_every": 0}


class Page:
    """What the participant's page does."""

    def __init__(self, client: TestClient, **begin: Any) -> None:
        self.client = client
        self.context = client.app.state.context  # type: ignore[attr-defined]
        answer = client.post(
            "/api/session?bearer=1", json={"study": self.context.design.study.name, **begin}, headers=POST
        )
        assert answer.status_code == 201, answer.text
        self.headers = {**POST, "Authorization": f"Bearer {answer.json()['token']}"}
        self.view = answer.json()["session"]

    def get(self, path: str) -> Any:
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self.client.post(path, json=body, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def ready(self) -> "Page":
        """Through all steps before the trials."""
        bodies = {
            "consent": {"sha256": self.view["study"]["consent"]["sha256"], "agreed": True},
            "calibration": {"ppd_image": self.context.pixels_per_degree},
            "screening": {"age_ok": True, "photosensitive": False},
        }
        while self.view["step"] != "trials":
            self.view = self.post(f"/api/session/{self.view['step']}", bodies.get(self.view["step"], {}))
        return self

    def next(self) -> Any:
        return self.get("/api/session/next")

    def answer(self, trial: Any, value: Any = None, status: int = 200, **more: Any) -> Any:
        value = trial["choices"][0] if value is None else value
        return self.post(f"/api/trials/{trial['id']}/answer", {"value": value, "rt_ms": 700, **more}, status)


@contextmanager
def served(folder: Any, database: str | None = None) -> Iterator[TestClient]:
    with TestClient(create_app(folder, database=database), raise_server_exceptions=False) as client:
        yield client


def key_of(page: Page, trial: Any) -> Any:
    with page.context.store.reading() as connection:
        return connection.scalar(sa.select(TrialRow.answer_key).where(TrialRow.id == trial["id"]))


def change(page: Page, table: Any, **values: Any) -> None:
    with page.context.store.writing() as connection:
        connection.execute(sa.update(table).values(values))


def take_break(page: Page) -> None:
    event = {"kind": "break", "t_client": 0, "data": {"seconds": 20}}
    page.post("/api/events", {"events": [event]}, 202)


def to_the_end(page: Page, *, right: bool = True) -> list[Any]:
    """Answer all; returns the items that were shown."""
    shown = []
    while (item := page.next())["kind"] != "done":
        shown.append(item)
        if item["kind"] == "break":
            take_break(page)
        elif item["kind"] == "step":
            page.post(f"/api/session/{item['step']}", {})
        else:
            good = key_of(page, item["trial"])["answer"]
            wrong = next(choice for choice in item["trial"]["choices"] if choice != good)
            page.answer(item["trial"], good if right else wrong)
    return [*shown, item]


def test_a_session_from_consent_to_completion(make_study: Any, database_url: str) -> None:
    folder = make_study(trials=SHORT, crowd={"completion_code": "C0DE"})
    with served(folder, database_url) as client:
        page = Page(client)
        assert page.view["step"] == "consent"
        assert page.next() == {"kind": "step", "step": "consent"}
        page.ready()
        items = to_the_end(page)
        assert items[-1] == {"kind": "done", "completion": {"code": "C0DE", "url": ""}}
        assert [item["kind"] for item in items[:-1]] == ["trial"] * 6
        view = page.get("/api/session")
        assert (view["step"], view["progress"]) == ("done", {"done": 6, "planned": 6})
        rows = list(page.context.store.answers("tiny"))
        assert [row.order for row in rows] == list(range(6))
        assert all(row.correct for row in rows)
        assert {row.source for row in rows} == {"picture0", "picture1"}


def test_nothing_that_is_secret_is_sent(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        item = page.next()
        trial, text = item["trial"], json.dumps(item)
        assert set(trial) == {
            "id", "index", "planned", "stage", "screen", "params", "choices", "assets", "represented",
        }  # fmt: skip
        for word in ("picture0", "picture1", "noise", "level", "answer", "target", *page.context.sizes):
            assert word not in text, word
        other = Page(client).ready()
        url = trial["assets"]["left_a"]["url"]
        answer = client.get(url, headers=page.headers)
        assert answer.headers["content-type"] == "image/png"
        assert "immutable" in answer.headers["cache-control"]
        assert client.get(url, headers=other.headers).status_code == 404, "handles are of one session"
        assert client.get(url).status_code == 401


def test_reload_gives_the_same_trial(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        first, again = page.next()["trial"], page.next()["trial"]
        assert (first["represented"], again["represented"]) == (0, 1)
        assert {**first, "represented": 1} == again
        page.answer(first)
        assert page.next()["trial"]["id"] != first["id"]


def test_an_answer_is_taken_once(make_study: Any, database_url: str) -> None:
    with served(make_study(trials=SHORT), database_url) as client:
        page = Page(client).ready()
        trial = page.next()["trial"]
        assert page.answer(trial, "left") == {"ok": True, "dup": False}
        assert page.answer(trial, "right") == {"ok": True, "dup": True}
        (row,) = page.context.store.answers("tiny")
        assert row.value == "left"


def test_the_next_trial_can_come_with_the_answer(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        trial = page.next()["trial"]
        body = {"value": "left"}
        first = page.post(f"/api/trials/{trial['id']}/answer?next=1", body)
        second = page.post(f"/api/trials/{trial['id']}/answer?next=1", body)
        assert first["next"]["trial"]["id"] == second["next"]["trial"]["id"] == page.next()["trial"]["id"]
        assert (first["dup"], second["dup"]) == (False, True)


@pytest.mark.parametrize("value", ["up", 3, None, True, "left\x00", [1], {"a": 1}, "x" * 5000])
def test_impossible_answers_are_refused_and_leave_the_trial_open(make_study: Any, value: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        trial = page.next()["trial"]
        page.post(f"/api/trials/{trial['id']}/answer", {"value": value}, 422)
        assert page.next()["trial"]["id"] == trial["id"]
        assert not list(page.context.store.answers("tiny"))


def test_another_persons_trial_is_as_unknown_as_none(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        one, other = Page(client).ready(), Page(client).ready()
        trial = one.next()["trial"]
        foreign = other.answer(trial, status=404)
        assert foreign == other.answer({**trial, "id": "0" * 32}, status=404)
        assert foreign == other.answer({**trial, "id": "abc%00"}, status=404)
        with one.context.store.reading() as connection:
            noted = connection.execute(sa.select(AuditRow.kind, AuditRow.data)).all()
        assert [entry.kind for entry in noted] == ["refused"] * 3
        assert noted[0].data["status"] == 404


def test_a_void_trial_comes_again(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        trial = page.next()["trial"]
        assert page.post(f"/api/trials/{trial['id']}/void", {"reason": "hidden"}) == {"ok": True}
        assert page.post(f"/api/trials/{trial['id']}/void", {"reason": "hidden"}) == {"ok": True}
        page.answer(trial, status=409)
        items = to_the_end(page)
        assert len(items) == 7, "six trials and the end"
        (facts,) = page.context.store.sessions("tiny")
        assert (facts.voided, facts.answered) == (1, 6)
        page.post(f"/api/trials/{items[0]['trial']['id']}/void", {"reason": "late"}, 409)


def test_a_trial_that_was_left_open_is_given_up(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        trial = page.next()["trial"]
        change(page, TrialRow, served=TrialRow.served - 16 * 60_000)
        assert page.next()["trial"]["id"] != trial["id"]
        page.answer(trial, status=409)
        assert len(to_the_end(page)) == 7


def test_after_a_long_pause_the_instructions_and_two_warm_up_trials_come_again(make_study: Any) -> None:
    with served(make_study(trials={**SHORT, "practice_trials": 2, "practice_criterion": 0.0})) as client:
        page = Page(client).ready()
        for _ in range(3):
            page.answer(page.next()["trial"])
        change(page, SessionRow, last_seen=SessionRow.last_seen - 31 * 60_000)
        assert page.next() == {"kind": "step", "step": "instructions"}
        assert page.next() == {"kind": "step", "step": "instructions"}, "until they were read"
        page.post("/api/session/instructions", {"read_ms": 900})
        stages = [item["trial"]["stage"] for item in to_the_end(page)[:-1]]
        assert stages == ["practice"] * 2 + ["main"] * 5


def test_practice_goes_on_until_the_criterion_and_gives_feedback(make_study: Any) -> None:
    trials = {**SHORT, "practice_trials": 3, "practice_criterion": 1.0}
    with served(make_study(trials=trials)) as client:
        page = Page(client).ready()
        first = page.next()["trial"]
        good = key_of(page, first)["answer"]
        assert page.answer(first, good)["feedback"] == {"correct": True}
        bad = page.next()["trial"]
        wrong = next(side for side in bad["choices"] if side != key_of(page, bad)["answer"])
        assert page.answer(bad, wrong)["feedback"] == {"correct": False}
        page.answer(page.next()["trial"])
        items = to_the_end(page)[:-1]
        assert [item["trial"]["stage"] for item in items] == ["practice"] * 3 + ["main"] * 6
        assert "feedback" not in page.answer(items[-1]["trial"])


def test_practice_ends_after_three_rounds(make_study: Any) -> None:
    with served(make_study(trials={**SHORT, "practice_trials": 2})) as client:
        items = to_the_end(Page(client).ready(), right=False)[:-1]
        assert [item["trial"]["stage"] for item in items] == ["practice"] * 6 + ["main"] * 6


def test_breaks_come_in_time_and_are_taken_once(make_study: Any) -> None:
    with served(make_study(trials={**SHORT, "break_every": 2})) as client:
        page = Page(client).ready()
        for _ in range(2):
            page.answer(page.next()["trial"])
        assert page.next()["kind"] == "break"
        assert page.next()["kind"] == "break", "a reload does not end it"
        page.post("/api/events", {"events": [{"kind": "break"}, {"kind": "break"}]}, 202)
        take_break(page)
        kinds = [item["kind"] for item in to_the_end(page)]
        assert kinds == ["trial", "trial", "break", "trial", "trial", "done"]


def test_steps_come_in_order_and_are_checked(make_study: Any) -> None:
    folder = make_study(trials=SHORT, viewing={"pixels_per_degree": 60.0, "tolerance": 0.05})
    with served(folder) as client:
        page = Page(client)
        page.post("/api/session/device", {}, 409)
        page.post("/api/session/nothing", {}, 404)
        page.post("/api/session/consent", {"sha256": "0" * 64, "agreed": True}, 409)
        sha256 = page.view["study"]["consent"]["sha256"]
        page.post("/api/session/consent", {"sha256": sha256, "agreed": False}, 422)
        page.post("/api/session/consent", {"sha256": sha256, "agreed": True})
        assert page.post("/api/session/consent", {"sha256": sha256, "agreed": True})["step"] == "device"
        page.post("/api/session/device", {"user_agent": "x" * 17_000}, 413)
        page.post("/api/session/device", {"dpr": 1, "deep": [[[[[[[[1]]]]]]]]}, 422)
        page.post("/api/session/device", {"dpr": 1})
        page.post("/api/session/calibration", {"ppd_image": 70.0}, 422)
        page.post("/api/session/calibration", {"ppd_image": 61.0})
        view = page.post("/api/session/screening", {"age_ok": True, "photosensitive": True})
        assert view["step"] == "closed"
        assert page.next() == {"kind": "step", "step": "closed"}


def consented(client: TestClient, folder: Any, begun: str, read: str) -> tuple[str, Any]:
    """The text that somebody saw who changed the language, and what is stored of it."""
    page = Page(client, locale=begun)
    consent = page.get(f"/api/session?locale={read}")["study"]["consent"]
    body = {"sha256": consent["sha256"], "agreed": True, "locale": read}
    view = page.post("/api/session/consent", body)
    assert view["study"]["locale"] == read
    (facts,) = (one for one in page.context.store.sessions("tiny") if one.session == view["id"])
    assert (facts.locale, facts.consent_sha256) == (read, consent["sha256"])
    assert hashlib.sha256(consent["text"].encode()).hexdigest() == consent["sha256"]
    return consent["text"], page


@pytest.mark.parametrize(
    ("read", "words"), [("en", "you look at pictures"), ("de", "betrachten Sie Bilder"), ("fr", "vous regardez des images"),
                        ("de-AT", "betrachten Sie Bilder"), ("it", "betrachten Sie Bilder")],
)  # fmt: skip
def test_the_consent_is_in_the_language_of_the_page(make_study: Any, read: str, words: str) -> None:
    folder = make_study(trials=SHORT, study={"locale": "de"})
    with served(folder) as client:
        assert words in consented(client, folder, "en", read)[0]
        assert "betrachten Sie" in Page(client).view["study"]["consent"]["text"], (
            "by default the study's language"
        )


def test_a_consent_of_the_study_goes_before_ours_and_its_translation_before_that(make_study: Any) -> None:
    folder = make_study(trials=SHORT, consent={"text": "Mine."})
    (folder / "locales").mkdir()
    (folder / "locales" / "de.json").write_text('{"consent.text": "Meiner."}', "utf-8")
    with served(folder) as client:
        assert [consented(client, folder, "en", read)[0] for read in ("en", "fr", "de")] == [
            "Mine.",
            "Mine.",
            "Meiner.",
        ]
        page = Page(client, locale="en")
        page.post(
            "/api/session/consent",
            {"sha256": page.view["study"]["consent"]["sha256"], "agreed": True, "locale": "de"},
            409,
        )
        for wrong in ("../../x", "", 3, None):
            page.post("/api/session/consent", {"sha256": "", "agreed": True, "locale": wrong}, 422)
        assert client.get("/api/session?locale=../x", headers=page.headers).status_code == 422


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [("de.json", "{", "is not JSON"), ("de.json", '{"a": 1}', "must be a table of texts"), ("German.json", "{}", "named as a language")],
)  # fmt: skip
def test_texts_that_cannot_be_used_are_refused_before_anybody_takes_part(
    make_study: Any, name: str, text: str, why: str
) -> None:
    folder = make_study()
    (folder / "locales").mkdir()
    (folder / "locales" / name).write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=why):
        create_app(folder)


def test_another_screen_is_calibrated_again(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        page.post("/api/session/calibration", {"ppd_image": 51.0})
        (facts,) = page.context.store.sessions("tiny")
        assert facts.facts["calibration"] == {"ppd_image": 51.0}
        with page.context.store.reading() as connection:
            kinds = connection.scalars(sa.select(EventRow.kind)).all()
        assert kinds == ["calibration"]


def test_a_crowd_id_resumes_and_is_stored_as_a_keyed_hash(make_study: Any) -> None:
    crowd = {"parameters": {"PROLIFIC_PID": "external_id", "STUDY_ID": "study_id"}, "quota_sessions": 1}
    with served(make_study(trials=SHORT, crowd=crowd)) as client:
        external = {"PROLIFIC_PID": "5f1abc", "STUDY_ID": "s1", "evil": "<script>"}
        page = Page(client, external=external)
        again = Page(client, external=external)
        assert again.view["id"] == page.view["id"]
        assert client.get("/api/session", headers=page.headers).status_code == 401, "the older token ends"
        (facts,) = page.context.store.sessions("tiny")
        assert facts.recruited_via == "crowd"
        assert facts.external_facts == {"study_id": "s1"}
        assert facts.external is not None
        assert len(facts.external) == 64
        assert "5f1abc" not in facts.external
        full = client.post("/api/session", json={"study": "tiny"}, headers=POST)
        assert (full.status_code, full.json()["reason"]) == (403, "full")


def test_the_cookie_is_for_this_site_and_no_script(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        answer = client.post("/api/session", json={"study": "tiny"}, headers=POST)
        assert "token" not in answer.json()
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        same = client.post("/api/session", json={"study": "tiny"}, headers=POST)
        assert same.json()["session"]["id"] == answer.json()["session"]["id"], "a reload goes on"


def test_withdrawal_by_the_participant(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client).ready()
        to_the_end(page)
        assert page.post("/api/session/withdraw", {}) == {"ok": True}
        assert client.get("/api/session", headers=page.headers).status_code == 401
        assert not list(page.context.store.answers("tiny"))


def test_withdrawal_changes_a_shared_search_as_if_the_person_had_not_been_there(make_study: Any) -> None:
    with served(make_study(trials={**SHORT, "scope": "collective"}, sources=1)) as client:
        stays, goes = Page(client).ready(), Page(client).ready()
        to_the_end(stays)
        to_the_end(goes, right=False)
        goes.post("/api/session/withdraw", {})
        context = stays.context
        Page(client).ready().next()
        with context.store.reading() as connection:
            (identity, key), *rest = connection.execute(sa.select(SeriesRow.id, SeriesRow.key)).all()
            replay = searches.replayed(connection, context, identity, key)
        assert not rest
        assert len(replay.answers) == 3
        assert context.states.peek(identity).state.answers == replay.answers


def test_open_trials_of_a_shared_search_are_pending_until_they_are_answered_or_too_old(
    make_study: Any, database_url: str
) -> None:
    trials = {**SHORT, "scope": "collective", "easy_every": 0}
    with served(make_study(trials=trials, sources=1, levels=12), database_url) as client:
        pages = [Page(client).ready() for _ in range(7)]
        context = pages[0].context

        def asked_of(page: Page) -> float:
            trial = page.next()["trial"]
            with context.store.reading() as connection:
                return float(connection.scalar(sa.select(TrialRow.asked).where(TrialRow.id == trial["id"])))

        def state() -> Any:
            with context.store.reading() as connection:
                identity, key = connection.execute(sa.select(SeriesRow.id, SeriesRow.key)).one()
                return searches.replayed(connection, context, identity, key)

        open_levels: list[float] = []
        for page in pages[:5]:
            asked = asked_of(page)
            assert asked == state().ask(open_levels)
            open_levels.append(asked)
        assert len(set(open_levels)) > 2, "not all are asked the same"
        assert asked_of(pages[0]) == open_levels[0], "a reload changes nothing"

        trial = pages[0].next()["trial"]
        pages[0].answer(trial)
        assert asked_of(pages[5]) == state().ask(open_levels[1:])
        assert len(state().answers) == 1, "what is pending taught nothing"

        old = now_ms() - int(context.design.trials.open_trial_minutes * 60_000) - 1
        change(pages[0], TrialRow, served=old)
        assert asked_of(pages[6]) == state().ask()


def test_the_guard(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        answer = client.post("/api/session", json={"study": "tiny"})
        assert (answer.status_code, answer.json()) == (403, {"error": "this needs the header X-JND: 1"})
        big = client.post("/api/session", content=b"x" * 70_000, headers=POST)
        assert big.status_code == 413
        chunks = client.post("/api/session", content=iter([b"x" * 40_000] * 3), headers=POST)
        assert chunks.status_code == 413, "also without a length"
        for path in ("/s/tiny", "/api/session", "/nothing", "/healthz"):
            headers = client.get(path).headers
            assert "default-src 'self'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"


def test_rates() -> None:
    now = [0.0]
    rates = Rates(60, clock=lambda: now[0])
    assert sum(not rates.seconds_to_wait("a") for _ in range(100)) == 60
    assert rates.seconds_to_wait("a") == pytest.approx(1.0)
    assert rates.seconds_to_wait("b") == 0
    now[0] = 10
    assert sum(not rates.seconds_to_wait("a") for _ in range(100)) == 10


def test_too_many_requests_of_a_session_are_refused(make_study: Any) -> None:
    with served(make_study(trials=SHORT, server={"rate_limit_per_minute": 5})) as client:
        page = Page(client)
        found = [client.get("/api/session", headers=page.headers) for _ in range(8)]
        assert [one.status_code for one in found].count(429) >= 2
        assert int(found[-1].headers["retry-after"]) >= 1
        assert Page(client).view["step"] == "consent", "others go on"


NASTY = [
    b"", b"{", b"[]", b"null", b'"\\ud800"', b'{"\\ud800": 1}', b"[" * 30_000, b'{"value": 1e999}', b'{"value": NaN}',
    b'{"study": "\\u0000"}', b"\xff\xfe", b'{"value": ' + b"9" * 5000 + b"}", b'{"study": {"a": [1]}}',
    b'{"study": "tiny", "external": {"a": "\\ud800"}}', b'{"study": "tiny", "locale": "../../etc/passwd"}',
    b'{"events": [{"kind": "a", "data": {"a": "\\u0000"}}]}', b'{"agreed": true, "sha256": "\\u0000"}',
]  # fmt: skip


@pytest.mark.parametrize("body", NASTY)
def test_no_body_makes_the_server_fail(make_study: Any, body: bytes) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client)
        for path in ("session", "session/consent", f"trials/{'a' * 32}/answer", "trials/a/void", "events"):
            answer = client.post(
                f"/api/{path}", content=body, headers={**page.headers, "Content-Type": "application/json"}
            )
            assert 400 <= answer.status_code < 500, (path, body, answer.text)
            assert "error" in answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fapp.py", "/static/%00", "/static/" + "a" * 5000,
        "/stimuli/..%2f..%2fstudy.toml", "/stimuli/%00", "/locales/..%2f..%2fstudy.json", "/locales/%00.json",
        "/locales/" + "a" * 3000 + ".json", "/s/..%2f", "/s/%00", "/study.toml", "/stimuli.json", "/study.db",
    ],
)  # fmt: skip
def test_no_path_leads_out(make_study: Any, path: str) -> None:
    with served(make_study(trials=SHORT)) as client:
        page = Page(client)
        assert client.get(path, headers=page.headers).status_code in (404, 405)


def test_the_pages_and_texts(make_study: Any) -> None:
    folder = make_study("words", trials=SHORT, study={"title": '<b>"Pictures"</b>'})
    (folder / "locales").mkdir()
    with served(folder) as client:
        page = client.get("/s/words?PROLIFIC_PID=1")
        assert page.headers["content-type"].startswith("text/html")
        assert "&lt;b&gt;&quot;Pictures&quot;" in page.text
        assert client.get("/s/other").status_code == 404
        ours = client.get("/locales/en.json").json()
        key = next(iter(ours))
        (folder / "locales" / "en.json").write_text(json.dumps({key: "mine"}), "utf-8")
        assert client.get("/locales/en.json").json() == {**ours, key: "mine"}
        assert client.get("/locales/xx.json").status_code == 404
        assert client.get("/healthz").json() == {"status": "ok"}


def test_the_interface_describes_itself(make_study: Any) -> None:
    with served(make_study(trials=SHORT)) as client:
        paths = client.get("/openapi.json").json()["paths"]
        assert "/api/trials/{trial_id}/answer" in paths


def test_pictures_with_the_fewest_sessions_come_first(make_study: Any) -> None:
    trials = {**SHORT, "pictures_per_session": 2}
    with served(make_study(trials=trials, sources=6)) as client:
        for _ in range(6):
            page = Page(client)
        counts: dict[str, int] = {}
        for session in page.context.store.sessions("tiny"):
            for source in session.sources:
                counts[source] = counts.get(source, 0) + 1
        assert counts == {f"picture{number}": 2 for number in range(6)}


def test_those_who_left_do_not_count(make_study: Any) -> None:
    with served(make_study(trials={**SHORT, "pictures_per_session": 1}, sources=2)) as client:
        first = Page(client)
        (gone,) = first.context.store.sessions("tiny")
        change(first, SessionRow, last_seen=SessionRow.last_seen - 16 * 60_000)
        for _ in range(2):
            Page(client)
        given = [
            one.sources[0] for one in first.context.store.sessions("tiny") if one.session != gone.session
        ]
        assert sorted(given) == ["picture0", "picture1"]


def answer_some(app: FastAPI, count: int, failures: list[BaseException]) -> None:
    try:
        page = Page(TestClient(app, raise_server_exceptions=False)).ready()
        for number in range(count):
            trial = page.next()["trial"]
            page.answer(trial, trial["choices"][number % 2])
    except BaseException as error:  # noqa: BLE001 - asserted by who started the thread
        failures.append(error)


def test_sixteen_threads_of_twenty_answers_equal_their_replay(make_study: Any, database_url: str) -> None:
    trials = {**SHORT, "per_picture": 40, "scope": "collective"}
    app = create_app(make_study(trials=trials, sources=1), database=database_url)
    failures: list[BaseException] = []
    threads = [threading.Thread(target=answer_some, args=(app, 20, failures)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    context = app.state.context
    rows = sorted((row for row in context.store.answers("tiny")), key=lambda row: row.number or 0)
    assert [row.number for row in rows] == list(range(1, 321)), "none lost, none twice"
    with context.store.writing() as connection:
        (identity, key, told), *rest = connection.execute(
            sa.select(SeriesRow.id, SeriesRow.key, SeriesRow.told)
        ).all()
        replay = searches.replayed(connection, context, identity, key)
        _, current = searches.current(connection, context, rows[0].session, key)
    assert not rest
    assert told == 320
    assert current.state.answers == replay.answers
    assert current.state.ask() == replay.ask()
    context.store.close()


def test_the_database_may_restart(make_study: Any, postgres_server: Any) -> None:
    with served(make_study(trials=SHORT), postgres_server.url()) as client:
        page = Page(client).ready()
        trial = page.next()["trial"]
        page.answer(trial)
        postgres_server.stop("immediate")
        down = client.get("/api/session/next", headers=page.headers)
        assert down.status_code == 503
        assert "retry-after" in down.headers
        postgres_server.start()
        assert page.answer(trial) == {"ok": True, "dup": True}, "what was acknowledged is there"
        to_the_end(page)
        assert len(list(page.context.store.answers("tiny"))) == 6
