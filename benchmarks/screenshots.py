"""Screenshots of pages of several looks, changed a little: what `jnd compare` calls visible, and what it misses.

Usage: python benchmarks/screenshots.py
Needs Chromium and playwright. Pages are made here; nothing is loaded from anywhere. Every look is rendered in light and
dark and at two font sizes; every change is drawn at random places (seed 6). Reports misses by class to
benchmarks/results/screenshots.txt.
"""

import io
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jnd.difference import compare

RESULTS = Path(__file__).with_name("results") / "screenshots.txt"
WIDTH, HEIGHT = 1280, 800
SEED = 6
CLASSES = {
    "identical again": "identical",
    "one letter": "visible",
    "one punctuation mark": "visible",
    "missing icon": "visible",
    "block shifted by 1 pixel": "visible",
    "block +8 code values": "visible",
    "block -8 code values": "visible",
    "flat area +1 code value": "invisible",
    "flat area -1 code value": "invisible",
    "anti-aliasing noise of +-1": "invisible",
    "noise of +-1 everywhere": "invisible",
}
WORDS = [
    "account",
    "balance",
    "invoice",
    "message",
    "project",
    "status",
    "review",
    "release",
    "station",
    "weather",
    "garden",
    "window",
    "market",
    "summer",
    "paper",
    "bridge",
    "letter",
    "number",
    "travel",
    "morning",
    "evening",
    "coffee",
    "simple",
    "quiet",
    "bright",
    "north",
    "river",
    "family",
    "doctor",
    "school",
]

STYLE = """
*{box-sizing:border-box}body{margin:0;padding:24px;background:BG;color:FG;font:SIZEpx/1.5 FONT;width:1280px;height:800px;overflow:hidden}
.panel{background:PANEL;border:1px solid LINE;border-radius:6px;padding:12px;margin:8px}
.row{display:flex;gap:8px;flex-wrap:wrap}.icon{width:20px;height:20px;margin:6px}button,input{font:inherit;color:inherit;background:BG;border:1px solid LINE;border-radius:4px;padding:4px 10px}
td,th{border-bottom:1px solid LINE;padding:3px 14px;text-align:left}.bar{background:ACCENT;width:18px;display:inline-block;margin:3px}
"""
COLOURS = {
    "light": {"BG": "#ffffff", "FG": "#16191d", "PANEL": "#f4f5f7", "LINE": "#c9ced6", "ACCENT": "#0b5cad"},
    "dark": {"BG": "#14171b", "FG": "#eceff3", "PANEL": "#1e2328", "LINE": "#414a55", "ACCENT": "#7ab8ff"},
    "black": {"BG": "#000000", "FG": "#e0e0e0", "PANEL": "#0c0c0c", "LINE": "#333333", "ACCENT": "#66ccaa"},
}
ICONS = (
    '<circle cx="10" cy="10" r="7" fill="none" stroke="COLOUR" stroke-width="2"/>',
    '<path d="M3 10l5 5 9-10" fill="none" stroke="COLOUR" stroke-width="2"/>',
    '<rect x="4" y="4" width="12" height="12" fill="COLOUR"/>',
    '<path d="M10 3l7 14H3z" fill="COLOUR"/>',
    '<path d="M4 6h12M4 10h12M4 14h12" stroke="COLOUR" stroke-width="2"/>',
)


@dataclass(frozen=True)
class Look:
    kind: str
    theme: str
    size: int
    font: str

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.theme}, {self.size} px {self.font}"


LOOKS = [
    Look(kind, theme, size, font)
    for kind in ("text", "form", "dashboard", "icons")
    for theme in COLOURS
    for size, font in ((13, "sans-serif"), (16, "serif"))
]


def sentence(random: np.random.Generator, count: int) -> str:
    return " ".join(random.choice(WORDS, count)).capitalize() + "."


def page_of(look: Look, random: np.random.Generator) -> str:
    def text(count: int) -> str:
        return f'<span class="words">{sentence(random, count)}</span>'

    def icon() -> str:
        shape = ICONS[random.integers(len(ICONS))].replace("COLOUR", COLOURS[look.theme]["ACCENT"])
        return f'<svg class="icon" viewBox="0 0 20 20">{shape}</svg>'

    body = f'<div class="row block">{"".join(icon() for _ in range(6))}</div><h2 class="block">{text(4)}</h2>'
    if look.kind == "text":
        body += "".join(f'<p class="block">{text(24)}</p>' for _ in range(8))
    elif look.kind == "form":
        rows = (
            f'<tr class="block"><td>{text(3)}</td><td><input value="{random.choice(WORDS)}"></td>'
            f"<td><button>{random.choice(WORDS)}</button></td></tr>"
            for _ in range(9)
        )
        body += f'<div class="panel"><table>{"".join(rows)}</table></div>'
    elif look.kind == "dashboard":
        panels = (
            f'<div class="panel block" style="width:280px">{text(3)}<div style="height:90px">'
            + "".join(f'<i class="bar" style="height:{h}px"></i>' for h in random.integers(10, 85, 8))
            + f"</div>{text(4)}</div>"
            for _ in range(8)
        )
        body += f'<div class="row">{"".join(panels)}</div>'
    else:
        tiles = (f'<div class="panel block">{icon()}{text(2)}</div>' for _ in range(18))
        body += f'<div class="row">{"".join(tiles)}</div>'
    style = STYLE.replace("SIZE", str(look.size)).replace("FONT", look.font)
    for name, colour in COLOURS[look.theme].items():
        style = style.replace(name, colour)
    return f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}"


CHANGE_LETTER = """([pick, where, letters]) => {
  const spans = [...document.querySelectorAll('.words')].filter((s) => s.getBoundingClientRect().bottom < 790);
  const span = spans[pick % spans.length];
  const text = span.textContent;
  const places = letters ? [...text].flatMap((c, i) => letters.includes(c) ? [i] : []) : [text.length - 1];
  const at = places[where % places.length];
  // The new letter lies where the old one was, so that the rest of the line does not move.
  const range = document.createRange();
  range.setStart(span.firstChild, at); range.setEnd(span.firstChild, at + 1);
  const other = letters ? letters[(letters.indexOf(text[at]) + 1) % letters.length] : '!';
  const width = range.getBoundingClientRect().width;
  const mark = document.createElement('span');
  mark.style.cssText = `display:inline-block;width:${width}px;white-space:nowrap`;
  mark.textContent = other;
  range.deleteContents(); range.insertNode(mark);
}"""
HIDE_ICON = "(pick) => { const all = document.querySelectorAll('.icon'); all[pick % all.length].style.visibility = 'hidden'; }"
SHIFT_BLOCK = """([pick, x, y]) => {
  const all = [...document.querySelectorAll('.block')].filter((s) => s.getBoundingClientRect().bottom < 790);
  all[pick % all.length].style.transform = `translate(${x}px, ${y}px)`;
}"""
LETTERS = "aceosnru"
"""Letters of like shape, the hardest to tell; each becomes the next."""


def shot(page: Any) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))


def with_block(pixels: np.ndarray, random: np.random.Generator, step: int, flat: bool) -> np.ndarray | None:
    """A rectangle of 24 to 200 pixels moved by ``step`` where no value would leave 0..255."""
    for _ in range(200):
        width, height = (int(side) for side in random.integers(24, 200, 2))
        x, y = int(random.integers(0, WIDTH - width)), int(random.integers(0, HEIGHT - height))
        block = pixels[y : y + height, x : x + width].astype(int)
        if (
            (block + step).min() < 0
            or (block + step).max() > 255
            or (flat and np.ptp(block, axis=(0, 1)).any())
        ):
            continue
        changed = pixels.copy()
        changed[y : y + height, x : x + width] = block + step
        return changed
    return None


def with_noise(pixels: np.ndarray, random: np.random.Generator, edges_only: bool) -> np.ndarray:
    noise = random.integers(-1, 2, pixels.shape)
    if edges_only:
        grey = pixels.astype(int).sum(axis=2)
        edge = (np.abs(np.diff(grey, axis=1, prepend=grey[:, :1])) > 24) | (
            np.abs(np.diff(grey, axis=0, prepend=grey[:1])) > 24
        )
        noise = noise * edge[..., np.newaxis]
    return np.clip(pixels.astype(int) + noise, 0, 255).astype(np.uint8)


def pairs(page: Any, looks: list[Look], repeats: int) -> Iterator[tuple[str, Look, np.ndarray, np.ndarray]]:
    """(class, look, reference, changed)."""
    random = np.random.default_rng(SEED)
    for look in looks:
        markup = page_of(look, random)
        page.set_content(markup)
        reference = shot(page)

        def changed_by(script: str, argument: Any, markup: str = markup) -> np.ndarray:
            page.set_content(markup)
            page.evaluate(script, argument)
            return shot(page)

        def pick() -> int:
            return int(random.integers(10**6))

        yield "identical again", look, reference, changed_by("() => {}", None)
        for _ in range(repeats):
            step = [(1, 0), (-1, 0), (0, 1), (0, -1)][int(random.integers(4))]
            made = {
                "one letter": changed_by(CHANGE_LETTER, [pick(), pick(), LETTERS]),
                "one punctuation mark": changed_by(CHANGE_LETTER, [pick(), pick(), ""]),
                "missing icon": changed_by(HIDE_ICON, pick()),
                "block shifted by 1 pixel": changed_by(SHIFT_BLOCK, [pick(), *step]),
                "block +8 code values": with_block(reference, random, 8, flat=False),
                "block -8 code values": with_block(reference, random, -8, flat=False),
                "flat area +1 code value": with_block(reference, random, 1, flat=True),
                "flat area -1 code value": with_block(reference, random, -1, flat=True),
                "anti-aliasing noise of +-1": with_noise(reference, random, edges_only=True),
                "noise of +-1 everywhere": with_noise(reference, random, edges_only=False),
            }
            for name, pixels in made.items():
                if pixels is not None and not np.array_equal(pixels, reference):
                    yield name, look, reference, pixels


def main() -> None:
    from playwright.sync_api import sync_playwright

    browser_path = next(
        filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None
    )
    if browser_path is None:
        sys.exit("no Chromium on PATH; install one to render the pages")
    found: dict[str, list[tuple[str, float, str]]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, look, reference, changed in pairs(page, LOOKS, 2):
            record = compare(reference, changed)
            found[name].append((record.verdict, record.worst_window_jnd or 0.0, look.name))
        browser.close()
    total = sum(map(len, found.values()))
    lines = [
        (
            f"{total} pairs of screenshots of {WIDTH} x {HEIGHT} pixels, {len(LOOKS)} looks (text, form, dashboard, icons; "
            "light, dark, black; two fonts), rendered in Chromium; `jnd compare` with its defaults."
        ),
        "Command: python benchmarks/screenshots.py",
        "",
        f"{'class':<28} {'should be':<10} {'pairs':>5} {'missed':>6}   worst window in JND: lowest, median, highest",
    ]
    missed = []
    for name, wanted in CLASSES.items():
        rows = found[name]
        wrong = [row for row in rows if row[0] != wanted]
        missed += [f"  {name}: {verdict}, {jnd:.2f} JND ({look})" for verdict, jnd, look in wrong]
        values = sorted(jnd for _, jnd, _ in rows) or [float("nan")]
        lines.append(
            f"{name:<28} {wanted:<10} {len(rows):>5} {len(wrong):>6}   "
            f"{values[0]:.2f}, {values[len(values) // 2]:.2f}, {values[-1]:.2f}"
        )
    lines += ["", f"Missed: {len(missed)} of {total}", *missed]
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
