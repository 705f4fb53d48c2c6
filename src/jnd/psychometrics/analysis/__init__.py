"""From a table of answers to results: the whole of ``jnd fit`` but reading, printing and drawing. A kind of answers per file.

In go the tables of :mod:`jnd.psychometrics.answer_tables`, out come plain dictionaries that can be written as JSON;
docs/reference/json.md says what each key means.
"""

from collections.abc import Mapping
from typing import Final

from jnd._lookup import lookup
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.detection import analyse_detection
from jnd.psychometrics.analysis.jnd_samples import analyse_samples
from jnd.psychometrics.analysis.pairs import analyse_pairs
from jnd.psychometrics.analysis.ratings import OPINION, analyse_ratings
from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.analysis.same import analyse_same
from jnd.psychometrics.analysis.triplets import analyse_triplets
from jnd.psychometrics.answer_tables import (
    AnswerTable,
    DetectionAnswers,
    JndSampleTable,
    PairAnswers,
    RatingTable,
    TripletAnswers,
)
from jnd.psychometrics.jnd_distribution import FAMILIES

METHODS: Final[Mapping[str, str]] = {
    "ml": "detection: maximum likelihood; profile intervals, or bootstrap over five observers or more",
    "posterior": "detection: beta-binomial Bayesian fit",
    "normal": "JND samples: normal distribution over people",
    "logistic": "JND samples",
    "weibull": "JND samples",
    "gumbel": "JND samples",
    "gev": "JND samples: generalised extreme value",
    "auto": "JND samples: the family with the best AIC",
    "empirical": "JND samples: the share itself",
    "mixture": "JND samples: Gaussian mixture, components by BIC",
    "mos": "ratings: mean and t interval",
    "bt500": "ratings: mean after BT.500 screening",
    "p913": "ratings: mean after removal of observer bias",
    "p913-screened": "ratings: p913, then BT.500 screening",
    "p910": "ratings: maximum likelihood with bias and inconsistency",
    "z-scores": "ratings: mean z-score, 0 to 100",
    "thurstone": "pairs: Thurstone Case V",
    "bradley-terry": "pairs",
    "aic3": "triplets: free levels",
    "aic3-monotone": "triplets: levels that rise",
}


def analyse(
    table: AnswerTable,
    *,
    method: str | None = None,
    function: str = "normal",
    confidence: float = 0.95,
    satisfied: float = 0.75,
    resamples: int = 1000,
    seed: int = 0,
    per_observer: bool = False,
    curves: bool = False,
) -> Result:
    """Results of any table; the method follows from its kind where it is None.

    Raises
    ------
    UnusableAnswersError
        Answers that cannot be analysed, or a method for another kind of answers.
    """
    if method is not None:
        lookup(METHODS, method, kind="method of jnd fit")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence:g}")
    if isinstance(table, DetectionAnswers):
        chosen = _method(method, ("ml", "posterior"), "seen or not")
        return analyse_detection(
            table, chosen, function=function, confidence=confidence, resamples=resamples, seed=seed,
            per_observer=per_observer,
            curves=curves,
        )  # fmt: skip
    if isinstance(table, JndSampleTable):
        chosen = _method(method, ("normal", *FAMILIES, "auto", "empirical", "mixture"), "JND samples")
        return analyse_samples(
            table, chosen, satisfied=satisfied, confidence=confidence, resamples=resamples, seed=seed
        )
    if isinstance(table, RatingTable):
        if method in ("thurstone", "bradley-terry"):
            raise UnusableAnswersError("read a matrix of wins with the layout pairs to scale it")
        chosen = _method(method, ("p910", *OPINION), "ratings")
        return analyse_ratings(table, chosen, confidence=confidence)
    if isinstance(table, TripletAnswers):
        chosen = _method(method, ("aic3", "aic3-monotone"), "triplets")
        return analyse_triplets(
            table, chosen, confidence=confidence, resamples=min(resamples, 200), seed=seed
        )
    if isinstance(table, PairAnswers):
        chosen = _method(method, ("thurstone", "bradley-terry"), "paired comparisons")
        return analyse_pairs(table, chosen, confidence=confidence, resamples=min(resamples, 500), seed=seed)
    return analyse_same(table, confidence=confidence)


def _method(wanted: str | None, possible: tuple[str, ...], kind: str) -> str:
    if wanted is None:
        return possible[0]
    if wanted not in possible:
        raise UnusableAnswersError(
            f'the method "{wanted}" is for {METHODS[wanted].split(":")[0]}, but these answers are {kind}; '
            f"choose {', '.join(dict.fromkeys(possible))}"
        )
    return wanted
