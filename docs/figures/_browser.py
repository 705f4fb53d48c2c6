"""Chromium for pictures of pages: colours as they are, nothing on the graphics card."""

import shutil
import sys
from typing import Any


def chromium(playwright: Any) -> Any:
    """The browser of this machine, started by Playwright."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
            )
    sys.exit("no Chromium on PATH; install one to make pictures of pages")
