"""Metrics against the answers of one data set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.codecs import CODECS
from jnd.datasets.aic4_scores import METRICS as AIC4_METRICS
from jnd.datasets.aic4_scores import load_aic4_scores
from jnd.datasets.bapps_patches import load_bapps_patches
from jnd.datasets.mucped23 import load_mucped23
from jnd.datasets.opinion_scores import OPINION_SCORES, load_opinion_scores
from jnd.datasets.toyama import load_toyama
from jnd.errors import UnusableAnswersError
from jnd.metrics import METRICS
from jnd.picture import Picture, read_picture, seen
from jnd.psychometrics.metric_agreement import (
    Agreement,
    Curve,
    Difference,
    agreement,
    mean_average_precision,
    two_alternative_score,
)

Array = npt.NDArray[Any]
Progress = Callable[[int, int], None]


EVALUATED: Final = tuple(
    name for name, entry in METRICS.items() if entry.full_reference and not entry.needs_jnd_map
)
"""What runs on pairs of pictures."""

QUALITY: Final = "quality setting"
"""Of the encoder: what a metric has to beat."""

MADE_BY: Final = {"libjpeg-turbo": "jpeg:turbo", "jpegli": "jpeg"}
"""Encoders of mucped23 → codecs of ours that make the same files."""

DATASETS: Final[Mapping[str, str]] = {
    "toyama": "MOS of 84 JPEGs of 14 Kodak pictures, made again with libjpeg 4:2:0",
    "mucped23": "Elo of JPEG settings over CID22; libjpeg-turbo, and jpegli with 4:2:0",
    "aic4": "JND of 300 pictures with the published scores of metrics; no pictures",
    "tid2013": "MOS of 3000 pictures",
    "kadid-10k": "scores of 10125 pictures",
    "csiq": "DMOS of 866 pictures",
    "live": "DMOS of 779 pictures (release 2, realigned)",
    "pipal": "Elo of the training pictures",
    "bapps-2afc": "which of two patches is closer: mean share of people who agree",
    "bapps-jnd": "same or not: mean average precision",
}


@dataclass(frozen=True, slots=True)
class MetricEvaluation:
    """The table of one data set."""

    dataset: str
    stimuli: int
    sources: int
    """Pictures that were resampled for the intervals."""
    curve: Curve | None
    agreement: dict[str, Agreement]
    differences: tuple[Difference, ...]
    scores: dict[str, float]
    """BAPPS: 2AFC score or mean average precision, 0 to 1; else empty."""


def evaluate_metrics(
    dataset: str,
    root: Path,
    metrics: Sequence[str] | None = None,
    *,
    curve: Curve = "logistic5",
    resamples: int = 1000,
    seed: int = 0,
    max_pictures: int | None = None,
    progress: Progress | None = None,
) -> MetricEvaluation:
    """The agreement of metrics with the answers in ``dataset``, which lies in ``root``.

    Parameters
    ----------
    metrics : of ``EVALUATED`` (of "aic4" its columns); all for None. Where an encoder's quality is known, it is
        evaluated beside them.
    max_pictures : of mucped23, where every setting is applied to every picture; all for None.
    progress : called with comparisons done and all.

    Raises
    ------
    UnknownNameError
        No such data set or metric.
    UnusableAnswersError
        The folder is not in the data set's layout, or holds too little.
    """
    lookup(DATASETS, dataset, kind="data set with scores")
    if not root.is_dir():
        raise UnusableAnswersError(f"{root}: no such folder; give the one that holds {dataset}")
    known: dict[str, Any] = dict.fromkeys(AIC4_METRICS) if dataset == "aic4" else dict.fromkeys(EVALUATED)
    names = list(dict.fromkeys(metrics)) if metrics else list(known)
    for name in names:
        lookup(known, name, kind="metric" if dataset != "aic4" else "published metric")
    report = progress or (lambda _done, _all: None)
    options: dict[str, Any] = {"curve": curve, "resamples": resamples, "seed": seed}
    if dataset == "aic4":
        published = load_aic4_scores(root)
        chosen = {name: published.metrics[name] for name in names}
        return _table(dataset, -published.jnd, chosen, published.sources, spread=published.spread, **options)
    if dataset == "toyama":
        return _toyama(root, names, report, options)
    if dataset == "mucped23":
        return _mucped23(root, names, max_pictures, report, options)
    if dataset in OPINION_SCORES:
        return _opinion_scores(dataset, root, names, report, options)
    return _bapps(dataset, root, names, report)


def _values(names: Sequence[str], reference: Array, changed: Array) -> list[float]:
    """Of each metric, larger is better."""
    entries = [METRICS[name] for name in names]
    return [(1 if e.better == "higher" else -1) * float(e.function(reference, changed)) for e in entries]


def _pixels(path: Path) -> Array:
    return np.asarray(seen(read_picture(path)))


def _jpeg(pixels: Array, codec: str, quality: int, subsampling: str) -> Array:
    entry = CODECS[codec]
    level = entry.axis.values.index(quality)
    return np.asarray(
        seen(entry.decode(entry.encode(Picture(pixels), level, chroma_subsampling=subsampling)))
    )


def _table(
    dataset: str,
    people: npt.ArrayLike,
    metrics: Mapping[str, npt.ArrayLike],
    sources: Sequence[str],
    **options: Any,
) -> MetricEvaluation:
    found, differences = agreement(people, metrics, np.asarray(sources), **options)
    return MetricEvaluation(
        dataset, np.size(people), len(set(sources)), options["curve"], found, differences, {}
    )


def _toyama(root: Path, names: list[str], report: Progress, options: dict[str, Any]) -> MetricEvaluation:
    jpegs = load_toyama(root)
    values = []
    for done, jpeg in enumerate(jpegs):
        reference = _pixels(jpeg.picture)
        changed = _jpeg(reference, "jpeg:turbo", jpeg.quality, "4:2:0")
        values.append([float(jpeg.quality), *_values(names, reference, changed)])
        report(done + 1, len(jpegs))
    columns = dict(zip([QUALITY, *names], np.array(values).T, strict=True))
    return _table("toyama", [j.score for j in jpegs], columns, [j.picture.name for j in jpegs], **options)


def _mucped23(
    root: Path, names: list[str], max_pictures: int | None, report: Progress, options: dict[str, Any]
) -> MetricEvaluation:
    settings, pictures = load_mucped23(root)
    # mozjpeg and jpegli's full chroma are not in the packages that jnd installs.
    usable = [
        s
        for s in settings
        if s.encoder in MADE_BY and (s.encoder != "jpegli" or s.chroma_subsampling == "4:2:0")
    ]
    pictures = pictures[:max_pictures]
    values = np.empty((len(names), len(usable), len(pictures)))
    for k, path in enumerate(pictures):
        reference = np.ascontiguousarray(_pixels(path))
        for i, s in enumerate(usable):
            changed = _jpeg(reference, MADE_BY[s.encoder], s.quality, s.chroma_subsampling)
            values[:, i, k] = _values(names, reference, changed)
            report(k * len(usable) + i + 1, len(usable) * len(pictures))
    quality = np.repeat([[float(s.quality)] for s in usable], len(pictures), axis=1)
    columns = {QUALITY: quality, **dict(zip(names, values, strict=True))}
    spread = [s.spread for s in usable]
    table = _table(
        "mucped23", [s.elo for s in usable], columns, [str(p) for p in pictures], spread=spread, **options
    )
    return replace(table, stimuli=len(usable))


def _opinion_scores(
    dataset: str, root: Path, names: list[str], report: Progress, options: dict[str, Any]
) -> MetricEvaluation:
    rated = load_opinion_scores(dataset, root)
    values, kept = [], (Path(), np.empty(0))
    for done, one in enumerate(rated):
        if kept[0] != one.reference:
            kept = (one.reference, _pixels(one.reference))
        values.append(_values(names, kept[1], _pixels(one.changed)))
        report(done + 1, len(rated))
    columns = dict(zip(names, np.array(values).T, strict=True))
    spreads = [one.spread for one in rated]
    spread = None if any(s is None for s in spreads) else spreads
    return _table(
        dataset, [r.score for r in rated], columns, [r.source for r in rated], spread=spread, **options
    )


def _bapps(dataset: str, root: Path, names: list[str], report: Progress) -> MetricEvaluation:
    task = dataset.removeprefix("bapps-")
    patches = load_bapps_patches(root, task)
    values = []
    for done, p in enumerate(patches):
        second = _values(names, _pixels(p.reference), _pixels(p.second))
        first = (
            _values(names, _pixels(p.reference), _pixels(p.first)) if task == "2afc" else [0.0] * len(names)
        )
        values.append(np.subtract(second, first))
        report(done + 1, len(patches))
    share = np.array([p.share for p in patches])
    columns = dict(zip(names, np.array(values).T, strict=True))
    scores = {
        name: two_alternative_score(share, column > 0)
        if task == "2afc"
        else mean_average_precision(share, -column)
        for name, column in columns.items()
    }
    return MetricEvaluation(dataset, len(patches), len(patches), None, {}, (), scores)
