"""The service as an ASGI application."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

import jnd
from jnd._lookup import lookup
from jnd.difference.request import CompareRequest
from jnd.errors import JndError
from jnd.observer import PROTOCOLS
from jnd.picture import policy_named
from jnd.picture.file_limits import FileLimits
from jnd.search import FORMATS, TARGETS, SatisfiedUsers
from jnd.search.request import Request as EncodeRequest
from jnd.service.counters import Counters
from jnd.service.desk import Desk, DeskIsFullError
from jnd.service.jobs import CompareJob, EncodeJob, Job, JobAndLimits, PredictJob
from jnd.service.uploads import uploaded
from jnd.viewing import ViewingConditions, viewing_conditions
from jnd.workers import available_cores

RETRY_SECONDS = "2"
FACTS_HEADER = "JND-Result"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What a service may use."""

    workers: int = field(default_factory=available_cores)
    waiting: int = 16
    """Requests that may wait for a worker; more are answered 503."""
    upload_bytes: int = 50_000_000
    """Of a picture."""
    limits: FileLimits = field(default_factory=lambda: FileLimits(max_pixels=50_000_000))


Viewing = Annotated[str, Query(description="Display and distance, for example standard_phone.")]
PixelsPerDegree = Annotated[
    float | None, Query(description="Pixels per degree, in place of the viewing's own.")
]
Protocol = Annotated[str, Query(description="How people look for the difference: aic3 or konjnd-flicker.")]


def create_app(settings: ServiceSettings | None = None) -> FastAPI:
    """The application; its processes start with the first requests and end with it."""
    settings = settings or ServiceSettings()
    desk = Desk(settings.workers, settings.waiting)
    counters = Counters(lambda: desk.taken, desk.room)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="jnd",
        version=jnd.__version__,
        summary="The smallest file that almost nobody can tell from the original, and whether people notice a change.",
        lifespan=lifespan,
        docs_url=None,  # its page loads programs from other sites
        redoc_url=None,
    )

    @app.exception_handler(StarletteHTTPException)
    async def as_json(request: Request, error: StarletteHTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)

    async def answered(what: str, job: Job, received: int) -> Response:
        begin = time.perf_counter()
        try:
            answer = await desk.order(JobAndLimits(job, settings.limits))
        except DeskIsFullError:
            counters.answers.labels(what, 503).inc()
            raise _busy() from None
        counters.answers.labels(what, answer.status).inc()
        counters.seconds.labels(what).observe(time.perf_counter() - begin)
        counters.bytes_in.inc(received)
        headers = {"X-Content-Type-Options": "nosniff"}
        if answer.facts is not None:
            headers[FACTS_HEADER] = answer.facts
            counters.bytes_out.inc(len(answer.body))
        return Response(answer.body, answer.status, headers, answer.media_type)

    def refuse_when_full() -> None:
        """Before the upload: what cannot be worked on need not be received."""
        if desk.is_full:
            raise _busy()

    @app.post("/v1/encode", summary="The smallest file that almost nobody can tell from the original")
    async def encode(
        request: Request,
        format: Annotated[str, Query(description=f"One of {', '.join(FORMATS)}.")] = "auto",
        target: Annotated[str, Query(description=f"One of {', '.join(TARGETS)}.")] = "web",
        satisfied: Annotated[float | None, Query(description="The same as a share between 0 and 1.")] = None,
        protocol: Protocol = "aic3",
        viewing: Viewing = "standard_fhd",
        ppd: PixelsPerDegree = None,
        width: Annotated[int | None, Query(ge=1, description="Make a wider picture fit.")] = None,
        height: Annotated[int | None, Query(ge=1, description="Make a higher picture fit.")] = None,
        metadata: Annotated[str, Query(description="default, all or none.")] = "default",
    ) -> Response:
        wanted = _encode_request(
            format, target, satisfied, protocol, _viewing(viewing, ppd), width, height, metadata
        )
        refuse_when_full()
        async with uploaded(request, ("picture",), settings.upload_bytes) as (path,):
            return await answered("encode", EncodeJob(path, wanted), path.stat().st_size)

    @app.post("/v1/compare", summary="Would anyone notice the difference?")
    async def compare(
        request: Request,
        notice: Annotated[float, Query(gt=0, lt=1, description="From which a change is visible.")] = 0.25,
        pool: Annotated[str, Query(description="window or picture.")] = "window",
        protocol: Protocol = "aic3",
        viewing: Viewing = "standard_fhd",
        ppd: PixelsPerDegree = None,
        align: bool = False,
    ) -> Response:
        wanted = _checked(
            lambda: CompareRequest(
                notice=notice,
                pool=pool,  # type: ignore[arg-type]  # it checks
                protocol=protocol,
                viewing=_viewing(viewing, ppd),
                align=align,
            )
        )
        refuse_when_full()
        async with uploaded(request, ("reference", "changed"), settings.upload_bytes) as (one, other):
            received = one.stat().st_size + other.stat().st_size
            return await answered("compare", CompareJob(one, other, wanted), received)

    @app.post("/v1/predict", summary="At which setting of each codec people begin to notice")
    async def predict(
        request: Request,
        satisfied: Annotated[float, Query(gt=0, lt=1, description="Share who shall see nothing.")] = 0.75,
        protocol: Protocol = "aic3",
    ) -> Response:
        _checked(lambda: lookup(PROTOCOLS, protocol, kind="protocol"))
        refuse_when_full()
        async with uploaded(request, ("picture",), settings.upload_bytes) as (path,):
            return await answered("predict", PredictJob(path, satisfied, protocol), path.stat().st_size)

    @app.get("/healthz", summary="Whether the service lives")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "version": jnd.__version__}

    @app.get("/readyz", summary="Whether it takes orders now")
    async def ready() -> JSONResponse:
        state = {"orders": desk.taken, "room": desk.room}
        return JSONResponse(state, 503 if desk.is_full else 200)

    @app.get("/metrics", summary="For Prometheus", response_class=Response)
    async def metrics() -> Response:
        return Response(counters.text(), media_type="text/plain; version=0.0.4")

    return app


def _busy() -> HTTPException:
    return HTTPException(
        503, "all workers are busy and the queue is full; try again soon", {"Retry-After": RETRY_SECONDS}
    )


def _checked(call: Any) -> Any:
    try:
        return call()
    except (JndError, ValueError) as error:
        raise HTTPException(400, str(error)) from None


def _viewing(name: str, pixels_per_degree: float | None) -> ViewingConditions:
    conditions: ViewingConditions = _checked(lambda: viewing_conditions(name, pixels_per_degree))
    return conditions


def _encode_request(
    format_name: str,
    target: str,
    satisfied: float | None,
    protocol: str,
    viewing: ViewingConditions,
    width: int | None,
    height: int | None,
    metadata: str,
) -> EncodeRequest:
    _checked(lambda: lookup(FORMATS, format_name, kind="format"))
    _checked(lambda: lookup(PROTOCOLS, protocol, kind="protocol"))
    _checked(lambda: policy_named(metadata))
    share = satisfied
    if share is None:
        share = _checked(lambda: lookup(TARGETS, target, kind="target"))
    _checked(lambda: SatisfiedUsers(share, protocol, viewing).threshold_jod)
    return EncodeRequest(
        format=format_name,
        satisfied=share,
        protocol=protocol,
        viewing=viewing,
        keep_metadata=metadata,
        max_size=None if width is None and height is None else (width, height),
    )
