"""A small chart as inline SVG: axes, a band, a line, points with whiskers and a marked interval."""

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 380, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 14, 14, 40
"""Margins in the chart's own units, which are CSS pixels on a wide screen."""

Points = Sequence[tuple[float, float]]


class Chart:
    """Collects marks in data units; :meth:`svg` is the picture.

    Parameters
    ----------
    x, y : lowest and highest value of each axis.
    label : what the chart shows, for those who hear the page.
    percent : whether y is a share, written as per cent.
    """

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        x_name: str,
        y_name: str,
        label: str,
        percent: bool = False,
    ) -> None:
        self._x, self._y = _widened(x), _widened(y, 0.0)
        self._names, self._label, self._percent = (x_name, y_name), label, percent
        self._marks: list[str] = []

    def band(self, x: Sequence[float], low: Sequence[float | None], high: Sequence[float | None]) -> None:
        """The area between two curves."""
        known = [(a, b, c) for a, b, c in zip(x, low, high, strict=True) if b is not None and c is not None]
        if len(known) > 1:
            there = [f"{self._px(a):.1f},{self._py(c):.1f}" for a, _, c in known]
            back = [f"{self._px(a):.1f},{self._py(b):.1f}" for a, b, _ in reversed(known)]
            self._marks.append(f'<polygon class="band" points="{" ".join(there + back)}"/>')

    def line(self, points: Points, kind: str = "fit") -> None:
        """A curve."""
        shown = " ".join(f"{self._px(a):.1f},{self._py(b):.1f}" for a, b in points)
        self._marks.append(f'<polyline class="{kind}" points="{shown}"/>')

    def steps(self, points: Points, kind: str = "steps") -> None:
        """A curve that stays level until the next point."""
        corners: list[tuple[float, float]] = []
        for i, (a, b) in enumerate(points):
            if i:
                corners.append((a, points[i - 1][1]))
            corners.append((a, b))
        self.line(corners, kind)

    def point(
        self, x: float, y: float, title: str, *, low: float | None = None, high: float | None = None,
        radius: float = 4.0, kind: str = "",
    ) -> None:  # fmt: skip
        """A point, with a whisker where its interval is known."""
        whisker = ""
        if low is not None and high is not None:
            whisker = f'<line class="whisker" x1="{self._px(x):.1f}" x2="{self._px(x):.1f}" y1="{self._py(low):.1f}" y2="{self._py(high):.1f}"/>'
        circle = f'<circle cx="{self._px(x):.1f}" cy="{self._py(y):.1f}" r="{radius:.1f}"/>'
        self._marks.append(f'<g class="datum {kind}"><title>{escape(title)}</title>{whisker}{circle}</g>')

    def horizontal(self, y: float, words: str = "") -> None:
        """A line across, with words at its right end."""
        self._marks.append(
            f'<line class="criterion" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self._py(y):.1f}" y2="{self._py(y):.1f}"/>'
            + (
                f'<text class="tick" x="{WIDTH - RIGHT}" y="{self._py(y) - 4:.1f}" text-anchor="end">{escape(words)}</text>'
                if words
                else ""
            )
        )

    def threshold(self, x: float, y: float, low: float | None, high: float | None, title: str) -> None:
        """A marked place on the x axis with its interval at height ``y``; an open end runs to the border."""
        ends = [self._px(self._x[i] if end is None else end) for i, end in enumerate((low, high))]
        self._marks.append(
            f'<g class="threshold"><title>{escape(title)}</title>'
            f'<line class="drop" x1="{self._px(x):.1f}" x2="{self._px(x):.1f}" y1="{self._py(y):.1f}" y2="{HEIGHT - BOTTOM}"/>'
            f'<line class="interval" x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{self._py(y):.1f}" y2="{self._py(y):.1f}"/>'
            f'<circle cx="{self._px(x):.1f}" cy="{self._py(y):.1f}" r="4"/></g>'
        )

    def svg(self) -> str:
        """The markup."""
        parts = [
            f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self._label)}">'
        ]
        for value in ticks(*self._y):
            y = self._py(value)
            word = f"{100 * value:.0f} %" if self._percent else f"{value:g}"
            parts.append(
                f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{word}</text>'
            )
        for value in ticks(*self._x):
            x = self._px(value)
            parts.append(
                f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 4}"/>'
                f'<text class="tick" x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:g}</text>'
            )
        parts.append(
            f'<text class="axis" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(self._names[0])}</text>'
            f'<text class="axis" transform="rotate(-90)" x="{-(TOP + HEIGHT - BOTTOM) / 2}" y="11" text-anchor="middle">{escape(self._names[1])}</text>'
        )
        return "".join([*parts, *self._marks, "</svg>"])

    def _px(self, value: float) -> float:
        share = (value - self._x[0]) / (self._x[1] - self._x[0])
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(share, 0.0), 1.0)

    def _py(self, value: float) -> float:
        share = (value - self._y[0]) / (self._y[1] - self._y[0])
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(max(share, 0.0), 1.0))


def ticks(low: float, high: float) -> list[float]:
    """Up to seven round numbers between two values.

    >>> ticks(0, 1), ticks(3.2, 41)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [10.0, 20.0, 30.0, 40.0])
    """
    rough = (high - low) / 6
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return [round((first + i) * step, 10) for i in range(count)]


def _widened(ends: tuple[float, float], margin: float = 0.04) -> tuple[float, float]:
    low, high = ends
    if high <= low:
        return low - 0.5, high + 0.5
    return low - margin * (high - low), high + margin * (high - low)
