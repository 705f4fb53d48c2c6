"""From the JNDs of single people to a satisfied-user curve: 30 simulated people, the fitted curve, its band and the 75 % JND."""

import numpy as np
from _canvas import BLUE, FAINT, GREY, ORANGE, figure

from jnd.psychometrics.jnd_samples import jnd_samples
from jnd.psychometrics.sur import empirical_sur, jnd_level, sur_curve

MAKES = ("sur-curve.svg",)
PEOPLE, MEDIAN, SPREAD, SEED = 30, 40.0, 0.35, 5
TARGET = 0.75


def main() -> None:
    own = MEDIAN * np.exp(SPREAD * np.random.default_rng(SEED).standard_normal(PEOPLE))
    samples = jnd_samples(np.ceil(own))
    levels = np.linspace(1, 100, 397)
    curve = sur_curve(samples, levels, distribution="weibull")
    found = jnd_level(samples, TARGET, distribution="weibull")
    with figure(MAKES[0], 7.4, 3.0) as axes:
        axes.plot(
            np.sort(own),
            np.full(PEOPLE, 0.02),
            "|",
            color=ORANGE,
            markersize=9,
            label="each person's own JND",
        )
        axes.step(
            levels,
            empirical_sur(samples, levels),
            color=ORANGE,
            linewidth=1.2,
            where="post",
            label="share still satisfied",
        )
        axes.fill_between(
            levels,
            curve.low,
            curve.high,
            color=BLUE,
            alpha=0.15,
            linewidth=0,
            label="95 %, people drawn anew",
        )
        axes.plot(levels, curve.satisfied, color=BLUE, label="fitted curve, Weibull")
        axes.plot([0, found.level, found.level], [TARGET, TARGET, 0], color=GREY, linewidth=1, linestyle=":")
        axes.plot([found.low, found.high], [TARGET, TARGET], color=BLUE, linewidth=3, alpha=0.5)
        axes.plot(found.level, TARGET, "o", color=BLUE)
        said = f"75 % JND: level {found.level:.1f}\n({found.low:.1f} to {found.high:.1f})"
        axes.annotate(
            said, (found.level, TARGET), (26, 2), textcoords="offset points", fontsize=8.5, color=FAINT
        )
        axes.legend(loc="upper right", fontsize=8.5)
        axes.set(
            xlabel="distortion level", ylabel="people who see no difference", xlim=(0, 100), ylim=(0, 1.02)
        )


if __name__ == "__main__":
    main()
