"""Clients of the subscriptions in a process of their own: `python -m benchmarks.followers URL SOCKETS CUSTOMERS`.

Prints `ready` once all follow, and, whenever a line comes in, how many frames have come so far. Ends with its input.
"""

import asyncio
import json
import sys

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from memento.actor import HEADER
from memento.socket import PROTOCOL

SOCKETS_OF_ONE = 20
AT_ONCE = 25
FEED = """subscription F($id: ID!) { channelMessages(customerId: $id, channel: APP) { __typename
  ... on DeliveryShown { cursor delivery { id channel state plannedAt language body } }
  ... on DeliveryWithdrawn { cursor deliveryId because } } }"""


async def following(url: str, number: int, customers: int) -> ClientConnection:
    """A socket that follows one customer's app and is caught up."""
    socket = await connect(
        url.replace("http://", "ws://"),
        subprotocols=[Subprotocol(PROTOCOL)],
        additional_headers={HEADER: f"client {number // SOCKETS_OF_ONE}"},
        compression=None,
        open_timeout=60,
        ping_interval=None,
    )
    await socket.send(json.dumps({"type": "connection_init"}))
    await socket.recv()
    payload = {"query": FEED, "variables": {"id": f"c{number % customers}"}}
    await socket.send(json.dumps({"id": "f", "type": "subscribe", "payload": payload}))
    await socket.recv()
    return socket


async def all_following(url: str, sockets: int, customers: int) -> list[ClientConnection]:
    """Many of them, some at a time."""
    found: list[ClientConnection] = []
    for first in range(0, sockets, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, sockets))
        found += await asyncio.gather(*(following(url, number, customers) for number in numbers))
    return found


async def main(url: str, sockets: int, customers: int) -> None:
    """Count what comes until the input ends."""
    frames = 0

    async def count(socket: ClientConnection) -> None:
        nonlocal frames
        async for _ in socket:
            frames += 1

    followers = [asyncio.create_task(count(one)) for one in await all_following(url, sockets, customers)]
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(frames, flush=True)
    for task in followers:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
