"""Holds of rules: anchored when they first applied, never moved, ended by their clock or by their condition."""

import pytest

from artifact.channel import Channel
from artifact.instant import DAY, HOUR, MINUTE
from artifact.message import HoldKind, MessageState
from artifact.span import Span, Unit
from dsl.effects import Block, Deliver, Postpone, PostponeKind
from tests.engine.handmade import Rule, fact_is, handmade, recently_sent, situation_open
from tests.engine.world import MONDAY, Customer, at, event

WAITING, READY, BLOCKED = MessageState.WAITING, MessageState.READY, MessageState.BLOCKED
DAY_LONG = Span(1, Unit.DAY)
ANGRY = fact_is("mood", "angry")


def fixed(**more: object) -> Rule:
    return Rule("cool_off", (Postpone(PostponeKind.FIXED, **{"span": DAY_LONG, **more}),), ANGRY)  # type: ignore[arg-type]


def angry_customer(*rules: Rule) -> Customer:
    customer = Customer(handmade(*rules))
    customer.tell(event("customer.updated", MONDAY, mood="angry"))
    return customer


def mood(customer: Customer, now: str | int) -> None:
    customer.tell(event("customer.updated", customer.now, f"mood@{customer.now}", mood=now))


# -- fixed periods --------------------------------------------------------------------------------------------


def test_a_fixed_period_is_anchored_when_it_first_applied_and_no_later_decision_moves_it() -> None:
    customer = angry_customer(fixed())
    message = customer.ask("receipt")
    [hold] = customer.find(message.id).holds
    assert (hold.kind, hold.since, hold.until) == (HoldKind.FIXED, MONDAY, MONDAY + DAY)
    for hours in (1, 7, 23):
        customer.pass_time(MONDAY + hours * HOUR)
        mood(customer, "angry")
        assert customer.find(message.id).holds == (hold,)
    assert len(customer.records(message)) == 1


def test_a_fixed_period_stands_when_its_condition_ends() -> None:
    customer = angry_customer(fixed())
    message = customer.ask("receipt")
    mood(customer, "calm")
    assert customer.state(message)[0] is WAITING
    customer.pass_time(MONDAY + DAY - 1)
    assert customer.state(message)[0] is WAITING
    customer.pass_time(MONDAY + DAY)
    assert customer.state(message)[0] is READY


def test_when_a_period_is_over_the_condition_is_read_again() -> None:
    customer = angry_customer(fixed(times=2))
    message = customer.ask("receipt")
    customer.pass_time(MONDAY + DAY)
    assert customer.state(message)[0] is WAITING
    [anchor] = customer.find(message.id).anchors
    assert (anchor.since, anchor.until, anchor.periods) == (MONDAY, MONDAY + 2 * DAY, 2)
    customer.pass_time(MONDAY + 2 * DAY)
    assert customer.state(message)[0] is READY


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_rule_holds_for_as_many_periods_as_it_says(times: int) -> None:
    customer = angry_customer(fixed(times=times))
    message = customer.ask("receipt")
    customer.pass_time(MONDAY + times * DAY - 1)
    assert customer.state(message)[0] is WAITING
    customer.pass_time(MONDAY + times * DAY)
    assert customer.state(message)[0] is READY


def test_a_period_that_nobody_was_there_to_begin_in_time_begins_when_somebody_is() -> None:
    customer = angry_customer(fixed(times=2, otherwise=Block()))
    message = customer.ask("receipt")
    customer.now = MONDAY + 5 * DAY
    customer.tell(event("customer.updated", customer.now, "late", other=1))
    assert customer.state(message)[0] is WAITING
    customer.pass_time(MONDAY + 6 * DAY)
    assert customer.state(message) == (BLOCKED, "rule_limit")


def test_at_most_bounds_all_periods_together() -> None:
    customer = angry_customer(fixed(times=9, at_most=Span(30, Unit.HOUR)))
    message = customer.ask("receipt")
    customer.pass_time(MONDAY + 30 * HOUR - 1)
    assert customer.state(message)[0] is WAITING
    customer.pass_time(MONDAY + 30 * HOUR)
    assert customer.state(message)[0] is READY


def test_what_a_rule_says_otherwise_applies_when_its_periods_are_used_up() -> None:
    blocked = angry_customer(fixed(otherwise=Block()))
    message = blocked.ask("receipt")
    blocked.pass_time(MONDAY + DAY)
    assert blocked.state(message) == (BLOCKED, "rule_limit")
    mood(blocked, "calm")
    assert blocked.state(message)[0] is READY
    mailed = angry_customer(fixed(otherwise=Deliver((Channel.EMAIL,))))
    message = mailed.ask("receipt")
    mailed.pass_time(MONDAY + DAY)
    assert [d.channel for d in mailed.find(message.id).deliveries] == [Channel.EMAIL]


def test_until_an_instant_holds_until_then() -> None:
    end = at("2026-11-18T12:00:00+01:00")
    customer = angry_customer(fixed(span=None, until=end))
    message = customer.ask("receipt")
    customer.pass_time(end - 1)
    assert customer.state(message)[0] is WAITING
    customer.pass_time(end)
    assert customer.state(message)[0] is READY


def test_until_an_instant_that_is_over_does_not_hold() -> None:
    customer = angry_customer(fixed(span=None, until=MONDAY))
    assert customer.state(customer.ask("receipt"))[0] is READY


def test_until_a_time_of_the_day_holds_until_it_comes_next_in_her_zone() -> None:
    customer = angry_customer(fixed(span=None, until_time=10 * 60))
    customer.tell(event("preference.set", MONDAY, zone="Atlantic/Canary"))
    message = customer.ask("receipt")
    assert customer.delivery(message, Channel.SMS).planned_at == at("2026-11-16T10:00:00+00:00")


def test_moving_to_another_zone_moves_no_anchored_hold() -> None:
    customer = angry_customer(fixed(span=None, until_time=11 * 60))
    message = customer.ask("receipt")
    customer.tell(event("preference.set", MONDAY, zone="Atlantic/Canary"))
    assert customer.delivery(message, Channel.SMS).planned_at == at("2026-11-16T11:00:00+01:00")


# -- while a condition holds ------------------------------------------------------------------------------------


def while_claiming(**more: object) -> Rule:
    return Rule("claiming", (Postpone(PostponeKind.WHILE, **more),), situation_open("claim"))  # type: ignore[arg-type]


def claiming(*rules: Rule) -> Customer:
    customer = Customer(handmade(*rules))
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    return customer


def test_a_while_hold_ends_with_its_condition() -> None:
    customer = claiming(while_claiming())
    message = customer.ask("receipt")
    assert customer.state(message) == (WAITING, "rule")
    assert customer.find(message.id).holds[0].until is None
    customer.tell(event("claim.settled", MONDAY + HOUR, claim="S-1"))
    assert customer.state(message)[0] is READY


def test_a_while_hold_comes_back_with_its_condition_under_its_first_anchor() -> None:
    """Scenario 4: the claim re-opens, and what waited waits again."""
    customer = claiming(while_claiming(at_most=Span(3, Unit.DAY), otherwise=Block()))
    message = customer.ask("receipt")
    customer.tell(event("claim.settled", MONDAY + HOUR, claim="S-1"))
    customer.tell(event("claim.opened", MONDAY + DAY, claim="S-1"))
    assert customer.state(message) == (WAITING, "rule")
    assert customer.find(message.id).holds[0].until == MONDAY + 3 * DAY
    customer.pass_time(MONDAY + 3 * DAY)
    assert customer.state(message) == (BLOCKED, "rule_limit")


def test_at_the_latest_instant_of_a_while_hold_nothing_more_holds_unless_the_rule_says_so() -> None:
    customer = claiming(while_claiming(at_most=Span(3, Unit.DAY)))
    message = customer.ask("receipt")
    customer.pass_time(MONDAY + 3 * DAY - 1)
    assert customer.state(message)[0] is WAITING
    customer.pass_time(MONDAY + 3 * DAY)
    assert customer.state(message)[0] is READY


def test_a_condition_on_time_wakes_the_message_when_it_flips() -> None:
    applies, flips = recently_sent(Span(5, Unit.HOUR))
    customer = Customer(handmade(Rule("young", (Postpone(PostponeKind.WHILE),), applies, flips=flips)))
    message = customer.ask("receipt")
    assert customer.find(message.id).next_at == MONDAY + 5 * HOUR
    customer.pass_time(MONDAY + 5 * HOUR)
    assert customer.state(message)[0] is READY


# -- together ---------------------------------------------------------------------------------------------------


def test_all_holds_apply_together_and_the_last_one_to_end_decides() -> None:
    customer = angry_customer(
        fixed(),
        Rule("long", (Postpone(PostponeKind.FIXED, span=Span(2, Unit.DAY)),), topics=("receipt",)),
    )
    message = customer.ask("receipt", notBefore="2026-11-17T12:00:00+01:00")
    assert {h.rule for h in customer.find(message.id).holds} == {"cool_off", "long", None}
    assert customer.delivery(message, Channel.SMS).planned_at == MONDAY + 2 * DAY


def test_a_block_wins_over_every_hold() -> None:
    customer = angry_customer(fixed(), Rule("no", (Block(),), ANGRY))
    assert customer.state(customer.ask("receipt")) == (BLOCKED, "rule")


def test_a_new_rulebook_keeps_the_anchors_and_going_back_restores_what_was() -> None:
    customer = angry_customer(fixed())
    message = customer.ask("receipt")
    before = customer.find(message.id)
    customer.pass_time(MONDAY + HOUR)
    customer.publish(handmade(revision="r2"))
    assert customer.state(message)[0] is READY
    customer.publish(handmade(fixed(), revision="r3"))
    after = customer.find(message.id)
    assert (after.state, after.holds, after.anchors, after.next_at) == (
        *(before.state, before.holds, before.anchors, before.next_at),
    )


def test_without_a_rulebook_messages_wait_and_nothing_leaves() -> None:
    customer = Customer(None)
    message = customer.ask("receipt", expiresAt="2026-11-16T12:00:00+01:00")
    other = customer.ask("receipt", "other")
    assert customer.state(message) == (WAITING, "no_rulebook")
    assert customer.ready() == ()
    customer.pass_time(at("2026-11-16T12:00:00+01:00"))
    assert customer.state(message) == (MessageState.EXPIRED, "expired")
    customer.publish(handmade())
    assert customer.state(other)[0] is READY


def test_nothing_is_recorded_twice_while_nothing_changes() -> None:
    customer = angry_customer(fixed())
    message = customer.ask("receipt")
    for minutes in range(5, 60, 5):
        customer.pass_time(MONDAY + minutes * MINUTE)
        customer.tell(event("unheard.of", customer.now))
    assert len(customer.records(message)) == 1
