"""How well a curve model does on labelled pictures, beside a constant, a ridge on hand-made features and an oracle.

All are judged by the same labels. With observer labels this says how well a model copies the observer, and nothing
about people; never set such a number beside one measured on people's answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jnd.learned.curve_labels import CurvePicture, picture_pixels
from jnd.learned.curves import (
    BEST_JOD,
    Array,
    CurveBasis,
    at_anchors,
    crossing,
    deficit,
    filled_curves,
)
from jnd.learned.hand_made_features import hand_made_features
from jnd.learned.predictor import Predictor
from jnd.observer import jod_of_satisfied, satisfied_users

RIDGE = 5.0
"""On standardised features; as in the search's prior."""


@dataclass(frozen=True, slots=True)
class Score:
    """Of one method and codec."""

    method: str
    codec: str
    pictures: int
    setting_error: float
    """Mean absolute difference of the encoder's number at the wanted share of satisfied people."""
    level_error: float
    """The same in distortion levels."""
    psnr_error: float | None
    """Mean absolute difference in dB between the pictures at the two settings; None where labels hold no PSNR."""
    area: float
    """Mean area between the two satisfied-user curves, in levels."""


def evaluate_predictor(
    predictor: Predictor,
    pictures: Sequence[CurvePicture],
    *,
    satisfied: float = 0.75,
    fitted_on: Sequence[CurvePicture] = (),
) -> list[Score]:
    """Scores per codec of the model and, where ``fitted_on`` is given, of the baselines fitted on that.

    The oracle knows each picture's curve but says it with the model's principal components: what the model's
    own description of curves costs.
    """
    scores = []
    predicted = [predictor.predict(picture_pixels(p.path)).curves for p in pictures]
    for basis in predictor.bases:
        have = [i for i, p in enumerate(pictures) if basis.codec in p.curves]
        if not have:
            continue
        truth = [pictures[i] for i in have]
        scores.append(
            _score("model", basis, truth, [predicted[i][basis.codec].deficit for i in have], satisfied)
        )
        fit_pictures = [p for p in fitted_on if basis.codec in p.curves]
        if fit_pictures:
            scores += [
                _score(name, basis, truth, curves(basis, fit_pictures, truth), satisfied)
                for name, curves in BASELINES.items()
            ]
    return scores


def _labelled(basis: CurveBasis, pictures: Sequence[CurvePicture]) -> Array:
    rows = []
    for picture in pictures:
        entry = picture.curves[basis.codec]
        assert entry.jod is not None
        rows.append(at_anchors(entry.level, entry.jod, basis.levels))
    return filled_curves(np.array(rows))[0]


def _constant(basis: CurveBasis, known: Sequence[CurvePicture], asked: Sequence[CurvePicture]) -> list[Array]:
    return [basis.over_levels(np.median(_labelled(basis, known), axis=0))] * len(asked)


def _ridge(basis: CurveBasis, known: Sequence[CurvePicture], asked: Sequence[CurvePicture]) -> list[Array]:
    curves = _labelled(basis, known)
    x = np.array([hand_made_features(picture_pixels(p.path)) for p in known])
    y = np.array([hand_made_features(picture_pixels(p.path)) for p in asked])
    centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    x, y = (x - centre) / spread, (y - centre) / spread
    mean = curves.mean(axis=0)
    weights = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ (curves - mean))
    return [basis.over_levels(row) for row in mean + y @ weights]


def _oracle(basis: CurveBasis, known: Sequence[CurvePicture], asked: Sequence[CurvePicture]) -> list[Array]:
    curves, components = _labelled(basis, asked), np.array(basis.components)
    scores = np.linalg.lstsq(components.T, (curves - np.array(basis.mean)).T, rcond=None)[0]
    return [basis.over_levels(row) for row in np.array(basis.mean) + scores.T @ components]


Baseline = Callable[[CurveBasis, Sequence[CurvePicture], Sequence[CurvePicture]], list[Array]]
BASELINES: dict[str, Baseline] = {"constant": _constant, "ridge": _ridge, "oracle": _oracle}


def _score(
    method: str,
    basis: CurveBasis,
    pictures: Sequence[CurvePicture],
    deficits: Sequence[Array],
    satisfied: float,
) -> Score:
    threshold = float(jod_of_satisfied(satisfied))
    settings, levels, decibels, areas = [], [], [], []
    known_levels, known_settings = np.array(basis.levels), np.array(basis.settings)
    for picture, predicted in zip(pictures, deficits, strict=True):
        entry = picture.curves[basis.codec]
        assert entry.jod is not None
        worst = np.minimum.accumulate(entry.jod)
        true = crossing(entry.level, deficit(worst), threshold)
        said = crossing(known_levels, predicted, threshold)
        levels.append(abs(said - true))
        settings.append(
            abs(np.interp(said, known_levels, known_settings) - np.interp(true, known_levels, known_settings))
        )
        if entry.psnr is not None and np.isfinite(entry.psnr).sum() > 1:
            finite = np.isfinite(entry.psnr)
            decibels.append(
                abs(float(np.diff(np.interp([said, true], entry.level[finite], entry.psnr[finite]))[0]))
            )
        within = (known_levels >= entry.level[0]) & (known_levels <= entry.level[-1])
        curve = satisfied_users(BEST_JOD - np.exp(predicted[within]))
        areas.append(
            np.abs(curve - satisfied_users(np.interp(known_levels[within], entry.level, worst))).sum()
        )
    return Score(
        method,
        basis.codec,
        len(pictures),
        float(np.mean(settings)),
        float(np.mean(levels)),
        float(np.mean(decibels)) if decibels else None,
        float(np.mean(areas)),
    )
