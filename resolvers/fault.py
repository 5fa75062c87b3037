"""What can be wrong with an operation as such, before or beside what its fields say; and how errors are written.

Field errors that a client caused are InputErrors and keep their code; whatever else a resolver raises is our own
fault: it is logged with its trace and goes out as INTERNAL, without a word of Python.
"""

import logging
from enum import StrEnum
from typing import Any

from graphql import GraphQLError

from artifact.errors import InputError
from resolvers.hub import Lagged
from schema.user_error import docs_of

log = logging.getLogger(__name__)


class Fault(StrEnum):
    """Codes in `errors[].extensions.code`, beside those of artifact.errors. Stable."""

    REQUEST_INVALID = "REQUEST_INVALID"
    DOCUMENT_INVALID = "DOCUMENT_INVALID"
    DOCUMENT_TOO_LARGE = "DOCUMENT_TOO_LARGE"
    VARIABLES_INVALID = "VARIABLES_INVALID"
    OPERATION_REFUSED = "OPERATION_REFUSED"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    SUBSCRIBER_LAGGED = "SUBSCRIBER_LAGGED"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL"


class Refused(Exception):
    """An operation that was not begun. `status` is what HTTP says of it."""

    def __init__(self, errors: list[dict[str, Any]], status: int = 400) -> None:
        super().__init__(errors)
        self.errors = errors
        self.status = status

    @property
    def code(self) -> str:
        """The code of its first error."""
        return str(self.errors[0]["extensions"]["code"])


def refused(code: Fault, message: str, status: int = 400) -> Refused:
    """A refusal with one error."""
    return Refused([plain(code, message)], status)


def plain(code: Fault, message: str, **extensions: object) -> dict[str, Any]:
    """An error that has no place in the document."""
    return {"message": message, "extensions": {"code": code, **extensions}}


def placed(error: GraphQLError, code: Fault) -> dict[str, Any]:
    """A parse, validation or coercion error, with its place in the document."""
    written: dict[str, Any] = {"message": error.message}
    if error.locations:
        written["locations"] = [{"line": one.line, "column": one.column} for one in error.locations]
    return {**written, "extensions": {"code": code}}


def field_error(error: GraphQLError) -> dict[str, Any]:
    """What a field raised."""
    written = placed(error, Fault.VARIABLES_INVALID)
    if error.path:
        written["path"] = error.path
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, GraphQLError) and cause.message.startswith("Argument "):
        # An argument that only its variable's value made wrong: the last thing a client can get wrong by now.
        return written
    return written | raised(cause)


def raised(cause: BaseException) -> dict[str, Any]:
    """The words and the code for what a resolver raised."""
    if isinstance(cause, InputError):
        return {"message": cause.message, "extensions": _of_input(cause)}
    if isinstance(cause, Lagged):
        help = "subscribe again with this cursor as `after`"
        return plain(Fault.SUBSCRIBER_LAGGED, "you read too slowly to follow", cursor=cause.cursor, help=help)
    if isinstance(cause, UnicodeEncodeError):
        # A document cannot hold half of a character, the value of a variable can; nothing is called so anywhere.
        help = "send the character whole, as UTF-8"
        message = "a text holds half of a character (a lone surrogate)"
        return plain(Fault.VARIABLES_INVALID, message, help=help)
    log.error("a resolver failed", exc_info=cause)
    return plain(Fault.INTERNAL, "something went wrong on our side")


def _of_input(error: InputError) -> dict[str, Any]:
    return {
        "code": error.code,
        "help": error.help,
        "docs": docs_of(error),
        "path": list(error.path),
        "retryable": error.retryable,
    }
