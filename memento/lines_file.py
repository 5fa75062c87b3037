"""Files of newline JSON, plain or gzip, read line by line with bounded memory.

Recognises gzip by its first bytes, not by a name. What is wrong with a line is an error that names the line; the rest
of the file goes on. Only a file that cannot be read at all ends the reading.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from memento.wire import read_json

_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_CHUNK_BYTES = 1 << 16


class Line(msgspec.Struct, frozen=True):
    """One line that is not blank: the value it holds, or what is wrong with it. `number` counts from 1."""

    number: int
    value: Any = None
    error: InputError | None = None


def read_lines(path: Path, limits: Limits) -> Iterator[Line]:
    """Every line with something on it. Raises InputError FILE_UNREADABLE."""
    with _opened(path) as file:
        number = 0
        try:
            for number, text in enumerate(_bounded(file, limits.batch_bytes), start=1):
                line = _line(number, text, limits)
                if line is not None:
                    yield line
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield Line(
                number + 1,
                error=_invalid(
                    f"the gzip data end or break here: {error}", "get the file again; it is cut or damaged"
                ),
            )
        except OSError as error:
            raise _unreadable(path, error) from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    # peek and not seek: a pipe can be read too.
    with file:
        zipped = file.peek(len(_GZIP)).startswith(_GZIP)
        with gzip.open(file) if zipped else nullcontext(file) as opened:
            yield cast(IO[bytes], opened)


def _bounded(file: IO[bytes], limit_bytes: int) -> Iterator[bytes | None]:
    """The lines with their ends; None for one that is longer than the limit, which is skipped whole."""
    while line := file.readline(limit_bytes + 1):
        if len(line) <= limit_bytes or line.endswith(b"\n"):
            yield line
            continue
        while (rest := file.readline(_CHUNK_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield None


def _line(number: int, text: bytes | None, limits: Limits) -> Line | None:
    if text is None:
        return Line(number, error=_invalid(f"the line is longer than {limits.batch_bytes} bytes"))
    if number == 1:
        text = text.removeprefix(_MARK)
    if not text.strip():
        return None
    try:
        return Line(number, read_json(text.strip()))
    except ValueError as error:
        if not text.endswith(b"\n"):
            return Line(number, error=_cut_short())
        return Line(number, error=_invalid(f"the line is no JSON in UTF-8: {_why(error)}"))


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[:1].lower()}{error.msg[1:]} at column {error.colno}"
    return str(error)


def _cut_short() -> InputError:
    return _invalid(
        "the file ends in the middle of this line", "whoever wrote it was stopped; send the line again"
    )


def _invalid(message: str, help: str | None = None) -> InputError:
    return InputError(ErrorCode.LINE_INVALID, message, help=help or "each line is one JSON object")


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(ErrorCode.FILE_UNREADABLE, f"{path} cannot be read: {error.strerror or error}")
