"""What a study is: the tables of ``study.toml`` as records. Keys are the fields; a value that cannot be is refused by name."""

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from jnd.errors import ConfigurationError
from jnd.options import one_of, positive

METHODS: Final = (
    "flicker",
    "flicker-slider",
    "side-by-side",
    "same-different",
    "acr",
    "dcr",
    "quality-ruler",
    "btc",
    "ptc",
    "pan",
)
MODES: Final = ("remote", "lab", "crowd")
ADAPTIVE: Final = ("quest_plus", "staircase", "bisection", "constant_stimuli", "adjustment", "none")
QUESTIONS: Final = ("flickers", "still")
LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
MILLISECONDS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class StudySection:
    """``[study]``."""

    name: str
    """Part of the study's address: small letters, digits and hyphens."""
    method: str
    title: str = ""
    """What participants read."""
    preset: str = ""
    """Published procedure that the settings follow."""
    verified: bool = False
    """Whether somebody compared the settings with a bought copy of the standard."""
    version: int = 1
    """Raise it when the design changes; sessions keep the version that they began with."""
    question: str = "flickers"
    """Of the flicker method: which side "flickers", or which is "still"."""
    locale: str = "en"
    mode: str = "remote"
    seed: int = 0
    """Of the order of trials; each session adds its own."""

    def __post_init__(self) -> None:
        """Check the values."""
        if not SLUG.fullmatch(self.name):
            raise ConfigurationError(
                f"study.name must be small letters, digits and hyphens, at most 64, got {self.name!r}"
            )
        one_of("study.method", self.method, METHODS)
        one_of("study.question", self.question, QUESTIONS)
        one_of("study.mode", self.mode, MODES)
        positive("study.version", self.version)
        if not LOCALE.fullmatch(self.locale):
            raise ConfigurationError(
                f"study.locale must be a language such as en or pt-BR, got {self.locale!r}"
            )


@dataclass(frozen=True, slots=True)
class StimuliSection:
    """``[stimuli]``: what ``jnd study init`` makes, and what must be there."""

    pictures: str = "pictures"
    """Folder of the sources."""
    codecs: tuple[str, ...] = ("jpeg:turbo",)
    """Codecs, each a series per picture."""
    distortions: tuple[str, ...] = ()
    """Distortions of jnd, in place of codecs; "a+b" is a followed by b."""
    levels: tuple[float, ...] = ()
    """Distortion levels, rising; empty: chosen per picture, from hardly to clearly visible by jnd's observer."""
    count: int = 12
    """How many, where they are chosen."""
    visible: tuple[float, ...] = (0.2, 3.0)
    """JND by the observer between which they are chosen."""
    max_side: int = 0
    """Cut the middle of pictures to this many pixels; 0 takes all of them."""
    patch_size: int = 64
    """Of the same/different method."""
    patches: int = 4
    """Per picture."""
    ruler_steps: int = 30
    """Of the quality ruler."""
    boost_zoom: int = 2
    """Of boosted triplets: zoom of the middle."""
    boost_amplification: float = 2.0
    """Of boosted triplets: times the difference."""
    allow_flashes: bool = False
    """Also stimuli whose alternation could trouble people with photosensitive epilepsy (see ``check``)."""
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the values."""
        if any(later <= earlier for earlier, later in zip(self.levels, self.levels[1:], strict=False)):
            raise ConfigurationError(
                f"stimuli.levels must rise, so that a larger level is more distortion, got {list(self.levels)}"
            )
        if self.levels and self.levels[0] <= 0:
            raise ConfigurationError("stimuli.levels must be above 0: level 0 is the picture itself")
        if not self.codecs and not self.distortions:
            raise ConfigurationError("stimuli.codecs and stimuli.distortions are both empty; name one")
        if len(self.visible) != 2 or not 0 < self.visible[0] < self.visible[1]:
            raise ConfigurationError(
                f"stimuli.visible must be two rising JND above 0, got {list(self.visible)}"
            )
        for name in ("count", "patch_size", "patches", "ruler_steps", "boost_zoom", "boost_amplification"):
            positive(f"stimuli.{name}", getattr(self, name))


@dataclass(frozen=True, slots=True)
class DisplaySection:
    """``[display]``: how stimuli are shown. Times are turned into whole display frames, and the real ones logged."""

    phase_ms: float = 100.0
    """One phase of flicker; the pictures are swapped after each. Two phases are one cycle."""
    min_view_ms: float = 0.0
    """Answers are taken from then on."""
    max_view_ms: float = 0.0
    """Then the stimulus goes grey and the answer stays open; 0 for no limit."""
    blank_ms: float = 250.0
    """Grey between trials."""
    exposure_ms: float = 1000.0
    """Each picture of the same/different method."""
    gap_ms: float = 250.0
    """Between them."""
    answer_ms: float = 0.0
    """Triplets: grey after the stimulus in which an answer is still taken; 0 for no limit."""
    scale: int = 1
    """Device pixels per picture pixel, a whole number."""
    background: str = "#777777"
    speed_px_per_frame: int = 4
    """Of panned pairs."""
    pan_direction: str = "left"
    toggle_hold_ms: float = 500.0
    """Plain triplets: the least time between toggles."""
    photodiode: bool = False
    """A corner patch, black and white with the phase, for a sensor."""

    def __post_init__(self) -> None:
        """Check the values."""
        for name in ("phase_ms", "exposure_ms", "scale", "speed_px_per_frame"):
            positive(f"display.{name}", getattr(self, name))
        for name in ("min_view_ms", "max_view_ms", "blank_ms", "gap_ms", "answer_ms", "toggle_hold_ms"):
            if getattr(self, name) < 0:
                raise ConfigurationError(f"display.{name} must be 0 or more, got {getattr(self, name):g}")
        if self.max_view_ms and self.max_view_ms < self.min_view_ms:
            raise ConfigurationError(
                f"display.max_view_ms ({self.max_view_ms:g}) must not be below display.min_view_ms ({self.min_view_ms:g})"
            )
        if not COLOUR.fullmatch(self.background):
            raise ConfigurationError(
                f"display.background must be a colour such as #777777, got {self.background!r}"
            )
        one_of("display.pan_direction", self.pan_direction, ("left", "right", "up", "down"))


@dataclass(frozen=True, slots=True)
class ViewingSection:
    """``[viewing]``."""

    conditions: str = "standard_fhd"
    """An entry of jnd's viewing conditions."""
    pixels_per_degree: float = 0.0
    """In place of the entry's own; 0 takes that."""
    tolerance: float = 0.0
    """Sessions whose pixels per degree differ by a larger share are refused; 0 takes all and records them."""
    distance_cm: float = 0.0
    """Told to participants; 0 asks them."""

    def __post_init__(self) -> None:
        """Check the values."""
        for name in ("pixels_per_degree", "tolerance", "distance_cm"):
            if getattr(self, name) < 0:
                raise ConfigurationError(f"viewing.{name} must be 0 or more, got {getattr(self, name):g}")


@dataclass(frozen=True, slots=True)
class TrialsSection:
    """``[trials]``."""

    adaptive: str = "quest_plus"
    """What chooses the level: quest_plus, staircase, bisection, constant_stimuli, adjustment; none: all, once each."""
    scope: str = "observer"
    """Each "observer" has a search per picture, or all share one ("collective")."""
    per_picture: int = 30
    """Adaptive trials of a session per picture and codec; repeats of every level for constant stimuli."""
    keep: float = 0.5
    """Bisection: share of the interval that stays after an answer; 0.75 can repair a wrong one."""
    easy_every: int = 10
    """Every so many adaptive trials the largest level is asked; 0 never."""
    pictures_per_session: int = 0
    """0 for all; else the pictures with the fewest answers."""
    catch_share: float = 0.1
    """Trials with an obvious answer, beside the others."""
    repeat_share: float = 0.08
    """Trials that are asked again."""
    break_every: int = 40
    """Trials between breaks; 0 for none."""
    practice_trials: int = 6
    practice_criterion: float = 0.75
    """Share of practice trials that must be right; practice goes on until then, at most three rounds."""
    dummies: int = 3
    """ACR, DCR: trials at the beginning that are not scored."""
    hidden_reference: bool = True
    """ACR, quality ruler: the sources are judged among the others."""
    not_sure: bool = False
    """Offer a third answer, "not-sure". It shifts the JND: never mix with forced choice in one analysis."""
    max_age_minutes: float = 30.0
    """After a pause longer than that, instructions and two warm-up trials come again."""
    open_trial_minutes: float = 15.0
    """A drawn trial without an answer is given up then."""

    def __post_init__(self) -> None:
        """Check the values."""
        one_of("trials.adaptive", self.adaptive, ADAPTIVE)
        one_of("trials.scope", self.scope, ("observer", "collective"))
        for name in ("per_picture", "max_age_minutes", "open_trial_minutes"):
            positive(f"trials.{name}", getattr(self, name))
        for name in ("catch_share", "repeat_share", "practice_criterion"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigurationError(f"trials.{name} must be from 0 to 1, got {getattr(self, name):g}")
        for name in ("easy_every", "break_every", "practice_trials", "dummies", "pictures_per_session"):
            if getattr(self, name) < 0:
                raise ConfigurationError(f"trials.{name} must be 0 or more, got {getattr(self, name)}")
        if not 0.5 <= self.keep < 1:
            raise ConfigurationError(f"trials.keep must be from 0.5 to below 1, got {self.keep:g}")
        if self.scope == "collective" and self.adaptive not in ("quest_plus", "none"):
            raise ConfigurationError(
                f'trials.scope "collective" needs trials.adaptive "quest_plus", which takes answers in any order; got '
                f'"{self.adaptive}"'
            )


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


@dataclass(frozen=True, slots=True)
class ServerSection:
    """``[server]``."""

    database: str = ""
    """Empty: study.db in the study's folder; else a URL such as postgresql+psycopg://user@host/name."""
    host: str = "127.0.0.1"
    port: int = 8600
    workers: int = 1
    rate_limit_per_minute: int = 600
    """Requests of one session. Each process counts those that come to it, so with several workers it may be more."""

    def __post_init__(self) -> None:
        """Check the values."""
        positive("server.workers", self.workers)
        positive("server.rate_limit_per_minute", self.rate_limit_per_minute)


@dataclass(frozen=True, slots=True)
class StudyDesign:
    """A whole study."""

    study: StudySection
    stimuli: StimuliSection = field(default_factory=StimuliSection)
    display: DisplaySection = field(default_factory=DisplaySection)
    viewing: ViewingSection = field(default_factory=ViewingSection)
    trials: TrialsSection = field(default_factory=TrialsSection)
    screening: ScreeningSection = field(default_factory=ScreeningSection)
    exclusion: ExclusionSection = field(default_factory=ExclusionSection)
    consent: ConsentSection = field(default_factory=ConsentSection)
    crowd: CrowdSection = field(default_factory=CrowdSection)
    retention: RetentionSection = field(default_factory=RetentionSection)
    server: ServerSection = field(default_factory=ServerSection)

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        content: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return content

    @property
    def sha256(self) -> str:
        """Of all that decides about trials and answers: where the server listens does not."""
        content = self.to_json()
        del content["server"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


SECTIONS: Final = tuple(entry.name for entry in dataclasses.fields(StudyDesign))
