"""What the page shows of one pair, made by the worker that has its pixels.

In goes a :class:`~jnd.difference.comparison.Compared`, out comes a :class:`PairEntry`.
"""

from dataclasses import dataclass

from jnd.difference.comparison import Compared
from jnd.report.heat_picture import HeatPicture, heat_picture
from jnd.report.shown import Shown, shown_without_loss, thumbnail_of


@dataclass(frozen=True, slots=True)
class PairEntry:
    """Both pictures without loss, as a browser shows them, and the map."""

    thumbnail: bytes
    """WebP, of CHANGED."""
    changed: Shown
    reference: Shown | None
    """None where nothing differs: CHANGED is the same to the eye."""
    heat: HeatPicture | None
    transparent: bool
    bit_depth: int
    """The larger of both; more than 8 are rounded to 8 to be shown."""


def pair_entry(compared: Compared) -> PairEntry:
    """Prepare one pair."""
    reference, changed = compared.reference, compared.changed
    return PairEntry(
        thumbnail=thumbnail_of(changed),
        changed=shown_without_loss(changed),
        reference=None if compared.jod_lost is None else shown_without_loss(reference),
        heat=None if compared.jod_lost is None else heat_picture(compared.jod_lost),
        transparent=reference.alpha is not None or changed.alpha is not None,
        bit_depth=8 * max(reference.pixels.itemsize, changed.pixels.itemsize),
    )
