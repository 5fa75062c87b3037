"""A client of the public API over plain HTTP, for the command line itself: one connection, kept alive.

It knows no secret door: what `ingest` and the demo can do, any client can.
"""

import http.client
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from artifact.errors import ErrorCode, InputError
from memento.actor import HEADER
from memento.wire import write_json

TIMEOUT_SECONDS = 60.0


class Client:
    """Sends operations to one service. Raises InputError STORE_UNAVAILABLE where none answers."""

    def __init__(self, url: str, actor: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = _parts(url)
        self.url = url
        self._path = parts.path or "/graphql"
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=timeout_seconds)
        self._headers = {"Content-Type": "application/json", HEADER: actor.encode().decode("latin-1")}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def execute(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data that one operation answers."""
        return self.execute_bytes(request_body(query, variables or {}))

    def execute_bytes(self, body: bytes) -> dict[str, Any]:
        """The same for a body that is written already."""
        answer = self._answer(body)
        if answer.get("errors"):
            raise _raised(answer["errors"][0])
        data = answer.get("data")
        if not isinstance(data, dict):
            raise self._strange("it holds no data")
        return data

    def _answer(self, body: bytes) -> dict[str, Any]:
        try:
            response = self._sent(body)
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise InputError(
                ErrorCode.STORE_UNAVAILABLE,
                f"no service answers at {self.url}: {str(error) or type(error).__name__}",
                help="start one with `memento serve`, or name another one with --url",
            ) from error
        try:
            answer = json.loads(text)
        except ValueError as error:
            raise self._strange(f"status {response.status}, and no JSON") from error
        if not isinstance(answer, dict):
            raise self._strange("it is no object")
        return answer

    def _sent(self, body: bytes) -> http.client.HTTPResponse:
        """The response; a kept connection that the other side has closed meanwhile is opened once more."""
        fresh = self._connection.sock is None
        try:
            self._connection.request("POST", self._path, body, self._headers)
            return self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()
            if fresh:
                raise
        self._connection.request("POST", self._path, body, self._headers)
        return self._connection.getresponse()

    def _strange(self, why: str) -> InputError:
        return InputError(
            ErrorCode.STORE_UNAVAILABLE,
            f"the answer of {self.url} is not Memento's: {why}",
            help="the address of the API ends in /graphql",
        )


def _raised(error: dict[str, Any]) -> InputError:
    """What the service says is wrong; a code of its protocol alone is no fault of our caller's data."""
    extensions = error.get("extensions") or {}
    code = extensions.get("code")
    known = ErrorCode(code) if code in set(ErrorCode) else ErrorCode.DATA_INVALID
    return InputError(known, str(error.get("message")), help=extensions.get("help"))


def request_body(query: str, variables: dict[str, Any]) -> bytes:
    """The body of a request."""
    return write_json({"query": query, "variables": variables})


def _parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            f"`{url[:200]}` is no address of a service",
            help="write it as http://127.0.0.1:8080/graphql",
            path=("url",),
        )
    return parts
