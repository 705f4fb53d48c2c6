from typing import TypeAlias

import numpy as np
import numpy.typing as npt

_Single: TypeAlias = npt.NDArray[np.float32]
_Double: TypeAlias = npt.NDArray[np.float64]

def ssimulacra2_scale(
    reference: _Double,
    changed: _Double,
    taps: _Double,
    absorbance: _Double,
    height: int,
    width: int,
    sums: _Double,
    /,
) -> None: ...
def flip(
    reference: _Single,
    changed: _Single,
    weights: _Single,
    radii: tuple[int, ...],
    matrices: _Single,
    largest: float,
    height: int,
    width: int,
    out: _Single,
    /,
) -> None: ...
def gmsd(
    one: npt.NDArray[np.uint8],
    other: npt.NDArray[np.uint8],
    height: int,
    width: int,
    channels: int,
    out: _Single,
    /,
) -> None: ...
def instruction_set(wanted: str | None = None, /) -> str: ...
