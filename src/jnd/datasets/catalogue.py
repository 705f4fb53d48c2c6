"""The data sets that can be read with their pictures: where they are looked for, and how they are read."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jnd._lookup import lookup
from jnd.datasets import aic3, bapps, cid22, jnd_pano, konjnd1k, mcl_jci, shen2021, videoset
from jnd.datasets.collection import Collection, OnProblem, checked
from jnd.errors import UnusableDatasetError

ROOT_VARIABLE: Final = "JND_DATASETS"
"""Environment variable: the folder that holds the data sets' folders."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set: what it is, where its folder is looked for, and its reader."""

    title: str
    answers: str
    """What people were asked for."""
    complete: str
    """What the published data set holds."""
    obtain: str
    """Where it comes from, and what we know of its licence."""
    folders: tuple[str, ...]
    """Names of its folder below the root; the root itself may be it, too."""
    signs: tuple[str, ...]
    """Patterns of files, one of which tells that a folder is it."""
    load: Callable[[Path], Collection]


DATASETS: Final[Mapping[str, DataSet]] = {
    "mcl-jci": DataSet(
        "MCL-JCI", "JPEG quality at the first to third JND, side by side, 30 subjects a picture",
        "50 sources of 1920x1080, 100 JPEGs each, 1500 answers per JND", "mcl.usc.edu/mcl-jci-dataset; no licence stated",
        mcl_jci.FOLDERS, mcl_jci.SIGNS, mcl_jci.load_mcl_jci,
    ),
    "konjnd-1k": DataSet(
        "KonJND-1k", "JPEG quality or BPG QP at the first JND, flicker slider, about 42 people a picture",
        "1008 sources of 640x480, 504 with 100 JPEGs and 504 with 51 BPGs", "database.mmsp-kn.de/konjnd-1k-database.html",
        konjnd1k.FOLDERS, konjnd1k.SIGNS, konjnd1k.load_konjnd1k,
    ),
    "videoset": DataSet(
        "VideoSet", "H.264 QP at the first to third JND, 30 or more subjects a clip",
        "220 clips in four sizes, QP 1 to 51", "IEEE DataPort; frames have to be taken out of the clips",
        videoset.FOLDERS, videoset.SIGNS, videoset.load_videoset,
    ),
    "shen2021": DataSet(
        "Shen's VVC patches", "VVC QP at the JND of patches of 64x64", "202 references, 39 versions each",
        "its authors; no public page names its files, so the layout is ours", shen2021.FOLDERS, shen2021.SIGNS, shen2021.load_shen2021,
    ),
    "jnd-pano": DataSet(
        "JND-Pano", "JPEG quality at the JNDs of panoramas on a headset", "40 panoramas of 5000x2500",
        "its authors; no public page names its files, so the layout is ours", jnd_pano.FOLDERS, jnd_pano.SIGNS, jnd_pano.load_jnd_pano,
    ),
    "bapps": DataSet(
        "BAPPS, just noticeable differences", "same or not, two patches of 64x64, 3 judgements a pair",
        "about 9600 pairs", "github.com/richzhang/PerceptualSimilarity", bapps.FOLDERS, bapps.SIGNS, bapps.load_bapps,
    ),
    "cid22": DataSet(
        "CID22", "opinion scores (MCOS), no thresholds", "49 references of 512x512 in the validation set, 4292 scores",
        "cloudinary.com/labs/cid22; CC BY-SA 4.0", cid22.FOLDERS, cid22.SIGNS, cid22.load_cid22,
    ),
    "aic3": DataSet(
        "JPEG AIC-3 and AIC-4", "JND from the reference on a scale, boosted and plain triplets",
        "AIC-4 example: 5 sources, 6 codecs, 10 levels", "jpeg.org/aic; aicdb.jpeg.org",
        aic3.FOLDERS, aic3.SIGNS, aic3.load_aic3,
    ),
}  # fmt: skip
"""Every data set that can be read with its pictures, by the name that commands take."""


def datasets_root(root: Path | None = None) -> Path | None:
    """``root``, or else what the environment variable JND_DATASETS names, or None.

    Raises
    ------
    UnusableDatasetError
        It is not a folder.
    """
    if root is None:
        named = os.environ.get(ROOT_VARIABLE)
        if not named:
            return None
        root = Path(named)
        where = f" (from the environment variable {ROOT_VARIABLE})"
    else:
        where = ""
    if not root.is_dir():
        raise UnusableDatasetError(f"{root}{where} is not a folder; name the one that holds the data sets")
    return root


def find_dataset(name: str, root: Path | None = None) -> Path | None:
    """The folder of a data set: one of its names below the root, or the root itself; None where it is not there.

    Raises
    ------
    UnknownNameError
        No such data set.
    UnusableDatasetError
        See :func:`datasets_root`.
    """
    entry = lookup(DATASETS, name, kind="data set")
    folder = datasets_root(root)
    if folder is None:
        return None
    below = [folder / name for name in entry.folders if (folder / name).is_dir()]
    if below:
        return below[0]
    return folder if any(next(folder.rglob(sign), None) for sign in entry.signs) else None


def load_dataset(
    name: str, root: Path | None = None, *, decode: bool = False, on_problem: OnProblem = "fail"
) -> Collection:
    """The records of a data set.

    Parameters
    ----------
    name : of :data:`DATASETS`.
    root : its folder or the folder that holds it; None takes the environment variable JND_DATASETS.
    decode : open every picture.
    on_problem : "fail" with all that is wrong, or "skip" what has a problem and list it in ``problems``.

    Raises
    ------
    UnknownNameError
        No such data set.
    UnusableDatasetError
        It is not there, not in its layout, or has problems.
    UnusableAnswersError
        Labels of which nothing can be read.
    """
    folder = find_dataset(name, root)
    if folder is None:
        entry = DATASETS[name]
        where = datasets_root(root)
        place = f"in {where}" if where else f"anywhere: say --root, or set {ROOT_VARIABLE}"
        raise UnusableDatasetError(
            f"{entry.title} is not {place}. Its folder is called {', '.join(entry.folders)}; it comes from {entry.obtain}"
        )
    return checked(DATASETS[name].load(folder), decode=decode, on_problem=on_problem)
