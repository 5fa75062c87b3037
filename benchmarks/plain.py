"""The least that a service in this house costs: Starlette alone, which reads a body of JSON and answers some.

`python -m benchmarks.plain` prints its address and serves until it is ended; it runs on the server and with the
options of Memento. Decides nothing and keeps nothing.
"""

import socket

import uvicorn
from msgspec import json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from memento.app import SERVER_OPTIONS


async def answer(request: Request) -> Response:
    """Says of each input that it was read."""
    body = json.decode(await request.body())
    inputs = body.get("variables", {}).get("inputs", ())
    read = {"data": {"ingestEvents": {"results": [{"status": "READ"} for _ in inputs], "userErrors": []}}}
    return Response(json.encode(read), media_type="application/json")


def main() -> None:
    """Serve on a free port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/graphql", flush=True)
    app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])])
    config = uvicorn.Config(app, log_level="warning", access_log=False, **SERVER_OPTIONS)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
