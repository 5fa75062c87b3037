"""Business keys: newer news replaces older, two sources that say the same are one, two that disagree wait."""

from artifact.instant import HOUR
from artifact.message import DeliveryState, MessageState
from tests.engine.world import MONDAY, Customer, at, event

M = MessageState
LATER = "2026-11-18T10:00:00+01:00"


def test_newer_news_of_one_source_replaces_older_news() -> None:
    customer = Customer()
    old = customer.ask("receipt", "1", key="77", seq=1, notBefore=LATER)
    new = customer.ask("receipt", "2", key="77", seq=2)
    assert customer.state(old) == (M.SUPERSEDED, "newer_of_key")
    assert customer.state(new)[0] is M.READY
    assert customer.find(new.id).correcting is None


def test_older_news_that_arrives_later_is_superseded_on_arrival() -> None:
    customer = Customer()
    new = customer.ask("receipt", "2", key="77", seq=2)
    old = customer.ask("receipt", "1", key="77", seq=1)
    assert customer.state(old) == (M.SUPERSEDED, "older_of_key")
    assert customer.state(new)[0] is M.READY
    assert len(customer.records(old)) == 1


def test_without_numbers_the_sources_instant_says_which_is_newer() -> None:
    customer = Customer(now=MONDAY + HOUR)
    new = customer.ask("receipt", "2", key="77", moment=MONDAY + 1)
    old = customer.ask("receipt", "1", key="77", moment=MONDAY)
    assert (customer.state(new)[0], customer.state(old)[0]) == (M.READY, M.SUPERSEDED)


def test_news_that_replaces_what_has_left_corrects_it() -> None:
    """Scenario 17: what was seen cannot be taken back; the newer one says that it corrects it."""
    customer = Customer()
    old = customer.ask("receipt", "1", key="77", seq=1)
    customer.hand_over()
    new = customer.ask("receipt", "2", key="77", seq=2)
    assert customer.find(new.id).correcting == old.id
    assert customer.find(old.id).deliveries[0].state is DeliveryState.HANDED_OVER
    customer = Customer()
    old = customer.ask("receipt", "1", key="77", seq=1)
    [sent] = customer.hand_over()
    customer.outcome("seen", sent)
    assert customer.state(old)[0] is M.REACHED
    new = customer.ask("receipt", "2", key="77", seq=2)
    assert customer.find(new.id).correcting == old.id


def test_two_sources_that_say_the_same_are_one_message() -> None:
    """Scenario 8, also when the first one has left."""
    for left in (False, True):
        customer = Customer()
        first = customer.ask("receipt", "1001", key="77", data={"amount": 5}, source="policies")
        if left:
            for delivery in customer.hand_over():
                customer.outcome("seen", delivery)
        second = customer.ask("receipt", "1001", key="77", data={"amount": 5.0}, source="billing")
        assert customer.state(second) == (M.JOINED, "same_key")
        assert customer.find(second.id).joined_to == first.id
        assert [s.source for s in customer.find(first.id).sources] == ["billing"]


def test_newer_news_of_a_source_that_joined_replaces_the_message() -> None:
    customer = Customer()
    first = customer.ask("receipt", "1", key="77", data={"amount": 5}, source="policies")
    customer.ask("receipt", "1", key="77", data={"amount": 5}, source="billing")
    newer = customer.ask("receipt", "2", key="77", data={"amount": 6}, source="billing")
    assert (customer.state(first)[0], customer.state(newer)[0]) == (M.SUPERSEDED, M.READY)


def in_conflict(**fields: object) -> tuple[Customer, str, str]:
    customer = Customer()
    first = customer.ask("receipt", "1", key="77", data={"amount": 5}, source="policies", **fields)
    second = customer.ask("receipt", "1", key="77", data={"amount": 6}, source="billing", **fields)
    return customer, first.id, second.id


def test_two_sources_that_disagree_both_wait_for_a_person() -> None:
    customer, first, second = in_conflict()
    for id in (first, second):
        assert customer.state(customer.find(id)) == (M.WAITING, "conflict")
    assert [t.kind for t in customer.body.talk.tasks] == ["conflict"]
    customer.tell(event("staff.conflict_resolved", MONDAY, data={"message": second}))
    assert customer.state(customer.find(first)) == (M.CANCELLED, "conflict_resolved")
    assert customer.state(customer.find(second))[0] is M.READY
    assert [t.state for t in customer.body.talk.tasks] == ["DONE"]


def test_a_conflict_that_expires_alerts() -> None:
    customer, first, second = in_conflict(expiresAt=LATER)
    customer.pass_time(at(LATER))
    assert {customer.state(customer.find(id)) for id in (first, second)} == {(M.EXPIRED, "expired")}
    assert {t.kind for t in customer.body.talk.tasks if t.is_alert} == {"expired_in_conflict"}


def test_a_conflict_ends_when_one_of_the_two_is_taken_back() -> None:
    customer, first, second = in_conflict()
    customer.tell(event("message.retracted", MONDAY, data={"message": first}))
    assert customer.state(customer.find(second))[0] is M.READY
    assert [t.state for t in customer.body.talk.tasks] == ["DONE"]


def test_what_was_sent_elsewhere_can_be_the_older_one_of_a_key() -> None:
    customer = Customer()
    customer.tell(
        event("message.sent_elsewhere", MONDAY, source="crm", topic="receipt", channel="SMS", key="77")
    )
    new = customer.ask("receipt", "2", key="77")
    assert customer.find(new.id).correcting is not None


def test_the_key_may_come_from_the_field_that_the_topic_names() -> None:
    customer = Customer()
    one = customer.ask("reminder", "1", data={"policy": "P-1"}, notBefore=LATER)
    other = customer.ask("reminder", "2", data={"policy": "P-2"}, notBefore=LATER)
    newer = customer.ask("reminder", "3", data={"policy": "P-1"})
    assert [customer.state(m)[0] for m in (one, other, newer)] == [M.SUPERSEDED, M.WAITING, M.READY]
