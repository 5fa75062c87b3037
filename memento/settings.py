"""What an installation may turn: every limit of the kernel and of the API. The border where people write numbers.

Two sections, `limit` (artifact.limits) and `api` (resolvers.surface), each setting named as its field there. A file
(TOML or JSON) is read first, the environment wins: MEMENTO_LIMIT_OPEN_MESSAGES, MEMENTO_API_DEPTH. Refuses names it
does not know, in either place: a limit with a slip in its name would silently not hold.
"""

import json
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from resolvers.surface import Surface

PREFIX = "MEMENTO_"
SECTIONS: dict[str, type[msgspec.Struct]] = {"limit": Limits, "api": Surface}
LARGEST_FILE_BYTES = 256 * 1024


class Settings(msgspec.Struct, frozen=True):
    """Everything that was set, or left as it comes."""

    limits: Limits = Limits()
    surface: Surface = Surface()


def read_settings(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings of a file under those of the environment. Raises InputError naming the setting."""
    given = _of_file(file) if file is not None else {}
    for section in SECTIONS:
        given[section] = {**given.get(section, {}), **_of_environment(environment, section)}
    limits = _checked("limit", Limits, given["limit"])
    if limits.reserved_messages >= limits.open_messages:
        raise InputError(
            ErrorCode.NUMBER_INVALID,
            "`reserved_messages` leaves no room for open messages",
            help=f"set it below `open_messages`, which is {limits.open_messages}",
            path=("limit", "reserved_messages"),
        )
    return Settings(limits, _checked("api", Surface, given["api"]))


def _of_environment(environment: Mapping[str, str], section: str) -> dict[str, str]:
    prefix = f"{PREFIX}{section.upper()}_"
    return {
        name.removeprefix(prefix).lower(): value
        for name, value in environment.items()
        if name.startswith(prefix)
    }


def _of_file(file: Path) -> dict[str, dict[str, Any]]:
    """The sections of a settings file. Raises InputError."""
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST_FILE_BYTES + 1)
        if len(text) > LARGEST_FILE_BYTES:
            raise ValueError(f"it is longer than {LARGEST_FILE_BYTES} bytes")
        given = json.loads(text) if file.suffix == ".json" else tomllib.loads(text.decode())
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(ErrorCode.FILE_UNREADABLE, f"{file} cannot be read: {why}") from error
    except (ValueError, RecursionError) as error:
        kind = "JSON" if file.suffix == ".json" else "TOML"
        raise InputError(ErrorCode.FILE_UNREADABLE, f"{file} is no {kind} in UTF-8: {error}") from error
    if not isinstance(given, dict):
        raise InputError(ErrorCode.TYPE_INVALID, f"{file} holds no table of settings")
    for name, section in given.items():
        if name not in SECTIONS:
            raise _unknown(name, list(SECTIONS), ())
        if not isinstance(section, dict):
            raise InputError(ErrorCode.TYPE_INVALID, "a table of settings is expected here", path=(name,))
    return given


S = TypeVar("S", bound=msgspec.Struct)


def _checked(section: str, struct: type[S], given: Mapping[str, Any]) -> S:
    """The struct of one section. Raises InputError for the first name or value at fault."""
    known = list(struct.__struct_fields__)
    for name in given:
        if name not in known:
            raise _unknown(name, known, (section,))
    try:
        read = _model(struct).model_validate(given)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        path = (section, *map(str, fault["loc"]))
        code = ErrorCode.TYPE_INVALID if fault["type"].startswith("bool") else ErrorCode.NUMBER_INVALID
        raise InputError(code, fault["msg"][:1].lower() + fault["msg"][1:], path=path) from error
    return struct(**{name: getattr(read, name) for name in given})


def _model(struct: type[msgspec.Struct]) -> type[BaseModel]:
    """The pydantic side of a struct: the same fields; numbers are positive."""
    fields: dict[str, Any] = {
        field.name: (_border_of(field.type), field.default) for field in msgspec.structs.fields(struct)
    }
    return create_model(struct.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _border_of(type_: Any) -> Any:
    return type_ if type_ is bool else Annotated[type_, Field(gt=0, lt=2**53)]


def _unknown(name: str, known: list[str], path: tuple[str, ...]) -> InputError:
    near = get_close_matches(name, known, 1)
    return InputError(
        ErrorCode.UNKNOWN_FIELD,
        f"`{name[:60]}` is no setting",
        help=f"did you mean `{near[0]}`?" if near else "docs/operating.md lists them",
        path=path,
    )


__all__ = ["PREFIX", "SECTIONS", "Settings", "read_settings"]
