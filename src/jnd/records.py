"""What crosses rooms: plain frozen records without behaviour, JSON in and out through ``dataclasses.asdict``."""

from dataclasses import dataclass
from typing import Literal

Setting = dict[str, int | float | str]
Window = tuple[int, int, int, int]
"""x, y, width and height in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One trial of a search: a picture encoded at one level, decoded again and looked at."""

    codec: str
    distortion_level: int
    """Position on the codec's axis; larger is worse."""
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
    """The share of people that was asked for."""
    protocol: str
    viewing: str
    pixels_per_degree: float
    notes: tuple[str, ...] = ()
    """What the user should know: formats left out and why, a change of chroma subsampling, …"""


FileStatus = Literal["encoded", "kept", "not reachable", "failed"]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one file of a batch: one JSON object of ``jnd encode --json``.

    ``status`` is

    - "encoded": ``output`` meets the target;
    - "kept": no encoding that meets the target is smaller than the source, which has one of the formats asked
      for; ``output`` is the source's bytes, unchanged (``jod`` is 10 by definition);
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
    protocol: str | None = None
    protocol_note: str | None = None
    """What has to be said beside numbers of this protocol: what it rests on, and whether it was tested here."""
    viewing: str | None = None
    pixels_per_degree: float | None = None
    encodes: int = 0
    """Trial encodes, over all formats."""
    seconds: float = 0.0
    """Wall time of this picture in its worker: reading, encoding, decoding, looking."""
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
