"""The tables of ``study.toml`` about people: who takes part, whose answers count, what they agree to, what is kept of them."""

import dataclasses
from dataclasses import dataclass, field

from jnd.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class ScreeningSection:
    """``[screening]``: asked before the first trial."""

    colour: bool = True
    """Plates with numbers."""
    acuity: bool = False
    age_minimum: int = 18
    photosensitive_exclusion: bool = True
    """People who say that flicker troubles them do not take part."""


@dataclass(frozen=True, slots=True)
class ExclusionSection:
    """``[exclusion]``: declared before the data; what breaks a rule is flagged, nothing is deleted."""

    catch_minimum: float = 0.7
    fastest_ms: float = 200.0
    same_answer_share: float = 0.95
    repeat_agreement_minimum: float = 0.6
    dropped_frames_maximum: float = 0.02

    def __post_init__(self) -> None:
        """Check the values."""
        for entry in dataclasses.fields(self):
            value = getattr(self, entry.name)
            if value < 0 or (entry.name != "fastest_ms" and value > 1):
                raise ConfigurationError(f"exclusion.{entry.name} must be from 0 to 1, got {value:g}")


@dataclass(frozen=True, slots=True)
class ConsentSection:
    """``[consent]``."""

    version: str = "1"
    text: str = ""
    """What people agree to, paragraphs parted by an empty line; empty takes ours (English, German, French). In other languages
    than study.locale: "consent.text" in locales/de.json, say, beside this file."""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class CrowdSection:
    """``[crowd]``: for platforms that send participants with parameters and want a code back."""

    parameters: dict[str, str] = field(default_factory=dict)
    """Parameter of the address → what it is: external_id, study_id, session_id."""
    completion_code: str = ""
    completion_url: str = ""
    quota_sessions: int = 0
    """Sessions after which nobody new is taken; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class RetentionSection:
    """``[retention]``."""

    days: int = 0
    """After which ``jnd study purge`` removes what is personal; 0 for never."""
    keep_external_id: bool = False
    """Store the crowd platform's ids as they are, not hashed."""
