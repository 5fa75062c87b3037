"""A thousand sockets that follow what a place shows: memory, pushes a second, what is left, and a reader who stops.

The clients are a process of their own (benchmarks.followers). Pushed is what a newer message in the place of an older
one makes: the older is withdrawn, the newer shown. What counts is CPU of the service, all threads, with what it takes
to ask for the messages, to decide them and to hand them over. Needs a system that tells of other processes.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from typing import Any

from benchmarks.line import Line
from benchmarks.process import Service, service
from benchmarks.scale import Scale
from benchmarks.stuck import seconds_until_released
from memento.client import Client, request_body

_ASK = "mutation R($inputs: [MessageRequestInput!]!) { requestMessages(inputs: $inputs) { userErrors { code } } }"
_WINDOWS = 20
"""Sockets that follow the same customer: her devices, and who looks at her case."""
_LONGEST = 60

RULES = """
rulebook places
  zone "Europe/Madrid"
  currency EUR
  owner "Nobody"
end
category service basis contract channels app end
topic news category service template news end
template news
  in English text "{{ message.words }}"
end
"""


def measure(scale: Scale) -> list[Line]:
    """All of it against one process."""
    with TemporaryDirectory() as folder:
        rules = Path(folder) / "places.rules"
        rules.write_text(RULES)
        with service(rules, MEMENTO_API_SEND_SECONDS=scale.send_seconds) as one:
            if not one.known:
                return [Line("a subscribed socket", float("nan"), "kB", 50, 35, note="not known here")]
            with Client(one.url, "benchmark") as client:
                return [*_pushed(one, client, scale), _stuck(one, scale)]


def _pushed(one: Service, client: Client, scale: Scale) -> list[Line]:
    customers = max(1, scale.sockets // _WINDOWS)
    _ask(client, customers, "warm")
    sleep(scale.settle_seconds)
    before, open_before = one.memory_bytes(), one.open_files()
    with _followers(one, scale.sockets, customers) as followers:
        sleep(scale.settle_seconds)
        each = (one.memory_bytes() - before) / scale.sockets
        frames, seconds, cpu = _burst(one, client, followers, scale, customers)
        followers.kill()
    left = _left(one, open_before)
    about = f"{scale.sockets:,} sockets, one process"
    return [
        Line("a subscribed socket", each / 1e3, "kB", 50, 35, note=about),
        Line(
            "messages pushed",
            frames / cpu,
            "messages/s of CPU",
            5_000,
            12_000,
            more_is_better=True,
            note=f"{about}, {_WINDOWS} for each customer; {frames / seconds:,.0f} messages/s by the clock",
        ),
        Line("left after all clients were killed", left, "sockets", 0, 0, note=f"within {_LONGEST} s"),
    ]


def _stuck(one: Service, scale: Scale) -> Line:
    note = f"sending has {scale.send_seconds:g} s"
    return Line(
        "a reader that stops reading is let go", seconds_until_released(one.url), "s", 15, 15, note=note
    )


def _burst(
    one: Service, client: Client, followers: "subprocess.Popen[str]", scale: Scale, customers: int
) -> tuple[int, float, float]:
    """Frames that came, seconds and CPU seconds, for some rounds of news to everyone."""
    rounds = max(2, scale.requests // 100)
    seen, cpu, began = _count(followers), one.cpu_seconds(), perf_counter()
    due = seen + 2 * rounds * scale.sockets
    for n in range(rounds):
        want = seen + 2 * (n + 1) * scale.sockets
        _ask(client, customers, f"round {n}")
        while (came := _count(followers)) < want:
            if perf_counter() - began > _LONGEST * rounds:
                raise RuntimeError(f"{due - came} messages never came")
            sleep(0.002)
    return _count(followers) - seen, perf_counter() - began, one.cpu_seconds_since(cpu)


def _left(one: Service, open_before: int) -> int:
    """Sockets that are still open when nobody is there any more."""
    began = monotonic()
    while (left := one.open_files() - open_before) > 0 and monotonic() - began < _LONGEST:
        sleep(0.05)
    return max(left, 0)


def _ask(client: Client, customers: int, name: str) -> None:
    """News for each customer, in the place of the last."""
    at = datetime.now(UTC).isoformat()
    inputs: list[dict[str, Any]] = [
        {
            "source": "core",
            "id": f"{name} {n}",
            "customerId": f"c{n}",
            "topic": "news",
            "key": "news",
            "at": at,
            "data": {"words": "News"},
        }
        for n in range(customers)
    ]
    client.execute_bytes(request_body(_ASK, {"inputs": inputs}))


@contextmanager
def _followers(one: Service, sockets: int, customers: int) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "benchmarks.followers", one.url, str(sockets), str(customers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("the followers could not follow")
            yield process
        finally:
            process.kill()


def _count(followers: "subprocess.Popen[str]") -> int:
    """Frames that have come so far."""
    assert followers.stdin is not None
    assert followers.stdout is not None
    followers.stdin.write("?\n")
    followers.stdin.flush()
    return int(followers.stdout.readline())
