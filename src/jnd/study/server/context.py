"""What every request of one study needs: design, stimuli, store, and what is computed once per process."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from jnd.errors import ConfigurationError
from jnd.study.design import StudyDesign, read_design
from jnd.study.methods import STUDY_METHODS, StudyMethod
from jnd.study.stimuli import viewing_of
from jnd.study.stimuli.manifest import Manifest, read_manifest
from jnd.study.store.store import Store, database_of, open_store
from jnd.study.texts import check_texts, consent_text

Value = TypeVar("Value")

REMEMBERED = 4096
"""Sessions whose plans and handles are kept in memory."""


class Remembered(Generic[Value]):
    """The last values that were used, by key. Threads may share it."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """The value, made if it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        self.put(key, value)
        return value

    def peek(self, key: str) -> Value | None:
        """The value, or None."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: str, value: Value) -> None:
        """Keep a value."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)


class StudyContext:
    """One study in one process.

    Raises
    ------
    ConfigurationError, UnusableDatasetError, StudyDatabaseError
        A design, stimuli or a database that cannot be used.
    """

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.folder = folder
        self.design: StudyDesign = read_design(folder)
        self.manifest: Manifest = read_manifest(folder)
        self.method: StudyMethod = STUDY_METHODS[self.design.study.method]
        problems = self.method.problems(self.design, self.manifest)
        if problems:
            raise ConfigurationError(f"{folder}: {problems[0]}")
        check_texts(folder)
        self.store: Store = open_store(database_of(folder, database or self.design.server.database))
        self.study_id = self.store.register(self.design, self.manifest)
        self._key = self.store.secret("handles").encode()
        self._id_key = self.store.secret("external ids").encode()
        self.plans: Remembered[tuple[Any, ...]] = Remembered()
        self.states: Remembered[Any] = Remembered()
        tests = self.manifest.stimuli
        self._handles: Remembered[dict[str, str]] = Remembered(256)
        self.new_seed: Callable[[], int] = lambda: secrets.randbits(48)
        """Seeds of sessions; simulations set it to have theirs again."""
        self.pixels_per_degree = viewing_of(self.design).pixels_per_degree
        self.largest = [max(one.width for one in tests), max(one.height for one in tests)]
        self.sizes = {
            stimulus.sha256: (stimulus.width, stimulus.height) for stimulus in self.manifest.stimuli
        }

    def handle(self, session: str, sha256: str) -> str:
        """A picture's name in one session: it tells nothing, and is no name in another one."""
        digest = hmac.new(self._key, f"{session} {sha256}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:18]).decode()

    def picture(self, session: str, handle: str) -> str | None:
        """The hash behind a handle of this session; None if it is not one."""
        known = self._handles.get(
            session, lambda: {self.handle(session, sha256): sha256 for sha256 in self.sizes}
        )
        return known.get(handle)

    def external(self, identity: str) -> str:
        """A crowd platform's id as it is stored."""
        if self.design.retention.keep_external_id:
            return identity
        return hmac.new(self._id_key, identity.encode(), hashlib.sha256).hexdigest()

    def refusal(self, kind: str, address: str, facts: dict[str, Any]) -> None:
        """Keep that a request was refused; of the sender only a keyed hash, which tells two senders apart."""
        sender = hmac.new(self._id_key, address.encode(), hashlib.sha256).hexdigest()[:16]
        self.store.audit(kind, sender, facts)

    def consent(self, locale: str) -> tuple[str, str]:
        """What people who read ``locale`` agree to, and its SHA-256, which says for ever which text it was."""
        text = consent_text(self.folder, self.design, locale)
        return text, hashlib.sha256(text.encode()).hexdigest()


def compact(value: Any) -> bytes:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "replace"
    )
