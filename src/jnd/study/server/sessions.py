"""A session from its creation to its end: who it is, which step comes next, what the page may know."""

import hashlib
import random
import secrets
from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from jnd.study.design.records import LOCALE
from jnd.study.methods import TrialSlot
from jnd.study.server.context import StudyContext
from jnd.study.store.store import new_id, now_ms
from jnd.study.store.tables import SESSION, ConsentRow, EventRow, ParticipantRow, PlanRow, SessionRow

STEPS: Final = ("consent", "device", "calibration", "screening", "instructions")
"""In order; what the page said at each is kept."""
ENDED: Final = ("done", "withdrawn", "closed")
SIMULATED: Final = "jnd study simulate"
MINUTE_MS: Final = 60_000
LONGEST: Final = 512
"""Characters of a parameter of the address."""

_BY_TOKEN: Final = select(SESSION).where(SESSION.c.token_sha256 == bindparam("token_sha256"))
_BY_TOKEN_LOCKED: Final = _BY_TOKEN.with_for_update()
SessionData = Row[Any]


class Refused(Exception):  # noqa: N818 - a refusal, not a mistake of ours
    """A request that is answered with an error."""

    def __init__(self, status: int, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.status, self.why, self.facts = status, why, facts


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_of(
    connection: Connection, context: StudyContext, token: str | None, *, lock: bool = False
) -> SessionData:
    """The session of a token.

    Raises
    ------
    Refused
        401: none, or of another study.
    """
    if token:
        wanted = {"token_sha256": token_hash(token)}
        found = connection.execute(_BY_TOKEN_LOCKED if lock else _BY_TOKEN, wanted).first()
        if found is not None:
            return found
    raise Refused(401, "this needs a session; open the study's address again")


def begin(
    connection: Connection, context: StudyContext, external: dict[str, str], locale: str, client_build: str
) -> tuple[SessionData, str]:
    """A new session and its token, or that of the same person of a crowd platform, with a new token."""
    named = _named(context, external)
    identity = named.pop("external_id", None)
    stored = None if identity is None else context.external(identity)
    token = secrets.token_urlsafe(24)
    if stored is not None:
        earlier = connection.execute(
            select(SessionRow.id)
            .join(ParticipantRow, ParticipantRow.id == SessionRow.participant)
            .where(ParticipantRow.external == stored, SessionRow.study == context.study_id)
            .order_by(SessionRow.started.desc())
        ).first()
        if earlier is not None:
            connection.execute(
                update(SessionRow).where(SessionRow.id == earlier.id).values(token_sha256=token_hash(token))
            )
            return _row(connection, earlier.id), token
    quota = context.design.crowd.quota_sessions
    if quota and _active(connection, context) >= quota:
        raise Refused(403, "the study has all the participants that it needs; thank you", reason="full")
    return _created(connection, context, stored, named, locale, client_build, token), token


def step_of(context: StudyContext, state: str, facts: dict[str, Any]) -> str:
    """What comes next in a session of this state, which said this at its steps."""
    if state in ENDED:
        return state
    for step in STEPS:
        if step not in facts and not _is_left_out(context, step):
            return step
    return "trials"


def take_step(
    connection: Connection, context: StudyContext, session: SessionData, step: str, said: dict[str, Any]
) -> SessionData:
    """Keep what the page said at a step.

    Raises
    ------
    Refused
        409: not this step's turn; 422: what was said cannot be so; 403: the person cannot take part.
    """
    due = step_of(context, session.state, session.facts)
    if due != step:
        if step == "calibration" and due == "trials":
            return _calibrated_again(connection, context, session, said)
        if step in session.facts:
            return session  # sent twice
        raise Refused(409, f"the step {step} is not due; it is {due}", step=due)
    values: dict[str, Any] = {"facts": {**session.facts, step: said}, "last_seen": now_ms()}
    if step == "consent":
        locale = said.get("locale", session.locale)
        if not isinstance(locale, str) or not LOCALE.fullmatch(locale):
            raise Refused(422, "locale must be a language such as en or pt-BR")
        _, sha256 = context.consent(locale)
        if said.get("sha256") != sha256:
            raise Refused(409, "the text of the consent has changed; read it again")
        if said.get("agreed") is not True:
            raise Refused(422, "taking part needs your consent")
        connection.execute(
            insert(ConsentRow).values(
                session=session.id, text_sha256=sha256, version=context.design.consent.version,
                locale=locale, statements=said.get("statements") or {}, given=now_ms(), withdrawn=None,
            )
        )  # fmt: skip
        values |= {"state": "consented", "locale": locale}
    elif step == "calibration":
        _check_geometry(context, said)
    elif step == "screening" and (why := _excluded(context, said)):
        values["state"] = "closed"
        values["facts"][step] = {"excluded": why}
    elif step == "instructions":
        values["state"] = "running"
    connection.execute(update(SessionRow).where(SessionRow.id == session.id).values(values))
    return _row(connection, session.id)


def _calibrated_again(
    connection: Connection, context: StudyContext, session: SessionData, said: dict[str, Any]
) -> SessionData:
    """On another screen; what was said before stays among the events."""
    _check_geometry(context, said)
    now = now_ms()
    earlier = {"earlier": session.facts["calibration"]}
    connection.execute(
        insert(EventRow).values(
            id=new_id(), session=session.id, kind="calibration", t_client=None, received=now, data=earlier
        )
    )
    connection.execute(
        update(SessionRow)
        .where(SessionRow.id == session.id)
        .values(facts={**session.facts, "calibration": said}, last_seen=now)
    )
    return _row(connection, session.id)


def view(context: StudyContext, session: SessionData, locale: str = "") -> dict[str, Any]:
    """What the page may know of its session; its consent in ``locale``, or in the session's language."""
    design = context.design
    locale = locale or session.locale
    consent, consent_sha256 = context.consent(locale)
    step = step_of(context, session.state, session.facts)
    content: dict[str, Any] = {
        "id": session.id,
        "state": session.state,
        "step": step,
        "study": {
            "name": design.study.name,
            "title": design.study.title or design.study.name,
            "method": design.study.method,
            "screen": context.method.screen,
            "question": design.study.question,
            "locale": locale,
            "mode": design.study.mode,
            "display": asdict(design.display),
            "viewing": {**asdict(design.viewing), "pixels_per_degree": context.pixels_per_degree},
            "largest_picture": context.largest,
            "consent": {
                "version": design.consent.version,
                "sha256": consent_sha256,
                "text": consent,
                "contact": design.consent.contact,
            },
            "screening": asdict(design.screening),
            "practice": {"trials": design.trials.practice_trials},
            "not_sure": design.trials.not_sure,
        },
        "progress": {"done": session.answered, "planned": session.planned},
    }
    if step == "done":
        content["completion"] = completion(context)
    return content


def completion(context: StudyContext) -> dict[str, str]:
    """What a crowd platform wants back."""
    return {"code": context.design.crowd.completion_code, "url": context.design.crowd.completion_url}


def plan_of(connection: Connection, context: StudyContext, session: SessionData) -> tuple[TrialSlot, ...]:
    """The slots of a session."""

    def read() -> tuple[TrialSlot, ...]:
        slots = connection.scalar(select(PlanRow.slots).where(PlanRow.session == session.id))
        return tuple(TrialSlot(**slot) for slot in slots or ())

    return context.plans.get(session.id, read)


def _created(
    connection: Connection,
    context: StudyContext,
    external: str | None,
    named: dict[str, str],
    locale: str,
    client_build: str,
    token: str,
) -> SessionData:
    participant, session, now = new_id(), new_id(), now_ms()
    via = "crowd" if external is not None else {"lab": "lab"}.get(context.design.study.mode, "link")
    via = "simulated" if client_build == SIMULATED else via
    connection.execute(
        insert(ParticipantRow).values(
            id=participant, external=external, recruited_via=via, external_facts=named, created=now
        )
    )
    seed = context.new_seed()
    sources = _assigned(connection, context, seed)
    plan = context.method.plan(context.design, context.manifest, seed, sources)
    connection.execute(
        insert(SessionRow).values(
            id=session, study=context.study_id, participant=participant, token_sha256=token_hash(token), seed=seed,
            state="created", locale=locale or context.design.study.locale, sources=sources,
            planned=sum(slot.stage == "main" for slot in plan), next_slot=0, again=[], practice_round=0, served=0,
            answered=0, started=now, last_seen=now, warm_up=0, breaks=1, facts={},
        )
    )  # fmt: skip
    connection.execute(insert(PlanRow).values(session=session, slots=[asdict(slot) for slot in plan]))
    context.plans.put(session, plan)
    return _row(connection, session)


def _assigned(connection: Connection, context: StudyContext, seed: int) -> list[str]:
    """The pictures that the fewest sessions have, done or at work; ties by chance."""
    sources = list(context.manifest.sources)
    wanted = context.design.trials.pictures_per_session
    if not wanted or wanted >= len(sources):
        return sources
    counts: Counter[str] = Counter()
    query = select(SessionRow.sources).where(SessionRow.study == context.study_id, _counts_as_active(context))
    for (given,) in connection.execute(query):
        counts.update(given)
    random.Random(seed).shuffle(sources)  # noqa: S311 - an order, no secret
    return sorted(sources, key=lambda source: counts[source])[:wanted]


def _counts_as_active(context: StudyContext) -> Any:
    """Done, or seen lately: what was left alone is given to somebody else."""
    since = now_ms() - int(context.design.trials.open_trial_minutes * MINUTE_MS)
    return (SessionRow.state == "done") | (
        SessionRow.state.not_in(("withdrawn", "closed")) & (SessionRow.last_seen > since)
    )


def _active(connection: Connection, context: StudyContext) -> int:
    query = select(func.count()).select_from(SessionRow)
    return (
        connection.scalar(query.where(SessionRow.study == context.study_id, _counts_as_active(context))) or 0
    )


def _named(context: StudyContext, external: dict[str, str]) -> dict[str, str]:
    """Parameters of the address that the design names, by what they are."""
    parameters = context.design.crowd.parameters
    return {
        parameters[name]: value[:LONGEST] for name, value in external.items() if name in parameters and value
    }


def _is_left_out(context: StudyContext, step: str) -> bool:
    wanted = context.design.screening
    return step == "screening" and not (
        wanted.colour or wanted.acuity or wanted.age_minimum or wanted.photosensitive_exclusion
    )


def _check_geometry(context: StudyContext, said: dict[str, Any]) -> None:
    viewing = context.design.viewing
    per_degree = said.get("ppd_image")
    if not viewing.tolerance:
        return
    wanted = context.pixels_per_degree
    if not isinstance(per_degree, int | float) or abs(per_degree / wanted - 1) > viewing.tolerance:
        raise Refused(
            422,
            f"this study needs {wanted:.1f} pixels per degree within {viewing.tolerance:.0%}; you have "
            f"{per_degree if per_degree is None else round(float(per_degree), 1)}: change the distance",
            wanted=wanted,
        )


def _excluded(context: StudyContext, said: dict[str, Any]) -> str | None:
    wanted = context.design.screening
    if wanted.age_minimum and said.get("age_ok") is not True:
        return "age"
    if wanted.photosensitive_exclusion and said.get("photosensitive") is not False:
        return "photosensitive"
    return None


def _row(connection: Connection, session: str) -> SessionData:
    return connection.execute(select(SessionRow.__table__).where(SessionRow.id == session)).one()
