"""From a difference in JND to how often it is noticed and by how many people."""

import numpy as np
from _canvas import BLUE, GREY, ORANGE, figure

from jnd.observer import jnd_units, jod_of_jnd_units, jod_of_satisfied, notice_probability, satisfied_users

MAKES = ("people.svg",)


def main() -> None:
    lost = np.linspace(0, 0.8, 301)
    jnd = np.linspace(0, 3, 301)
    with figure("people.svg", 7.4, 3.0, 2) as (often, many):
        for protocol, colour in (("aic3", BLUE), ("konjnd-flicker", ORANGE)):
            often.plot(lost, notice_probability(10 - lost, protocol=protocol), color=colour, label=protocol)
            one = 10 - float(jod_of_jnd_units(1.0, protocol=protocol))
            often.plot([0, one, one], [0.5, 0.5, 0], color=GREY, linewidth=1, linestyle=":")
            often.annotate(
                "1 JND", (one, 0.02), (3, 2), textcoords="offset points", fontsize=8, color="#666a70"
            )
        often.set(
            title="The average observer notices",
            xlabel="quality lost, 10 − JOD",
            ylabel="trials",
            ylim=(0, 1.02),
        )
        often.legend(loc="upper left")
        many.plot(jnd, satisfied_users(jod_of_jnd_units(jnd)), color=BLUE)
        for target, share, below in (("web", 0.75, -3), ("careful", 0.9, -6), ("archive", 0.95, 0)):
            at = float(jnd_units(jod_of_satisfied(share)))
            many.plot([0, at, at], [share, share, 0], color=GREY, linewidth=1, linestyle=":")
            many.plot(at, share, "o", color=BLUE, markersize=5)
            said = f"{target}: {share:.2f} at {at:.2f} JND"
            many.annotate(said, (at, share), (10, below), textcoords="offset points", fontsize=8.5)
        many.set(
            title="People who see no difference (aic3)",
            xlabel="difference in JND",
            ylabel="share",
            ylim=(0, 1.02),
        )


if __name__ == "__main__":
    main()
