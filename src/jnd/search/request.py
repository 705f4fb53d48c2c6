"""What is wanted of every file of a batch."""

import hashlib
import json
from dataclasses import asdict, dataclass

import jnd
from jnd.codecs import CODECS
from jnd.codecs.lossless import LOSSLESS
from jnd.search.criterion import SatisfiedUsers
from jnd.search.lossless_picture import LOSSLESS_FORMATS
from jnd.search.one_picture import FORMATS
from jnd.viewing import ViewingConditions

MaxSize = tuple[int | None, int | None]
"""Width and height in pixels that a picture is made to fit; None for any."""


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of :func:`jnd.encode`, and what only files have."""

    format: str
    satisfied: float
    protocol: str
    viewing: ViewingConditions
    exact: bool = False
    chroma_subsampling: str | None = None
    effort: str | None = None
    keep_metadata: str = "default"
    finish_effort: str | None = None
    worst_window: bool = False
    lossless: bool = False
    """Nothing may be lost; ``satisfied`` and all that belongs to it then says nothing."""
    max_size: MaxSize | None = None
    verify: bool = True
    min_saving: float = 0.0
    """Share of the source's bytes that an encoding must save, or the source is kept."""

    @property
    def criterion(self) -> SatisfiedUsers:
        """When a lossy file is good enough."""
        return SatisfiedUsers(self.satisfied, self.protocol, self.viewing, self.worst_window)

    @property
    def formats(self) -> tuple[str, ...]:
        """Names of the codecs, or of the lossless formats, that are tried."""
        return (LOSSLESS_FORMATS if self.lossless else FORMATS)[self.format]

    def fingerprint(self) -> str:
        """A hash of all that decides about an output beside its source, the versions of the encoders included."""
        encoders = [CODECS[name].encoder for name in FORMATS.get(self.format, ())]
        encoders += [entry.encoder for entry in LOSSLESS.values()]
        decisive = {**asdict(self), "jnd": jnd.__version__, "encoders": encoders}
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode("ascii")).hexdigest()
