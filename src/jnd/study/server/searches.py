"""Adaptive searches: their state is the replay of their answers, kept in memory as far as it was told.

An answer takes its place (``number``) under a lock on the search's row, so that all processes tell it in one order. Trials
that others are looking at decide with the answers which level is asked next; the state is of the answers alone.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jnd.psychometrics.adaptive import AdaptiveMethod
from jnd.psychometrics.quest_plus import QuestPlus
from jnd.study.methods import told_level
from jnd.study.server.context import StudyContext
from jnd.study.server.sessions import MINUTE_MS
from jnd.study.store.store import now_ms
from jnd.study.store.tables import OPEN, RESPONSE, SERIES, TRIAL

FRESH: Final = "jnd searches"
EVERYTHING: Final = 2**53
_BY_ID: Final = select(SERIES.c.told, SERIES.c.epoch).where(SERIES.c.id == bindparam("series_id"))
_ONE_MORE: Final = (
    update(SERIES)
    .where(SERIES.c.id == bindparam("series_id"))
    .values(told=SERIES.c.told + 1)
    .returning(SERIES.c.told)
)
_ANSWERS: Final = (
    select(RESPONSE.c.number, RESPONSE.c.adaptive, TRIAL.c.level, TRIAL.c.asked)
    .join(TRIAL, TRIAL.c.id == RESPONSE.c.trial)
    .where(
        TRIAL.c.series == bindparam("series_id"),
        RESPONSE.c.number > bindparam("after"),
        RESPONSE.c.number <= bindparam("upto"),
    )
    .order_by(RESPONSE.c.number)
)
_LAST_ANSWERS: Final = (
    select(RESPONSE.c.number, RESPONSE.c.adaptive, TRIAL.c.level, TRIAL.c.asked)
    .join(TRIAL, TRIAL.c.id == RESPONSE.c.trial)
    .where(
        # Hidden from the index on it: all answers of a shared search would be read to find the last few.
        func.coalesce(TRIAL.c.series, "") == bindparam("series_id"),
        RESPONSE.c.number > bindparam("after"),
        RESPONSE.c.number <= bindparam("upto"),
    )
    .order_by(RESPONSE.c.number)
)
"""As :data:`_ANSWERS`, by way of the answers' numbers."""
_PENDING: Final = select(TRIAL.c.level).where(
    TRIAL.c.series == bindparam("series_id"), OPEN, TRIAL.c.served > bindparam("since")
)


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
    """A search as far as it was told, and its id; made if it is new.

    It needs no lock: ``told`` is raised in the transaction that adds the answer, so answers up to it are there.
    """
    identity = series_id(context, session, key)
    row = connection.execute(_BY_ID, {"series_id": identity}).first()
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
        connection.execute(dialect.insert(SERIES).values(values).on_conflict_do_nothing())
        row = connection.execute(_BY_ID, {"series_id": identity}).one()
    known = context.states.peek(identity)
    if known is None or known.epoch != row.epoch:
        known = Search(row.epoch, 0, context.method.start(context.design, context.manifest, key))
    if known.last < row.told:
        known = _told(connection, context, key, identity, known, row.told)
        # Others may see it when this transaction is kept: until then its own answer can still be undone.
        connection.info.setdefault(FRESH, {})[identity] = known
    return identity, known


def next_level(connection: Connection, context: StudyContext, identity: str, search: Search) -> float:
    """What a search asks next: of one that all share, given also the trials that are open and not too old.

    On SQLite, which draws one trial after the other, none is missed; on PostgreSQL those that are drawn in the same
    moment, in transactions that are not kept yet.
    """
    if context.design.trials.scope == "observer":
        return search.state.ask()
    assert isinstance(search.state, QuestPlus), "the design allows no other method where all share a search"
    since = now_ms() - int(context.design.trials.open_trial_minutes * MINUTE_MS)
    pending = connection.scalars(_PENDING, {"series_id": identity, "since": since})
    return search.state.ask([float(level) for level in pending])


def publish(context: StudyContext, fresh: dict[str, Search]) -> None:
    """Keep in memory what a transaction that was kept has told."""
    for identity, search in fresh.items():
        known = context.states.peek(identity)
        if known is None or (known.epoch, known.last) < (search.epoch, search.last):
            context.states.put(identity, search)


def number_of_next(connection: Connection, identity: str) -> int:
    """The place of one more answer; the search stays locked until the transaction ends."""
    return int(connection.execute(_ONE_MORE, {"series_id": identity}).scalar_one())


def replayed(connection: Connection, context: StudyContext, identity: str, key: str) -> AdaptiveMethod:
    """The state from the answers alone; what is kept in memory must equal it."""
    start = Search(0, 0, context.method.start(context.design, context.manifest, key))
    return _told(connection, context, key, identity, start, EVERYTHING).state


def _told(
    connection: Connection, context: StudyContext, key: str, identity: str, search: Search, upto: int
) -> Search:
    levels = context.manifest.levels(key)
    state, last = search.state, search.last
    wanted = {"series_id": identity, "after": search.last, "upto": upto}
    # By number one finds the answers of these numbers in every search, by search all answers of this one.
    shared = context.design.trials.scope == "collective"
    by_number = shared and (upto - search.last) * len(context.manifest.series) < upto
    for number, adaptive, level, asked in connection.execute(
        _LAST_ANSWERS if by_number else _ANSWERS, wanted
    ):
        state = state.tell(told_level(context.design, levels, level, asked), adaptive)
        last = number
    return Search(search.epoch, last if upto == EVERYTHING else upto, state)
