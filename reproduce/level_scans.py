"""Scores and sizes of pictures at many levels of a codec, kept in a CSV file so that no trial is made twice.

Used by ``reproduce/fit_search_prior.py`` (CID22, some levels) and ``benchmarks/encode_search.py`` (Kodak, every
level). A trial is what the search itself does: encode, decode the bytes, look.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from shared_material import shared

from jnd.codecs import CODECS
from jnd.picture import Picture, read_picture
from jnd.search.judge import Judge
from jnd.viewing import viewing_conditions

COLUMNS = ("picture", "codec", "chroma_subsampling", "level", "bytes", "jod", "worst_window_jod")


def shared_images(name: str) -> Path:
    """The folder of a picture set outside the repository; ends the script with a hint where there is none."""
    return shared(f"data/images/{name}")


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
    cache_file: Path,
    *,
    levels: Iterable[int] = (),
    within: tuple[float, float] | None = None,
    workers: int = 1,
) -> list[Scan]:
    """The scans of ``pictures``; what ``cache_file`` lacks is measured and added to it.

    ``levels`` are measured in any case. ``within`` (lowest, highest JOD) asks for every level that can matter to
    thresholds between the two: from the threshold's neighbourhood outwards until :data:`BEYOND` levels in a row
    lie outside. Levels further out are better than the highest or worse than the lowest threshold, and need
    more bytes than others or fail.
    """
    known = _load(cache_file)
    chroma = chroma_subsampling or ""
    jobs = [(path, known.get((path.name, codec, chroma), {})) for path in pictures]
    measure = partial(
        _measure,
        codec=codec,
        chroma_subsampling=chroma_subsampling,
        levels=sorted(set(levels)),
        within=within,
    )
    scans = []
    with ProcessPoolExecutor(workers) as pool:
        for (path, trials), rows in zip(jobs, pool.map(measure, jobs), strict=True):
            _append(cache_file, rows)
            trials |= {row[3]: (row[4], row[5]) for row in rows}
            scans.append(Scan(path.name, codec, chroma_subsampling, dict(sorted(trials.items()))))
            if rows:
                print(f"{codec} {chroma} {path.name}: {len(rows)} trials", file=sys.stderr, flush=True)
    return scans


BEYOND = 5
"""Levels in a row outside of ``within`` that end a scan: curves are not monotone."""

Trials = dict[int, tuple[int, float]]
Row = tuple[str, str, str, int, int, float, float]


def _measure(
    job: tuple[Path, Trials],
    *,
    codec: str,
    chroma_subsampling: str | None,
    levels: list[int],
    within: tuple[float, float] | None,
) -> list[Row]:
    path, known = job
    scores = {level: jod for level, (_, jod) in known.items()}
    rows: list[Row] = []

    def score(level: int) -> float:
        if level not in scores:
            picture, judge = _reference(path)
            data = CODECS[codec].encode(picture, level, chroma_subsampling=chroma_subsampling)
            sight = judge.look(CODECS[codec].decode(data))
            scores[level] = sight.jod
            chroma = chroma_subsampling or ""
            rows.append((path.name, codec, chroma, level, len(data), sight.jod, sight.worst_window_jod))
        return scores[level]

    for level in levels:
        score(level)
    if within is not None:
        _walk(score, CODECS[codec].levels, scores, *within)
    return rows


def _walk(
    score: Callable[[int], float], levels: range, scores: dict[int, float], lowest: float, highest: float
) -> None:
    middle = (lowest + highest) / 2
    start = min(scores, key=lambda level: abs(scores[level] - middle), default=levels[len(levels) // 4])
    for direction, outside in (
        (range(start, levels.stop), lambda jod: jod < lowest),
        (range(start, levels.start - 1, -1), lambda jod: jod > highest),
    ):
        beyond = 0
        for level in direction:
            beyond = beyond + 1 if outside(score(level)) else 0
            if beyond == BEYOND:
                break


@lru_cache(maxsize=1)
def _reference(path: Path) -> tuple[Picture, Judge]:
    picture = read_picture(path)
    return picture, Judge(picture, viewing_conditions(), "aic3")


Known = dict[tuple[str, str, str], Trials]


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
