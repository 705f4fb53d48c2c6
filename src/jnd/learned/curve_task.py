"""What the models share that predict JND curves: examples, loss, metrics, export.

One example is a picture with its curves of all codecs, an item of a batch its patches and the deficits at the
anchors of each codec's :class:`~jnd.learned.curves.CurveBasis`.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.learned.curve_labels import (
    CurveDataOptions,
    CurvePicture,
    curve_of,
    fitted_bases,
    labels_provenance,
    picture_pixels,
    read_labels,
    split_by_source,
)
from jnd.learned.curves import Array, CurveBasis, crossing, deficit
from jnd.learned.patches import sample_patches
from jnd.learned.task import Batch, ExportedGraph, Metrics, TaskData
from jnd.observer import jod_of_jnd_units, jod_of_satisfied
from jnd.picture import CodeValues

FOCUS_JOD = tuple(float(jod_of_jnd_units(jnd)) for jnd in (0.65, 1.0))
"""Where people begin to notice: 0.65 JND (three in four are satisfied) and 1 JND. Errors count most there."""
FOCUS_WIDTH = 0.6
"""Of the weight around these, in the deficit's natural logarithm."""
WEIGHT_ELSEWHERE = 0.1
HUBER = 0.5
"""Deficit beyond which errors count linearly: a few curves jump."""

CACHE_BYTES = 1_500_000_000
"""Of decoded pictures that are kept in memory."""


class CurveExamples:
    """Examples of :mod:`jnd.learned.task`: patches and curves."""

    def __init__(
        self,
        pictures: Sequence[CurvePicture],
        bases: Sequence[CurveBasis],
        patches: int,
        patch_size: int,
        sampling: str,
        *,
        flips: bool,
    ) -> None:
        self.pictures, self.bases = pictures, bases
        self.patches, self.patch_size, self.sampling, self.flips = patches, patch_size, sampling, flips
        width = max(len(basis.anchors) for basis in bases)
        self.targets = np.full((len(pictures), len(bases), width), np.nan, dtype=np.float32)
        for i, picture in enumerate(pictures):
            for c, basis in enumerate(bases):
                if basis.codec in picture.curves:
                    curve = curve_of(picture.curves[basis.codec], basis.levels)
                    self.targets[i, c, : len(curve)] = curve
        self._decoded: OrderedDict[int, CodeValues] = OrderedDict()
        self._decoded_bytes = 0
        self._evaluation: dict[int, npt.NDArray[np.uint8]] = {}

    def __len__(self) -> int:
        return len(self.pictures)

    def names(self, indices: Sequence[int]) -> list[str]:
        """Of the pictures."""
        return [self.pictures[i].name for i in indices]

    def pixels(self, index: int) -> CodeValues:
        """(H, W, 3) the picture as seen; kept decoded as far as memory allows."""
        if index in self._decoded:
            self._decoded.move_to_end(index)
            return self._decoded[index]
        pixels = picture_pixels(self.pictures[index].path)
        self._decoded[index] = pixels
        self._decoded_bytes += pixels.nbytes
        while self._decoded_bytes > CACHE_BYTES and len(self._decoded) > 1:
            self._decoded_bytes -= self._decoded.popitem(last=False)[1].nbytes
        return pixels

    def batch(self, indices: Sequence[int], generator: np.random.Generator | None) -> Batch:
        """``patches`` (B, P, S, S, 3) float32 code values, ``curves`` (B, codecs, anchors), NaN unknown."""
        patches = np.stack([self._patches(index, generator) for index in indices])
        return {
            "patches": torch.from_numpy(patches).float(),
            "curves": torch.from_numpy(self.targets[list(indices)]),
        }

    def _patches(self, index: int, generator: np.random.Generator | None) -> npt.NDArray[np.uint8]:
        if generator is None:
            if index not in self._evaluation:
                fixed = np.random.default_rng(index) if self.sampling == "random" else None
                self._evaluation[index] = sample_patches(
                    self.pixels(index), self.patches, self.patch_size, sampling=self.sampling, generator=fixed
                )
            return self._evaluation[index]
        patches = sample_patches(
            self.pixels(index), self.patches, self.patch_size, sampling=self.sampling, generator=generator
        )
        if self.flips:
            if generator.random() < 0.5:
                patches = patches[:, :, ::-1]
            if generator.random() < 0.5:
                patches = patches[:, ::-1]
            if generator.random() < 0.5:
                patches = patches.swapaxes(1, 2)
        return np.ascontiguousarray(patches)


def load_curves(options: CurveDataOptions, network: Any) -> TaskData:
    """Pictures and curves, split by source; bases fitted on the training part alone."""
    pictures, skipped = read_labels(options)
    parts = split_by_source(pictures, options)
    bases = fitted_bases(parts[0])
    shape = network.patches, network.patch_size, network.sampling
    training, validation = (CurveExamples(part, bases, *shape, flips=options.flips) for part in parts)
    description = {
        "kind": "curves",
        "bases": [basis.to_json() for basis in bases],
        "patches": network.patches,
        "patch_size": network.patch_size,
        "sampling": network.sampling,
        "labels": labels_provenance(options),
    }
    return TaskData(training, validation, description, skipped)


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


def with_loss(network: nn.Module, bases: Sequence[CurveBasis]) -> nn.Module:
    """``network`` with its :class:`CurveLoss`, so that bases travel with checkpoints."""
    network.add_module("curve_loss", CurveLoss(bases))
    return network


def curve_loss(network: nn.Module, batch: Batch) -> Tensor:
    """The loss of a network whose ``curve_loss`` is a :class:`CurveLoss`."""
    parameters, _ = network(batch["patches"])
    loss: Tensor = network.get_submodule("curve_loss")(parameters, batch["curves"])
    return loss


def outputs(network: nn.Module, examples: CurveExamples, at_once: int = 16) -> tuple[Array, Array]:
    """(pictures, codecs, components + 1) parameters and (pictures, features) of all examples, not shuffled."""
    device = next(network.parameters()).device
    parameters, features = [], []
    with torch.no_grad():
        for start in range(0, len(examples), at_once):
            batch = examples.batch(range(start, min(start + at_once, len(examples))), None)
            out = network(batch["patches"].to(device))
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
