"""Scenario 18: a group closes inside quiet hours, and one of its items would be out of date by the morning."""

from typing import Any

from artifact.channel import Channel
from artifact.message import MessageState
from tests.scenarios.stage import Stage, play

NAME = "18_group_at_night"
EVENING = "2027-03-10T20:00+01:00"
BEFORE_MORNING = "2027-03-11T07:00+01:00"
MORNING = "11 Mar 08:00"


def group_of(stage: Stage) -> tuple[str, ...]:
    [found] = [m.items for m in stage.artifact().body.talk.messages if m.group is not None]
    return found


def test_it_closes_at_night_and_leaves_in_the_morning() -> None:
    with play(NAME, EVENING) as stage:
        ids = [stage.ask(topic) for topic in ("opening_hours", "balance")]
        assert [stage.next(id) for id in ids] == [MORNING] * 2
        stage.pass_until("2027-03-12T08:00+01:00")
        assert [(s.topic, stage.wall(s.at)) for s in stage.sent] == [("evening_news", MORNING)]


def test_what_expires_before_the_morning_does_not_wait_but_is_decided_alone_and_goes_at_once() -> None:
    with play(NAME, EVENING) as stage:
        hours, balance = (stage.ask(topic) for topic in ("opening_hours", "balance"))
        stage.at("2027-03-10T21:00+01:00")
        appointment = stage.ask("appointment", expiresAt=BEFORE_MORNING)
        assert group_of(stage) == (hours, balance)
        stage.work()
        assert [(s.topic, s.channel, stage.wall(s.at)) for s in stage.sent] == [
            ("appointment", Channel.SMS, "10 Mar 21:00")
        ]
        assert stage.message(appointment).places == ()
        stage.pass_until("2027-03-12T08:00+01:00")
        assert stage.left(topic="evening_news") == [MORNING]


def test_asked_for_at_night_it_goes_where_it_is_never_night() -> None:
    with play(NAME, EVENING) as stage:
        for topic in ("opening_hours", "balance"):
            stage.ask(topic)
        stage.at("2027-03-10T22:30+01:00")
        stage.ask("appointment", expiresAt=BEFORE_MORNING)
        stage.work()
        assert [(s.topic, s.channel, stage.wall(s.at)) for s in stage.sent] == [
            ("appointment", Channel.APP, "10 Mar 22:30")
        ]


def test_an_item_whose_company_is_put_off_until_too_late_leaves_at_that_very_moment() -> None:
    with play(NAME, "2027-03-10T18:00+01:00") as stage:
        chatty: dict[str, Any] = {"data": {"chatty": "yes"}}
        hours = stage.ask("opening_hours", **chatty)
        appointment = stage.ask("appointment", expiresAt=BEFORE_MORNING, **chatty)
        assert stage.next(appointment) == "10 Mar 20:00"
        assert group_of(stage) == (hours, appointment)
        stage.at("2027-03-10T19:59+01:00")
        late = stage.ask("balance", **chatty)
        assert stage.next(hours) == "10 Mar 21:59"
        stage.at("2027-03-10T21:00+01:00")
        later = stage.ask("balance", **chatty)
        assert group_of(stage) == (hours, late, later)
        assert stage.next(hours) == MORNING
        stage.work()
        assert [(s.topic, stage.wall(s.at)) for s in stage.sent] == [("appointment", "10 Mar 21:00")]
        assert stage.message(appointment).state is MessageState.UNDER_WAY
        stage.pass_until("2027-03-12T08:00+01:00")
        assert stage.left(topic="evening_chat") == [MORNING]
        assert (
            stage.sent[-1].text
            == "We are open until six. Your balance has changed. Your balance has changed. "
        )
