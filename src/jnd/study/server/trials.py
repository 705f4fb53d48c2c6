"""The trials of a session: what is shown next, and what an answer does. Each function runs in one transaction."""

import re
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, bindparam, insert, select, update

from jnd.study.methods import DrawnTrial, Judged, TrialSlot, shown_level
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
from jnd.study.store.tables import RESPONSE, SESSION, TRIAL, ResponseRow, TrialRow

PRACTICE_ROUNDS: Final = 3
WARM_UPS: Final = 2
AGAIN_WITHIN: Final = 10
"""Slots within which a void trial comes again."""
BREAK_SECONDS: Final = 15
_SAVE_SESSION: Final = update(SESSION).where(SESSION.c.id == bindparam("session_id"))
_SAVE_TRIAL: Final = update(TRIAL).where(TRIAL.c.id == bindparam("trial_id"))
_INSERT_TRIAL: Final = insert(TRIAL)
_INSERT_RESPONSE: Final = insert(RESPONSE)
_TRIAL_OF_SESSION: Final = select(TRIAL).where(
    TRIAL.c.id == bindparam("trial_id"), TRIAL.c.session == bindparam("session_id")
)
_ID: Final = re.compile("[0-9a-f]{32}")


class Sitting:
    """One session's state while a transaction changes it."""

    def __init__(self, connection: Connection, context: StudyContext, session: SessionData) -> None:
        self.connection, self.context, self.session = connection, context, session
        self.plan: tuple[TrialSlot, ...] = plan_of(connection, context, session)
        self.changed: dict[str, Any] = {"last_seen": now_ms()}
        if now_ms() - session.last_seen > context.design.trials.max_age_minutes * MINUTE_MS:
            # So long that the instructions are forgotten.
            facts = {name: said for name, said in session.facts.items() if name != "instructions"}
            self.changed |= {"facts": facts, "warm_up": WARM_UPS}

    def get(self, name: str) -> Any:
        """A column as it will be."""
        return self.changed[name] if name in self.changed else getattr(self.session, name)

    def save(self) -> None:
        """Write what was changed."""
        self.connection.execute(_SAVE_SESSION, {"session_id": self.session.id, **self.changed})


def next_item(connection: Connection, context: StudyContext, session: SessionData) -> dict[str, Any]:
    """What the page shows next: the open trial again, a new one, a break, a step, or the end."""
    if step_of(context, session.state, session.facts) != "trials":
        return _step_item(context, session.state, session.facts)
    sitting = Sitting(connection, context, session)
    item = _next(sitting)
    sitting.save()
    return item


def answer(
    connection: Connection, context: StudyContext, session: SessionData, trial_id: str, said: dict[str, Any],
    *, following: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Take an answer once; with ``following`` also draw what comes next.

    Raises
    ------
    Refused
        404: no trial of this session; 409: void or given up; 422: no such answer.
    """
    trial = _trial(connection, session, trial_id)
    sitting = Sitting(connection, context, session)
    taken: dict[str, Any] = {"ok": True, "dup": trial.state == "answered"}
    if trial.state == "open":
        judged = _keep(connection, context, trial, said)
        if trial.stage == "main":
            sitting.changed["answered"] = session.answered + 1
        else:
            taken["feedback"] = {"correct": judged.correct}
        if session.open_trial == trial.id:
            sitting.changed["open_trial"] = None
    elif trial.state != "answered":
        raise Refused(409, f"the trial is {trial.state}; ask for the next one")
    if following:
        taken["next"] = _next(sitting)
    sitting.save()
    return taken


def _keep(connection: Connection, context: StudyContext, trial: Any, said: dict[str, Any]) -> Judged:
    value = said["value"]
    if not context.method.valid(value, trial.choices, trial.params):
        raise Refused(422, "that is no answer to this trial")
    judged = context.method.judge(trial.answer_key, trial.level, value)
    number = None
    if trial.series is not None and judged.adaptive is not None:
        number = searches.number_of_next(connection, trial.series)
    connection.execute(_INSERT_RESPONSE, {
        "trial": trial.id, "number": number, "value": value, "correct": judged.correct, "adaptive": judged.adaptive,
        "rating": judged.rating, "noticed_at": judged.noticed_at, "rt_ms": said["rt_ms"],
        "answered_at": said["answered_at"], "received": now_ms(), "timing": said["timing"],
        "telemetry": said["telemetry"], "client_build": said["client_build"], "nudges": said["nudges"],
    })  # fmt: skip
    connection.execute(_SAVE_TRIAL, {"trial_id": trial.id, "state": "answered"})
    return judged


def _next(sitting: Sitting) -> dict[str, Any]:
    state, facts = sitting.get("state"), sitting.get("facts")
    if step_of(sitting.context, state, facts) != "trials":
        return _step_item(sitting.context, state, facts)
    return _open_again(sitting) or _drawn(sitting)


def _step_item(context: StudyContext, state: str, facts: dict[str, Any]) -> dict[str, Any]:
    step = step_of(context, state, facts)
    if step == "done":
        return {"kind": "done", "completion": completion(context)}
    return {"kind": "step", "step": step}


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
        changed = {"state": "void", "void_reason": reason, "void_facts": facts}
        connection.execute(_SAVE_TRIAL, {"trial_id": trial.id, **changed})
        _ask_again(sitting, trial.slot)
        sitting.changed["open_trial"] = None
        sitting.save()
    return {"ok": True}


def took_break(connection: Connection, context: StudyContext, session: SessionData) -> None:
    """The break that is due was taken; said twice, or where none is due, it changes nothing."""
    plan = plan_of(connection, context, session)
    if session.next_slot < len(plan) and plan[session.next_slot].block > session.breaks:
        changed = {"breaks": plan[session.next_slot].block, "last_seen": now_ms()}
        connection.execute(_SAVE_SESSION, {"session_id": session.id, **changed})


def _trial(connection: Connection, session: SessionData, trial_id: str) -> Any:
    wanted = {"trial_id": trial_id, "session_id": session.id}
    found = connection.execute(_TRIAL_OF_SESSION, wanted).first() if _ID.fullmatch(trial_id) else None
    if found is None:
        raise Refused(404, "there is no such trial")
    return found


def _open_again(sitting: Sitting) -> dict[str, Any] | None:
    """The open trial; one that was open for too long is given up and comes again."""
    connection, trial_id = sitting.connection, sitting.get("open_trial")
    if trial_id is None:
        return None
    trial = _trial(connection, sitting.session, trial_id)
    if now_ms() - trial.served > sitting.context.design.trials.open_trial_minutes * MINUTE_MS:
        connection.execute(_SAVE_TRIAL, {"trial_id": trial.id, "state": "expired"})
        _ask_again(sitting, trial.slot)
        sitting.changed["open_trial"] = None
        return None
    represented = trial.represented + 1
    connection.execute(_SAVE_TRIAL, {"trial_id": trial.id, "represented": represented})
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
            asked = searches.next_level(connection, context, series, search)
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
            served: int = sitting.get("served")
            return practice[served % len(practice)]
    place: int = sitting.get("next_slot")
    again: int
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
    sitting.connection.execute(_INSERT_TRIAL, values)
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
