"""What a study is: the tables of ``study.toml`` as records. Keys are the fields; a value that cannot be is refused by name.

Here are what is asked and the whole; what is shown is in ``presentation``, who takes part in ``participants``.
"""

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from jnd.errors import ConfigurationError
from jnd.options import one_of, positive
from jnd.study.design.participants import (
    ConsentSection,
    CrowdSection,
    ExclusionSection,
    RetentionSection,
    ScreeningSection,
)
from jnd.study.design.presentation import DisplaySection, StimuliSection, ViewingSection

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
class TrialsSection:
    """``[trials]``."""

    adaptive: str = "quest_plus"
    """What chooses the level: quest_plus, staircase, bisection, constant_stimuli, adjustment; none: all, once each."""
    scope: str = "observer"
    """Each "observer" has a search per picture, or all share one ("collective"), which counts trials that others look at."""
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
    """A drawn trial without an answer is given up then; a search that all share waits for it no longer."""

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
