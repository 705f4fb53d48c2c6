"""How a study stands: what the experimenter's first page shows, and keeps up to date."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, case, func, select

from jnd.study.server.context import StudyContext
from jnd.study.store.store import now_ms
from jnd.study.store.tables import AuditRow, ResponseRow, SessionRow, StudyRow, TrialRow

ACTIVE_MS = 2 * 60 * 1000
"""Seen within it, a session counts as at work."""


@dataclass(frozen=True, slots=True)
class PictureProgress:
    """Answers to one picture."""

    source: str
    codec: str
    answers: int
    right: int
    judged: int
    """Answers that are right or wrong."""

    @property
    def share(self) -> float | None:
        """Of right answers; None where none is right or wrong."""
        return round(self.right / self.judged, 3) if self.judged else None


def progress(context: StudyContext) -> dict[str, Any]:
    """Counts of the study in all versions, as JSON holds them."""
    name = context.design.study.name
    with context.store.reading() as connection:
        of_study = select(StudyRow.id).where(StudyRow.name == name)
        sessions = connection.execute(
            select(SessionRow.state, SessionRow.last_seen, SessionRow.answered, SessionRow.planned).where(
                SessionRow.study.in_(of_study)
            )
        ).all()
        answers = _main_answers(connection, of_study)
        pictures = _pictures(connection, of_study)
        refused = connection.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.kind.like("%refused%"))
        )
        times = [
            float(time)
            for (time,) in connection.execute(
                select(ResponseRow.rt_ms)
                .join(TrialRow, TrialRow.id == ResponseRow.trial)
                .join(SessionRow, SessionRow.id == TrialRow.session)
                .where(SessionRow.study.in_(of_study), ResponseRow.rt_ms.is_not(None))
                .order_by(ResponseRow.received.desc())
                .limit(500)
            )
            if time is not None
        ]
    states: dict[str, int] = {}
    for row in sessions:
        states[row.state] = states.get(row.state, 0) + 1
    active = sum(row.last_seen > now_ms() - ACTIVE_MS and row.state == "running" for row in sessions)
    return {
        "sessions": len(sessions),
        "done": states.get("done", 0),
        "active": active,
        "withdrawn_or_closed": states.get("withdrawn", 0) + states.get("closed", 0),
        "answers": answers,
        "quota": context.design.crowd.quota_sessions,
        "answer_seconds": round(median(times) / 1000, 2) if times else None,
        "refused": refused or 0,
        "pictures": [
            {
                "source": entry.source,
                "codec": entry.codec,
                "answers": entry.answers,
                "right": entry.share,
            }
            for entry in pictures
        ],
    }


def _main_answers(connection: Connection, of_study: Any) -> int:
    query = (
        select(func.count())
        .select_from(ResponseRow)
        .join(TrialRow, TrialRow.id == ResponseRow.trial)
        .join(SessionRow, SessionRow.id == TrialRow.session)
        .where(SessionRow.study.in_(of_study), TrialRow.stage == "main")
    )
    return connection.scalar(query) or 0


def _pictures(connection: Connection, of_study: Any) -> list[PictureProgress]:
    right = func.sum(case((ResponseRow.correct.is_(True), 1), else_=0))
    judged = func.sum(case((ResponseRow.correct.is_not(None), 1), else_=0))
    query = (
        select(TrialRow.source, TrialRow.codec, func.count(), right, judged)
        .join(ResponseRow, ResponseRow.trial == TrialRow.id)
        .join(SessionRow, SessionRow.id == TrialRow.session)
        .where(SessionRow.study.in_(of_study), TrialRow.stage == "main", TrialRow.kind == "ordinary")
        .group_by(TrialRow.source, TrialRow.codec)
        .order_by(TrialRow.source, TrialRow.codec)
    )
    return [
        PictureProgress(source, codec or "", count, int(good or 0), int(known or 0))
        for source, codec, count, good, known in connection.execute(query)
    ]
