"""Boosted and plain triplets (JPEG AIC-3) to JND per codec and level, and the level of one JND. [Testolina2024]"""

from collections import defaultdict
from typing import Final

import numpy as np

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.results import Result, natural
from jnd.psychometrics.analysis.triplets import analyse_triplets
from jnd.psychometrics.answer_tables import TripletAnswers
from jnd.psychometrics.triplets import LARGEST_DISTANCE, SOURCE, Item
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.pictures import Axis
from jnd.study.analysis.responses import Responses

RESAMPLES: Final = 100
"""Of the answers: each is a fit of all levels and boosting maps."""
VOTES = {"left": 0.0, "right": 1.0, "not-sure": 0.5, "notsure": 0.5, "not sure": 0.5}


def analyse_comparisons(answers: Responses, options: AnalysisOptions) -> list[Result]:
    """One entry per picture and codec; ``threshold`` is the level of a distortion of 1 JND.

    Plain (ptc) and boosted (btc) answers are scaled together. Without plain ones the scale is not in JND, and
    ``threshold`` is None: boosted differences are larger than real ones.
    """
    answers = answers.rows(answers.scored)
    pictures: list[Result] = []
    for code in sorted(range(len(answers.source.names)), key=lambda i: natural(answers.source.names[i])):
        source = answers.source.names[code]
        mine = answers.rows(answers.source.codes == code)
        methods = "+".join(sorted(mine.method.names))
        plain = "ptc" in mine.method.names
        base: Result = {
            "source": source,
            "method": methods,
            "trials": len(mine),
            "observers": len(mine.participant.names),
        }
        try:
            table, levels = _counts(mine)
            scale = analyse_triplets(table, confidence=options.confidence, resamples=0)["pictures"][0]
            bounded = all(abs(item["jnd"]) <= LARGEST_DISTANCE for item in scale["items"])
            if bounded:  # otherwise an interval has no end, and the search for one takes for ever
                scale = analyse_triplets(
                    table,
                    confidence=options.confidence,
                    resamples=min(options.resamples, RESAMPLES),
                    seed=options.seed,
                )["pictures"][0]
        except UnusableAnswersError as error:
            pictures.append(base | {"name": source, "codec": "", "threshold": None, "low": None, "high": None,
                                    "notes": [str(error)]})  # fmt: skip
            continue
        for codec in sorted({item["codec"] for item in scale["items"]}):
            items = [
                item | {"level": levels[codec][item["level"] - 1]}
                for item in scale["items"]
                if item["codec"] == codec
            ]
            axis = Axis.of(mine.rows(mine.codec.equals(codec)))
            threshold = _one_jnd(items, "jnd") if plain else None
            several = len({item["codec"] for item in scale["items"]}) > 1
            pictures.append(
                base
                | {
                    "name": f"{source} {codec}" if several else source, "codec": codec, "threshold": threshold,
                    # The upper end of the scale reaches 1 JND first.
                    "low": _one_jnd(items, "high") if plain else None,
                    "high": _one_jnd(items, "low") if plain else None,
                    "setting": axis.setting(threshold),
                    "interval_method": "bootstrap of answers",
                    "boosting": scale["boosting"].get(codec) if {"btc", "ptc"} <= set(mine.method.names) else None,
                    "stimuli": [{"level": i["level"], "setting": axis.setting(float(i["level"])), "jnd": i["jnd"],
                                 "low": i["low"], "high": i["high"]} for i in items],
                    "notes": scale["notes"],
                }
            )  # fmt: skip
    return pictures


def _counts(answers: Responses) -> tuple[TripletAnswers, dict[str, list[float]]]:
    """Votes per pair of items, whose levels are counted from 1 within a codec; and the level of each count."""
    sides = [
        list(zip(codec.values(), np.nan_to_num(level).tolist(), strict=True))
        for codec, level in (
            (answers.codec_left, answers.dlevel_left),
            (answers.codec_right, answers.dlevel_right),
        )
    ]
    levels: dict[str, list[float]] = {}
    for codec, level in sorted({item for side in sides for item in side if not _is_source(item)}):
        levels.setdefault(codec, []).append(level)

    def item(shown: tuple[str, float]) -> Item:
        return SOURCE if _is_source(shown) else (shown[0], levels[shown[0]].index(shown[1]) + 1)

    right: dict[tuple[Item, Item, bool], float] = defaultdict(float)
    total: dict[tuple[Item, Item, bool], float] = defaultdict(float)
    boosted = answers.method.equals("btc").tolist()
    unknown = 0
    for left_side, right_side, response, is_boosted in zip(
        *sides, answers.response.values(), boosted, strict=True
    ):
        vote = VOTES.get(response)
        if vote is None:
            unknown += 1
            continue
        key = (item(left_side), item(right_side), is_boosted)
        if key[0] == key[1]:
            continue
        right[key] += vote
        total[key] += 1
    if not total:
        raise UnusableAnswersError("no triplets to scale are left")
    keys = sorted(total)
    table = TripletAnswers(
        ("picture",) * len(keys), tuple(k[0] for k in keys), tuple(k[1] for k in keys),
        np.array([right[k] for k in keys]), np.array([total[k] for k in keys]), np.array([k[2] for k in keys]),
        (f"{unknown} skipped answers left out",) if unknown else (),
    )  # fmt: skip
    return table, levels


def _is_source(shown: tuple[str, float]) -> bool:
    return shown[0] in ("", "0", "source", "reference") or shown[1] == 0


def _one_jnd(items: list[Result], key: str) -> float | None:
    """The level at which the scale first reaches 1 JND, from the source (0, 0), linear between levels."""
    before_level, before = 0.0, 0.0
    for item in sorted(items, key=lambda i: i["level"]):
        value = item[key]
        if value is None:
            return None
        if value >= 1:
            share = (1 - before) / (value - before)
            return float(before_level + share * (item["level"] - before_level))
        before_level, before = float(item["level"]), float(value)
    return None
