"""uvicorn's HTTP connection, with the head and the body of an answer in one packet.

uvicorn writes them one after the other, and each write goes all the way to the other side and wakes it. What is
written in one turn of the loop is held until its end, so nothing waits for anything that is still to come. Refuses to
hold the frames of a socket: there each write is a message of its own.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol


class Exchange(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # which class it is, uvicorn finds out when imported
    """One connection, and its requests one after the other."""

    transport: Any

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(Gathering(transport, self.loop))

    def handle_websocket_upgrade(self, *given: Any) -> None:
        self.transport = self.transport.plain
        super().handle_websocket_upgrade(*given)


class Gathering:
    """A transport whose writes of one turn of the loop leave together."""

    def __init__(self, plain: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.plain = plain
        self._loop = loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def write(self, data: bytes) -> None:
        """Hold it until this turn is over."""
        if not self._held:
            self._loop.call_soon(self._let_go)
        self._held.append(data)

    def close(self) -> None:
        """What is held still leaves."""
        self._let_go()
        self.plain.close()

    def _let_go(self) -> None:
        if self._held:
            held, self._held = self._held, []
            self.plain.write(b"".join(held))
