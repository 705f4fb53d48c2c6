"""In Chromium: screenshots that were changed a little, and the page that shows what changed."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jnd.difference import CompareRequest, compare
from jnd.difference.comparison import look_at
from jnd.difference.report import ComparisonPage, pair_entry
from jnd.difference.sides import side

pytestmark = pytest.mark.browser

CHROMIUM = next(
    filter(
        None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))
    ),
    None,
)
ICON = '<svg class="icon" width="20" height="20" viewBox="0 0 20 20"><circle cx="10" cy="10" r="7" stroke="#3b82f6" stroke-width="2" fill="none"/></svg>'
THEMES = {"light": ("#ffffff", "#16191d"), "dark": ("#14171b", "#eceff3")}


def markup(theme):
    paper, ink = THEMES[theme]
    lines = "".join(
        f"<p>{ICON} The invoice of row {row} <b>was sent</b> to the account in the evening.</p>"
        for row in range(12)
    )
    return f"<style>body{{margin:16px;background:{paper};color:{ink};font:14px sans-serif}}</style>{lines}"


CHANGES = {
    "one letter": "document.querySelectorAll('b')[5].textContent = 'was seat'",
    "missing icon": "document.querySelectorAll('.icon')[7].style.visibility = 'hidden'",
    "block shifted by 1 pixel": "document.querySelectorAll('p')[3].style.transform = 'translateX(1px)'",
}


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def shots(browser):
    page = browser.new_page(viewport={"width": 700, "height": 480})

    def shot(theme, change=""):
        page.set_content(markup(theme))
        if change:
            page.evaluate(change)
        return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))

    yield shot
    page.close()


@pytest.mark.parametrize("theme", THEMES)
class TestScreenshots:
    def test_the_same_page_again_is_identical(self, shots, theme):
        assert compare(shots(theme), shots(theme)).verdict == "identical"

    @pytest.mark.parametrize("change", CHANGES)
    def test_what_people_would_report_is_visible(self, shots, theme, change):
        assert compare(shots(theme), shots(theme, CHANGES[change])).verdict == "visible"

    @pytest.mark.parametrize("step", [8, -8])
    def test_eight_code_values_on_a_block_are_visible(self, shots, theme, step):
        changed = shots(theme).astype(int)
        if changed[300:360, 560:640].max() + step > 255:
            step = -step
        changed[300:360, 560:640] += step
        assert compare(shots(theme), np.clip(changed, 0, 255).astype(np.uint8)).verdict == "visible"

    def test_one_code_value_is_invisible(self, shots, theme):
        page = shots(theme).astype(int)
        flat, edges = page.copy(), page.copy()
        flat[300:360, 560:640] += 1 if theme == "dark" else -1
        edges += np.random.default_rng(1).integers(-1, 2, page.shape) * (
            np.abs(np.diff(page, axis=1, prepend=0)) > 20
        )
        for changed in (flat, edges):
            found = compare(page.astype(np.uint8), np.clip(changed, 0, 255).astype(np.uint8))
            assert found.verdict == "invisible"
            assert found.changed_pixels


def written(tmp_path, pairs):
    request = CompareRequest()
    page = ComparisonPage(tmp_path / "report.html", request)
    for name, before, after in pairs:
        compared = look_at(side(before), side(after), request)
        page.add(name, compared.record, pair_entry(compared))
    page.close()
    return Path(tmp_path, "report.html").as_uri()


@pytest.fixture
def opened(browser, shots, tmp_path, request):
    """The page, at a telephone's or a desk's width, and what it asked for or complained about."""
    count, width = request.param
    before, after = shots("light"), shots("light", CHANGES["missing icon"])
    names = ["<b>one</b>.png", "same.png"][:count]
    url = written(tmp_path, [(names[0], before, after), *((name, before, before) for name in names[1:])])
    page = browser.new_page(viewport={"width": width, "height": 800})
    trouble = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda sent: sent.url.startswith(("http", "ws")) and trouble.append(sent.url))
    page.goto(url)
    if count > 1:
        page.click("tr[data-status='visible'] .open")
    page.wait_for_selector("tr.detail[data-ready=yes]", timeout=20_000)
    yield page, trouble, before, after
    page.close()


@pytest.mark.parametrize("opened", [(1, 1280), (1, 390), (2, 1280), (2, 390)], indirect=True, ids=str)
class TestPage:
    def test_it_opens_asks_for_nothing_and_fits(self, opened):
        page, trouble, _, _ = opened
        assert trouble == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.locator(".lead").inner_text().endswith("the difference is visible.")
        assert page.locator("table.trials tbody tr").count() == 1

    def test_pixels_are_those_of_both_pictures(self, opened):
        page, _, before, after = opened
        page.click("button.go")
        page.uncheck(".mark input")

        def seen():
            rect = page.locator(".stage").evaluate(
                "(e) => { e.scrollIntoView({ block: 'end' }); const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }"
            )
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            left, top, right, bottom = map(round, rect)
            screen = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
            return screen[top:bottom, left:right]

        shown = {"changed": seen()}
        page.get_by_role("button", name="Keep the reference shown").click()
        shown["reference"] = seen()
        left, top = page.evaluate(
            "(() => { const l = document.querySelector('.layers').style; return [-parseFloat(l.left), -parseFloat(l.top)]; })()"
        )
        left, top = round(left), round(top)
        for name, pixels in (("changed", after), ("reference", before)):
            height, width = shown[name].shape[:2]
            assert np.array_equal(shown[name], pixels[top : top + height, left : left + width])
        assert page.locator(".shown").inner_text() == "Reference"

    def test_every_mode_can_be_chosen(self, opened):
        page, trouble, _, _ = opened
        for mode, words in (
            ("Swipe", "Reference | Changed"),
            ("Flicker", "Changed"),
            ("Map", "Map of visible difference"),
        ):
            page.locator(".modes label", has_text=mode).click()
            assert page.locator(".shown").inner_text() == words
        assert trouble == []
