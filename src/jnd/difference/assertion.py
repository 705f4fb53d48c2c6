"""For tests: an error when people would see a difference, with the comparison as a picture.

In go what a test has made and what it expects, out comes a record or an AssertionError that says where to look.
"""

import os
from pathlib import Path
from typing import Any

from jnd.difference.comparison import Compared, look_at
from jnd.difference.pictures import comparison_picture
from jnd.difference.request import CompareRequest
from jnd.difference.sides import PictureLike, Side, side
from jnd.difference.words import in_words
from jnd.errors import DifferentSizesError
from jnd.picture import Picture, write_bytes_atomically, write_picture
from jnd.picture.lossless import lossless_bytes
from jnd.records import Comparison
from jnd.viewing import ViewingConditions, viewing_conditions

BASELINE_ENDINGS = (".png", ".tif", ".tiff", ".webp", ".bmp", ".ppm")
"""What a baseline may be written as: without loss."""


def assert_imperceptible(
    actual: PictureLike,
    expected: PictureLike,
    *,
    output: str | os.PathLike[str] | None = None,
    update: bool = False,
    viewing: str | ViewingConditions = "standard_fhd",
    **options: Any,
) -> Comparison:
    """Fail when people would see the difference between two pictures.

    Parameters
    ----------
    actual : what was made: a path, bytes of a file (a screenshot), an array of code values, a PIL picture.
    expected : the baseline; usually a path in the repository, else anything that ``actual`` may be.
    output : PNG that shows both and the map of visible difference; written only on failure.
    update : write ``actual`` to ``expected``, which must be a path, where it is missing or visibly different.
        Baselines that nobody can tell from ``actual`` stay, so that they do not change for rounding.
    viewing : name of viewing conditions, or the conditions themselves.
    options : ``notice``, ``pool``, ``protocol``, ``ignore``, ``ignore_mask``, ``align``, ``kinds``, ``direction`` of
        :func:`jnd.difference.compare`.

    Returns
    -------
    The comparison; its verdict is "identical" or "invisible", or "visible" where the baseline was updated.

    Raises
    ------
    AssertionError
        The difference is visible, the sizes differ, or the baseline is missing.
    UnreadablePictureError
        One of them is no picture that can be read.
    """
    request = CompareRequest(
        viewing=viewing_conditions(viewing) if isinstance(viewing, str) else viewing, **options
    )
    made = side(actual)
    path = Path(expected) if isinstance(expected, str | os.PathLike) else None
    if path is not None and not path.exists():
        if not update:
            raise AssertionError(
                f"the baseline {path} does not exist; look at the picture and run pytest with --jnd-update to write it"
            )
        _write_baseline(path, made)
        return look_at(made, made, request).record
    baseline = side(expected)
    try:
        compared = look_at(baseline, made, request)
    except DifferentSizesError as error:
        if update and path is not None:
            _write_baseline(path, made)
            return look_at(made, made, request).record
        raise AssertionError(
            str(error).replace("REFERENCE", "expected").replace("CHANGED", "actual")
        ) from None
    if compared.record.verdict == "visible":
        if update and path is not None:
            _write_baseline(path, made)
        else:
            raise AssertionError(_failure(compared, output))
    return compared.record


def _failure(compared: Compared, output: str | os.PathLike[str] | None) -> str:
    text = f"people would see the difference\n{in_words(compared.record)}"
    if output is None:
        return text
    path = Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = comparison_picture(compared, in_words(compared.record).splitlines()[0])
    write_picture(Picture(picture), path, overwrite=True)
    return f"{text}\nboth and the map of visible difference: {path}"


def _write_baseline(path: Path, made: Side) -> None:
    if path.suffix.lower() not in BASELINE_ENDINGS:
        raise ValueError(
            f"the baseline {path} must be written without loss: name it {path.with_suffix('.png').name}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_atomically(path, lossless_bytes(made.picture, path.suffix.lower()))
