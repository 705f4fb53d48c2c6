"""What is believed about a picture's curves before the first trial.

In go a picture, a codec and a chroma subsampling, out comes a :class:`~jnd.search.belief.CurveBelief`.
A prior decides how many trials a search needs, never whether its result is right: the result is measured.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np

from jnd.codecs import Codec
from jnd.picture import CodeValues
from jnd.search.belief import Array, CurveBelief
from jnd.search.features import picture_features
from jnd.viewing import DEFAULT_VIEWING, ViewingConditions, viewing_conditions


class Prior(Protocol):
    """Anything that can guess the curves of a codec on a picture.

    A predictor of the threshold level wraps another prior and adds its own word::

        belief = self.base.belief(pixels, codec, chroma_subsampling, viewing)
        return belief.told_guess(level, spread_levels, threshold_jod)
    """

    def belief(
        self,
        pixels: CodeValues,
        codec: Codec,
        chroma_subsampling: str | None,
        viewing: ViewingConditions,
    ) -> CurveBelief:
        """The belief about ``codec`` with ``chroma_subsampling`` on ``pixels`` ((H, W, 3) sRGB, as seen)."""
        ...


@dataclass(frozen=True, slots=True)
class BroadPrior:
    """Knows next to nothing: quality falls and files shrink as the level rises. For codecs without a fit."""

    deficit_span: tuple[float, float] = (math.log(0.03), math.log(3.0))
    """Mean ``log(10 - JOD)`` at the best and the worst level."""
    deficit_spread: float = 0.8
    bits_per_pixel_span: tuple[float, float] = (6.0, 0.1)
    bytes_spread: float = 0.8

    def belief(
        self,
        pixels: CodeValues,
        codec: Codec,
        chroma_subsampling: str | None,
        viewing: ViewingConditions,
    ) -> CurveBelief:
        """The same straight lines for every picture."""
        return self.of_levels(codec.levels, pixels.shape[0] * pixels.shape[1])

    def of_levels(self, levels: range, pixel_count: int) -> CurveBelief:
        """The belief on ``levels`` for a picture of ``pixel_count`` pixels."""
        n = len(levels)
        bits = np.geomspace(*self.bits_per_pixel_span, n)
        mean = np.concatenate([np.linspace(*self.deficit_span, n), np.log(bits / 8 * pixel_count)])
        covariance = np.zeros((2 * n, 2 * n))
        # A line with unknown offset and slope, plus a smooth unknown bend.
        position = np.linspace(-1, 1, n)
        smooth = (
            1 + np.outer(position, position) + 0.3 * np.exp(-np.abs(np.subtract.outer(position, position)))
        )
        covariance[:n, :n] = self.deficit_spread**2 * smooth
        covariance[n:, n:] = self.bytes_spread**2 * smooth
        return CurveBelief(levels, mean, covariance + 1e-6 * np.eye(2 * n))


DEFICIT_PER_OCTAVE_OF_DISTANCE = -0.971
DEFICIT_PER_OCTAVE_OF_PEAK = 0.129
SPREAD_PER_OCTAVE = 0.232
SPREAD_LENGTH_LEVELS = 40.0
"""How ``log(10 - JOD)`` moves with the viewing: with each doubling of pixels per degree, with each doubling of the
display's peak, and the standard deviation of that over pictures and levels, which is much the same at neighbouring
levels. From ``reproduce/search_prior_viewing.py``."""


@dataclass(frozen=True, slots=True)
class ViewingShift:
    """Where the curve of another viewing lies from the one that the prior was fitted at."""

    deficit: float = 0.0
    spread: float = 0.0


def viewing_shift(viewing: ViewingConditions) -> ViewingShift:
    """What is known of ``viewing`` without having seen a picture at it.

    >>> viewing_shift(viewing_conditions())
    ViewingShift(deficit=0.0, spread=0.0)
    """
    fitted_at = viewing_conditions(DEFAULT_VIEWING)
    distance = math.log2(viewing.pixels_per_degree / fitted_at.pixels_per_degree)
    peak = math.log2(viewing.display.peak_cd_m2 / fitted_at.display.peak_cd_m2)
    return ViewingShift(
        DEFICIT_PER_OCTAVE_OF_DISTANCE * distance + DEFICIT_PER_OCTAVE_OF_PEAK * peak,
        SPREAD_PER_OCTAVE * math.hypot(distance, peak),
    )


@dataclass(frozen=True, slots=True)
class FittedPrior:
    """Normal distributions fitted on CID22's training pictures by ``reproduce/fit_search_prior.py``."""

    fits: dict[str, Any]
    """The content of ``prior.json``."""
    unknown: BroadPrior = BroadPrior()

    def belief(
        self,
        pixels: CodeValues,
        codec: Codec,
        chroma_subsampling: str | None,
        viewing: ViewingConditions,
    ) -> CurveBelief:
        """Mean from the picture's features by linear regression, covariance of what that leaves open."""
        fit = self.fit_of(codec, chroma_subsampling)
        if fit is None:
            return self.unknown.belief(pixels, codec, chroma_subsampling, viewing)
        pixel_count = pixels.shape[0] * pixels.shape[1]
        return fitted_belief(fit, codec.levels, picture_features(pixels), pixel_count, viewing_shift(viewing))

    def fit_of(self, codec: Codec, chroma_subsampling: str | None) -> dict[str, Any] | None:
        """The entry of a codec; of its usual chroma subsampling where none is given (a grey picture)."""
        usual = next(iter(codec.limits.chroma_subsampling), None)
        fit: dict[str, Any] | None = self.fits["fits"].get(fit_name(codec.name, chroma_subsampling or usual))
        return fit


def fit_name(codec: str, chroma_subsampling: str | None) -> str:
    """The key of a fit in ``prior.json``."""
    return codec if chroma_subsampling is None else f"{codec} {chroma_subsampling}"


def fitted_belief(
    fit: dict[str, Any],
    levels: range,
    features: Array,
    pixel_count: int,
    shift: ViewingShift = ViewingShift(),
) -> CurveBelief:
    """The belief of one entry of ``prior.json`` about a picture with these features.

    The fit speaks of deficit and log bits per pixel at anchor levels; between them it is interpolated linearly.
    What is left per level has two parts: one shared by neighbouring levels and one of its own.
    """
    n = len(levels)
    between = _interpolation(np.array(fit["anchors"]), np.array(levels))
    widen = np.kron(np.eye(2), between)  # (2 n, 2 anchors)
    standard = (features - np.array(fit["feature_mean"])) / np.array(fit["feature_spread"])
    mean = widen @ (np.array(fit["mean"]) + np.array(fit["regression"]) @ standard)
    mean[:n] += shift.deficit
    mean[n:] += math.log(pixel_count / 8)
    loadings = widen @ np.array(fit["loadings"])
    covariance = loadings @ loadings.T
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    for half, part in ((slice(0, n), "deficit"), (slice(n, 2 * n), "bytes")):
        local = fit[f"{part}_local"]
        covariance[half, half] += local["spread"] ** 2 * np.exp(-distance / local["length_levels"])
        covariance[half, half] += local["jitter"] ** 2 * np.eye(n)
    covariance[:n, :n] += shift.spread**2 * np.exp(-((distance / SPREAD_LENGTH_LEVELS) ** 2) / 2)
    return CurveBelief(levels, mean, covariance)


def _interpolation(anchors: Array, levels: Array) -> Array:
    """(levels, anchors) matrix of linear interpolation."""
    return np.stack([np.interp(levels, anchors, unit) for unit in np.eye(len(anchors))], axis=1)


@cache
def default_prior() -> FittedPrior:
    """The prior that ships with jnd."""
    return FittedPrior(json.loads(files("jnd.search").joinpath("prior.json").read_text("utf-8")))
