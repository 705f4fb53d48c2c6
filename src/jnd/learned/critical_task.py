"""What the models share that predict the critical picture: the worst one that is still perceptually lossless.

One example is a patch of the reference and the same place in the picture coded at the last level that enough people
cannot tell from it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.datasets.labelled import LabelledPicture
from jnd.learned.coded_levels import (
    CodecDataOptions,
    axis_levels,
    first_noticed,
    level_patches,
    pictures_of_codec,
)
from jnd.learned.curve_labels import CurvePicture, labels_provenance
from jnd.learned.patches import turned_alike
from jnd.learned.task import Batch, TaskData, evaluation_batches


def critical_level(entry: LabelledPicture, satisfied: float) -> int:
    """The last level at which at least ``satisfied`` of people notice nothing; the best one where there is none."""
    levels = axis_levels(entry)
    return levels[max(0, levels.index(first_noticed(entry, satisfied)) - 1)]


class CriticalExamples:
    """Examples of :mod:`jnd.learned.task`: patches, made once.

    ``network`` has ``patches`` (of each picture) and ``patch_size``.
    """

    def __init__(self, pictures: Sequence[CurvePicture], options: CodecDataOptions, network: Any) -> None:
        self.pictures, self.flips, self.count = pictures, options.flips, network.patches
        reference: list[npt.NDArray[np.uint8]] = []
        critical: list[npt.NDArray[np.uint8]] = []
        for picture in pictures:
            entry = picture.curves[options.codec]
            level = critical_level(entry, options.satisfied)
            one, other = level_patches(entry, [level], network.patches, network.patch_size)
            reference.append(one)
            critical.append(other[0])
        self.reference, self.critical = np.concatenate(reference), np.concatenate(critical)

    def __len__(self) -> int:
        return len(self.reference)

    def names(self, indices: Sequence[int]) -> list[str]:
        """Of the pictures."""
        return [self.pictures[i // self.count].name for i in indices]

    def batch(self, indices: Sequence[int], generator: np.random.Generator | None) -> Batch:
        """``reference`` and ``critical`` (B, S, S, 3) code values, 0 to 255."""
        chosen = list(indices)
        reference, critical = self.reference[chosen], self.critical[chosen]
        if generator is not None and self.flips:
            reference, critical = turned_alike(generator, reference, critical)
        return {
            "reference": torch.from_numpy(reference).float(),
            "critical": torch.from_numpy(critical).float(),
        }


def load_critical(options: CodecDataOptions, network: Any) -> TaskData:
    """Pictures that have labels of the codec, split by source."""
    parts, skipped = pictures_of_codec(options)
    training, validation = (CriticalExamples(part, options, network) for part in parts)
    description = {
        "kind": "critical",
        "codec": options.codec,
        "patch_size": network.patch_size,
        "satisfied": options.satisfied,
        "labels": labels_provenance(options),
    }
    return TaskData(training, validation, description, skipped)


def mean_over(
    network: nn.Module,
    examples: CriticalExamples,
    measure: Callable[[nn.Module, Batch], dict[str, Tensor]],
    at_once: int = 32,
) -> dict[str, float]:
    """Means over all examples of what ``measure(network, batch)`` gives by name, (B,) each."""
    totals: dict[str, float] = {}
    for batch in evaluation_batches(network, examples, at_once):
        for name, values in measure(network, batch).items():
            totals[name] = totals.get(name, 0.0) + float(values.detach().double().sum())
    return {name: total / len(examples) for name, total in totals.items()}
