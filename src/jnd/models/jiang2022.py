"""Jiang et al. (2022): what the picture's own Karhunen-Loève transform can leave out unseen.

The 8x8 blocks are transformed by the principal directions of the picture's blocks; coefficients beyond the critical
point are left out, and the JND is the difference to the picture, less at strong edges.

Reproduces: the authors' program (KLT_JND.m), run in Octave, the critical points exactly.
Differs: the picture's last rows and columns, up to 7 where its sides are no multiples of 8, belong to no block of the
program, which crops them; we mirror the picture to whole blocks with ``border="reflect"``, and answer 0 there with
``border="zero"``. MATLAB's structuring element ``disk`` is a true disc unless ``square_dilation``.
The authors' Python file is another model: its critical point leaves the current term out, edges are protected from 50
grey levels on, and its Gaussian has one axis only.
References: [Jiang2022]
"""

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.contrast_masking import largest_gradient
from jnd.vision.edges import disc, square, strong_edge_protection

Array = npt.NDArray[Any]

VARIANTS = ("code",)
SIDE = 8
"""Of the blocks, pixels."""
SMALLEST_SIZE = (72, 72)
"""81 blocks; fewer than 65 give no 64 directions."""
WEIBULL_SHAPE = 894.16
"""β, fitted by the authors to critical points of 500 pictures that people chose [program]."""
WEIBULL_SCALE = 0.99805
"""η, likewise [program]."""


class CriticalPicture(NamedTuple):
    """The perceptually lossless picture: what is left after the unseen components are taken out."""

    picture: Array
    """(H, W); may leave 0..255."""
    critical_point: int
    """Number of components kept, 1 to 64."""


def jnd_jiang2022(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    protect_edges: bool = True,
    square_dilation: bool = False,
) -> Array:
    """Threshold per pixel of Jiang et al. (2022).

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64, at least 72 by 72.
    variant : "code" is the only one.
    border : "reflect" mirrors the picture at its edges, "zero" pads with black as the program does.
    protect_edges : False leaves the weight of edges out.
    square_dilation : widen edges by a 5x5 square, believed to be MATLAB's ``strel('disk', 3)``, instead of by
        the disc of radius 3.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma. Zero on flat ground:
    the model knows no luminance adaptation.
    """
    chosen_variant(variant, VARIANTS, model="jiang2022")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="jiang2022")
    threshold: Array = np.abs(plane - _critical(plane, border).picture)
    if border == "zero":
        threshold[plane.shape[0] // SIDE * SIDE :] = 0
        threshold[:, plane.shape[1] // SIDE * SIDE :] = 0
    if protect_edges:
        threshold *= strong_edge_protection(
            plane, largest_gradient(plane, border), square(3) if square_dilation else disc(3), border
        )
    return threshold


def critical_picture(luma: npt.ArrayLike, *, border: Border = "reflect") -> CriticalPicture:
    """The perceptually lossless picture and its critical point. Arguments as of ``jnd_jiang2022``."""
    check_border(border)
    return _critical(luma_plane(luma, smallest_size=SMALLEST_SIZE, model="jiang2022"), border)


def _critical(plane: npt.NDArray[Any], border: str) -> CriticalPicture:
    dtype = working_dtype(plane)
    height, width = plane.shape
    if border == "zero":
        whole = plane[: height // SIDE * SIDE, : width // SIDE * SIDE]
    else:
        whole = cv2.copyMakeBorder(plane, 0, -height % SIDE, 0, -width % SIDE, cv2.BORDER_REFLECT)
    rows, columns = whole.shape[0] // SIDE, whole.shape[1] // SIDE
    blocks = whole.reshape(rows, SIDE, columns, SIDE).transpose(0, 2, 1, 3).reshape(-1, SIDE * SIDE)
    blocks = blocks.astype(dtype, copy=False)
    moments = _second_moments(blocks)
    mean = blocks.mean(axis=0, dtype=np.float64)
    # Directions are those of the centred blocks, but energies count the mean: the program transforms as they are.
    directions = np.linalg.eigh(moments - np.outer(mean, mean)).eigenvectors[:, ::-1]
    energy = np.einsum("ik,ij,jk->k", directions, moments, directions, optimize=True)
    point = critical_point(energy)
    kept = directions[:, :point]
    left = blocks @ (kept @ kept.T).astype(dtype)
    picture = left.reshape(rows, columns, SIDE, SIDE).transpose(0, 2, 1, 3).reshape(whole.shape)
    result = np.zeros(plane.shape, dtype=dtype)
    result[: whole.shape[0], : whole.shape[1]] = picture[:height, :width]
    return CriticalPicture(result, point)


def _second_moments(blocks: Array) -> npt.NDArray[np.float64]:
    """(64, 64) mean products of the blocks' pixels, summed in 64 bits."""
    total = np.zeros((SIDE * SIDE, SIDE * SIDE))
    for first in range(0, len(blocks), 65536):  # bounds the copy in 64 bits
        part = blocks[first : first + 65536].astype(np.float64, copy=False)
        total += part.T @ part
    return total / len(blocks)


def critical_point(energy: npt.NDArray[np.float64]) -> int:
    """Number of components to keep: the mean position under a Weibull density of the cumulative energy.

    Parameters
    ----------
    energy : (64,) mean square of each component, the strongest direction first; all zero for a black picture,
        of which everything is kept.
    """
    total = energy.sum()
    if total <= 0:
        return len(energy)
    share = np.minimum(np.cumsum(energy) / total, 1.0) / WEIBULL_SCALE
    logarithm = (WEIBULL_SHAPE - 1) * np.log(np.maximum(share, 1e-300)) - share**WEIBULL_SHAPE
    weight = np.exp(logarithm - logarithm.max())  # the density but for a factor, which cancels
    position = np.arange(1, len(energy) + 1)
    return min(int(np.ceil(position @ weight / weight.sum())), len(energy))
