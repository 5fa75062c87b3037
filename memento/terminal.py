"""What people and programs see of a command: words and JSON on stdout; complaints and progress on stderr.

Progress is drawn on a terminal alone. An error of the caller's is told as kind, place and help, never as a traceback.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from artifact.errors import InputError

Advance = Callable[[int], None]
"""Tells how many of the whole are done."""


def say(text: str = "") -> None:
    """A line for people on stdout, at once: whoever reads a pipe may act on it."""
    sys.stdout.buffer.write(text.encode(errors="backslashreplace") + b"\n")
    sys.stdout.flush()


def counted(number: int, noun: str) -> str:
    """`1 test`, `2 tests`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def answer(value: Any) -> None:
    """One JSON document for a program, on one line of stdout."""
    sys.stdout.buffer.write(msgspec.json.encode(value, order="deterministic") + b"\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A line on stderr."""
    sys.stderr.buffer.write(text.encode(errors="backslashreplace") + b"\n")
    sys.stderr.flush()


def log_to_stderr() -> None:
    """Where what a service has to say about itself goes. What callers got wrong is told to them and not logged."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def error_data(error: InputError) -> dict[str, Any]:
    """An error as JSON, in the words of the API."""
    return {
        "code": error.code.value,
        "message": error.message,
        "help": error.help,
        "docs": f"docs/errors/{error.code}.md",
        "path": list(error.path),
        "retryable": error.retryable,
    }


def error_lines(error: InputError, place: str = "") -> str:
    """An error in words: where, kind, what is wrong; then what to do about it."""
    steps = ".".join(error.path)
    where = ": ".join(part for part in (place, steps) if part)
    first = f"{where}: {error.code}: {error.message}" if where else f"{error.code}: {error.message}"
    return f"{first}\n  help: {error.help}" if error.help else first


def complain(error: InputError, *, as_json: bool) -> None:
    """Tell what ended a command: to people on stderr, to a program on stdout as well."""
    note(f"memento: {error_lines(error)}\n  see docs/errors/{error.code}.md")
    if as_json:
        answer({"error": error_data(error)})


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Advance]:
    """A bar on stderr while something long runs; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


def close_quietly() -> None:
    """Whoever read our output has gone: leave without a word about it at the interpreter's end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
