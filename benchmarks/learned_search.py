"""Trial encodes against excess bytes of `jnd encode`, with and without the learned prior; and one encode unchecked.

    JND_SHARED=... python benchmarks/learned_search.py --pictures kodak --scans FILE [--workers N]

Each picture's levels around every threshold are encoded and looked at once, and kept in FILE (as for
encode_search.py). The searches then run on what was kept, which is what they would have measured. Excess is against
the smallest file that meets the target, over all settings. The curve comes from the tolerance of expected saving at
which a search stops. Appends to benchmarks/results/learned_search.txt.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reproduce"))
from level_scans import Scan, scan, shared_images

from jnd.codecs import CODECS
from jnd.picture import CodeValues, read_picture, seen
from jnd.search import SatisfiedUsers
from jnd.search.learned_prior import DOUBT, LearnedPrior, learned_prior
from jnd.search.level_search import TOLERATED_EXCESS, LevelSearch, Trial
from jnd.search.one_picture import AUTO_CODECS
from jnd.search.prior import Prior, default_prior
from jnd.search.unverified import SURE_ENOUGH
from jnd.viewing import viewing_conditions

RESULT_FILE = Path(__file__).resolve().parent / "results" / "learned_search.txt"
SETS = {
    "kodak": ("kodak", "*.webp"),
    "cid22-validation": ("cid22", "CID22-512/validation/*.webp"),
    "cid22-training": ("cid22", "CID22-512/training/*.webp"),
}
WITHIN_JOD = (9.70, 9.95)
TOLERANCES = (0.001, 0.01, 0.02, 0.03, 0.05, 0.06, 0.07, 0.1)
GOAL = "goal: at most 2.2 trial encodes per picture at a mean excess of at most 2.5 %"


@dataclass(frozen=True, slots=True)
class Known:
    """A picture and everything a search on it could measure."""

    pixels: CodeValues
    scans: dict[str, Scan]


def trial(entry: Scan, level: int, threshold: float) -> Trial:
    """What the level gives; far from every threshold, interpolated between the levels that are known."""
    if level in entry.trials:
        size, jod = entry.trials[level]
    else:
        levels = sorted(entry.trials)
        sizes, scores = zip(*(entry.trials[known] for known in levels), strict=True)
        size = round(float(np.exp(np.interp(level, levels, np.log(sizes)))))
        jod = float(np.interp(level, levels, scores))
    return Trial(level, jod, size, jod >= threshold)


def curve(pictures: Sequence[Known], prior: Prior, codec: str, share: float, tolerance: float) -> tuple[float, float, float]:  # fmt: skip
    """Mean trial encodes, mean and largest excess."""
    criterion = SatisfiedUsers(share, "aic3", viewing_conditions())
    threshold = criterion.threshold_jod
    encodes, excess = [], []
    for picture in pictures:
        entry = picture.scans[codec]
        met = [size for size, jod in entry.trials.values() if jod >= threshold]
        if not met:
            continue  # only full chroma reaches the target: another search, without the model's word
        belief = prior.belief(picture.pixels, CODECS[codec], entry.chroma_subsampling, criterion.viewing)
        search = LevelSearch(belief, threshold, tolerated_excess=tolerance)
        while (level := search.next_level) is not None:
            search = search.tell(trial(entry, level, threshold))
        encodes.append(len(search.trials))
        if search.best is not None:
            excess.append(search.best.size_bytes / min(met) - 1)
    return float(np.mean(encodes)), float(np.mean(excess)), float(np.max(excess))


def unverified(pictures: Sequence[Known], prior: Prior, codec: str, share: float) -> tuple[float, float, int]:
    """Share of files that miss the target, mean bytes against the smallest that meets it, pictures."""
    criterion = SatisfiedUsers(share, "aic3", viewing_conditions())
    threshold = criterion.threshold_jod
    missed, bytes_ = [], []
    for picture in pictures:
        entry = picture.scans[codec]
        met = [size for size, jod in entry.trials.values() if jod >= threshold]
        if not met:
            continue
        belief = prior.belief(picture.pixels, CODECS[codec], entry.chroma_subsampling, criterion.viewing)
        likely = np.flatnonzero(belief.probability_met(threshold) >= SURE_ENOUGH)
        found = trial(entry, int(likely[-1]) if len(likely) else 0, threshold)
        missed.append(not found.met)
        bytes_.append(found.size_bytes / min(met))
    return float(np.mean(missed)), float(np.mean(bytes_)) - 1, len(missed)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", choices=SETS, required=True)
    parser.add_argument("--scans", type=Path, required=True, help="CSV file that keeps the trials")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--satisfied", type=float, nargs="+", default=[0.75])
    parser.add_argument("--every", type=int, default=1, help="take each Nth picture only")
    parser.add_argument("--doubt", type=float, nargs="+", default=[DOUBT])
    arguments = parser.parse_args()

    folder, pattern = SETS[arguments.pictures]
    paths = sorted(shared_images(folder).glob(pattern))[:: arguments.every]
    keep = {"cache_file": arguments.scans, "workers": arguments.workers, "within": WITHIN_JOD}
    scans = {
        name: scan(paths, name, CODECS[name].limits.chroma_subsampling[0], **keep) for name in AUTO_CODECS
    }
    pictures = [
        Known(seen(read_picture(path)), {name: entries[i] for name, entries in scans.items()})
        for i, path in enumerate(paths)
    ]
    shipped = learned_prior()
    priors: dict[str, Prior] = {"fitted prior alone": default_prior()}
    for doubt in arguments.doubt:
        priors[f"with the model (doubt {doubt:g})"] = LearnedPrior(shipped.base, shipped.predictor, doubt)
    lines = [f"{len(paths)} pictures of {arguments.pictures}, {time.strftime('%Y-%m-%d')}; {GOAL}"]
    for share in arguments.satisfied:
        for name, prior in priors.items():
            lines.append(f"at least {share:g} satisfied, {name}")
            for tolerance in TOLERANCES:
                rows = [curve(pictures, prior, codec, share, tolerance) for codec in AUTO_CODECS]
                mean = np.mean(rows, axis=0)
                each = "  ".join(
                    f"{codec} {row[0]:.2f} at {100 * row[1]:.2f} %"
                    for codec, row in zip(AUTO_CODECS, rows, strict=True)
                )
                default = "  <- default" if tolerance == TOLERATED_EXCESS else ""
                lines.append(
                    f"  tolerance {tolerance:5.3f}: {mean[0]:.2f} encodes, excess mean {100 * mean[1]:.2f} %, "
                    f"max {100 * max(row[2] for row in rows):.1f} %   ({each}){default}"
                )
            for codec in AUTO_CODECS:
                missed, more, count = unverified(pictures, prior, codec, share)
                lines.append(
                    f"  --no-verify, {codec}: 1 encode, {100 * missed:.0f} % of {count} miss the target, "
                    f"{100 * more:+.0f} % bytes on average"
                )
    lines.append("")
    print("\n".join(lines))
    RESULT_FILE.parent.mkdir(parents=True, exist_ok=True)
    with RESULT_FILE.open("a") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
