"""The few errors that jnd raises. Each message names the value, the rule and the way out."""

from collections.abc import Iterator
from contextlib import contextmanager


class JndError(Exception):
    """Anything that went wrong in jnd and that the caller can act on."""


class UnknownNameError(JndError, ValueError):
    """A name (of a codec, a viewing condition, a protocol, …) that no registry holds."""


class UnreadablePictureError(JndError, ValueError):
    """A file that is not a picture we can read: empty, truncated, corrupt, animated, too large, …"""


class UnsupportedPictureError(JndError, ValueError):
    """A picture that the chosen codec cannot hold: too large, transparent, …"""


class UnavailableChoiceError(JndError, ValueError):
    """An option, such as a chroma subsampling, that the chosen codec does not offer."""


class CodecError(JndError, RuntimeError):
    """An encoder that failed on a picture within its limits, or one that is not installed."""


class UnusableAnswersError(JndError, ValueError):
    """People's answers that cannot be analysed as asked: empty, one level only, mixed protocols, …"""


class ThresholdOutsideDataError(UnusableAnswersError):
    """The threshold lies beyond the tested levels; only a bound is known.

    ``side`` is "below" (the threshold is below ``bound``) or "above".
    """

    def __init__(self, message: str, *, side: str, bound: float) -> None:
        super().__init__(message)
        self.side = side
        self.bound = bound


class GraphDisconnectedError(UnusableAnswersError):
    """Items fall into groups that were never compared with each other; ``components`` lists their indices."""

    def __init__(self, message: str, *, components: list[list[int]]) -> None:
        super().__init__(message)
        self.components = components


class PlaceError(JndError, ValueError):
    """An address of files that nothing here serves, or that cannot be written to."""


class ClusterError(JndError, RuntimeError):
    """A cluster that does not answer, has no workers, or has others versions than this machine."""


class MissingExtraError(JndError, RuntimeError):
    """A task that needs an optional dependency; the message says how to get it."""


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Around the imports of an optional part: a package that is not there becomes a MissingExtraError.

    Parameters
    ----------
    extra : of pyproject.toml, such as "study".
    what : needs it, for the message; in the singular.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "jnd").partition(".")[0]
        if package == "jnd":
            raise
        raise MissingExtraError(f'{what} needs {package}: pip install "jnd[{extra}]"') from None


class StudyDatabaseError(JndError, RuntimeError):
    """A study's database that cannot be reached, or is of a newer version."""


class UnusableDatasetError(JndError, ValueError):
    """A data set that is not there, not in its documented layout, or has problems and should have none."""


class DifferentSizesError(JndError, ValueError):
    """Two pictures that have to be of one size and are not."""


class ConfigurationError(JndError, ValueError):
    """A training configuration with an unknown or missing key, or a value that cannot be."""


class TrainingStoppedError(JndError, RuntimeError):
    """Training that cannot go on: a loss that is no number, a full disk, … The last checkpoint is valid."""


class CheckpointError(JndError, ValueError):
    """A checkpoint that cannot be continued: of another model, configuration or version, or damaged."""


class ModelFileError(JndError, ValueError):
    """A model file that cannot be used: its checksum is wrong, or it is not one of ours."""


class UnusablePictureError(JndError, ValueError):
    """A picture that says nothing of its camera: saturated, black, flat, too small."""


class FingerprintFileError(JndError, ValueError):
    """A file that holds no fingerprint of a camera, or a damaged one."""
