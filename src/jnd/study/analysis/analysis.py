"""A study's answers to its results: per picture and method, with and without what the [exclusion] rules leave out.

Every function is pure: the same table gives the same results, from the database, an export or another laboratory.
docs/reference/json.md says what each key means.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from jnd._lookup import lookup
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.results import Result
from jnd.study.analysis.adjustment import analyse_adjustments
from jnd.study.analysis.contraction import compare_with_ruler
from jnd.study.analysis.detection import analyse_seen
from jnd.study.analysis.exclusion import evaluate
from jnd.study.analysis.opinion import analyse_opinions
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.responses import Array, Responses
from jnd.study.analysis.ruler import analyse_ruler
from jnd.study.analysis.triplets import analyse_comparisons


@dataclass(frozen=True, slots=True, eq=False)
class StudyFacts:
    """What is known of the study beside its answers; nothing for another laboratory's table."""

    title: str = ""
    rules: Mapping[str, float | None] | None = None
    """The [exclusion] of the design; None where no design is known."""
    verified: bool | None = None
    """Whether the standard's values in the design were confirmed; False is said in every result."""
    version: int | None = None
    snapshot: str | None = None
    """When the database was read, ISO 8601."""
    slider_levels: dict[str, Array] = field(default_factory=dict)
    """Picture → levels of its slider."""
    notes: tuple[str, ...] = ()


def slider_levels(stimuli: Iterable[Mapping[str, Any]]) -> dict[str, Array]:
    """Picture, and picture and codec, → levels of the tests among entries of a manifest."""
    found: dict[str, list[float]] = {}
    for stimulus in stimuli:
        if stimulus["role"] == "test" and stimulus["level"] is not None:
            for name in (stimulus["source"], f"{stimulus['source']} {stimulus['codec'] or ''}".strip()):
                found.setdefault(name, []).append(float(stimulus["level"]))
    return {name: np.unique(levels) for name, levels in found.items()}


def _seen(method: str) -> Callable[[Responses, AnalysisOptions, StudyFacts], tuple[list[Result], Result]]:
    return lambda answers, options, facts: (analyse_seen(answers, method, options), {})


def _rated(method: str) -> Callable[[Responses, AnalysisOptions, StudyFacts], tuple[list[Result], Result]]:
    return lambda answers, options, facts: analyse_opinions(answers, method, options)


ANALYSES: Final[
    Mapping[str, Callable[[Responses, AnalysisOptions, StudyFacts], tuple[list[Result], Result]]]
] = {
    "flicker": _seen("flicker"),
    "pan": _seen("pan"),
    "side-by-side": _seen("side-by-side"),
    "same-different": _seen("same-different"),
    "flicker-slider": lambda a, o, f: (analyse_adjustments(a, o, f.slider_levels or None), {}),
    "acr": _rated("acr"),
    "dcr": _rated("dcr"),
    "quality-ruler": lambda a, o, f: (analyse_ruler(a, o), {}),
    "btc": lambda a, o, f: (analyse_comparisons(a, o), {}),
    "ptc": lambda a, o, f: (analyse_comparisons(a, o), {}),
}
"""Method → its analysis: (entries of pictures, what else is known)."""

TOGETHER: Final = {"btc": "triplets", "ptc": "triplets"}
"""Methods whose answers are scaled together."""


NO_FACTS: Final = StudyFacts()
USUAL: Final = AnalysisOptions()


def analyse_study(
    answers: Responses, facts: StudyFacts = NO_FACTS, options: AnalysisOptions = USUAL
) -> Result:
    """The results of all methods that the answers hold.

    Raises
    ------
    UnusableAnswersError
        No answers, or none of a method that is known.
    """
    if not len(answers):
        raise UnusableAnswersError("no answers yet: nothing to analyse")
    exclusion = evaluate(answers, facts.rules)
    main = ~answers.is_training & ~answers.stage.equals("practice")
    kept = answers.rows(main & exclusion.keep)
    everything = answers.rows(main)
    differs = len(kept) < len(everything)
    pictures, methods, notes = _all_methods(kept, facts, options)
    if differs:
        others = {(p["method"], p["name"]): p for p in _all_methods(everything, facts, options)[0]}
        for picture in pictures:
            other = others.pop((picture["method"], picture["name"]), None)
            picture["with_excluded"] = None if other is None else _short(other)
        pictures += [  # all of their answers are excluded
            _empty(other) | {"with_excluded": _short(other)} for other in others.values()
        ]
    simulated = answers.recruited_via.equals("simulated")
    share = float(simulated.mean())
    if share:
        part = "all" if share == 1 else f"{int(simulated.sum())} of {len(answers)}"
        notes.insert(0, f"simulated observers gave {part} answers: a simulation, not answers of people")
    if facts.verified is False:
        notes.append("the design holds values of a standard that were not confirmed (verified = false)")
    if exclusion.flags and not exclusion.declared:
        notes.append(
            f"{len(exclusion.flags)} flags by the default rules; no study declared them, so nothing is excluded"
        )
    return {
        "study": ", ".join(name for name in answers.study.names if name),
        "title": facts.title,
        "version": facts.version,
        "verified": facts.verified,
        "simulated": share == 1 or (None if share == 0 else share),
        "snapshot": facts.snapshot,
        "methods": methods,
        "answers": len(answers),
        "scored": int((kept.scored).sum()),
        "sessions": len(answers.session.names),
        "observers": len(answers.participant.names),
        "pixels_per_degree": _spread(answers.ppd_image),
        "response_time_ms": _spread(everything.response_time),
        "confidence": options.confidence,
        "exclusion": exclusion.to_json(),
        "pictures": pictures,
        "comparison": compare_with_ruler(kept, confidence=options.confidence),
        "notes": [*notes, *facts.notes],
    }


def _all_methods(
    answers: Responses, facts: StudyFacts, options: AnalysisOptions
) -> tuple[list[Result], dict[str, Result], list[str]]:
    pictures: list[Result] = []
    methods: dict[str, Result] = {}
    notes: list[str] = []
    done: set[str] = set()
    for method in sorted(answers.method.names):
        if not method:
            raise UnusableAnswersError('the column "method" is empty; say how it was asked with --method')
        analyse = lookup(ANALYSES, method, kind="method of a study")
        family = TOGETHER.get(method, method)
        wanted = [name for name in answers.method.names if TOGETHER.get(name, name) == family]
        mine = answers.rows(answers.method.equals(*wanted))
        choices = {q for q in mine.question.names if q}
        if method == "flicker" and len(choices) > 1:
            notes.append(
                f"questions {' and '.join(sorted(choices))} are pooled: they ask for different sides, not levels"
            )
        scored = int(mine.scored.sum())
        methods[method] = {"answers": int(answers.method.equals(method).sum()), "questions": sorted(choices)}
        if family in done or not scored:
            continue
        done.add(family)
        if method in ("acr", "dcr", "quality-ruler") and len(mine.study.names) > 1:
            # Ratings of two sets are never pooled: their ranges differ.
            for study in mine.study.names:
                found, more = analyse(mine.rows(mine.study.equals(study)), options, facts)
                pictures += [p | {"name": f"{study}: {p['name']}", "study": study} for p in found]
                methods[method].setdefault("sets", {})[study] = more
        else:
            found, more = analyse(mine, options, facts)
            pictures += found
            methods[method] |= more
    return pictures, methods, notes


def _short(picture: Result) -> Result:
    return {key: picture.get(key) for key in ("threshold", "low", "high", "trials", "observers")}


def _empty(picture: Result) -> Result:
    known = {key: picture[key] for key in ("name", "source", "codec", "method")}
    return known | {
        "threshold": None,
        "low": None,
        "high": None,
        "trials": 0,
        "notes": ["all answers are excluded"],
    }


def _spread(values: Array) -> Result | None:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return None
    low, middle, high = np.quantile(finite, [0.05, 0.5, 0.95])
    return {"median": float(middle), "p05": float(low), "p95": float(high)}
