"""`ingestEvents`: each event has its own result, and what is wrong with one says where."""

import json
from typing import Any

import pytest

from tests.resolvers.world import World

INGEST = """
mutation Ingest($inputs: [EventInput!]!) {
  ingestEvents(inputs: $inputs) {
    results { eventId status customerVersion userErrors { code message help docs path retryable } }
    userErrors { code path }
  }
}
"""


def event(world: World, **more: Any) -> dict[str, Any]:
    return {
        "source": "claims",
        "id": world.fresh("e"),
        "customerId": "c-ingest",
        "type": "note.taken",
        "at": world.at(),
        **more,
    }


def ingest(world: World, *inputs: dict[str, Any], actor: str | None = "ana") -> dict[str, Any]:
    return world.ask(INGEST, inputs=list(inputs), actor=actor)["ingestEvents"]  # type: ignore[no-any-return]


def only_error(world: World, given: dict[str, Any]) -> tuple[str, list[str]]:
    (result,) = ingest(world, given)["results"]
    assert result["status"] == "REJECTED"
    (error,) = result["userErrors"]
    return error["code"], error["path"]


def test_an_event_is_accepted_and_told_which_version_holds_it(world: World) -> None:
    customer = world.fresh()
    given = event(
        world, customerId=customer, about={"kind": "claim", "reference": "S-1"}, seq=3, data={"a": 1}
    )
    (result,) = ingest(world, given)["results"]
    assert result == {"eventId": given["id"], "status": "ACCEPTED", "customerVersion": 1, "userErrors": []}
    (entry,) = world.run(world.engine.store.history(customer))
    assert entry.event is not None
    assert (entry.event.actor, entry.event.seq, entry.event.data) == ("ana", 3, {"a": 1})


def test_the_same_event_again_is_a_duplicate_of_the_same_version(world: World) -> None:
    given = event(world, customerId=world.fresh())
    first, again = ingest(world, given, given)["results"]
    assert (first["status"], again["status"]) == ("ACCEPTED", "DUPLICATE")
    assert first["customerVersion"] == again["customerVersion"] == 1


def test_the_same_id_with_another_content_is_a_conflict_at_its_place(world: World) -> None:
    given = event(world, customerId=world.fresh())
    ingest(world, given)
    other = event(world)
    results = ingest(world, other, {**given, "data": {"other": True}})["results"]
    assert results[0]["status"] == "ACCEPTED"
    (error,) = results[1]["userErrors"]
    assert (error["code"], error["path"]) == ("EVENT_CONFLICT", ["inputs", "1", "id"])
    assert error["docs"] == "docs/errors/EVENT_CONFLICT.md"


def test_one_event_in_error_does_not_stop_the_others(world: World) -> None:
    results = ingest(world, event(world), event(world, at="soon"), event(world))["results"]
    assert [result["status"] for result in results] == ["ACCEPTED", "REJECTED", "ACCEPTED"]
    assert results[1]["userErrors"][0]["path"] == ["inputs", "1", "at"]


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"id": ""}, "ID_INVALID", ["id"]),
        ({"id": "x" * 10_000}, "ID_INVALID", ["id"]),
        ({"customerId": ""}, "ID_INVALID", ["customerId"]),
        ({"customerId": "x" * 10_000}, "ID_INVALID", ["customerId"]),
        ({"source": "a\nb"}, "ID_INVALID", ["source"]),
        ({"source": "memento"}, "EVENT_RESERVED", ["source"]),
        ({"source": "memento.api"}, "EVENT_RESERVED", ["source"]),
        ({"type": "timer.due"}, "EVENT_RESERVED", ["type"]),
        ({"type": "situation.opened"}, "EVENT_RESERVED", ["type"]),
        ({"type": "a\x00b"}, "TEXT_INVALID", ["type"]),
        ({"at": "2026-11-21T09:00:00"}, "INSTANT_WITHOUT_OFFSET", ["at"]),
        ({"at": "yesterday"}, "INSTANT_INVALID", ["at"]),
        ({"at": "2026-02-30T09:00:00Z"}, "INSTANT_INVALID", ["at"]),
        ({"at": ""}, "INSTANT_INVALID", ["at"]),
        ({"at": "2126-11-21T09:00:00Z"}, "EVENT_FROM_FUTURE", ["at"]),
        ({"data": [1]}, "TYPE_INVALID", ["data"]),
        ({"data": "text"}, "TYPE_INVALID", ["data"]),
        ({"data": {"n": 2**63}}, "NUMBER_INVALID", ["data", "n"]),
        ({"data": {"n": -(2**63) - 1}}, "NUMBER_INVALID", ["data", "n"]),
        ({"data": {"n": 10**40}}, "NUMBER_INVALID", ["data", "n"]),
        ({"data": {"list": [{"deep": "\ud800"}]}}, "TEXT_INVALID", ["data", "list", "0", "deep"]),
        ({"data": {"x": "y" * 70_000}}, "DATA_TOO_LARGE", ["data"]),
        ({"about": {"kind": "", "reference": "1"}}, "ID_INVALID", ["about", "kind"]),
        ({"type": "consent.given", "data": {}}, "REQUIRED", ["data", "category"]),
        (
            {"type": "consent.given", "data": {"category": "a", "channel": "FAX"}},
            "VALUE_UNKNOWN",
            ["data", "channel"],
        ),
    ],
)
def test_what_is_wrong_with_an_event_is_told_with_its_place(
    world: World, more: dict[str, Any], code: str, path: list[str]
) -> None:
    # json.dumps writes half a character as an escape, which httpx's own encoder refuses.
    body = json.dumps({"query": INGEST, "variables": {"inputs": [event(world, **more)]}})
    headers = {"content-type": "application/json", "X-Memento-Actor": "ana"}
    answer = world.http.post("/graphql", content=body, headers=headers).json()
    (result,) = answer["data"]["ingestEvents"]["results"]
    (error,) = result["userErrors"]
    assert (error["code"], error["path"]) == (code, ["inputs", "0", *path])
    assert error["message"]


def test_integers_keep_every_digit_up_to_64_bits(world: World) -> None:
    customer = world.fresh()
    data = {"most": 2**63 - 1, "least": -(2**63)}
    ingest(world, event(world, customerId=customer, data=data))
    (entry,) = world.run(world.engine.store.history(customer))
    assert entry.event is not None
    assert entry.event.data == data


def test_data_nested_past_the_limit_is_refused_with_its_place(world: World) -> None:
    nested: Any = "leaf"
    for _ in range(25):
        nested = {"n": nested}
    code, path = only_error(world, event(world, data=nested))
    assert code == "DATA_TOO_DEEP"
    assert path[:3] == ["inputs", "0", "data"]


def test_an_event_ahead_of_our_clock_may_be_sent_again_later(world: World) -> None:
    (result,) = ingest(world, event(world, at=world.at(1_000)))["results"]
    (error,) = result["userErrors"]
    assert (error["code"], error["retryable"]) == ("EVENT_FROM_FUTURE", True)


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_of_nothing_or_of_too_much_is_refused_as_a_whole(world: World, count: int) -> None:
    answer = ingest(world, *(event(world) for _ in range(count)))
    assert answer == {"results": [], "userErrors": [{"code": "BATCH_SIZE", "path": ["inputs"]}]}


def test_a_hundred_events_are_answered_in_their_order(world: World) -> None:
    customer = world.fresh()
    inputs = [event(world, customerId=customer, at=world.at(-200 + number)) for number in range(100)]
    results = ingest(world, *inputs)["results"]
    assert [result["eventId"] for result in results] == [given["id"] for given in inputs]
    assert [result["customerVersion"] for result in results] == list(range(1, 101))


def test_without_an_actor_nothing_is_taken(world: World) -> None:
    customer = world.fresh()
    answer = ingest(world, event(world, customerId=customer), actor=None)
    assert answer == {"results": [], "userErrors": [{"code": "ACTOR_MISSING", "path": []}]}
    assert world.run(world.engine.artifact(customer)) is None


@pytest.mark.parametrize(
    "literal",
    [
        '{ source: "s", id: "1", customerId: "c", type: "t", at: "2026-11-21T08:00:00Z", colour: "red" }',
        '{ source: "s", id: "1", customerId: "c", type: "t" }',
        '{ source: 5, id: "1", customerId: "c", type: "t", at: "2026-11-21T08:00:00Z" }',
        '{ source: "s", id: "1", customerId: "c", type: "t", at: 5 }',
        '{ source: "s", id: "1", customerId: "c", type: "t", at: "2026-11-21T08:00:00Z", data: { x: NaN } }',
        '{ source: "s", id: "1", customerId: "c", type: "t", at: "2026-11-21T08:00:00Z", data: { x: Infinity } }',
        '{ source: "s", id: "1", customerId: "c", type: "t", at: "2026-11-21T08:00:00Z", seq: 1.5 }',
        '{ source: "s", id: "1", customerId: "c", type: "t", at: "2026-11-21T08:00:00Z", seq: 9999999999 }',
        '{ source: "\\ud800", id: "1", customerId: "c", type: "t", at: "2026-11-21T08:00:00Z" }',
        "null",
    ],
)
def test_what_the_contract_does_not_know_is_refused_before_anything_runs(world: World, literal: str) -> None:
    assert world.code_of(f"mutation {{ ingestEvents(inputs: [{literal}]) {{ userErrors {{ code }} }} }}") == (
        "DOCUMENT_INVALID"
    )


def test_variables_of_the_wrong_shape_are_refused(world: World) -> None:
    for wrong in ([{"id": "1"}], [None], 5, [event(world, seq=2**40)], [event(world, colour="red")]):
        answer = world.post(INGEST, inputs=wrong)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"VARIABLES_INVALID"}
        assert "data" not in answer


@pytest.mark.parametrize(
    ("number", "code"), [("9223372036854775808", "NUMBER_INVALID"), ("1e999", "NUMBER_INVALID")]
)
def test_numbers_in_the_document_itself_are_checked_as_well(world: World, number: str, code: str) -> None:
    literal = f'{{source:"s",id:"n",customerId:"c",type:"t",at:"2026-11-21T08:00:00Z",data:{{n:[{number}]}}}}'
    data = world.ask(
        f"mutation {{ ingestEvents(inputs: [{literal}]) {{ results {{ userErrors {{ code path }} }} }} }}"
    )
    (result,) = data["ingestEvents"]["results"]
    assert result["userErrors"] == [{"code": code, "path": ["inputs", "0", "data", "n", "0"]}]


@pytest.mark.parametrize(
    "text", ['{"query": NaN}', '{"query": "{viewer{actor}}", "variables": {"x": Infinity}}', "{", "", "\xff"]
)
def test_a_body_that_is_no_json_is_refused(world: World, text: str) -> None:
    answer = world.http.post(
        "/graphql", content=text.encode("latin-1"), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "REQUEST_INVALID"
