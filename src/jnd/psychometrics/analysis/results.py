"""What all results share: plain dictionaries that can be written as JSON, with their pictures in a natural order."""

import re
from typing import Any

import numpy as np

Result = dict[str, Any]


def number_or_none(value: float) -> float | None:
    """A number for JSON, which has none that is infinite or missing.

    >>> number_or_none(float("inf")) is None
    True
    """
    return float(value) if np.isfinite(value) else None


def natural(name: str) -> tuple[tuple[int, float, str], ...]:
    """Key that sorts the numbers in names as numbers.

    >>> sorted(["kodim10", "kodim2"], key=natural)
    ['kodim2', 'kodim10']
    """
    parts = re.split(r"(\d+)", name)
    return tuple((0, float(part), "") if part.isdigit() else (1, 0.0, part) for part in parts if part)
