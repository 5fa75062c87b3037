"""A client that follows a customer and then reads nothing any more: its own socket, so that no library reads for it."""

import json
import os
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from benchmarks.followers import FEED
from memento.actor import HEADER
from memento.socket import PROTOCOL

_BUFFER = 4_096


@contextmanager
def stopped_reader(url: str, customer_id: str) -> Iterator[None]:
    """Subscribed, and deaf from then on."""
    parts = urlsplit(url)
    with socket.socket() as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        end.connect((parts.hostname, parts.port))
        end.sendall(_handshake(parts.netloc, parts.path))
        _read_until(end, b"\r\n\r\n")
        end.sendall(_frame({"type": "connection_init"}))
        _read_until(end, b"connection_ack")
        payload = {"query": FEED, "variables": {"id": customer_id}}
        end.sendall(_frame({"id": "f", "type": "subscribe", "payload": payload}))
        _read_until(end, b'"id":"f"')
        yield


def _handshake(host: str, path: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: {PROTOCOL}",
        f"{HEADER}: deaf",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _frame(message: object) -> bytes:
    """A masked text frame; the mask is zero."""
    text = json.dumps(message).encode()
    head = bytes([0x81, 0x80 | len(text)]) if len(text) < 126 else b"\x81\xfe" + len(text).to_bytes(2, "big")
    return head + bytes(4) + text


def _read_until(end: socket.socket, mark: bytes) -> None:
    seen = b""
    while mark not in seen:
        part = end.recv(_BUFFER)
        if not part:
            raise RuntimeError("the service closed the socket")
        seen += part
