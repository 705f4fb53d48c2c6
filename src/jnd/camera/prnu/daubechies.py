"""The orthogonal wavelet transform with Daubechies' filters of eight taps, in two dimensions.

In goes a plane, out come detail bands per level and one approximation, and back again without loss. The filters have
four vanishing moments; papers count taps ("Daubechies 8"), programs moments ("db4").
References: [Daubechies1988], scaling coefficients of its table 1 for N = 4.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float32]
Details = tuple[Plane, Plane, Plane]
"""High along rows, high along columns, high along both: each of half the size."""

TAPS = 8

LOW = np.array(
    [
        0.23037781330885523,
        0.7148465705525415,
        0.6308807679295904,
        -0.02798376941698385,
        -0.18703481171888114,
        0.030841381835986965,
        0.032883011666982945,
        -0.010597401784997278,
    ]
)
"""The scaling filter; its sum is √2 [Daubechies1988]."""

HIGH = LOW[::-1] * np.array([1, -1] * (TAPS // 2))
"""The wavelet filter: the other one mirrored, with alternating sign."""

_ONE = np.ones(1, np.float32)
_ANALYSIS_ANCHOR = (
    TAPS // 2 - 1
)  # a coefficient begins six samples before its place, as in programs for wavelets
_SYNTHESIS_ANCHOR = TAPS // 2 - 1 - _ANALYSIS_ANCHOR


def reach(levels: int) -> int:
    """How many pixels away, at most, what is beyond an edge changes a pixel that was taken apart and put together."""
    return (TAPS - 1) * ((1 << levels) - 1)


def taken_apart(plane: Plane) -> tuple[Plane, Details]:
    """One level: the approximation and the details of ``plane``, (H, W) with H and W even.

    Near the edges the plane counts as mirrored, so there, up to :func:`reach`, what is put together again differs.
    """
    even, odd = _columns(plane)
    low, high = _filtered(even, odd, along=1)
    low_low, low_high = _filtered(low[0::2], low[1::2], along=0)
    high_low, high_high = _filtered(high[0::2], high[1::2], along=0)
    return low_low, (high_low, low_high, high_high)


def put_together(approximation: Plane | None, details: Details) -> Plane:
    """The plane of which one level has these bands; None stands for an approximation of zeros."""
    high_low, low_high, high_high = details
    low = _merged_rows(approximation, low_high)
    high = _merged_rows(high_low, high_high)
    even, odd = _unfiltered(low, high, along=1)
    plane = np.empty((even.shape[0], 2 * even.shape[1]), np.float32)
    plane[:, 0::2] = even
    plane[:, 1::2] = odd
    return plane


def _columns(plane: Plane) -> tuple[Plane, Plane]:
    return np.ascontiguousarray(plane[:, 0::2]), np.ascontiguousarray(plane[:, 1::2])


def _merged_rows(low: Plane | None, high: Plane) -> Plane:
    even, odd = _unfiltered(low, high, along=0)
    plane = np.empty((2 * even.shape[0], even.shape[1]), np.float32)
    plane[0::2] = even
    plane[1::2] = odd
    return plane


def _filtered(even: Plane, odd: Plane, *, along: int) -> tuple[Plane, Plane]:
    """Low and high band of samples that stand apart as those of even and of odd number."""
    first, second = (
        cv2.add(
            _correlated(even, taps[0::2], _ANALYSIS_ANCHOR, along),
            _correlated(odd, taps[1::2], _ANALYSIS_ANCHOR, along),
        )
        for taps in (LOW, HIGH)
    )
    return _plane(first), _plane(second)


def _unfiltered(low: Plane | None, high: Plane, *, along: int) -> tuple[Plane, Plane]:
    """Samples of even and of odd number, from the two bands."""
    found = []
    for phase in (0, 1):
        samples = _correlated(high, HIGH[phase::2][::-1], _SYNTHESIS_ANCHOR, along)
        if low is not None:
            samples = _plane(
                cv2.add(samples, _correlated(low, LOW[phase::2][::-1], _SYNTHESIS_ANCHOR, along))
            )
        found.append(samples)
    return found[0], found[1]


def _correlated(samples: Plane, taps: npt.NDArray[np.float64], anchor: int, along: int) -> Plane:
    kernel = taps.astype(np.float32)
    if along == 1:
        return _plane(
            cv2.sepFilter2D(samples, -1, kernel, _ONE, anchor=(anchor, 0), borderType=cv2.BORDER_REFLECT)
        )
    return _plane(
        cv2.sepFilter2D(samples, -1, _ONE, kernel, anchor=(0, anchor), borderType=cv2.BORDER_REFLECT)
    )


def _plane(values: Any) -> Plane:
    plane: Plane = values
    return plane
