"""A real scheduler, real workers and a real S3 server, each a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens at port {port}")


@dataclass
class DaskProcesses:
    """A scheduler and workers that a test may kill."""

    folder: Path
    environment: dict[str, str]
    address: str = ""
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, count: int = 2) -> None:
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.others.append(
            self._dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        )
        wait_for(port)
        for name in ("one", "two")[:count]:
            self.start_worker(name)
        self.wait_for_workers(count)

    def start_worker(self, name: str) -> None:
        self.workers[name] = self._dask(
            *("worker", self.address, "--name", name, "--nthreads", "1", "--no-dashboard", "--no-nanny"),
            *("--local-directory", str(self.folder / name)),
        )

    def wait_for_workers(self, count: int) -> None:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)

    def kill_worker(self, name: str) -> None:
        process = self.workers.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in (*self.workers.values(), *self.others):
            process.kill()
            process.wait()

    def _dask(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
                env=self.environment,
                stdout=log,
                stderr=log,
            )


@contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """Environment variables with which every process finds an S3 server; it ends with the block."""
    port = free_port()
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    with (folder / "s3.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        )
        try:
            wait_for(port)
            yield environment
        finally:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def s3_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with s3_server(tmp_path_factory.mktemp("s3")) as environment:
        yield environment


@pytest.fixture(scope="session")
def dask(s3_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskProcesses]:
    """A scheduler and two workers with one thread each."""
    processes = DaskProcesses(tmp_path_factory.mktemp("dask"), s3_environment)
    try:
        processes.start()
        yield processes
    finally:
        processes.stop()


@pytest.fixture
def bucket(s3_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The bucket called ``bucket``, empty."""
    for name, value in s3_environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    import boto3
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    bucket = boto3.resource("s3").Bucket("bucket")
    bucket.create()
    yield bucket
    bucket.objects.delete()
    bucket.delete()
