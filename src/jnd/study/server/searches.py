"""Adaptive searches: their state is the replay of their answers, kept in memory as far as it was told.

A lock on the search's row makes one transaction after the other see it; ``number`` is an answer's place in it.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jnd.psychometrics.adaptive import AdaptiveMethod
from jnd.study.methods import told_level
from jnd.study.server.context import StudyContext
from jnd.study.store.tables import ResponseRow, SeriesRow, TrialRow


@dataclass(frozen=True, slots=True)
class Search:
    """A search as far as it was told."""

    epoch: int
    last: int
    """Number of the last answer that it was told."""
    state: AdaptiveMethod


def series_id(context: StudyContext, session: str, key: str) -> str:
    """Of the session's own search, or of the one that all share."""
    own = "" if context.design.trials.scope == "collective" else session
    return hashlib.sha256(f"{context.study_id}|{own}|{key}".encode()).hexdigest()[:32]


def current(connection: Connection, context: StudyContext, session: str, key: str) -> tuple[str, Search]:
    """A search and its id, locked for this transaction; made if it is new."""
    identity = series_id(context, session, key)
    row = _locked(connection, identity)
    if row is None:
        own = None if context.design.trials.scope == "collective" else session
        values = {
            "id": identity,
            "study": context.study_id,
            "session": own,
            "key": key,
            "told": 0,
            "epoch": 0,
        }
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(SeriesRow).values(values).on_conflict_do_nothing())
        row = _locked(connection, identity)
        assert row is not None
    known = context.states.peek(identity)
    if known is None or known.epoch != row.epoch or known.last > row.told:
        known = Search(row.epoch, 0, context.method.start(context.design, context.manifest, key))
    if known.last < row.told:
        known = _told(connection, context, identity, key, known, row.told)
        context.states.put(identity, known)
    return identity, known


def number_of_next(connection: Connection, identity: str) -> int:
    """The place of one more answer; the search stays locked until the transaction ends."""
    connection.execute(update(SeriesRow).where(SeriesRow.id == identity).values(told=SeriesRow.told + 1))
    return int(connection.scalar(select(SeriesRow.told).where(SeriesRow.id == identity)) or 0)


def replayed(connection: Connection, context: StudyContext, identity: str, key: str) -> AdaptiveMethod:
    """The state from the answers alone; what is kept in memory must equal it."""
    start = Search(0, 0, context.method.start(context.design, context.manifest, key))
    return _told(connection, context, identity, key, start, 2**62).state


def _locked(connection: Connection, identity: str) -> Any:
    query = select(SeriesRow.told, SeriesRow.epoch).where(SeriesRow.id == identity)
    return connection.execute(query.with_for_update()).first()  # SQLite locks all when it begins


def _told(
    connection: Connection, context: StudyContext, identity: str, key: str, search: Search, upto: int
) -> Search:
    query = (
        select(ResponseRow.number, ResponseRow.adaptive, TrialRow.level, TrialRow.asked)
        .join(TrialRow, TrialRow.id == ResponseRow.trial)
        .where(TrialRow.series == identity, ResponseRow.number > search.last, ResponseRow.number <= upto)
        .order_by(ResponseRow.number)
    )
    levels = context.manifest.levels(key)
    state, last = search.state, search.last
    for number, adaptive, level, asked in connection.execute(query):
        assert number is not None
        assert level is not None
        assert asked is not None
        state = state.tell(told_level(context.design, levels, level, asked), adaptive)
        last = number
    return Search(search.epoch, max(last, upto if upto < 2**62 else last), state)
