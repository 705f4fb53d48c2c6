"""What ``jnd fit --plot`` draws: psychometric functions, SUR curves or scores, with data and bands."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Result = dict[str, Any]
MOST_PANELS = 24


def draw(result: Result, path: Path) -> None:
    """Draw a result of :mod:`jnd.psychometrics.analysis`; the file appears when it is complete."""
    from matplotlib.figure import Figure

    panels: list[Callable[[Any], None]]
    if result["kind"] == "thresholds":
        panels = [lambda ax, p=p: _psychometric(ax, p, result) for p in result["pictures"]]  # type: ignore[misc]
    elif result["kind"] == "sur" and result["method"] != "mixture":
        panels = [lambda ax, p=p: _sur(ax, p, result) for p in result["pictures"] if "sur" in p]  # type: ignore[misc]
    elif result["kind"] == "triplets":
        panels = [lambda ax, p=p: _triplets(ax, p) for p in result["pictures"]]  # type: ignore[misc]
    else:
        panels = [lambda ax: _scores(ax, result)]
    shown = panels[:MOST_PANELS]
    columns = min(len(shown), 3) or 1
    rows = math.ceil(len(shown) / columns) or 1
    figure = Figure(figsize=(5 * columns, 3.6 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, panel in zip(axes, shown, strict=False):
        panel(ax)
    for ax in axes[len(shown) :]:
        ax.set_axis_off()
    if len(panels) > len(shown):
        figure.suptitle(f"{len(shown)} of {len(panels)} pictures")
    # A reader never sees half a file.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=120)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _psychometric(ax: Any, p: Result, result: Result) -> None:
    ax.set(title=p["name"], xlabel=result["axis"], ylabel="share seen or right", ylim=(-0.03, 1.03))
    if p["threshold"] is None:
        text = "\n".join(p.get("notes", []))
        ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", wrap=True, fontsize=8)
        return
    levels = np.array(p["levels"])
    share = np.array(p["seen"]) / np.array(p["block_trials"])
    size = 12 + 60 * np.array(p["block_trials"]) / max(p["block_trials"])
    curve = p["curve"]
    ax.fill_between(curve["setting"], curve["low"], curve["high"], alpha=0.25, linewidth=0)
    ax.plot(curve["setting"], curve["p"])
    ax.scatter(levels, share, s=size, color="black", alpha=0.7, zorder=3)
    ax.axvline(p["threshold"], linestyle="--", linewidth=1)
    half = (1 + p["guess_rate"] - p["lapse_rate"]) / 2
    low = levels.min() if p["low"] is None else p["low"]
    high = levels.max() if p["high"] is None else p["high"]
    ax.plot([low, high], [half, half], linewidth=3, color="black", alpha=0.5)


def _sur(ax: Any, p: Result, result: Result) -> None:
    curve = p["sur"]
    title = p["name"] if p["jnd"] == 1 else f"{p['name']}, JND {p['jnd']}"
    ax.set(
        title=title, xlabel=result["axis"], ylabel="share of people who notice nothing", ylim=(-0.03, 1.03)
    )
    if curve["low"] is not None:
        ax.fill_between(curve["setting"], curve["low"], curve["high"], alpha=0.25, linewidth=0)
    ax.plot(curve["setting"], curve["satisfied"])
    samples = np.array(p["samples"])
    count = p["observers"]
    setting = np.array(curve["setting"])
    falling = setting[0] > setting[-1]
    noticed = (samples[None, :] >= setting[:, None]) if falling else (samples[None, :] <= setting[:, None])
    ax.step(setting, 1 - noticed.sum(axis=1) / count, where="post", color="black", linewidth=0.8)
    ax.axhline(result["satisfied"], linestyle=":", linewidth=1, color="grey")
    if p["threshold"] is not None:
        ax.axvline(p["threshold"], linestyle="--", linewidth=1)


def _triplets(ax: Any, p: Result) -> None:
    ax.set(title=p["name"], xlabel="distortion level", ylabel="JND")
    for codec in dict.fromkeys(item["codec"] for item in p["items"]):
        items = [item for item in p["items"] if item["codec"] == codec]
        level, value = [i["level"] for i in items], [i["jnd"] for i in items]
        ax.plot(level, value, marker="o", markersize=3, label=codec)
        if items[0]["low"] is not None:
            ax.fill_between(
                level, [i["low"] for i in items], [i["high"] for i in items], alpha=0.2, linewidth=0
            )
    ax.legend(title="codec", fontsize=7)


def _scores(ax: Any, result: Result) -> None:
    if result["kind"] == "sur":
        for row, p in enumerate(result["pictures"]):
            for c in p.get("components", []):
                ax.scatter(c["mean"], row, s=200 * c["weight"])
        ax.set_yticks(range(len(result["pictures"])), [p["name"] for p in result["pictures"]])
        ax.set_xlabel(result["axis"])
        return
    if result["kind"] == "same":
        ax.hist([p["same"] for p in result["pairs"]], bins=8, range=(0, 1))
        ax.set(xlabel='share of "same"', ylabel="pairs")
        return
    names = result["stimuli"] if result["kind"] == "scores" else result["items"]
    scores = np.array(result["scores"], dtype=float)
    low = np.array([np.nan if v is None else v for v in result["low"]])
    high = np.array([np.nan if v is None else v for v in result["high"]])
    ax.errorbar(
        range(len(names)), scores, yerr=[scores - low, high - scores], fmt="o", markersize=3, linewidth=1
    )
    ax.set(xlabel="stimulus", ylabel="score" if result["kind"] == "scores" else result["unit"])
    if len(names) <= 20:
        ax.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=7)
