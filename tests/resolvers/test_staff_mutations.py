"""`acknowledgeDeliveries`, `tellMessage`, `setConsent`: what people and clients report, once each."""

from typing import Any

import pytest

from tests.resolvers.world import World

ACKNOWLEDGE = """
mutation Report($input: AcknowledgeDeliveriesInput!) {
  acknowledgeDeliveries(input: $input) {
    messages { id state deliveries { id state } }
    userErrors { code path }
  }
}
"""
TELL = """
mutation Tell($input: TellMessageInput!) {
  tellMessage(input: $input) { message { id state deliveries { channel state } } userErrors { code path } }
}
"""
CONSENT = """
mutation Consent($input: SetConsentInput!) {
  setConsent(input: $input) {
    customer { version consents { category channel state since source proof } }
    userErrors { code path }
  }
}
"""


def payload(world: World, mutation: str, actor: str | None = "ana", **input: Any) -> dict[str, Any]:
    (value,) = world.ask(mutation, input=input, actor=actor).values()
    return value  # type: ignore[no-any-return]


@pytest.mark.parametrize("outcome", ["SEEN", "CLICKED", "DISMISSED", "FAILED"])
def test_what_became_of_a_delivery_is_folded(world: World, outcome: str) -> None:
    customer = world.fresh()
    delivery = world.show(customer)
    given = {"deliveryId": delivery, "outcome": outcome, "at": world.at()}
    answer = payload(world, ACKNOWLEDGE, id="a1", customerId=customer, deliveries=[given])
    assert answer["userErrors"] == []
    (message,) = answer["messages"]
    assert {one["id"]: one["state"] for one in message["deliveries"]}[delivery] == outcome


def test_the_same_report_again_changes_nothing(world: World) -> None:
    customer = world.fresh()
    deliveries = [{"deliveryId": world.show(customer), "outcome": "SEEN"}]
    first = payload(world, ACKNOWLEDGE, id="a1", customerId=customer, deliveries=deliveries)
    version = world.artifact(customer).version
    world.now += 5_000_000
    again = payload(world, ACKNOWLEDGE, id="a1", customerId=customer, deliveries=deliveries)
    assert first == again
    assert world.artifact(customer).version == version


def test_an_unknown_delivery_does_not_stop_the_others(world: World) -> None:
    customer = world.fresh()
    delivery = world.show(customer)
    given = [
        {"deliveryId": "nobody-WEB", "outcome": "SEEN"},
        {"deliveryId": delivery, "outcome": "SEEN"},
        {"deliveryId": delivery, "outcome": "CLICKED"},
    ]
    answer = payload(world, ACKNOWLEDGE, id="a1", customerId=customer, deliveries=given)
    assert answer["userErrors"] == [
        {"code": "DELIVERY_UNKNOWN", "path": ["input", "deliveries", "0", "deliveryId"]}
    ]
    (message,) = answer["messages"]
    assert {one["id"]: one["state"] for one in message["deliveries"]}[delivery] == "CLICKED"


@pytest.mark.parametrize("count", [0, 101])
def test_a_report_holds_one_to_a_hundred_outcomes(world: World, count: int) -> None:
    deliveries = [{"deliveryId": "d", "outcome": "SEEN"}] * count
    answer = payload(world, ACKNOWLEDGE, id="a1", customerId="c", deliveries=deliveries)
    assert answer == {"messages": [], "userErrors": [{"code": "BATCH_SIZE", "path": ["input", "deliveries"]}]}


def test_an_outcome_is_dated_with_an_offset(world: World) -> None:
    given = [{"deliveryId": "d", "outcome": "SEEN", "at": "2026-11-21T09:00:00"}]
    answer = payload(world, ACKNOWLEDGE, id="a1", customerId="c", deliveries=given)
    assert answer["userErrors"] == [
        {"code": "INSTANT_WITHOUT_OFFSET", "path": ["input", "deliveries", "0", "at"]}
    ]


def test_what_an_agent_told_needs_not_be_sent(world: World) -> None:
    customer = world.fresh()
    message = world.request(customer, data={"claim_id": "S-1"})
    given = {
        "id": world.fresh("t"),
        "messageId": message,
        "interactionId": "call-1",
        "wordingShown": "It moves on.",
    }
    answer = payload(world, TELL, actor="bea", **given)
    assert answer["userErrors"] == []
    assert answer["message"]["state"] in {"REACHED", "REACHED_ELSEWHERE"}
    entry = world.run(world.engine.store.history(customer))[-1]
    assert entry.event is not None
    assert (entry.event.type, entry.event.actor) == ("delivery.told", "bea")
    assert entry.event.data == {"message": message, "interaction": "call-1", "wording": "It moves on."}
    world.now += 5_000_000
    assert payload(world, TELL, actor="bea", **given) == answer
    assert world.artifact(customer).version == entry.n


def test_telling_what_nobody_asked_for_is_an_error_of_the_message(world: World) -> None:
    answer = payload(world, TELL, id="t1", messageId="m_nothing")
    assert answer == {
        "message": None,
        "userErrors": [{"code": "MESSAGE_UNKNOWN", "path": ["input", "messageId"]}],
    }


def test_telling_twice_under_two_ids_is_told_that_it_is_closed(world: World) -> None:
    message = world.request(world.fresh(), data={"claim_id": "S-1"})
    payload(world, TELL, id=world.fresh("t"), messageId=message)
    answer = payload(world, TELL, id=world.fresh("t"), messageId=message)
    (error,) = answer["userErrors"]
    assert error["code"] in {"MESSAGE_CLOSED", "ALREADY_LEFT"}
    assert answer["message"]["id"] == message


@pytest.mark.parametrize("state", ["GIVEN", "REFUSED", "WITHDRAWN"])
def test_consent_is_recorded_with_channel_proof_and_instant(world: World, state: str) -> None:
    at = world.at()
    answer = payload(
        world,
        CONSENT,
        id=world.fresh("k"),
        customerId=world.fresh(),
        category="marketing",
        state=state,
        channel="SMS",
        proof="form 7",
        at=at,
    )
    assert answer["userErrors"] == []
    (consent,) = answer["customer"]["consents"]
    given = {"category": "marketing", "channel": "SMS", "state": state, "proof": "form 7"}
    assert consent == {**given, "since": at, "source": "memento.api"}


def test_a_consent_said_again_is_answered_and_another_under_the_same_id_refused(world: World) -> None:
    customer, id = world.fresh(), world.fresh("k")
    given = {"id": id, "customerId": customer, "category": "marketing", "state": "GIVEN"}
    first = payload(world, CONSENT, **given)
    world.now += 60_000_000
    assert payload(world, CONSENT, **given) == first
    refused = payload(world, CONSENT, **{**given, "state": "WITHDRAWN"})
    assert refused["userErrors"] == [{"code": "EVENT_CONFLICT", "path": ["input", "id"]}]
    assert refused["customer"]["version"] == 1


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"id": ""}, "ID_INVALID", ["id"]),
        ({"customerId": "x" * 10_000}, "ID_INVALID", ["customerId"]),
        ({"category": ""}, "ID_INVALID", ["category"]),
        ({"proof": "x" * 3_000}, "TEXT_INVALID", ["proof"]),
        ({"at": "2026-11-21T09:00:00"}, "INSTANT_WITHOUT_OFFSET", ["at"]),
        ({"at": "2126-11-21T09:00:00Z"}, "EVENT_FROM_FUTURE", ["at"]),
    ],
)
def test_what_is_wrong_with_a_consent_is_told_with_its_place(
    world: World, more: dict[str, Any], code: str, path: list[str]
) -> None:
    given = {"id": "k", "customerId": "c", "category": "marketing", "state": "GIVEN", **more}
    answer = payload(world, CONSENT, **given)
    assert answer == {"customer": None, "userErrors": [{"code": code, "path": ["input", *path]}]}


@pytest.mark.parametrize(
    ("mutation", "input"),
    [
        (ACKNOWLEDGE, {"id": "1", "customerId": "c", "deliveries": [{"deliveryId": "d", "outcome": "SEEN"}]}),
        (TELL, {"id": "1", "messageId": "m"}),
        (CONSENT, {"id": "1", "customerId": "c", "category": "marketing", "state": "GIVEN"}),
    ],
)
def test_nothing_is_done_without_a_name(world: World, mutation: str, input: dict[str, Any]) -> None:
    assert payload(world, mutation, actor=None, **input)["userErrors"] == [
        {"code": "ACTOR_MISSING", "path": []}
    ]


def test_an_actor_that_cannot_be_recorded_refuses_the_request(world: World) -> None:
    assert (
        world.post("{ viewer { actor } }", actor="x" * 201)["errors"][0]["extensions"]["code"] == "ID_INVALID"
    )


def test_who_acts_is_read_from_the_header_as_utf8(world: World) -> None:
    headers = {b"X-Memento-Actor": "Begoña".encode()}
    answer = world.http.post("/graphql", json={"query": "{ viewer { actor } }"}, headers=headers)
    assert answer.json() == {"data": {"viewer": {"actor": "Begoña"}}}
    assert world.ask("{ viewer { actor } }", actor=None) == {"viewer": {"actor": None}}
