"""How close `jnd encode` comes to a full scan of every setting, and in how many trial encodes.

    JND_SHARED=... python benchmarks/encode_search.py --scans FILE [--sets kodak clic] [--workers N]

Every setting of every format that can matter is encoded, decoded and looked at once, on the 24 Kodak pictures and on
CLIC's 8 photographs of about 2048 pixels: all levels from 9.70 to 9.95 JOD and five beyond on either side. FILE keeps
the trials. The optimum is the smallest file that meets the target. Then the search runs through `jnd.encode` itself,
codecs and all, with the prior that ships with jnd (fitted on other pictures), and each result is checked against
the optimum. Bisection over the same scans is given for comparison. Writes benchmarks/results/encode_search.txt, or
encode_search_clic.txt; of other formats than JPEG, WebP and AVIF, "more_" before the name.
"""

import argparse
import math
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reproduce"))
from level_scans import Scan, scan, shared_images

import jnd
from jnd.codecs import CODECS
from jnd.picture import read_picture
from jnd.records import Attempt, Found
from jnd.search import SatisfiedUsers
from jnd.search.codec_search import FULL_CHROMA
from jnd.search.one_picture import AUTO_CODECS
from jnd.viewing import viewing_conditions

RESULTS = Path(__file__).resolve().parent / "results"
SETS = {"kodak": ("kodak", "encode_search.txt"), "clic": ("clic2025/validation", "encode_search_clic.txt")}
"""Name → folder of the pictures, file of the result."""
SHARES = {"kodak": (0.75, 0.9, 0.95), "clic": (0.75,)}

GOALS = (
    "goals: target met 100 %; by default mean encodes <= 2.2 at a mean excess <= 2.5 %, with --exact mean encodes <= 4.0 "
    "at a mean excess <= 1 % and a largest <= 5 %"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One picture's search beside its full scan."""

    picture: str
    megapixels: float
    encodes: int
    satisfied: float | None
    size: int | None
    optimum: int | None
    bisection: int
    chroma_subsampling: str | None
    worst_window_jod: float | None
    encode_seconds: float
    look_seconds: float

    @property
    def excess(self) -> float | None:
        return None if self.size is None or self.optimum is None else self.size / self.optimum - 1


WITHIN_JOD = (9.70, 9.95)
"""Where every level is scanned: 0.75 to 0.95 satisfied lie from 9.79 to 9.88 JOD. See ``level_scans.scan``."""


def optimum(entry: Scan, threshold: float) -> int | None:
    """Bytes of the smallest file that meets the threshold."""
    return min((size for size, jod in entry.trials.values() if jod >= threshold), default=None)


def bisection_encodes(entry: Scan, threshold: float) -> int:
    """Trials of plain bisection over the whole axis until neighbours are known."""
    levels = CODECS[entry.codec].levels
    low, high = levels.start - 1, levels.stop
    encodes = 0
    while high - low > 1:
        middle = (low + high) // 2
        encodes += 1
        # A level that was not scanned lies far on one side.
        nearest = min(entry.trials, key=lambda level: abs(level - middle))
        if entry.trials[nearest][1] >= threshold:
            low = middle
        else:
            high = middle
    return encodes


def compare(path: Path, scans: list[Scan], share: float, exact: bool) -> Outcome:
    """Search one picture and look up its optimum: with the usual chroma, else with full chroma."""
    criterion = SatisfiedUsers(share, "aic3", viewing_conditions())
    codec = scans[0].codec
    picture = read_picture(path)
    events = list(jnd.encode(picture, format=codec, satisfied=share, exact=exact))
    attempts = [event for event in events if isinstance(event, Attempt)]
    sizes = [optimum(entry, criterion.threshold_jod) for entry in scans]
    answer = events[-1]
    chosen = answer.result.attempt if isinstance(answer, Found) else None
    bisection = 0
    for entry, size in zip(scans, sizes, strict=True):
        bisection += bisection_encodes(entry, criterion.threshold_jod)
        if size is not None:
            break
    return Outcome(
        path.stem,
        picture.pixels.shape[0] * picture.pixels.shape[1] / 1e6,
        len(attempts),
        None if chosen is None else chosen.satisfied,
        None if chosen is None else chosen.size_bytes,
        next((size for size in sizes if size is not None), None),
        bisection,
        None if chosen is None else chosen.chroma_subsampling,
        None if chosen is None else chosen.worst_window_jod,
        sum(attempt.encode_seconds for attempt in attempts),
        sum(attempt.look_seconds for attempt in attempts),
    )


def summary(codec: str, outcomes: list[Outcome], share: float, *, exact: bool) -> list[str]:
    found = [outcome for outcome in outcomes if outcome.size is not None]
    excess = [outcome.excess for outcome in found if outcome.excess is not None]
    encodes = [outcome.encodes for outcome in outcomes]
    met = sum(outcome.satisfied is not None and outcome.satisfied >= share for outcome in found)
    missed = [o.picture for o in outcomes if o.size is None and o.optimum is not None]
    unreachable = [o.picture for o in outcomes if o.size is None and o.optimum is None]
    full = [o.picture for o in found if o.chroma_subsampling == FULL_CHROMA]
    look = sum(o.look_seconds for o in outcomes)
    total = look + sum(o.encode_seconds for o in outcomes)
    lines = [
        (
            f"{codec}: target met by {met} of {len(found)} results; "
            f"excess bytes mean {100 * np.mean(excess):.2f} %, max {100 * max(excess):.2f} %; "
            f"encodes mean {np.mean(encodes):.2f}, max {max(encodes)} "
            f"(bisection {np.mean([o.bisection for o in outcomes]):.2f})"
        ),
        (
            f"  optimum found in {sum(e <= 0 for e in excess)} of {len(excess)}; "
            f"{1000 * total / sum(o.megapixels for o in outcomes):.0f} ms per megapixel, {100 * look / total:.0f} % of it decoding and looking"
        ),
    ]
    lines += [f"  full chroma needed: {', '.join(full)}"] if full else []
    lines += [f"  not reachable (by the scan too): {', '.join(unreachable)}"] if unreachable else []
    lines += [f"  MISSED although reachable: {', '.join(missed)}"] if missed else []
    most_encodes, most_excess, largest = (4.0, 0.01, 0.05) if exact else (2.2, 0.025, math.inf)
    most_encodes, most_excess, largest = (4.0, 0.01, 0.05) if exact else (2.2, 0.025, math.inf)
    passed = (
        met == len(found)
        and not missed
        and np.mean(excess) <= most_excess
        and max(excess) <= largest
        and np.mean(encodes) <= most_encodes
    )
    return [*lines, f"  goals {'met' if passed else 'NOT MET'}"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scans", type=Path, required=True, help="CSV file that keeps the trials")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--formats", nargs="+", choices=CODECS, default=list(AUTO_CODECS))
    parser.add_argument("--detail", action="store_true", help="print every picture")
    arguments = parser.parse_args()
    for name in arguments.sets:
        measure(name, arguments.formats, arguments.scans, arguments.workers, detail=arguments.detail)


def measure(name: str, codecs: list[str], scans: Path, workers: int, *, detail: bool) -> None:
    """One set of pictures."""
    folder, file = SETS[name]
    pictures = sorted(shared_images(folder).glob("*.webp"), key=lambda path: path.stem.zfill(9))
    lines = [
        f"jnd encode against a full scan of every setting, {len(pictures)} pictures of {name}, {time.strftime('%Y-%m-%d')}",
        "full scan: every level from 9.70 to 9.95 JOD and five beyond on either side, which holds every optimum",
        f"Python {platform.python_version()}, "
        + ", ".join(f"{codec}: {CODECS[codec].encoder}" for codec in codecs),
        GOALS,
    ]
    for share in SHARES[name]:
        for exact in (False, True) if name == "kodak" else (False,):
            lines += ["", f"at least {share:g} satisfied{', --exact' if exact else ''}"]
            for codec in codecs:
                lines += summary(
                    codec,
                    outcomes_of(pictures, codec, share, exact, scans, workers, detail),
                    share,
                    exact=exact,
                )
                print("\n".join(lines[-4:]), flush=True)
                (RESULTS / (file if codecs == list(AUTO_CODECS) else f"more_{file}")).write_text(
                    "\n".join(lines) + "\n"
                )


def outcomes_of(
    pictures: list[Path], codec: str, share: float, exact: bool, scans: Path, workers: int, detail: bool
) -> list[Outcome]:
    offered = CODECS[codec].limits.chroma_subsampling
    keep = {"cache_file": scans, "workers": workers, "within": WITHIN_JOD}
    threshold = SatisfiedUsers(share, "aic3", viewing_conditions()).threshold_jod
    outcomes = []
    for path, entry in zip(pictures, scan(pictures, codec, offered[0], **keep), strict=True):
        entries = [entry]
        if FULL_CHROMA in offered[1:] and optimum(entry, threshold) is None:
            entries += scan([path], codec, FULL_CHROMA, **keep)
        outcomes.append(compare(path, entries, share, exact))
        if detail:
            print(outcomes[-1])
    return outcomes


if __name__ == "__main__":
    main()
