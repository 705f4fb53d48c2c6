"""Scores and sizes of pictures at many levels of a codec, kept in a CSV file so that no trial is made twice.

Used by ``reproduce/fit_search_prior.py`` (CID22, some levels) and ``benchmarks/encode_search.py`` (Kodak, every
level). A trial is what the search itself does: encode, decode the bytes, look.
"""

import csv
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from jnd.codecs import CODECS
from jnd.picture import Picture, read_picture
from jnd.search.judge import Judge
from jnd.viewing import viewing_conditions

COLUMNS = ("picture", "codec", "chroma_subsampling", "level", "bytes", "jod", "worst_window_jod")
SHARED_HINT = "set JND_SHARED to the folder that holds data/images (see CONTRIBUTING)"


def shared_images(name: str) -> Path:
    """The folder of a picture set outside the repository; ends the script with a hint where there is none."""
    folder = os.environ.get("JND_SHARED")
    candidates = [Path(folder)] if folder else []
    candidates.append(Path(__file__).resolve().parents[2] / "shared")
    for candidate in candidates:
        if (candidate / "data" / "images" / name).is_dir():
            return candidate / "data" / "images" / name
    sys.exit(f"the pictures of {name} are not here: {SHARED_HINT}")


@dataclass(frozen=True, slots=True)
class Scan:
    """Scores and sizes of one picture with one codec: level → (bytes, JOD)."""

    picture: str
    codec: str
    chroma_subsampling: str | None
    trials: dict[int, tuple[int, float]]


def scan(
    pictures: Sequence[Path],
    codec: str,
    chroma_subsampling: str | None,
    levels: Iterable[int],
    cache_file: Path,
    *,
    workers: int = 1,
) -> list[Scan]:
    """The scans of ``pictures`` at ``levels``; what ``cache_file`` lacks is measured and added to it."""
    wanted = sorted(set(levels))
    known = _load(cache_file)
    chroma = chroma_subsampling or ""
    missing = []
    for path in pictures:
        have = known.get((path.name, codec, chroma), {})
        if lacking := [level for level in wanted if level not in have]:
            missing.append((path, lacking))
    measure = partial(_measure, codec=codec, chroma_subsampling=chroma_subsampling)
    with ProcessPoolExecutor(workers) as pool:
        for i, rows in enumerate(pool.map(measure, missing)):
            _append(cache_file, rows)
            print(f"\r{codec} {chroma}: {i + 1} of {len(missing)} pictures", end="", file=sys.stderr)
    if missing:
        print(file=sys.stderr)
        known = _load(cache_file)
    return [
        Scan(path.name, codec, chroma_subsampling, dict(sorted(known[path.name, codec, chroma].items())))
        for path in pictures
    ]


Row = tuple[str, str, str, int, int, float, float]


def _measure(job: tuple[Path, list[int]], *, codec: str, chroma_subsampling: str | None) -> list[Row]:
    path, levels = job
    picture, judge = _reference(path)
    rows: list[Row] = []
    for level in levels:
        data = CODECS[codec].encode(picture, level, chroma_subsampling=chroma_subsampling)
        sight = judge.look(CODECS[codec].decode(data))
        rows.append(
            (path.name, codec, chroma_subsampling or "", level, len(data), sight.jod, sight.worst_window_jod)
        )
    return rows


@cache
def _reference(path: Path) -> tuple[Picture, Judge]:
    picture = read_picture(path)
    return picture, Judge(picture, viewing_conditions(), "aic3")


Known = dict[tuple[str, str, str], dict[int, tuple[int, float]]]


def _load(cache_file: Path) -> Known:
    known: Known = {}
    if cache_file.exists():
        with cache_file.open(newline="") as file:
            for row in csv.DictReader(file):
                key = row["picture"], row["codec"], row["chroma_subsampling"]
                known.setdefault(key, {})[int(row["level"])] = int(row["bytes"]), float(row["jod"])
    return known


def _append(cache_file: Path, rows: list[Row]) -> None:
    new = not cache_file.exists()
    cache_file.parent.mkdir(parents=True, exist_ok=True)
    with cache_file.open("a", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(COLUMNS)
        writer.writerows((*row[:5], f"{row[5]:.6f}", f"{row[6]:.6f}") for row in rows)
