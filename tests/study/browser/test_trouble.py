"""What goes wrong at a participant's place: reloads, lost networks, other windows, zoom, small screens."""

import json

import pytest

pytestmark = pytest.mark.browser


def kept(person):
    """What waits in the browser's own database."""
    return person.page.evaluate(
        """() => new Promise((done) => {
            const opening = indexedDB.open("jnd-study");
            opening.onsuccess = () => {
                const asked = opening.result.transaction("outbox").objectStore("outbox").getAll();
                asked.onsuccess = () => done(asked.result.map((entry) => [entry.path, entry.body.value]));
            };
        })"""
    )


def test_reloads_second_posts_and_lost_networks_neither_lose_nor_double_an_answer(seat):
    person = seat(trials={"adaptive": "constant_stimuli"})
    person.reach_trials()

    first = person.trial()
    person.page.reload()
    assert person.heading() == "Welcome back"
    again = person.trial()
    assert again["id"] == first["id"]
    assert again["represented"] == 1
    with person.page.expect_request(f"**/api/trials/{first['id']}/answer") as sent:
        person.page.keyboard.press("ArrowLeft")
    second = person.trial(first["id"])
    said = json.loads(sent.value.post_data)
    assert said["telemetry"]["reloads"] == 1
    twice = person.context.request.post(
        sent.value.url, data={**said, "value": "right"}, headers={"X-JND": "1"}
    )
    assert twice.json() == {"ok": True, "dup": True}
    assert [answer["value"] for answer in person.answers()] == ["left"]
    assert person.trouble == []

    # The network goes; the answer waits, is said to wait, and arrives when the network is back.
    person.context.set_offline(True)
    person.page.keyboard.press("ArrowRight")
    person.page.get_by_text("No connection. Your answers are kept").wait_for()
    assert kept(person) == [[f"/api/trials/{second['id']}/answer", "right"]]
    assert len(person.answers()) == 1
    person.context.set_offline(False)
    third = person.trial(second["id"])
    assert [answer["value"] for answer in person.answers()] == ["left", "right"]
    assert person.page.locator("#notice").is_hidden()
    assert all("ERR_INTERNET_DISCONNECTED" in entry for entry in person.trouble)

    # The page goes as well, before the answer could be sent.
    person.page.route("**/answer", lambda route: route.abort())
    person.page.keyboard.press("ArrowRight")
    person.page.get_by_text("No connection").wait_for()
    person.page.unroute("**/answer")
    person.page.reload()
    fourth = person.trial()
    assert fourth["id"] != third["id"]
    assert [answer["value"] for answer in person.answers()] == ["left", "right", "right"]
    assert kept(person) == []


LOSSES = {
    "hidden": """() => {
        Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""",
    "blur": "() => window.dispatchEvent(new Event('blur'))",
    "fullscreen": "() => document.exitFullscreen()",
}


def test_trials_that_were_not_seen_as_they_should_be_are_void_and_come_again(seat):
    person = seat(trials={"adaptive": "constant_stimuli", "per_picture": 2})
    person.reach_trials()
    devtools = person.context.new_cdp_session(person.page)

    def metrics(width, height, factor):
        devtools.send(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": factor, "mobile": False},
        )

    last, voided = None, []
    for reason in (*LOSSES, "zoom", "resize", "pause"):
        trial = person.trial(last)
        last = trial["id"]
        voided.append(trial["slot"])
        with person.page.expect_response(f"**/api/trials/{last}/void") as answered:
            if reason in LOSSES:
                person.page.evaluate(LOSSES[reason])
            elif reason == "pause":
                person.page.keyboard.press("Escape")
            elif reason == "zoom":
                metrics(1280, 720, 1.5)
            else:
                metrics(1500, 800, 1)
        assert answered.value.status == 200
        person.page.get_by_role("heading", name="Paused").wait_for()
        assert person.row(last)["state"] == "void"
        assert person.row(last)["void_reason"] == reason
        if reason == "zoom":
            person.press("Continue")
            person.page.wait_for_timeout(300)
            assert person.heading() == "Paused", "the zoom is still another one"
            metrics(1920, 1080, 1)
        if reason == "hidden":
            person.page.evaluate("() => { delete document.visibilityState; }")
    assert person.answers() == []
    person.finish(last)
    assert person.session()["state"] == "done"
    slots = [trial["slot"] for trial in person.rows() if trial["state"] == "answered"]
    assert sorted(slots) == list(range(8))
    assert set(voided) <= set(slots)
    assert person.trouble == []


def test_a_telephone_takes_part_where_the_pictures_fit(seat):
    person = seat("acr", size=40, person={"size": (390, 844), "has_touch": True, "is_mobile": True})
    person.reach_trials()
    trial = person.trial()
    fits = "() => document.documentElement.scrollWidth <= window.innerWidth"
    assert person.page.evaluate(fits)
    boxes = [choice.bounding_box() for choice in person.page.locator(".choice").all()]
    assert all(box["height"] >= 40 and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    person.page.locator(".choice[data-value='4']").tap()
    person.trial(trial["id"])
    assert [answer["value"] for answer in person.answers()] == [4]
    assert person.trouble == []


def test_pictures_that_do_not_fit_are_refused_kindly(seat):
    person = seat(size=120, person={"size": (390, 844), "has_touch": True, "is_mobile": True})
    person.open()
    if person.heading() != "This screen is too small":
        person.consent()
        person.device()
        person.calibration()
        person.screening()
        person.instructions()
        person.page.get_by_role("heading", name="This screen is too small").wait_for()
    assert "984 × 480" in person.page.locator("main").inner_text()
    assert person.answers() == []


def test_whoever_is_troubled_by_flicker_sees_no_picture(seat):
    person = seat()
    person.open()
    person.consent()
    person.device()
    person.calibration()
    for choice in ("age_ok-yes", "photosensitive-yes", "glasses-worn", "room-dim"):
        person.page.check(f"#{choice}")
    person.press("Continue")
    person.page.get_by_role("heading", name="Thank you for your interest").wait_for()
    assert person.rows() == []


def test_withdrawing_ends_the_session_and_deletes_its_answers(seat):
    person = seat(trials={"adaptive": "constant_stimuli"})
    person.reach_trials()
    first = person.answer()
    person.trial(first["id"])
    person.page.keyboard.press("Escape")
    person.press("Withdraw from the study")
    person.press("Withdraw and delete my data")
    person.page.get_by_role("heading", name="You have withdrawn").wait_for()
    assert person.answers() == []
