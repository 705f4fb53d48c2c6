"""Two pictures, one verdict: would anyone notice, where, and how much.

In go two pictures and a :class:`~jnd.difference.request.CompareRequest`, out comes a
:class:`~jnd.records.Comparison`, or with the pixels behind it a :class:`Compared`.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.difference.alignment import (
    Alignment,
    aligned,
    find_misregistration,
    is_scaled,
    size_in_words,
)
from jnd.difference.direction import artifact_direction, overall_direction
from jnd.difference.kinds import describe_change
from jnd.difference.regions import Float32, changed_regions, code_difference
from jnd.difference.request import DEFAULT_NOTICE, CompareRequest
from jnd.difference.sides import PictureLike, Side, differences_of_files, side
from jnd.errors import DifferentSizesError
from jnd.metrics.colorvideovdp import heat_map
from jnd.observer import (
    PROTOCOLS,
    Observer,
    Sight,
    calibration_notes,
    jnd_units,
    notice_probability,
    protocol_named,
    satisfied_users,
)
from jnd.picture import BACKGROUNDS, CodeValues, Picture, seen
from jnd.picture.colour import in_8_bits
from jnd.records import ChangeKind, Comparison, Pool, Window
from jnd.viewing import ViewingConditions, viewing_conditions

Mask = npt.NDArray[np.bool_]

KIND_SIDE = 704
"""Pixels of the square around the worst window that the kind of change is told from: half a megapixel, as large as the
pictures that the classifier was fitted and tested on."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with what it was made from, for maps and pages."""

    record: Comparison
    reference: Picture
    changed: Picture
    """As judged: upright, aligned where that was asked."""
    jod_lost: Float32 | None
    """(H, W), the map of visible difference; None where nothing differs."""


def compare(
    reference: PictureLike,
    changed: PictureLike,
    *,
    notice: float = DEFAULT_NOTICE,
    pool: Pool = "window",
    protocol: str = "aic3",
    viewing: str | ViewingConditions = "standard_fhd",
    ignore: tuple[Window, ...] = (),
    ignore_mask: CodeValues | None = None,
    align: bool = False,
    kinds: bool = True,
    direction: bool = False,
) -> Comparison:
    """Would anyone notice the difference between two pictures?

    Parameters
    ----------
    reference, changed : paths, bytes of files, :class:`~jnd.picture.Picture`, PIL pictures, or arrays (H, W),
        (H, W, 3) or (H, W, 4) of uint8 or uint16 sRGB code values. Not modified.
    notice : probability that the average observer notices, by ``protocol``, from which the verdict is "visible".
        Where nothing differs by more than one code value it is 0.75 at least.
    pool : "window", the verdict is on the worst window of 4° by 4°; or "picture".
    protocol : how people look, a key of ``jnd.observer.PROTOCOLS``.
    viewing : name of viewing conditions, or the conditions themselves.
    ignore : rectangles (x, y, width, height) of the reference that do not count.
    ignore_mask : (H, W) or (H, W, 3) of the reference's size; what is not black does not count.
    align : bring ``changed`` back onto the reference first, where it was moved, scaled or turned.
    kinds : say what kind of change was made, from the whole picture or, of a large one, from the surroundings of its worst
        window.
    direction : say per artifact whether it got weaker or stronger, and whether the picture got better or worse.

    Raises
    ------
    UnreadablePictureError
        One of them is no picture that can be read.
    DifferentSizesError
        Their sizes differ; the message says what may have happened and what to do.
    ValueError
        An argument outside its range.

    >>> grey = np.full((64, 64, 3), 128, np.uint8)
    >>> compare(grey, grey).verdict, compare(grey, grey + 1).verdict
    ('identical', 'invisible')
    >>> spot = grey.copy()
    >>> spot[20:30, 20:30] += 40
    >>> compare(grey, spot).verdict
    'visible'
    """
    conditions = viewing_conditions(viewing) if isinstance(viewing, str) else viewing
    request = CompareRequest(
        notice, pool, protocol, conditions, tuple(ignore), ignore_mask, align, kinds, direction
    )
    return look_at(side(reference), side(changed), request).record


def look_at(reference: Side, changed: Side, request: CompareRequest) -> Compared:
    """Compare two sides; errors as of :func:`compare`, but for reading."""
    begin = time.perf_counter()
    notes = list(differences_of_files(reference, changed))
    before, after = reference.picture, changed.picture
    shape = before.pixels.shape[:2]
    after, resized = _of_one_size(before, after, request, notes)
    first = [seen(before, grey) for grey in BACKGROUNDS]
    then = [seen(after, grey) for grey in BACKGROUNDS]
    if before.alpha is None and after.alpha is None:
        first, then = first[:1], then[:1]
    ignored = _ignored(request, (shape[0], shape[1]))
    differs = any(not _equal(one, other) for one, other in zip(first, then, strict=True))
    found = find_misregistration(first[0], then[0]) if differs else None
    is_aligned = resized
    if request.align and found is not None:
        then, ignored = _brought_back(then, found, ignored)
        after = Picture(then[0])
        notes.append("CHANGED was aligned; what it has nothing to show for does not count")
        is_aligned = True
    if ignored is not None:
        then = [_as_reference(one, other, ignored) for one, other in zip(first, then, strict=True)]
    differences = [code_difference(one, other) for one, other in zip(first, then, strict=True)]
    difference = differences[0] if len(differences) == 1 else np.maximum(*differences)
    record = Comparison(
        reference=reference.name,
        changed=changed.name,
        verdict="identical",
        pool=request.pool,
        misregistration=None if found is None else found.found,
        aligned=is_aligned,
        ignored_pixels=0 if ignored is None else int(ignored.sum()),
        width=int(shape[1]),
        height=int(shape[0]),
        protocol=request.protocol,
        viewing=request.viewing.name,
        pixels_per_degree=request.viewing.pixels_per_degree,
        changed_pixels=int(np.count_nonzero(difference)),
        largest_difference=float(difference.max()),
        notes=tuple(notes),
    )
    jod_lost: Float32 | None = None
    if record.changed_pixels:
        sights = [
            Observer(one, request.viewing, request.protocol).look(other)
            for one, other in zip(first, then, strict=True)
        ]
        maps = [heat_map(one, other, request.viewing) for one, other in zip(first, then, strict=True)]
        jod_lost = maps[0] if len(maps) == 1 else np.maximum(*maps)
        record = _seen_by(record, request, sights, difference, jod_lost)
        if request.kinds:
            record = replace(record, kinds=_kinds(record, request, first[0], then[0]))
        if request.direction:
            record = replace(
                record,
                artifact_changes=artifact_direction(first[0], then[0]),
                overall_change=overall_direction(first[0], then[0]),
            )
    else:
        record = _no_difference(record, request)
    return Compared(
        replace(record, seconds=time.perf_counter() - begin),
        before,
        after,
        jod_lost,
    )


def _seen_by(
    record: Comparison,
    request: CompareRequest,
    sights: list[Sight],
    difference: Float32,
    jod_lost: Float32,
) -> Comparison:
    """The verdict and all numbers of the observer; of a transparent picture over its worse background."""
    sight = min(sights, key=lambda one: (one.worst_window_jod, one.jod))
    jod = min(one.jod for one in sights)
    window = sight.worst_window_jod
    largest = record.largest_difference or 0.0
    one_jnd = 10 - protocol_named(request.protocol).threshold_jod
    regions, left_out = changed_regions(difference, jod_lost, one_jnd, request.viewing.pixels_per_degree)
    return replace(
        record,
        verdict=request.verdict(window if request.pool == "window" else jod, largest),
        notice_criterion=request.criterion(largest),
        **_of_people(jod, window, request),
        worst_window=sight.worst_window,
        decided_by=min(sights, key=lambda one: one.jod).decided_by,
        share_above_threshold=float(np.mean(jod_lost >= one_jnd)),
        regions=regions,
        regions_left_out=left_out,
        protocol_notes=calibration_notes(request.protocol, request.viewing, window),
    )


def _kinds(
    record: Comparison, request: CompareRequest, before: CodeValues, after: CodeValues
) -> tuple[ChangeKind, ...]:
    """What kind of change it is; the classifier knows pictures of up to half a megapixel, so larger ones are cut."""
    x, y, width, height = record.worst_window or (0, 0, *before.shape[1::-1])
    rows = _around(y + height // 2, before.shape[0])
    columns = _around(x + width // 2, before.shape[1])
    one, other = np.ascontiguousarray(before[rows, columns]), np.ascontiguousarray(after[rows, columns])
    return describe_change(one, other, Observer(one, request.viewing, request.protocol))


def _around(middle: int, side: int) -> slice:
    start = min(max(0, middle - KIND_SIDE // 2), max(0, side - KIND_SIDE))
    return slice(start, start + KIND_SIDE)


def _no_difference(record: Comparison, request: CompareRequest) -> Comparison:
    return replace(
        record,
        **_of_people(10.0, 10.0, request),
        share_above_threshold=0.0,
        notice_criterion=request.notice,
        protocol_notes=calibration_notes(request.protocol, request.viewing),
    )


def _of_people(jod: float, window: float, request: CompareRequest) -> dict[str, Any]:
    def units(value: float) -> float:
        return float(jnd_units(value, protocol=request.protocol, viewing=request.viewing))

    def notice(value: float, protocol: str) -> float:
        return float(notice_probability(value, protocol=protocol, viewing=request.viewing))

    return {
        "jod": jod,
        "jnd": units(jod),
        "notice": notice(jod, request.protocol),
        "satisfied": float(satisfied_users(jod, protocol=request.protocol, viewing=request.viewing)),
        "notice_by_protocol": {name: notice(jod, name) for name in PROTOCOLS},
        "worst_window_jod": window,
        "worst_window_jnd": units(window),
        "worst_window_notice": notice(window, request.protocol),
        "worst_window_notice_by_protocol": {name: notice(window, name) for name in PROTOCOLS},
    }


def _of_one_size(
    before: Picture, after: Picture, request: CompareRequest, notes: list[str]
) -> tuple[Picture, bool]:
    """CHANGED at the reference's size, which only ``align`` may bring it to."""
    (height, width), (other_height, other_width) = before.pixels.shape[:2], after.pixels.shape[:2]
    if (height, width) == (other_height, other_width):
        return after, False
    if not (request.align and is_scaled(before.pixels, after.pixels)):
        raise DifferentSizesError(size_in_words(seen(before), seen(after)))
    method = cv2.INTER_AREA if other_width > width else cv2.INTER_LANCZOS4

    def resized(values: CodeValues) -> CodeValues:
        return np.asarray(cv2.resize(np.ascontiguousarray(values), (width, height), interpolation=method))

    notes.append(
        f"size: CHANGED is {other_width} × {other_height}, scaled to REFERENCE's {width} × {height} to be compared"
    )
    alpha = None if after.alpha is None else resized(after.alpha)
    return Picture(resized(after.pixels), alpha, after.icc_profile), True


def _ignored(request: CompareRequest, shape: tuple[int, int]) -> Mask | None:
    """(H, W) True where changes do not count; None where all do."""
    if not request.ignore and request.ignore_mask is None:
        return None
    ignored = np.zeros(shape, np.bool_)
    for x, y, width, height in request.ignore:
        if x >= shape[1] or y >= shape[0]:
            raise ValueError(
                f"the rectangle {x},{y},{width},{height} to ignore lies outside the picture of "
                f"{shape[1]} × {shape[0]}; it is X,Y,WIDTH,HEIGHT in pixels from the top left"
            )
        ignored[y : y + height, x : x + width] = True
    if request.ignore_mask is not None:
        mask = request.ignore_mask
        if mask.shape[:2] != shape:
            raise DifferentSizesError(
                f"the mask is {mask.shape[1]} × {mask.shape[0]}, the picture {shape[1]} × {shape[0]}: "
                "both must have one size; make the mask from the picture"
            )
        ignored |= mask.astype(np.bool_).reshape(*shape, -1).any(axis=2)
    return ignored


def _brought_back(
    pictures: list[CodeValues], found: Alignment, ignored: Mask | None
) -> tuple[list[CodeValues], Mask]:
    shape = (pictures[0].shape[0], pictures[0].shape[1])
    moved = [aligned(picture, found.matrix, shape) for picture in pictures]
    outside = moved[0][1]
    return [pixels for pixels, _ in moved], outside if ignored is None else ignored | outside


def _as_reference(reference: CodeValues, changed: CodeValues, where: Mask) -> CodeValues:
    """``changed`` with the reference's pixels ``where``, so that nothing differs there."""
    mixed = changed.copy()
    mixed[where] = (
        reference[where] if reference.dtype == changed.dtype else _in_depth_of(reference, changed)[where]
    )
    return mixed


def _in_depth_of(pixels: CodeValues, other: CodeValues) -> CodeValues:
    if other.dtype == np.uint8:
        return in_8_bits(pixels)
    return pixels.astype(np.uint16) * np.uint16(257)


def _equal(one: CodeValues, other: CodeValues) -> bool:
    if one.dtype == other.dtype:
        return np.array_equal(one, other)
    deep, flat = (one, other) if one.dtype == np.uint16 else (other, one)
    return np.array_equal(deep, _in_depth_of(flat, deep))
