"""Degradation category rating: reference and test, five categories from very annoying to imperceptible [P910], [BT500]."""

from typing import ClassVar

from jnd.study.methods.rating import Rating


class Dcr(Rating):
    """How much worse is it?"""

    name: ClassVar[str] = "dcr"
    summary: ClassVar[str] = "reference and test, rated from 1 (very annoying) to 5 (imperceptible)"
    follows: ClassVar[str] = "ITU-T P.910 DCR, ITU-R BT.500 DSIS"
    screen: ClassVar[str] = "rating"
    with_reference: ClassVar[bool] = True
