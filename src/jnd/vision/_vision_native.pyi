from typing import Any, TypeAlias

import numpy.typing as npt

_Array: TypeAlias = npt.NDArray[Any]

def free_energy(padded: _Array, sharpness: _Array, height: int, width: int, out: _Array, /) -> None: ...
def total_variation(
    picture: _Array,
    structure: _Array,
    across: _Array,
    down: _Array,
    height: int,
    width: int,
    iterations: int,
    tau: float,
    sigma: float,
    step: float,
    /,
) -> None: ...
def instruction_set(wanted: str | None = None, /) -> str: ...
