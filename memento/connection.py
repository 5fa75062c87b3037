"""uvicorn's WebSocket connection, ended for good once its application is done.

Closing waits until all that was written has left, and a reader that stopped reading never takes it: the connection and
what is buffered for it would stay for as long as the other side likes. Refuses to wait longer than `linger_seconds`.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class Connection(WebSocketsSansIOProtocol):
    """One connection. It lingers for the last frames, and for the other side's word that it closes too."""

    linger_seconds = 2.0

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self.loop.call_later(self.linger_seconds, self.transport.abort)
