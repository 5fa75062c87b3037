"""Arguments that several commands take, so that they read the same everywhere."""

import argparse
import re
from pathlib import Path

from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant, parse_instant
from artifact.limits import Limits
from dsl.compile import Checked, compile_rulebook
from memento.settings import Settings
from memento.terminal import counted
from memento.wiring import MEMORY

DEFAULT_URL = "http://127.0.0.1:8080/graphql"
_CREDENTIALS = re.compile(r"//[^/@]*@")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="answer with one JSON document on stdout")


DEFAULT_STORE = "brand.memento"
A_FILE_OR_URL = "a file, or mongodb://HOST/DATABASE; %(default)s without"


def add_store(
    parser: argparse.ArgumentParser, *, default: str | None = DEFAULT_STORE, help: str = A_FILE_OR_URL
) -> None:
    """`--store`: what `serve` makes where nothing is said is what the others read."""
    parser.add_argument("--store", default=default, metavar="FILE|URL", help=help)


def positive(text: str) -> int:
    """A number of things, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number of at least 1 is expected")
    return number


def lasting(address: str) -> str:
    """An address that outlives its process. Raises InputError for the store in memory."""
    if address == MEMORY:
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            "a store in memory ends with the process that has it",
            help="name a file or a MongoDB URL",
            path=("store",),
        )
    return address


def shown(address: str) -> str:
    """An address as it may be shown: without a password."""
    return _CREDENTIALS.sub("//", address)


def instant_given(text: str | None, option: str) -> Instant | None:
    """The instant of an option. Raises InputError naming it."""
    return None if text is None else parse_instant(text, (option,))


def read_rulebook(path: Path, limits: Limits) -> bytes:
    """The bytes of a rulebook; whether they are text, the checker says. Raises InputError."""
    try:
        with path.open("rb") as file:
            text = file.read(limits.rulebook_bytes + 1)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(ErrorCode.FILE_UNREADABLE, f"{path} cannot be read: {why}") from error
    if len(text) > limits.rulebook_bytes:
        raise InputError(
            ErrorCode.RULEBOOK_TOO_LARGE,
            f"{path} is longer than {limits.rulebook_bytes} bytes",
            help="split off what belongs to another brand, or raise the limit `rulebook_bytes`",
        )
    return text


def compiled(path: Path, settings: Settings) -> Checked:
    """A rulebook that can be run. Raises InputError RULEBOOK_INVALID, and what read_rulebook raises."""
    checked = compile_rulebook(read_rulebook(path, settings.limits), settings.limits)
    if checked.rulebook is None:
        raise InputError(
            ErrorCode.RULEBOOK_INVALID,
            f"{path} has {counted(len(checked.diagnostics), 'finding')} and cannot be run",
            help=f"run `memento check {path}` and mend what it finds",
        )
    return checked
