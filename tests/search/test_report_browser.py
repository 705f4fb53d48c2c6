"""The report in a real browser: it opens from the disk, asks for nothing, and shows pixels as they are."""

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from jnd.picture import Picture, read_picture, seen
from jnd.records import FileRecord, Found
from jnd.search import SatisfiedUsers, encode
from jnd.search.report import ReportEntry, ReportWriter, report_entry
from jnd.viewing import viewing_conditions

from .pictures import photograph, transparent

pytestmark = pytest.mark.browser

VIEWING = viewing_conditions()
CHROMIUM = next(
    filter(
        None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))
    ),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
HOSTILE = "\"'><img src=x onerror=alert(1)><b>&.png"


def large() -> np.ndarray:
    """Larger than any stage of these tests, and different at every pixel."""
    return np.ascontiguousarray(np.tile(data.coffee(), (3, 4, 1))[:1150, :2311])


PICTURES: dict[str, tuple[Picture, str]] = {
    "avif.png": (Picture(photograph(127, 191)), "avif"),
    "jpeg.png": (Picture(photograph(127, 191)), "jpeg:turbo"),
    "webp.png": (Picture(photograph(127, 191)), "webp"),
    "large.png": (Picture(large()), "jpeg:turbo"),
    "transparent.png": (transparent(), "webp"),
    HOSTILE: (Picture(photograph(127, 191)), "jpeg:turbo"),
}


def made(name: str, picture: Picture, format: str) -> tuple[FileRecord, ReportEntry]:
    *_, answer = encode(picture, format=format)
    assert isinstance(answer, Found)
    result = answer.result
    shown = report_entry(picture, answer, Path(name), VIEWING)
    return FileRecord(
        source=f"in/{name}",
        status="encoded",
        output=f"out/{name}",
        codec=result.codec,
        setting=result.attempt.setting,
        bytes=len(result.data),
        source_bytes=100_000,
        width=result.width,
        height=result.height,
        jod=result.attempt.jod,
        notice=result.attempt.notice,
        satisfied=result.attempt.satisfied,
        worst_window_jod=result.attempt.worst_window_jod,
        worst_window=result.attempt.worst_window,
        target_satisfied=0.75,
    ), shown


@pytest.fixture(scope="module")
def entries() -> dict[str, tuple[FileRecord, ReportEntry]]:
    return {name: made(name, *how) for name, how in PICTURES.items()}


@pytest.fixture(scope="module")
def report(entries, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    writer = ReportWriter(path, SatisfiedUsers(0.75, "aic3", VIEWING))
    for entry in entries.values():
        writer.add(*entry)
    writer.add(FileRecord(source="in/torn.png", status="failed", error="torn"), None)
    writer.close()
    return path


@pytest.fixture(scope="module")
def launch():
    """Starts a browser with more arguments."""
    if CHROMIUM is None:
        reason = "needs Chromium: apt-get install chromium, or the package of your system"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:

        def launch(*more):
            return playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])

        yield launch


@pytest.fixture(scope="module")
def chromium(launch):
    browser = launch()
    yield browser
    browser.close()


class Reader:
    """Somebody with the page before them; knows all requests and messages of the page."""

    def __init__(
        self, browser, path: Path, ratio: float = 1, width: int = 1440, height: int = 900, **options
    ) -> None:
        if "no_viewport" not in options:
            options |= {"viewport": {"width": width, "height": height}, "device_scale_factor": ratio}
        self.context = browser.new_context(**options)
        self.ratio = ratio
        self.page = self.context.new_page()
        self.messages: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.messages.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def open(self, name: str) -> None:
        # The row by its attribute, which holds any name.
        row = self.page.locator(f"tr[data-name={css_string('in/' + name)}]")
        row.locator(".open").click()
        self.page.wait_for_selector("tr.detail[data-ready]")

    def mode(self, words: str) -> None:
        self.page.locator(".modes label", has_text=words).click()

    def shown(self) -> str:
        return self.page.locator(".shown").inner_text()

    def unmark(self) -> None:
        self.page.locator(".mark input").uncheck()

    def stage(self) -> np.ndarray:
        """What the screen shows of the stage, (H, W, 3) pixels of the device."""
        self.page.locator(".stage").evaluate("(stage) => stage.scrollIntoView({ block: 'end' })")
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        screen = Image.open(io.BytesIO(self.page.screenshot(scale="device"))).convert("RGB")
        left, top, right, bottom = self.box()
        return np.asarray(screen)[top:bottom, left:right]

    def box(self) -> tuple[int, int, int, int]:
        rect = self.page.locator(".stage").evaluate(
            "(e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }"
        )
        left, top, right, bottom = (round(value * self.ratio) for value in rect)
        return left, top, right, bottom

    def until(self, expression: str) -> None:
        """Waits; Playwright's own way of doing so is stopped by the page's policy."""
        for _ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {expression}")

    def pan(self) -> tuple[int, int]:
        """Pixels of the picture left of and above the stage."""
        return tuple(
            self.page.locator(".layers").evaluate(
                "(e) => { const [a, b] = [e.getBoundingClientRect(), e.parentElement.getBoundingClientRect()];"
                "const r = devicePixelRatio;"
                "return [Math.round(b.left * r) - Math.round(a.left * r), Math.round(b.top * r) - Math.round(a.top * r)]; }"
            )
        )


def css_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.fixture
def reader(chromium, report) -> Iterator[Reader]:
    """At an ordinary screen; whatever a test does, the page asks for nothing and reports no error."""
    reader = Reader(chromium, report)
    yield reader
    check_quiet(reader)
    reader.context.close()


def check_quiet(reader: Reader) -> None:
    assert reader.messages == []
    assert [url for url in reader.requests if not url.startswith(("data:", "blob:"))] == [reader.page.url]


def pixels(entry: ReportEntry, which: str, background: int = 0) -> np.ndarray:
    return seen(read_picture(getattr(entry, which).data), background)


def crop_like(picture: np.ndarray, screen: np.ndarray, pan: tuple[int, int]) -> np.ndarray:
    x, y = pan
    return picture[y : y + screen.shape[0], x : x + screen.shape[1]]


class TestPixels:
    @pytest.mark.parametrize("ratio", [1, 1.1, 1.25, 1.5, 2, 3])
    def test_the_original_is_seen_pixel_by_pixel(self, launch, report, entries, ratio):
        # As on a real screen of this ratio; Playwright's own emulation only scales the page of an ordinary one.
        browser = launch(f"--force-device-scale-factor={ratio}", "--window-size=1440,1000")
        reader = Reader(browser, report, ratio, no_viewport=True)
        assert reader.page.evaluate("devicePixelRatio") == pytest.approx(ratio)
        for name in ("jpeg.png", "large.png"):
            reader.open(name)
            reader.unmark()
            reader.page.locator(".hold button").click()
            assert reader.shown() == "Original"
            screen = reader.stage()
            wanted = crop_like(pixels(entries[name][1], "original"), screen, reader.pan())
            assert screen.shape == wanted.shape
            assert np.array_equal(screen, wanted), f"{(screen != wanted).any(axis=2).mean():.4f} differ"
        check_quiet(reader)
        browser.close()

    @pytest.mark.parametrize("name", ["jpeg.png", "webp.png", "avif.png", "large.png"])
    def test_the_result_is_seen_as_we_decode_it(self, reader, entries, name):
        reader.open(name)
        reader.unmark()
        screen = reader.stage()
        wanted = crop_like(pixels(entries[name][1], "result"), screen, reader.pan())
        assert screen.shape == wanted.shape
        # Equal with Chromium 156 and Pillow 13; decoders of other versions may round the last bit otherwise.
        assert np.abs(screen.astype(int) - wanted).max() <= 1

    def test_small_pictures_are_whole(self, reader, entries):
        reader.open("jpeg.png")
        assert reader.stage().shape == (127, 191, 3)

    def test_another_screen_or_zoom_is_noticed(self, reader):
        reader.open("jpeg.png")
        session = reader.context.new_cdp_session(reader.page)
        session.send(
            "Emulation.setDeviceMetricsOverride",
            {"width": 720, "height": 450, "deviceScaleFactor": 2, "mobile": False},
        )
        reader.until("document.querySelector('.pixels').textContent.includes('ratio 2')")
        size = reader.page.locator("img.result").evaluate("(e) => [e.style.width, e.style.height]")
        assert size == ["95.5px", "63.5px"]

    @pytest.mark.parametrize(("words", "background"), [("black", 0), ("white", 255)])
    def test_transparent_pictures_over_both_backgrounds(self, reader, entries, words, background):
        reader.open("transparent.png")
        reader.unmark()
        reader.page.locator(".background select").select_option(words)
        reader.page.locator(".hold button").click()
        screen = reader.stage().astype(int)
        assert np.abs(screen - pixels(entries["transparent.png"][1], "original", background)).max() <= 1


class TestComparing:
    def test_holding_shows_the_original_until_it_is_let_go(self, reader, entries):
        reader.open("jpeg.png")
        reader.unmark()
        result = reader.stage()
        reader.page.locator(".stage").hover()
        reader.page.mouse.down()
        assert reader.shown() == "Original"
        assert np.array_equal(reader.stage(), pixels(entries["jpeg.png"][1], "original"))
        reader.page.mouse.up()
        assert reader.shown() == "Result"
        assert np.array_equal(reader.stage(), result)

    def test_the_divider_shows_the_original_left_and_the_result_right(self, reader, entries):
        reader.open("jpeg.png")
        reader.unmark()
        result = reader.stage()
        reader.mode("Swipe")
        left, top, *_ = reader.box()
        reader.page.mouse.move(left + 95, top + 60)
        reader.page.mouse.down()
        reader.page.mouse.move(left + 120, top + 60, steps=4)
        reader.page.mouse.up()
        screen, original = reader.stage(), pixels(entries["jpeg.png"][1], "original")
        # Rows above the divider's handle; its line is 4 pixels wide.
        assert np.array_equal(screen[:40, :117], original[:40, :117])
        assert np.array_equal(screen[:40, 123:], result[:40, 123:])

    def test_the_divider_moves_with_the_keyboard(self, reader):
        reader.open("jpeg.png")
        reader.mode("Swipe")
        divider = reader.page.locator(".divider")
        divider.focus()
        for key, value in (
            ("ArrowRight", "51"),
            ("PageUp", "61"),
            ("ArrowLeft", "60"),
            ("End", "100"),
            ("Home", "0"),
        ):
            reader.page.keyboard.press(key)
            assert divider.get_attribute("aria-valuenow") == value

    def test_flicker_is_slow_until_it_is_allowed_to_be_fast(self, reader):
        reader.open("jpeg.png")
        reader.mode("Flicker")
        assert "epilepsy" in reader.page.locator(".flicker .warning").inner_text()
        assert reader.shown() == "Result", "nothing flickers before it is asked for"
        select = reader.page.locator(".flicker select")
        assert select.input_value() == "2"
        fast = select.locator("option").last
        assert fast.is_disabled()
        reader.page.evaluate(
            """() => { window.changes = [];
            new MutationObserver(() => changes.push(performance.now()))
              .observe(document.querySelector("img.original"), { attributes: true, attributeFilter: ["style"] }); }"""
        )
        select.select_option("3")
        reader.page.locator(".start").click()
        reader.until("changes.length >= 4")
        assert reader.shown() == "Flickering"
        reader.page.locator(".start").click()
        times = reader.page.evaluate("changes")
        assert np.median(np.diff(times[:4])) > 300, "at most 3 changes a second"
        assert reader.shown() == "Result"
        reader.page.locator(".flicker input").check()
        assert fast.is_enabled()
        select.select_option("8")
        reader.page.locator(".flicker input").uncheck()
        assert select.input_value() == "2"

    def test_the_map_has_the_colours_of_its_scale(self, reader, entries):
        reader.open("jpeg.png")
        reader.unmark()
        reader.mode("Map")
        screen = reader.stage()
        heat = np.asarray(Image.open(io.BytesIO(entries["jpeg.png"][1].heat.data)).convert("L"))
        assert heat.shape == screen.shape[:2]
        for code in np.unique(heat):
            assert len(np.unique(screen[heat == code], axis=0)) == 1, "one colour per value"
        assert (screen[heat == 0] == [0x0B, 0x0D, 0x12]).all()

    def test_the_worst_window_is_marked_where_it_is(self, reader, entries):
        reader.open("large.png")
        x, y, width, height = entries["large.png"][0].worst_window
        mark, layers = (
            reader.page.locator(selector).bounding_box() for selector in (".layers .window", ".layers")
        )
        assert (mark["x"] - layers["x"], mark["y"] - layers["y"]) == (x, y)
        assert (mark["width"], mark["height"]) == (width, height)
        stage = reader.page.locator(".stage").bounding_box()
        assert stage["x"] <= mark["x"] + width / 2 <= stage["x"] + stage["width"], "in sight from the start"

    def test_dragging_pans_and_stays_inside(self, reader):
        reader.open("large.png")
        reader.page.locator(".stage").scroll_into_view_if_needed()
        left, top, *_ = reader.box()
        for to in ((2000, 2000), (-4000, -4000)):
            reader.page.mouse.move(left + 200, top + 100)
            reader.page.mouse.down()
            reader.page.mouse.move(left + 200 + to[0], top + 100 + to[1], steps=3)
            assert reader.shown() == "Result", "a drag is no hold"
            reader.page.mouse.up()
            height, width = large().shape[:2]
            box = reader.box()
            expected = (0, 0) if to[0] > 0 else (width - (box[2] - box[0]), height - (box[3] - box[1]))
            assert reader.pan() == expected

    def test_the_overview_moves_the_view(self, reader):
        reader.open("large.png")
        small = reader.page.locator(".overview .small")
        small.click(position={"x": 2, "y": 2})
        assert reader.pan() == (0, 0)
        view = reader.page.locator(".overview .view").bounding_box()
        box = small.bounding_box()
        assert view["x"] == pytest.approx(box["x"], abs=1) and view["y"] == pytest.approx(box["y"], abs=1)


class TestTheTable:
    def names(self, reader):
        return reader.page.locator("#pictures > tbody > tr:visible").evaluate_all(
            "(rows) => rows.map((row) => row.dataset.name.slice(3))"
        )

    def test_sorting_by_every_column_both_ways(self, reader, entries):
        records = [record for record, _ in entries.values()]
        heads = reader.page.locator("#pictures thead button")
        for column, value in ((2, "bytes"), (5, "satisfied"), (6, "worst_window_jod")):
            ordered = [r.source[3:] for r in sorted(records, key=lambda r: getattr(r, value))]
            values = {r.source[3:]: getattr(r, value) for r in records}
            for direction, wanted in (("ascending", ordered), ("descending", ordered[::-1])):
                heads.nth(column).click()
                names = self.names(reader)
                assert names[-1] == "torn.png", "what is not known is last, whatever the direction"
                found = [values[name] for name in names[:-1]]
                assert np.allclose(found, [values[name] for name in wanted], rtol=1e-5)
                assert reader.page.locator("th").nth(column).get_attribute("aria-sort") == direction

    def test_filter_by_name_and_status(self, reader):
        reader.page.locator("#filter").fill("PEG")
        assert self.names(reader) == ["jpeg.png"]
        assert reader.page.locator("#count").inner_text() == f"1 of {len(PICTURES) + 1} pictures"
        reader.page.locator("#filter").fill("")
        reader.page.locator("#status").select_option("failed")
        assert self.names(reader) == ["torn.png"]

    def test_hostile_names_are_text(self, reader):
        reader.open(HOSTILE)
        made = reader.page.locator("#pictures bdi *, .lead *, img[src=x]")
        assert made.count() == 0
        assert HOSTILE in reader.page.locator("tr.detail").inner_text()

    def test_a_failed_picture_says_why(self, reader):
        reader.page.locator('tr[data-name="in/torn.png"] .open').click()
        assert "torn" in reader.page.locator("tr.detail .lead").inner_text()

    def test_only_what_is_open_takes_memory(self, reader):
        alive = """() => { window.alive = 0;
            const [make, drop] = [URL.createObjectURL, URL.revokeObjectURL];
            URL.createObjectURL = (b) => { alive += 1; return make.call(URL, b); };
            URL.revokeObjectURL = (u) => { alive -= 1; return drop.call(URL, u); }; }"""
        reader.page.evaluate(alive)
        assert reader.page.locator("img[src^=blob]").count() == 0
        for name in ("jpeg.png", "webp.png"):
            reader.open(name)
            assert reader.page.evaluate("alive") == 2
        assert reader.page.locator("tr.detail").count() == 1
        reader.page.keyboard.press("Escape")
        assert reader.page.evaluate("alive") == 0 and reader.page.locator("tr.detail").count() == 0

    def test_everything_by_keyboard(self, reader):
        reader.page.locator('tr[data-name="in/large.png"] .open').focus()
        reader.page.keyboard.press("Enter")
        reader.page.wait_for_selector("tr.detail[data-ready]")
        reached = set()
        for _ in range(20):
            reader.page.keyboard.press("Tab")
            reached.add(
                reader.page.evaluate(
                    "document.activeElement.className || document.activeElement.value || document.activeElement.textContent"
                )
            )
        assert {"hold", "stage", "go", "Next", "Close"} <= reached
        stage = reader.page.locator(".stage")
        stage.focus()
        before = reader.pan()
        reader.page.keyboard.press("Shift+ArrowUp")
        reader.page.keyboard.press("ArrowLeft")
        after = reader.pan()
        assert after[0] == max(0, before[0] - 32) and after[1] == max(0, before[1] - 256)
        reader.page.keyboard.down(" ")
        assert reader.shown() == "Original"
        reader.page.keyboard.up(" ")
        assert reader.shown() == "Result"
        reader.page.keyboard.press("Escape")
        assert reader.page.evaluate("document.activeElement.closest('tr').dataset.name") == "in/large.png"


LUMINANCE = """(selectors) => {
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const background = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return rgb(getComputedStyle(document.documentElement).backgroundColor); };
  return selectors.flatMap((s) => [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).map((e) => {
    const style = getComputedStyle(e);
    const [a, b] = [luminance(rgb(e instanceof SVGElement ? style.fill : style.color)), luminance(background(e))];
    return [s, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]; }));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(chromium, report, scheme):
    reader = Reader(chromium, report, color_scheme=scheme)
    reader.open("jpeg.png")
    reader.mode("Flicker")
    reader.page.locator(".start").click()
    found = reader.page.evaluate(
        LUMINANCE,
        [
            "p",
            "small",
            "bdi",
            "dt",
            "dd",
            "button",
            "label",
            "legend",
            "summary",
            "th",
            "td",
            ".bad",
            "output",
            "svg text",
            "select",
            "li",
            "figcaption",
            "h1",
        ],
    )
    assert len(found) > 60
    assert [pair for pair in found if pair[1] < 4.5] == []
    reader.context.close()


def test_a_telephone_shows_it_without_scrolling_sideways(chromium, report):
    reader = Reader(chromium, report, ratio=3, width=360, height=740, has_touch=True, is_mobile=True)
    reader.open("large.png")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert reader.page.evaluate("innerWidth") == 360
    check_quiet(reader)
    reader.context.close()


def test_five_hundred_pictures_open_and_scroll(chromium, entries, tmp_path):
    path = tmp_path / "report.html"
    writer = ReportWriter(path, SatisfiedUsers(0.75, "aic3", VIEWING))
    kinds = list(entries.values())
    for i in range(500):
        record, entry = kinds[i % 3]
        writer.add(replace(record, source=f"in/{i:03}.png"), entry)
    writer.close()
    reader = Reader(chromium, path)
    assert reader.page.locator("#pictures > tbody > tr").count() == 500
    session = reader.context.new_cdp_session(reader.page)
    session.send("HeapProfiler.collectGarbage")
    memory = reader.page.evaluate("performance.memory.usedJSHeapSize")
    # Rows, thumbnails and the text of closed pictures; what is decoded is not among it.
    assert memory < 20e6 + 1.5 * path.stat().st_size
    reader.page.mouse.wheel(0, 100_000)
    reader.until("scrollY > 10000")
    reader.open("499.png")
    reader.page.locator("#filter").fill("25")
    assert reader.page.locator("#count").inner_text() == "15 of 500 pictures"
    check_quiet(reader)
    reader.context.close()
