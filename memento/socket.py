"""One WebSocket that speaks graphql-transport-ws.

Refuses by closing, with the protocol's codes: frames that are no message of the protocol (4400), a first message that
does not come (4408) or comes twice (4429), operations before it (4401), an id that is in use (4409). What is wrong
with one operation ends that operation alone. A reader that stops reading is let go when a frame could not be sent
within the deadline; everything it followed is released with it.
"""

import asyncio
import logging
from contextlib import aclosing
from typing import Any

from graphql import OperationType
from starlette.websockets import WebSocket, WebSocketDisconnect

from artifact.errors import InputError
from memento.actor import actor_named
from memento.principals import Seat
from memento.request import asked, check_size
from memento.service import Service
from memento.wire import read_json, write_json
from resolvers.answers import Answer, Asked
from resolvers.fault import Fault, Refused, plain, raised

log = logging.getLogger(__name__)

PROTOCOL = "graphql-transport-ws"
LONGEST_ID = 200


class Closing(Exception):
    """The socket has to be closed, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Socket:
    """One connection, from accepting to closing."""

    def __init__(self, websocket: WebSocket, service: Service, actor: str | None, seat: Seat) -> None:
        self._websocket = websocket
        self._service = service
        self._surface = service.surface
        self._actor = actor
        self._seat = seat
        self._begun = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Read until either side closes."""
        try:
            async with asyncio.TaskGroup() as tasks:
                try:
                    await self._read(tasks)
                finally:
                    for task in self._running.values():
                        task.cancel()
        except* Closing as closings:
            closing = closings.exceptions[0]
            await self._close(closing)
        except* WebSocketDisconnect:
            pass

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        try:
            async with asyncio.timeout(self._surface.init_seconds):
                while not self._begun:
                    await self._handle(await self._next(), tasks)
        except TimeoutError as error:
            raise Closing(4408, "Connection initialisation timeout") from error
        while True:
            await self._handle(await self._next(), tasks)

    async def _next(self) -> tuple[dict[str, Any], int]:
        """The next message and its size in bytes."""
        frame = await self._websocket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005))
        text = frame.get("text")
        if text is None:
            raise Closing(4400, "Messages are text")
        try:
            message = read_json(text)
        except ValueError as error:
            raise Closing(4400, "Messages are JSON") from error
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise Closing(4400, "Messages are objects with a `type`")
        return message, len(text.encode(errors="replace"))

    async def _handle(self, given: tuple[dict[str, Any], int], tasks: asyncio.TaskGroup) -> None:
        message, size = given
        if message["type"] != "subscribe" and size > self._surface.body_bytes:
            raise Closing(1009, "Message too long")
        match message["type"]:
            case "connection_init":
                await self._init(_payload(message))
            case "ping":
                payload = _payload(message)
                await self._send(
                    {"type": "pong"} if payload is None else {"type": "pong", "payload": payload}
                )
            case "pong":
                _payload(message)
            case "subscribe":
                await self._subscribe(_id(message), _payload(message), size, tasks)
            case "complete":
                task = self._running.pop(_id(message), None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closing(4400, "Unknown message type")

    async def _init(self, payload: dict[str, Any] | None) -> None:
        if self._begun:
            raise Closing(4429, "Too many initialisation requests")
        try:
            named = actor_named((payload or {}).get("actor"), self._service.limits)
        except InputError as error:
            raise Closing(4400, "`actor` is no name") from error
        if named is not None:
            self._actor = named
            if not self._seat.move(named):
                raise Closing(1013, "Too many sockets of this actor")
        self._begun = True
        await self._send({"type": "connection_ack"})

    async def _subscribe(
        self, id: str, payload: dict[str, Any] | None, size: int, tasks: asyncio.TaskGroup
    ) -> None:
        if not self._begun:
            raise Closing(4401, "Unauthorized")
        if id in self._running:
            raise Closing(4409, f"Subscriber for {id} already exists")
        try:
            operation = asked(payload)
        except Refused as refusal:
            raise Closing(4400, "Subscribe payloads name a `query`") from refusal
        if len(self._running) >= self._surface.operations_per_socket:
            limit = self._surface.operations_per_socket
            message = f"a socket runs at most {limit} operations; the limit is reached"
            await self._send(_error(id, [plain(Fault.TOO_MANY_OPERATIONS, message)]))
            return
        self._running[id] = tasks.create_task(self._run(id, operation, size))

    async def _run(self, id: str, operation: Asked, size: int) -> None:
        """One operation, to its end. Only what concerns the whole socket leaves here."""
        me = asyncio.current_task()
        try:
            last = await self._executed(id, operation, size)
        except Refused as refusal:
            last = _error(id, refusal.errors)
        except (Closing, WebSocketDisconnect):
            raise
        except Exception as error:
            last = _error(id, [raised(error)])
        if self._running.get(id) is me:
            # Freed before it is told, so that the client may use the id again as soon as it hears.
            del self._running[id]
            await self._send(last)

    async def _executed(self, id: str, operation: Asked, size: int) -> dict[str, Any]:
        """Send every answer; the message that ends the operation is returned."""
        service = self._service
        prepared = service.executor.prepare(operation.query)
        found = service.executor.operation(prepared, operation.operation_name)
        check_size(size, found.fields, self._surface)
        context = service.context(self._actor)
        if found.kind is not OperationType.SUBSCRIPTION:
            answer = await service.executor.run(prepared, operation, context)
            await self._send_text(_next(id, answer))
            return {"id": id, "type": "complete"}
        async with aclosing(service.executor.follow(prepared, operation, context)) as answers:
            async for answer in answers:
                await self._send_text(_next(id, answer))
        return {"id": id, "type": "complete"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self._send_text(write_json(message))

    async def _send_text(self, text: bytes) -> None:
        """Send within the deadline. Raises Closing when the other side does not read."""
        try:
            async with asyncio.timeout(self._surface.send_seconds), self._sending:
                await self._websocket.send_text(text.decode())
        except TimeoutError as error:
            raise Closing(4408, Fault.SUBSCRIBER_LAGGED) from error
        except RuntimeError as error:
            # Starlette's word for sending after a close that was not read yet.
            raise WebSocketDisconnect from error

    async def _close(self, closing: BaseException) -> None:
        """Say why, if the other side still listens."""
        if not isinstance(closing, Closing):
            return
        try:
            async with asyncio.timeout(1):
                await self._websocket.close(closing.code, closing.reason)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            log.info("a socket was let go that did not read")


def _payload(message: dict[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Closing(4400, "A `payload` is an object")
    return payload


def _id(message: dict[str, Any]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not 1 <= len(id) <= LONGEST_ID:
        raise Closing(4400, f"An `id` is a text of 1 to {LONGEST_ID} characters")
    return id


def _next(id: str, answer: Answer) -> bytes:
    """Only the id is each socket's own."""
    return b'{"id":%b,"type":"next","payload":%b}' % (write_json(id), answer.written(write_json))


def _error(id: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": id, "type": "error", "payload": errors}
