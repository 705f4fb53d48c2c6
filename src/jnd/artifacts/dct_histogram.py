"""Past JPEG compression seen in pixels: where its 8x8 grid lies, and with which table.

In: luma of a picture saved without loss. Out: grid offset, quality, log-likelihood against "never compressed".

A decoder's coefficients are multiples of the table's steps, blurred only by rounding pixels to integers. For each of
the 63 AC frequencies and each step q the likelihood of the observed coefficients is that of a Laplacian, quantised in
steps of q, whose multiples are seen through that rounding; the Laplacian's width is fitted to each q in closed form, Price
& Rabbani (1999) [Price1999]. The IJG quality of largest likelihood over all frequencies is the estimate: Fan & de
Queiroz (2003) [Fan2003], who maximise such a likelihood per frequency; joining the frequencies by the IJG's scale
and comparing with a picture that was never compressed are ours. The grid is searched over all 64 offsets: there
the most coefficients are zero, or nearest to integers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from jnd.artifacts.jpeg_tables import zigzag
from jnd.vision.dct8 import dct_basis
from jnd.vision.ijg_tables import QUALITIES, Table, ijg_table

Array = npt.NDArray[np.float64]
Blocks = npt.NDArray[np.float32]

SEARCH_BLOCKS, BLOCKS = 1500, 2500
"""Blocks looked at for the grid and for the table: more make no estimate better, fewer begin to."""
LEAST_BLOCKS = 24
"""Fewer usable blocks than these say nothing."""
ROUNDING = 0.31
"""Standard deviation of a coefficient of pixels rounded to integers: sqrt(1/12) is 0.289; the decoder's integer
arithmetic adds a little."""
STRAY = 0.02
"""Share of coefficients that may lie anywhere: pixels beyond black or white, luma rounded the wrong way."""
STRAY_WIDTH = 4.0
"""Width of the stray coefficients' own Laplacian, in multiples of the mean magnitude, where nothing was quantised."""
RESOLUTION = 4
"""Histogram bins per unit."""
OWN_FREQUENCIES = 14
"""Of the zigzag sequence: enough to know a table that is not the IJG's."""
OWN_STEPS = np.arange(1, 49)
OWN_BLOCKS = 1000
FOUND_GAIN = 0.5
"""Least gain of log-likelihood per block for "was compressed" (benchmarks/results/jpeg_history.txt has the false
alarms and the misses)."""
OWN_GAIN = 1.0
"""By how much a free table must explain a block better than the IJG's best to be believed."""

FINEST = 98
"""From this quality on most steps are 1 or 2."""
LEAST_LARGE, LEAST_PEAKS = 500, 0.08
"""Coefficients beyond the zero bin, and their mean cosine, that are needed there. Steps of 1 seen through rounded pixels
have exp(-2π²/12) = 0.19, coefficients without steps 0."""

LEAST_STEP, FAR = 3, 3.0
"""Steps, and multiples of the rounding's spread, from which on a coefficient can be told to lie between two multiples."""
LEAST_CHANCE = 30.0
"""Coefficients that chance alone would put between multiples: fewer tell nothing."""
BETWEEN = 0.04
"""Share of that number which strays may reach."""


@dataclass(frozen=True, slots=True)
class HistogramEstimate:
    """The JPEG compression that explains a picture's pixels best."""

    quality: int
    """Of the IJG's scale; where the table is none of it, of the nearest."""
    offset: tuple[int, int]
    """x and y of the first whole block's corner, 0 to 7."""
    table: Table
    """(8, 8) steps."""
    standard: bool
    """Whether the table is of the IJG's scale."""
    turned: bool
    """Whether it is transposed: the picture was turned by a quarter since."""
    gain: float
    """Log-likelihood per block above that of "never compressed"."""
    blocks: int


def estimate(luma: npt.NDArray[np.float32], clipped: npt.NDArray[np.bool_]) -> HistogramEstimate | None:
    """The JPEG compression that a picture went through before it was saved without loss, or None.

    Parameters
    ----------
    luma : (H, W) BT.601 luma, 0 to 255.
    clipped : (H, W) where the pixel may have been cut to 0 or 255.

    Returns
    -------
    None if none explains the pixels better than "never compressed", and for pictures of too few usable blocks.
    """
    whole = np.rint(luma)
    best: HistogramEstimate | None = None
    for offset in likely_offsets(whole, clipped):
        blocks = _without_repeats(coefficients(whole, clipped, offset, BLOCKS))
        if len(blocks) < LEAST_BLOCKS:
            continue
        found = _best_table(blocks, offset)
        if best is None or found.gain > best.gain:
            best = found
    if best is None or best.gain < FOUND_GAIN:
        return None
    if best.quality >= FINEST and not _has_peaks(coefficients(whole, clipped, best.offset, BLOCKS)):
        return None
    return best


def _has_peaks(blocks: Blocks) -> bool:
    """Whether coefficients gather at integers: the mean of cos(2π c) of those beyond the zero bin.

    Smooth pictures have little but the rounding of pixels in most coefficients, and steps of one explain that too.
    """
    large = blocks[:, 1:][np.abs(blocks[:, 1:]) > 1.5]
    return large.size >= LEAST_LARGE and float(np.cos(2 * np.pi * large).mean()) > LEAST_PEAKS


def coefficients(
    luma: npt.NDArray[np.float32],
    clipped: npt.NDArray[np.bool_] | None,
    offset: tuple[int, int],
    most: int,
) -> Blocks:
    """(N, 64) DCT coefficients of at most ``most`` blocks of the grid, spread evenly; flat and clipped ones left out."""
    x, y = offset
    rows, columns = (luma.shape[0] - y) // 8, (luma.shape[1] - x) // 8
    if rows < 1 or columns < 1:
        return np.zeros((0, 64), np.float32)
    chosen = _spread(rows * columns, 2 * most)
    blocks = _cut(luma, offset, chosen // columns, chosen % columns)
    usable = np.ptp(blocks, axis=1) > 0
    if clipped is not None:
        usable &= ~_cut(clipped, offset, chosen // columns, chosen % columns).any(axis=1)
    blocks = blocks[usable]
    if len(blocks) > most:
        blocks = blocks[_spread(len(blocks), most)]
    return np.asarray((blocks - np.float32(128)) @ _transform(), np.float32)


def _without_repeats(blocks: Blocks) -> Blocks:
    """Each block once, whatever its mean: letters, ramps and patterns repeat, and say the same thing many times."""
    mark = blocks[:, 1:] @ np.random.default_rng(0).normal(size=63).astype(np.float32)
    _, first = np.unique(np.rint(mark * 64), return_index=True)
    return blocks[np.sort(first)]


def likely_offsets(luma: npt.NDArray[np.float32], clipped: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """A few grid offsets (x, y), the likeliest first; (0, 0), that of a picture that was not cut, is always among them."""
    rows, columns = (luma.shape[0] - 7) // 8, (luma.shape[1] - 7) // 8
    if rows < 1 or columns < 1:
        return []
    chosen = _spread(rows * columns, SEARCH_BLOCKS)
    zeros, integers = np.zeros((8, 8)), np.zeros((8, 8))
    for y in range(8):
        for x in range(8):
            blocks = _cut(luma, (x, y), chosen // columns, chosen % columns)
            usable = (np.ptp(blocks, axis=1) > 0) & ~_cut(
                clipped, (x, y), chosen // columns, chosen % columns
            ).any(axis=1)
            if usable.sum() < LEAST_BLOCKS:
                continue
            found = ((blocks[usable] - np.float32(128)) @ _transform())[:, 1:]
            small = np.abs(found) < 0.5
            zeros[y, x] = small.mean()
            # Of coefficients that are not zero: a smooth picture's are small everywhere.
            integers[y, x] = np.cos(2 * np.pi * found[~small]).mean() if (~small).any() else 0.0
    order = [(0, 0)]
    for score in (zeros, integers):
        for place in np.argsort(-score, axis=None)[:2]:
            candidate = int(place % 8), int(place // 8)
            if candidate not in order:
                order.append(candidate)
    return order


def log_likelihood_gains(
    blocks: Blocks, steps: dict[int, npt.NDArray[np.int64]], rounding: float = ROUNDING
) -> dict[int, dict[int, float]]:
    """Of each frequency (index in row order) and each step asked for: log-likelihood above that of "not quantised"."""
    gains = {}
    for index, asked in steps.items():
        values, counts = np.unique(np.rint(np.abs(blocks[:, index]) * RESOLUTION), return_counts=True)
        gain = _of_one_frequency(values / RESOLUTION, counts.astype(np.float64), asked, rounding)
        gains[index] = dict(zip(asked.tolist(), gain.tolist(), strict=True))
    return gains


def _of_one_frequency(magnitudes: Array, counts: Array, steps: npt.NDArray[np.int64], sigma: float) -> Array:
    total = counts.sum()
    smooth = _not_quantised(magnitudes, counts, sigma)
    step = steps[:, np.newaxis].astype(np.float64)
    multiple = np.rint(magnitudes / step)
    remainder = np.abs(magnitudes - multiple * step)
    nonzero = multiple > 0
    above = nonzero @ counts
    sum_of_magnitudes = steps * (multiple @ counts)
    decay = _laplacian_decay(total, above, sum_of_magnitudes, steps.astype(np.float64))[:, np.newaxis]
    # Mass of the k-th multiple with γ = exp(-q / 2b): 1 - γ for zero, γ^(2k-1) (1 - γ²) / 2 on either side.
    mass = np.where(
        nonzero, (2 * multiple - 1) * np.log(decay) + np.log1p(-(decay**2)) - np.log(2), np.log1p(-decay)
    )
    # The next multiple's share counts for the smallest steps, where it reaches over.
    rounding = np.exp(-0.5 * (remainder / sigma) ** 2) + np.exp(-0.5 * ((step - remainder) / sigma) ** 2)
    density = (1 - STRAY) * rounding / (sigma * np.sqrt(2 * np.pi)) + STRAY / step
    return np.asarray((mass + np.log(density)) @ counts - smooth)


def _not_quantised(magnitudes: Array, counts: Array, sigma: float) -> float:
    """Log-likelihood of a Laplacian plus the rounding of pixels, its width fitted."""
    mean = max(float(magnitudes @ counts / counts.sum()), 0.05)
    width = mean * np.array([0.1, 0.4, 0.7, 0.9, 1.05])[:, np.newaxis]
    scaled, narrow = magnitudes / sigma, sigma / width
    # exp(σ²/2b²) / 2b · [exp(-x/b) Φ(x/σ - σ/b) + exp(x/b) Φ(-x/σ - σ/b)]
    right = log_ndtr(scaled - narrow) - magnitudes / width
    left = log_ndtr(-scaled - narrow) + magnitudes / width
    density = np.logaddexp(left, right) + narrow**2 / 2 - np.log(2 * width)
    stray = np.log(STRAY) - magnitudes / (STRAY_WIDTH * mean) - np.log(2 * STRAY_WIDTH * mean)
    return float((np.logaddexp(np.log1p(-STRAY) + density, stray) @ counts).max())


def _laplacian_decay(total: float, above: Array, magnitude: Array, step: Array) -> Array:
    """γ = exp(-q / 2b) of the Laplacian that fits quantised values best, [Price1999].

    The positive root of (2 N q + 4 S) γ² + 2 N₀ q γ + (2 N₁ q - 4 S) = 0, of N coefficients N₀ zeros and N₁ others
    of summed magnitude S.
    """
    zero = total - above
    first = 2 * total * step + 4 * magnitude
    last = 4 * magnitude - 2 * above * step
    decay = (-zero * 2 * step + np.sqrt((zero * 2 * step) ** 2 + 4 * first * last)) / (2 * first)
    return np.clip(decay, 1e-6, 1 - 1e-6)


@cache
def _standard_steps() -> dict[int, npt.NDArray[np.int64]]:
    """Per AC frequency the steps that it has in any IJG table, upright or turned."""
    tables = np.array([[ijg_table(quality), ijg_table(quality).T] for quality in QUALITIES]).reshape(-1, 64)
    return {index: np.unique(tables[:, index]) for index in range(1, 64)}


def _best_table(blocks: Blocks, offset: tuple[int, int]) -> HistogramEstimate:
    gains = log_likelihood_gains(blocks, _standard_steps())
    candidates = [(quality, turned) for turned in (False, True) for quality in reversed(QUALITIES)]

    def table_of(candidate: tuple[int, bool]) -> Table:
        quality, turned = candidate
        return ijg_table(quality).T if turned else ijg_table(quality)

    def gain_of(table: Table, frequencies: npt.NDArray[np.int64]) -> float:
        steps = table.ravel().tolist()
        return float(sum(gains[index][steps[index]] for index in frequencies.tolist())) / len(blocks)

    everything = np.arange(1, 64)
    best = max(candidates, key=lambda candidate: gain_of(table_of(candidate), everything))
    total = gain_of(table_of(best), everything)
    last = _last_of_two(blocks, best, table_of) if total > FOUND_GAIN else best
    standard = HistogramEstimate(last[0], offset, table_of(last), True, last[1], total, len(blocks))
    if last != best:
        return standard
    few = zigzag()[1 : OWN_FREQUENCIES + 1]
    part = blocks[:: max(1, len(blocks) // OWN_BLOCKS)]
    free = log_likelihood_gains(part, dict.fromkeys(few.tolist(), OWN_STEPS))
    chosen = {index: max(gain, key=gain.__getitem__) for index, gain in free.items()}
    # What choosing freely among so many steps is worth by chance is taken off.
    own_gain = (
        sum(free[index][step] for index, step in chosen.items()) - len(chosen) * np.log(len(OWN_STEPS))
    ) / len(part)
    if own_gain < FOUND_GAIN or own_gain - gain_of(standard.table, few) < OWN_GAIN:
        return standard
    nearest = min(
        candidates,
        key=lambda candidate: sum(
            abs(np.log(step / table_of(candidate).ravel()[index])) for index, step in chosen.items()
        ),
    )
    table = table_of(nearest).copy()
    table.ravel()[list(chosen)] = list(chosen.values())
    return HistogramEstimate(nearest[0], offset, table, False, nearest[1], float(own_gain), len(blocks))


def _last_of_two(
    blocks: Blocks, best: tuple[int, bool], table_of: Callable[[tuple[int, bool]], Table]
) -> tuple[int, bool]:
    """The last table of a picture compressed twice, if ``best`` looks like the first of two.

    A coarse first table leaves gaps that a fine last one does not explain, and so is found instead of it; but then many
    coefficients lie between its multiples. The table between whose multiples the fewest lie is the last.
    """
    magnitudes = np.abs(blocks[:, 1:])

    def between(candidate: tuple[int, bool]) -> float:
        """Coefficients between multiples, over what chance would put there."""
        steps = table_of(candidate).ravel()[1:].astype(np.float32)
        told = (steps >= LEAST_STEP) & (magnitudes > steps / 2)
        away = np.abs(magnitudes - np.rint(magnitudes / steps) * steps) > FAR * ROUNDING
        chance = np.broadcast_to(1 - 2 * FAR * ROUNDING / steps, told.shape)[told].sum()
        return float((away & told).sum() / chance) if chance > LEAST_CHANCE else 1.0

    if between(best) < BETWEEN:
        return best
    finer = [(quality, best[1]) for quality in QUALITIES if quality > best[0]]
    last = min(finer, key=between, default=best)
    return last if between(last) < BETWEEN else best


def _cut(
    plane: npt.NDArray[np.generic],
    offset: tuple[int, int],
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
) -> npt.NDArray[np.generic]:
    """(N, 64) of the blocks in these rows and columns of the grid."""
    x, y = offset
    height, width = (plane.shape[0] - y) // 8 * 8, (plane.shape[1] - x) // 8 * 8
    blocks = plane[y : y + height, x : x + width].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2)
    return blocks[rows, columns].reshape(len(rows), 64)


def _spread(count: int, most: int) -> npt.NDArray[np.int64]:
    """Indices of at most ``most`` of ``count`` things, evenly, with a step that no row length divides."""
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).astype(np.int64))


@cache
def _transform() -> npt.NDArray[np.float32]:
    """(64, 64): block in row order @ this is its coefficients in row order."""
    matrix: npt.NDArray[np.float32] = np.kron(dct_basis(), dct_basis()).T.astype(np.float32)
    matrix.flags.writeable = False
    return matrix
