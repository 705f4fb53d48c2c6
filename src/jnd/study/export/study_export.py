"""What is exported: the design, the stimuli, the sessions and every answer, as of one reading of the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class StudyExport:
    """One study; writers of formats take nothing else."""

    name: str
    title: str
    method: str
    version: int
    verified: bool
    """Whether the values of a standard in the design were confirmed."""
    rules: Mapping[str, float | None]
    """[exclusion] of the design."""
    design: dict[str, Any]
    design_text: str
    """study.toml as it is."""
    design_sha256: str
    stimuli: tuple[dict[str, Any], ...]
    """Entries of the manifest."""
    snapshot: str
    """When the database was read, ISO 8601 in UTC; of an imported bundle that has no newer answers, its own."""
    sessions: Any
    """``pyarrow.Table`` with the columns of sessions."""
    answers: Any
    """``pyarrow.Table`` with the columns of answers, sorted by session and order."""
    unanswered: Any
    """``pyarrow.Table`` of the trials without an answer."""
    events: Any
    """``pyarrow.Table``"""
    personal: bool
    """Whether the sessions hold their personal columns."""
