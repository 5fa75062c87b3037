"""A real service in a process of its own, over a fresh embedded store, and what the system says of it.

CPU time and memory are read where Linux tells them; elsewhere they are not known, and the lines that need them say so.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from memento.client import Client

RULEBOOK = Path(__file__).resolve().parent.parent / "examples" / "bank" / "bank.rules"
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Service:
    """The process, its address, and how long it took until it answered."""

    def __init__(self, process: "subprocess.Popen[str]", url: str, seconds: float) -> None:
        self.url = url
        self.seconds = seconds
        self._folder = Path("/proc") / str(process.pid)

    @property
    def known(self) -> bool:
        """Whether the system tells of CPU time and memory."""
        return self._folder.is_dir()

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def cpu_seconds_since(self, before: float) -> float:
        """What has come since, at least one tick of the clock that the system counts by: it is never nothing."""
        return max(self.cpu_seconds() - before, 1 / _TICKS)

    def open_files(self) -> int:
        """Files and sockets that it has open."""
        return len(list((self._folder / "fd").iterdir()))

    def memory_bytes(self) -> int:
        """What it holds in memory."""
        status = (self._folder / "status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024


@contextmanager
def service(rulebook: Path = RULEBOOK, **settings: object) -> Iterator[Service]:
    """`memento serve`, by default with the bank's rulebook, with settings by their names in the environment; ended with
    the block.
    """
    with TemporaryDirectory() as folder:
        place = Path(folder)
        command = [sys.executable, "-m", "memento", "serve", "--store", str(place / "store"), "--port", "0"]
        command += ["--rulebook", str(rulebook), "--spool", str(place / "spool")]
        environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
        with _running(command, environment) as one:
            yield one


@contextmanager
def plain_service() -> Iterator[Service]:
    """Starlette alone (benchmarks.plain)."""
    with _running([sys.executable, "-m", "benchmarks.plain"], dict(os.environ)) as one:
        yield one


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[Service]:
    """A process that prints its address and answers there."""
    began = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            url = _address(process)
            with Client(url, "benchmark") as client:
                client.execute("{ viewer { actor } }")
            yield Service(process, url, perf_counter() - began)
        finally:
            process.terminate()
            process.wait(30)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = next((word for word in line.split() if word.startswith("http://")), None)
        if found is not None:
            return found
    raise RuntimeError("the service ended before it listened")
