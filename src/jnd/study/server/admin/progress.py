"""How a study stands: what the experimenter's first page shows, and keeps up to date."""

from statistics import median
from typing import Any, Final

from sqlalchemy import func, select

from jnd.study.server.context import StudyContext
from jnd.study.store.progress import progress_of
from jnd.study.store.store import now_ms
from jnd.study.store.tables import AuditRow, ResponseRow, SessionRow, StudyRow, TrialRow

ACTIVE_MS: Final = 2 * 60 * 1000
"""Seen within it, a session counts as at work: the page shows who is there now, not who may come back."""
LAST_ANSWERS: Final = 500
"""Whose times the median is of."""


def progress(context: StudyContext) -> dict[str, Any]:
    """Counts of the study in all versions, as JSON holds them."""
    study = context.design.study.name
    found = progress_of(context.store, study)
    of_study = SessionRow.study.in_(select(StudyRow.id).where(StudyRow.name == study))
    now_active = (SessionRow.state == "running") & (SessionRow.last_seen > now_ms() - ACTIVE_MS)
    with context.store.reading() as connection:
        active = connection.scalar(select(func.count()).select_from(SessionRow).where(of_study, now_active))
        refused = connection.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.kind.like("%refused%"))
        )
        last = connection.scalars(
            select(ResponseRow.rt_ms)
            .join(TrialRow, TrialRow.id == ResponseRow.trial)
            .join(SessionRow, SessionRow.id == TrialRow.session)
            .where(of_study, ResponseRow.rt_ms.is_not(None))
            .order_by(ResponseRow.received.desc())
            .limit(LAST_ANSWERS)
        )
        times = [time for time in last if time is not None]
    return {
        "sessions": sum(found["sessions"].values()),
        "done": found["sessions"]["done"],
        "active": active,
        "answers": found["answers"],
        "answer_seconds": round(median(times) / 1000, 2) if times else None,
        "refused": refused,
        "pictures": [
            {"source": row["source"], "codec": row["codec"] or "", "answers": row["answers"], "right": row["correct_share"]}
            for row in found["series"]
        ],
    }  # fmt: skip
