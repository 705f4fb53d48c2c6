"""What is personal goes after so many days; answers stay, since they say nothing of who gave them."""

from typing import Any, Final

from sqlalchemy import select, update

from jnd.study.store.store import Store, note, now_ms
from jnd.study.store.tables import ParticipantRow, SessionRow, StudyRow

DAY_MS: Final = 24 * 3600 * 1000
PERSONAL: Final[dict[str, tuple[str, ...]]] = {
    "device": ("user_agent", "timezone", "screen", "pointer"),
    "screening": ("acuity", "colour", "room", "statements"),
}
"""Step → what of it is removed; refresh rate, size and geometry stay, since answers cannot be read without them."""


def purge(store: Store, study: str, days: int, *, dry_run: bool) -> int:
    """Remove what is personal of sessions not seen for so many days; returns how many sessions had any."""
    before = now_ms() - days * DAY_MS
    count = 0
    with store.writing() as connection:
        rows = connection.execute(
            select(SessionRow.id, SessionRow.facts, SessionRow.participant, ParticipantRow.external)
            .join(StudyRow, StudyRow.id == SessionRow.study)
            .join(ParticipantRow, ParticipantRow.id == SessionRow.participant)
            .where(StudyRow.name == study, SessionRow.last_seen < before)
        ).all()
        for row in rows:
            facts = _without(row.facts)
            if facts == row.facts and row.external is None:
                continue
            count += 1
            if not dry_run:
                connection.execute(update(SessionRow).where(SessionRow.id == row.id).values(facts=facts))
                connection.execute(
                    update(ParticipantRow)
                    .where(ParticipantRow.id == row.participant)
                    .values(external=None, external_facts={})
                )
        if count and not dry_run:
            note(connection, "purged", "command line", {"sessions": count, "days": days})
    return count


def _without(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        step: {key: value for key, value in said.items() if key not in PERSONAL.get(step, ())}
        for step, said in facts.items()
    }
