"""What the models share that predict JND curves: loss, metrics, export.

A network takes patches and says, for each codec, the parameters of a :class:`~jnd.learned.curves.CurveBasis`' curve.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.learned.curve_examples import CurveExamples, load_curves
from jnd.learned.curve_labels import CurveDataOptions
from jnd.learned.curves import Array, CurveBasis, crossing, deficit
from jnd.learned.task import Batch, ExportedGraph, Metrics, Task, TaskData, evaluation_batches
from jnd.observer import jod_of_jnd_units, jod_of_satisfied

FOCUS_JOD = tuple(float(jod_of_jnd_units(jnd)) for jnd in (0.65, 1.0))
"""Where people begin to notice: 0.65 JND (three in four are satisfied) and 1 JND. Errors count most there."""
FOCUS_WIDTH = 0.6
"""Of the weight around these, in the deficit's natural logarithm."""
WEIGHT_ELSEWHERE = 0.1
HUBER = 0.5
"""Deficit beyond which errors count linearly: a few curves jump."""


class CurveLoss(nn.Module):
    """Parameters of curves and what was measured → a scalar.

    The Huber loss of the deficits, most where people begin to notice, plus the negative log-likelihood of the
    spread. The spread learns from the curve's errors, but the curve does not learn to please the spread.
    """

    means: Tensor
    components: Tensor

    def __init__(self, bases: Sequence[CurveBasis]) -> None:
        super().__init__()
        width = max(len(basis.anchors) for basis in bases)

        def padded(values: npt.ArrayLike) -> npt.NDArray[np.float32]:
            array = np.asarray(values, dtype=np.float32)
            return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, width - array.shape[-1])])

        self.register_buffer("means", torch.tensor(np.stack([padded(b.mean) for b in bases])))
        self.register_buffer("components", torch.tensor(np.stack([padded(b.components) for b in bases])))

    def forward(self, parameters: Tensor, curves: Tensor) -> Tensor:
        """(B, codecs, components + 1) and (B, codecs, anchors), NaN unknown → ()."""
        # In full precision: logarithms of small weights do not survive 16 bits.
        parameters = parameters.float()
        predicted = self.means + torch.einsum("bck,cka->bca", parameters[..., :-1], self.components)
        known = ~curves.isnan()
        truth = torch.where(known, curves, predicted.detach())
        focus = torch.stack(
            [torch.exp(-(((truth - math.log(10 - jod)) / FOCUS_WIDTH) ** 2) / 2) for jod in FOCUS_JOD]
        ).amax(dim=0)
        weight = (WEIGHT_ELSEWHERE + focus) * known
        total = weight.sum(dim=-1).clamp(min=1e-6)
        error = predicted - truth
        fit = (weight * nn.functional.huber_loss(predicted, truth, reduction="none", delta=HUBER)).sum(dim=-1)
        squared = ((focus * known * error.detach() ** 2).sum(dim=-1) + 1e-4) / (
            (focus * known).sum(dim=-1) + 1e-4
        )
        log_spread = parameters[..., -1].clamp(-5, 2)
        spread = log_spread + 0.5 * squared * torch.exp(-2 * log_spread)
        any_known = known.any(dim=-1)
        per_curve = (20 * fit / total + 0.1 * spread) * any_known
        return per_curve.sum() / any_known.sum().clamp(min=1)


def curve_loss(network: nn.Module, batch: Batch) -> Tensor:
    """The loss of a network whose ``curve_loss`` is a :class:`CurveLoss`."""
    parameters, _ = network(batch["patches"])
    loss: Tensor = network.get_submodule("curve_loss")(parameters, batch["curves"])
    return loss


def outputs(network: nn.Module, examples: CurveExamples, at_once: int = 16) -> tuple[Array, Array]:
    """(pictures, codecs, components + 1) parameters and (pictures, features) of all examples, not shuffled."""
    parameters, features = [], []
    with torch.no_grad():
        for batch in evaluation_batches(network, examples, at_once):
            out = network(batch["patches"])
            parameters.append(out[0].double().cpu().numpy())
            features.append(out[1].double().cpu().numpy())
    return np.concatenate(parameters), np.concatenate(features)


def threshold_levels(examples: CurveExamples, threshold_jod: float) -> Array:
    """(pictures, codecs) the level at which each labelled curve falls below ``threshold_jod``; NaN unknown."""
    levels = np.full(examples.targets.shape[:2], np.nan)
    for i, curves in enumerate(examples.targets):
        for c, basis in enumerate(examples.bases):
            curve = curves[c, : len(basis.anchors)]
            known = ~np.isnan(curve)
            if known.any():
                levels[i, c] = crossing(np.array(basis.anchors)[known], curve[known], threshold_jod)
    return levels


def curve_metrics(network: nn.Module, examples: Any) -> Metrics:
    """Mean absolute error of the level at which three in four people are satisfied, over codecs and per codec;
    and the loss.
    """
    parameters, _ = outputs(network, examples)
    threshold = float(jod_of_satisfied(0.75))
    truth = threshold_levels(examples, threshold)
    errors = np.full(truth.shape, np.nan)
    for i in range(len(examples)):
        for c, basis in enumerate(examples.bases):
            curve = basis.predicted(parameters[i, c, :-1], math.exp(parameters[i, c, -1]))
            errors[i, c] = abs(curve.level_at(threshold) - truth[i, c])
    loss = network.get_submodule("curve_loss")(
        torch.tensor(parameters, dtype=torch.float32), torch.from_numpy(examples.targets)
    )
    found = {
        f"level_error_{basis.codec}": float(np.nanmean(errors[:, c]))
        for c, basis in enumerate(examples.bases)
        if not np.isnan(errors[:, c]).all()
    }
    return {"validation_loss": float(loss), "level_error": float(np.nanmean(errors)), **found}


def spread_factors(parameters: Array, examples: CurveExamples) -> list[float]:
    """Per codec: the root mean square of the errors at the threshold, in standard deviations as predicted."""
    threshold = float(jod_of_satisfied(0.75))
    truth = threshold_levels(examples, threshold)
    factors = []
    for c, basis in enumerate(examples.bases):
        surprises = []
        for i in range(len(examples)):
            low, high = basis.levels[0], basis.levels[-1]
            if np.isnan(truth[i, c]) or not low < truth[i, c] < high:
                continue
            curve = basis.predicted(parameters[i, c, :-1], math.exp(parameters[i, c, -1]))
            at = float(np.interp(truth[i, c], basis.levels, curve.deficit))
            surprises.append((at - float(deficit(threshold))) / (curve.spread / basis.spread_factor))
        factors.append(float(np.sqrt(np.mean(np.square(surprises)))) if surprises else 1.0)
    return factors


class ExportedCurves(nn.Module):
    """A network with what inference needs beside its parameters: how far the picture is from those it knows."""

    centre: Tensor
    whitening: Tensor

    def __init__(self, network: nn.Module, features: Array) -> None:
        super().__init__()
        self.network = network
        covariance = np.cov(features, rowvar=False)
        # Shrunken towards its diagonal: there are fewer pictures than it takes to know every correlation.
        covariance = 0.7 * covariance + 0.3 * np.diag(covariance.diagonal()) + 1e-3 * np.eye(len(covariance))
        whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
        self.register_buffer("centre", torch.tensor(features.mean(axis=0), dtype=torch.float32))
        self.register_buffer("whitening", torch.tensor(whitening, dtype=torch.float32))

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """(B, P, S, S, 3) → (B, codecs, components + 1), (B,) root mean square of whitened features."""
        parameters, features = self.network(patches)
        white = (features - self.centre) @ self.whitening
        return parameters, white.square().mean(dim=1).sqrt()


STRANGE_FACTOR = 1.25
"""A picture counts as out of distribution when it lies this much farther out than any labelled picture."""


def export_curves(network: nn.Module, data: TaskData, options: Any) -> ExportedGraph:
    """The graph of a curve network, with bases whose spread fits the pictures left out of training."""
    training, validation = data.training, data.validation
    assert isinstance(training, CurveExamples) and isinstance(validation, CurveExamples)
    _, features = outputs(network, training)
    validation_parameters, _ = outputs(network, validation)
    factors = spread_factors(validation_parameters, validation)
    module = ExportedCurves(network, features).eval()
    distances = [outputs(module, part)[1].max() for part in (training, validation)]
    bases = [
        basis.to_json() | {"spread_factor": round(max(factor, 0.2), 4)}
        for basis, factor in zip(validation.bases, factors, strict=True)
    ]
    example = torch.zeros(2, options.patches, options.patch_size, options.patch_size, 3)
    return ExportedGraph(
        module,
        (example,),
        ("patches",),
        ("parameters", "strangeness"),
        data.description
        | {"bases": bases, "strange_beyond": round(STRANGE_FACTOR * float(max(distances)), 4)},
        {"patches": {0: "pictures"}},
    )


def curve_task(
    name: str, summary: str, network_options: type[Any], make: Callable[[Any, int], nn.Module]
) -> Task:
    """The task of a network, made by ``make(options, codecs)``, that predicts curves."""

    def network(options: Any, description: dict[str, Any]) -> nn.Module:
        bases = [CurveBasis.from_json(basis) for basis in description["bases"]]
        made = make(options, len(bases))
        made.add_module("curve_loss", CurveLoss(bases))  # so that the bases travel with checkpoints
        return made

    return Task(
        name=name,
        summary=summary,
        data_options=CurveDataOptions,
        network_options=network_options,
        load=load_curves,
        network=network,
        loss=curve_loss,
        metrics=curve_metrics,
        export=export_curves,
    )
