"""GraphQL over HTTP: POST for everything, GET for queries alone.

Refuses mutations by GET, subscriptions (they have the WebSocket), and what request.py refuses. An operation that was
never begun is answered without `data`; the newer media type says so with its status as well.
"""

from typing import Any

from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response

from artifact.errors import InputError
from memento.actor import actor_of
from memento.request import ANSWER, LEGACY, asked_of, check_size, media_type
from memento.service import Service
from memento.wire import write_json
from resolvers.executor import Answer
from resolvers.fault import Fault, Refused, raised, refused


class GraphQLEndpoint:
    """The endpoint."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, request: Request) -> Response:
        """One request, one operation."""
        accepted = media_type(request.headers.get("accept"))
        if accepted is None:
            message = f"the answer is {ANSWER} or {LEGACY}; you take neither"
            return _written({"errors": refused(Fault.REQUEST_INVALID, message).errors}, LEGACY, 406)
        try:
            return _written((await self._answered(request)).plain(), accepted, 200)
        except Refused as refusal:
            return _written({"errors": refusal.errors}, accepted, _status(refusal, accepted))
        except InputError as error:
            return _written({"errors": [raised(error)]}, accepted, 400)

    async def _answered(self, request: Request) -> Answer:
        service = self._service
        actor = actor_of(request.headers, service.limits)
        asked, size = await asked_of(request, service.surface)
        prepared = service.executor.prepare(asked.query)
        operation = prepared.kind(asked.operation_name)
        check_size(size, prepared.fields(asked.operation_name), service.surface)
        if operation is OperationType.SUBSCRIPTION:
            raise refused(Fault.OPERATION_REFUSED, "subscriptions go over the WebSocket")
        if operation is OperationType.MUTATION and request.method != "POST":
            raise refused(Fault.OPERATION_REFUSED, "GET only asks; send mutations by POST", 405)
        return await service.executor.run(prepared, asked, service.context(actor))


_OF_THE_DOCUMENT = frozenset({Fault.DOCUMENT_INVALID, Fault.DOCUMENT_TOO_LARGE, Fault.VARIABLES_INVALID})


def _status(refusal: Refused, accepted: str) -> int:
    """A well-formed request whose document is at fault is answered 200 under the older media type."""
    return 200 if accepted == LEGACY and refusal.code in _OF_THE_DOCUMENT else refusal.status


def _written(answer: dict[str, Any], accepted: str, status: int) -> Response:
    headers = {"allow": "POST"} if status == 405 else None
    return Response(write_json(answer), status, headers, media_type=f"{accepted}; charset=utf-8")
