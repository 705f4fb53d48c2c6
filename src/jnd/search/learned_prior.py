"""The learned model's word in the search: where it expects the threshold, told to another prior's belief.

A prior decides how many trials a search needs, never whether its result is right: the result is measured. Only with
``--no-verify`` does the prediction decide alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from jnd.codecs import Codec
from jnd.learned.predictor import CurvePrediction, Predictor
from jnd.observer import jod_of_satisfied
from jnd.picture import CodeValues
from jnd.search.belief import CurveBelief
from jnd.search.prior import Prior, default_prior, viewing_shift
from jnd.viewing import ViewingConditions

DOUBT = 1.0
"""By how much the model's spread is widened: it and the fitted prior, told as if independent, may err together. 1, 1.5
and 2.5 do much the same on CID22's training pictures (``benchmarks/learned_search.py``), 1 a little better."""

TOLD_AT_SATISFIED = 0.75
"""Share of satisfied people at whose level the model is believed: the middle of what searches look for."""


@dataclass(slots=True)
class LearnedPrior:
    """``base``, told by a predictor where the codec's threshold lies."""

    base: Prior
    predictor: Callable[[], Predictor]
    """Called when the first picture comes, so that loading waits until then."""
    doubt: float = DOUBT
    _last: tuple[CodeValues, CurvePrediction] | None = field(default=None, repr=False)
    """The last picture: every codec and chroma subsampling of a search asks about the same one."""

    def belief(
        self,
        pixels: CodeValues,
        codec: Codec,
        chroma_subsampling: str | None,
        viewing: ViewingConditions,
    ) -> CurveBelief:
        """What ``base`` believes, narrowed where the model knows the codec and pictures like this one."""
        belief = self.base.belief(pixels, codec, chroma_subsampling, viewing)
        usual = next(iter(codec.limits.chroma_subsampling), None)
        if chroma_subsampling not in (None, usual):
            return belief  # the model has seen the usual subsampling alone
        prediction = self._prediction(pixels)
        curve = prediction.curves.get(codec.name)
        if curve is None or prediction.warning is not None or curve.basis.levels != tuple(codec.levels):
            return belief
        shift = viewing_shift(viewing)
        deficits = curve.deficit + shift.deficit
        threshold = float(np.log(10 - float(jod_of_satisfied(TOLD_AT_SATISFIED))))
        level = int(np.argmin(np.abs(deficits - threshold)))
        return belief.told_deficit(
            level, float(deficits[level]), self.doubt * float(np.hypot(curve.spread, shift.spread))
        )

    def _prediction(self, pixels: CodeValues) -> CurvePrediction:
        if self._last is None or self._last[0] is not pixels:
            self._last = pixels, self.predictor().predict(pixels)
        return self._last[1]


@cache
def learned_prior() -> LearnedPrior:
    """The prior that ships with jnd, one per process: fitted curves, and the default model where it has a word."""
    return LearnedPrior(default_prior(), Predictor)
