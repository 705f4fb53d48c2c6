"""What crosses rooms: plain frozen records without behaviour, JSON in and out through ``dataclasses.asdict``."""

from dataclasses import dataclass
from typing import Literal

Setting = dict[str, int | float | str]
Window = tuple[int, int, int, int]
"""x, y, width and height in pixels of the upright picture."""


Pool = Literal["picture", "window"]
"""Whether a difference is pooled over the whole picture, or over its worst window of 4° by 4°."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One trial of a search: a picture encoded at one level, decoded again and looked at."""

    codec: str
    distortion_level: int | None
    """Position on the codec's axis; larger is worse. None for a file without loss."""
    setting: Setting
    """What the encoder was told, in its own words, for example ``{"quality": 82}``."""
    chroma_subsampling: str | None
    """"4:2:0", "4:4:4", …; None where the codec has one way only or the picture is grey."""
    size_bytes: int
    jod: float
    """Quality of the whole decoded picture in JOD; 10 is no visible difference, smaller is worse."""
    notice: float
    """Probability that the average observer notices the difference, 0 to 1."""
    satisfied: float
    """Share of people who notice no difference, 0 to 1 (the field's satisfied user ratio)."""
    worst_window_jod: float
    """JOD of the worst 4° by 4° window. People's answers were calibrated on whole photographs only."""
    worst_window: Window
    meets_target: bool
    encode_seconds: float
    look_seconds: float
    predicted: bool = False
    """Whether nobody looked: the scores are what was expected before encoding, and the window says nothing."""


@dataclass(frozen=True, slots=True)
class EncodeResult:
    """The smallest file found that meets the target, and enough to make it again."""

    data: bytes
    codec: str
    file_format: str
    extension: str
    """Of the file name, with the dot."""
    encoder: str
    """The encoding library and its version."""
    width: int
    height: int
    attempt: Attempt
    """The trial that made ``data``."""
    attempts: tuple[Attempt, ...]
    """Every trial of this picture in order, of other formats and chroma subsamplings too."""
    bits_per_pixel: float
    target: float
    """The share of people that was asked for; 1 where nothing may be lost or nothing was."""
    protocol: str | None
    """None for a file without loss, as are the next two: nobody has to look."""
    viewing: str | None
    pixels_per_degree: float | None
    pool: Pool = "picture"
    """What had to be good enough."""
    notes: tuple[str, ...] = ()
    """What the user should know: formats left out and why, a change of chroma subsampling, …"""


FileStatus = Literal["encoded", "kept", "not reachable", "failed"]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one file of a batch: one JSON object of ``jnd encode --json``.

    ``status`` is

    - "encoded": ``output`` meets the target;
    - "kept": no encoding that meets the target is smaller than the source by as much as was asked for;
      ``output`` is the source, of a JPEG without the metadata that are not to be kept (``jod`` is 10 by
      definition);
    - "not reachable": no setting of the format meets the target, nothing was written; ``codec`` … ``jod`` are
      those of the best attempt;
    - "failed": nothing was written, ``error`` says why.

    What is not known is None.
    """

    source: str
    status: FileStatus
    output: str | None = None
    codec: str | None = None
    setting: Setting | None = None
    chroma_subsampling: str | None = None
    encoder: str | None = None
    bytes: int | None = None
    source_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    jod: float | None = None
    notice: float | None = None
    satisfied: float | None = None
    worst_window_jod: float | None = None
    worst_window: Window | None = None
    target_satisfied: float | None = None
    pool: Pool = "picture"
    """Whether ``target_satisfied`` is asked of the whole picture or of its worst window."""
    protocol: str | None = None
    protocol_note: str | None = None
    """What has to be said beside numbers of this protocol: what it rests on, and whether it was tested here."""
    viewing: str | None = None
    pixels_per_degree: float | None = None
    verified: bool = True
    """Whether the result was looked at; otherwise ``jod``, ``notice`` and ``satisfied`` are predictions."""
    encodes: int = 0
    """Trial encodes, over all formats."""
    seconds: float = 0.0
    """Wall time of this picture in its worker: reading, encoding, decoding, looking; for a report also what it shows."""
    from_earlier_run: bool = False
    """Whether an earlier run did the work, on a source with the same content and with the same settings."""
    note: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """End of a search: the smallest file found that meets the target."""

    result: EncodeResult


@dataclass(frozen=True, slots=True)
class NotFound:
    """End of a search without a file that meets the target."""

    codec: str
    """The format that was asked for, "auto" included."""
    reason: str
    best: Attempt | None
    """The attempt of the highest quality; None where the codec cannot hold the picture at all."""
    attempts: tuple[Attempt, ...]
    notes: tuple[str, ...] = ()


SearchEvent = Attempt | Found | NotFound


Interval = tuple[float, float]
"""Lower and upper end; infinite (a width's lower end 0) where the answers leave that side open."""


@dataclass(frozen=True, slots=True)
class PsychometricFit:
    """The psychometric function fitted to answers, and how sure we are."""

    function: str
    """Name of the sigmoid."""
    threshold: float
    """Level at which half of the differences are detected (F = 0.5), in the unit of the levels."""
    width: float
    """Distance between 5 % and 95 % detected; for "weibull" the natural logarithm of their ratio."""
    guess_rate: float
    lapse_rate: float
    overdispersion: float
    """η of the beta-binomial, 0 (binomial) to 1."""
    method: str
    """How the values were estimated: "maximum likelihood" or "posterior mode"."""
    interval_method: str
    """How the intervals were found: "profile likelihood", "posterior", "bootstrap of trials", …"""
    confidence: float
    """Level of the intervals, for example 0.95."""
    threshold_interval: Interval
    width_interval: Interval
    guess_rate_interval: Interval | None
    """None where the rate was fixed or the method gives none."""
    lapse_rate_interval: Interval | None
    overdispersion_interval: Interval | None
    log_likelihood: float
    deviance: float
    """Twice the log-likelihood ratio to the saturated model."""
    trials: int
    levels: tuple[float, ...]
    """Of the blocks, ascending."""
    seen: tuple[int, ...]
    block_trials: tuple[int, ...]
    notes: tuple[str, ...] = ()
    """What the reader should know, for example an interval that reaches the edge of the tested levels."""


@dataclass(frozen=True, slots=True)
class SurCurve:
    """Satisfied user ratio: the share of people who notice nothing, by level (larger is worse)."""

    level: tuple[float, ...]
    """Ascending."""
    satisfied: tuple[float, ...]
    """In [0, 1], non-increasing."""
    low: tuple[float, ...] | None
    """Lower end of the pointwise interval, or None."""
    high: tuple[float, ...] | None
    distribution: str
    """"empirical", or the family of the individual JND: "normal", "logistic", …"""
    parameters: tuple[float, ...]
    observers: int


@dataclass(frozen=True, slots=True)
class ScaleFit:
    """Values of items on an interval scale, from comparisons."""

    model: str
    """"thurstone" or "bradley-terry" or "aic-3"."""
    unit: str
    scores: tuple[float, ...]
    standard_errors: tuple[float, ...] | None
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    components: tuple[tuple[int, ...], ...]
    """Items that can be compared with each other; scores are centred within each."""
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class OpinionScores:
    """Scores of rated stimuli and what is known of the observers."""

    method: str
    scores: tuple[float, ...]
    """One per stimulus, on the scale of the ratings."""
    standard_errors: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    confidence: float
    votes: tuple[int, ...]
    """Per stimulus, after screening."""
    rejected: tuple[int, ...]
    """Zero-based observers that the method screened out."""
    observer_bias: tuple[float, ...] | None = None
    observer_inconsistency: tuple[float, ...] | None = None
    stimulus_spread: tuple[float, ...] | None = None
    """Standard deviation of the votes per stimulus."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to look at an observer (or one of their trials) again. Nothing is deleted."""

    observer: str
    rule: str
    value: float
    limit: float
    reason: str
    trial: str | None = None


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
