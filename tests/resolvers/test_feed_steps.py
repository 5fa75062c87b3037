"""Steps between two versions: a pure function, in one order, that says why what went has gone."""

from typing import Any

import pytest
from msgspec.structs import replace

from artifact.channel import Channel
from artifact.customer import Artifact, Body, Talk
from artifact.facts import Facts, Preferences
from artifact.instant import SECOND
from artifact.message import Delivery, DeliveryState, Message, MessageState, Request
from resolvers.feed_steps import Come, Gone, steps_between
from schema.port import Placed


def message(number: int, delivery: DeliveryState = DeliveryState.HANDED_OVER, **more: Any) -> Message:
    """A message on the web."""
    id = f"m{number}"
    web = Delivery(id=f"{id}-WEB", channel=Channel.WEB, state=delivery)
    request = Request(source="s", id=id, at=0, topic="claim_update")
    made = Message(id=id, number=number, received_at=0, request=request, deliveries=(web,))
    return replace(made, **more)


def artifact(*messages: Message, version: int = 1, language: str | None = None) -> Artifact:
    facts = Facts(preferences=Preferences(language=language))
    return Artifact("c", version=version, body=Body(facts=facts, talk=Talk(messages=messages)))


def test_withdrawn_comes_first_then_what_is_shown_oldest_message_first() -> None:
    before = artifact(message(3), message(1))
    closed = message(3, DeliveryState.WITHDRAWN, state=MessageState.SUPERSEDED)
    after = artifact(message(5), message(4), closed, message(1, DeliveryState.SEEN), version=2)
    gone, *come = steps_between(before, after, Channel.WEB)
    assert isinstance(gone, Gone)
    assert (gone.delivery_id, gone.because) == ("m3-WEB", "SUPERSEDED")
    assert [(one.placed.delivery.id, one.changed) for one in come if isinstance(one, Come)] == [
        ("m1-WEB", True),
        ("m4-WEB", False),
        ("m5-WEB", False),
    ]


def test_what_only_deciding_sees_is_no_step() -> None:
    decided_anew = message(1, next_at=5 * SECOND)
    assert steps_between(artifact(message(1)), artifact(decided_anew, version=2), Channel.WEB) == ()
    assert steps_between(artifact(message(1)), artifact(message(1), version=2), Channel.APP) == ()


def test_another_language_changes_every_word() -> None:
    row = message(1)
    (step,) = steps_between(artifact(row), artifact(row, version=2, language="es"), Channel.WEB)
    assert step == Come(Placed(row, row.deliveries[0]), changed=True)


def test_nothing_is_known_of_nobody() -> None:
    assert steps_between(None, None, Channel.WEB) == ()
    assert [type(step) for step in steps_between(None, artifact(message(1)), Channel.WEB)] == [Come]


@pytest.mark.parametrize(
    ("delivery", "state", "reason", "because"),
    [
        (DeliveryState.TOLD, MessageState.REACHED, "reached", "TOLD"),
        (DeliveryState.DISMISSED, MessageState.REACHED, "reached", "DISMISSED"),
        (DeliveryState.WITHDRAWN, MessageState.BLOCKED, "consent", "CONSENT"),
        (DeliveryState.WITHDRAWN, MessageState.BLOCKED, "cap", "BLOCKED"),
        (DeliveryState.WITHDRAWN, MessageState.WAITING, "", "HELD"),
        (DeliveryState.WITHDRAWN, MessageState.REACHED, "reached", "REACHED_ELSEWHERE"),
        (DeliveryState.WITHDRAWN, MessageState.REACHED_ELSEWHERE, "", "REACHED_ELSEWHERE"),
        (DeliveryState.WITHDRAWN, MessageState.SUPERSEDED, "", "SUPERSEDED"),
        (DeliveryState.WITHDRAWN, MessageState.RETRACTED, "", "RETRACTED"),
        (DeliveryState.WITHDRAWN, MessageState.EXPIRED, "expired", "EXPIRED"),
        (DeliveryState.WITHDRAWN, MessageState.CANCELLED, "", "CANCELLED"),
    ],
)
def test_why_it_went_follows_from_what_became_of_the_message(
    delivery: DeliveryState, state: MessageState, reason: str, because: str
) -> None:
    after = artifact(message(1, delivery, state=state, reason=reason), version=2)
    (step,) = steps_between(artifact(message(1)), after, Channel.WEB)
    assert isinstance(step, Gone)
    assert step.because == because


def test_what_was_let_go_of_has_expired() -> None:
    (step,) = steps_between(artifact(message(1)), artifact(version=2), Channel.WEB)
    assert isinstance(step, Gone)
    assert step.because == "EXPIRED"
