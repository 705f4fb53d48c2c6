"""What two pictures differ in: the verdict, regions, misregistration, kinds of change, direction."""

from dataclasses import dataclass
from typing import Literal

from jnd.records.common import Pool, Window

Verdict = Literal["identical", "invisible", "visible", "broken"]


@dataclass(frozen=True, slots=True)
class ChangedRegion:
    """Changed pixels that lie together, and how strongly the observer sees them."""

    box: Window
    changed_pixels: int
    largest_difference: float
    """In 8-bit code values, of any channel."""
    peak_jod_lost: float
    """Largest value of the map of visible difference in the box."""
    visible_pixels: int
    """Pixels of the box where that map loses 1 JND or more."""


@dataclass(frozen=True, slots=True)
class Misregistration:
    """How the content of CHANGED lies against REFERENCE: turned and scaled about the centre, then moved."""

    shift_x: float
    """Pixels, positive to the right; where the centre went."""
    shift_y: float
    """Pixels, positive down."""
    scale: float
    """1.01 is one in a hundred larger."""
    rotation_degrees: float
    """Positive clockwise."""
    remaining: float
    """Mean squared difference of grey levels once aligned, as a share of that before: 0 is all explained."""


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """One kind of change between two pictures, as the classifier of changes names it."""

    name: str
    """A key of ``jnd.difference.kinds.CHANGE_CLASSES``."""
    title: str
    probability: float
    """That this kind is among what was done, 0 to 1, by the fitted network."""
    level: float
    """Estimated, 0 to 1, on the axis of the kind's representative distortion."""
    severity_jnd: float | None
    """What the observer says when that distortion alone is applied to the reference at ``level``, in JND; None where
    it was not asked."""
    note: str
    """What ``severity_jnd`` means, with the physical parameter."""


@dataclass(frozen=True, slots=True)
class ArtifactChange:
    """One artifact in both versions."""

    artifact: str
    """A key of ``jnd.artifacts.ARTIFACTS``."""
    direction: Literal["weaker", "same", "stronger"]
    """In the changed picture, relative to the reference."""
    reference_strength: float
    changed_strength: float
    dead_zone: float
    """Differences up to this count as none."""
    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class OverallChange:
    """The picture as a whole, without asking which version is the original."""

    direction: Literal["better", "not told", "worse"]
    niqe_change: float | None
    """Changed minus reference; lower is better. None where there are too few patches."""
    interval: tuple[float, float] | None
    """95 % of the change, by bootstrap over patches."""
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two pictures: one JSON object of ``jnd compare --json``.

    ``verdict`` is

    - "identical": as people see them, every pixel is the same; notes say what differs in the files;
    - "invisible": something differs, but less than ``notice_criterion``;
    - "visible": the average observer would notice;
    - "broken": they could not be compared, ``error`` says why.

    What is not known is None.
    """

    reference: str | None
    changed: str | None
    verdict: Verdict
    pool: Pool = "window"
    """What decided: the worst window of 4° by 4°, or the whole picture."""
    notice_criterion: float | None = None
    """Probability of notice from which a change counts as visible; larger where nothing differs by more than one
    code value."""
    jod: float | None = None
    """Of the whole picture; 10 is no visible difference."""
    jnd: float | None = None
    notice: float | None = None
    """How often the average observer notices, 0 to 1, by ``protocol``."""
    satisfied: float | None = None
    notice_by_protocol: dict[str, float] | None = None
    worst_window_jod: float | None = None
    """Calibrated on whole photographs, as all numbers of the window are."""
    worst_window_jnd: float | None = None
    worst_window_notice: float | None = None
    worst_window_notice_by_protocol: dict[str, float] | None = None
    worst_window: Window | None = None
    decided_by: Literal["colorvideovdp", "uniform_shift"] | None = None
    """Which of the two set ``jod``: the metric, or the guard for uniform shifts."""
    share_above_threshold: float | None = None
    """Share of the picture where the map of visible difference loses 1 JND or more."""
    changed_pixels: int | None = None
    largest_difference: float | None = None
    """In 8-bit code values, of any channel."""
    regions: tuple[ChangedRegion, ...] = ()
    """The strongest first."""
    regions_left_out: int = 0
    """Of the weakest, beyond the number that is listed."""
    kinds: tuple[ChangeKind, ...] = ()
    """What was done to the picture, the likeliest first, at most two."""
    artifact_changes: tuple[ArtifactChange, ...] = ()
    """Per artifact weaker or stronger; only where that was asked."""
    overall_change: OverallChange | None = None
    """Better or worse; only where that was asked."""
    misregistration: Misregistration | None = None
    aligned: bool = False
    """Whether all other numbers are for CHANGED brought back onto REFERENCE."""
    ignored_pixels: int = 0
    width: int | None = None
    height: int | None = None
    protocol: str | None = None
    protocol_notes: tuple[str, ...] = ()
    viewing: str | None = None
    pixels_per_degree: float | None = None
    notes: tuple[str, ...] = ()
    """What differs between the files beside their pixels: bit depth, opacity, colour profile, orientation."""
    error: str | None = None
    seconds: float = 0.0
