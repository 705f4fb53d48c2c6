"""Whether the content of one picture was moved, scaled or turned against the other, and how to bring it back.

In go two pictures, out comes a :class:`~jnd.records.Misregistration` or None. Found by phase correlation
(Kuglin & Hines 1975, of OpenCV) of the pictures and of their log-polar spectra (Reddy & Chatterji 1996), made exact
by the maximisation of the enhanced correlation coefficient (Evangelidis & Psarakis 2008, of OpenCV).
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from jnd.picture import CodeValues
from jnd.picture.colour import in_8_bits
from jnd.records import Misregistration

Float32 = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]

WORKING_SIDE = 1024
"""Longer sides are reduced to this for the search; the answer is refined there to a fraction of a pixel."""

SMALLEST_SIDE = 32
"""Of smaller pictures nothing is said: too few pixels to tell a shift from another change."""

SMALLEST_SHIFT = 0.1
"""Pixels, at the corner that moves most; less is not told from the change of an encoder."""

LARGEST_REMAINING = 0.5
"""Share of the mean squared difference that may remain: alignment must explain at least half of it. One letter,
a moved block, noise or compression explain nothing."""

LARGEST_ROTATION = 10.0
LARGEST_SCALE = 1.25
"""Degrees and factor that are looked for; what is more is another picture."""

ONE_SHAPE = 0.01
"""Relative; pictures whose ratios of width to height differ by less are one picture at two sizes."""

_BLUR = 5
"""Pixels of the Gaussian kernel before gradients are taken (OpenCV's usual value)."""

_ITERATIONS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-6)


@dataclass(frozen=True, slots=True)
class Alignment:
    """A misregistration with the matrix that undoes it."""

    found: Misregistration
    matrix: Matrix
    """(2, 3): a pixel (x, y) of REFERENCE lies at this place of CHANGED."""


def find_misregistration(reference: CodeValues, changed: CodeValues) -> Alignment | None:
    """Whether ``changed`` as a whole was moved, scaled or turned.

    Parameters
    ----------
    reference, changed : (H, W, 3) uint8 or uint16 of one size.

    Returns
    -------
    None where alignment would not remove at least half of the difference, or moves no corner by more than 0.1
    pixels: a change of a part of the picture is no misregistration.
    """
    height, width = reference.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        return None
    factor = min(1.0, WORKING_SIDE / max(height, width))
    one, other = _grey(reference, factor), _grey(changed, factor)
    before = float(np.mean((one - other) ** 2))
    if before == 0.0 or one.std() < 1.0 or other.std() < 1.0:
        return None
    starts = [(_remaining(one, other, start) / before, start) for start in _starts(one, other)]
    best = min(starts, key=lambda start: start[0])
    matrix = _refined(one, other, best[1])
    remaining = _remaining(one, other, matrix) / before
    if remaining > best[0]:
        remaining, matrix = best
    full = _at_full_size(matrix, one.shape, (height, width))
    found = _described(full, (height, width), remaining)
    corners = np.array([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]], np.float64)
    moved = float(np.linalg.norm(corners @ full[:, :2].T + full[:, 2] - corners, axis=1).max())
    if remaining > LARGEST_REMAINING or moved < SMALLEST_SHIFT:
        return None
    if (
        abs(found.rotation_degrees) > LARGEST_ROTATION
        or not 1 / LARGEST_SCALE <= found.scale <= LARGEST_SCALE
    ):
        return None
    return Alignment(found, full)


def aligned(
    changed: CodeValues, matrix: Matrix, shape: tuple[int, int]
) -> tuple[CodeValues, npt.NDArray[np.bool_]]:
    """``changed`` brought onto the reference, and where it has nothing to show.

    Whole pixels are moved as they are; else by Lanczos interpolation (8 by 8 pixels, OpenCV).
    """
    height, width = shape
    whole = matrix.copy()
    whole[:, 2] = np.round(whole[:, 2])
    is_whole = np.allclose(matrix, whole, atol=0.02) and np.allclose(matrix[:, :2], np.eye(2), atol=1e-4)
    if is_whole:
        matrix = np.hstack([np.eye(2, dtype=np.float32), whole[:, 2:]]).astype(np.float32)
    flags = (cv2.INTER_NEAREST if is_whole else cv2.INTER_LANCZOS4) | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(
        np.ascontiguousarray(changed), matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    rows, columns = np.mgrid[0:height, 0:width]
    x = matrix[0, 0] * columns + matrix[0, 1] * rows + matrix[0, 2]
    y = matrix[1, 0] * columns + matrix[1, 1] * rows + matrix[1, 2]
    edge = 1e-3
    outside = (
        (x < -edge) | (y < -edge) | (x > changed.shape[1] - 1 + edge) | (y > changed.shape[0] - 1 + edge)
    )
    return np.asarray(moved), outside


def is_scaled(reference: CodeValues, changed: CodeValues) -> bool:
    """Whether two sizes may be those of one picture, as their ratios of width to height tell."""
    (height, width), (other_height, other_width) = reference.shape[:2], changed.shape[:2]
    return bool(abs(other_width * height / (other_height * width) - 1) < ONE_SHAPE)


def size_in_words(reference: CodeValues, changed: CodeValues) -> str:
    """What may have happened between pictures of two sizes, and what to do."""
    (height, width), (other_height, other_width) = reference.shape[:2], changed.shape[:2]
    sizes = f"REFERENCE is {width} × {height}, CHANGED {other_width} × {other_height}"
    place = _part_of(reference, changed)
    if place is not None:
        which, x, y = place
        other = "CHANGED" if which == "REFERENCE" else "REFERENCE"
        return (
            f"{sizes}: {other} is the part of {which} that begins at {x}, {y}; crop {which} to compare them"
        )
    if is_scaled(reference, changed):
        return (
            f"{sizes}: the same shape, scaled by {other_width / width:.3g}; scale one of them to the other's size, or let "
            "--align do it"
        )
    if (width, height) == (other_height, other_width):
        return f"{sizes}: width and height are swapped; turn one of them"
    return f"{sizes}: both must have one size; crop or scale one of them"


def _part_of(reference: CodeValues, changed: CodeValues) -> tuple[str, int, int] | None:
    """Which one holds the other pixel for pixel but for small changes, and where."""
    one, other = _grey(reference, 1.0), _grey(changed, 1.0)
    for which, large, small in (("REFERENCE", one, other), ("CHANGED", other, one)):
        if any(s > w for s, w in zip(small.shape, large.shape, strict=True)) or small.std() < 1.0:
            continue
        match = cv2.matchTemplate(large, small, cv2.TM_CCOEFF_NORMED)
        _, score, _, (x, y) = cv2.minMaxLoc(match)
        if score > 0.95:
            return which, int(x), int(y)
    return None


def _grey(pixels: CodeValues, factor: float) -> Float32:
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(in_8_bits(pixels)), cv2.COLOR_RGB2GRAY), np.float32)
    if factor < 1:
        height, width = grey.shape
        size = max(1, round(width * factor)), max(1, round(height * factor))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
    return grey


def _starts(one: Float32, other: Float32) -> list[Matrix]:
    """No motion; the shift; and rotation and scale from the spectra, with the shift that then remains."""
    identity = np.eye(2, 3, dtype=np.float32)
    turned = _rotation_and_scale(one, other)
    undone = cv2.warpAffine(other, turned, one.shape[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    shift = _shift(one, np.asarray(undone, np.float32))
    both = turned.copy()
    both[:, 2] += turned[:, :2] @ shift
    moved = identity.copy()
    moved[:, 2] = _shift(one, other)
    return [identity, moved, both]


def _shift(one: Float32, other: Float32) -> npt.NDArray[np.float32]:
    window = cv2.createHanningWindow(one.shape[::-1], cv2.CV_32F)
    # Copies: of sizes that need no padding, OpenCV multiplies the window into the pictures themselves.
    (x, y), _ = cv2.phaseCorrelate(one.copy(), other.copy(), window)
    return np.array([x, y], np.float32)


def _rotation_and_scale(one: Float32, other: Float32) -> Matrix:
    """About the centre, from the log-polar magnitudes of both spectra."""
    side = min(one.shape)
    centre = side / 2
    spectra = []
    for picture in (one, other):
        top, left = ((length - side) // 2 for length in picture.shape)
        square = picture[top : top + side, left : left + side]
        window = cv2.createHanningWindow((side, side), cv2.CV_32F)
        magnitude = np.abs(np.fft.fftshift(np.fft.fft2((square - square.mean()) * window)))
        polar = cv2.warpPolar(
            np.log1p(magnitude).astype(np.float32),
            (side, 2 * side),
            (centre, centre),
            centre,
            cv2.INTER_LINEAR | cv2.WARP_POLAR_LOG,
        )
        spectra.append(np.asarray(polar[:side, side // 4 :], np.float32))  # half a turn holds it all
    (x, y), _ = cv2.phaseCorrelate(
        spectra[0], spectra[1], cv2.createHanningWindow(spectra[0].shape[::-1], cv2.CV_32F)
    )
    scale = math.exp(-x * math.log(centre) / side)
    angle = y * 180 / side
    height, width = one.shape
    if abs(angle) > LARGEST_ROTATION or not 1 / LARGEST_SCALE <= scale <= LARGEST_SCALE:
        return np.eye(2, 3, dtype=np.float32)
    return _about_centre(scale, angle, (height, width))


def _about_centre(scale: float, degrees: float, shape: tuple[int, int]) -> Matrix:
    height, width = shape
    cosine, sine = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    turn = np.array([[cosine, -sine], [sine, cosine]])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.hstack([turn, (centre - turn @ centre)[:, np.newaxis]]).astype(np.float32)


def _refined(one: Float32, other: Float32, start: Matrix) -> Matrix:
    everywhere = np.full(one.shape, 255, np.uint8)
    try:
        _, found = cv2.findTransformECC(
            one, other, start.copy(), cv2.MOTION_AFFINE, _ITERATIONS, everywhere, _BLUR
        )
    except cv2.error:  # it does not converge: the start stands
        return start
    # The nearest turn and scale; the rest of an affine map would be shear, which is not looked for.
    a, b = (found[0, 0] + found[1, 1]) / 2, (found[1, 0] - found[0, 1]) / 2
    turn = np.array([[a, -b], [b, a]], np.float32)
    centre = np.array([(one.shape[1] - 1) / 2, (one.shape[0] - 1) / 2], np.float32)
    place = found[:, :2] @ centre + found[:, 2]
    similar: Matrix = np.hstack([turn, (place - turn @ centre)[:, np.newaxis]]).astype(np.float32)
    return similar


def _remaining(one: Float32, other: Float32, matrix: Matrix) -> float:
    """Mean squared difference where both have something to show."""
    size = one.shape[::-1]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(other, matrix, size, flags=flags)
    covered = cv2.warpAffine(np.ones_like(other), matrix, size, flags=flags) > 0.999
    if covered.mean() < 0.5:
        return math.inf
    return float(np.mean((one - moved)[covered] ** 2))


def _at_full_size(matrix: Matrix, small: tuple[int, ...], full: tuple[int, int]) -> Matrix:
    """The matrix between pixels of the pictures themselves; pixel centres of both grids correspond."""
    ratio = np.array([full[1] / small[1], full[0] / small[0]])
    turn = np.diag(ratio) @ matrix[:, :2] @ np.diag(1 / ratio)
    offset = 0.5 * ratio - 0.5
    shift = ratio * matrix[:, 2] + offset - turn @ offset
    return np.hstack([turn, shift[:, np.newaxis]]).astype(np.float32)


def _described(matrix: Matrix, shape: tuple[int, int], remaining: float) -> Misregistration:
    centre = np.array([(shape[1] - 1) / 2, (shape[0] - 1) / 2])
    moved = matrix[:, :2] @ centre + matrix[:, 2] - centre
    return Misregistration(
        shift_x=float(moved[0]),
        shift_y=float(moved[1]),
        scale=float(math.sqrt(abs(np.linalg.det(matrix[:, :2])))),
        rotation_degrees=float(math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))),
        remaining=remaining,
    )
