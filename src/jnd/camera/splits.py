"""Pictures for training, choosing and testing such that nothing leaks from one to another.

A scene stands in one part only; equal files stand in one part only; by "device" a model's devices are parted as well, so that
a network that knows a device's dust is not taken for one that knows the model.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from jnd.datasets.camera_picture import CameraPicture, Level
from jnd.errors import UnusableDatasetError

By = Literal["scene", "device", "bondi2017"]
SPLITS: Final[tuple[By, ...]] = get_args(By)
PARTS: Final = ("training", "validation", "test")


@dataclass(frozen=True, slots=True)
class CameraSplit:
    """Three parts that share no scene and no file."""

    training: tuple[CameraPicture, ...]
    validation: tuple[CameraPicture, ...]
    test: tuple[CameraPicture, ...]


def split_pictures(
    pictures: Sequence[CameraPicture],
    *,
    by: By = "scene",
    level: Level = "model",
    shares: tuple[float, float] = (0.2, 0.2),
    seed: int = 0,
) -> CameraSplit:
    """Part the pictures.

    Parameters
    ----------
    by : "scene": scenes are parted. "device": of a model with several devices the first by name is for testing alone, the
        others for the rest, and scenes are parted as well. "bondi2017": as "device", and models with one device are left out
        [Bondi2017].
    level : what shall be told apart; each of its labels must be in training.
    shares : of scenes for validation and for test.
    seed : of the choice of scenes.

    Raises
    ------
    UnusableDatasetError
        Fewer than two labels, parting by device for devices, or too few scenes of a label.
    """
    if by != "scene" and level == "device":
        raise UnusableDatasetError(
            "devices cannot be told apart when each device is either in training or in test; split by scene"
        )
    labels = sorted({picture.label(level) for picture in pictures})
    if len(labels) < 2:
        raise UnusableDatasetError(
            f"there is one {level} only ({', '.join(labels) or 'none'}); telling apart needs two or more"
        )
    groups = _groups(pictures)
    part_of_group = _parted(groups, shares, seed)
    held_out = _held_out_devices(pictures) if by != "scene" else {}
    parts: dict[str, list[CameraPicture]] = {name: [] for name in PARTS}
    for name, group in groups.items():
        for picture in group:
            part = part_of_group[name]
            if by == "bondi2017" and picture.model not in held_out:
                continue
            if picture.model in held_out:
                is_test_device = picture.device == held_out[picture.model]
                if is_test_device != (part == "test"):
                    continue  # the other parts of a device would leak it
            parts[part].append(picture)
    split = CameraSplit(*(tuple(sorted(parts[name], key=lambda picture: picture.path)) for name in PARTS))
    missing = sorted(set(labels) - {picture.label(level) for picture in split.training})
    if by == "bondi2017":
        missing = [
            label
            for label in missing
            if any(p.label(level) == label and p.model in held_out for p in pictures)
        ]
    if missing or not split.validation:
        raise UnusableDatasetError(
            f"too few scenes: nothing of {', '.join(missing) or 'any camera'} is left for "
            f"{'training' if missing else 'validation'}; add pictures, or make the other parts smaller"
        )
    return split


def leaks(split: CameraSplit) -> tuple[str, ...]:
    """What stands in two parts, in words; nothing for a split that is sound."""
    found = []
    for name, key in (("scene", _scene), ("file", _content)):
        seen: dict[str, str] = {}
        for part in PARTS:
            for picture in getattr(split, part):
                identity = key(picture)
                if identity is None:
                    continue
                first = seen.setdefault(identity, part)
                if first != part:
                    found.append(f"{picture.path.name}: its {name} is in {first} and in {part}")
    return tuple(found)


def _scene(picture: CameraPicture) -> str | None:
    return picture.scene


def _content(picture: CameraPicture) -> str | None:
    try:
        return hashlib.sha256(picture.path.read_bytes()).hexdigest()
    except OSError:
        return None


def _groups(pictures: Sequence[CameraPicture]) -> dict[str, list[CameraPicture]]:
    """What must stay together: the same scene, or the same file; joined over both."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for picture in pictures:
        own = f"path {picture.path}"
        content = _content(picture)
        for kind, other in (("scene", picture.scene), ("file", content)):
            if other is not None:
                parent[root(f"{kind} {other}")] = root(own)
    groups: dict[str, list[CameraPicture]] = {}
    for picture in pictures:
        groups.setdefault(root(f"path {picture.path}"), []).append(picture)
    return groups


def _parted(groups: dict[str, list[CameraPicture]], shares: tuple[float, float], seed: int) -> dict[str, str]:
    """Group → part. Groups of the same devices are parted alike, so that no camera is left without a part."""
    by_cameras: dict[tuple[str, ...], list[str]] = {}
    for name, group in groups.items():
        by_cameras.setdefault(tuple(sorted({picture.device for picture in group})), []).append(name)
    found: dict[str, str] = {}
    rng = np.random.default_rng(seed)
    for cameras in sorted(by_cameras):
        names = sorted(by_cameras[cameras], key=lambda name: min(str(p.path) for p in groups[name]))
        order = [names[int(place)] for place in rng.permutation(len(names))]
        wanted = [round(share * len(order)) for share in shares]
        if len(order) >= 3:
            wanted = [max(1, count) for count in wanted]
        for place, name in enumerate(order):
            found[name] = (
                "test" if place < wanted[1] else "validation" if place < wanted[0] + wanted[1] else "training"
            )
    return found


def _held_out_devices(pictures: Sequence[CameraPicture]) -> dict[str, str]:
    """Model → the device that is for testing alone, of models with two or more."""
    devices: dict[str, set[str]] = {}
    for picture in pictures:
        devices.setdefault(picture.model, set()).add(picture.device)
    return {model: min(names) for model, names in devices.items() if len(names) > 1}
