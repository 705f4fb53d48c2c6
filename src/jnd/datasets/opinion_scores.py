"""Data sets of opinion scores with a reference: TID2013, KADID-10k, CSIQ, LIVE, PIPAL, after their layouts.

In: the folder of a data set. Out: what to compare, and what people said of it. No picture is opened.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from jnd.errors import UnusableAnswersError


@dataclass(frozen=True, slots=True)
class RatedPicture:
    """One changed picture and people's score of it."""

    reference: Path
    changed: Path
    score: float
    """Larger is better; difference scores (DMOS) have their sign turned."""
    source: str
    kind: str
    spread: float | None = None
    """Standard deviation as published."""


def load_opinion_scores(name: str, root: Path) -> tuple[RatedPicture, ...]:
    """The rated pictures of a data set that lies in ``root``.

    Raises
    ------
    UnusableAnswersError
        No table in the documented layout, or pictures that it names are missing; they are named.
    """
    pictures = OPINION_SCORES[name](root)
    if not pictures:
        raise UnusableAnswersError(f"{root}: the table of {name} has no rows")
    missing = sorted({str(path) for p in pictures for path in (p.reference, p.changed) if not path.is_file()})
    if missing:
        more = ", …" if len(missing) > 3 else ""
        raise UnusableAnswersError(
            f"{root}: {len(missing)} pictures of {name} are missing: {', '.join(missing[:3])}{more}"
        )
    return tuple(pictures)


def the_file(root: Path, *names: str) -> Path:
    """The first of several names below ``root``, at any depth, upper or lower case.

    Raises
    ------
    UnusableAnswersError
        None is there.
    """
    found = {path.name.lower(): path for path in sorted(root.rglob("*"), reverse=True) if path.is_file()}
    for name in names:
        if name.lower() in found:
            return found[name.lower()]
    raise UnusableAnswersError(f"{root}: no file {' or '.join(names)}, here or further down")


def rows_of(path: Path, *columns: str) -> list[dict[str, str]]:
    """Rows of a CSV file that has these columns.

    Raises
    ------
    UnusableAnswersError
        A column is missing.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise UnusableAnswersError(
            f"{path}: no column {', '.join(missing)}; it has {', '.join(reader.fieldnames or ()) or 'none'}"
        )
    return rows


def number(text: str | None, where: Path) -> float:
    """A finite number of a table, or an error that names the table."""
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise UnusableAnswersError(f'{where}: "{text}" is not a number')
    return value


def _beside(folder: Path, name: str) -> Path:
    """``folder/name`` in whichever case it has: TID2013 has i01.bmp, I02.BMP and I03.bmp."""
    if (folder / name).is_file() or not folder.is_dir():
        return folder / name
    return next((path for path in folder.iterdir() if path.name.lower() == name.lower()), folder / name)


def _tid2013(root: Path) -> list[RatedPicture]:
    """``mos_with_names.txt`` ("5.51 I01_01_1.bmp"), ``mos_std.txt``, reference_images, distorted_images."""
    table = the_file(root, "mos_with_names.txt")
    home = table.parent
    rows = [line.split() for line in table.read_text("utf-8").splitlines() if line.strip()]
    spread = home / "mos_std.txt"
    spreads = (
        [float(v) for v in spread.read_text("utf-8").split()] if spread.is_file() else [None] * len(rows)
    )
    if any(len(row) != 2 for row in rows) or len(spreads) != len(rows):
        raise UnusableAnswersError(f"{table}: rows must be a score and a name, as many as mos_std.txt has")
    references = {path.stem.lower(): path for path in sorted((home / "reference_images").glob("*"))}
    pictures = []
    for (score, name), deviation in zip(rows, spreads, strict=True):
        source, kind = name.lower().split("_")[:2]
        reference = references.get(source, home / "reference_images" / f"{source}.bmp")
        changed = _beside(home / "distorted_images", name)
        pictures.append(RatedPicture(reference, changed, number(score, table), source, kind, deviation))
    return pictures


def _kadid10k(root: Path) -> list[RatedPicture]:
    """``dmos.csv`` (dist_img, ref_img, dmos, var) beside ``images``; its "dmos" is larger for better pictures."""
    table = the_file(root, "dmos.csv")
    images = table.parent / "images"
    return [
        RatedPicture(
            images / row["ref_img"],
            images / row["dist_img"],
            number(row["dmos"], table),
            row["ref_img"],
            row["dist_img"].split("_")[1],
            float(np.sqrt(number(row["var"], table))),
        )
        for row in rows_of(table, "dist_img", "ref_img", "dmos", "var")
    ]


_CSIQ_KINDS: Final = {
    "noise": ("awgn", "AWGN"),
    "awgn": ("awgn", "AWGN"),
    "jpeg": ("jpeg", "JPEG"),
    "jpeg 2000": ("jpeg2000", "jpeg2000"),
    "fnoise": ("fnoise", "fnoise"),
    "blur": ("blur", "BLUR"),
    "contrast": ("contrast", "contrast"),
}


def _csiq(root: Path) -> list[RatedPicture]:
    """``csiq.DMOS.csv``: the sheet "all_by_image" of csiq.DMOS.xlsx with its header, beside src_imgs and dst_imgs."""
    table = the_file(root, "csiq.DMOS.csv")
    pictures = []
    for row in rows_of(table, "image", "dst_type", "dst_lev", "dmos_std", "dmos"):
        kind = row["dst_type"].strip().lower()
        if kind not in _CSIQ_KINDS:
            raise UnusableAnswersError(f'{table}: no distortion "{kind}"; known: {", ".join(_CSIQ_KINDS)}')
        folder, word = _CSIQ_KINDS[kind]
        changed = table.parent / "dst_imgs" / folder
        name = f"{row['image']}.{word}.{row['dst_lev']}.png"
        reference = table.parent / "src_imgs" / f"{row['image']}.png"
        score, spread = -number(row["dmos"], table), number(row["dmos_std"], table)
        pictures.append(RatedPicture(reference, _beside(changed, name), score, row["image"], folder, spread))
    return pictures


_LIVE_FOLDERS: Final = (("jp2k", 227), ("jpeg", 233), ("wn", 174), ("gblur", 174), ("fastfading", 174))


def _live(root: Path) -> list[RatedPicture]:
    """Release 2: ``dmos_realigned.mat`` (dmos_new, orgs, dmos_std), ``refnames_all.mat``, a folder of imgN.bmp each."""
    from scipy.io import loadmat

    table = the_file(root, "dmos_realigned.mat")
    home = table.parent
    try:
        scores = loadmat(table)
        names = [
            str(np.ravel(cell)[0])
            for cell in loadmat(the_file(root, "refnames_all.mat"))["refnames_all"].ravel()
        ]
        dmos, originals, spreads = (np.ravel(scores[key]) for key in ("dmos_new", "orgs", "dmos_std"))
    except (KeyError, ValueError, NotImplementedError) as error:
        raise UnusableAnswersError(f"{table}: not the tables of LIVE, release 2 ({error})") from None
    places = [(folder, i + 1) for folder, count in _LIVE_FOLDERS for i in range(count)]
    if not len(places) == len(names) == len(dmos) == len(originals) == len(spreads):
        raise UnusableAnswersError(f"{table}: LIVE has {len(places)} pictures, the tables have {len(dmos)}")
    return [
        RatedPicture(
            home / "refimgs" / name, home / folder / f"img{i}.bmp", -float(score), name, folder, float(spread)
        )
        for (folder, i), name, score, original, spread in zip(
            places, names, dmos, originals, spreads, strict=True
        )
        if not original
    ]


def _pipal(root: Path) -> list[RatedPicture]:
    """``Train_Label/A0001.txt`` ("A0001_00_00.bmp,1527.9"), ``Train_Ref``, and ``Distortion_1`` … or ``Train_Dist``."""
    labels = sorted(root.rglob("Train_Label/*.txt"))
    if not labels:
        raise UnusableAnswersError(f"{root}: no files Train_Label/*.txt, here or further down")
    home = labels[0].parents[1]
    files = {path.name: path for path in sorted(home.rglob("*.bmp"))}
    pictures = []
    for label in labels:
        for line in label.read_text("utf-8").split():
            name, _, score = line.partition(",")
            if not re.fullmatch(r"\w+_\d+_\d+\.bmp", name):
                raise UnusableAnswersError(
                    f'{label}: "{line}" is not a name like A0001_00_00.bmp and a score'
                )
            reference = home / "Train_Ref" / f"{label.stem}.bmp"
            changed = files.get(name, home / "Train_Dist" / name)
            pictures.append(
                RatedPicture(reference, changed, number(score, label), label.stem, name.split("_")[1])
            )
    return pictures


OPINION_SCORES: Final[Mapping[str, Callable[[Path], list[RatedPicture]]]] = {
    "tid2013": _tid2013,
    "kadid-10k": _kadid10k,
    "csiq": _csiq,
    "live": _live,
    "pipal": _pipal,
}
