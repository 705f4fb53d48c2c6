"""Ratings as the JSON dataset that SUREAL reads: references, distorted pictures, and each observer's score."""

from typing import Any

from jnd.errors import UnusableAnswersError
from jnd.study.export.study_export import StudyExport


def sureal_dataset(export: StudyExport) -> dict[str, Any]:
    """The dataset; observers' scores by their random id, a list where they rated a picture again.

    Raises
    ------
    UnusableAnswersError
        The study does not collect ratings, or has none yet.
    """
    if export.method not in ("acr", "dcr", "quality-ruler"):
        raise UnusableAnswersError(
            f"a SUREAL dataset holds ratings; the method of {export.name} is {export.method}"
        )
    needed = ("source", "codec", "level", "participant", "rating", "is_training", "is_trap")
    rows = export.answers.select(list(needed)).to_pylist()
    votes: dict[tuple[str, str, float], dict[str, list[float]]] = {}
    for row in rows:
        if row["rating"] is None or row["is_training"] or row["is_trap"]:
            continue
        level = row["level"] or 0.0
        key = (row["source"], (row["codec"] or "") if level else "", level)
        votes.setdefault(key, {}).setdefault(row["participant"], []).append(row["rating"])
    if not votes:
        raise UnusableAnswersError(f"{export.name}: no ratings yet")
    sources = sorted({source for source, _, _ in votes})
    pictures = {
        (s["source"], s.get("codec") or "", s["level"] or 0.0): s
        for s in export.stimuli
        if s.get("role") == "test"
    }
    references = {s["source"]: s for s in export.stimuli if s.get("role") == "reference"}

    def path(stimulus: dict[str, Any] | None) -> str:
        return "" if stimulus is None else f"{stimulus['sha256']}.png"

    return {
        "dataset_name": export.name,
        "ref_score": {"acr": 5.0, "dcr": 5.0}.get(export.method),
        "ref_videos": [
            {"content_id": i, "content_name": source, "path": path(references.get(source))} for i, source in enumerate(sources)
        ],
        "dis_videos": [
            {
                "content_id": sources.index(key[0]), "asset_id": asset, "codec": key[1], "level": key[2],
                "path": path(pictures.get(key) if key[2] else references.get(key[0])),
                "os": {person: given[0] if len(given) == 1 else given for person, given in sorted(own.items())},
            }
            for asset, (key, own) in enumerate(sorted(votes.items()))
        ],
    }  # fmt: skip
