"""What a comparison is asked for, and when a change counts as visible.

The rule of the verdict is here and nowhere else.
"""

from dataclasses import dataclass, field

from jnd.observer import jnd_units, jod_of_notice, protocol_named
from jnd.picture import CodeValues
from jnd.records import Pool, Verdict, Window
from jnd.viewing import ViewingConditions, viewing_conditions

DEFAULT_NOTICE = 0.25
"""A change is visible when the average observer notices it in a quarter of the trials or more: 0.47 JND by
``aic3``. A test should fail before half of the trials are lost, which is 1 JND; below a quarter, steps of single
code values on flat dark grey would fail it (0.40 JND)."""

ROUNDING_CODE_VALUES = 1.0
"""Differences up to this, in 8-bit code values, are what decoders and rasterisers leave by rounding ..."""

ROUNDING_NOTICE = 0.75
"""... and count as visible only at 1.7 JND, where three in four trials are noticed. On a display that shows black as
0.6 cd/m², one step up from pure black is a tenth more light: up to 0.67 JND for a square, 1.18 in one screenshot of 37."""


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """How two pictures are compared.

    Raises
    ------
    ValueError
        A notice probability outside 0 < p < 1, an unknown pool or protocol, a rectangle without pixels.
    """

    notice: float = DEFAULT_NOTICE
    """Probability, by ``protocol``, from which a change is visible."""
    pool: Pool = "window"
    protocol: str = "aic3"
    viewing: ViewingConditions = field(default_factory=viewing_conditions)
    ignore: tuple[Window, ...] = ()
    """Rectangles of REFERENCE, x, y, width, height, whose changes do not count."""
    ignore_mask: CodeValues | None = None
    """(H, W) or (H, W, 3) of REFERENCE's size: what is not black does not count."""
    align: bool = False
    """Bring CHANGED back onto REFERENCE first, where it was moved, scaled or turned."""
    kinds: bool = True
    """Say what kind of change was made."""
    direction: bool = False
    """Say per artifact whether it got weaker or stronger."""

    def __post_init__(self) -> None:
        protocol_named(self.protocol)
        if not 0 < self.notice < 1:
            raise ValueError(
                f"the probability of notice must be above 0 and below 1, got {self.notice}; "
                f"{DEFAULT_NOTICE} is usual, 0.5 is 1 JND"
            )
        if self.pool not in ("window", "picture"):
            raise ValueError(f"pool must be window or picture, got {self.pool!r}")
        for x, y, width, height in self.ignore:
            if width < 1 or height < 1 or x < 0 or y < 0:
                raise ValueError(
                    f"a rectangle to ignore is X,Y,WIDTH,HEIGHT in pixels with a width and height of at least 1, "
                    f"got {x},{y},{width},{height}"
                )

    def criterion(self, largest_difference: float) -> float:
        """The probability from which a change of at most ``largest_difference`` code values is visible."""
        if largest_difference <= ROUNDING_CODE_VALUES:
            return max(self.notice, ROUNDING_NOTICE)
        return self.notice

    def verdict(self, jod: float, largest_difference: float) -> Verdict:
        """The verdict on pictures that are not identical.

        Parameters
        ----------
        jod : of what is pooled, the worst window or the whole picture.
        largest_difference : in 8-bit code values, of any channel.
        """
        threshold = float(
            jod_of_notice(self.criterion(largest_difference), protocol=self.protocol, viewing=self.viewing)
        )
        return "visible" if jod <= threshold else "invisible"

    def in_words(self) -> str:
        """The rule for people to read.

        >>> CompareRequest().in_words()
        'visible: the average observer notices the worst window of 4° by 4° in at least 25 in 100 trials (0.47 JND, aic3)'
        """
        what = "the worst window of 4° by 4°" if self.pool == "window" else "the picture"
        units = float(
            jnd_units(
                jod_of_notice(self.notice, protocol=self.protocol, viewing=self.viewing),
                protocol=self.protocol,
                viewing=self.viewing,
            )
        )
        return (
            f"visible: the average observer notices {what} in at least {100 * self.notice:.3g} in 100 trials "
            f"({units:.2f} JND, {self.protocol})"
        )
