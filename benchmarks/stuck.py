"""A client that asks and never reads: how long the service holds what it could not hand over.

The clock runs from its first question until the service has torn the connection away.
"""

import json
from contextlib import suppress
from socket import SHUT_RDWR
from threading import Thread
from time import monotonic

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from memento.socket import PROTOCOL

_LONGEST_SECONDS = 60
_PING = json.dumps({"type": "ping", "payload": {"more": "x" * 200_000}})
"""Answered with as much again."""


def seconds_until_released(url: str) -> float:
    """Until asking fails. Raises RuntimeError where it never does."""
    address = url.replace("http://", "ws://")
    with connect(address, subprotocols=[Subprotocol(PROTOCOL)], compression=None, max_queue=1) as client:
        client.send(json.dumps({"type": "connection_init"}))
        client.recv()
        asking, began = Thread(target=_ask, args=(client,)), monotonic()
        asking.start()
        asking.join(_LONGEST_SECONDS)
        seconds = monotonic() - began
        if asking.is_alive():
            client.socket.shutdown(SHUT_RDWR)
            raise RuntimeError("a reader that stopped reading was never let go")
        return seconds


def _ask(client: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            client.send(_PING)
