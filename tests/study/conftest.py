"""Studies that are made in a moment, and a PostgreSQL of the tests' own."""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from jnd.study.design import design_from
from jnd.study.design.template import toml_of
from jnd.study.stimuli.manifest import Manifest, Stimulus, asset_path, write_manifest

MakeStudy = Callable[..., Path]


@pytest.fixture
def make_study(tmp_path: Path) -> MakeStudy:
    """``make_study(method="flicker", sources=2, levels=8, trials={...}, ...)`` → the folder of a study."""

    def make(
        name: str = "tiny",
        method: str = "flicker",
        *,
        sources: int = 2,
        levels: int = 8,
        size: int = 16,
        rulers: int = 0,
        **sections: dict[str, Any],
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        study = {"name": name, "method": method, **sections.pop("study", {})}
        if method in ("acr", "dcr", "flicker-slider", "quality-ruler", "btc", "ptc", "same-different"):
            adaptive = "adjustment" if method == "flicker-slider" else "none"
            sections["trials"] = {"adaptive": adaptive, **sections.get("trials", {})}
        sections.setdefault("server", {"rate_limit_per_minute": 1_000_000})
        design = design_from({"study": study, **sections})
        (folder / "study.toml").write_text(toml_of(design), "utf-8")
        (folder / "stimuli").mkdir()
        write_manifest(folder, Manifest(_stimuli(folder, sources, levels, size, rulers)))
        return folder

    return make


def _stimuli(folder: Path, sources: int, levels: int, size: int, rulers: int) -> Iterator[Stimulus]:
    for number in range(sources):
        source = f"picture{number}"
        rng = np.random.default_rng(number)
        picture = rng.integers(60, 190, (size, size, 3)).astype(np.int16)
        grain = rng.standard_normal(picture.shape)

        def save(level: float, picture: Any = picture, grain: Any = grain) -> str:
            shown = np.clip(picture + level * grain, 0, 255).astype(np.uint8)
            data = cv2.imencode(".png", shown)[1].tobytes()
            sha256 = hashlib.sha256(data).hexdigest()
            asset_path(folder, sha256).write_bytes(data)
            return sha256

        yield Stimulus(f"{source}/reference", source, "reference", None, None, 0.0, save(0), size, size)
        for level in range(1, levels + 1):
            name = f"{source}/noise/{level}"
            yield Stimulus(name, source, "test", "noise", 10.0 * level, float(level), save(level), size, size)
        for step in range(rulers):
            name = f"{source}/ruler/{step}"
            yield Stimulus(
                name, source, "ruler", "mtf", 31.0 - step, float(step), save(20 + step), size, size
            )


class PostgresServer:
    """A cluster of its own on a free port, run as somebody who is not root, which PostgreSQL refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = _programs()
        self.account: dict[str, Any] = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            self.account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]

    def run(self, program: str, *words: str) -> None:
        """One of PostgreSQL's programs, to its end."""
        log = self.folder / "commands.log"
        with log.open("ab") as output:
            done = subprocess.run(
                [self.programs / program, *words],
                cwd=self.folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False, **self.account,
            )  # fmt: skip
        assert done.returncode == 0, log.read_text()

    def make(self) -> None:
        """The cluster's files."""
        self.run("initdb", "-D", "data", "-U", "jnd", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self.run("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "server.log", "-o", settings, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; "immediate" is a crash."""
        self.run("pg_ctl", "-D", "data", "-w", "-t", "60", "-m", mode, "stop")

    def url(self) -> str:
        """Of a new, empty database."""
        name = f"jnd_{uuid.uuid4().hex[:12]}"
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "jnd", name)
        return f"postgresql+psycopg://jnd@127.0.0.1:{self.port}/{name}"


def _programs() -> Path:
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not versions:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("PostgreSQL is not installed")
    return versions[-1]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running cluster; tests that stop it start it again."""
    # Not pytest's folder, which others than its owner cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="jnd-postgres-"))
    server = PostgresServer(folder)
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of a new, empty PostgreSQL database."""
    return postgres_server.url()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'study.db'}"
    return str(request.getfixturevalue("postgres_url"))
