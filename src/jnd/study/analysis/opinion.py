"""Category ratings (ACR, DCR): opinion scores per stimulus after P.910, with BT.500 screening beside them.

Ratings give no threshold: they depend on the range of the set, and "imperceptible" is a word, not a level.
References: [Li2020], ITU-T P.910, ITU-R BT.500
"""

import numpy as np

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.ratings import analyse_ratings
from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.answer_tables import RatingTable
from jnd.psychometrics.ratings import votes_of_rows
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.pictures import each_picture
from jnd.study.analysis.responses import Responses


def rating_table(answers: Responses, method: str) -> tuple[RatingTable, list[tuple[str, str, float, float]]]:
    """Votes, and (source, codec, level, setting) of each stimulus."""
    level = np.where(np.isfinite(answers.level), answers.level, 0.0).tolist()
    shown = [
        (source, codec if at else "", at)
        for source, codec, at in zip(answers.source.values(), answers.codec.values(), level, strict=True)
    ]
    votes, stimuli, people = votes_of_rows(shown, answers.participant.values(), answers.rating)
    names = tuple(" ".join(filter(None, (s, c, f"{at:g}" if at else "reference"))) for s, c, at in stimuli)
    settings = dict(
        zip(reversed(shown), reversed(answers.setting.tolist()), strict=True)
    )  # the first of each
    return RatingTable(votes, names, people, method), [(*key, settings[key]) for key in stimuli]


def analyse_opinions(
    answers: Responses, method: str, options: AnalysisOptions
) -> tuple[list[Result], Result]:
    """One entry per picture with its rated stimuli, and what is known of the observers.

    Parameters
    ----------
    answers : scored rows of one rating method.
    """
    answers = answers.rows(answers.scored & np.isfinite(answers.rating))
    if not len(answers):
        raise UnusableAnswersError(f"{method}: no scored ratings yet")
    table, keys = rating_table(answers, method)
    scores = analyse_ratings(table, options.opinion, confidence=options.confidence)
    plain = analyse_ratings(table, "mos", confidence=options.confidence)
    screened = analyse_ratings(table, "bt500", confidence=options.confidence)
    pictures = []
    for name, source, codec, _ in each_picture(answers):
        stimuli = [
            {
                "level": level, "setting": None if np.isnan(setting) else setting,
                "score": scores["scores"][i], "low": scores["low"][i], "high": scores["high"][i],
                "mos": plain["scores"][i], "mos_low": plain["low"][i], "mos_high": plain["high"][i],
                "votes": plain["votes"][i],
            }
            for i, (s, c, level, setting) in enumerate(keys)
            if s == source and (c == codec or not c or not codec)
        ]  # fmt: skip
        pictures.append(
            {
                "name": name, "source": source, "codec": codec, "method": method,
                "threshold": None, "low": None, "high": None,
                "stimuli": sorted(stimuli, key=lambda s: s["level"]),
                "trials": int(sum(s["votes"] for s in stimuli)),
                "observers": len(table.observer),
                "notes": [],
            }
        )  # fmt: skip
    people = {
        "method": options.opinion,
        "scale": "1 (bad) to 5 (excellent)" if method == "acr" else "1 (very annoying) to 5 (imperceptible)",
        "bt500_rejected": [table.observer[i] for i in screened["rejected"]],
        "observers": [
            {
                "name": name,
                "bias": None if scores["observer_bias"] is None else scores["observer_bias"][i],
                "inconsistency": None if scores["observer_inconsistency"] is None else scores["observer_inconsistency"][i],
            }
            for i, name in enumerate(table.observer)
        ],
    }  # fmt: skip
    return pictures, people
