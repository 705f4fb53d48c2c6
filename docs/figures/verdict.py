"""Where the line of `jnd compare` lies among changes of screenshots, from the kept results of benchmarks/screenshots.py."""

import re
from pathlib import Path

from _canvas import BLUE, FAINT, GREY, ORANGE, figure

from jnd.observer import jnd_units, jod_of_notice

MAKES = ("verdict.svg",)
RESULTS = Path(__file__).parents[2] / "benchmarks/results/screenshots.txt"
ROW = re.compile(r"^(\S.*?) {2,}(visible|invisible) +\d+ +\d+ +([\d.]+), ([\d.]+), ([\d.]+)$", re.MULTILINE)
LINE, LINE_OF_ROUNDING = 0.25, 0.75
"""Noticed in this share of trials; the second where no channel differs by more than one code value."""


def main() -> None:
    rows = ROW.findall(RESULTS.read_text("utf-8"))[::-1]
    assert rows
    with figure(MAKES[0], 7.4, 3.3) as axes:
        for height, (_, should_be, *values) in enumerate(rows):
            low, middle, high = (max(float(value), 0.01) for value in values)
            colour = ORANGE if should_be == "visible" else BLUE
            axes.plot(
                [low, high], [height, height], color=colour, linewidth=5, alpha=0.4, solid_capstyle="butt"
            )
            axes.plot(middle, height, "o", color=colour, markersize=5)
        for notice, words in (
            (LINE, "noticed in 25\nof 100 trials"),
            (LINE_OF_ROUNDING, "75 of 100: for steps\nof one code value"),
        ):
            at = float(jnd_units(jod_of_notice(notice)))
            axes.axvline(at, color=GREY, linewidth=1.2, linestyle=":")
            axes.annotate(
                words, (at, len(rows) - 0.4), (4, 0), textcoords="offset points", fontsize=8, color=FAINT
            )
        axes.set_yticks(range(len(rows)), [name for name, *_ in rows], fontsize=8.5)
        axes.set(
            xscale="log",
            xlabel="worst window in JND: lowest, median and highest of each class",
            ylim=(-0.6, len(rows) + 0.7),
        )
        axes.set_xticks([0.01, 0.1, 0.47, 1, 1.7, 10], ["≤ 0.01", "0.1", "0.47", "1", "1.7", "10"])
        axes.minorticks_off()


if __name__ == "__main__":
    main()
