"""How well a trained network tells cameras apart: patches, voted pictures, confusion, weight of evidence, strangers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jnd.camera.cllr import cllr
from jnd.camera.networks.predictor import CameraModel, identify_by_network
from jnd.camera.networks.voting import log10_ratios
from jnd.camera.sensor_picture import colour_pixels
from jnd.datasets.camera_picture import CameraPicture
from jnd.errors import JndError, UnusableDatasetError
from jnd.psychometrics.forced_choice import clopper_pearson


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its exact interval of 95 % (Clopper and Pearson)."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """Right / of."""
        return self.right / self.of if self.of else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Of patches it is too narrow: those of one picture are not independent."""
        return clopper_pearson(self.right, self.of) if self.of else (0.0, 1.0)

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        low, high = self.interval
        return {"value": self.value, "right": self.right, "of": self.of, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class NetworkEvaluation:
    """The result on pictures that were not trained on."""

    level: str
    classes: tuple[str, ...]
    patch_accuracy: Share
    voted_accuracy: Share
    """By the mean of the patches' scores."""
    majority_accuracy: Share
    """By the number of patches."""
    confusion: tuple[tuple[int, ...], ...]
    """Row: truth, column: answer; pictures."""
    cllr: float | None
    """Of log-likelihood ratios "this class" against "another one of them", over all pictures and classes; 1 is no information."""
    rejected_known: Share
    """Pictures of known cameras that were called unknown."""
    rejected_strangers: Share | None
    """Pictures of other cameras that were called unknown; None where there were none."""
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "level": self.level, "classes": list(self.classes), "patch_accuracy": self.patch_accuracy.to_json(),
            "voted_accuracy": self.voted_accuracy.to_json(), "majority_accuracy": self.majority_accuracy.to_json(),
            "confusion": [list(row) for row in self.confusion], "cllr": self.cllr,
            "rejected_known": self.rejected_known.to_json(),
            "rejected_strangers": None if self.rejected_strangers is None else self.rejected_strangers.to_json(),
            "skipped": list(self.skipped),
        }  # fmt: skip


def evaluate_network(model: CameraModel, pictures: Sequence[CameraPicture]) -> NetworkEvaluation:
    """Evaluate on pictures.

    Parameters
    ----------
    pictures : those of classes that the model does not know are strangers.

    Raises
    ------
    UnusableDatasetError
        No picture of a known camera is usable.
    """
    level, classes = model.about["level"], model.classes
    patch_right = patches = 0
    confusion = np.zeros((len(classes), len(classes)), dtype=np.int64)
    by_majority = rejected = rejected_strangers = strangers = 0
    ratios: dict[bool, list[float]] = {True: [], False: []}
    skipped = []
    for picture in pictures:
        try:
            answer = identify_by_network(colour_pixels(picture.path), model)
        except JndError as error:
            skipped.append(f"{picture.path}: {error}")
            continue
        label = picture.label(level)
        if label not in classes:
            strangers += 1
            rejected_strangers += answer.unknown
            continue
        truth = classes.index(label)
        patches += answer.patches
        patch_right += answer.votes[truth]
        confusion[truth, classes.index(answer.best)] += 1
        by_majority += int(np.argmax(answer.votes) == truth)
        rejected += answer.unknown
        for place, ratio in enumerate(log10_ratios(answer.log_probabilities)):
            ratios[place == truth].append(float(ratio))
    count = int(confusion.sum())
    if not count:
        raise UnusableDatasetError(
            f"no picture of a known camera is usable: {'; '.join(skipped[:3]) or 'there are none'}"
        )
    return NetworkEvaluation(
        level=level, classes=classes, patch_accuracy=Share(patch_right, patches),
        voted_accuracy=Share(int(np.trace(confusion)), count), majority_accuracy=Share(by_majority, count),
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        cllr=float(cllr(ratios[True], ratios[False])) if ratios[True] and ratios[False] else None,
        rejected_known=Share(rejected, count),
        rejected_strangers=Share(rejected_strangers, strangers) if strangers else None, skipped=tuple(skipped),
    )  # fmt: skip
