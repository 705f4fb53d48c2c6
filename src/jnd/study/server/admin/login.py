"""Who an experimenter is: passwords by argon2, signed cookies, tokens against forged posts, and a lock against guessing."""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import func, insert, select, update

from jnd.errors import StudyDatabaseError
from jnd.study.store.store import Store, note, now_ms
from jnd.study.store.tables import AdminRow

COOKIE: Final = "jnd_admin"
HOURS: Final = 12
FAILURES: Final = 5
"""Wrong passwords in a row after which a name is locked."""
LOCKED_MS: Final = 15 * 60 * 1000
LEAST_LETTERS: Final = 10
DEFAULT_NAME: Final = "admin"


@dataclass(frozen=True, slots=True)
class Login:
    """An experimenter who is logged in."""

    name: str
    csrf: str
    """What forms must send back."""


def set_password(store: Store, password: str, name: str = DEFAULT_NAME) -> None:
    """Make an experimenter, or give one another password.

    Raises
    ------
    StudyDatabaseError
        The password is too short.
    """
    from argon2 import PasswordHasher

    if len(password) < LEAST_LETTERS:
        raise StudyDatabaseError(
            f"the password must have at least {LEAST_LETTERS} characters, got {len(password)}"
        )
    hashed = PasswordHasher().hash(password)
    with store.writing() as connection:
        known = connection.scalar(select(AdminRow.name).where(AdminRow.name == name))
        if known is None:
            connection.execute(insert(AdminRow).values(name=name, password=hashed, created=now_ms()))
        else:
            connection.execute(
                update(AdminRow)
                .where(AdminRow.name == name)
                .values(password=hashed, failures=0, locked_until=0)
            )
        note(connection, "password set", name)


def first_password(store: Store) -> str | None:
    """A new random password where there is no experimenter yet; None where there is one."""
    with store.reading() as connection:
        if connection.scalar(select(func.count()).select_from(AdminRow)):
            return None
    password = secrets.token_urlsafe(12)
    set_password(store, password)
    return password


def checked_login(store: Store, name: str, password: str, address: str) -> bool:
    """Whether name and password go together; wrong ones are counted, noted, and lock the name for a while."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    hasher = PasswordHasher()
    with store.reading() as connection:
        row = connection.execute(
            select(AdminRow.password, AdminRow.locked_until).where(AdminRow.name == name)
        ).first()
    if row is not None and row.locked_until > now_ms():
        store.audit("login refused", name[:64], {"why": "locked", "address": address})
        return False
    try:
        # An unknown name costs the same time as a wrong password.
        fits = hasher.verify(row.password if row is not None else _NOBODY, password) and row is not None
    except (Argon2Error, InvalidHashError):
        fits = False
    with store.writing() as connection:
        if fits:
            connection.execute(update(AdminRow).where(AdminRow.name == name).values(failures=0))
        elif row is not None:
            connection.execute(
                update(AdminRow).where(AdminRow.name == name).values(failures=AdminRow.failures + 1)
            )
            failures = connection.scalar(select(AdminRow.failures).where(AdminRow.name == name)) or 0
            if failures >= FAILURES:
                connection.execute(
                    update(AdminRow)
                    .where(AdminRow.name == name)
                    .values(failures=0, locked_until=now_ms() + LOCKED_MS)
                )
        note(connection, "login" if fits else "login refused", name[:64], {"address": address})
    return fits


_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$Kq3hQ2v1m3p0WQ1l3m3a7o9kq1mJ8gq0Zf1pT0dB2mA"
)
"""The hash of no password."""


def cookie_for(store: Store, name: str) -> str:
    """A signed statement of who it is and until when."""
    expires = int(time.time()) + HOURS * 3600
    text = f"{expires}|{secrets.token_hex(8)}|{_password_mark(store, name)}|{name}"
    body = base64.urlsafe_b64encode(text.encode()).decode()
    return f"{body}.{_signature(store, 'login', body)}"


def login_of(store: Store, cookie: str | None) -> Login | None:
    """Whose cookie it is; None if it is nobody's, old, or of a password that was changed."""
    body, dot, signature = (cookie or "").partition(".")
    if not dot or not hmac.compare_digest(signature, _signature(store, "login", body)):
        return None
    try:
        expires, _, mark, name = base64.urlsafe_b64decode(body).decode().split("|", 3)
    except ValueError:
        return None
    if int(expires) < time.time() or mark != _password_mark(store, name):
        return None
    return Login(name, _signature(store, "form", body))


def _password_mark(store: Store, name: str) -> str:
    """Changes with the password of the name."""
    with store.reading() as connection:
        password = connection.scalar(select(AdminRow.password).where(AdminRow.name == name))
    return hashlib.sha256((password or "").encode()).hexdigest()[:16]


def _signature(store: Store, purpose: str, body: str) -> str:
    key = _keys.get(store)
    if key is None:
        key = _keys[store] = store.secret("admin cookies")
    return hmac.new(key.encode(), f"{purpose} {body}".encode(), hashlib.sha256).hexdigest()


_keys: WeakKeyDictionary[Store, str] = WeakKeyDictionary()
"""Of each open store of this process, read once."""
