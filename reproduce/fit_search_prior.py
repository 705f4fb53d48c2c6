"""Fits what `jnd encode` believes of a picture before its first trial (src/jnd/search/prior.json).

    python reproduce/fit_search_prior.py --scans FILE [--workers N]

Data: the 150 training pictures of CID22 [Cid22], each encoded at 17 levels by every codec (every second one in
full chroma too); 25 of them at every level where thresholds lie, to see how far a curve jumps between neighbours.
Nothing of Kodak or of CID22's validation pictures is used. FILE keeps the trials (about 25 minutes of one core).

Model, for each codec and chroma subsampling: y = (log(10 - JOD), log bits per pixel) at the anchor levels is
normal given the picture's features; its mean is linear in them (ridge regression), its covariance is that of the
residuals, cut to a few components, plus a local part. Prints how well the threshold level is guessed and how a
search with this prior does on the 25 pictures when they are left out of the fit.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from level_scans import Scan, scan, shared_images

from jnd.codecs import CODECS
from jnd.observer import jod_of_satisfied
from jnd.picture import read_picture, seen
from jnd.search.belief import deficit
from jnd.search.codec_search import FULL_CHROMA
from jnd.search.features import FEATURES, picture_features
from jnd.search.level_search import LevelSearch, Trial
from jnd.search.prior import fit_name, fitted_belief

Array = npt.NDArray[np.float64]

PRIOR_FILE = Path(__file__).resolve().parents[1] / "src" / "jnd" / "search" / "prior.json"
RESULT_FILE = Path(__file__).resolve().parent / "results" / "search_prior.txt"

ANCHOR_SHARES = (0, 0.03, 0.06, 0.1, 0.14, 0.18, 0.23, 0.28, 0.34, 0.41, 0.5, 0.56, 0.62, 0.71, 0.8, 0.9, 1)  # fmt: skip
"""Anchors as shares of a codec's axis: denser where quality is high, because thresholds lie there."""

PIXELS = 512 * 512
DENSE_EVERY = 6
FULL_CHROMA_EVERY = 2
COMPONENTS = 8
RIDGE = 5.0
LOCAL_LENGTH_LEVELS = 6.0
JITTER_JOD = (9.7, 9.93)
"""Scores between which jumps from level to level are measured: where thresholds lie."""


FITTED_CODECS = ("jpeg", "jpeg:turbo", "webp", "avif")
"""What everybody has installed. The others begin with the broad prior (tests/search/test_prior.py, WITHOUT_FIT)."""


def anchors(codec: str) -> list[int]:
    levels = CODECS[codec].levels
    return sorted({levels[round(share * (len(levels) - 1))] for share in ANCHOR_SHARES})


def fit(
    scans: Sequence[Scan], features: Array, dense: Sequence[Scan], anchor_levels: list[int]
) -> dict[str, Any]:
    """One entry of ``prior.json`` from pictures with these scans and features (pictures, features)."""
    curves = np.array([_vector(entry, anchor_levels) for entry in scans])
    feature_mean, feature_spread = features.mean(axis=0), features.std(axis=0)
    x = (features - feature_mean) / feature_spread
    mean = curves.mean(axis=0)
    regression = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ (curves - mean)).T
    residual = curves - mean - x @ regression.T
    covariance = residual.T @ residual / (len(scans) - x.shape[1] - 1)
    values, vectors = np.linalg.eigh(covariance)
    loadings = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1][:, :COMPONENTS]
    loadings *= np.sign(loadings.sum(axis=0))  # either sign means the same; one is kept
    left = np.maximum((covariance - loadings @ loadings.T).diagonal(), 0)
    half = len(anchor_levels)
    return {
        "anchors": anchor_levels,
        "feature_mean": _rounded(feature_mean),
        "feature_spread": _rounded(feature_spread),
        "mean": _rounded(mean),
        "regression": _rounded(regression),
        "loadings": _rounded(loadings),
        "deficit_local": {
            "spread": _rounded(np.sqrt(left[:half].mean())),
            "length_levels": LOCAL_LENGTH_LEVELS,
            "jitter": _rounded(_jitter(dense, lambda trial: deficit(trial[1]))),
        },
        "bytes_local": {
            "spread": _rounded(np.sqrt(left[half:].mean())),
            "length_levels": LOCAL_LENGTH_LEVELS,
            "jitter": _rounded(_jitter(dense, lambda trial: float(np.log(trial[0])))),
        },
    }


def _vector(entry: Scan, anchor_levels: list[int]) -> Array:
    trials = [entry.trials[level] for level in anchor_levels]
    bits = [np.log(8 * size / PIXELS) for size, _ in trials]
    return np.array([*(deficit(jod) for _, jod in trials), *bits])


def _jitter(dense: Sequence[Scan], value: Callable[[tuple[int, float]], float]) -> float:
    """Standard deviation of a level's own part, from second differences where thresholds lie.

    The second difference of independent parts has six times their variance. The median makes this robust
    against the few places where the curve itself bends.
    """
    squares = []
    for entry in dense:
        levels = sorted(entry.trials)
        for a, b, c in zip(levels, levels[1:], levels[2:], strict=False):
            if (b - a, c - b) == (1, 1) and JITTER_JOD[0] <= entry.trials[b][1] <= JITTER_JOD[1]:
                second = value(entry.trials[a]) - 2 * value(entry.trials[b]) + value(entry.trials[c])
                squares.append(second**2)
    # 0.4549 is the median of a squared standard normal variable.
    return float(np.sqrt(np.median(squares) / 0.4549 / 6))


def _rounded(values: npt.ArrayLike) -> Any:
    return np.round(np.asarray(values, dtype=float), 4).tolist()


def searched(entry: Scan, entry_fit: dict[str, Any], features: Array, threshold: float) -> LevelSearch:
    """The search on a picture of which every level that matters is known."""
    belief = fitted_belief(entry_fit, CODECS[entry.codec].levels, features, PIXELS)
    search = LevelSearch(belief, threshold)
    while (level := search.next_level) is not None:
        size, jod = _trial(entry, level)
        search = search.tell(Trial(level, jod, size, jod >= threshold))
    return search


def _trial(entry: Scan, level: int) -> tuple[int, float]:
    """Size and score at a level; far from every threshold, interpolated between the anchors."""
    if level in entry.trials:
        return entry.trials[level]
    levels = sorted(entry.trials)
    sizes, scores = zip(*(entry.trials[known] for known in levels), strict=True)
    return round(float(np.interp(level, levels, sizes))), float(np.interp(level, levels, scores))


def report(name: str, dense: Sequence[Scan], features: Array, entry_fit: dict[str, Any], share: float) -> str:
    """A line on how the search does on pictures that were left out of ``entry_fit``."""
    threshold = float(jod_of_satisfied(share))
    encodes, excess, errors, unreachable = [], [], [], 0
    for entry, vector in zip(dense, features, strict=True):
        search = searched(entry, entry_fit, vector, threshold)
        encodes.append(len(search.trials))
        met = {level: size for level, (size, jod) in entry.trials.items() if jod >= threshold}
        if not met or search.best is None:
            unreachable += 1
            continue
        excess.append(search.best.size_bytes / min(met.values()) - 1)
        errors.append(abs(search.trials[0].level - max(met)))
    return (
        f"{name:18s} {share:.2f}  encodes {np.mean(encodes):4.2f} (max {max(encodes)})  "
        f"excess {100 * np.mean(excess):4.2f} % (max {100 * max(excess):4.2f} %)  "
        f"first guess errs by {np.mean(errors):4.1f} levels  not reachable {unreachable} of {len(dense)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scans", type=Path, required=True, help="CSV file that keeps the trials")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()

    pictures = sorted((shared_images("cid22") / "CID22-512" / "training").glob("*.webp"))
    dense_pictures = pictures[::DENSE_EVERY]
    features = np.array([picture_features(seen(read_picture(path))) for path in pictures])
    left_out = np.arange(len(pictures)) % DENSE_EVERY == 0
    fits: dict[str, Any] = {}
    lines = [
        f"Search prior fitted on {len(pictures)} training pictures of CID22.",
        f"Below: search on {len(dense_pictures)} of them with a fit on the other {len(pictures) - len(dense_pictures)}.",
        "codec              target; excess: bytes above the smallest file that meets it, of all settings",
    ]
    for codec in map(CODECS.__getitem__, FITTED_CODECS):
        offered = codec.limits.chroma_subsampling
        keep = {"cache_file": arguments.scans, "workers": arguments.workers}
        levels = anchors(codec.name)
        scans = scan(pictures, codec.name, offered[0], levels=levels, **keep)
        dense = scan(dense_pictures, codec.name, offered[0], levels=levels, within=JITTER_JOD, **keep)
        fits[fit_name(codec.name, offered[0])] = fit(scans, features, dense, levels)
        others = [entry for entry, out in zip(scans, left_out, strict=True) if not out]
        without = fit(others, features[~left_out], dense, levels)
        for share in (0.75, 0.9, 0.95):
            lines.append(report(fit_name(codec.name, offered[0]), dense, features[left_out], without, share))
            print(lines[-1], flush=True)
        if FULL_CHROMA in offered[1:]:
            some = slice(None, None, FULL_CHROMA_EVERY)
            scans = scan(pictures[some], codec.name, FULL_CHROMA, levels=levels, **keep)
            # Full chroma jumps from level to level as the usual subsampling does.
            fits[fit_name(codec.name, FULL_CHROMA)] = fit(scans, features[some], dense, levels)
    content = {
        "provenance": {
            "script": "reproduce/fit_search_prior.py",
            "data": f"CID22-512 training set, {len(pictures)} pictures, CC BY-SA 4.0 [Cid22]; only statistics are kept",
            "viewing": "standard_fhd",
            "encoders": {name: CODECS[name].encoder for name in FITTED_CODECS},
        },
        "features": list(FEATURES),
        "fits": fits,
    }
    PRIOR_FILE.write_text(
        json.dumps(content, indent=None, separators=(",", ":")).replace('"fits":', '\n"fits":') + "\n"
    )
    RESULT_FILE.parent.mkdir(parents=True, exist_ok=True)
    RESULT_FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
