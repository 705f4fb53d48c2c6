"""An adaptive search with a simulated observer, trial by trial, and the psychometric function that it ends with."""

import numpy as np
from _canvas import BLUE, GREY, ORANGE, figure

from jnd.psychometrics.fit import fit_psychometric, predicted
from jnd.psychometrics.quest_plus import QuestPlus
from jnd.psychometrics.simulated_observer import SimulatedObserver

MAKES = ("quest-plus.svg",)
THRESHOLD, WIDTH, TRIALS, SEED = 14.0, 8.0, 60, 7
LEVELS = np.arange(1, 31)


def main() -> None:
    someone, rng = SimulatedObserver(THRESHOLD, WIDTH), np.random.default_rng(SEED)
    quest = QuestPlus(
        LEVELS, {"threshold": LEVELS, "width": [4, 8, 16]}, fixed={"guess_rate": 0.5, "lapse_rate": 0.02}
    )
    asked, right, estimates = [], [], []
    for _ in range(TRIALS):
        level = quest.ask()
        answer = someone.answers_correctly(level, rng)
        quest = quest.tell(level, answer)
        asked.append(level)
        right.append(answer)
        estimates.append(quest.estimate("threshold"))
    asked, right = np.array(asked), np.array(right)
    shown = np.unique(asked)
    counts = np.array([(asked == level).sum() for level in shown])
    successes = np.array([right[asked == level].sum() for level in shown])
    fitted = fit_psychometric(shown, successes, counts, guess_rate=0.5)
    with figure(MAKES[0], 7.4, 3.0, 2) as (trials, function):
        number = np.arange(1, TRIALS + 1)
        trials.plot(number, estimates, color=GREY, linewidth=1.2, label="estimate after each answer")
        trials.plot(number[right == 1], asked[right == 1], "o", color=BLUE, markersize=4, label="right")
        trials.plot(number[right == 0], asked[right == 0], "o", color=ORANGE, markersize=4, label="wrong")
        trials.axhline(THRESHOLD, color=GREY, linestyle=":", linewidth=1)
        trials.legend(fontsize=8, ncols=1, loc="upper right")
        trials.set(title="QUEST+ asks where it learns most", xlabel="trial", ylabel="level", ylim=(0, 30))
        fine = np.linspace(1, 30, 300)
        function.scatter(
            shown,
            successes / counts,
            s=8 * counts,
            color=BLUE,
            alpha=0.7,
            linewidth=0,
            label="answers, by number",
        )
        function.plot(fine, predicted(fitted, fine), color=BLUE)
        low, high = fitted.threshold_interval
        function.axvspan(low, high, color=BLUE, alpha=0.12, linewidth=0, label="threshold, 95 %")
        function.axvline(THRESHOLD, color=GREY, linestyle=":", linewidth=1, label="the truth")
        function.legend(fontsize=8, loc="lower right")
        function.set(
            title="Share of right answers, side by side", xlabel="level", ylabel="right", ylim=(0.4, 1.02)
        )


if __name__ == "__main__":
    main()
