"""The application: the participant's interface, the pages, and the experimenter's page."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import Cookie, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from starlette.exceptions import HTTPException

from jnd.study.design.records import LOCALE
from jnd.study.server import searches, sessions, trials
from jnd.study.server.bodies import Answer, Begin, Events, Step, Void, checked
from jnd.study.server.context import StudyContext, compact
from jnd.study.server.guard import Guard
from jnd.study.server.pages import STATIC, page_of
from jnd.study.server.sessions import Refused, SessionData
from jnd.study.stimuli.manifest import asset_path
from jnd.study.store.store import new_id, now_ms, withdraw
from jnd.study.store.tables import EventRow
from jnd.study.texts import page_texts

COOKIE = "jnd_session"
LARGEST_STEP = 16 * 1024
"""Bytes of what a page says at a step; they are read with each request of the session."""
TRIES = 3
YEAR = 31_536_000

Result = TypeVar("Result")
logger = logging.getLogger("jnd.study")

Token = Annotated[str | None, Cookie(alias=COOKIE)]
Bearer = Annotated[str | None, Header(alias="Authorization")]
Language = Annotated[
    str, Query(pattern=f"^({LOCALE.pattern})?$", description="Of the consent; else the session's own.")
]


class Json(JSONResponse):
    """JSON without spaces, from what is JSON already."""

    def render(self, content: Any) -> bytes:
        """Bytes."""
        return compact(content)


def create_app(folder: Path, *, database: str | None = None) -> FastAPI:
    """The application of the study in ``folder``.

    Raises
    ------
    ConfigurationError, UnusableDatasetError, StudyDatabaseError, MissingExtraError
        The study or its database cannot be used.
    """
    context = StudyContext(folder, database)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        context.store.close()

    app = FastAPI(
        title=f"jnd study: {context.design.study.name}", version=version("jnd"), lifespan=lifespan,
        docs_url=None, redoc_url=None, default_response_class=Json,
    )  # fmt: skip
    app.state.context = context
    _errors(app, context)
    _participant(app, context)
    _pages(app, context)
    from jnd.study.server.admin import add_admin

    add_admin(app, context)
    app.add_middleware(
        Guard, per_minute=context.design.server.rate_limit_per_minute, note=context.refusal, cookie=COOKIE
    )
    return app


def in_transaction(context: StudyContext, work: Callable[[Connection], Result]) -> Result:
    """Run ``work`` in one transaction; again where the connection was lost or somebody else was first.

    Doing so is safe: who was told nothing sends an answer again, and an answer is taken once.
    """
    for attempt in range(TRIES):
        try:
            with context.store.writing() as connection:
                connection.info.pop(searches.FRESH, None)
                result = work(connection)
                fresh = connection.info.pop(searches.FRESH, {})
        except (IntegrityError, OperationalError) as error:
            if attempt == TRIES - 1:
                raise
            logger.info("again after %s", type(error).__name__)
        except DBAPIError as error:
            if attempt == TRIES - 1 or not error.connection_invalidated:
                raise
        else:
            searches.publish(context, fresh)
            return result
    raise AssertionError("the loop returns or raises")


def _token(cookie: str | None, bearer: str | None) -> str | None:
    if bearer and bearer.lower().startswith("bearer "):
        return bearer[7:].strip()
    return cookie


def _errors(app: FastAPI, context: StudyContext) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Json:
        return Json({"error": error.why, **error.facts}, error.status)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Json:
        return Json({"error": str(error.detail)}, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Json:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        return Json({"error": f"{place}: {first['msg']}" if place else first["msg"]}, 422)

    @app.exception_handler(OperationalError)
    async def unavailable(request: Request, error: OperationalError) -> Json:
        logger.warning("the database does not answer: %s", error.orig)
        return Json({"error": "the database does not answer; try again"}, 503, headers={"Retry-After": "2"})


def _participant(app: FastAPI, context: StudyContext) -> None:
    def identified(
        work: Callable[[Connection, SessionData], Result], token: str | None, *, lock: bool = True
    ) -> Result:
        def run(connection: Connection) -> Result:
            return work(connection, sessions.session_of(connection, context, token, lock=lock))

        return in_transaction(context, run)

    @app.post("/api/session", status_code=201)
    def begin(body: Begin, request: Request, bearer: bool = False, jnd_session: Token = None) -> Response:
        if body.study != context.design.study.name:
            raise Refused(404, "there is no such study here")

        def work(connection: Connection) -> tuple[dict[str, Any], str | None]:
            if jnd_session is not None and not body.external:
                try:
                    known = sessions.session_of(connection, context, jnd_session)
                    return sessions.view(context, known), None
                except Refused:
                    pass
            session, token = sessions.begin(
                connection, context, checked(body.external), body.locale, body.client_build
            )
            return sessions.view(context, session), token

        content, token = in_transaction(context, work)
        answer: dict[str, Any] = {"session": content}
        if bearer and token is not None:
            answer["token"] = token
        response = Json(answer, 201)
        if token is not None and not bearer:
            response.set_cookie(
                COOKIE, token, max_age=30 * 86400, httponly=True, samesite="strict",
                secure=request.url.scheme == "https",
            )  # fmt: skip
        return response

    @app.get("/api/session")
    def session(locale: Language = "", jnd_session: Token = None, authorization: Bearer = None) -> Response:
        token = _token(jnd_session, authorization)
        return Json(identified(lambda c, s: sessions.view(context, s, locale), token, lock=False))

    @app.get("/api/session/next")
    def following(jnd_session: Token = None, authorization: Bearer = None) -> Response:
        token = _token(jnd_session, authorization)
        return Json(identified(lambda c, s: trials.next_item(c, context, s), token))

    @app.post("/api/session/withdraw")
    def leave(jnd_session: Token = None, authorization: Bearer = None) -> Response:
        token = _token(jnd_session, authorization)
        identified(lambda c, s: withdraw(c, s.participant, "participant"), token)
        response = Json({"ok": True})
        response.delete_cookie(COOKIE)
        return response

    @app.post("/api/session/{step}")
    def take_step(step: str, body: Step, jnd_session: Token = None, authorization: Bearer = None) -> Response:
        if step not in sessions.STEPS:
            raise Refused(404, "there is no such step")
        try:
            said = checked(body.model_dump())
        except ValueError as error:
            raise Refused(422, str(error)) from None
        if len(compact(said)) > LARGEST_STEP:
            raise Refused(413, f"a step may say at most {LARGEST_STEP // 1024} KiB")

        def work(connection: Connection, found: SessionData) -> dict[str, Any]:
            return sessions.view(context, sessions.take_step(connection, context, found, step, said))

        return Json(identified(work, _token(jnd_session, authorization)))

    @app.post("/api/trials/{trial_id}/answer")
    def answer(
        trial_id: str,
        body: Answer,
        following: Annotated[bool, Query(alias="next", description="Give what comes next as well.")] = False,
        jnd_session: Token = None,
        authorization: Bearer = None,
    ) -> Response:
        said = body.model_dump()

        def work(connection: Connection, found: SessionData) -> dict[str, Any]:
            return trials.answer(connection, context, found, trial_id, said, following=following)

        token = _token(jnd_session, authorization)
        return Json(identified(work, token))

    @app.post("/api/trials/{trial_id}/void")
    def void(trial_id: str, body: Void, jnd_session: Token = None, authorization: Bearer = None) -> Response:
        facts = {"timing": body.timing, "telemetry": body.telemetry}
        token = _token(jnd_session, authorization)
        return Json(identified(lambda c, s: trials.void(c, context, s, trial_id, body.reason, facts), token))

    @app.post("/api/events", status_code=202)
    def events(body: Events, jnd_session: Token = None, authorization: Bearer = None) -> Response:
        def work(connection: Connection, found: SessionData) -> None:
            if body.events:
                rows = [
                    {
                        "id": new_id(), "session": found.id, "kind": event.kind, "t_client": event.t_client,
                        "received": now_ms(), "data": event.data,
                    }
                    for event in body.events
                ]  # fmt: skip
                connection.execute(insert(EventRow), rows)
            if any(event.kind == "break" for event in body.events):
                trials.took_break(connection, context, found)

        identified(work, _token(jnd_session, authorization))
        return Json({"ok": True}, 202)

    @app.get("/stimuli/{handle}")
    def stimulus(handle: str, jnd_session: Token = None, authorization: Bearer = None) -> Response:
        token = _token(jnd_session, authorization)
        with context.store.reading() as connection:
            found = sessions.session_of(connection, context, token)
        sha256 = context.picture(found.id, handle)
        if sha256 is None:
            raise Refused(404, "there is no such picture")
        return FileResponse(
            asset_path(context.folder, sha256),
            media_type="image/png",
            headers={"Cache-Control": f"private, max-age={YEAR}, immutable"},
        )

    @app.get("/healthz")
    def health() -> Response:
        with context.store.reading():
            return Json({"status": "ok"})


def _pages(app: FastAPI, context: StudyContext) -> None:
    @app.get("/s/{slug}", include_in_schema=False)
    def page(slug: str) -> Response:
        if slug != context.design.study.name:
            raise HTTPException(404, "there is no such study here")
        return page_of(context)

    @app.get("/locales/{locale}.json", include_in_schema=False)
    def texts(locale: str) -> Response:
        found = page_texts(context.folder, locale)
        if found is None:
            raise HTTPException(404, "there is no such language here")
        return Json(found, headers={"Cache-Control": "no-cache"})

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
