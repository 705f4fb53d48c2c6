"""Distances between two SUR curves of the same picture, as the literature reports them [Fan2019, Lin2020].

Bhattacharyya distance of the two JND distributions, difference of the p % JND in codec settings (|ΔQF|,
|ΔQP|), and difference of the PSNR at those settings (|ΔPSNR|).
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def jnd_probabilities(satisfied: npt.ArrayLike) -> Array:
    """(L + 1,) probability that the JND lies at or before each of L levels, or behind the last.

    Parameters
    ----------
    satisfied : (L,) SUR at ascending levels, non-increasing.
    """
    sur = np.asarray(satisfied, dtype=np.float64)
    if sur.ndim != 1 or np.any((sur < -1e-9) | (sur > 1 + 1e-9)) or np.any(np.diff(sur) > 1e-9):
        raise ValueError("a SUR curve is a list of shares in [0, 1] that never rises with the level")
    return np.maximum(-np.diff(np.concatenate([[1.0], sur, [0.0]])), 0.0)


def bhattacharyya_distance(satisfied_a: npt.ArrayLike, satisfied_b: npt.ArrayLike) -> float:
    """−ln Σ √(p q) of the JND probabilities of two SUR curves at the same levels; 0 for equal curves.

    >>> bhattacharyya_distance([1.0, 0.5, 0.0], [1.0, 0.5, 0.0])
    0.0
    """
    p, q = jnd_probabilities(satisfied_a), jnd_probabilities(satisfied_b)
    if p.shape != q.shape:
        raise ValueError(f"both SUR curves need the same levels, got {p.size - 1} and {q.size - 1}")
    overlap = float(np.sum(np.sqrt(p * q)))
    return float("inf") if overlap == 0 else max(0.0, -float(np.log(min(overlap, 1.0))))


def level_where(levels: npt.ArrayLike, satisfied: npt.ArrayLike, share: float = 0.75) -> float:
    """The level where a sampled SUR curve falls to ``share``, interpolated linearly.

    Raises
    ------
    ValueError
        The curve never falls that low, or starts below.
    """
    x, sur = np.asarray(levels, dtype=np.float64), np.asarray(satisfied, dtype=np.float64)
    if x.shape != sur.shape or np.any(np.diff(x) <= 0):
        raise ValueError("levels must ascend and have one share each")
    below = np.flatnonzero(sur < share)
    if not below.size or below[0] == 0:
        raise ValueError(
            f"the SUR curve runs from {sur[0]:.3f} to {sur[-1]:.3f} and does not cross {share:g} between its levels"
        )
    i = int(below[0])
    return float(x[i - 1] + (sur[i - 1] - share) / (sur[i - 1] - sur[i]) * (x[i] - x[i - 1]))


def level_difference(
    levels: npt.ArrayLike, satisfied_a: npt.ArrayLike, satisfied_b: npt.ArrayLike, share: float = 0.75
) -> float:
    """|Δ level| of the p % JND of two SUR curves: |ΔQF| where a level is one step of the quality factor."""
    return abs(level_where(levels, satisfied_a, share) - level_where(levels, satisfied_b, share))


def psnr_difference(
    levels: npt.ArrayLike,
    satisfied_a: npt.ArrayLike,
    satisfied_b: npt.ArrayLike,
    psnr_db: npt.ArrayLike,
    share: float = 0.75,
) -> float:
    """|ΔPSNR| in dB: PSNR of the picture at the p % JND of each curve, interpolated between levels.

    Parameters
    ----------
    psnr_db : (L,) PSNR of the picture at each level.
    """
    x, psnr = np.asarray(levels, dtype=np.float64), np.asarray(psnr_db, dtype=np.float64)
    if x.shape != psnr.shape:
        raise ValueError(f"psnr_db needs one value per level, got {psnr.size} for {x.size}")
    a, b = (np.interp(level_where(x, s, share), x, psnr) for s in (satisfied_a, satisfied_b))
    return float(abs(a - b))
