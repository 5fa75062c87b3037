"""A wire between a driver and its server that can be cut at the worst moment: after the write, before the answer.

It runs on the loop of the test and knows of the protocol only that a message begins with its length.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire:
    """Cuts what `matches`, `cuts` times: once answered (`after`), or instead of being sent at all."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.matches: Callable[[bytes], bool] = lambda message: False
        self.cuts = 0
        self.after = True
        self.then: Callable[[], Awaitable[object]] | None = None
        self.is_down = False
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self, command: str, collection: str, *, times: int = 1, after: bool = True) -> None:
        """Cut the next `times` messages of this command on this collection."""
        name = collection.encode() + b"\0"
        sought = b"\x02" + command.encode() + b"\0" + len(name).to_bytes(4, "little") + name
        self.matches = lambda message: sought in message
        self.cuts, self.after = times, after

    async def go_down(self) -> None:
        """Cut all and take nobody."""
        self.is_down = True
        for writer in list(self._open):
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the driver."""
        if self.is_down:
            writer.close()
            return
        server_reader, server_writer = await asyncio.open_connection(self.host, self.port)
        self._open |= {writer, server_writer}
        try:
            while True:
                request = await _message(reader)
                doomed = self.cuts > 0 and self.matches(request)
                if doomed:
                    self.cuts -= 1
                    if not self.after:
                        break
                server_writer.write(request)
                answer = await _message(server_reader)
                if doomed:
                    break
                writer.write(answer)
            if self.then is not None:
                await self.then()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            for end in (writer, server_writer):
                self._open.discard(end)
                end.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return head + await reader.readexactly(int.from_bytes(head, "little") - 4)


@asynccontextmanager
async def wire_to(url: str, **options: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the server at `url`, and the address to use instead."""
    parts = urlsplit(url)
    wire = Wire(parts.hostname or "127.0.0.1", parts.port or 27017)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    login = f"{parts.username}:{parts.password}@" if parts.username else ""
    query = "&".join([parts.query, *(f"{name}={value}" for name, value in options.items())])
    try:
        yield wire, urlunsplit(parts._replace(netloc=f"{login}127.0.0.1:{port}", query=query))
    finally:
        await wire.go_down()
        server.close()
