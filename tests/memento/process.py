"""Commands as processes of their own, the way a person or a script starts them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from memento.demo.action import Action
from memento.demo.as_lines import lines
from memento.demo.world import day
from memento.wire import write_json
from tests.house.project import ROOT

INSURER = ROOT / "examples" / "insurer" / "insurer.rules"
PATIENCE_SECONDS = 60


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMENTO_")}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def memento(*words: str | Path, cwd: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "memento", *map(str, words)],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def answer(*words: str | Path, expect: int = 0, **changes: str) -> Any:
    """The JSON that a command answers."""
    done = memento(*words, "--json", cwd=None, **changes)
    assert done.returncode == expect, done.stderr
    return json.loads(done.stdout)


def start(*words: str | Path, cwd: Path | None = None, **changes: str) -> subprocess.Popen[str]:
    """Start a command and let it run."""
    return subprocess.Popen(
        [sys.executable, "-m", "memento", *map(str, words)],
        cwd=cwd,
        env=environment(**changes),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def service(folder: Path, *words: str | Path) -> Iterator[str]:
    """The address of a service over `folder/brand.memento`, ended as an operator ends it."""
    process = start(
        "serve", "--port", "0", "--store", "brand.memento", "--rulebook", INSURER, *words, cwd=folder
    )
    try:
        yield _url(process)
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Memento listens on "):
            return line.split()[3]
    _, said = process.communicate()
    raise AssertionError(f"the service did not start: {said}")


def write_day(path: Path, customers: int, seed: int = 1) -> list[Action]:
    """A day of the demo's world as a file of events."""
    actions = day(seed, customers)
    path.write_bytes(b"".join(write_json(line) + b"\n" for line in lines(actions)))
    return actions
