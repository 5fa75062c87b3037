"""What the manners did is counted from what was asked and what left, week by week on her own clock."""

from msgspec.structs import replace

from artifact.channel import Channel
from artifact.decision import KeptRecord
from artifact.instant import DAY, HOUR, Instant, parse_instant
from artifact.message import Delivery, DeliveryState, Hold, HoldKind, Message, MessageState, Request
from dsl.verdict import Verdict
from engine.manners import OUTCOMES, Ledger, Manners
from engine.traces import kept

MONDAY = parse_instant("2026-03-02T10:00:00+01:00")
MADRID = "Europe/Madrid"


def message(
    number: int, at: Instant, *left: Instant, channel: Channel = Channel.SMS, key: str | None = None
) -> Message:
    """A message asked for at an instant, with a delivery for each instant at which one left."""
    deliveries = tuple(
        Delivery(f"d{number}-{i}", channel, DeliveryState.HANDED_OVER, left_at=one)
        for i, one in enumerate(left)
    )
    request = Request("crm", f"r{number}", at, "offer", key=key)
    return Message(f"m{number}", number, at, request, MessageState.UNDER_WAY, deliveries=deliveries)


def decided(message: Message, state: MessageState, reason: str, holds: tuple[Hold, ...] = ()) -> KeptRecord:
    """The record of a decision that came to this."""
    of_it = replace(message, state=state, reason=reason, holds=holds)
    return kept(of_it, Verdict(), (), "", None, MONDAY, None)


def counted(messages: list[Message], records: list[KeptRecord] | None = None) -> Manners:
    ledger = Ledger()
    ledger.add(MADRID, messages, records or [])
    return ledger.manners()


def test_without_the_rulebook_all_is_said_when_it_is_asked_and_with_it_when_it_leaves() -> None:
    found = counted([message(1, MONDAY, MONDAY), message(2, MONDAY), message(3, MONDAY, MONDAY + DAY)])
    assert (found.asked, found.without_rulebook.contacts, found.with_rulebook.contacts) == (3, 3, 2)
    assert (found.without_rulebook.busiest_customer_week, found.with_rulebook.busiest_customer_week) == (3, 2)


def test_what_stands_in_an_inbox_or_failed_is_no_contact() -> None:
    failed = message(1, MONDAY, MONDAY)
    failed = replace(
        failed, deliveries=tuple(replace(d, state=DeliveryState.FAILED) for d in failed.deliveries)
    )
    assert counted([failed, message(2, MONDAY, MONDAY, channel=Channel.APP)]).with_rulebook.contacts == 0


def test_night_is_that_of_her_own_clock() -> None:
    late = parse_instant("2026-03-02T21:30:00Z")
    assert counted([message(1, late, late + 10 * HOUR)]).without_rulebook.at_night == 1
    assert counted([message(1, late, late + 10 * HOUR)]).with_rulebook.at_night == 0


def test_a_week_begins_on_her_monday_and_the_mean_is_over_weeks_in_which_something_was() -> None:
    sunday = parse_instant("2026-03-08T23:30:00+01:00")
    found = counted([message(1, sunday, sunday), message(2, sunday, sunday + HOUR), message(3, sunday)])
    assert found.with_rulebook.busiest_customer_week == 1
    assert (found.without_rulebook.per_customer_week, found.with_rulebook.per_customer_week) == (1.5, 1.0)


def test_a_repeat_is_the_same_topic_and_key_within_a_week() -> None:
    found = counted(
        [
            message(1, MONDAY, MONDAY, key="a"),
            message(2, MONDAY + 7 * DAY, MONDAY + 8 * DAY, key="a"),
            message(3, MONDAY, MONDAY, key="b"),
        ]
    )
    assert (found.without_rulebook.repeats, found.with_rulebook.repeats) == (1, 0)


def test_a_bundle_is_one_contact_and_nobody_asked_for_it() -> None:
    bundle = replace(message(3, MONDAY, MONDAY + DAY), group="digest", items=("m1", "m2"))
    found = counted([message(1, MONDAY), message(2, MONDAY), bundle])
    assert (found.asked, found.with_rulebook.contacts) == (2, 1)


def test_an_outcome_counts_once_for_each_message_to_which_it_happened() -> None:
    held = decided(message(1, MONDAY), MessageState.WAITING, "budget", holds=(Hold(HoldKind.BUDGET, MONDAY),))
    blocked = decided(message(2, MONDAY), MessageState.BLOCKED, "consent")
    found = counted([], [held, held, blocked])
    assert {name: count for name, count in found.outcomes.items() if count} == {
        "waiting_by_budget": 1,
        "blocked_by_consent": 1,
    }
    assert tuple(found.outcomes) == OUTCOMES


def test_nothing_counts_to_nothing() -> None:
    assert counted([]).with_rulebook.per_customer_week == 0.0


def test_what_another_source_asked_for_too_was_asked_once_more_and_joined_once() -> None:
    second = replace(message(2, MONDAY + HOUR, key="a"), state=MessageState.JOINED, joined_to="m1")
    first = replace(message(1, MONDAY, MONDAY, key="a"), sources=(second.request,))
    found = counted([first, second], [decided(second, MessageState.JOINED, "same_key")])
    assert (found.asked, found.outcomes["joined"]) == (2, 1)
