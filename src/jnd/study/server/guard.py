"""What stands before every request: sizes, rates, the header against forged posts, and the headers of every answer.

Plain ASGI, since it runs for each answer of each observer. What is refused, here or behind, is noted for the experimenter, at
most so often per minute, so that nobody can fill the database with refusals.
"""

import json
import logging
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Note = Callable[[str, str, dict[str, Any]], None]

LARGEST_BODY: Final = 64 * 1024
CSRF_HEADER: Final = b"x-jnd"
"""A page of another site cannot send it without our leave, which nobody gets."""
FORMS: Final = "/admin/"
SENDER_FACTOR: Final = 100
"""One address may ask as often as so many sessions: a laboratory or a university stands behind one."""
MINUTE: Final = 60.0
NOTES_OF_A_SENDER: Final = 60
NOTES: Final = 600
"""Refusals noted per minute."""
REFUSALS: Final = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429})
MOST_SENDERS: Final = 20_000
CONTENT_POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS: Final = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_TOO_LARGE: Final = f"at most {LARGEST_BODY // 1024} KiB may be sent at once"
_log = logging.getLogger(__name__)


class Rates:
    """A bucket of requests per sender: it holds a minute's worth and fills evenly.

    Of this process alone: a sender whose requests reach several worker processes may send as many times more. One count
    for all would cost a write to the database per request, more than most requests that it would refuse.
    """

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def seconds_to_wait(self, sender: str) -> float:
        """Takes one request of the sender; 0 if it may pass, else seconds until one may."""
        now = self._clock()
        with self._lock:
            left, then = self._left.get(sender, (self._most, now))
            left = min(self._most, left + (now - then) * self._most / MINUTE)
            passes = left >= 1
            self._left[sender] = (left - passes, now)
            if len(self._left) > MOST_SENDERS:
                self._forget(now)
            return 0.0 if passes else (1 - left) * MINUTE / self._most

    def _forget(self, now: float) -> None:
        """Senders whose buckets are full again are as good as new; if all are busy, the oldest half goes."""
        kept = {name: entry for name, entry in self._left.items() if now - entry[1] < MINUTE}
        if len(kept) > MOST_SENDERS:
            by_time = sorted(kept.items(), key=lambda item: item[1][1])
            kept = dict(by_time[len(by_time) // 2 :])
        self._left = kept


class Guard:
    """The middleware.

    Parameters
    ----------
    per_minute : requests of one session; an address has :data:`SENDER_FACTOR` times as many.
    note : keeps a refusal: kind, who, facts.
    cookie : name of the cookie that holds a session's token.
    """

    def __init__(self, app: App, *, per_minute: int, note: Note, cookie: str = "jnd_session") -> None:
        self.app = app
        self._sessions = Rates(per_minute)
        self._addresses = Rates(per_minute * SENDER_FACTOR)
        self._notes = Rates(NOTES_OF_A_SENDER)
        self._all_notes = Rates(NOTES)
        self._note = note
        self._cookie = cookie.encode() + b"="

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(entry for entry in HEADERS if entry[0] not in given),
                ]
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None and scope["method"] in _WRITES:
            body = await _body(receive)
            if body is None:
                refusal = 413, _TOO_LARGE, {}
            else:
                receive = _replayed(body, receive)
        if refusal is not None:
            await _error(answer, *refusal)
        else:
            try:
                await self.app(scope, receive, answer)
            except Exception:
                # The trace is for the experimenter's terminal; the sender learns that it was not their fault.
                _log.exception("%s %s failed", scope["method"], scope["path"])
                if status:
                    raise
                await _error(
                    answer, 500, "the server made a mistake; your answers so far are kept. Try again", {}
                )
        if status in REFUSALS:
            await self._keep(scope, status)

    def _refusal(self, scope: Scope) -> tuple[int, str, dict[str, str]] | None:
        """Status, words and headers of a refusal; None to let it pass."""
        headers = dict(scope["headers"])
        address = _address(scope)
        wait = self._addresses.seconds_to_wait(address)
        token = self._token(headers)
        if not wait and token:
            wait = self._sessions.seconds_to_wait(token)
        if wait:
            seconds = str(max(1, round(wait + 0.5)))
            return 429, "too many requests; wait a little", {"retry-after": seconds}
        if scope["method"] in _WRITES:
            if CSRF_HEADER not in headers and not _is_own_form(scope, headers):
                return 403, "this needs the header X-JND: 1", {}
            length = headers.get(b"content-length", b"0")
            if not length.isdigit():
                return 400, "Content-Length must be a number", {}
            if int(length[:20]) > LARGEST_BODY:
                return 413, _TOO_LARGE, {}
        return None

    def _token(self, headers: dict[bytes, bytes]) -> str:
        for part in headers.get(b"cookie", b"").split(b";"):
            if part.strip().startswith(self._cookie):
                return part.strip()[:200].decode("latin-1")
        return headers.get(b"authorization", b"")[:200].decode("latin-1")

    async def _keep(self, scope: Scope, status: int) -> None:
        """Note a refusal, unless the sender had so many that the notes would fill the database."""
        address = _address(scope)
        if self._notes.seconds_to_wait(address) or self._all_notes.seconds_to_wait(""):
            return
        facts = {"method": scope["method"], "path": scope["path"].replace("\x00", "")[:200], "status": status}
        try:
            await run_in_threadpool(self._note, "refused", address, facts)
        except Exception:  # noqa: BLE001 - a refusal must not fail for its note
            _log.exception("a refusal could not be noted")


def _is_own_form(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether it may be a form of the experimenter's page: forms cannot send headers, and have tokens of their own."""
    if not scope["path"].startswith(FORMS):
        return False
    if b"sec-fetch-site" in headers:
        return headers[b"sec-fetch-site"] in (b"same-origin", b"none")
    # "null" is what our own pages send, which tell nobody where they are.
    own = {b"null", b"http://" + headers.get(b"host", b""), b"https://" + headers.get(b"host", b"")}
    return headers.get(b"origin", b"null") in own


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if it is too large, whatever length was told."""
    parts: list[bytes] = []
    total = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""  # the sender went away
        part = message.get("body", b"")
        total += len(part)
        if total > LARGEST_BODY:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """As ``receive`` was before the body was read."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


async def _error(send: Send, status: int, why: str, headers: dict[str, str]) -> None:
    body = json.dumps({"error": why}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                *((name.encode(), value.encode()) for name, value in headers.items()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
