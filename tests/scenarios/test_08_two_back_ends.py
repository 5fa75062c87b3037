"""Scenario 8: the policy system and billing both announce the same returned receipt."""

import pytest

from artifact.decision import EventStatus
from artifact.errors import ErrorCode
from artifact.message import HoldKind, Message, MessageState
from tests.scenarios.stage import Stage, instant, play

NAME = "08_two_back_ends"
NIGHT, LATER = "2027-03-10T23:30+01:00", "2027-03-11T00:10+01:00"


def announce(stage: Stage, source: str, amount: object = 120.5) -> str:
    return stage.ask(
        "payment_returned",
        source=source,
        id="1001",
        about=("contract", "77"),
        data={"contract": "77", "amount": amount},
    )


def test_one_fact_from_two_systems_is_one_message_with_two_sources() -> None:
    with play(NAME, NIGHT) as stage:
        first = announce(stage, "policies")
        stage.at(LATER)
        second = announce(stage, "billing")
        assert first != second
        assert (stage.message(second).state, stage.message(second).joined_to) == (MessageState.JOINED, first)
        assert stage.record(second).reason == "same_key"
        assert [s.source for s in stage.message(first).sources] == ["billing"]
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left() == ["11 Mar 08:00"]
        assert stage.sent[0].text == "Your bank returned a receipt of €120.50."


def test_it_is_one_message_also_when_the_first_has_left() -> None:
    with play(NAME, "2027-03-10T10:00+01:00") as stage:
        first = announce(stage, "policies")
        stage.pass_until("2027-03-10T10:40+01:00")
        second = announce(stage, "billing")
        assert stage.message(second).state is MessageState.JOINED
        assert [s.source for s in stage.message(first).sources] == ["billing"]
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left() == ["10 Mar 10:00"]


def test_where_the_amounts_differ_both_wait_as_a_conflict_with_a_task() -> None:
    with play(NAME, NIGHT) as stage:
        first = announce(stage, "policies", 120.5)
        stage.at(LATER)
        second = announce(stage, "billing", 210.5)
        for id in (first, second):
            record = stage.record(id)
            assert (record.state, record.reason, record.next_at) == (MessageState.WAITING, "conflict", None)
            assert [h.kind for h in record.holds] == [HoldKind.CONFLICT]
            assert stage.sentence(id) == (
                "“Returned receipt” waits because two departments say different things. "
                "It goes on when a colleague has said which is right."
            )
        [task] = stage.tasks()
        assert (task.kind, task.message, task.reason) == (
            "conflict",
            second,
            "policies and billing disagree",
        )
        stage.pass_until("2027-03-11T12:00+01:00")
        assert stage.sent == []


def tell(stage: Stage, source: str, amount: float = 120.5, id: str | None = None) -> None:
    """A system says what happened; the rulebook asks for the message."""
    stage.event("receipt.returned", source=source, id=id, contract="77", amount=amount)


def told(stage: Stage) -> list[Message]:
    talk = stage.artifact().body.talk
    return sorted((*talk.messages, *talk.tail), key=lambda message: message.number)


def test_one_fact_told_to_a_rule_by_two_systems_is_one_message_too() -> None:
    with play(NAME, NIGHT) as stage:
        tell(stage, "policies")
        stage.at(LATER)
        tell(stage, "billing")
        first, second = told(stage)
        assert (second.state, second.joined_to) == (MessageState.JOINED, first.id)
        assert [s.heard_from for s in (first.request, *first.sources)] == ["policies", "billing"]
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left() == ["11 Mar 08:00"]


def test_what_a_rule_heard_from_two_systems_that_disagree_waits_as_a_conflict() -> None:
    with play(NAME, NIGHT) as stage:
        tell(stage, "policies", 120.5)
        tell(stage, "billing", 210.5)
        assert [stage.record(m.id).reason for m in told(stage)] == ["conflict"] * 2


def correct(stage: Stage, source: str) -> None:
    """A system says that what it told has not happened."""
    stage.event(
        "event.corrected", source=source, data={"source": source, "id": source, "reason": "a mistake"}
    )


@pytest.mark.parametrize("mistaken", ["policies", "billing"])
def test_what_one_system_takes_back_is_said_as_long_as_the_other_stands_by_it(mistaken: str) -> None:
    with play(NAME, NIGHT) as stage:
        for source in ("policies", "billing"):
            tell(stage, source, id=source)
        stage.at(LATER)
        correct(stage, mistaken)
        [first, _] = told(stage)
        assert first.state is MessageState.WAITING
        assert [s.heard_from for s in (first.request, *first.sources)] == [
            source for source in ("policies", "billing") if source != mistaken
        ]
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.left() == ["11 Mar 08:00"]


@pytest.mark.parametrize("order", [("policies", "billing"), ("billing", "policies")])
def test_what_both_systems_take_back_is_not_said(order: tuple[str, str]) -> None:
    with play(NAME, NIGHT) as stage:
        for source in ("policies", "billing"):
            tell(stage, source, id=source)
        for source in order:
            correct(stage, source)
        assert told(stage)[0].state is MessageState.RETRACTED
        stage.pass_until("2027-03-12T12:00+01:00")
        assert stage.sent == []


def test_what_was_said_needs_no_correction_while_another_system_stands_by_it() -> None:
    with play(NAME, "2027-03-10T10:00+01:00") as stage:
        for source in ("policies", "billing"):
            tell(stage, source, id=source)
        stage.pass_until("2027-03-10T10:40+01:00")
        correct(stage, "policies")
        assert stage.tasks() == []
        correct(stage, "billing")
        assert stage.task_kinds() == ["correction_needed"]


def test_a_request_that_one_system_takes_back_leaves_the_message_to_the_other() -> None:
    with play(NAME, NIGHT) as stage:
        first = announce(stage, "policies")
        announce(stage, "billing")
        stage.event("message.retracted", source="policies", data={"request": "1001"})
        assert stage.message(first).state is MessageState.WAITING
        assert stage.message(first).request.source == "billing"
        stage.event("message.retracted", source="billing", data={"request": "1001"})
        assert stage.message(first).state is MessageState.RETRACTED


def test_one_amount_written_in_two_ways_is_one_amount() -> None:
    with play(NAME, NIGHT) as stage:
        first = announce(stage, "policies", 120.5)
        stage.at(LATER)
        second = announce(stage, "billing", "120.50")
        assert stage.message(second).joined_to == first
        third = announce(stage, "ledger", {"amount": "120.51", "currency": "EUR"})
        assert stage.record(third).reason == "conflict"


def test_newer_news_of_the_system_that_a_rule_heard_replaces_older_news() -> None:
    with play(NAME, NIGHT) as stage:
        tell(stage, "policies", 120.5)
        tell(stage, "policies", 210.5)
        assert [m.state for m in told(stage)] == [MessageState.SUPERSEDED, MessageState.WAITING]


def test_the_hold_of_a_conflict_begins_when_they_began_to_disagree() -> None:
    with play(NAME, NIGHT) as stage:
        first = announce(stage, "policies", 120.5)
        stage.at(LATER)
        second = announce(stage, "billing", 210.5)
        assert [stage.record(id).holds[0].since for id in (first, second)] == [instant(LATER)] * 2


@pytest.mark.parametrize("right", [0, 1])
def test_a_person_who_says_which_is_right_lets_that_one_go_and_cancels_the_other(right: int) -> None:
    with play(NAME, NIGHT) as stage:
        both = announce(stage, "policies", 120.5), announce(stage, "billing", 210.5)
        stage.at(LATER)
        stage.event("staff.conflict_resolved", source="centre", message=both[right], actor="marta")
        assert stage.message(both[1 - right]).state is MessageState.CANCELLED
        assert stage.tasks() == []
        stage.pass_until("2027-03-11T12:00+01:00")
        assert [s.delivery for s in stage.sent] == [f"{both[right]}-SMS"]


def test_a_conflict_that_nobody_resolves_expires_with_an_alert() -> None:
    with play(NAME, NIGHT) as stage:
        both = announce(stage, "policies", 120.5), announce(stage, "billing", 210.5)
        stage.pass_until("2027-04-10T12:00+02:00")
        assert [stage.message(id).state for id in both] == [MessageState.EXPIRED] * 2
        assert stage.task_kinds().count("expired_in_conflict") == 2
        assert stage.sent == []


def test_the_same_identity_with_another_body_is_a_conflict_and_changes_nothing() -> None:
    with play(NAME, NIGHT) as stage:
        announce(stage, "policies", 120.5)
        before = stage.artifact()
        job = stage.asking(
            "payment_returned",
            source="policies",
            id="1001",
            about=("contract", "77"),
            data={"contract": "77", "amount": 1.0},
        )
        assert stage.refused(job) is ErrorCode.EVENT_CONFLICT
        assert stage.artifact() == before


def test_the_same_identity_with_the_same_body_is_a_duplicate_however_it_is_written() -> None:
    with play(NAME, NIGHT) as stage:
        announce(stage, "policies", 120)
        before = stage.artifact()
        job = stage.asking(
            "payment_returned",
            source="policies",
            id="1001",
            at="2027-03-10T22:30:00Z",
            about=("contract", "77"),
            data={"amount": 120.0, "contract": "77"},
        )
        stage.answered(job, EventStatus.DUPLICATE)
        assert stage.artifact() == before
