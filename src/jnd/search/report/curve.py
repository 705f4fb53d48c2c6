"""The measured curve of satisfied people over the setting, as inline SVG: one small chart per codec.

Points are trials and nothing else; the lines between them guide the eye.
"""

import math
from collections.abc import Iterable
from html import escape

from jnd.records import Attempt
from jnd.report.words import bytes_in_words, percent, settings_in_words

WIDTH, HEIGHT = 320, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 14, 38
"""Margins in the chart's own units, which are CSS pixels on a wide screen."""


def curves(attempts: Iterable[Attempt], chosen: Attempt | None, target: float) -> str:
    """SVG charts of ``attempts``, one per codec in order of first appearance; empty without numeric settings."""
    by_codec: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        if _value(attempt) is not None:
            by_codec.setdefault(attempt.codec, []).append(attempt)
    return "".join(_chart(codec, trials, chosen, target) for codec, trials in by_codec.items())


def _chart(codec: str, trials: list[Attempt], chosen: Attempt | None, target: float) -> str:
    values = [value for trial in trials if (value := _value(trial)) is not None]
    low, high = min(values), max(values)
    margin = 0.08 * (high - low) or 1.0
    low, high = low - margin, high + margin

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low)

    def y(share: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)

    parameter = next(iter(trials[0].setting))
    label = escape(_summary(codec, parameter, trials, target))
    parts = [f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">']
    parts += [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(share):.1f}" y2="{y(share):.1f}"/>'
        f'<text class="tick" x="{LEFT - 6}" y="{y(share) + 4:.1f}" text-anchor="end">{100 * share:.0f} %</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    parts += [
        f'<text class="tick" x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{value:g}</text>'
        for value in _ticks(values)
    ]
    parts.append(
        f'<text class="axis" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 5}" text-anchor="middle">'
        f"{escape(codec)}: {escape(parameter)}</text>"
        f'<line class="target" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(target):.1f}" y2="{y(target):.1f}"/>'
    )
    for number, chroma in enumerate(dict.fromkeys(trial.chroma_subsampling for trial in trials)):
        line = _sorted_trials(trials, chroma)
        if len(line) > 1:
            points = " ".join(f"{x(value):.1f},{y(trial.satisfied):.1f}" for value, trial in line)
            parts.append(f'<polyline class="between s{number % 2}" points="{points}"/>')
        for value, trial in line:
            parts.append(_point(x(value), y(trial.satisfied), trial, number, chosen=trial == chosen))
    return "".join([*parts, "</svg>"])


def _sorted_trials(trials: list[Attempt], chroma: str | None) -> list[tuple[float, Attempt]]:
    line = [
        (value, trial)
        for trial in trials
        if trial.chroma_subsampling == chroma and (value := _value(trial)) is not None
    ]
    return sorted(line, key=lambda pair: pair[0])


def _point(x: float, y: float, trial: Attempt, series: int, *, chosen: bool) -> str:
    title = escape(
        f"{trial.codec} {settings_in_words(trial.setting, trial.chroma_subsampling)}: "
        f"{percent(trial.satisfied)} satisfied, {trial.jod:.2f} JOD, {bytes_in_words(trial.size_bytes)}"
        f"{', marked' if chosen else ''}"
    )
    mark = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        if series % 2 == 0
        else f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'
    )
    ring = f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="9"/>' if chosen else ""
    kind = "point met" if trial.meets_target else "point missed"
    return f'<g class="{kind} s{series % 2}"><title>{title}</title>{ring}{mark}</g>'


def _summary(codec: str, parameter: str, trials: list[Attempt], target: float) -> str:
    met = sum(trial.meets_target for trial in trials)
    return (
        f"{codec}: share of people who see no difference over {parameter}, {len(trials)} trials, "
        f"{met} at or above the target of {percent(target)}"
    )


def _value(attempt: Attempt) -> float | None:
    """The one number of the setting, where it is a number."""
    value = next(iter(attempt.setting.values()), None)
    return float(value) if isinstance(value, int | float) else None


def _ticks(values: list[float]) -> list[float]:
    """Up to seven round numbers inside the range that was tried; settings outside it may not exist.

    >>> _ticks([70, 75.0]), _ticks([100.0]), _ticks([0.9, 1.3])
    ([70, 71, 72, 73, 74, 75], [100], [0.9, 1.0, 1.1, 1.2, 1.3])
    """
    low, high = min(values), max(values)
    smallest = 1 if all(value == int(value) for value in values) else 0.1
    step = next(
        step
        for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**4, 10**5, 10**9)
        if step >= smallest and (high - low) / step <= 6
    )
    first = math.ceil(round(low / step, 6))
    ticks = [round((first + i) * step, 6) for i in range(7)]
    return [tick for tick in ticks if tick <= high + step / 1000] or [low]
