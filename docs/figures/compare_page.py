"""The page of `jnd compare --report` in Chromium, and the picture of a failed test."""

import io
import tempfile
from pathlib import Path

import numpy as np
from _browser import chromium
from _canvas import IMAGES
from PIL import Image
from playwright.sync_api import sync_playwright

from jnd.difference import CompareRequest
from jnd.difference.comparison import look_at
from jnd.difference.pictures import comparison_picture
from jnd.difference.report import ComparisonPage, pair_entry
from jnd.difference.sides import side
from jnd.difference.words import in_words

MAKES = ("compare.webp", "compare-failure.webp")
ICON = '<svg width="18" height="18" viewBox="0 0 18 18"><circle cx="9" cy="9" r="7" fill="none" stroke="#0b5cad" stroke-width="2"/><path d="M5 9h8" stroke="#0b5cad" stroke-width="2"/></svg>'
PAGE = """<!doctype html><meta charset=utf-8><style>
body{margin:24px;font:15px/1.5 sans-serif;color:#16191d;background:#fff} h1{font-size:22px;margin:0 0 12px}
.row{display:flex;gap:14px;align-items:center;border:1px solid #c9ced6;border-radius:6px;background:#f4f5f7;padding:10px 14px;margin:8px 0;max-width:760px}
.row b{width:170px} button{font:inherit;margin-left:auto;padding:3px 12px;border:1px solid #9aa3ae;border-radius:5px;background:#fff}
</style><h1>Settings</h1>""" + "".join(
    f'<div class="row">{ICON}<b>{name}</b><span>{text}</span><button>Change</button></div>'
    for name, text in (
        ("Account", "Signed in as mira@example.org"),
        ("Language", "English, with British spelling"),
        ("Notifications", "Once a day, at nine in the morning"),
        ("Payment", "By invoice, due within 30 days"),
        ("Storage", "14.2 GB of 20 GB are used"),
        ("Privacy", "Usage statistics are not sent"),
    )
)
CHANGED = PAGE.replace("within 30 days", "within 80 days").replace(
    f"{ICON}<b>Storage", f"{ICON.replace('<svg ', '<svg style=visibility:hidden ')}<b>Storage"
)


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 840, "height": 500})
        shots = []
        for markup in (PAGE, CHANGED):
            page.set_content(markup)
            shots.append(page.screenshot())
        request = CompareRequest()
        compared = look_at(side(shots[0]), side(shots[1]), request)
        report = ComparisonPage(Path(folder, "report.html"), request)
        report.add("settings.png", compared.record, pair_entry(compared))
        report.close()
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(Path(folder, "report.html").as_uri())
        page.wait_for_selector("tr.detail[data-ready=yes]")
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.save(IMAGES / "compare.webp", quality=88, method=6)
        browser.close()
    title = in_words(compared.record).splitlines()[0]
    failure = comparison_picture(compared, title)
    Image.fromarray(np.asarray(failure)).save(IMAGES / "compare-failure.webp", quality=88, method=6)


if __name__ == "__main__":
    main()
