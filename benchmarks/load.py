"""Many clients at once: as fast as the service answers them, or at a pace of ours.

Each keeps one connection open and has one request under way. At a pace, what a request waits counts from the instant
at which it was to be sent, also where no client was free then. Knows no more HTTP than the service's answers need:
a head, a length, a body.
"""

import asyncio
from collections.abc import Iterator, Sequence
from time import perf_counter
from urllib.parse import SplitResult, urlsplit

from memento.actor import HEADER

CLIENTS = 16
"""As many as the limit in the budgets was measured with."""


def flat_out(url: str, bodies: Sequence[bytes]) -> float:
    """Requests a second, when every client asks again as soon as it was answered."""
    began = perf_counter()
    asyncio.run(_asked(url, bodies, 0))
    return len(bodies) / (perf_counter() - began)


def at_pace(url: str, bodies: Sequence[bytes], per_second: float) -> list[float]:
    """How long each request waited for its answer, in seconds."""
    return asyncio.run(_asked(url, bodies, 1 / per_second))


async def _asked(url: str, bodies: Sequence[bytes], apart_seconds: float) -> list[float]:
    parts = urlsplit(url)
    waits: list[float] = []
    turns = enumerate(bodies)
    connections = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(CLIENTS)]
    began = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as clients:
        for reader, writer in connections:
            clients.create_task(_client(reader, writer, parts, turns, began, apart_seconds, waits))
    return waits


async def _client(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    url: SplitResult,
    turns: Iterator[tuple[int, bytes]],
    began: float,
    apart_seconds: float,
    waits: list[float],
) -> None:
    """Takes the next turn that nobody has taken, until there is none."""
    head = f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/json\r\n{HEADER}: load\r\n".encode()
    clock = asyncio.get_running_loop().time
    for number, body in turns:
        due = began + number * apart_seconds if apart_seconds else clock()
        if due > clock():
            await asyncio.sleep(due - clock())
        writer.write(head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await _answered(reader)
        waits.append(clock() - due)
    writer.close()
    await writer.wait_closed()


async def _answered(reader: asyncio.StreamReader) -> None:
    """Read one answer whole. Raises AssertionError where it does not say what became of the event."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    body = await reader.readexactly(int(length.partition(b":")[2]))
    if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body:
        raise AssertionError(body)
