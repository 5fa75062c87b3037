"""What stands: an entry that changes nothing that deciding reads asks no rule, with or without anything kept at hand."""

import pytest

from artifact.channel import Channel
from artifact.event import Event
from artifact.instant import DAY, HOUR, MINUTE, format_instant
from artifact.message import MessageState
from artifact.span import Span, Unit
from dsl.effects import Block, GroupInto, Postpone, PostponeKind, Propagate
from dsl.rulebook import Cap, Group, Listening
from engine.judging import Memo
from engine.settled import UNSETTLED, all_settled
from tests.engine.handmade import Rule, fact_is, handmade
from tests.engine.world import MONDAY, Customer, event, request


def waiting(memo: Memo | None = None) -> Customer:
    """A customer with two messages that wait until Wednesday, both decided as they will stand."""
    customer = Customer(handmade(Rule("any", ())), memo=memo)
    for id in ("one", "other"):
        customer.tell(request("receipt", MONDAY, id, notBefore=format_instant(MONDAY + 2 * DAY)))
    return customer


def judged_by(customer: Customer, *told: Event) -> int:
    """How many messages the rules are asked about."""
    assert customer.book is not None
    before = len(customer.book.judged)
    for one in told:
        customer.tell(one)
    return len(customer.book.judged) - before


@pytest.mark.parametrize("memo", [None, Memo()], ids=["cold", "at hand"])
def test_an_event_that_no_rule_reads_asks_none(memo: Memo | None) -> None:
    customer = waiting(memo)
    assert all_settled(customer.body.talk)
    before = customer.body.talk.messages
    assert judged_by(customer, event("unheard.of", MONDAY + MINUTE), event("unheard.of", MONDAY + HOUR)) == 0
    assert all(one is other for one, other in zip(customer.body.talk.messages, before, strict=True))
    assert customer.artifact.version == 4


@pytest.mark.parametrize(
    "told",
    [
        event("page.viewed", MONDAY + MINUTE),
        event("claim.opened", MONDAY + MINUTE, claim="S-1"),
        event("consent.given", MONDAY + MINUTE, data={"category": "*"}),
        event("preference.set", MONDAY + MINUTE, data={"favouriteChannels": ["EMAIL"]}),
        event("customer.updated", MONDAY + MINUTE, data={"age": 40}),
    ],
    ids=lambda told: told.type,
)
def test_an_event_that_changes_what_rules_read_asks_about_every_message(told: Event) -> None:
    assert judged_by(waiting(), told) >= 2


@pytest.mark.parametrize("memo", [None, Memo()], ids=["cold", "at hand"])
def test_a_request_asks_only_about_itself(memo: Memo | None) -> None:
    assert judged_by(waiting(memo), request("reminder", MONDAY + MINUTE)) == 1


@pytest.mark.parametrize("memo", [None, Memo()], ids=["cold", "at hand"])
def test_a_request_asks_about_every_message_where_rules_count_messages(memo: Memo | None) -> None:
    customer = Customer(handmade(Rule("any", ()), listens=Listening(messages=True)), memo=memo)
    for id in ("one", "other"):
        customer.tell(request("receipt", MONDAY, id, notBefore=format_instant(MONDAY + 2 * DAY)))
    assert judged_by(customer, request("reminder", MONDAY + MINUTE)) == 3


TOGETHER = Group(name="together", waits=Span(2, Unit.DAY), template="receipt")
GROUPING = Rule("together", (GroupInto("together"),), topics=("receipt", "survey"))


@pytest.mark.parametrize("memo", [None, Memo()], ids=["cold", "at hand"])
def test_where_groups_have_a_say_those_with_whom_they_have_to_do_are_asked_about_too(
    memo: Memo | None,
) -> None:
    customer = Customer(handmade(GROUPING, groups={"together": TOGETHER}), memo=memo)
    wednesday = format_instant(MONDAY + 2 * DAY)
    for topic in ("receipt", "apology"):
        customer.tell(request(topic, MONDAY, notBefore=wednesday))
    assert judged_by(customer, request("reminder", MONDAY + MINUTE, notBefore=wednesday)) == (
        2 if memo is None else 1
    )
    assert all_settled(customer.body.talk)


def test_a_message_that_is_taken_back_leaves_the_others_as_they_are() -> None:
    customer = waiting()
    one, other = customer.messages("receipt")
    gone = event("message.retracted", MONDAY + MINUTE, "gone", data={"message": one.id})
    assert judged_by(customer, gone) == 0
    [left] = customer.body.talk.messages
    assert left is other


def test_when_its_instant_has_come_it_is_decided_whatever_the_entry_says() -> None:
    customer = waiting()
    customer.now = MONDAY + 3 * DAY  # no timer has run
    assert customer.book is not None
    before = len(customer.book.judged)
    customer.fold(event("unheard.of", MONDAY + 3 * DAY))
    assert len(customer.book.judged) == before + 2


def test_what_is_ready_to_leave_is_decided_with_every_entry() -> None:
    customer = Customer(handmade(Rule("any", ())))
    customer.tell(request("receipt", MONDAY))
    assert not all_settled(customer.body.talk)
    assert judged_by(customer, event("unheard.of", MONDAY + MINUTE)) == 1


def planned_by(customer: Customer, *told: Event) -> list[str]:
    """The topics of the messages that are planned anew."""
    assert customer.book is not None
    before = len(customer.book.worded)
    for one in told:
        customer.tell(one)
    return list(dict.fromkeys(customer.book.worded[before:]))


HELD = Rule("age", (Postpone(PostponeKind.WHILE),), fact_is("age", 40), topics=("receipt",))


@pytest.mark.parametrize("memo", [None, Memo()], ids=["cold", "at hand"])
def test_only_what_the_rules_say_otherwise_about_is_planned_anew(memo: Memo | None) -> None:
    customer = Customer(handmade(HELD), memo=memo)
    for topic in ("receipt", "apology"):
        customer.tell(request(topic, MONDAY, notBefore=format_instant(MONDAY + 2 * DAY)))
    assert judged_by(customer, event("page.viewed", MONDAY + MINUTE)) == 2
    assert planned_by(customer, event("page.viewed", MONDAY + HOUR)) == []
    older = event("customer.updated", MONDAY + 2 * HOUR, data={"age": 40})
    assert planned_by(customer, older) == ["receipt"]
    assert customer.state(customer.messages("receipt")[0]) == (MessageState.WAITING, "rule")


@pytest.mark.parametrize(
    "told",
    [
        event("consent.given", MONDAY + MINUTE, data={"category": "*"}),
        event("preference.set", MONDAY + MINUTE, data={"favouriteChannels": ["EMAIL"]}),
    ],
    ids=lambda told: told.type,
)
def test_what_she_agreed_to_and_prefers_is_asked_by_planning_itself(told: Event) -> None:
    assert planned_by(waiting(), told) == ["receipt"]


def test_another_rulebook_plans_everything_anew() -> None:
    customer = waiting()
    other = handmade(Rule("any", ()), revision="r2")
    customer.publish(other)
    assert other.worded == ["receipt", "receipt"]


DAILY = Cap("daily", 1, Span(1, Unit.DAY), channels=(Channel.SMS,))


def test_what_comes_ahead_of_others_in_the_budget_plans_those_behind_it_anew() -> None:
    """Two texts wait for Wednesday and Thursday; what is asked for later stands behind them."""
    customer = Customer(handmade(caps=(DAILY,)))
    for id in ("one", "other"):
        customer.tell(request("receipt", MONDAY, id, notBefore=format_instant(MONDAY + 2 * DAY)))
    last = request("reminder", MONDAY + HOUR, notBefore=format_instant(MONDAY + 2 * DAY))
    assert planned_by(customer, last) == ["reminder"]
    one, other = customer.messages("receipt")
    gone = event("message.retracted", MONDAY + 2 * HOUR, "gone", data={"message": one.id})
    assert planned_by(customer, gone) == ["receipt", "reminder"]
    assert customer.delivery(other, Channel.SMS).planned_at == MONDAY + 2 * DAY


def test_a_plan_that_is_dropped_takes_nothing_of_the_budget() -> None:
    """A letter of two channels is blocked by the cap of the second: the first keeps no slot for it."""
    texts = Cap("texts", 1, Span(1, Unit.DAY), channels=(Channel.SMS,), otherwise=Block())
    mails = Cap("mails", 1, Span(1, Unit.DAY), channels=(Channel.EMAIL,))
    both = Rule("both", (Propagate((Channel.SMS,)),), topics=("claim_settled",))
    customer = Customer(handmade(both, caps=(texts, mails)))
    customer.tell(event("message.sent_elsewhere", MONDAY, topic="offer", channel="SMS"))
    assert customer.state(customer.ask("claim_settled")) == (MessageState.BLOCKED, "cap")
    assert customer.state(customer.ask("apology"))[0] is MessageState.READY


def test_what_gets_no_further_than_life_is_decided_with_every_entry() -> None:
    """The gate of the rules would have noted when a condition on time flips."""
    customer = waiting()
    customer.tell(event("customer.deceased", MONDAY + MINUTE))
    assert {m.reason for m in customer.messages("receipt")} == {"deceased"}
    assert customer.body.talk.marks == (UNSETTLED, UNSETTLED)
