"""What a search for the smallest file says: its trials, its end, and one file of a batch."""

from dataclasses import dataclass
from typing import Literal

from jnd.records.common import Pool, Setting, Window


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
