"""The service from outside: one event over HTTP all the way, a hundred at the door, a customer read, its start.

CPU is that of the service's process, the client's is left out. Needs a system that tells of other processes.
"""

from datetime import UTC, datetime
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any
from zlib import crc32

from benchmarks.line import Line
from benchmarks.load import CLIENTS, at_pace, flat_out
from benchmarks.process import Service, plain_service, service
from benchmarks.scale import Scale
from memento.client import Client, request_body

_INGEST = "mutation I($inputs: [EventInput!]!) { ingestEvents(inputs: $inputs) { results { status } userErrors { code } } }"
_REQUEST = "mutation R($inputs: [MessageRequestInput!]!) { requestMessages(inputs: $inputs) { userErrors { code } } }"
_READ = """query C($id: ID!) { customer(id: $id) { version facts
  situations { kind reference state openedAt data }
  messages(first: 50) { nodes { id topic state reason label explanation holds { kind until } deliveries { channel state } } } } }"""


def measure(scale: Scale) -> list[Line]:
    """All of it against one process."""
    with service() as one:
        lines = [
            Line("start with the bank's rulebook", one.seconds, "s", 3, 1, note="until the first answer")
        ]
        if not one.known:
            return lines
        sleep(scale.settle_seconds)
        lines.append(Line("idle process", one.memory_bytes() / 1e6, "MB", 150, 100))
        with Client(one.url, "benchmark") as client:
            for body in _single("warm", min(scale.requests, 200)):
                client.execute_bytes(body)
            lines += _at_half_the_most(one, scale)
            lines += _one_by_one(one, client, scale)
            lines.append(_door(one, client, scale))
            lines.append(_reading(one, client, scale))
        return lines


def _event(id: str, **data: Any) -> dict[str, Any]:
    return {
        "source": "core",
        "id": id,
        "customerId": f"c{crc32(id.encode()) % 100}",
        "type": "transaction.credit",
        "at": datetime.now(UTC).isoformat(),
        "data": {"accountId": "1", "amount": 20, "balance": 9_000, **data},
    }


def _one_by_one(one: Service, client: Client, scale: Scale) -> list[Line]:
    """One event a request, one request after the other: the service falls asleep between any two."""
    waits, before = [], one.cpu_seconds()
    for body in _single("one by one", scale.requests):
        began = perf_counter()
        client.execute_bytes(body)
        waits.append(perf_counter() - began)
    each = one.cpu_seconds_since(before) / scale.requests
    note = f"median {median(waits) * 1e3:.1f} ms, p99 {_p99(waits) * 1e3:.1f} ms"
    return [Line("one client, one event after the other", each * 1e6, "us CPU", 600, 350, note=note)]


def _at_half_the_most(one: Service, scale: Scale) -> list[Line]:
    """One event a request from several clients, at half the pace at which the service answers them at most.

    The same requests at the same pace cost Starlette alone what the floor and goal are told in.
    """
    most = flat_out(one.url, _single("flat out", scale.requests))
    each, waits = _at_pace(one, "at pace", most / 2, _LONG * scale.requests)
    with plain_service() as plain:
        flat_out(plain.url, _single("warm", min(scale.requests, 200)))
        least, _ = _at_pace(plain, "plain", most / 2, scale.requests)
    note = f"{CLIENTS} clients, {most / 2:,.0f} a second of {most:,.0f} at most"
    against = f"Starlette alone; {least * 1e6:,.0f} us"
    return [
        Line("single event over HTTP", each * 1e6, "us CPU", 600, 350, note=note),
        Line("single event / Starlette", each / least, "x", 600 / 43, 350 / 43, against=against),
        Line("single event over HTTP, p99", _p99(waits) * 1e3, "ms", 25, 15, note=note),
    ]


_LONG = 5
"""So many times as many are sent where the slowest of a hundred counts: else one stall of the disk would be the figure."""


def _at_pace(one: Service, name: str, per_second: float, requests: int) -> tuple[float, list[float]]:
    """CPU seconds of one request, and how long each waited."""
    before = one.cpu_seconds()
    waits = at_pace(one.url, _single(name, requests), per_second)
    return one.cpu_seconds_since(before) / requests, waits


def _single(name: str, count: int) -> list[bytes]:
    return [request_body(_INGEST, {"inputs": [_event(f"{name} {n}")]}) for n in range(count)]


def _p99(waits: list[float]) -> float:
    return quantiles(waits, n=100)[98]


def _door(one: Service, client: Client, scale: Scale) -> Line:
    """A hundred events that are converted, and then refused one by one: nothing is folded."""
    inputs = [{**_event(f"door {n}"), "type": "timer.due"} for n in range(100)]
    body = request_body(_INGEST, {"inputs": inputs})
    client.execute_bytes(body)
    each = _cpu_each(one, client, body, max(1, scale.requests // 10))
    return Line(
        "a hundred events refused, over HTTP",
        each * 1e3,
        "ms CPU",
        3,
        1.5,
        note="converted, read, answered one by one",
    )


def _reading(one: Service, client: Client, scale: Scale) -> Line:
    """Twenty situations and fifty messages of one customer, each message with its sentence."""
    account = {"type": "account.opened", "customerId": "reader"}
    opened = [{**_event(f"open {n}", accountId=f"a{n}"), **account} for n in range(20)]
    client.execute(_INGEST, {"inputs": opened})
    asked = [
        {
            "source": "core",
            "id": f"ask {n}",
            "customerId": "reader",
            "topic": "come_back",
            "key": f"k{n}",
            "at": datetime.now(UTC).isoformat(),
            "notBefore": "2100-01-01T00:00:00Z",
        }
        for n in range(50)
    ]
    client.execute(_REQUEST, {"inputs": asked})
    body = request_body(_READ, {"id": "reader"})
    found = client.execute_bytes(body)["customer"]
    each = _cpu_each(one, client, body, max(1, scale.requests // 10))
    note = f"{len(found['situations'])} situations, {len(found['messages']['nodes'])} messages with sentences"
    return Line("read a customer", each * 1e3, "ms CPU", 2, 0.2, note=note)


def _cpu_each(one: Service, client: Client, body: bytes, calls: int) -> float:
    before = one.cpu_seconds()
    for _ in range(calls):
        client.execute_bytes(body)
    return one.cpu_seconds_since(before) / calls
