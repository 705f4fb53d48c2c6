"""Screens of the participant's page: a study is made from a photograph, and somebody takes part in it in Chromium.

    python docs/figures/study_screens.py FOLDER

writes every screen of every method to FOLDER, at the size of a desk and of a telephone, to look them over.
"""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from _browser import chromium
from _canvas import IMAGES
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from skimage import data

from jnd.study.design import design_from
from jnd.study.design.records import METHODS
from jnd.study.design.template import toml_of
from jnd.study.server.running import running
from jnd.study.stimuli import make_stimuli, pictures_of

SIZES = {"desk": (1920, 1080), "phone": (390, 844)}
SHOWN = {
    "flicker-desk-trial": "study-flicker.webp",
    "flicker-desk-calibration": "study-calibration.webp",
    "acr-phone-trial": "study-phone.webp",
    "acr-phone-consent": "study-consent.webp",
}
MAKES = tuple(SHOWN.values())
WAIT_MS = 30_000


def study(folder: Path, pictures: Path, method: str) -> None:
    """A small study of a method."""
    settings: dict[str, Any] = {
        "study": {"name": method, "method": method, "title": "How well can you see compression?"},
        "stimuli": {"pictures": str(pictures), "count": 3, "ruler_steps": 8, "patches": 1},
        "display": {"scale": 4 if method == "same-different" else 1, "exposure_ms": 1500.0, "blank_ms": 100.0},
        "trials": {"adaptive": "adjustment" if method == "flicker-slider" else "none", "practice_trials": 1, "break_every": 1, "dummies": 0, "per_picture": 1},
        "screening": {"acuity": method == "flicker"},
        "crowd": {"completion_code": "C1-7F3K-92"},
        "consent": {"contact": "study@example.org"},
    }  # fmt: skip
    if method in ("flicker", "pan", "side-by-side"):
        settings["trials"]["adaptive"] = "constant_stimuli"
    design = design_from(settings)
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(toml_of(design), "utf-8")
    for _ in make_stimuli(design, pictures_of(pictures), folder):
        pass


class Screens:
    """Takes part, and a picture of each screen on the way."""

    def __init__(self, page: Page, out: Path, name: str) -> None:
        self.page, self.out, self.name = page, out, name

    def shot(self, what: str) -> None:
        """A picture of what is seen now."""
        self.page.screenshot(path=self.out / f"{self.name}-{what}.png")

    def press(self, selector: str = "button.primary") -> None:
        """The page's main button."""
        self.page.locator(selector).first.click()

    def titled(self, text: str) -> None:
        """Wait for a page."""
        self.page.get_by_role("heading", name=text).wait_for()

    def before_trials(self, *, all_pages: bool) -> None:
        """From consent to instructions."""
        shot = self.shot if all_pages else lambda what: None
        self.titled("Before you take part")
        shot("consent")
        for box in self.page.get_by_role("checkbox").all():
            box.check()
        self.press()
        self.titled("Your screen")
        shot("device")
        self.press()
        self.page.wait_for_selector(".checks")
        shot("device-checked")
        self.press()
        self.titled("Hold a card to the screen")
        shot("calibration")
        self.press()
        self.page.wait_for_selector("#distance")
        shot("distance")
        if all_pages and self.page.get_by_role("button", name="I have nothing to measure with").count():
            self.page.get_by_role("button", name="I have nothing to measure with").click()
            self.press()
            self.page.wait_for_timeout(700)
            shot("blind-spot")
            self.page.get_by_role("button", name="Type the distance instead").click()
        self.page.fill("#distance", "65")
        self.press()
        self.titled("A few questions")
        for choice in ("age_ok-yes", "photosensitive-no", "glasses-not-needed", "room-normal"):
            self.page.check(f"#{choice}")
        shot("screening")
        self.press()
        for plate in range(1, 4):
            self.page.get_by_text(f"Plate {plate} of 3").wait_for()
            shot(f"plate-{plate}")
            self.page.keyboard.press("5")
        while self.page.locator("h1").inner_text() != "What you do":
            if self.page.locator(".ring").count():
                shot("acuity")
                self.page.keyboard.press("ArrowUp")
            self.page.wait_for_timeout(100)
        self.shot("instructions")
        self.press()

    def trials(self, method: str) -> None:
        """The first trial, its feedback, a pause, a break, and the end."""
        self.page.wait_for_selector("main[data-state=shown], main[data-state=open], h1:text('too small')")
        self.page.wait_for_timeout(100)
        if self.page.locator("main.sheet").count():
            self.shot("too-small")
            return
        self.shot("trial")
        if method != "flicker":
            return
        self.page.keyboard.press("ArrowLeft")
        self.page.wait_for_selector(".feedback")
        self.shot("feedback")
        self.page.wait_for_selector("main[data-state=open]")
        self.page.keyboard.press("Escape")
        self.titled("Paused")
        self.shot("pause")
        self.page.reload()
        self.titled("Welcome back")
        self.shot("resume")
        self.press()
        while True:
            self.page.wait_for_selector("main[data-state=open], main.sheet")
            heading = self.page.locator("h1").first.inner_text()
            if heading == "Time for a break":
                self.shot("break")
                break
            self.page.keyboard.press("ArrowRight")
            self.page.wait_for_timeout(50)

    def endings(self) -> None:
        """Withdrawal, step by step."""
        self.page.get_by_role("button", name="Withdraw from the study").click()
        self.titled("Withdraw?")
        self.shot("withdraw")
        self.press("button.danger")
        self.titled("You have withdrawn")
        self.shot("withdrawn")


def take_part(folder: Path, method: str, size: str, browser: Any, out: Path) -> None:
    """Every screen that one participant sees, until the first trials are over."""
    width, height = SIZES[size]
    with running(folder) as server:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            screen={"width": width, "height": height},
            has_touch=size == "phone",
            is_mobile=size == "phone",
        )
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{server.address}/s/{method}")
        screens = Screens(page, out, f"{method}-{size}")
        page.wait_for_selector("h1")
        if page.locator("h1").inner_text() == "This screen is too small":
            screens.shot("too-small")
        else:
            screens.before_trials(all_pages=method == ("flicker" if size == "desk" else "acr"))
            screens.trials(method)
            if method == "flicker" and size == "desk":
                screens.endings()
        context.close()


def main(out: Path | None = None, wanted: Iterable[tuple[str, str]] | None = None) -> None:
    """The screens that the documentation shows; with `out` PNGs of all that are met on the way go there."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        pictures, screens = Path(scratch, "pictures"), out or Path(scratch, "screens")
        pictures.mkdir()
        screens.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.ascontiguousarray(data.astronaut()[:400, 40:400])).save(pictures / "astronaut.png")
        browser = chromium(playwright)
        for method, size in wanted or sorted({tuple(name.split("-")[:2]) for name in SHOWN}):
            folder = Path(scratch, f"{method}-{size}")
            study(folder, pictures, method)
            take_part(folder, method, size, browser, screens)
        browser.close()
        for name, shown in SHOWN.items():
            if (screens / f"{name}.png").exists():
                with Image.open(screens / f"{name}.png") as picture:
                    picture.thumbnail((1200, 900))
                    picture.save(IMAGES / shown, quality=80, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [(method, size) for method in METHODS for size in SIZES])
