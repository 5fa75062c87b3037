"""GraphQL over HTTP: POST for everything, GET for queries alone.

Refuses mutations by GET, subscriptions (they have the WebSocket), and what request.py refuses. An operation that was
never begun is answered without `data`; the newer media type says so with its status as well.
"""

from typing import Any

from graphql import OperationType
from starlette.types import Receive, Scope, Send

from artifact.errors import InputError
from memento.actor import HEADER, actor_of
from memento.request import ANSWER, LEGACY, Request, asked_of, check_size, media_type
from memento.service import Service
from memento.wire import write_json
from resolvers.answers import Answer
from resolvers.fault import Fault, Refused, raised, refused
from resolvers.patience import Patience


class GraphQLEndpoint:
    """The endpoint, an ASGI application: what each layer before it costs, every event pays."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._patience = Patience(service.surface.body_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one operation."""
        request = Request(scope, receive)
        accepted = media_type(request.headers.get("accept"))
        status, answer = await self._told(request, accepted)
        body = write_json(answer)
        headers = _headers(accepted or LEGACY, len(body), status)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _told(self, request: Request, accepted: str | None) -> tuple[int, dict[str, Any]]:
        """The status and what is written under it."""
        if accepted is None:
            message = f"the answer is {ANSWER} or {LEGACY}; you take neither"
            return 406, {"errors": refused(Fault.REQUEST_INVALID, message).errors}
        try:
            return 200, (await self._answered(request)).plain()
        except Refused as refusal:
            return _status(refusal, accepted), {"errors": refusal.errors}
        except InputError as error:
            return 400, {"errors": [raised(error)]}

    async def _answered(self, request: Request) -> Answer:
        service = self._service
        actor = actor_of(request.headers.get(HEADER.lower()), service.limits)
        asked, size = await asked_of(request, service.surface, self._patience)
        prepared = service.executor.prepare(asked.query)
        operation = service.executor.operation(prepared, asked.operation_name)
        check_size(size, operation.fields, service.surface)
        if operation.kind is OperationType.SUBSCRIPTION:
            raise refused(Fault.OPERATION_REFUSED, "subscriptions go over the WebSocket")
        if operation.kind is OperationType.MUTATION and request.method != "POST":
            raise refused(Fault.OPERATION_REFUSED, "GET only asks; send mutations by POST", 405)
        return await service.executor.run(prepared, asked, service.context(actor))


_OF_THE_DOCUMENT = frozenset({Fault.DOCUMENT_INVALID, Fault.DOCUMENT_TOO_LARGE, Fault.VARIABLES_INVALID})


def _status(refusal: Refused, accepted: str) -> int:
    """A well-formed request whose document is at fault is answered 200 under the older media type."""
    return 200 if accepted == LEGACY and refusal.code in _OF_THE_DOCUMENT else refusal.status


_MEDIA = {kind: (b"content-type", f"{kind}; charset=utf-8".encode()) for kind in (ANSWER, LEGACY)}


def _headers(kind: str, length: int, status: int) -> list[tuple[bytes, bytes]]:
    headers = [_MEDIA[kind], (b"content-length", b"%d" % length)]
    return [*headers, (b"allow", b"POST")] if status == 405 else headers
