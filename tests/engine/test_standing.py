"""What stands: an entry that changes nothing that deciding reads asks no rule, with or without anything kept at hand."""

import pytest

from artifact.event import Event
from artifact.instant import DAY, HOUR, MINUTE, format_instant
from engine.judging import Memo
from tests.engine.handmade import Rule, handmade
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
    assert customer.body.talk.settled
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
        request("reminder", MONDAY + MINUTE),
    ],
    ids=lambda told: told.type,
)
def test_an_event_that_changes_what_deciding_reads_asks_about_every_message(told: Event) -> None:
    assert judged_by(waiting(), told) >= 2


def test_a_message_that_one_entry_closes_leaves_the_others_to_be_decided() -> None:
    customer = waiting()
    one, _ = customer.messages("receipt")
    assert (
        judged_by(customer, event("message.retracted", MONDAY + MINUTE, "gone", data={"message": one.id}))
        == 1
    )


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
    assert not customer.body.talk.settled
    assert judged_by(customer, event("unheard.of", MONDAY + MINUTE)) == 1
