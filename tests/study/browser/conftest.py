"""People in Chromium: they read pages by their roles and names, and answer trials as a simulated observer does.

The observer looks into the server's store, never into the page: the page knows no answer, and has no door for tests.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.methods import DrawnTrial
from jnd.study.server.running import Running, running
from jnd.study.store.tables import ResponseRow, SessionRow, TrialRow

CHROMIUM = next(
    filter(
        None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))
    ),
    None,
)
DESK = (1920, 1080)
PHONE = (390, 844)
WAIT_MS = 20_000
KEYS = {
    "left": "ArrowLeft",
    "right": "ArrowRight",
    "not-sure": "ArrowDown",
    "same": "ArrowLeft",
    "different": "ArrowRight",
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on PATH")
    from playwright.sync_api import sync_playwright

    # Of a module, not of the session: while it is open its event loop runs, and other tests could have none.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        )
        yield browser
        browser.close()


PlaywrightError = pytest.importorskip("playwright.sync_api").Error


class Participant:
    """Somebody at the page."""

    def __init__(
        self,
        server: Running,
        chromium: Any,
        size: tuple[int, int] = DESK,
        threshold: float = 4.0,
        **options: Any,
    ) -> None:
        self.server = server
        self.study = server.context.design.study
        width, height = size
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, screen={"width": width, "height": height}, **options
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.trouble: list[str] = []
        self.observer = SimulatedObserver(threshold=threshold, width=threshold / 2, lapse_rate=0.0)
        self.rng = np.random.default_rng(3)
        self.page.on("console", lambda message: message.type == "error" and self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on(
            "request",
            lambda sent: sent.url.startswith(server.address) or self.trouble.append(f"asked {sent.url}"),
        )

    # ---- pages ----

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.server.address}/s/{self.study.name}{query}")
        self.heading()

    def heading(self) -> str:
        return str(self.page.locator("h1").first.inner_text())

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def consent(self) -> None:
        self.page.wait_for_selector(".statements")
        for box in self.page.get_by_role("checkbox").all():
            box.check()
        self.press("I agree, begin")

    def device(self) -> None:
        self.page.locator("button.primary").click()
        self.page.wait_for_selector(".checks")
        self.press("Continue")

    def calibration(self, centimetres: float = 60) -> None:
        self.press("It is as wide as my card")
        self.page.get_by_label("Distance").fill(str(centimetres))
        self.press("Continue")

    def screening(self) -> None:
        for choice in ("age_ok-yes", "photosensitive-no", "glasses-not-needed", "room-normal"):
            self.page.check(f"#{choice}")
        self.press("Continue")
        for plate in range(1, 4):
            self.page.get_by_text(f"Plate {plate} of 3").wait_for()
            self.page.keyboard.press("7")

    def instructions(self) -> None:
        self.page.get_by_role("heading", name="What you do").wait_for()
        self.page.locator("button.primary").click()

    def reach_trials(self) -> None:
        self.open()
        self.consent()
        self.device()
        self.calibration()
        self.screening()
        self.instructions()

    # ---- trials ----

    def trial(self, after: str | None = None) -> dict[str, Any] | None:
        """The open trial once it takes an answer; breaks and pauses on the way are left; None at the end."""
        while True:
            handle = self.page.wait_for_function(
                """(after) => {
                    const main = document.querySelector("main");
                    if (!main || main.inert) return null;
                    if (main.dataset.state === "open" && main.dataset.trial !== after) return ["trial", main.dataset.trial];
                    const ready = main.classList.contains("sheet") && main.querySelector("button.primary:not(:disabled)");
                    if (ready) return ["page", main.querySelector("h1").textContent];
                    return main.textContent.includes("Thank you!") ? ["page", "Thank you!"] : null;
                }""",
                arg=after,
            )
            kind, what = handle.json_value()
            if kind == "trial":
                return self.row(what)
            if what == "Thank you!":
                return None
            with suppress(PlaywrightError):  # it may have gone on by itself
                self.page.locator("button.primary").click(timeout=1000)

    def row(self, trial: str) -> dict[str, Any]:
        with self.server.context.store.reading() as connection:
            query = select(TrialRow.__table__).where(TrialRow.id == trial)
            return dict(connection.execute(query).one()._mapping)

    def rows(self, table: Any = TrialRow) -> list[dict[str, Any]]:
        with self.server.context.store.reading() as connection:
            query = select(table.__table__)
            if table is TrialRow:
                query = query.order_by(TrialRow.order)
            return [dict(row._mapping) for row in connection.execute(query)]

    def answers(self) -> list[dict[str, Any]]:
        return self.rows(ResponseRow)

    def session(self) -> dict[str, Any]:
        return self.rows(SessionRow)[0]

    def choose(self, trial: dict[str, Any]) -> Any:
        """What the simulated observer says."""
        context = self.server.context
        drawn = DrawnTrial(
            **{
                name: trial[name]
                for name in (
                    "params",
                    "assets",
                    "answer_key",
                    "source",
                    "codec",
                    "setting",
                    "level",
                    "stimuli",
                )
            },
            choices=tuple(trial["choices"]),
        )
        return context.method.simulate(context.design, context.manifest, drawn, self.observer, self.rng)

    def give(self, trial: dict[str, Any], value: Any) -> None:
        """Answer with the keys and controls of the screen."""
        keyboard = self.page.keyboard
        if self.study.method in ("flicker-slider", "quality-ruler"):
            slider = self.page.locator("#slider")
            place = min(int(value), int(slider.get_attribute("max") or 0))
            slider.evaluate(
                "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', { bubbles: true })); }", place
            )
            if value > place:
                self.page.click("[data-value=never]")
            else:
                keyboard.press("Enter")
        elif self.study.method == "ptc":
            keyboard.down(" ")
            self.page.wait_for_selector("[aria-pressed=true]")
            keyboard.up(" ")
            self.page.wait_for_selector(".hold[aria-pressed=false]")
            keyboard.press(KEYS[value])
        else:
            keyboard.press(KEYS.get(str(value), str(value)))

    def answer(self, after: str | None = None) -> dict[str, Any] | None:
        """Wait for a trial and answer it."""
        trial = self.trial(after)
        if trial is not None:
            self.give(trial, self.choose(trial))
        return trial

    def finish(self, after: str | None = None) -> list[dict[str, Any]]:
        """All trials to the end."""
        seen = []
        while (trial := self.answer(after)) is not None:
            seen.append(trial)
            after = trial["id"]
        return seen

    def close(self) -> None:
        self.context.close()


Seat = Callable[..., Participant]

QUICK: dict[str, dict[str, Any]] = {
    "display": {"blank_ms": 0.0, "max_view_ms": 0.0, "exposure_ms": 50.0, "gap_ms": 20.0, "scale": 4},
    "trials": {
        "per_picture": 1,
        "practice_trials": 0,
        "practice_criterion": 0.0,
        "catch_share": 0.0,
        "repeat_share": 0.0,
        "dummies": 0,
        "break_every": 0,
    },
}


@pytest.fixture
def seat(make_study: Callable[..., Path], chromium: Any) -> Iterator[Seat]:
    """``seat(method=…, trials={…})`` → a participant before a study of its own."""
    with ExitStack() as stack:

        def take(
            method: str = "flicker",
            *,
            person: dict[str, Any] | None = None,
            sources: int = 1,
            levels: int = 4,
            size: int = 32,
            rulers: int = 0,
            **sections: dict[str, Any],
        ) -> Participant:
            for name, table in QUICK.items():
                sections[name] = {**table, **sections.get(name, {})}
            folder = make_study(
                method=method, sources=sources, levels=levels, size=size, rulers=rulers, **sections
            )
            server = stack.enter_context(running(folder))
            participant = Participant(server, chromium, **(person or {}))
            stack.callback(participant.close)
            return participant

        yield take
