"""Zhang, Lin & Xue (2005): base thresholds, luminance adaptation, and masking by the kind of each DCT block.

Reproduces: the program spread with OpenJND (variant "code"), run in Octave: statistics and samples of two
pictures in the tests, per coefficient.
The program differs from the paper in its edge test (6.9, 4.8 for 7, 5; above 900: 1, 1.6 and 2.0 for one tenth), in
the slope of texture masking (1.5 for 1.25), and multiplies every threshold with 0.3. Its map shows thresholds of
coefficients where their blocks lie and is no pixel map; ``DctThresholds.in_place`` gives the same.
Differs: sides that are no multiples of 8 are padded; the program crops them.
References: [Zhang2005]
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.models.subband.ahumada1992 import base_thresholds
from jnd.models.subband.thresholds import DctThresholds, pixel_map
from jnd.viewing import ViewingConditions
from jnd.vision.dct8 import block_dct, padded_to_blocks

Array = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

VARIANTS = ("code", "paper")
SMALLEST_SIZE = (1, 1)

MEAN_DC = 1024.0
"""DC of grey level 128."""
PLAIN, MIDDLE, STRONG = 125.0, 290.0, 900.0
"""Limits of the energy in middle and high frequencies that separate plain, edge and texture blocks."""
MASKING_EXPONENT = 0.36

LOW = ((1, 0), (2, 0), (0, 1), (0, 2), (1, 1))
MEDIUM = (
    *((3, 0), (4, 0), (5, 0), (6, 0)),
    *((0, 3), (0, 4), (0, 5), (0, 6)),
    *((2, 1), (2, 2), (1, 2), (3, 3)),
)
HIGH_COUNT = 46


def _membership(places: tuple[tuple[int, int], ...]) -> Mask:
    mask = np.zeros((8, 8), dtype=bool)
    mask[tuple(np.transpose(places))] = True
    return mask


LOW_MASK, MEDIUM_MASK = _membership(LOW), _membership(MEDIUM)


@dataclass(frozen=True, slots=True)
class BlockRules:
    """Constants in which the paper and the program differ."""

    alpha: float
    beta: float
    gamma: float
    strong_alpha: float
    strong_beta: float
    strong_gamma: float
    texture_gain: float
    scale: float


RULES = {
    # The paper scales alpha and beta by kappa = 0.1 above 900; it prints no gamma of its own for that case.
    "paper": BlockRules(7.0, 5.0, 16.0, 0.7, 0.5, 16.0, 1.25, 1.0),
    "code": BlockRules(2.3 * 3, 1.6 * 3, 16.0, 1.0, 1.6, 2.0, 1.5, 0.3),
}


@dataclass(frozen=True, slots=True, eq=False)
class BlockKinds:
    """(R, C) kind of each block and the elevation ξ by it."""

    edge: Mask
    texture: Mask
    elevation: Array


def luminance_elevation(dc: Array) -> Array:
    """Factor by the block's luminance: 3 at black, 1 at grey level 128, 1.8 at 256 [Zhang2005]."""
    relative = dc / MEAN_DC - 1
    dark = 1 - 2 * np.minimum(relative, 0) ** 3
    return dark + 0.8 * np.maximum(relative, 0) ** 2  # type: ignore[no-any-return]


def classify(coefficients: Array, rules: BlockRules) -> BlockKinds:
    """Plain, edge or texture, by the energies of low, medium and high frequencies of each block."""
    amplitude = np.abs(coefficients).reshape(-1, 64)
    total = amplitude.sum(axis=1)
    low = amplitude[:, LOW_MASK.ravel()].sum(axis=1)
    medium = amplitude[:, MEDIUM_MASK.ravel()].sum(axis=1)
    high = np.maximum(total - medium - low - amplitude[:, 0], 0)
    energy = medium + high
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing in a band: infinite, or no edge for 0 / 0
        low_to_medium = (low / len(LOW)) / (medium / len(MEDIUM))
        lower_to_high = (low / len(LOW) + medium / len(MEDIUM)) / (high / HIGH_COUNT)
    strong = energy > STRONG
    alpha = np.where(strong, rules.strong_alpha, rules.alpha)
    beta = np.where(strong, rules.strong_beta, rules.beta)
    gamma = np.where(strong, rules.strong_gamma, rules.gamma)
    edge = (low_to_medium >= alpha) & (lower_to_high >= beta)
    edge |= (low_to_medium >= beta) & (lower_to_high >= alpha)
    edge |= lower_to_high >= gamma
    edge &= energy >= PLAIN
    texture = ~edge & (energy > MIDDLE)
    elevation = np.ones_like(energy)
    slope = rules.texture_gain / (2 * STRONG - MIDDLE)
    elevation[texture] += slope * (energy[texture] - MIDDLE)
    elevation[edge] = np.where(low[edge] + medium[edge] > 400, 1.25, 1.125)
    shape = coefficients.shape[:2]
    return BlockKinds(edge.reshape(shape), texture.reshape(shape), elevation.reshape(shape))


def masked(coefficients: Array, adapted: Array, kinds: BlockKinds, spared: Mask) -> Array:
    """``adapted`` thresholds raised by contrast masking; ``spared`` blocks keep low and medium frequencies.

    Parameters
    ----------
    coefficients, adapted : (R, C, 8, 8), the latter positive.
    kinds : of the blocks.
    spared : (R, C), blocks where low and medium frequencies are raised by ξ alone.
    """
    ratio = np.abs(coefficients)
    ratio /= adapted
    np.maximum(ratio, 1, out=ratio)
    np.power(ratio, MASKING_EXPONENT, out=ratio)
    ratio[spared[:, :, None, None] & (LOW_MASK | MEDIUM_MASK)] = 1
    ratio *= kinds.elevation.astype(ratio.dtype)[:, :, None, None]
    ratio[:, :, 0, 0] = 1
    ratio *= adapted
    return ratio


def subband_zhang2005(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    viewing: ViewingConditions | None = None,
) -> DctThresholds:
    """Thresholds per DCT coefficient: base table, luminance adaptation, masking by block class.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    variant : "code" (default) or "paper"; the program's are 0.3 times as large and more.
    border : how blocks that reach beyond the picture are filled: "reflect" or "zero".
    viewing : display and distance; None: the program's (130 cd/m², 33.6 pixels per degree).
    """
    variant = chosen_variant(variant, VARIANTS, model="zhang2005")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="zhang2005")
    dtype = working_dtype(plane)
    rules = RULES[variant]
    coefficients = block_dct(padded_to_blocks(plane, border).astype(dtype, copy=False))
    lifted = luminance_elevation(coefficients[:, :, :1, :1])
    adapted = base_thresholds(viewing).astype(dtype) * lifted.astype(dtype)
    kinds = classify(coefficients, rules)
    thresholds = masked(coefficients, adapted, kinds, kinds.edge)
    thresholds *= rules.scale
    return DctThresholds("zhang2005", variant, (plane.shape[0], plane.shape[1]), thresholds)


def jnd_zhang2005(luma: npt.ArrayLike, **options: Any) -> Array:
    """Pixel map of :func:`subband_zhang2005`, with its options."""
    return pixel_map(subband_zhang2005(luma, **options))
