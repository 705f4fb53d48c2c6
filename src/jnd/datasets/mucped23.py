"""mucped23 (the jpegli user study of 2023): Elo of JPEG encoder settings over pictures of CID22, from pairwise choices.

Layout: ``elo.csv`` (method, elo, p99Low, p99Hi) with methods like ``libjpeg-turbo-q80-yuv422``; and the pictures of CID22
in a folder whose name begins with CID22. The pictures that people saw are not named in the table: all that are there
stand for them.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from jnd.datasets.opinion_scores import number, rows_of, the_file
from jnd.errors import UnusableAnswersError

_METHOD = re.compile(r"(libjpeg-turbo|jpegli|mozjpeg)-q(\d+)-yuv(4)(\d)(\d)")


@dataclass(frozen=True, slots=True)
class JpegSetting:
    """One setting, its Elo and the 99 % interval."""

    encoder: str
    quality: int
    chroma_subsampling: str
    elo: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """Standard deviation of the Elo: half the interval over 2.576."""
        return (self.high - self.low) / 2 / 2.5758


def load_mucped23(root: Path) -> tuple[tuple[JpegSetting, ...], tuple[Path, ...]]:
    """Settings, and the pictures of CID22.

    Raises
    ------
    UnusableAnswersError
        No table, a method that cannot be read, or no picture.
    """
    table = the_file(root, "elo.csv")
    settings = []
    for row in rows_of(table, "method", "elo", "p99Low", "p99Hi"):
        match = _METHOD.fullmatch(row["method"])
        if match is None:
            raise UnusableAnswersError(f'{table}: "{row["method"]}" is not a method like jpegli-q80-yuv420')
        encoder, quality, *chroma = match.groups()
        elo, low, high = (number(row[column], table) for column in ("elo", "p99Low", "p99Hi"))
        settings.append(JpegSetting(encoder, int(quality), ":".join(chroma), elo, low, high))
    pictures = sorted(
        path
        for path in root.rglob("*")
        if path.suffix.lower() in {".png", ".webp"}
        and any(p.name.upper().startswith("CID22") for p in path.parents)
    )
    if not pictures:
        raise UnusableAnswersError(
            f"{root}: no pictures (PNG, WebP) in a folder CID22…, here or further down"
        )
    return tuple(settings), tuple(pictures)
