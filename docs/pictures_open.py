"""Every picture of the site leads to itself at full size. A hook of mkdocs."""

import re
from typing import Any

IMAGE = re.compile(r'<img [^>]*?src="([^"]+)"[^>]*>')


def on_page_content(html: str, **_: Any) -> str:
    """Called by mkdocs with the HTML of each page."""
    return IMAGE.sub(r'<a class="full-size" href="\1" title="At full size">\g<0></a>', html)
