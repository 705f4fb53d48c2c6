"""What leaves the database: a row per answer and per session, with everything that an export states."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer with its trial and its session. Times are milliseconds since 1970 in UTC."""

    study: str
    study_version: int
    session: str
    participant: str
    recruited_via: str
    trial: str
    slot: int
    order: int
    """Place in the session, from 0."""
    block: int
    stage: str
    kind: str
    repeat_of: str | None
    """The trial that this one repeats."""
    series: str | None
    """Key of the adaptive search."""
    asked: float | None
    number: int | None
    """Place among the answers of the search."""
    source: str
    codec: str | None
    setting: float | None
    level: float | None
    stimuli: dict[str, str]
    params: dict[str, Any]
    choices: list[str]
    answer_key: dict[str, Any]
    value: Any
    correct: bool | None
    adaptive: int | None
    rating: float | None
    noticed_at: float | None
    rt_ms: float | None
    answered_at: str
    served: int
    received: int
    represented: int
    timing: dict[str, Any]
    telemetry: dict[str, Any]
    client_build: str
    nudges: int
    device: dict[str, Any]
    """Of the session's device check."""
    calibration: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session."""

    session: str
    study: str
    study_version: int
    participant: str
    recruited_via: str
    external: str | None
    """Keyed hash, or the id itself where the design keeps it."""
    external_facts: dict[str, Any]
    state: str
    locale: str
    seed: int
    sources: list[str]
    planned: int
    started: int
    last_seen: int
    answered: int
    """Main trials."""
    voided: int
    consent_sha256: str | None
    consent_version: str | None
    consent_given: int | None
    facts: dict[str, Any]
    """Step → what the page said there."""
