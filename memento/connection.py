"""uvicorn's WebSocket connection, ended for good once its application is done.

Closing waits until all that was written has left, and a reader that stopped reading never takes it: the connection and
what is buffered for it would stay for as long as the other side likes. Refuses to wait longer than LINGER_SECONDS.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LINGER_SECONDS = 2.0
"""For the last frames, and for the other side's word that it closes too."""


class Connection(WebSocketsSansIOProtocol):
    """One connection."""

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)
