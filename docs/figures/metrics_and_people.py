"""How well metrics rank pictures as people do, from the kept results of `jnd evaluate metric`."""

import re
from pathlib import Path

from _canvas import BLUE, GREY, ORANGE, figure

MAKES = ("metrics-and-people.svg",)
RESULTS = Path(__file__).parents[2] / "benchmarks/results/metric_agreement.txt"
ROW = re.compile(r"^(\S.*?)\s{2,}(-?\d\.\d+) \[(-?\d\.\d+), (-?\d\.\d+)\]")


def table(name: str) -> list[tuple[str, float, float, float]]:
    """Metric, SROCC and its interval, best first."""
    _, rest = RESULTS.read_text("utf-8").split(f"{name}: ", 1)
    rows = []
    for line in rest.splitlines()[2:]:
        found = ROW.match(line)
        if not found:
            break
        rows.append((found[1], *map(float, found.groups()[1:])))
    return rows


def main() -> None:
    titles = {
        "toyama": "JPEG on Kodak (Toyama, 84 pictures)",
        "mucped23": "JPEG encoders (mucped23)",
    }
    with figure(MAKES[0], 7.4, 3.6, 2) as panels:
        for axes, (name, title) in zip(panels, titles.items(), strict=True):
            rows = table(name)[::-1]
            for height, (metric, srocc, low, high) in enumerate(rows):
                colour = {"quality setting": GREY, "colorvideovdp": ORANGE}.get(metric, BLUE)
                axes.plot([low, high], [height, height], color=colour, linewidth=2.2, alpha=0.45)
                axes.plot(srocc, height, "o", color=colour, markersize=4.5)
            axes.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=8)
            axes.set(title=title, xlabel="SROCC with people, 95 % interval")


if __name__ == "__main__":
    main()
