"""graphql-transport-ws: what ends one operation, what closes a socket, and what never touches its neighbours."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from memento.connection import Connection
from memento.socket import PROTOCOL
from resolvers.surface import Surface
from tests.resolvers.world import Client, World

FEED = (
    "subscription F($customer: ID!) { channelMessages(customerId: $customer, channel: WEB) { __typename } }"
)
VIEWER = "{ viewer { actor } }"


@pytest.fixture(scope="module")
def strict() -> Iterator[World]:
    """A service with short deadlines and few seats."""
    world = World(Surface(init_seconds=0.3, operations_per_socket=3, sockets_per_principal=2))
    world.start()
    yield world
    world.stop()


def test_queries_and_mutations_are_answered_and_completed(world: World) -> None:
    with world.socket(actor="ana") as client:
        client.subscribe("q", VIEWER)
        assert client.next() == {"id": "q", "type": "next", "payload": {"data": {"viewer": {"actor": "ana"}}}}
        assert client.next() == {"id": "q", "type": "complete"}
        client.subscribe("q", VIEWER)
        assert client.next()["type"] == "next", "an id may be used again once its operation is over"


def test_an_id_may_hold_what_no_text_of_ours_can(world: World) -> None:
    with world.socket() as client:
        client.subscribe('\ud800"', VIEWER)
        assert client.next()["id"] == '\ud800"'
        assert client.next() == {"id": '\ud800"', "type": "complete"}


def test_who_acts_is_named_by_the_first_frame_where_headers_cannot_be_sent(world: World) -> None:
    with world.socket(init=False) as client:
        client.send(type="connection_init", payload={"actor": "Begoña"})
        assert client.next() == {"type": "connection_ack"}
        client.subscribe("q", VIEWER)
        assert client.next()["payload"] == {"data": {"viewer": {"actor": "Begoña"}}}


def test_ping_is_answered_with_its_payload(world: World) -> None:
    with world.socket() as client:
        client.send(type="ping", payload={"a": 1})
        assert client.next() == {"type": "pong", "payload": {"a": 1}}
        client.send(type="ping")
        assert client.next() == {"type": "pong"}
        client.send(type="pong")
        client.subscribe("q", VIEWER)
        assert client.next()["id"] == "q"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "DOCUMENT_INVALID"),
        ("{ nothing }", "DOCUMENT_INVALID"),
        ("query Q($id: ID!) { message(id: $id) { id } }", "VARIABLES_INVALID"),
        ("{" + " viewer { actor }" * 400 + " }", "DOCUMENT_TOO_LARGE"),
        ('subscription { channelMessages(customerId: "", channel: WEB) { __typename } }', "ID_INVALID"),
        (
            'subscription { channelMessages(customerId: "c", channel: WEB, after: "x") { __typename } }',
            "CURSOR_INVALID",
        ),
    ],
)
def test_what_is_wrong_with_one_operation_ends_that_operation_alone(
    world: World, query: str, code: str
) -> None:
    with world.socket() as client:
        client.subscribe("live", FEED, customer="nobody")
        assert client.next()["payload"]["data"]["channelMessages"] == {"__typename": "CaughtUp"}
        client.subscribe("bad", query)
        answer = client.next()
        assert (answer["id"], answer["type"]) == ("bad", "error")
        assert {error["extensions"]["code"] for error in answer["payload"]} <= {code, "DOCUMENT_INVALID"}
        client.subscribe("q", VIEWER)
        assert client.next()["id"] == "q"


INIT = json.dumps({"type": "connection_init"})


def subscribe(**changed: Any) -> str:
    return json.dumps({"id": "1", "type": "subscribe", "payload": {"query": VIEWER}, **changed})


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["{"], 4400),
        (["[1]"], 4400),
        (["null"], 4400),
        (["5"], 4400),
        (["NaN"], 4400),
        ([f'["\\ud800", {"[" * 50_000}{"]" * 50_000}]'], 4400),
        (["[" * 100_000], 4400),
        ([b"\x00\xff"], 4400),
        (['{"type": "nonsense"}'], 4400),
        (['{"id": "1"}'], 4400),
        (['{"type": 5}'], 4400),
        (['{"type": "connection_init", "payload": [1]}'], 4400),
        (['{"type": "connection_init", "payload": {"actor": 5}}'], 4400),
        ([INIT, INIT], 4429),
        ([subscribe()], 4401),
        ([INIT, subscribe(id=1)], 4400),
        ([INIT, subscribe(id="")], 4400),
        ([INIT, subscribe(id="x" * 201)], 4400),
        ([INIT, subscribe(id=[1])], 4400),
        ([INIT, subscribe(id=None)], 4400),
        ([INIT, subscribe(payload=None)], 4400),
        ([INIT, subscribe(payload="x")], 4400),
        ([INIT, subscribe(payload={"query": 5})], 4400),
        ([INIT, subscribe(payload={})], 4400),
        ([INIT, subscribe(payload={"query": VIEWER, "variables": [1]})], 4400),
        ([INIT, subscribe(payload={"query": VIEWER, "operationName": 1})], 4400),
        ([INIT, subscribe(payload={"query": VIEWER, "extensions": 1})], 4400),
        ([INIT, '{"type": "complete", "id": 5}'], 4400),
        ([INIT, '{"type": "ping", "payload": 5}'], 4400),
    ],
)
def test_frames_outside_the_protocol_close_their_socket_and_no_other(
    world: World, frames: list[str | bytes], code: int, caplog: pytest.LogCaptureFixture
) -> None:
    with world.socket() as other, world.socket(init=False) as client, caplog.at_level(logging.WARNING):
        for frame in frames:
            client.connection.send(frame)
        closed, reason = client.closed()
        assert closed == code
        assert "Error" not in reason
        assert "NoneType" not in reason
        other.subscribe("q", VIEWER)
        assert other.next()["type"] == "next"
    assert caplog.text == ""


def test_an_id_in_use_closes_the_socket(world: World) -> None:
    with world.socket() as client:
        client.subscribe("same", FEED, customer="nobody")
        client.subscribe("same", FEED, customer="nobody")
        assert client.closed()[0] == 4409


def test_completing_ends_an_operation_and_frees_its_id(world: World) -> None:
    with world.socket() as client:
        client.subscribe("feed", FEED, customer="somebody")
        assert client.next()["type"] == "next"
        client.send(id="feed", type="complete")
        client.send(id="unknown", type="complete")
        client.subscribe("feed", FEED, customer="somebody")
        assert client.next()["type"] == "next"
        assert len(world.service.hub) == 1
    eventually(lambda: len(world.service.hub) == 0)


def test_only_the_newer_protocol_is_spoken(world: World) -> None:
    for offered in (None, [Subprotocol("graphql-ws")], [Subprotocol("soap")]):
        with connect(f"ws://127.0.0.1:{world.port}/graphql", subprotocols=offered) as connection:
            with pytest.raises(ConnectionClosed) as closed:
                connection.recv(5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4406


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"X-Memento-Actor": "x" * 201}]
)
def test_a_page_of_another_site_or_a_name_of_nobody_gets_no_socket(
    world: World, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(
            f"ws://127.0.0.1:{world.port}/graphql",
            subprotocols=[Subprotocol(PROTOCOL)],
            additional_headers=headers,
        )
    assert refused.value.response.status_code == 403


def test_a_socket_that_says_nothing_is_closed(strict: World) -> None:
    with strict.socket(init=False) as client:
        assert client.closed()[0] == 4408
    with strict.socket(init=False) as client:
        for _ in range(3):
            client.send(type="ping")
            time.sleep(0.05)
        assert client.closed()[0] == 4408, "pings do not stand for a first frame"


def test_a_socket_runs_a_bounded_number_of_operations(strict: World) -> None:
    with strict.socket() as client:
        for number in range(3):
            client.subscribe(f"feed{number}", FEED, customer="c")
            client.next()
        client.subscribe("more", FEED, customer="c")
        answer = client.next()
        assert (answer["id"], answer["payload"][0]["extensions"]["code"]) == ("more", "TOO_MANY_OPERATIONS")
        client.send(id="feed0", type="complete")
        client.subscribe("more", FEED, customer="c")
        assert client.next()["type"] == "next"


def test_each_principal_has_a_bounded_number_of_sockets(strict: World) -> None:
    with strict.socket(actor="ana"), strict.socket(actor="ana"):
        with strict.socket(init=False, actor="ana") as third:
            assert third.closed()[0] == 1013
        with strict.socket(actor="bea"):
            pass
        with strict.socket(init=False) as unnamed:
            unnamed.send(type="connection_init", payload={"actor": "ana"})
            assert unnamed.closed()[0] == 1013
    eventually(lambda: seat_is_free(strict))


def seat_is_free(strict: World) -> bool:
    with strict.socket(init=False, actor="ana") as client:
        client.send(type="connection_init")
        try:
            return client.next() == {"type": "connection_ack"}
        except ConnectionClosed:
            return False


def test_nothing_is_left_of_sockets_that_were_torn_away(world: World) -> None:
    with ExitStack() as stack:
        clients = [
            stack.enter_context(world.socket(actor=f"torn{number}", close_timeout=0.1))
            for number in range(10)
        ]
        for client in clients:
            for number in range(5):
                client.subscribe(str(number), FEED, customer=f"torn{number}")
        eventually(lambda: len(world.service.hub) == 50)
        for client in clients:
            client.connection.socket.shutdown(socket.SHUT_RDWR)
        eventually(lambda: len(world.service.hub) == 0)


class Hasty(Connection):
    """A connection that lingers for no longer than it has to."""

    linger_seconds = 0.05


def test_a_reader_that_stops_reading_is_let_go_with_all_it_followed() -> None:
    world = World(Surface(send_seconds=0.1, sockets_per_principal=1), ws=Hasty)
    world.start()
    try:
        with world.socket(actor="ana", max_queue=1, close_timeout=0.1) as stuck:
            stuck.subscribe("feed", FEED, customer="c")
            eventually(lambda: len(world.service.hub) == 1)
            with asking_without_reading(stuck):
                eventually(lambda: len(world.service.hub) == 0)
                eventually(lambda: world.connections == 0)
        assert seat_is_free(world)
    finally:
        world.stop()


@contextmanager
def asking_without_reading(client: Client) -> Iterator[None]:
    """Pings, each of which is answered with as much again, until the connection is gone."""

    def ask() -> None:
        with suppress(ConnectionClosed):
            while True:
                client.send(type="ping", payload={"more": "x" * 200_000})

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        with suppress(OSError):
            client.connection.socket.shutdown(socket.SHUT_RDWR)
        asking.join()


def eventually(condition: Any, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)
