"""Pictures with their JND curves as examples: patches, and the deficits at the anchors of each codec's basis."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

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
from jnd.learned.curves import CurveBasis
from jnd.learned.patches import sample_patches, turned_alike
from jnd.learned.task import Batch, TaskData
from jnd.picture import CodeValues

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
        return turned_alike(generator, patches, upside_down=True)[0] if self.flips else patches


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
