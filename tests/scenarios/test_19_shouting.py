"""Scenario 19: a back-end shouts, and an offer stays an offer."""

import pytest

from artifact.channel import Channel, Urgency
from artifact.errors import ErrorCode, InputError
from artifact.message import MessageState
from tests.scenarios.stage import play

NAME = "19_shouting"
NIGHT = "2027-03-10T23:30+01:00"
EVERYWHERE = [c.value for c in Channel]


def test_all_channels_and_every_urgency_a_request_can_name_leave_it_marketing() -> None:
    with play(NAME, NIGHT) as stage:
        id = stage.ask("offer", channels=EVERYWHERE, lowerUrgency="CRITICAL")
        message = stage.message(id)
        assert (message.category, message.urgency) == ("marketing", Urgency.LOW)
        assert (message.state, message.reason) == (MessageState.BLOCKED, "consent")


def test_a_request_cannot_say_an_urgency_of_its_own_at_all() -> None:
    with play(NAME, NIGHT) as stage:
        with pytest.raises(InputError) as refused:
            stage.ask("offer", urgency="CRITICAL")
        assert refused.value.code is ErrorCode.UNKNOWN_FIELD


def test_with_consent_it_still_takes_the_topic_s_channels_and_waits_for_the_morning() -> None:
    with play(NAME, NIGHT) as stage:
        stage.event("consent.given", category="marketing")
        id = stage.ask("offer", channels=EVERYWHERE, lowerUrgency="CRITICAL")
        assert [p.channel for p in stage.record(id).plan] == [Channel.SMS]
        assert stage.next(id) == "11 Mar 08:00"
        stage.pass_until("2027-03-12T12:00+01:00")
        assert [s.channel for s in stage.sent] == [Channel.SMS]


def test_a_second_one_waits_for_room_in_the_contact_budget() -> None:
    with play(NAME, NIGHT) as stage:
        stage.event("consent.given", category="marketing")
        first, second = (stage.ask("offer", channels=EVERYWHERE, lowerUrgency="CRITICAL") for _ in range(2))
        assert (stage.next(first), stage.next(second)) == ("11 Mar 08:00", "18 Mar 08:00")
        stage.pass_until("2027-03-20T12:00+01:00")
        assert stage.left() == ["11 Mar 08:00", "18 Mar 08:00"]


def test_a_topic_that_nobody_declared_needs_consent_and_breaks_nothing() -> None:
    with play(NAME, NIGHT) as stage:
        id = stage.ask("breaking_news", channels=EVERYWHERE, content=[{"body": "Buy now!"}])
        assert (stage.message(id).state, stage.message(id).reason) == (MessageState.BLOCKED, "consent")
        assert [(t.kind, t.reason, t.is_alert) for t in stage.tasks()] == [
            ("topic_unclassified", "breaking_news", True)
        ]
