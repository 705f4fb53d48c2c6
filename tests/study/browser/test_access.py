"""Everybody can use the pages: names for every control, contrast, focus that is seen, keys alone, and no foreign request."""

import json
import re

import pytest

from jnd.study.server.pages import STATIC

pytestmark = pytest.mark.browser

LOOK = """() => {
    const found = [];
    const visible = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1;
    const luminance = ([r, g, b]) => {
        const linear = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const colour = (text) => text.match(/[\\d.]+/g).map(Number);
    const behind = (e) => {
        for (let at = e; at; at = at.parentElement) {
            const value = colour(getComputedStyle(at).backgroundColor);
            if (value.length < 4 || value[3] === 1) return value;
        }
        return [255, 255, 255];
    };
    for (const e of document.querySelectorAll("button, input, select, a, canvas")) {
        if (!visible(e)) continue;
        const name = e.getAttribute("aria-label") ?? (e.labels?.length ? e.labels[0].textContent : e.textContent);
        if (!name.trim()) found.push("no name: " + e.outerHTML.slice(0, 80));
    }
    for (const e of document.querySelectorAll("body *")) {
        const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        if (!own || !visible(e) || e.matches("option, :disabled")) continue;
        const style = getComputedStyle(e);
        const [one, other] = [luminance(colour(style.color)), luminance(behind(e))].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (other + 0.05);
        if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(2)}: ${e.textContent.slice(0, 40)}`);
    }
    if (document.querySelectorAll("h1").length !== 1) found.push("not one heading of the page");
    if (!document.documentElement.lang) found.push("no language");
    if (document.querySelector("[tabindex]:not([tabindex='-1']):not([tabindex='0'])")) found.push("forced order of focus");
    if (document.documentElement.scrollWidth > window.innerWidth) found.push("wider than the window");
    return found;
}"""


def test_every_page_can_be_used_at_a_desk_and_on_a_telephone(seat):
    person = seat("acr", size=16, crowd={"completion_code": "X1"})
    page = person.page
    person.open()
    problems = {}

    def look():
        if page.locator("main.sheet").count():
            page.set_viewport_size({"width": 390, "height": 844})
            problems.update({f"{person.heading()} (phone): {entry}": 1 for entry in page.evaluate(LOOK)})
            page.set_viewport_size({"width": 1920, "height": 1080})
        problems.update({f"{person.heading()}: {entry}": 1 for entry in page.evaluate(LOOK)})

    look()
    person.consent()
    page.get_by_role("heading", name="Your screen").wait_for()
    look()
    page.locator("button.primary").click()
    page.wait_for_selector(".checks")
    look()
    person.press("Continue")
    page.get_by_role("heading", name="Hold a card to the screen").wait_for()
    look()
    person.press("It is as wide as my card")
    page.wait_for_selector("#distance")
    person.press("Continue")
    assert page.get_by_role("alert").inner_text().startswith("Please give the distance")
    look()
    page.get_by_label("Distance").fill("70")
    page.keyboard.press("Enter")
    page.wait_for_selector("#room-normal")
    look()
    person.screening()
    page.get_by_role("heading", name="What you do").wait_for()
    look()
    person.instructions()
    first = person.trial()
    look()
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Paused").wait_for()
    look()
    person.finish(first["id"])
    look()
    assert list(problems) == []
    assert person.trouble == []


def test_keys_alone_reach_the_first_trial_and_the_focus_is_seen(seat):
    person = seat("acr", size=16)
    page = person.page
    person.open()
    page.wait_for_selector(".statements")

    def tab_to(selector):
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                return
        raise AssertionError(f"no way to {selector} by Tab")

    for box in ("#statement-read", "#statement-voluntary"):
        tab_to(box)
        page.keyboard.press("Space")
    tab_to("button.primary")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your screen").wait_for()
    tab_to("button.primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".checks")
    tab_to("button.primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".card")
    before = page.evaluate("document.querySelector('.card').getBoundingClientRect().width")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    after = page.evaluate("document.querySelector('.card').getBoundingClientRect().width")
    assert after - before == pytest.approx(1.2, abs=0.02)
    tab_to("button.primary")
    page.keyboard.press("Enter")
    tab_to("#distance")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    page.wait_for_selector("#age_ok-yes")
    assert person.session()["facts"]["calibration"]["card_px"] == pytest.approx(after, abs=0.02)


def test_every_word_is_there_in_every_language(seat):
    texts = {path.stem: json.loads(path.read_text("utf-8")) for path in STATIC.glob("locales/*.json")}
    assert set(texts) == {"en", "de", "fr"}
    holes = {
        key: {locale: set(re.findall(r"\{\w+\}", words[key])) for locale, words in texts.items()}
        for key in texts["en"]
    }
    assert all(set(words) == set(texts["en"]) for words in texts.values())
    assert [key for key, found in holes.items() if len({frozenset(one) for one in found.values()}) > 1] == []
    source = "".join(path.read_text("utf-8") for path in STATIC.rglob("*.js"))
    asked = set(re.findall(r"""\bt\(\s*"([\w.-]+)"[,)]""", source))
    assert len(asked) > 80
    assert asked <= set(texts["en"])
    assert not re.search(r"innerHTML|insertAdjacentHTML|https?://", source)
    person = seat(study={"locale": "de"})
    person.open()
    assert person.heading() == "Bevor Sie teilnehmen"
    person.page.get_by_label("Sprache").select_option("fr")
    person.page.get_by_role("heading", name="Avant de participer").wait_for()
    assert person.page.evaluate("document.documentElement.lang") == "fr"
    person.page.get_by_text("vous regardez des images").wait_for()
    for box in person.page.get_by_role("checkbox").all():
        box.check()
    person.press("J’accepte, commencer")
    person.page.get_by_role("heading", name="Avant de participer").wait_for(state="hidden")
    assert person.session()["locale"] == "fr"
    heading = person.heading()
    person.open()
    assert person.heading() == heading, "a reload stays in the language that was chosen"


def test_digits_of_plates_differ_for_one_kind_of_cone_only_and_can_be_shown(seat):
    person = seat()
    person.open()
    found = person.page.evaluate(
        """async () => {
            const plates = await import("/static/plates.js");
            return plates.PLATES.map((plate) => [plate.kind, plates.figure(plate)]);
        }"""
    )
    colours = dict(found)
    assert set(colours) == {"all", "protan", "deutan"}
    for kind, colour in colours.items():
        # A dot is up to a quarter lighter; what is above 1 would be cut, and the cone's difference with it.
        assert 0 <= min(colour), kind
        assert 1.25 * max(colour) <= 1, kind


def test_a_laboratory_states_its_room(seat):
    participant = seat(study={"mode": "lab"})
    page = participant.page
    participant.open()
    participant.consent()
    participant.device()
    participant.calibration()
    for choice in ("age_ok-yes", "photosensitive-no", "glasses-not-needed", "room-dim"):
        page.check(f"#{choice}")
    participant.press("Continue")
    assert page.get_by_role("alert").inner_text() == "Please answer all questions."
    for name, value in (("white_cd_m2", "120"), ("ambient_lux", "15"), ("white_point_kelvin", "6500")):
        page.fill(f"#{name}", value)
    participant.press("Continue")
    for plate in range(1, 4):
        page.get_by_text(f"Plate {plate} of 3").wait_for()
        page.keyboard.press("7")
    page.get_by_role("heading", name="What you do").wait_for()
    said = participant.session()["facts"]["screening"]["laboratory"]
    assert said == {"white_cd_m2": 120, "ambient_lux": 15, "white_point_kelvin": 6500}
