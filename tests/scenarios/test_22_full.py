"""Scenario 22: a customer for whom 256 offers wait, and what is admitted all the same."""

from artifact.errors import ErrorCode
from artifact.limits import DEFAULT_LIMITS
from artifact.message import MessageState
from tests.scenarios.stage import Stage, play

NAME = "22_full"
TEN = "2027-03-10T10:00+01:00"


def on_vacation(stage: Stage, topic: str, number: int) -> list[str]:
    """So many messages, all of which wait for the end of her vacation."""
    stage.event("consent.given", category="marketing")
    stage.event("vacation.begun")
    ids = []
    for _ in range(number):
        stage.now += 1
        ids.append(stage.ask(topic))
    return ids


def test_an_alert_and_a_withdrawal_are_admitted_and_the_weakest_offer_closes_with_a_record() -> None:
    with play(NAME, TEN) as stage:
        offers = on_vacation(stage, "offer", DEFAULT_LIMITS.open_messages)
        assert {stage.message(id).state for id in offers} == {MessageState.WAITING}
        assert stage.refused(stage.asking("offer")) is ErrorCode.CUSTOMER_FULL
        alert = stage.ask("fraud_alert")
        stage.work()
        assert stage.left(topic="fraud_alert") == ["10 Mar 10:00"]
        evicted = [id for id in offers if stage.message(id).state is MessageState.EVICTED]
        assert evicted == [offers[-1]]
        record = stage.record(evicted[0])
        assert (record.state, record.reason, record.cause) == (
            MessageState.EVICTED,
            "no_room",
            "message.requested",
        )
        assert stage.sentence(evicted[0]) == "“Offer” made room for more important messages."
        stage.answered(stage.event("consent.withdrawn", category="marketing"))
        live = [m for m in stage.artifact().body.talk.messages if m.request.topic == "offer"]
        assert {(m.state, m.reason) for m in live} == {(MessageState.BLOCKED, "consent")}
        assert stage.message(alert).state is MessageState.UNDER_WAY


def test_what_makes_no_room_leaves_sixteen_places_and_even_past_them_no_alert_is_refused() -> None:
    with play(NAME, TEN) as stage:
        kept = DEFAULT_LIMITS.open_messages - DEFAULT_LIMITS.reserved_messages
        notices = on_vacation(stage, "notice", kept)
        assert stage.refused(stage.asking("notice")) is ErrorCode.CUSTOMER_FULL
        alerts = [stage.ask("fraud_alert") for _ in range(DEFAULT_LIMITS.reserved_messages + 1)]
        assert {stage.message(id).state for id in notices} == {MessageState.WAITING}
        assert {stage.message(id).state for id in alerts} == {MessageState.READY}
        stage.answered(stage.event("message.retracted", message=notices[0]))
        assert stage.message(notices[0]).state is MessageState.RETRACTED
