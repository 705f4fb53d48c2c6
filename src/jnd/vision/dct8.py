"""The orthonormal 8x8 DCT of pictures, as blocks (rows of blocks, columns of blocks, 8, 8).

In: (H, W) grey levels 0 to 255. Out: coefficients in grey levels: a uniform block of grey level g has a DC of 8 g.
"""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

SIDE = 8


@cache
def dct_basis() -> npt.NDArray[np.float64]:
    """(8, 8) rows are the cosines of the orthonormal DCT-II, row 0 the constant sqrt(1/8).

    >>> bool(np.allclose(dct_basis() @ dct_basis().T, np.eye(8)))
    True
    """
    frequency, position = np.mgrid[0:SIDE, 0:SIDE]
    basis: npt.NDArray[np.float64] = np.cos((2 * position + 1) * frequency * np.pi / (2 * SIDE)) * np.sqrt(
        2 / SIDE
    )
    basis[0] = np.sqrt(1 / SIDE)
    basis.flags.writeable = False
    return basis


def padded_to_blocks(plane: npt.NDArray[Any], border: str, side: int = SIDE) -> npt.NDArray[Any]:
    """``plane`` with rows and columns added below and to the right until both are multiples of ``side``.

    ``border`` "reflect" mirrors the picture (the outermost pixels repeated), "zero" adds black.
    """
    down, right = -plane.shape[0] % side, -plane.shape[1] % side
    if not down and not right:
        return plane
    mode = "constant" if border == "zero" else "symmetric"
    return np.pad(plane, ((0, down), (0, right)), mode=mode)  # type: ignore[call-overload,no-any-return]


def block_dct(plane: Array) -> Array:
    """Coefficients (R, C, 8, 8) of a floating plane (8 R, 8 C); index 2 is the vertical frequency."""
    basis = dct_basis().astype(plane.dtype)
    rows, width = plane.shape[0] // SIDE, plane.shape[1]
    vertical = np.matmul(basis, plane.reshape(rows, SIDE, width))
    both: Array = vertical.reshape(rows * SIDE * (width // SIDE), SIDE) @ basis.T
    blocks: Array = both.reshape(rows, SIDE, width // SIDE, SIDE).transpose(0, 2, 1, 3)
    return blocks


def inverse_block_dct(coefficients: Array) -> Array:
    """The plane (8 R, 8 C) of coefficients (R, C, 8, 8)."""
    basis = dct_basis().astype(coefficients.dtype)
    rows, columns = coefficients.shape[:2]
    horizontal = in_place(coefficients).reshape(rows * SIDE * columns, SIDE) @ basis
    plane: Array = np.matmul(basis.T, horizontal.reshape(rows, SIDE, columns * SIDE))
    return plane.reshape(rows * SIDE, columns * SIDE)


def in_place(blocks: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Blocks (R, C, 8, 8) side by side in one plane (8 R, 8 C), each coefficient at its place in its block."""
    rows, columns = blocks.shape[:2]
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3)).reshape(rows * SIDE, columns * SIDE)
