"""Psychometric fits, QUEST+ and P.910 against psignifit 4.3 and questplus 2023.1, in the same run on one core.

Both peers are GPL: they are installed for this benchmark alone, in an environment of their own, and nothing of
jnd imports them.

    python -m venv gpl && gpl/bin/pip install . psignifit==4.3 questplus==2023.1
    OMP_NUM_THREADS=1 gpl/bin/python benchmarks/psychometrics_speed.py

Runs are interleaved; medians of wall time and their ratios are printed.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psignifit
from measuring import median_seconds
from questplus import QuestPlus as PeerQuestPlus

from jnd.psychometrics.fit import fit_psychometric
from jnd.psychometrics.p910 import p910_scores
from jnd.psychometrics.quest_plus import QuestPlus

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "psychometrics" / "golden"


def compare(name: str, ours: Callable[[], object], peer: Callable[[], object], rounds: int) -> None:
    ours()  # tables and caches of either side are warm
    a, b = median_seconds(rounds, ours, peer)
    print(f"{name:44s} jnd {1000 * a:9.3f} ms   peer {1000 * b:9.2f} ms   ratio {b / a:7.1f}")


def posterior(case: dict[str, object], name: str, rounds: int) -> None:
    data = np.array(case["data"])
    forced = case["guess_rate"] is not None
    ours = fit_psychometric(
        *data.T, function=str(case["function"]), guess_rate=0.5 if forced else None, interval="posterior"
    )
    sigmoid = "norm" if case["function"] == "normal" else "logistic"
    experiment = "2AFC" if forced else "yes/no"
    peer = psignifit.psignifit(data, sigmoid=sigmoid, experiment_type=experiment)
    difference = ours.threshold / peer.parameter_estimate["threshold"] - 1
    compare(
        f"full posterior with intervals, {name}",
        lambda: fit_psychometric(
            *data.T, function=str(case["function"]), guess_rate=0.5 if forced else None, interval="posterior"
        ),
        lambda: psignifit.psignifit(data, sigmoid=sigmoid, experiment_type=experiment),
        rounds,
    )
    print(f"{'':44s} thresholds differ by {100 * difference:+.3f} %")


def quest_plus(name: str, parameters: dict[str, list[float]], rounds: int) -> None:
    levels = list(range(-40, 1))
    ours = QuestPlus(levels, parameters, model="weibull_db", fixed={"guess_rate": 0.5})
    peer = PeerQuestPlus(
        stim_domain={"intensity": levels},
        param_domain={
            "threshold": parameters["threshold"],
            "slope": parameters["slope"],
            "lower_asymptote": [0.5],
            "lapse_rate": parameters.get("lapse_rate", [0.02]),
        },
        outcome_domain={"response": ["Correct", "Incorrect"]},
        func="weibull",
        stim_scale="dB",
        stim_selection_method="min_entropy",
        param_estimation_method="mode",
    )
    state = {"ours": ours}

    def our_trial() -> None:
        level = state["ours"].ask()
        state["ours"] = state["ours"].tell(level, 1)

    def peer_trial() -> None:
        peer.update(stim=peer.next_stim, outcome={"response": "Correct"})

    compare(f"QUEST+ ask and tell, {name}", our_trial, peer_trial, rounds)


def main() -> None:
    cases = json.loads((GOLDEN / "psignifit_matlab.json").read_text("utf-8"))
    posterior(cases[0], "13 x 90, forced choice", 5)
    posterior(cases[1], "10 x 10, forced choice", 5)
    posterior(cases[2], "10 x 10, yes/no", 2)
    grid = [float(v) for v in range(-40, 1)]
    quest_plus("41 levels, 41 parameters", {"threshold": grid, "slope": [3.5]}, 40)
    quest_plus(
        "41 levels, 820 parameters",
        {"threshold": grid, "slope": [2.0, 3.0, 4.0, 5.0], "lapse_rate": [0.0, 0.01, 0.02, 0.03, 0.04]},
        40,
    )
    votes = np.loadtxt(GOLDEN / "itu_demo_79x26.csv", delimiter=",")
    (p910,) = median_seconds(30, lambda: p910_scores(votes))
    print(f"{'P.910 of 79 x 26 votes':44s} jnd {1000 * p910:9.3f} ms")


if __name__ == "__main__":
    main()
