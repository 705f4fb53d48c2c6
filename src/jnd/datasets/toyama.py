"""Toyama-MICT [Horita2011], the JPEG half, rebuilt: opinion scores of 84 JPEGs of 14 Kodak pictures.

Layout: a table ``toyama*.csv`` (kodak, codec, param, mos) where codec JPEG has the quality of libjpeg as param, and the
Kodak pictures (1.webp, kodim01.png, …) below the same folder or beside it. The JPEGs are made again with libjpeg, 4:2:0.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from jnd.datasets.opinion_scores import number, rows_of
from jnd.errors import UnusableAnswersError


@dataclass(frozen=True, slots=True)
class RebuiltJpeg:
    """One JPEG to be made again."""

    picture: Path
    quality: int
    score: float
    """Mean opinion score, 1 to 5."""


def load_toyama(root: Path) -> tuple[RebuiltJpeg, ...]:
    """The JPEGs of the table, each with its Kodak picture.

    Raises
    ------
    UnusableAnswersError
        No table, or Kodak pictures that it names are missing; they are named.
    """
    tables = sorted(path for path in root.rglob("*.csv") if path.name.lower().startswith("toyama"))
    if not tables:
        raise UnusableAnswersError(f"{root}: no table toyama*.csv, here or further down")
    kodak = kodak_pictures(root)
    rows = [
        row for row in rows_of(tables[0], "kodak", "codec", "param", "mos") if row["codec"].upper() == "JPEG"
    ]
    rows = [row for row in rows if row["param"].strip().isdigit()]
    if not rows:
        raise UnusableAnswersError(f"{tables[0]}: no rows whose codec is JPEG and whose param is a quality")
    missing = sorted({int(row["kodak"]) for row in rows} - kodak.keys())
    if missing:
        names = ", ".join(f"kodim{n:02d}" for n in missing)
        raise UnusableAnswersError(f"{root}: Kodak pictures are missing: {names} (also looked for as N.webp)")
    return tuple(
        RebuiltJpeg(kodak[int(row["kodak"])], int(row["param"]), number(row["mos"], tables[0]))
        for row in rows
    )


def kodak_pictures(root: Path) -> dict[int, Path]:
    """The Kodak pictures below ``root`` by their number: kodim07.png anywhere, 7.webp in a folder called kodak."""
    found = {}
    for path in sorted(root.rglob("*")):
        match = re.fullmatch(r"kodim(\d\d)", path.stem.lower())
        if match is None and path.parent.name.lower() == "kodak":
            match = re.fullmatch(r"(\d{1,2})", path.stem)
        if match and path.suffix.lower() in {".png", ".webp", ".bmp", ".ppm", ".tif"}:
            found[int(match[1])] = path
    return found
