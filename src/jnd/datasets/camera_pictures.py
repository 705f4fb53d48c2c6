"""Pictures with the camera that took them: the record that all camera data sets become, and how one is read.

In go a folder and the name of its layout, out come :class:`CameraPicture` entries. Pictures are not opened, but for the EXIF
of a plain folder tree.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from jnd._lookup import lookup
from jnd.datasets import camera_folder, dresden, forchheim, miche, sp_cup, vision
from jnd.datasets.camera_picture import CameraPicture
from jnd.errors import UnusableDatasetError

__all__ = ["CAMERA_LAYOUTS", "CameraLayout", "CameraPicture", "load_camera_pictures"]


@dataclass(frozen=True, slots=True)
class CameraLayout:
    """A data set of cameras."""

    title: str
    holds: str
    obtain: str
    load: Callable[[Path], tuple[CameraPicture, ...]]


CAMERA_LAYOUTS: Final[Mapping[str, CameraLayout]] = {
    "dresden": CameraLayout(
        "Dresden Image Database", "about 14,000 pictures of 73 cameras, 25 models", "its authors; names say all",
        dresden.load_dresden,
    ),
    "vision": CameraLayout(
        "VISION", "34,427 pictures of 35 telephones, native and from social networks", "lesc.dinfo.unifi.it/VISION",
        vision.load_vision,
    ),
    "miche": CameraLayout(
        "MICHE-I", "3,732 pictures of irises by three telephones and tablets", "its authors", miche.load_miche
    ),
    "forchheim": CameraLayout(
        "Forchheim Image Database", "143 scenes by 27 telephones, original and from social networks",
        "faui1-files.cs.fau.de/public/mmsec/datasets/fodb", forchheim.load_forchheim,
    ),
    "sp-cup": CameraLayout(
        "IEEE SP Cup 2018", "275 pictures of each of ten cameras", "kaggle.com/c/sp-society-camera-model-identification",
        sp_cup.load_sp_cup,
    ),
    "folder": CameraLayout(
        "a folder of folders", "cameras by EXIF, else by the names of the folders", "your own pictures",
        camera_folder.load_camera_folder,
    ),
}  # fmt: skip


def load_camera_pictures(folder: Path, layout: str = "folder") -> tuple[CameraPicture, ...]:
    """The pictures of a data set, by path.

    Raises
    ------
    UnknownNameError
        No such layout.
    UnusableDatasetError
        No folder, or nothing in it that has the layout.
    """
    entry = lookup(CAMERA_LAYOUTS, layout, kind="layout of camera pictures")
    if not folder.is_dir():
        raise UnusableDatasetError(f"{folder} is no folder; name the one that holds {entry.title}")
    found = entry.load(folder)
    if not found:
        raise UnusableDatasetError(
            f"{folder} holds no pictures in the layout of {entry.title}; layouts: {', '.join(CAMERA_LAYOUTS)}"
        )
    return found


def renamed(picture: CameraPicture, merged: Mapping[str, str]) -> CameraPicture:
    """The picture with its model counted as another, for models that are one by their sensor [Bondi2017].

    Parameters
    ----------
    merged : model → model that it counts as. The device keeps its name.
    """
    return replace(picture, model=merged.get(picture.model, picture.model))


def counts(pictures: Iterable[CameraPicture]) -> dict[str, int]:
    """Device → how many pictures, by name."""
    found: dict[str, int] = {}
    for picture in pictures:
        found[picture.device] = found.get(picture.device, 0) + 1
    return dict(sorted(found.items()))
