"""The ASGI application over a running engine.

It owns nothing but the watcher of commits: engine and store are made, and closed, by whoever makes the application.
Refuses every address but this machine's (memento.address).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send
from starlette.websockets import WebSocket

from artifact.errors import InputError
from engine.pipeline import Engine
from memento.actor import HEADER, actor_of
from memento.address import LoopbackOnly
from memento.connection import Connection
from memento.exchange import Exchange
from memento.http import GraphQLEndpoint
from memento.principals import Principals, Seat
from memento.service import Service
from memento.socket import PROTOCOL, Socket
from memento.wire import write_json
from resolvers.executor import Executor
from resolvers.hub import Hub
from resolvers.root import build_schema
from resolvers.surface import DEFAULT_SURFACE, Surface

PATH = "/graphql"
READY_SECONDS = 2.0

SERVER_OPTIONS: dict[str, Any] = {
    "http": Exchange,
    "ws": Connection,
    "ws_max_size": DEFAULT_SURFACE.rulebook_body_bytes,
    "ws_per_message_deflate": False,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
}
"""What uvicorn is run with: answers that leave whole, frames no longer than a rulebook, no compressor for each socket,
an end to closing.
"""


class Endpoints:
    """The routes, over one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._principals = Principals(service.surface.sockets_per_principal)

    async def socket(self, websocket: WebSocket) -> None:
        """A WebSocket: seated by principal, then served."""
        if PROTOCOL not in websocket.scope.get("subprotocols", ()):
            await websocket.accept()
            await websocket.close(4406, "Subprotocol not acceptable")
            return
        try:
            actor = actor_of(websocket.headers.get(HEADER), self._service.limits)
        except InputError:
            await websocket.close(1008)
            return
        address = websocket.client.host if websocket.client else ""
        with Seat(self._principals, actor or address) as seat:
            await websocket.accept(PROTOCOL)
            if not seat.taken:
                await websocket.close(1013, "Too many sockets of this actor")
                return
            await Socket(websocket, self._service, actor, seat).serve()

    async def health(self, request: Request) -> Response:
        """Alive: the loop turns."""
        return _plain({"status": "alive"}, 200)

    async def ready(self, request: Request) -> Response:
        """Ready: the store answers."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._service.engine.store.publications()
        except (InputError, TimeoutError):
            return _plain({"status": "the store does not answer"}, 503)
        return _plain({"status": "ready"}, 200)


def _plain(value: dict[str, str], status: int) -> Response:
    return Response(write_json(value), status, media_type="application/json")


class Front:
    """ASGI: what is posted to the API, which is nearly everything, goes straight to its endpoint.

    Finding its way through Starlette's routes, which have the rest, would be a tenth of what an event costs.
    """

    def __init__(self, graphql: ASGIApp, rest: ASGIApp) -> None:
        self._graphql = graphql
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        posted = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == PATH
        await (self._graphql if posted else self._rest)(scope, receive, send)


def service_over(engine: Engine, surface: Surface = DEFAULT_SURFACE) -> Service:
    """What the application serves. Its hub watches the store from here on."""
    roots = build_schema()
    executor = Executor(roots.schema, roots.run_class, surface)
    return Service(engine, Hub(engine.store, surface.unread_commits), executor, surface)


def create_app(service: Service) -> ASGIApp:
    """The application. The service's hub tells from its start-up to its shut-down."""
    graphql, endpoints = GraphQLEndpoint(service), Endpoints(service)
    rest = Starlette(
        routes=[
            Route(PATH, graphql, methods=["GET", "POST"]),
            WebSocketRoute(PATH, endpoints.socket),
            Route("/health", endpoints.health),
            Route("/ready", endpoints.ready),
        ],
        lifespan=_telling(service.hub),
    )
    return LoopbackOnly(Front(graphql, rest))


def _telling(hub: Hub) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(hub.run())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    return lifespan
