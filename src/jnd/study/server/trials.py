"""The trials of a session: what is shown next, and what an answer does. Each function runs in one transaction."""

import re
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, insert, select, update

from jnd.study.methods import DrawnTrial, TrialSlot, shown_level
from jnd.study.server import searches
from jnd.study.server.context import StudyContext
from jnd.study.server.sessions import (
    MINUTE_MS,
    Refused,
    SessionData,
    completion,
    plan_of,
    step_of,
)
from jnd.study.store.store import new_id, now_ms
from jnd.study.store.tables import ResponseRow, SessionRow, TrialRow

PRACTICE_ROUNDS: Final = 3
WARM_UPS: Final = 2
AGAIN_WITHIN: Final = 10
"""Slots within which a void trial comes again."""
BREAK_SECONDS: Final = 15
_ID: Final = re.compile("[0-9a-f]{32}")


class Sitting:
    """One session's state while a transaction changes it."""

    def __init__(self, connection: Connection, context: StudyContext, session: SessionData) -> None:
        self.connection, self.context, self.session = connection, context, session
        self.plan: tuple[TrialSlot, ...] = plan_of(connection, context, session)
        self.changed: dict[str, Any] = {"last_seen": now_ms()}

    def get(self, name: str) -> Any:
        """A column as it will be."""
        return self.changed.get(name, getattr(self.session, name))

    def save(self) -> None:
        """Write what was changed."""
        self.connection.execute(
            update(SessionRow).where(SessionRow.id == self.session.id).values(self.changed)
        )


def next_item(connection: Connection, context: StudyContext, session: SessionData) -> dict[str, Any]:
    """What the page shows next: the open trial again, a new one, a break, a step, or the end."""
    step = step_of(context, session)
    if step == "done":
        return {"kind": "done", "completion": completion(context)}
    if step != "trials":
        return {"kind": "step", "step": step}
    sitting = Sitting(connection, context, session)
    if _was_away(context, session):
        sitting.changed |= _instructed_again(session)
        sitting.save()
        return {"kind": "step", "step": "instructions"}
    item = _open_again(sitting) or _drawn(sitting)
    sitting.save()
    return item


def answer(
    connection: Connection, context: StudyContext, session: SessionData, trial_id: str, said: dict[str, Any]
) -> dict[str, Any]:
    """Take an answer once.

    Raises
    ------
    Refused
        404: no trial of this session; 409: void or given up; 422: no such answer.
    """
    trial = _trial(connection, session, trial_id)
    if trial.state == "answered":
        return {"ok": True, "dup": True}
    if trial.state != "open":
        raise Refused(409, f"the trial is {trial.state}; ask for the next one")
    value = said["value"]
    if not context.method.valid(value, trial.choices, trial.params):
        raise Refused(422, "that is no answer to this trial")
    judged = context.method.judge(trial.answer_key, trial.level, value)
    number = None
    if trial.series is not None and judged.adaptive is not None:
        number = searches.number_of_next(connection, trial.series)
    connection.execute(
        insert(ResponseRow).values(
            trial=trial.id, number=number, value=value, correct=judged.correct, adaptive=judged.adaptive,
            rating=judged.rating, noticed_at=judged.noticed_at, rt_ms=said["rt_ms"], answered_at=said["answered_at"],
            received=now_ms(), timing=said["timing"], telemetry=said["telemetry"], client_build=said["client_build"],
            nudges=said["nudges"],
        )
    )  # fmt: skip
    connection.execute(update(TrialRow).where(TrialRow.id == trial.id).values(state="answered"))
    main = trial.stage == "main"
    changed: dict[str, Any] = {"last_seen": now_ms(), "answered": session.answered + main}
    if _was_away(context, session):
        changed |= _instructed_again(session)
    if session.open_trial == trial.id:
        changed["open_trial"] = None
    connection.execute(update(SessionRow).where(SessionRow.id == session.id).values(changed))
    taken: dict[str, Any] = {"ok": True, "dup": False}
    if not main:
        taken["feedback"] = {"correct": judged.correct}
    return taken


def void(
    connection: Connection,
    context: StudyContext,
    session: SessionData,
    trial_id: str,
    reason: str,
    facts: Any,
) -> dict[str, Any]:
    """Give a trial up that was not shown as it must be; its slot comes again at a random place.

    Raises
    ------
    Refused
        404: no trial of this session; 409: it was answered.
    """
    trial = _trial(connection, session, trial_id)
    if trial.state == "answered":
        raise Refused(409, "the trial was answered already")
    if trial.state == "open":
        sitting = Sitting(connection, context, session)
        connection.execute(
            update(TrialRow)
            .where(TrialRow.id == trial.id)
            .values(state="void", void_reason=reason, void_facts=facts)
        )
        _ask_again(sitting, trial.slot)
        sitting.changed["open_trial"] = None
        sitting.save()
    return {"ok": True}


def took_break(connection: Connection, context: StudyContext, session: SessionData) -> None:
    """The break that is due was taken; said twice, or where none is due, it changes nothing."""
    plan = plan_of(connection, context, session)
    if session.next_slot < len(plan) and plan[session.next_slot].block > session.breaks:
        changed = {"breaks": plan[session.next_slot].block, "last_seen": now_ms()}
        connection.execute(update(SessionRow).where(SessionRow.id == session.id).values(changed))


def _was_away(context: StudyContext, session: SessionData) -> bool:
    """Whether so long that the instructions are forgotten."""
    return bool(now_ms() - session.last_seen > context.design.trials.max_age_minutes * MINUTE_MS)


def _instructed_again(session: SessionData) -> dict[str, Any]:
    facts = {name: said for name, said in session.facts.items() if name != "instructions"}
    return {"facts": facts, "warm_up": WARM_UPS}


def _trial(connection: Connection, session: SessionData, trial_id: str) -> Any:
    query = select(TrialRow.__table__).where(TrialRow.id == trial_id, TrialRow.session == session.id)
    found = connection.execute(query).first() if _ID.fullmatch(trial_id) else None
    if found is None:
        raise Refused(404, "there is no such trial")
    return found


def _open_again(sitting: Sitting) -> dict[str, Any] | None:
    """The open trial; one that was open for too long is given up and comes again."""
    connection, session = sitting.connection, sitting.session
    if session.open_trial is None:
        return None
    trial = connection.execute(select(TrialRow.__table__).where(TrialRow.id == session.open_trial)).one()
    if now_ms() - trial.served > sitting.context.design.trials.open_trial_minutes * MINUTE_MS:
        connection.execute(update(TrialRow).where(TrialRow.id == trial.id).values(state="expired"))
        _ask_again(sitting, trial.slot)
        sitting.changed["open_trial"] = None
        return None
    represented = trial.represented + 1
    connection.execute(update(TrialRow).where(TrialRow.id == trial.id).values(represented=represented))
    return _item(sitting, trial._mapping, represented)  # noqa: SLF001 - the documented name


def _ask_again(sitting: Sitting, slot: int) -> None:
    rng = np.random.default_rng([sitting.session.seed, slot, sitting.get("served"), 1])
    after = sitting.get("next_slot") + int(rng.integers(1, AGAIN_WITHIN + 1))
    sitting.changed["again"] = [*sitting.get("again"), [slot, after]]


def _drawn(sitting: Sitting) -> dict[str, Any]:
    """A new trial, a break or the end."""
    context, connection = sitting.context, sitting.connection
    while True:
        slot = _next_slot(sitting)
        if slot is None:
            sitting.changed["state"] = "done"
            return {"kind": "done", "completion": completion(context)}
        if slot == "break":
            return {"kind": "break", "after": sitting.get("answered"), "seconds_minimum": BREAK_SECONDS}
        assert isinstance(slot, TrialSlot)
        series, asked, level, repeated = None, None, None, None
        if slot.series is not None:
            series, search = searches.current(connection, context, sitting.session.id, slot.series)
            if search.state.finished:
                continue
            asked = search.state.ask()
            level = shown_level(context.design, context.manifest.levels(slot.series), asked)
        elif slot.repeat_of is not None:
            first = _answered_at(sitting, slot.repeat_of)
            if first is None:
                continue
            repeated, level = first.id, first.level
        order = sitting.get("served")
        rng = np.random.default_rng([sitting.session.seed, slot.index, order])
        drawn = context.method.draw(context.design, context.manifest, slot, level, rng)
        values = _insert(sitting, slot, drawn, order, series, asked, repeated)
        return _item(sitting, values, 0)


def _next_slot(sitting: Sitting) -> TrialSlot | str | None:
    plan = sitting.plan
    trials = sitting.context.design.trials
    if sitting.get("warm_up"):
        sitting.changed["warm_up"] = sitting.get("warm_up") - 1
        practice: list[TrialSlot] = [slot for slot in plan if slot.stage == "practice"]
        if practice:
            return practice[sitting.get("served") % len(practice)]
    place = sitting.get("next_slot")
    for entry in sitting.get("again"):
        again, after = entry
        if after <= place or place >= len(plan):
            sitting.changed["again"] = [other for other in sitting.get("again") if other is not entry]
            return plan[again]
    if place >= len(plan):
        return None
    slot = plan[place]
    first_main = slot.stage == "main" and (place == 0 or plan[place - 1].stage == "practice")
    if first_main and place and not _practice_passed(sitting, trials.practice_criterion):
        sitting.changed |= {"practice_round": sitting.get("practice_round") + 1, "next_slot": 1}
        return plan[0]
    if slot.block > sitting.get("breaks"):
        return "break"
    sitting.changed["next_slot"] = place + 1
    return slot


def _practice_passed(sitting: Sitting, criterion: float) -> bool:
    """Whether the last round was good enough; after so many rounds it goes on, and the session's data will tell."""
    if sitting.get("practice_round") + 1 >= PRACTICE_ROUNDS:
        return True
    count = sum(slot.stage == "practice" for slot in sitting.plan)
    query = (
        select(ResponseRow.correct)
        .join(TrialRow, TrialRow.id == ResponseRow.trial)
        .where(TrialRow.session == sitting.session.id, TrialRow.stage == "practice")
        .order_by(TrialRow.order.desc())
        .limit(count)
    )
    known = [correct for (correct,) in sitting.connection.execute(query) if correct is not None]
    return not known or sum(known) / len(known) >= criterion


def _answered_at(sitting: Sitting, slot: int) -> Any:
    query = (
        select(TrialRow.id, TrialRow.level)
        .where(TrialRow.session == sitting.session.id, TrialRow.slot == slot, TrialRow.state == "answered")
        .order_by(TrialRow.order.desc())
    )
    return sitting.connection.execute(query).first()


def _insert(
    sitting: Sitting, slot: TrialSlot, drawn: DrawnTrial, order: int, series: str | None, asked: float | None,
    repeated: str | None,
) -> dict[str, Any]:  # fmt: skip
    values = {
        "id": new_id(), "session": sitting.session.id, "slot": slot.index, "trial_order": order, "stage": slot.stage,
        "kind": slot.kind, "block": slot.block, "series": series, "asked": asked, "repeat_of": repeated,
        "params": drawn.params, "choices": list(drawn.choices), "assets": drawn.assets, "answer_key": drawn.answer_key,
        "source": drawn.source, "codec": drawn.codec, "setting": drawn.setting, "level": drawn.level,
        "stimuli": drawn.stimuli, "state": "open", "served": now_ms(), "represented": 0,
    }  # fmt: skip
    sitting.connection.execute(insert(TrialRow).values(values))
    sitting.changed |= {"open_trial": values["id"], "served": order + 1}
    return values


def _item(sitting: Sitting, trial: Any, represented: int) -> dict[str, Any]:
    """What the page may know of a trial."""
    context, session = sitting.context, sitting.session
    sizes = context.sizes
    return {
        "kind": "trial",
        "trial": {
            "id": trial["id"],
            "index": sitting.get("answered"),
            "planned": session.planned,
            "stage": trial["stage"],
            "screen": context.method.screen,
            "params": trial["params"],
            "choices": trial["choices"],
            "assets": {
                role: {
                    "url": f"/stimuli/{context.handle(session.id, sha256)}",
                    "width": sizes[sha256][0],
                    "height": sizes[sha256][1],
                }
                for role, sha256 in trial["assets"].items()
            },
            "represented": represented,
        },
    }
