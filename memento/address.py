"""Loopback only: Memento has no accounts yet, so it answers nobody but this machine.

Refuses to listen elsewhere, and requests that reached this machine under a name of another: a web page can have its
own name lead here (DNS rebinding) and would otherwise read and write as if it stood on this machine.
"""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from artifact.errors import ErrorCode, InputError


def check_address(host: str) -> None:
    """Raises InputError ADDRESS_REFUSED for an address that other machines can reach."""
    if not is_loopback(host):
        raise InputError(
            ErrorCode.ADDRESS_REFUSED,
            f"`{host}` can be reached from other machines, and Memento has no accounts yet",
            help="listen on 127.0.0.1 or ::1, and put whoever asks from elsewhere behind a proxy that knows them",
            path=("host",),
        )


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    name = host.removeprefix("[").removesuffix("]").lower().removesuffix(".")
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The host of a `Host` header; empty for one that cannot be read."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def origin_host(header: str) -> str:
    """The host of an `Origin` header; empty for `null` and for one that cannot be read."""
    try:
        return urlsplit(header).hostname or ""
    except ValueError:
        return ""


_BODY = orjson.dumps(
    {
        "errors": [
            {
                "message": "this service answers on the loopback address, to pages of this machine",
                "extensions": {"code": ErrorCode.ADDRESS_REFUSED},
            }
        ]
    }
)


class LoopbackOnly:
    """ASGI: refuses requests whose Host, or whose page's origin, is not this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or _is_ours(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _BODY})
        else:
            # Closing before accepting answers the handshake with 403.
            await send({"type": "websocket.close", "code": 1008})


def _is_ours(scope: Scope) -> bool:
    hosts = 0
    for name, value in scope["headers"]:
        if name == b"host":
            hosts += 1
            if not _means_us(value):
                return False
        elif name == b"origin" and not is_loopback(origin_host(value.decode("latin-1"))):
            return False
    return hosts == 1


@lru_cache(maxsize=1024)
def _means_us(host: bytes) -> bool:
    return is_loopback(host_of(host.decode("latin-1")))
