"""From a picture alone to the JND curve of every codec: ONNX Runtime, no PyTorch, nothing is encoded.

In goes a picture, out come :class:`~jnd.learned.curves.PredictedCurve` entries, and records for people.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jnd._lookup import lookup
from jnd.errors import ModelFileError
from jnd.learned.curves import CurveBasis, PredictedCurve
from jnd.learned.model_file import ModelFile, default_model
from jnd.learned.patches import sample_patches
from jnd.observer import jod_of_jnd_units, jod_of_satisfied
from jnd.picture import CodeValues
from jnd.records import PjndPrediction, SurCurve

INTERVAL_SPREADS = 1.645
"""Standard deviations to either side of a 90 % interval."""


@dataclass(frozen=True, slots=True, eq=False)
class CurvePrediction:
    """What a model says of one picture."""

    curves: dict[str, PredictedCurve]
    """By codec."""
    strangeness: float
    """Distance from the training pictures in the model's features; around 1 for those themselves."""
    strange_beyond: float

    @property
    def warning(self) -> str | None:
        """Why not to rely on it, if there is a reason."""
        if self.strangeness <= self.strange_beyond:
            return None
        return (
            f"unlike the pictures the model learned from (distance {self.strangeness:.1f}, theirs are at most "
            f"{self.strange_beyond:.1f}): the prediction may be far off"
        )


class Predictor:
    """Predicts JND curves with one model.

    Parameters
    ----------
    model : None is the one that ships with jnd.

    Raises
    ------
    ModelFileError
        The model does not predict curves from a picture alone.
    """

    def __init__(self, model: ModelFile | None = None) -> None:
        self.model = model or default_model()
        about = self.model.metadata
        if about.get("kind") != "curves":
            raise ModelFileError(
                f'{self.model.name} is a model of kind "{about.get("kind")}", which does not predict from a picture '
                "alone; give one of kind curves (cnn, rnn, lstm)"
            )
        self.bases = [CurveBasis.from_json(basis) for basis in about["bases"]]

    @property
    def codecs(self) -> tuple[str, ...]:
        """Whose curves it knows."""
        return tuple(basis.codec for basis in self.bases)

    def predict(self, pixels: CodeValues) -> CurvePrediction:
        """The curves of all codecs.

        Parameters
        ----------
        pixels : (H, W, 3) sRGB code values as seen, uint8 or uint16, any size.
        """
        about = self.model.metadata
        sampling = about["sampling"]
        patches = sample_patches(
            pixels,
            about["patches"],
            about["patch_size"],
            sampling=sampling,
            generator=np.random.default_rng(0) if sampling == "random" else None,
        )
        parameters, strangeness = self.model.session.run(None, {"patches": patches[None].astype(np.float32)})
        curves = {
            basis.codec: basis.predicted(output[:-1], math.exp(output[-1]))
            for basis, output in zip(self.bases, parameters[0].astype(np.float64), strict=True)
        }
        return CurvePrediction(curves, float(strangeness[0]), float(about["strange_beyond"]))


def pjnd_predictions(
    prediction: CurvePrediction,
    source: str,
    codecs: Sequence[str],
    *,
    satisfied: float = 0.75,
    protocol: str = "aic3",
) -> list[PjndPrediction]:
    """One record per codec.

    Raises
    ------
    UnknownNameError
        The model does not know a codec.
    ValueError
        A share that is not between 0 and 1.
    """
    if not 0 < satisfied < 1:
        raise ValueError(f"the share of satisfied people must lie between 0 and 1, got {satisfied:g}")
    return [
        _record(
            lookup(prediction.curves, codec, kind="codec of this model"),
            source,
            satisfied,
            protocol,
            prediction.warning,
        )
        for codec in codecs
    ]


def _record(
    curve: PredictedCurve, source: str, satisfied: float, protocol: str, warning: str | None
) -> PjndPrediction:
    basis = curve.basis
    one_jnd = float(jod_of_jnd_units(1.0, protocol=protocol))
    level = curve.largest_level(float(jod_of_satisfied(satisfied, protocol=protocol)))
    ends = [curve.setting_at(curve.level_at(one_jnd, sign * INTERVAL_SPREADS)) for sign in (-1, 1)]
    shifted = [
        PredictedCurve(basis, curve.deficit + sign * INTERVAL_SPREADS * curve.spread, curve.spread)
        for sign in (1, -1)
    ]
    low, high = (tuple(entry.satisfied(protocol).round(4).tolist()) for entry in shifted)
    sur = SurCurve(
        tuple(float(value) for value in basis.levels),
        tuple(curve.satisfied(protocol).round(4).tolist()),
        low,
        high,
        "predicted",
        (),
        0,
    )
    return PjndPrediction(
        source=source,
        codec=basis.codec,
        parameter=basis.parameter,
        setting=None if level is None else {basis.parameter: curve.setting_at(level)},
        level=level,
        target_satisfied=satisfied,
        pjnd=curve.setting_at(curve.level_at(one_jnd)),
        low=min(ends),
        high=max(ends),
        sur=sur,
        settings=basis.settings,
        warning=warning,
    )
