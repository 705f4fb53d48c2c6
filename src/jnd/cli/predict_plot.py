"""Satisfied-user curves as predicted, one panel per codec."""

from pathlib import Path

from jnd.records import PjndPrediction

MOST_COLUMNS = 3
"""More panels go below, so that a page shows them large enough to be read."""


def draw(records: list[PjndPrediction], path: Path) -> None:
    """Write the curves of one picture to ``path``."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    columns = min(len(records), MOST_COLUMNS)
    rows = -(-len(records) // columns)
    figure, panels = plt.subplots(
        rows,
        columns,
        figsize=(3.2 * columns + 0.6, 3.2 * rows),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for unused in panels.flat[len(records) :]:
        unused.axis("off")
    for panel, record in zip(panels.flat, records, strict=False):
        low, high = record.sur.low, record.sur.high
        assert low is not None and high is not None
        panel.fill_between(record.settings, low, high, color="#b9cde6", label="90 % interval")
        panel.plot(record.settings, record.sur.satisfied, color="#1f4e8c", label="predicted")
        panel.axhline(record.target_satisfied, color="#888", linewidth=0.8, linestyle=":")
        if record.setting is not None:
            chosen = float(record.setting[record.parameter])
            panel.axvline(chosen, color="#c0392b", linewidth=1)
            panel.annotate(
                f"{chosen:g}", (chosen, 0.03), xytext=(4, 0), textcoords="offset points", color="#c0392b"
            )
        panel.set_title(record.codec, fontsize=10)
        panel.set_xlabel(record.parameter)
        panel.set_ylim(0, 1.02)
        if record.settings[0] > record.settings[-1]:
            panel.invert_xaxis()  # worse to the right, as everywhere in jnd
    for panel in panels[:, 0]:
        panel.set_ylabel("share of people who notice nothing")
    panels[0, 0].legend(fontsize=8, loc="upper right")
    figure.suptitle(Path(records[0].source).name, fontsize=10)
    figure.savefig(path, dpi=150)
    plt.close(figure)
