from typing import Any, TypeAlias

import numpy.typing as npt

_Array: TypeAlias = npt.NDArray[Any]
_Source: TypeAlias = tuple[object, ...]

def reduce(source: _Source, out: _Array, /) -> None: ...
def state(source: _Source, coarse: _Array, tables: _Array, out: _Array, /) -> None: ...
def difference(
    reference: _Source | None,
    reference_coarse: _Array | None,
    state: _Array | None,
    tables: _Array,
    changed: _Source,
    changed_coarse: _Array,
    blur_across: _Array,
    blur_down: _Array,
    q: _Array,
    cross: _Array,
    gain: float,
    p: float,
    floor_power: float,
    largest: float,
    row_edges: _Array,
    column_edges: _Array,
    sums: _Array,
    map_out: _Array | None,
    /,
) -> None: ...
def instruction_set(wanted: str | None = None, /) -> str: ...
