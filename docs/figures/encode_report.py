"""The page of `jnd encode --report`, as Chromium shows it."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from _browser import chromium
from _canvas import IMAGES
from PIL import Image
from playwright.sync_api import sync_playwright
from skimage import data

MAKES = ("report.webp",)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        photos = Path(scratch, "photographs")
        photos.mkdir()
        for name in ("astronaut", "camera", "chelsea", "coffee", "rocket"):
            Image.fromarray(getattr(data, name)()).save(photos / f"{name}.png")
        page_file = Path(scratch, "report.html")
        command = [
            sys.executable,
            "-m",
            "jnd",
            "encode",
            photos.name,
            "-o",
            "small",
            "--report",
            page_file.name,
            "-q",
        ]
        subprocess.run(command, cwd=scratch, check=True)
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1180, "height": 1050})
        page.goto(page_file.as_uri())
        page.get_by_label("Filter by name").fill("coffee")
        page.locator("tr[data-name$='coffee.png'] .open").click()
        page.wait_for_selector("tr.detail[data-ready]")
        page.locator(".modes label", has_text="Swipe").click()
        Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(IMAGES / MAKES[0], quality=80, method=6)
        browser.close()


if __name__ == "__main__":
    main()
