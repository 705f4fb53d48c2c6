"""Artifacts: what can be seen in one picture alone, without its original.

In: a file or a picture. Out: per artifact its strength, where it is, words, and what it does to quality by the observer.
"""

from jnd.artifacts.banding import BANDING
from jnd.artifacts.blockiness import BLOCKINESS
from jnd.artifacts.blur import BLUR
from jnd.artifacts.chroma_subsampling import CHROMA_SUBSAMPLING
from jnd.artifacts.clipping import CLIPPING
from jnd.artifacts.finding import Artifact, Finding
from jnd.artifacts.jpeg_history import JPEG_HISTORY
from jnd.artifacts.noise import NOISE
from jnd.artifacts.resampling import RESAMPLING
from jnd.artifacts.ringing import RINGING
from jnd.artifacts.subject import Subject, subject_of

__all__ = ["ARTIFACTS", "Artifact", "Finding", "Subject", "subject_of"]

ARTIFACTS: dict[str, Artifact] = {
    "jpeg_history": JPEG_HISTORY,
    "blockiness": BLOCKINESS,
    "ringing": RINGING,
    "blur": BLUR,
    "noise": NOISE,
    "banding": BANDING,
    "clipping": CLIPPING,
    "resampling": RESAMPLING,
    "chroma_subsampling": CHROMA_SUBSAMPLING,
}
