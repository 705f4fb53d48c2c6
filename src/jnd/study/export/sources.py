"""Where answers can be read from: a study's folder, a bundle, or a table of ours or of another laboratory."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from jnd.errors import UnusableAnswersError
from jnd.study.analysis.analysis import StudyFacts, slider_levels
from jnd.study.analysis.reading import read_answers_file, read_bundle_answers, responses_of_arrow
from jnd.study.analysis.responses import Responses, joined


class Source(NamedTuple):
    """Answers, what is known of their study, and its reference pictures."""

    answers: Responses
    facts: StudyFacts
    references: Mapping[str, Path]
    """Picture → file of its reference, where the study's folder is there."""


def read_source(path: Path, *, falling: bool = False, method: str | None = None) -> Source:
    """The answers at ``path``, whatever is there.

    Parameters
    ----------
    falling, method : of another laboratory's table; see :func:`jnd.study.analysis.reading.read_answers_file`.

    Raises
    ------
    UnusableAnswersError
        Nothing that holds answers; the message says what was expected.
    """
    if path.is_dir():
        if (path / "study.toml").is_file() and not (path / "dataset_description.json").is_file():
            from jnd.study.export.bundle import facts_of
            from jnd.study.export.from_store import export_study

            export = export_study(path)
            if not export.answers.num_rows:
                raise UnusableAnswersError(f"{path}: no answers yet; jnd study serve {path} collects them")
            return Source(responses_of_arrow(export.answers), facts_of(export), references_of(path))
        if (path / "dataset_description.json").is_file() or (path / "answers.parquet").is_file():
            return Source(read_bundle_answers(path), bundle_facts(path), {})
        raise UnusableAnswersError(
            f"{path}: neither a study (study.toml) nor an export of one (dataset_description.json)"
        )
    return Source(read_answers_file(path, falling=falling, method=method), StudyFacts(), {})


def read_sources(paths: Sequence[Path], *, falling: bool = False, method: str | None = None) -> Source:
    """Several studies together, as a comparison of their methods needs them.

    Raises
    ------
    UnusableAnswersError
        As :func:`read_source`, or studies that declare different rules of exclusion.
    """
    sources = [read_source(path, falling=falling, method=method) for path in paths]
    if len(sources) == 1:
        return sources[0]
    first = sources[0].facts
    for path, source in zip(paths, sources, strict=True):
        if source.facts.rules != first.rules:
            raise UnusableAnswersError(
                f"{paths[0]} and {path} declare different rules of exclusion; analyse one at a time"
            )
    levels: dict[str, Any] = {}
    references: dict[str, Path] = {}
    for source in sources:
        levels |= source.facts.slider_levels
        references |= source.references
    verified = [s.facts.verified for s in sources]
    facts = replace(
        first,
        title=", ".join(dict.fromkeys(s.facts.title for s in sources if s.facts.title)),
        version=first.version if len({s.facts.version for s in sources}) == 1 else None,
        verified=False if False in verified else verified[0],
        snapshot=max((s.facts.snapshot for s in sources if s.facts.snapshot), default=None),
        slider_levels=levels,
    )
    return Source(joined([s.answers for s in sources]), facts, references)


def bundle_facts(folder: Path) -> StudyFacts:
    """What ``study.json`` of a bundle says.

    Raises
    ------
    UnusableAnswersError
        It is not JSON of ours.
    """
    path = folder / "study.json"
    if not path.is_file():
        return StudyFacts()
    try:
        found = json.loads(path.read_text("utf-8"))
        return StudyFacts(
            title=found["title"],
            rules=found["rules"],
            verified=found["verified"],
            version=found["version"],
            snapshot=found["snapshot"],
            slider_levels=slider_levels(found["stimuli"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableAnswersError(f"{path}: not the study.json of an export ({error!r})") from None


def references_of(folder: Path) -> dict[str, Path]:
    """Picture → file of its reference, by the manifest of a study's folder."""
    manifest = json.loads((folder / "stimuli.json").read_text("utf-8"))
    return {
        s["source"]: folder / "stimuli" / f"{s['sha256']}.png"
        for s in manifest["stimuli"]
        if s["role"] == "reference"
    }
