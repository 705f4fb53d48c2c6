"""How pictures are labelled by the observer: codecs, viewing, how close the levels lie; and the hash of all that."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import jnd
from jnd.codecs import CODECS
from jnd.observer import protocol_named
from jnd.viewing import ViewingConditions

STEPS: Final[dict[str, int]] = {
    "jpeg": 2, "jpeg:turbo": 2, "jpeg:mozjpeg": 2, "webp": 3, "avif": 4, "jpegxl": 4, "heic": 2,
}  # fmt: skip
"""Levels between two labels where people begin to notice. Against a scan of every level, thresholds from 9.33 to 9.89 JOD
that are read from such labels lie 0.1 (JPEG) to 0.6 levels (JPEG XL) off in the mean; 4.4 at most, with WebP, whose
curves are not monotone (4 pictures; ``reproduce/observer_labels.py --steps``)."""

COARSE: Final = 3
"""Outside of :data:`DENSE_JOD` labels are so many times farther apart."""

DENSE_JOD: Final = (9.0, 9.97)
"""Between these, from 3.2 to 0.1 JND on the scale of AIC-3, lies every threshold that is asked for."""

LOWEST_JOD: Final = 8.0
"""A scan ends at the first label below: far beyond the observer's calibration (8.89 JOD)."""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """How pictures are labelled. Parts made under another request, encoder or version are not used."""

    codecs: tuple[str, ...]
    viewing: ViewingConditions
    protocol: str = "aic3"
    chroma_subsampling: str | None = None
    """None is each codec's usual one."""
    effort: str | None = None
    """None is "medium", as in ``jnd encode``."""
    step: int | None = None
    """Levels between two labels where people begin to notice; None is :data:`STEPS`."""

    def check(self) -> None:
        """Raise unless every codec is installed and has what is asked for.

        Raises
        ------
        CodecError, UnavailableChoiceError, UnknownNameError, ValueError
            An encoder that is not installed, a choice it does not have, a protocol or step that does not exist.
        """
        protocol_named(self.protocol)
        if self.step is not None and self.step < 1:
            raise ValueError(f"the step must be at least 1 level, got {self.step}")
        for name in self.codecs:
            CODECS[name].check_installed()
            CODECS[name].check_choices(self.chroma_subsampling, self.effort)

    def step_of(self, codec: str) -> int:
        """Levels between two labels of this codec."""
        return self.step or STEPS.get(codec, 2)

    def provenance(self) -> dict[str, Any]:
        """What a label depends on beside the picture, for the file's metadata; JSON types only."""
        return {
            "labels": "observer labels: answers of the metric, not of people",
            "jnd": jnd.__version__,
            "metric": "ColorVideoVDP 0.5.7, still pictures, with jnd's guard for uniform shifts",
            "protocol": self.protocol,
            "jnd_per_jod": protocol_named(self.protocol).jnd_per_jod,
            "viewing": self.viewing.name,
            "pixels_per_degree": self.viewing.pixels_per_degree,
            "display": asdict(self.viewing.display),
            "encoders": {name: CODECS[name].encoder for name in self.codecs},
            "chroma_subsampling": self.chroma_subsampling or "each codec's usual one",
            "effort": self.effort or "medium",
            "steps": {name: self.step_of(name) for name in self.codecs},
            "dense_jod": list(DENSE_JOD),
            "lowest_jod": LOWEST_JOD,
        }

    def digest(self) -> str:
        """Short hash of :meth:`provenance`: the same for requests that give the same labels."""
        return hashlib.sha256(json.dumps(self.provenance(), sort_keys=True).encode()).hexdigest()[:16]
