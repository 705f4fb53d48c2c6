"""When the flicker test swaps its pictures: on the frames of the screen, not on a clock."""

import numpy as np
from _canvas import BLUE, GREY, ORANGE, RED, figure

MAKES = ("frames.svg",)
FRAME_MS = 1000 / 60
FRAMES_PER_PHASE = 6
DROPPED = 18
"""The frame that the screen did not show; here one at which a swap was due."""


def main() -> None:
    frames = np.arange(30)
    with figure(MAKES[0], 7.4, 1.9) as axes:
        for frame in frames:
            shown = frame - 1 if frame == DROPPED else frame  # what was there stays
            axes.barh(
                0,
                FRAME_MS,
                left=frame * FRAME_MS,
                height=0.7,
                color=BLUE if shown // FRAMES_PER_PHASE % 2 == 0 else ORANGE,
                alpha=0.85,
                edgecolor=RED if frame == DROPPED else "white",
                hatch="///" if frame == DROPPED else None,
                linewidth=1.2,
            )
        axes.annotate(
            "dropped: this swap is a frame late, the log says so,\nand those after it are where they belong",
            ((DROPPED + 0.5) * FRAME_MS, 0.36),
            (-24, 14),
            textcoords="offset points",
            fontsize=8.5,
            color=RED,
        )
        axes.text(2 * FRAME_MS, 0.5, "original", color=BLUE, fontsize=8.5)
        axes.text(8 * FRAME_MS, 0.5, "changed", color=ORANGE, fontsize=8.5)
        clock = np.arange(0, 500, 93.0)
        axes.plot(clock, np.full_like(clock, -0.5), "|", color=GREY, markersize=12)
        axes.text(
            495,
            -0.62,
            "a timer of 93 ms would ask for swaps here",
            fontsize=8.5,
            color="#666a70",
            ha="right",
            va="top",
        )
        axes.set(
            xlabel="ms, on a screen of 60 Hz: six frames a phase, 10 phases a second",
            ylim=(-0.95, 1.25),
            yticks=[],
        )
        axes.grid(visible=False)
        axes.spines["left"].set_visible(False)


if __name__ == "__main__":
    main()
