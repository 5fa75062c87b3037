"""Plain JSON data from a person or a network, checked before anything else touches it.

Refuses what later could not be stored, compared or shown: lone surrogates, NaN and infinities, integers past 64
bits, nesting and sizes past the limits. Each refusal names the place.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant, parse_instant
from artifact.limits import Limits

Path = tuple[str, ...]

LEAST, MOST = -(2**63), 2**63 - 1
"""Whole numbers that every store can hold."""


def expect_text(value: Any, path: Path, limit_characters: int) -> str:
    """A text of at most so many characters, without NUL or lone surrogates."""
    if not isinstance(value, str):
        raise InputError(ErrorCode.TYPE_INVALID, f"{_kind(value)} stands where a text is expected", path=path)
    if len(value) > limit_characters:
        raise InputError(
            ErrorCode.TEXT_INVALID,
            f"the text has {len(value)} characters, {limit_characters} are allowed",
            path=path,
        )
    _expect_characters(value, path)
    return value


def _expect_characters(value: str, path: Path) -> None:
    if "\x00" in value:
        raise InputError(ErrorCode.TEXT_INVALID, "the text holds a NUL character", path=path)
    if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise InputError(
            ErrorCode.TEXT_INVALID,
            "the text holds half of a character (a lone surrogate)",
            help="send the character whole, as UTF-8",
            path=path,
        )


def expect_id(value: Any, path: Path, limits: Limits) -> str:
    """An id: 1 to `id_characters` characters, without control characters."""
    if type(value) is str and 1 <= len(value) <= limits.id_characters and value.isprintable():
        return value  # nearly every one; what is printable holds nothing that is refused below
    if not isinstance(value, str):
        raise InputError(ErrorCode.TYPE_INVALID, f"{_kind(value)} stands where an id is expected", path=path)
    if not 1 <= len(value) <= limits.id_characters:
        raise InputError(
            ErrorCode.ID_INVALID,
            f"an id has 1 to {limits.id_characters} characters, this one {len(value)}",
            path=path,
        )
    _expect_characters(value, path)
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise InputError(ErrorCode.ID_INVALID, "an id holds no control characters", path=path)
    return value


def expect_data(value: Any, path: Path, limits: Limits) -> dict[str, Any]:
    """A JSON object within depth; its size is checked by the caller, who knows the bytes."""
    if not isinstance(value, dict):
        raise InputError(
            ErrorCode.TYPE_INVALID, f"{_kind(value)} stands where an object is expected", path=path
        )
    if not _is_sound((value,), limits.data_depth - 1):
        _check(value, path, limits, 1)
    return value


def _is_sound(values: Iterable[Any], room: int) -> bool:
    """Whether nothing is wrong with these, seen quickly and without places; False: look closer (_check).

    `room` is how many levels may be nested in these.
    """
    for value in values:
        kind = type(value)
        if kind is str:
            if not value.isprintable() and not _is_whole(value):
                return False
        elif kind is int:
            if not LEAST <= value <= MOST:
                return False
        elif kind is float:
            if not isfinite(value):
                return False
        elif kind is dict:
            if not (room and _are_names(value) and _is_sound(value.values(), room - 1)):
                return False
        elif kind is list or kind is tuple:
            if not (room and _is_sound(value, room - 1)):
                return False
        elif kind is not bool and value is not None:
            return False
    return True


def _is_whole(text: str) -> bool:
    """Whether a text that is not all printable (it has lines, say) can be kept."""
    return text.isascii() and "\x00" not in text


def _are_names(data: dict[Any, Any]) -> bool:
    """Whether all keys are texts, and printable."""
    try:
        return "".join(data).isprintable()
    except TypeError:
        return False


def _check(value: Any, path: Path, limits: Limits, depth: int) -> None:
    if depth > limits.data_depth:
        raise InputError(
            ErrorCode.DATA_TOO_DEEP, f"data is nested deeper than {limits.data_depth} levels", path=path[:4]
        )
    if isinstance(value, str):
        _expect_characters(value, path)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        _expect_integer(value, path)
    elif isinstance(value, float):
        _expect_finite(value, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_name(name, path)
            _check(item, (*path, name), limits, depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, (*path, str(index)), limits, depth + 1)
    else:
        raise InputError(ErrorCode.TYPE_INVALID, f"{_kind(value)} is no JSON value", path=path)


def _check_name(name: Any, path: Path) -> None:
    if not isinstance(name, str):
        raise InputError(ErrorCode.TYPE_INVALID, "names of fields are texts", path=path)
    _expect_characters(name, path)


def _expect_integer(value: int, path: Path) -> None:
    if not LEAST <= value <= MOST:
        raise InputError(ErrorCode.NUMBER_INVALID, "the whole number does not fit into 64 bits", path=path)


def _expect_finite(value: float, path: Path) -> None:
    if not isfinite(value):
        raise InputError(ErrorCode.NUMBER_INVALID, "NaN and infinities are no numbers of ours", path=path)


_KINDS = {
    str: "a text",
    bool: "yes or no",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def _kind(value: Any) -> str:
    return "nothing" if value is None else _KINDS.get(type(value), "something else")


def shown(value: Any) -> str:
    """What an error may quote of a value: little, and whole characters only."""
    return str(value)[:60].encode(errors="replace").decode()


def expect_fields(
    given: Mapping[str, Any], known: frozenset[str], required: tuple[str, ...], path: Path
) -> None:
    """A mapping with no field but the known ones, and all required ones."""
    if type(given) is not dict and not isinstance(given, Mapping):
        raise InputError(ErrorCode.TYPE_INVALID, "an object is expected here", path=path)
    if not known.issuperset(given):
        name = next(name for name in given if name not in known)
        raise InputError(
            ErrorCode.UNKNOWN_FIELD,
            f"`{shown(name)}` is no field of this",
            help=f"known are {', '.join(sorted(known))}",
            path=path,
        )
    for name in required:
        if given.get(name) is None:
            raise InputError(ErrorCode.REQUIRED, f"`{name}` is missing", path=(*path, name))


def expect_instant(value: Any, path: Path) -> Instant:
    """An instant with offset."""
    return parse_instant(expect_text(value, path, 60), path)
