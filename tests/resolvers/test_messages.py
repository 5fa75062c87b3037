"""`messages`, `message`: every message of all customers, in pages that can be followed and never mixed up."""

from collections.abc import Iterator
from typing import Any

import pytest

from artifact.instant import format_instant
from tests.resolvers.world import World

PAGE = """
query Page($first: Int!, $after: Cursor, $where: MessageFilter) {
  messages(first: $first, after: $after, where: $where) {
    edges { cursor node { id customer { id } } }
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A service of its own, so that nobody else's messages come in between."""
    world = World()
    world.start()
    world.publish()
    yield world
    world.stop()


@pytest.fixture(scope="module")
def asked(world: World) -> list[str]:
    """Seven messages of three customers, oldest first."""
    return [world.request(f"p{number % 3}", data={"claim_id": f"S-{number}"}) for number in range(7)]


def page(world: World, **variables: Any) -> dict[str, Any]:
    return world.ask(PAGE, **variables)["messages"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("first", [1, 2, 3, 7, 100])
def test_pages_of_any_size_hold_each_message_once(world: World, asked: list[str], first: int) -> None:
    seen: list[str] = []
    after = None
    while True:
        found = page(world, first=first, after=after)
        seen += [node["id"] for node in found["nodes"]]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    assert seen == asked[::-1]


def test_every_edge_can_be_gone_on_from(world: World, asked: list[str]) -> None:
    for edge in page(world, first=7)["edges"]:
        following = page(world, first=7, after=edge["cursor"])["nodes"]
        place = asked[::-1].index(edge["node"]["id"])
        assert [node["id"] for node in following] == asked[::-1][place + 1 :]


def test_conditions_are_met_together(world: World, asked: list[str]) -> None:
    mine = page(world, first=10, where={"customerId": "p1"})
    assert {edge["node"]["customer"]["id"] for edge in mine["edges"]} == {"p1"}
    assert page(world, first=10, where={"customerId": "p1", "topic": "offer"})["nodes"] == []
    assert page(world, first=10, where={"states": ["BLOCKED"]})["nodes"] == []
    assert page(world, first=10, where={"category": "claims", "rule": "no such rule"})["nodes"] == []
    assert page(world, first=10, where={"since": format_instant(world.now)})["nodes"] == []
    assert len(page(world, first=10, where={"before": format_instant(world.now)})["nodes"]) == 7


def test_a_cursor_is_good_only_for_its_own_listing(world: World, asked: list[str]) -> None:
    cursor = page(world, first=1)["pageInfo"]["endCursor"]
    refused = world.post(PAGE, first=1, after=cursor, where={"topic": "claim_update"})
    assert refused["errors"][0]["extensions"]["code"] == "CURSOR_INVALID"
    assert refused["errors"][0]["extensions"]["path"] == ["after"]
    query = 'query T($after: Cursor) { customer(id: "p0") { timeline(first: 1, after: $after) { nodes { version } } } }'
    assert world.code_of(query, after=cursor) == "CURSOR_INVALID"


@pytest.mark.parametrize("cursor", ["x", "%%%", "é", "\U0001f600", "A" * 5_000, "AAAA", "k6htZXNzYWdlcw"])
def test_text_that_is_no_cursor_is_refused(world: World, cursor: str) -> None:
    answer = world.post(PAGE, first=1, after=cursor)
    assert answer["errors"][0]["extensions"]["code"] == "CURSOR_INVALID"


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
def test_a_page_holds_one_to_a_hundred(world: World, first: int) -> None:
    (error,) = world.post(PAGE, first=first)["errors"]
    assert (error["extensions"]["code"], error["extensions"]["path"]) == ("PAGE_SIZE", ["first"])


def test_first_is_not_optional(world: World) -> None:
    assert world.code_of("{ messages { nodes { id } } }") == "DOCUMENT_INVALID"


def test_a_message_is_found_by_its_id(world: World, asked: list[str]) -> None:
    query = "query One($id: ID!) { message(id: $id) { id topic requestedAt nextEligibleAt corrects { id } customer { id } } }"
    assert world.ask(query, id=asked[0])["message"]["customer"] == {"id": "p0"}
    assert world.ask(query, id="m_nobody") == {"message": None}


def test_decisions_of_a_message_are_paged(world: World) -> None:
    customer = world.fresh()
    message = world.request(customer, data={"claim_id": "S-1"})
    world.hand_over(customer, message)
    world.tell(world.event(customer, "delivery.seen", delivery=f"{message}-WEB"))
    query = """query Decided($id: ID!, $after: Cursor) {
      message(id: $id) { decisions(first: 1, after: $after) { nodes { id at state } pageInfo { hasNextPage endCursor } } }
    }"""
    states = []
    after = None
    while True:
        found = world.ask(query, id=message, after=after)["message"]["decisions"]
        states += [node["state"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert states[0] == "REACHED"
    assert len(states) >= 2
