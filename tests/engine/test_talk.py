"""What is being said: agents, outcomes in any order, proof, death, and effects that happen once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from artifact.instant import DAY, HOUR
from artifact.limits import Limits
from artifact.message import DeliveryState, HoldKind, MessageState
from artifact.span import Span, Unit
from dsl.effects import Block, Postpone, PostponeKind, Propagate, RequireProof
from dsl.rulebook import QuietHours
from tests.engine.handmade import Rule, fact_is, handmade
from tests.engine.world import MONDAY, Customer, at, event

M, D = MessageState, DeliveryState
LATER = "2026-11-18T10:00:00+01:00"
BEFORE = MONDAY - 3 * HOUR
NIGHT = QuietHours((Channel.SMS,), 22 * 60, 8 * 60)


def refusal(customer: Customer, told: Event) -> ErrorCode:
    """The code that an event is refused with; nothing has changed then."""
    before, log = customer.bytes, len(customer.log)
    with pytest.raises(InputError) as refused:
        customer.tell(told)
    assert (customer.bytes, len(customer.log)) == (before, log)
    return refused.value.code


def command(type: str, message: str, **data: object) -> Event:
    return event(
        type, BEFORE, f"{type}/{message}/{len(data)}", source="desk", data={"message": message, **data}
    )


# -- agents -----------------------------------------------------------------------------------------------------


def test_telling_her_ends_the_matter_and_says_who_told_her() -> None:
    """Scenario 5."""
    customer = Customer(handmade(quiet_hours=(NIGHT,)), now=at("2026-11-16T07:50:00+01:00"))
    message = customer.ask("receipt")
    customer.tell(command("delivery.told", message.id, agent="ana"))
    assert customer.state(message) == (M.REACHED, "reached")
    told = customer.delivery(message, Channel.CONTACT_CENTRE)
    assert (told.state, told.agent) == (D.TOLD, "ana")
    assert customer.delivery(message, Channel.SMS).state is D.WITHDRAWN
    customer.pass_time(at("2026-11-16T08:00:00+01:00"))
    assert customer.ready() == ()


def test_the_race_between_an_agent_and_the_clock_has_one_outcome() -> None:
    for agent_first in (True, False):
        customer = Customer()
        message = customer.ask("reminder")
        if agent_first:
            customer.tell(command("delivery.told", message.id))
            assert customer.intend(f"{message.id}-SMS") == ()
        else:
            assert customer.intend(f"{message.id}-SMS") == (f"{message.id}-SMS",)
            for verb in ("delivery.told", "staff.released", "staff.cancelled"):
                assert refusal(customer, command(verb, message.id)) is ErrorCode.ALREADY_LEFT


def test_what_an_agent_may_not_lift_is_not_lifted() -> None:
    soft = Rule("soft", (Postpone(PostponeKind.WHILE),), topics=("receipt",), agent_may_release=True)
    hard = Rule("hard", (Postpone(PostponeKind.WHILE),), topics=("reminder",))
    customer = Customer(handmade(soft, hard, Rule("never", (Block(),), topics=("claim_settled",))))
    held = customer.ask("receipt")
    firm = customer.ask("reminder")
    blocked = customer.ask("claim_settled")
    denied = customer.ask("offer")
    for message in (firm, blocked, denied):
        assert refusal(customer, command("staff.released", message.id)) is ErrorCode.NOT_ALLOWED
        assert refusal(customer, command("delivery.told", message.id)) is ErrorCode.NOT_ALLOWED
    customer.tell(command("staff.released", held.id))
    assert customer.state(held)[0] is M.READY
    assert customer.find(held.id).released == ("soft",)


def test_quiet_hours_are_lifted_where_she_asks_and_statutory_ones_never() -> None:
    for statutory, expected in ((False, M.READY), (True, M.WAITING)):
        night = QuietHours((Channel.SMS,), 22 * 60, 8 * 60, statutory=statutory)
        customer = Customer(handmade(quiet_hours=(night,)), now=at("2026-11-16T07:50:00+01:00"))
        message = customer.ask("reminder")
        assert customer.find(message.id).holds[0].kind is HoldKind.QUIET_HOURS
        customer.tell(command("staff.released", message.id, customerAsked=True))
        assert customer.state(message)[0] is expected


def test_a_cancelled_message_is_closed_for_every_further_command() -> None:
    customer = Customer()
    message = customer.ask("reminder")
    customer.tell(command("staff.cancelled", message.id))
    assert customer.state(message) == (M.CANCELLED, "cancelled")
    assert refusal(customer, command("delivery.told", message.id)) is ErrorCode.MESSAGE_CLOSED
    assert refusal(customer, command("delivery.told", "m_nobody")) is ErrorCode.MESSAGE_UNKNOWN


@pytest.mark.parametrize("by", [{"request": "1"}, {"topic": "reminder", "key": "P-1"}, "message"])
def test_a_back_end_takes_back_by_request_by_key_or_by_message(by: dict[str, str] | str) -> None:
    customer = Customer()
    message = customer.ask("reminder", "1", data={"policy": "P-1"})
    other = customer.ask("reminder", "2", data={"policy": "P-2"})
    data = {"message": message.id} if isinstance(by, str) else by
    customer.tell(event("message.retracted", MONDAY, source="crm", data=data))
    assert (customer.state(message)[0], customer.state(other)[0]) == (M.RETRACTED, M.READY)


# -- outcomes ---------------------------------------------------------------------------------------------------

VERBS = ["handed_over", "delivered", "seen", "clicked"]


@given(st.permutations(VERBS), st.lists(st.sampled_from(VERBS), max_size=3))
def test_outcomes_that_come_out_of_order_or_twice_end_where_ordered_ones_do(
    order: list[str], again: list[str]
) -> None:
    customer = Customer()
    message = customer.ask("reminder")
    [delivery] = customer.intend()
    for verb in (*order, *again):
        customer.outcome(verb, delivery)
    assert customer.delivery(message, Channel.SMS).state is D.CLICKED
    assert customer.state(message)[0] is M.REACHED


def test_an_outcome_that_comes_after_a_failure_but_was_before_it_changes_nothing() -> None:
    customer = Customer()
    message = customer.ask("reminder")
    [delivery] = customer.intend()
    customer.outcome("failed", delivery)
    customer.outcome("handed_over", delivery)
    assert customer.delivery(message, Channel.SMS).state is D.FAILED
    customer.outcome("delivered", delivery)
    assert customer.delivery(message, Channel.SMS).state is D.DELIVERED


def test_a_failure_goes_on_with_the_next_channel_and_ends_in_an_alert() -> None:
    customer = Customer()
    message = customer.ask("receipt")
    [sms] = customer.intend()
    customer.outcome("failed", sms)
    [mail] = customer.intend()
    assert mail.endswith("EMAIL")
    customer.outcome("failed", mail)
    assert customer.state(message) == (M.FAILED, "failed")
    assert [t.kind for t in customer.body.talk.tasks] == ["failed"]


def test_an_outcome_of_a_delivery_that_nobody_knows_is_refused() -> None:
    customer = Customer()
    customer.ask("reminder")
    told = event("delivery.seen", MONDAY, data={"delivery": "SM123"})
    assert refusal(customer, told) is ErrorCode.DELIVERY_UNKNOWN


def test_an_unknown_outcome_is_parked_with_a_task_until_a_person_finds_out() -> None:
    for arrived, state in ((True, D.DELIVERED), (False, D.FAILED)):
        customer = Customer()
        message = customer.ask("reminder")
        [delivery] = customer.intend()
        customer.outcome("in_doubt", delivery)
        assert customer.state(message)[0] is M.UNDER_WAY
        [task] = customer.body.talk.tasks
        assert task.kind == "in_doubt"
        customer.tell(event("staff.doubt_resolved", MONDAY, data={"delivery": delivery, "arrived": arrived}))
        assert customer.delivery(message, Channel.SMS).state is state
        assert customer.body.talk.tasks[0].state == "DONE"


def test_a_retry_is_a_new_decision_under_the_same_key() -> None:
    """Scenario 24: the intent was at 21:59; after 22:00 the retry waits for the morning."""
    customer = Customer(handmade(quiet_hours=(NIGHT,)), now=at("2026-11-16T21:59:00+01:00"))
    message = customer.ask("reminder")
    [delivery] = customer.intend()
    customer.pass_time(at("2026-11-16T22:01:00+01:00"))
    customer.outcome("retry", delivery)
    again = customer.delivery(message, Channel.SMS)
    assert (again.id, again.state) == (delivery, D.PLANNED)
    assert again.planned_at == at("2026-11-17T08:00:00+01:00")


# -- seen here, silent there --------------------------------------------------------------------------------------


def followed(*more: Rule) -> Customer:
    rules = (
        Rule("then_mail", (Propagate((Channel.EMAIL,), Span(2, Unit.HOUR)),), topics=("reminder",)),
        Rule("then_letter", (Propagate((Channel.LETTER,), Span(5, Unit.DAY)),), topics=("reminder",)),
    )
    return Customer(handmade(*rules, *more))


def test_what_was_seen_here_is_silent_there() -> None:
    """Scenario 12."""
    customer = followed()
    message = customer.ask("reminder")
    [sms] = customer.hand_over()
    assert customer.delivery(message, Channel.EMAIL).planned_at == MONDAY + 2 * HOUR
    customer.pass_time(MONDAY + 2 * HOUR - 60_000_000)
    customer.outcome("seen", sms)
    assert customer.state(message)[0] is M.REACHED
    assert {d.state for d in customer.find(message.id).deliveries} == {D.SEEN, D.WITHDRAWN}
    customer.pass_time(MONDAY + 9 * DAY)
    assert customer.ready() == ()


def test_a_proof_is_not_withdrawn_because_another_was_seen() -> None:
    proof = Rule("proof", (RequireProof((Channel.LETTER,)),), topics=("reminder",))
    customer = followed(proof)
    message = customer.ask("reminder")
    [sms] = customer.hand_over()
    customer.outcome("seen", sms)
    assert customer.state(message)[0] is M.UNDER_WAY
    states = {d.channel: d.state for d in customer.find(message.id).deliveries}
    assert states == {Channel.SMS: D.SEEN, Channel.EMAIL: D.WITHDRAWN, Channel.LETTER: D.PLANNED}
    customer.pass_time(MONDAY + 5 * DAY)
    [letter] = customer.hand_over()
    customer.outcome("delivered", letter)
    assert customer.state(message)[0] is M.REACHED


def test_seen_before_the_follower_left_but_known_after_is_recorded_as_both() -> None:
    customer = followed()
    message = customer.ask("reminder")
    [sms] = customer.hand_over()
    customer.pass_time(MONDAY + 2 * HOUR)
    [mail] = customer.hand_over()
    customer.outcome("seen", sms, MONDAY + HOUR)
    seen = customer.delivery(message, Channel.SMS)
    assert seen.seen_at == MONDAY + HOUR
    assert seen.changed_at == MONDAY + 2 * HOUR
    assert mail.endswith("EMAIL")
    assert customer.state(message)[0] is M.REACHED


# -- life ---------------------------------------------------------------------------------------------------------


def test_at_her_death_everything_stops_and_a_false_notice_lets_it_go_on() -> None:
    """Scenario 21."""
    customer = Customer()
    message, notice = customer.ask("reminder"), customer.ask("notice")
    death = event("customer.deceased", MONDAY)
    customer.tell(death)
    assert customer.state(message) == (M.BLOCKED, "deceased")
    assert customer.state(notice)[0] is M.READY
    customer.tell(event("event.corrected", MONDAY, data={"source": death.source, "id": death.id}))
    assert customer.state(message)[0] is M.READY


def test_consent_withdrawn_before_the_intent_stops_the_message_and_after_it_is_too_late() -> None:
    """Scenario 7."""
    for before in (True, False):
        customer = Customer()
        customer.tell(event("consent.given", MONDAY, category="marketing"))
        offer = customer.ask("offer")
        taken = () if before else customer.intend()
        customer.tell(event("consent.withdrawn", MONDAY + 1, category="marketing"))
        if before:
            assert customer.state(offer) == (M.BLOCKED, "consent")
            assert customer.intend(f"{offer.id}-SMS") == ()
        else:
            customer.outcome("handed_over", taken[0])
            delivery = customer.delivery(offer, Channel.SMS)
            assert (delivery.intent_at, delivery.left_at) == (MONDAY, MONDAY + 1)


def test_what_would_expire_before_it_may_go_takes_the_next_channel_or_is_blocked_with_an_alert() -> None:
    """Scenario 3."""
    customer = Customer(handmade(quiet_hours=(NIGHT,)), now=at("2026-11-16T23:00:00+01:00"))
    mailed = customer.ask("receipt", expiresAt="2026-11-17T07:00:00+01:00")
    assert customer.ready() == (f"{mailed.id}-EMAIL",)
    unsaid = customer.ask("reminder", expiresAt="2026-11-17T08:00:00+01:00")
    assert customer.state(unsaid) == (M.BLOCKED, "expires_before_window")
    assert {t.kind for t in customer.body.talk.tasks if t.is_alert} == {"expires_before_window"}


def test_an_unknown_topic_needs_consent_and_its_authors_hear_of_it_once() -> None:
    customer = Customer()
    first = customer.ask("nobody_knows", "1")
    customer.ask("nobody_knows", "2")
    assert customer.state(first) == (M.BLOCKED, "consent")
    assert "topic_unclassified" in {t.kind for t in customer.body.talk.tasks}


def test_a_request_may_narrow_and_lower_and_never_widen_or_raise() -> None:
    """Scenario 19: urgent and on all channels, it is still marketing."""
    customer = Customer()
    customer.tell(event("consent.given", MONDAY, category="marketing"))
    loud = customer.ask("offer", lowerUrgency="CRITICAL", channels=[c.value for c in Channel])
    assert customer.find(loud.id).urgency == "LOW"
    assert {d.channel for d in customer.find(loud.id).deliveries} == {Channel.SMS}
    narrow = customer.ask("offer", "narrow", channels=["APP", "LETTER"])
    assert {d.channel for d in customer.find(narrow.id).deliveries} == {Channel.APP}
    nowhere = customer.ask("offer", "nowhere", channels=["LETTER"])
    assert customer.state(nowhere) == (M.BLOCKED, "no_channel")


def test_each_message_has_one_state_and_a_record_of_how_it_came_about() -> None:
    customer = Customer(
        handmade(Rule("calm", (Block(),), fact_is("mood", "calm"))), Limits(closed_messages=3)
    )
    for number in range(5):
        message = customer.ask("reminder", f"r-{number}", data={"policy": f"P-{number}"})
        customer.tell(command("staff.cancelled", message.id))
    assert len(customer.body.talk.tail) == 3
    recorded = {r.message for e in customer.log for r in e.out}
    assert len(recorded) == 5
    assert customer.reenacted().body == customer.body
