"""The experimenter's pages of a running study, answered by simulated observers."""

import io
import tempfile
from pathlib import Path
from typing import Any

from _browser import chromium
from _canvas import IMAGES
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app
from jnd.study.server.admin.login import set_password
from jnd.study.server.running import running
from jnd.study.store.store import database_of, open_store

MAKES = ("study-overview.webp", "study-results.webp")
PASSWORD = "for this picture only"
WIDTH = 1180


def run(*arguments: Any) -> None:
    """A command of jnd that must go well."""
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, done.output


def to_first_curves(page: Page) -> dict[str, float]:
    """The page down to the curves of the first picture, whole."""
    curves = [plot.bounding_box() for plot in page.locator("svg").all()[:2]]
    bottom = max(box["y"] + box["height"] for box in curves)
    return {"x": 0, "y": 0, "width": WIDTH, "height": bottom + 24}


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        photos, folder = Path(scratch, "photos"), Path(scratch, "first-look")
        photos.mkdir()
        for name in ("astronaut", "chelsea", "coffee"):
            Image.fromarray(getattr(data, name)()).save(photos / f"{name}.png")
        run("study", "init", folder, "--method", "flicker", "--pictures", photos, "--max-side", "256")
        run("study", "simulate", folder, "--observers", "12", "--threshold", "30", "--seed", "1")
        store = open_store(database_of(folder, None))
        set_password(store, PASSWORD)
        store.close()
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": 820})
        with running(folder) as server:
            page.goto(f"{server.address}/admin/login")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            for address, name in (("admin", MAKES[0]), ("admin/results", MAKES[1])):
                page.goto(f"{server.address}/{address}")
                page.wait_for_selector("svg")
                picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=to_first_curves(page))))
                picture.convert("RGB").save(IMAGES / name, quality=80, method=6)
        browser.close()


if __name__ == "__main__":
    main()
