"""What a data set says about one picture and one codec: the record that training reads, whoever gave the answers.

Two kinds, never mixed: *observer labels* hold a JOD per level, made by the metric; *people's labels* hold the
level at which each subject began to notice.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Kind = Literal["observer", "people"]


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPicture:
    """One reference picture with the labels of one codec."""

    path: Path
    """The reference: a file that :func:`jnd.read_picture` reads; of a video its reference clip or frame."""
    name: str
    """Unique within the data set."""
    group: str
    """Source photograph: pictures that share it are never split between training and test."""
    dataset: str
    kind: Kind
    codec: str
    """A name in ``jnd.codecs.CODECS`` where we can make the distorted pictures ("jpeg:turbo" for data sets of
    libjpeg's), otherwise the data set's own word ("bpg", "h264", "vvc")."""
    level: Array
    """(n,) distortion levels, ascending, larger is worse. For codecs of ours those of ``codec.levels``."""
    setting: Array
    """(n,) what the encoder was told at each level: quality, distance or QP."""
    parameter: str
    """What ``setting`` is: "quality", "distance", "QP"."""
    chroma_subsampling: str | None = None
    jod: Array | None = None
    """(n,) of observer labels; None for people's."""
    jnd: Array | None = None
    """(n,) just noticeable differences from the reference: from ``jod`` by the labels' protocol, or of people where
    the data set publishes a scale (JPEG AIC)."""
    psnr: Array | None = None
    """(n,) dB over all code values of the decoded picture, where the labels hold it."""
    size_bytes: Array | None = None
    """(n,) of the file at each level, where the labels hold it."""
    samples: dict[int, Array] = field(default_factory=dict)
    """Of people: number of the JND (1, 2, 3) → (subjects,) level at which each first noticed, on the axis of
    ``level``; NaN where a subject noticed nothing at any level. Empty for observer labels."""
    satisfied: dict[int, Array] = field(default_factory=dict)
    """Of people, where the data set publishes it: number of the JND → (n,) satisfied-user ratio per level."""
    distorted: tuple[Path, ...] = ()
    """The data set's own distorted picture per level, where it has them; otherwise empty."""
    picture: str = ""
    """SHA-256 of the reference's pixels (:func:`jnd.datasets.observer_labels.picture_hash`), where it is known."""
    width: int = 0
    height: int = 0
    fold: int | None = None
    """Published fold of the source, where the data set has one."""
    window: tuple[int, int, int, int] | None = None
    """x, y, width, height of the patch that was judged; None is the whole picture."""

    def satisfied_users(self, number: int = 1) -> Array:
        """Share of the subjects who notice nothing at each of ``level``: (n,), the empirical satisfied-user ratio.

        A subject whose sample is level s notices s and everything worse.

        Raises
        ------
        KeyError
            No subject was asked for this JND.
        """
        samples = np.where(np.isnan(self.samples[number]), np.inf, self.samples[number])
        shares = (samples[np.newaxis, :] > self.level[:, np.newaxis]).mean(axis=1)
        return np.asarray(shares, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two patches and the share of people who called them the same (BAPPS)."""

    first: Path
    second: Path
    same: float
    """Share, 0 to 1."""
    judgements: int
    kind: str
    """Of the distortion: "traditional" or "cnn"."""
    name: str


@dataclass(frozen=True, slots=True)
class ScoredPicture:
    """A distorted picture with people's opinion (CID22); no threshold, but what a threshold can be compared with."""

    reference: Path
    distorted: Path
    group: str
    codec: str
    """The data set's own word for the encoder."""
    setting: str
    score: float
    scale: str
    """What ``score`` is, for example "MCOS, 0 to 100"."""
