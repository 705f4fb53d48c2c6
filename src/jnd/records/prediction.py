"""What is expected of a picture before anything is encoded."""

from dataclasses import dataclass

from jnd.records.answers import SurCurve
from jnd.records.common import Setting


@dataclass(frozen=True, slots=True)
class PjndPrediction:
    """Picture-wise JND: the setting of a codec at which people are expected to begin to notice.

    Predicted from the picture alone, nothing was encoded. Levels are distortion levels (larger is worse); what the
    encoder is told at them is in ``parameter``.
    """

    source: str
    codec: str
    parameter: str
    """What the encoder's numbers are: "quality", "distance", "QP"."""
    setting: Setting | None
    """Smallest file at which the share of people asked for is expected to notice nothing; None where no setting
    is expected to."""
    level: int | None
    """The distortion level of ``setting``."""
    target_satisfied: float
    pjnd: float
    """The encoder's number at which half of the people notice (1 JND of the average observer)."""
    low: float
    high: float
    """90 % interval of ``pjnd``, in the encoder's numbers, the smaller number first."""
    sur: SurCurve
    """Expected share of people who notice nothing, by distortion level, with its 90 % interval."""
    settings: tuple[float, ...]
    """The encoder's number at each level of ``sur``."""
    warning: str | None = None
    """Why not to rely on it: the picture is unlike those that the model learned from."""
