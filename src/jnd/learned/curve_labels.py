"""Labels of pictures as curve models learn them: read from files, checked, split by source. No PyTorch.

In go files of observer labels or a data set of people's answers, out come pictures with a curve per codec.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from jnd.codecs import CODECS
from jnd.datasets.labelled import LabelledPicture
from jnd.datasets.observer_labels import provenance, read_observer_labels
from jnd.datasets.splits import folds_of
from jnd.errors import ConfigurationError, JndError, UnreadablePictureError
from jnd.learned.curves import Array, CurveBasis, at_anchors, people_as_jod
from jnd.options import one_of
from jnd.picture import CodeValues, read_picture, seen

LAYOUTS = ("observer-labels", "mcl-jci", "konjnd-1k", "videoset", "jnd-pano")
"""Observer labels, or a data set of people's answers (:data:`jnd.datasets.catalogue.DATASETS`)."""


@dataclass(frozen=True, slots=True)
class CurveDataOptions:
    """``[data]`` of a training configuration."""

    labels: tuple[Path, ...]
    """Files of observer labels (Parquet, from ``jnd datasets label``), or folders of a data set of people's."""
    layout: str = "observer-labels"
    """Of :data:`LAYOUTS`."""
    pictures: Path | None = None
    """Folder of the reference pictures, if they moved since the labels were made."""
    codecs: tuple[str, ...] = ()
    """Only these; empty is all that the labels hold."""
    folds: int = 5
    """Sources are spread over so many folds (:func:`jnd.datasets.splits.folds_of`: published ones where there are)."""
    validation_fold: int = 1
    """The fold, from 1, that is left out of training and chooses the best epoch; 0 trains on all and chooses by
    the training pictures (for a final model whose number of epochs is known)."""
    validation_labels: tuple[Path, ...] = ()
    """Labels of other pictures to validate with, in place of a fold; all of ``labels`` is then trained on."""
    skip_broken: bool = False
    """Leave pictures out that cannot be read, and list them; otherwise the first ends the training."""
    flips: bool = True
    """Mirrored and transposed patches in training."""

    def __post_init__(self) -> None:
        one_of("data.layout", self.layout, LAYOUTS)
        if self.folds < 2 or not 0 <= self.validation_fold <= self.folds:
            raise ConfigurationError(
                f"data.validation_fold must be from 0 (none) to data.folds, and these at least 2; got "
                f"{self.validation_fold} of {self.folds}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class CurvePicture:
    """A picture with its curves."""

    name: str
    path: Path
    group: str
    curves: dict[str, LabelledPicture]
    """Codec → labels."""


def read_labels(options: CurveDataOptions) -> tuple[list[CurvePicture], tuple[str, ...]]:
    """The pictures of ``options.labels``, each once, sorted by source and name; and those left out, and why."""
    pictures: dict[tuple[str, str], CurvePicture] = {}
    for path in options.labels:
        for entry in _read(path, options):
            if options.codecs and entry.codec not in options.codecs:
                continue
            key = entry.group, entry.name
            picture = pictures.setdefault(key, CurvePicture(entry.name, entry.path, entry.group, {}))
            picture.curves.setdefault(entry.codec, entry)
    if not pictures:
        raise ConfigurationError(f"no labels in {', '.join(map(str, options.labels))}")
    readable, skipped = [], []
    for key in sorted(pictures):
        path = pictures[key].path
        try:
            if not path.is_file():
                raise UnreadablePictureError(f"{path}: no such file; name its folder in data.pictures")
            if options.skip_broken:
                picture_pixels(path)
        except JndError as error:
            if not options.skip_broken:
                raise
            skipped.append(f"{path}: {error}")
        else:
            readable.append(pictures[key])
    return readable, tuple(skipped)


def _read(path: Path, options: CurveDataOptions) -> Sequence[LabelledPicture]:
    if options.layout == "observer-labels":
        return read_observer_labels(path, pictures=options.pictures)
    from jnd.datasets.catalogue import load_dataset

    collection = load_dataset(options.layout, path, on_problem="skip" if options.skip_broken else "fail")
    return [picture for picture in collection.pictures if picture.samples]


def curve_of(entry: LabelledPicture, levels: Sequence[int]) -> Array:
    """(anchors,) deficits, of observer labels or of people's satisfied-user ratio; NaN beyond the labels."""
    if entry.jod is not None:
        return at_anchors(entry.level, entry.jod, levels)
    return at_anchors(entry.level, people_as_jod(entry.satisfied_users(1)), levels)


def axis_of(codec: str, entries: Sequence[LabelledPicture]) -> tuple[list[int], list[float], str]:
    """Levels, settings and what the settings are, of a codec of ours or of a data set's own."""
    known = CODECS.get(codec)
    if known is not None and entries[0].kind == "observer":
        return list(known.levels), [float(v) for v in known.axis.values], known.axis.parameter
    setting: dict[int, float] = {}
    for entry in entries:
        setting |= {int(level): float(value) for level, value in zip(entry.level, entry.setting, strict=True)}
    levels = sorted(setting)
    return levels, [setting[level] for level in levels], entries[0].parameter


def picture_pixels(path: Path) -> CodeValues:
    """(H, W, 3) sRGB code values of a file, as seen."""
    return seen(read_picture(path))


def split_by_source(
    pictures: Sequence[CurvePicture], options: CurveDataOptions
) -> tuple[list[CurvePicture], list[CurvePicture]]:
    """Pictures to train on and to validate with; no source is in both."""
    if options.validation_labels:
        others, _ = read_labels(replace(options, labels=options.validation_labels))
        shared = {picture.group for picture in pictures} & {picture.group for picture in others}
        if shared:
            raise ConfigurationError(
                f"data.validation_labels: {len(shared)} sources are in data.labels too, {min(shared)} for one; "
                "validate with other pictures"
            )
        return list(pictures), others
    if options.validation_fold == 0:
        return list(pictures), list(pictures)
    try:
        fold = folds_of([entry for picture in pictures for entry in picture.curves.values()], options.folds)
    except ValueError as error:
        raise ConfigurationError(f"data.folds: {error}") from None
    left_out = [p for p in pictures if fold[p.group] == options.validation_fold]
    training = [p for p in pictures if fold[p.group] != options.validation_fold]
    if not training:
        raise ConfigurationError(
            "no pictures are left to train on: name more labels in [data], or fewer folds"
        )
    return training, left_out


def labels_provenance(options: CurveDataOptions) -> list[dict[str, Any]]:
    """What made the labels, for the metadata of a model."""
    if options.layout != "observer-labels":
        return [{"dataset": options.layout, "answers": "of people"}]
    return [{"file": path.name, "answers": "of the observer"} | provenance(path) for path in options.labels]


def fitted_bases(pictures: Sequence[CurvePicture]) -> list[CurveBasis]:
    """A basis per codec, in order of the codecs' names."""
    bases = []
    for codec in sorted({codec for picture in pictures for codec in picture.curves}):
        entries = [picture.curves[codec] for picture in pictures if codec in picture.curves]
        levels, settings, parameter = axis_of(codec, entries)
        curves = np.array([curve_of(entry, levels) for entry in entries])
        some = curves[~np.isnan(curves).all(axis=1)]
        if not len(some):
            raise ConfigurationError(f"the labels of {codec} hold no level of its axis")
        bases.append(CurveBasis.fitted(codec, parameter, levels, settings, some))
    return bases
