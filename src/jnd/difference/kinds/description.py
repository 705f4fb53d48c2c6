"""The kinds of a change, each with its level and how bad it is by itself."""

import numpy as np

from jnd.difference.kinds.classes import CHANGE_CLASSES
from jnd.difference.kinds.features import change_features
from jnd.difference.kinds.network import fitted_network, named_rows
from jnd.distortions import DISTORTIONS, distort
from jnd.distortions.distortion import Pixels
from jnd.observer.sight import Observer
from jnd.picture import CodeValues, as_colour, check_code_values
from jnd.picture.colour import in_8_bits
from jnd.records import ChangeKind

ROUNDING = 1
"""Code values; a change that is nowhere larger has no kind: it is what saving a picture again can do."""


def describe_change(
    reference: CodeValues, changed: CodeValues, observer: Observer, *, severity: bool = True
) -> tuple[ChangeKind, ...]:
    """What kind of change made ``changed`` of ``reference``: the likeliest first, at most two.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) uint8 or uint16 sRGB code values of one size, registered as they are.
        16 bits are rounded to 8.
    observer : knows ``reference``; gives the severity.
    severity : False leaves ``severity_jnd`` None, which saves making and looking at one picture per kind.

    Returns
    -------
    Empty where nothing changed by more than rounding, or where no kind is likely.

    Raises
    ------
    TypeError, ValueError
        Not pictures, or of two sizes.
    """
    first, second = _eight_bits(reference, "the reference"), _eight_bits(changed, "the changed picture")
    if first.shape != second.shape:
        raise ValueError(
            f"the changed picture is {second.shape[1]}x{second.shape[0]}, the reference "
            f"{first.shape[1]}x{first.shape[0]}: both must have one size; scale or crop one of them first"
        )
    if int(np.abs(first.astype(np.int16) - second).max()) <= ROUNDING:
        return ()
    fitted = fitted_network()
    measured = change_features(first, second)
    probability, level = fitted.network(np.array([[measured[name] for name in fitted.features]]))
    return tuple(
        _kind(
            fitted.kinds[index],
            float(probability[0, index]),
            float(level[0, index]),
            first,
            observer,
            severity,
        )
        for index in named_rows(probability[0])
    )


def _kind(
    name: str, probability: float, level: float, reference: Pixels, observer: Observer, severity: bool
) -> ChangeKind:
    entry = CHANGE_CLASSES[name]
    distortion = DISTORTIONS[entry.representative]
    jnd = observer.look(distort(reference, entry.representative, level)).jnd if severity else None
    return ChangeKind(
        name=name,
        title=entry.title,
        probability=probability,
        level=level,
        severity_jnd=jnd,
        note=(
            f'severity is the observer\'s change when "{entry.representative}" alone is applied to the reference at the '
            f"estimated level ({distortion.axis.parameter}: {distortion.axis.value(level):.3g})"
        ),
    )


def _eight_bits(pixels: CodeValues, what: str) -> Pixels:
    check_code_values(pixels, what)
    return as_colour(np.asarray(in_8_bits(pixels), np.uint8))
