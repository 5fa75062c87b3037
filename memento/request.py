"""One GraphQL request out of one HTTP request, by the GraphQL-over-HTTP specification.

Refuses bodies that are too long, too slow or no JSON, media types a form could send (a page of another site must not
be able to act), and parameters of the wrong shape.
"""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope

from memento.wire import read_json
from resolvers.answers import Asked
from resolvers.fault import Fault, Refused, refused
from resolvers.patience import Patience
from resolvers.surface import Surface

ANSWER = "application/graphql-response+json"
LEGACY = "application/json"


class Request:
    """One HTTP request as it arrived. Headers have small names; of one that comes twice the first counts."""

    __slots__ = ("headers", "method", "query", "receive")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.query: bytes = scope["query_string"]
        self.headers: dict[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
        }
        self.receive = receive


def media_type(accept: str | None) -> str | None:
    """The media type to answer with, None where the client takes neither. Without a wish: the older one."""
    if not accept:
        return LEGACY
    best: tuple[float, int, str] | None = None
    for order, part in enumerate(accept.split(",")):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = _quality(parameters)
        kind = ANSWER if name == ANSWER else LEGACY if name in {LEGACY, "application/*", "*/*"} else None
        if kind is not None and quality > 0 and (best is None or (quality, -order) > best[:2]):
            best = (quality, -order, kind)
    return None if best is None else best[2]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


async def asked_of(request: Request, surface: Surface, patience: Patience) -> tuple[Asked, int]:
    """The operation asked for, and the size of its body. Raises Refused."""
    if request.method in {"GET", "HEAD"}:
        return asked(_of_query(request)), 0
    _check_content_type(request.headers.get("content-type"))
    body = await _body(request, surface, patience)
    try:
        given = read_json(body)
    except ValueError as error:
        raise refused(Fault.REQUEST_INVALID, "the body is no JSON in UTF-8") from error
    return asked(given), len(body)


def asked(given: object) -> Asked:
    """The operation that the parameters name. Raises Refused for those of the wrong shape."""
    if not isinstance(given, Mapping):
        raise refused(Fault.REQUEST_INVALID, "an object with the field `query` is expected")
    query, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    extensions = given.get("extensions")
    if not isinstance(query, str) or not query:
        raise refused(Fault.REQUEST_INVALID, "`query` is missing, or is no text")
    if name is not None and not isinstance(name, str):
        raise refused(Fault.REQUEST_INVALID, "`operationName` is no text")
    if variables is not None and not isinstance(variables, dict):
        raise refused(Fault.REQUEST_INVALID, "`variables` is no object")
    if extensions is not None and not isinstance(extensions, dict):
        raise refused(Fault.REQUEST_INVALID, "`extensions` is no object")
    return Asked(query, variables, name or None)


def _of_query(request: Request) -> dict[str, Any]:
    """Parameters of a URL, where objects are written as JSON."""
    given: dict[str, Any] = dict(QueryParams(request.query))
    for name in ("variables", "extensions"):
        if given.get(name):
            try:
                given[name] = read_json(given[name])
            except ValueError as error:
                raise refused(Fault.REQUEST_INVALID, f"`{name}` is no JSON") from error
        else:
            given.pop(name, None)
    return given


def _check_content_type(header: str | None) -> None:
    if header == LEGACY:
        return
    name, *parameters = (piece.strip().lower() for piece in (header or "").split(";"))
    charsets = [piece[8:].strip('"') for piece in parameters if piece.startswith("charset=")]
    if name != LEGACY or any(charset not in {"utf-8", "utf8"} for charset in charsets):
        raise refused(Fault.REQUEST_INVALID, f"send {LEGACY} in UTF-8", 415)


async def _body(request: Request, surface: Surface, patience: Patience) -> bytes:
    """The whole body, within what the largest operation may bring. Raises Refused."""
    most = max(surface.body_bytes, surface.ingest_body_bytes, surface.rulebook_body_bytes)
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > _READ_ON * most:
        raise body_too_large(most)
    try:
        with patience.turn():
            return await _whole(request.receive, most)
    except TimeoutError as error:
        raise refused(Fault.REQUEST_INVALID, "the body did not arrive in time", 408) from error


_READ_ON = 4
"""So many times as long as a body may be, it is still read to its end before it is refused: who writes all of it before
reading an answer would find the connection closed instead of one. None of it is kept."""


async def _whole(receive: Receive, most: int) -> bytes:
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise refused(Fault.REQUEST_INVALID, "the body did not arrive whole")
        piece = message.get("body", b"")
        size += len(piece)
        if size <= most:
            body += piece
        more = message.get("more_body", False)
        if size > (_READ_ON * most if more else most):
            raise body_too_large(most)
        if not more:
            return bytes(body)


_INGEST = frozenset({"ingestEvents", "requestMessages"})
_RULEBOOKS = frozenset({"saveRulebook", "checkRulebook"})


def check_size(size: int, fields: frozenset[str], surface: Surface) -> None:
    """What an operation's root fields allow its body to weigh. Raises Refused.

    Decided once the operation is known: until then as much is read as the largest may bring.
    """
    limit = surface.body_bytes
    if fields & _INGEST:
        limit = surface.ingest_body_bytes
    if fields & _RULEBOOKS:
        limit = surface.rulebook_body_bytes
    if size > limit:
        raise body_too_large(limit)


def body_too_large(limit: int) -> Refused:
    """The refusal of a body."""
    return refused(Fault.BODY_TOO_LARGE, f"the body is longer than {limit} bytes", 413)
