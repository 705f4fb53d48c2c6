"""Absolute category rating: one picture, five categories from bad to excellent [P910], [BT500].

With hidden references (ACR-HR) unless turned off. Scores depend on the range of the set; do not pool two sets.
"""

from typing import ClassVar

from jnd.study.methods.rating import Rating


class Acr(Rating):
    """How good is it?"""

    name: ClassVar[str] = "acr"
    summary: ClassVar[str] = "one picture, rated from 1 (bad) to 5 (excellent)"
    follows: ClassVar[str] = "ITU-T P.910 ACR, ITU-R BT.500"
    screen: ClassVar[str] = "rating"
    with_reference: ClassVar[bool] = False
