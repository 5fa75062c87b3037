"""A MongoDB server for tests: the one MEMENTO_TEST_MONGO_URL names, or a stand-in run as a process of its own.

The stand-in speaks the wire protocol and cannot show elections, rollbacks, real read concerns or sharding; those
need a real replica set. It is never imported (GPL-2.0-only), and it is ended with the session.
"""

import asyncio
import os
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from store.feed import Reader
from store.mongo import MongoStore

PATIENCE_SECONDS = 60
QUICK = "directConnection=true&serverSelectionTimeoutMS=1000&heartbeatFrequencyMS=500"
"""After a fault a driver waits for its next heartbeat, which tests have no time for."""

MISSING = "NOT RUN: no MongoDB server (install secantusdb, or set MEMENTO_TEST_MONGO_URL)"


@contextmanager
def stand_in(*options: str) -> Iterator[str]:
    """The address of a fresh stand-in."""
    program = _program()
    if program is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="memento-mongo-") as folder:
        port = _free_port()
        where = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", folder, "--log-level", "ERROR"]
        with (Path(folder) / "output").open("wb") as output:
            process = subprocess.Popen([str(program), *where, *options], stdout=output, stderr=output)
        try:
            _wait_for(port, process)
            yield f"mongodb://127.0.0.1:{port}/?{QUICK}"
        finally:
            process.kill()
            process.wait()


def _program() -> Path | None:
    try:
        distribution("secantusdb")
    except PackageNotFoundError:
        return None
    return Path(sysconfig.get_path("scripts")) / "secantusd-py"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the stand-in did not start (exit {process.poll()})")


@contextmanager
def server(*options: str) -> Iterator[str]:
    """The address of the server that tests use."""
    if real := os.environ.get("MEMENTO_TEST_MONGO_URL"):
        yield real
        return
    with stand_in(*options) as url:
        yield url


def is_stand_in() -> bool:
    return "MEMENTO_TEST_MONGO_URL" not in os.environ


def drivers() -> Sequence[str]:
    """The drivers to run the contract with: Motor, and with MEMENTO_TEST_MONGO_DRIVERS=all its successor too."""
    return ("motor", "pymongo") if os.environ.get("MEMENTO_TEST_MONGO_DRIVERS") == "all" else ("motor",)


def elapsed() -> int:
    """Microseconds of this machine's monotonic clock."""
    return time.monotonic_ns() // 1000


async def stream_open(store: MongoStore) -> None:
    """Wait until the change stream of a store is open, where the server is the stand-in.

    It may miss a write that is under way while a stream opens at a logical time. A real server does not.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while is_stand_in() and not store._stream.is_open:
            await asyncio.sleep(0.01)


async def watching(store: MongoStore) -> Reader:
    """A reader whose stream is open."""
    reader = store.watch()
    await stream_open(store)
    return reader
