"""An answer over HTTP leaves in one piece, and what must leave earlier is not held."""

import socket
from typing import Any

from memento.exchange import Gathering
from tests.resolvers.world import World

QUESTION = b'{"query": "{ viewer { actor } }"}'


class Loop:
    """Turns when it is told to."""

    def __init__(self) -> None:
        self.soon: list[Any] = []

    def call_soon(self, call: Any) -> None:
        self.soon.append(call)

    def turn(self) -> None:
        calls, self.soon = self.soon, []
        for call in calls:
            call()


class Line:
    """The far end of a transport."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.heard.append(data)

    def close(self) -> None:
        self.heard.append(b"closed")

    def is_closing(self) -> bool:
        return b"closed" in self.heard


def test_what_is_written_in_one_turn_leaves_together_and_before_the_line_is_closed() -> None:
    line, loop = Line(), Loop()
    transport = Gathering(line, loop)  # type: ignore[arg-type]
    transport.write(b"head ")
    transport.write(b"body")
    assert line.heard == []
    loop.turn()
    transport.write(b"more")
    transport.close()
    loop.turn()
    assert line.heard == [b"head body", b"more", b"closed"]
    assert transport.is_closing()


def test_who_waits_to_be_told_to_go_on_is_told(world: World) -> None:
    head = f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(QUESTION)}\r\n"
    with socket.create_connection(("127.0.0.1", world.port), timeout=20) as line:
        line.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert line.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(QUESTION)
        assert b'{"data":{"viewer":{"actor":null}}}' in line.recv(4096)
