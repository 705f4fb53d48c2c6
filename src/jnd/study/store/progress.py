"""How far a study is, in a few queries that do not read the answers themselves."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Integer, case, cast, func, select

from jnd.study.store.store import Store, now_ms
from jnd.study.store.tables import AuditRow, ResponseRow, SessionRow, StudyRow, TrialRow

RUNNING_MS: Final = 15 * 60_000
"""A session that was seen so lately is at work."""
SCORED: Final = ("ordinary", "repeat")
"""Kinds of trials that results rest on, as in :mod:`jnd.study.analysis`; not catch trials and dummies."""


def progress_of(store: Store, study: str, series: Sequence[str] = ()) -> dict[str, Any]:
    """Counts of the study of this name, in all its versions.

    Parameters
    ----------
    series : source and codec, parted by "|", in the order wanted; those without answers are listed with none. Others
        follow by name.

    Returns
    -------
    dict
        ``study``; ``sessions`` {done, running, left, excluded}; ``answers`` to main trials, ``practice``; ``voided`` and
        ``expired`` trials; ``withdrawn`` persons; ``last_seen`` ms since 1970 or None; ``series``: per picture and codec
        {series, source, codec, answers, observers, correct_share} of ordinary and repeated trials, which are those that
        results rest on; the share None where nothing is right or wrong.
    """
    now = now_ms()
    with store.reading() as connection:
        ours = select(StudyRow.id).where(StudyRow.name == study)
        sessions = {"done": 0, "running": 0, "left": 0, "excluded": 0}
        last_seen: int | None = None
        query = select(SessionRow.state, SessionRow.last_seen).where(SessionRow.study.in_(ours))
        for state, seen in connection.execute(query):
            kind = {"done": "done", "closed": "excluded"}.get(state)
            sessions[kind or ("running" if now - seen < RUNNING_MS else "left")] += 1
            last_seen = max(last_seen or 0, seen)
        mine = select(SessionRow.id).where(SessionRow.study.in_(ours))
        states: dict[tuple[str, str], int] = {}
        counted = (
            select(TrialRow.stage, TrialRow.state, func.count())
            .where(TrialRow.session.in_(mine))
            .group_by(TrialRow.stage, TrialRow.state)
        )
        for stage, state, count in connection.execute(counted):
            states[stage, state] = count
        right = func.sum(case((ResponseRow.correct.is_(None), 0), else_=cast(ResponseRow.correct, Integer)))
        per_series = (
            select(
                TrialRow.source,
                TrialRow.codec,
                func.count(),
                func.count(TrialRow.session.distinct()),
                right,
                func.count(ResponseRow.correct),
            )
            .join(ResponseRow, ResponseRow.trial == TrialRow.id)
            .where(TrialRow.session.in_(mine), TrialRow.stage == "main", TrialRow.kind.in_(SCORED))
            .group_by(TrialRow.source, TrialRow.codec)
            .order_by(TrialRow.source, TrialRow.codec)
        )
        rows: dict[str, dict[str, Any]] = {
            name: _row(*name.split("|", 1), answers=0, observers=0, share=None) for name in series
        }
        for source, codec, answers, observers, good, judged in connection.execute(per_series):
            share = int(good) / judged if judged else None
            row = _row(source, codec, answers=answers, observers=observers, share=share)
            rows[row["series"]] = row
        withdrawn = connection.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.kind == "withdrawn")
        )
    return {
        "study": study,
        "sessions": sessions,
        "answers": states.get(("main", "answered"), 0),
        "practice": states.get(("practice", "answered"), 0),
        "voided": sum(count for (_, state), count in states.items() if state == "void"),
        "expired": sum(count for (_, state), count in states.items() if state == "expired"),
        "withdrawn": withdrawn or 0,
        "last_seen": last_seen,
        "series": list(rows.values()),
    }


def _row(
    source: str, codec: str | None, *, answers: int, observers: int, share: float | None
) -> dict[str, Any]:
    return {
        "series": source if codec is None else f"{source}|{codec}",  # None of a picture beside its source
        "source": source,
        "codec": codec,
        "answers": answers,
        "observers": observers,
        "correct_share": share,
    }
