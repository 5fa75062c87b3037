"""A whole service on loopback: store in memory, engine, uvicorn in a thread; and the clients that talk to it.

Nothing is replaced by a stand-in but the wall clock and what lies behind the channels.
"""

import asyncio
import itertools
import json
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from artifact.customer import Artifact
from artifact.event import Event
from artifact.instant import DAY, SECOND, Instant, format_instant, parse_instant
from artifact.limits import DEFAULT_LIMITS
from artifact.message import Message
from dsl.compile import Checked, compile_rulebook
from engine.pipeline import Engine
from memento.app import SERVER_OPTIONS, create_app, service_over
from memento.socket import PROTOCOL
from resolvers.surface import DEFAULT_SURFACE, Surface
from store.memory import MemoryStore

T = TypeVar("T")
MANNERS = (Path(__file__).parent / "manners.rules").read_text(encoding="utf-8")
START = parse_instant("2026-11-21T10:00:00+01:00")


async def check(text: str) -> Checked:
    return await asyncio.to_thread(compile_rulebook, text, DEFAULT_LIMITS)


class World:
    """One running service."""

    def __init__(self, surface: Surface = DEFAULT_SURFACE, **server: Any) -> None:
        self.now: Instant = START
        self.engine = Engine(MemoryStore(self._tick), check)
        self.service = service_over(self.engine, surface)
        self.port = free_port()
        self._numbers = itertools.count(1)
        options = SERVER_OPTIONS | {"timeout_graceful_shutdown": 1} | server
        config = uvicorn.Config(
            create_app(self.service),
            host="127.0.0.1",
            port=self.port,
            log_config=None,
            access_log=False,
            **options,
        )
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._main, name="world")
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    def _tick(self) -> Instant:
        """The store's clock: stands still but for the smallest step, so that instants can be told apart."""
        self.now += 1
        return self.now

    @property
    def connections(self) -> int:
        """How many the service holds."""
        return len(self._server.server_state.connections)

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise AssertionError("the service did not start")
            threading.Event().wait(0.01)

    def stop(self) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    def _main(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.engine.start()
        await self._server.serve()
        await self.engine.stop()
        await self.engine.store.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the service's loop."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    # -- names --------------------------------------------------------------------------------------------

    def fresh(self, prefix: str = "c") -> str:
        """A name that nobody used yet."""
        return f"{prefix}{next(self._numbers)}"

    def at(self, seconds: int = 0) -> str:
        """An instant that lies a moment before now."""
        return format_instant(self.now + (seconds - 60) * SECOND)

    # -- HTTP ---------------------------------------------------------------------------------------------

    def post(self, query: str, *, actor: str | None = "ana", **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation."""
        headers = {} if actor is None else {"X-Memento-Actor": actor}
        body = {"query": query, "variables": variables}
        answer = self.http.post("/graphql", json=body, headers=headers)
        return answer.json()  # type: ignore[no-any-return]

    def ask(self, query: str, *, actor: str | None = "ana", **variables: Any) -> dict[str, Any]:
        """The data of an operation that has no errors."""
        answer = self.post(query, actor=actor, **variables)
        assert "errors" not in answer, answer
        return answer["data"]  # type: ignore[no-any-return]

    def code_of(self, query: str, **variables: Any) -> str:
        """The code of the only error of an operation."""
        (error,) = self.post(query, **variables)["errors"]
        return error["extensions"]["code"]  # type: ignore[no-any-return]

    # -- WebSocket ----------------------------------------------------------------------------------------

    @contextmanager
    def socket(self, *, init: bool = True, actor: str | None = None, **options: Any) -> Iterator["Client"]:
        """A WebSocket, greeted unless `init` is False."""
        headers = {} if actor is None else {"X-Memento-Actor": actor}
        url = f"ws://127.0.0.1:{self.port}/graphql"
        options = {"subprotocols": [PROTOCOL], "compression": None, **options}
        with connect(url, additional_headers=headers, **options) as connection:
            client = Client(connection)
            if init:
                client.send(type="connection_init")
                assert client.next() == {"type": "connection_ack"}
            yield client

    # -- a customer's life --------------------------------------------------------------------------------

    def publish(self, text: str = MANNERS) -> None:
        self.run(self._publish(text))

    async def _publish(self, text: str) -> None:
        name = self.fresh("book")
        await self.engine.save_rulebook(text, "ana", name)
        await self.engine.publish_rulebook(name, "ana")

    def event(self, customer: str, type_: str, source: str = "claims", **data: Any) -> Event:
        """An event as the engine takes it."""
        now = self.now
        return Event(customer, source, self.fresh("e"), type_, now, now, data=data)

    def tell(self, *events: Event) -> None:
        """Have the engine fold events."""
        outcomes = self.run(self.engine.submit(events))
        assert all(outcome.error is None for outcome in outcomes), outcomes

    def request(self, customer: str, topic: str = "claim_update", **more: Any) -> str:
        """Ask for a message; its id."""
        data = {"topic": topic, **more}
        (outcome,) = self.run(self.engine.submit([self.event(customer, "message.requested", **data)]))
        assert outcome.message_id is not None, outcome
        return outcome.message_id

    def hand_over(self, customer: str, message: str, channel: str = "WEB") -> str:
        """Report, as dispatch does, that the message stands on a place; the delivery's id."""
        delivery = f"{message}-{channel}"
        self.tell(self.event(customer, "delivery.handed_over", "memento.dispatch", delivery=delivery))
        return delivery

    def show(self, customer: str, **data: Any) -> str:
        """A message that is asked for and handed over on the web; the delivery's id."""
        message = self.request(customer, data={"claim_id": self.fresh("S-")}, **data)
        return self.hand_over(customer, message)

    def artifact(self, customer: str) -> Artifact:
        artifact = self.run(self.engine.artifact(customer))
        assert artifact is not None
        return artifact

    def message(self, customer: str, id: str) -> Message:
        talk = self.artifact(customer).body.talk
        return next(row for row in (*talk.messages, *talk.tail) if row.id == id)

    def days_pass(self, days: int) -> None:
        self.now += days * DAY


class Client:
    """One WebSocket client that speaks in whole messages."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def subscribe(self, id: str, query: str, **variables: Any) -> None:
        self.send(id=id, type="subscribe", payload={"query": query, "variables": variables})

    def next(self, timeout: float = 5) -> dict[str, Any]:
        return json.loads(self.connection.recv(timeout))  # type: ignore[no-any-return]

    def closed(self, timeout: float = 5) -> tuple[int, str]:
        """The code and reason with which the service closes; what it still sends is dropped."""
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                self.connection.recv(timeout)
        frame = closed.value.rcvd
        return (frame.code, frame.reason) if frame else (1006, "")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
