"""`requestMessages`: back-ends ask, and hear at once what became of it and why."""

from typing import Any

import pytest

from tests.resolvers.world import World

REQUEST = """
mutation Ask($inputs: [MessageRequestInput!]!) {
  requestMessages(inputs: $inputs) {
    results {
      requestId status userErrors { code path }
      message { id topic state category urgency key about { kind reference } expiresAt sources deliveries { channel } }
    }
    userErrors { code path }
  }
}
"""


def request(world: World, **more: Any) -> dict[str, Any]:
    return {
        "source": "claims",
        "id": world.fresh("r"),
        "customerId": world.fresh(),
        "topic": "claim_update",
        "at": world.at(),
        "data": {"claim_id": world.fresh("S-")},
        **more,
    }


def ask(world: World, *inputs: dict[str, Any], actor: str | None = "ana") -> dict[str, Any]:
    return world.ask(REQUEST, inputs=list(inputs), actor=actor)["requestMessages"]  # type: ignore[no-any-return]


def test_a_request_is_answered_with_its_message(world: World) -> None:
    given = request(world, about={"kind": "claim", "reference": "S-1"}, key="S-1", seq=2)
    (result,) = ask(world, given)["results"]
    assert (result["requestId"], result["status"], result["userErrors"]) == (given["id"], "ACCEPTED", [])
    message = result["message"]
    assert (message["topic"], message["category"], message["urgency"]) == ("claim_update", "claims", "HIGH")
    assert (message["key"], message["about"]) == ("S-1", {"kind": "claim", "reference": "S-1"})
    assert message["sources"] == ["claims"]


def test_a_request_narrows_channels_and_lowers_urgency_and_brings_its_words(world: World) -> None:
    customer = world.fresh()
    given = request(
        world,
        customerId=customer,
        channels=["WEB"],
        lowerUrgency="LOW",
        expiresAt=world.at(7_200),
        notBefore=world.at(3_600),
        content=[{"body": "Hola", "language": "es", "channel": "WEB"}, {"body": "Hello", "short": "Hi"}],
    )
    (result,) = ask(world, given)["results"]
    assert result["status"] == "ACCEPTED"
    (entry,) = world.run(world.engine.store.history(customer))
    assert entry.event is not None
    assert entry.event.type == "message.requested"
    assert {type(value) for value in entry.event.data["channels"]} == {str}
    assert set(entry.event.data) == {
        "topic", "data", "channels", "lowerUrgency", "expiresAt", "notBefore", "content"
    }  # fmt: skip
    request_of_message = world.message(customer, result["message"]["id"]).request
    assert request_of_message.lower_urgency == "LOW"
    assert [one.body for one in request_of_message.content] == ["Hola", "Hello"]


def test_the_same_request_again_names_the_same_message(world: World) -> None:
    given = request(world)
    first, again = ask(world, given, given)["results"]
    assert (first["status"], again["status"]) == ("ACCEPTED", "DUPLICATE")
    assert first["message"]["id"] == again["message"]["id"]


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"topic": ""}, "ID_INVALID", ["topic"]),
        ({"topic": "x" * 10_000}, "ID_INVALID", ["topic"]),
        ({"key": ""}, "ID_INVALID", ["key"]),
        ({"at": "2026-11-21T09:00:00"}, "INSTANT_WITHOUT_OFFSET", ["at"]),
        ({"expiresAt": "2026-11-21T09:00:00"}, "INSTANT_WITHOUT_OFFSET", ["expiresAt"]),
        ({"notBefore": "later"}, "INSTANT_INVALID", ["notBefore"]),
        ({"channels": []}, "TYPE_INVALID", ["channels"]),
        ({"data": [1]}, "TYPE_INVALID", ["data"]),
        ({"data": {"n": 2**70}}, "NUMBER_INVALID", ["data", "n"]),
        ({"content": [{"body": "x" * 30_000}]}, "TEXT_INVALID", ["content", "0", "body"]),
        ({"source": "memento.dispatch"}, "EVENT_RESERVED", ["source"]),
    ],
)
def test_what_is_wrong_with_a_request_is_told_with_its_place(
    world: World, more: dict[str, Any], code: str, path: list[str]
) -> None:
    (result,) = ask(world, request(world, **more))["results"]
    assert (result["status"], result["message"]) == ("REJECTED", None)
    assert result["userErrors"] == [{"code": code, "path": ["inputs", "0", *path]}]


@pytest.mark.parametrize("more", [{"channels": ["FAX"]}, {"lowerUrgency": "MEDIUM"}, {"content": [{}]}])
def test_values_outside_the_contract_refuse_the_call(world: World, more: dict[str, Any]) -> None:
    answer = world.post(REQUEST, inputs=[request(world, **more)])
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"VARIABLES_INVALID"}


def test_a_batch_needs_one_to_a_hundred_and_an_actor(world: World) -> None:
    assert ask(world)["userErrors"] == [{"code": "BATCH_SIZE", "path": ["inputs"]}]
    many = [request(world) for _ in range(101)]
    assert ask(world, *many)["userErrors"] == [{"code": "BATCH_SIZE", "path": ["inputs"]}]
    assert ask(world, request(world), actor=None)["userErrors"] == [{"code": "ACTOR_MISSING", "path": []}]
