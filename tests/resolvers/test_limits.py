"""How much one client may ask at once: everything has a limit, a clear refusal, and a bound on what it costs."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from memento.request import LEGACY
from resolvers.fault import Refused
from resolvers.surface import Surface
from tests.resolvers.world import World


@pytest.fixture(scope="module")
def shut() -> Iterator[World]:
    """A service that does not describe itself, as in production."""
    world = World(Surface(introspection=False, suggestions=False))
    world.start()
    yield world
    world.stop()


def nested(levels: int) -> str:
    """A query of so many levels."""
    inner = "id"
    for level in range(levels - 1):
        inner = f"customer {{ {inner} }}" if level % 2 else f"messages(first: 1) {{ nodes {{ {inner} }} }}"
    return f'{{ customer(id: "c") {{ {inner} }} }}'


@pytest.mark.parametrize(
    "query",
    [
        "{" + " viewer { actor }" * 400 + " }",
        "{" + " viewer { actor }" * 21 + " }",
        "{" + "".join(f" a{number}: viewer {{ actor }}" for number in range(16)) + " }",
        "{ viewer { actor" + " @include(if: true)" * 51 + " } }",
        nested(9),
        '{ customer(id: "c") { messages(first: 100) { nodes { decisions(first: 100) { nodes { id } } } } } }',
        """{ messages(first: 100) { nodes { customer { ...C } } } }
        fragment C on Customer { timeline(first: 100) { nodes { version } } }""",
    ],
)
def test_what_is_too_large_is_refused_before_it_runs(world: World, query: str) -> None:
    assert world.code_of(query) in {"DOCUMENT_TOO_LARGE", "DOCUMENT_INVALID"}


def test_pages_whose_size_a_variable_gives_are_counted_by_its_value(world: World) -> None:
    query = "query Q($n: Int!) { messages(first: $n) { nodes { decisions(first: $n) { nodes { id } } } } }"
    assert world.code_of(query, n=100) == "DOCUMENT_TOO_LARGE"
    assert "messages" in world.ask(query, n=10)


def test_what_is_just_small_enough_is_answered(world: World) -> None:
    aliases = "".join(f" a{number}: viewer {{ actor }}" for number in range(15))
    assert len(world.ask("{" + aliases + " }")) == 15
    deep = (
        '{ customer(id: "c") { messages { nodes { customer { messages { nodes { customer { id } } } } } } } }'
    )
    assert world.ask(deep)


WORST = [
    "{ " + "viewer { actor } " * 249 + "}",
    "{ viewer {" + " actor" * 990 + " } }",
    '{ customer(id: "c") {' + " messages { nodes { id } }" * 130 + " } }",
    "{"
    + "".join(f" ...F{n}" for n in range(90))
    + " }"
    + "".join(f" fragment F{n} on Query {{ viewer {{ actor }} }}" for n in range(90)),
    "query " + "{ viewer " * 300 + "}" * 300,
    "{ a(x: " + "[" * 400 + "]" * 400 + ") }",
    "fragment A on Query { ...B } fragment B on Query { ...A } { ...A }",
    "{ viewer { actor } }" + " # comment" * 2_000,
]


@pytest.mark.parametrize("query", WORST)
def test_the_worst_documents_are_answered_quickly(world: World, query: str) -> None:
    executor = world.service.executor
    begun = time.process_time()
    with suppress(Refused):
        executor.prepare(query)
    assert time.process_time() - begun < 0.5, "a bound for a machine under load; unhurried it is 0.1"


def test_the_schema_is_described_only_where_that_is_wanted(world: World, shut: World) -> None:
    assert world.ask(get_introspection_query(input_value_deprecation=True))
    for query in ("{ __schema { types { name } } }", "{ ... on Query { __schema { types { name } } } }"):
        errors = shut.post(query)["errors"]
        assert {error["extensions"]["code"] for error in errors} == {"DOCUMENT_INVALID"}
        assert "introspection has been disabled" in errors[0]["message"]
    assert shut.ask("{ __typename }") == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ viewr { actor } }", {}),
        ("{ viewer { actr } }", {}),
        ('{ customer(idd: "c") { id } }', {}),
        ('{ customer(id: "c") { inbox(channel: WEBB) { id } } }', {}),
        ('query Q($c: Channel!) { customer(id: "c") { inbox(channel: $c) { id } } }', {"c": "WEBB"}),
        (
            "mutation M($i: SetConsentInput!) { setConsent(input: $i) { userErrors { code } } }",
            {"i": {"idd": "1"}},
        ),
    ],
)
def test_nothing_is_suggested_where_nothing_is_described(
    shut: World, query: str, variables: dict[str, Any]
) -> None:
    answer = shut.post(query, **variables)
    assert "Did you mean" not in str(answer)
    assert "errors" in answer


def test_bodies_have_limits_by_what_they_carry(world: World) -> None:
    padding = {"query": "{ viewer { actor } }", "extensions": {"x": "y" * (300 * 1024)}}
    answer = world.http.post("/graphql", json=padding)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")

    ingest = "mutation I($i: [EventInput!]!) { ingestEvents(inputs: $i) { userErrors { code } } }"
    more = {"query": ingest, "variables": {"i": []}, "extensions": {"x": "y" * (300 * 1024)}}
    assert world.http.post("/graphql", json=more).status_code == 200
    more["extensions"] = {"x": "y" * (1100 * 1024)}
    assert world.http.post("/graphql", json=more).status_code == 413

    check = "query C($t: String!) { checkRulebook(text: $t) { ok } }"
    rulebook = {"query": check, "variables": {"t": "x" * (2200 * 1024)}}
    assert world.http.post("/graphql", json=rulebook).json()["data"]["checkRulebook"]["ok"] is False


def test_who_writes_a_body_that_is_too_long_to_its_end_before_reading_is_told_so(world: World) -> None:
    headers = {"content-type": LEGACY, "connection": "close"}
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=20)
    connection.request("POST", "/graphql", b"{" + b" " * (15 * 1024 * 1024), headers)
    answer = connection.getresponse()
    assert (answer.status, b"BODY_TOO_LARGE" in answer.read()) == (413, True)
    connection.close()


def test_a_body_far_longer_than_any_may_be_is_not_even_read(world: World) -> None:
    with socket.create_connection(("127.0.0.1", world.port), 20) as there:
        head = f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {LEGACY}\r\ncontent-length: {10**9}\r\n\r\n"
        there.sendall(head.encode())
        assert there.recv(12) == b"HTTP/1.1 413"

    def chunks() -> Iterator[bytes]:
        yield b'{"query": "'
        for _ in range(320):
            yield b" " * 65_536

    try:
        endless = world.http.post("/graphql", content=chunks(), headers={"content-type": "application/json"})
        assert endless.status_code == 413
    except httpx.WriteError:
        pass  # answered and closed while we were still writing


def test_an_operation_that_takes_too_long_is_answered_and_may_be_sent_again() -> None:
    world = World(Surface(execution_seconds=1e-6))
    world.start()
    try:
        for number in range(20):
            answer = world.post(
                'mutation C($id: ID!) { setConsent(input: {id: $id, customerId: "c", category: "m", state: GIVEN})'
                " { userErrors { code } } }",
                id=f"k{number}",
            )
            (error,) = answer["errors"]
            assert error["extensions"]["code"] == "TIMEOUT"
            assert "same ids" in error["extensions"]["help"]
        world.tell(world.event("c", "note.taken"))
        assert world.artifact("c").version >= 1, "the engine goes on, whoever stops waiting for it"
    finally:
        world.stop()
