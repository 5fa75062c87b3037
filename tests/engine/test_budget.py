"""The contact budget: no window ever holds more than its cap, and the earliest admissible instant is found.

The oracle tries every hour of a small world.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.customer import Contact
from artifact.instant import DAY, HOUR, Instant, datetime_of, parse_instant
from artifact.message import MessageState
from artifact.span import Span, Unit, add_span, zone_of
from dsl.effects import Block, Deliver
from dsl.rulebook import Cap
from engine.budget import Budget, budget_of, calendar_window
from engine.waking import wake_of
from tests.engine.handmade import TOPICS, handmade, topic
from tests.engine.world import MONDAY, Customer, at, event

ZONE = "Europe/Madrid"
ORIGIN = parse_instant("2027-03-25T00:00:00+01:00")
"""Shortly before the clocks change, so that days of 23 hours are among the windows."""

rolling = st.builds(
    lambda limit, hours: Cap("rolling", limit, Span(hours, Unit.HOUR)), st.integers(1, 3), st.integers(1, 9)
)
days = st.builds(lambda limit, n: Cap("days", limit, Span(n, Unit.DAY)), st.integers(1, 3), st.integers(1, 2))
calendar = st.builds(
    lambda limit, unit: Cap("calendar", limit, Span(1, unit), calendar=True),
    st.integers(1, 3),
    st.sampled_from([Unit.DAY, Unit.WEEK]),
)
caps = st.one_of(rolling, days, calendar)
taken = st.lists(st.integers(0, 100), max_size=7).map(lambda hours: [ORIGIN + h * HOUR for h in hours])


def holds(cap: Cap, contacts: list[Instant]) -> bool:
    """Whether no window of the cap's length, slid over all instants, holds more than the cap."""
    if cap.calendar:
        return all(
            sum(_bucket(t, cap.span.unit) == _bucket(c, cap.span.unit) for t in contacts) <= cap.limit
            for c in contacts
        )
    return all(
        sum(c <= t < add_span(c, cap.span, ZONE) for t in contacts) <= cap.limit for c in contacts
    )  # a window that begins with a contact holds the most


def _bucket(instant: Instant, unit: Unit) -> tuple[int, int]:
    day = datetime_of(instant).astimezone(zone_of(ZONE)).date()
    return day.isocalendar()[:2] if unit is Unit.WEEK else (day.year, day.toordinal())


def filled(cap: Cap, contacts: list[Instant]) -> tuple[Budget, list[Instant]]:
    """A budget with as many of the contacts as the cap lets through."""
    kept: list[Instant] = []
    for contact in contacts:
        if holds(cap, [*kept, contact]):
            kept.append(contact)
    budget = Budget((cap,), ZONE)
    for contact in kept:
        budget.take(contact, Channel.SMS, "marketing", "offer")
    return budget, kept


@given(caps, taken, st.integers(0, 100))
def test_the_earliest_instant_that_the_cap_admits_is_found(
    cap: Cap, contacts: list[Instant], hour: int
) -> None:
    budget, kept = filled(cap, contacts)
    wanted = ORIGIN + hour * HOUR
    found = budget.admits_at(cap, wanted)
    oracle = next(t for n in range(2_000) if holds(cap, [*kept, t := wanted + n * HOUR]))
    assert found == oracle


@given(caps, taken, st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_however_many_want_to_speak_no_window_holds_more_than_the_cap(
    cap: Cap, contacts: list[Instant], hours: list[int]
) -> None:
    budget, kept = filled(cap, contacts)
    for hour in hours:
        found = budget.admits_at(cap, ORIGIN + hour * HOUR)
        assert found >= ORIGIN + hour * HOUR
        budget.take(found, Channel.SMS, "marketing", "offer")
        kept.append(found)
        assert holds(cap, kept)


def test_a_cap_of_zero_admits_nothing() -> None:
    cap = Cap("never", 0, Span(1, Unit.DAY))
    with pytest.raises(OverflowError):
        Budget((cap,), ZONE).admits_at(cap, ORIGIN)


@pytest.mark.parametrize(
    ("moment", "unit", "start", "end"),
    [
        ("2027-03-28T12:00+02:00", Unit.DAY, "2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00"),
        ("2027-10-31T00:00+02:00", Unit.DAY, "2027-10-31T00:00+02:00", "2027-11-01T00:00+01:00"),
        ("2027-03-28T12:00+02:00", Unit.WEEK, "2027-03-22T00:00+01:00", "2027-03-29T00:00+02:00"),
        ("2027-12-31T23:59+01:00", Unit.MONTH, "2027-12-01T00:00+01:00", "2028-01-01T00:00+01:00"),
        ("2027-07-01T00:00+02:00", Unit.YEAR, "2027-01-01T00:00+01:00", "2028-01-01T00:00+01:00"),
    ],
)
def test_calendar_windows_are_those_of_her_calendar(moment: str, unit: Unit, start: str, end: str) -> None:
    assert calendar_window(at(moment), unit, ZONE) == (at(start), at(end))


def test_only_what_a_cap_names_counts_and_places_never_do() -> None:
    everyday = Cap("all", 1, Span(1, Unit.DAY))
    sms = Cap("sms", 1, Span(1, Unit.DAY), channels=(Channel.SMS,))
    sales = Cap("sales", 1, Span(1, Unit.DAY), categories=("marketing",), topics=("offer",))
    budget = budget_of((everyday, sms, sales), ZONE, (Contact(0, Channel.SMS, "service", "receipt"),), 0)
    assert budget.taken == {"all": [0], "sms": [0]}
    assert budget.bearing(Channel.APP, "marketing", "offer") == []
    assert budget.bearing(Channel.EMAIL, "marketing", "offer") == [everyday, sales]
    assert budget.bearing(Channel.EMAIL, "marketing", "survey") == [everyday]


@given(
    st.sampled_from([Span(1, Unit.DAY), Span(9, Unit.HOUR), Span(2, Unit.WEEK), Span(1, Unit.MONTH)]),
    st.booleans(),
    st.lists(st.integers(0, 120), max_size=8).map(sorted),
    st.integers(0, 120),
)
def test_contacts_that_no_window_holds_any_more_change_nothing(
    span: Span, calendar: bool, days: list[int], after: int
) -> None:
    by_calendar = calendar and span.unit is not Unit.HOUR
    cap = Cap("two", 2, Span(1, span.unit) if by_calendar else span, calendar=by_calendar)
    contacts = tuple(Contact(ORIGIN + day * DAY // 2, Channel.SMS, "service", "receipt") for day in days)
    now = ORIGIN + (days[-1] if days else 0) * DAY // 2 + after * DAY // 3
    whole = Budget((cap,), ZONE, {"two": [one.at for one in contacts]})
    assert budget_of((cap,), ZONE, contacts, now).admits_at(cap, now) == whole.admits_at(cap, now)


# -- in the life of a customer ----------------------------------------------------------------------------------

DAILY = Cap("daily", 1, Span(1, Unit.DAY), channels=(Channel.SMS,))


def ready_for_sms(*caps: Cap) -> Customer:
    pressing = topic("retention", "marketing", "contract", Channel.SMS)
    customer = Customer(handmade(topics=(*TOPICS, pressing), caps=caps))
    customer.tell(event("consent.given", category="marketing", channel="SMS"))
    return customer


def test_a_stronger_message_takes_the_slot_of_a_weaker_plan() -> None:
    """Scenario 11: an offer is planned for the evening; a stronger one comes and takes its slot."""
    customer = ready_for_sms(DAILY)
    offer = customer.ask("offer", notBefore="2026-11-16T18:00:00+01:00")
    assert customer.delivery(offer, Channel.SMS).planned_at == at("2026-11-16T18:00:00+01:00")
    stronger = customer.ask("retention")
    assert customer.state(stronger)[0] is MessageState.READY
    assert customer.delivery(offer, Channel.SMS).planned_at == MONDAY + DAY
    assert customer.state(offer) == (MessageState.WAITING, "not_before")


def test_a_contact_that_fails_is_given_back() -> None:
    customer = ready_for_sms(DAILY)
    stronger = customer.ask("retention")
    [sent] = customer.hand_over()
    offer = customer.ask("offer")
    assert customer.delivery(offer, Channel.SMS).planned_at == MONDAY + DAY
    customer.outcome("failed", sent)
    assert customer.state(stronger)[0] is MessageState.FAILED
    assert customer.state(offer)[0] is MessageState.READY


def test_what_passes_caps_counts_in_them() -> None:
    customer = ready_for_sms(DAILY)
    customer.ask("fraud_alert", "f-1")
    second = customer.ask("fraud_alert", "f-2")
    assert customer.state(second)[0] is MessageState.READY
    offer = customer.ask("offer")
    assert customer.state(offer) == (MessageState.WAITING, "budget")
    customer.hand_over()
    assert len(customer.body.talk.contacts) == 2


def test_what_a_source_sent_by_itself_takes_a_slot() -> None:
    """Scenario 20."""
    customer = ready_for_sms(DAILY)
    customer.tell(event("message.sent_elsewhere", MONDAY, topic="offer", channel="SMS"))
    assert customer.state(customer.ask("offer"))[1] == "budget"


def test_a_cap_may_say_otherwise_than_to_wait() -> None:
    for otherwise, state in ((Block(), (MessageState.BLOCKED, "cap")), (Deliver((Channel.APP,)), None)):
        customer = ready_for_sms(
            Cap("daily", 1, Span(1, Unit.DAY), channels=(Channel.SMS,), otherwise=otherwise)
        )
        customer.tell(event("message.sent_elsewhere", MONDAY, topic="offer", channel="SMS"))
        customer.tell(event("consent.given", MONDAY, "all", category="marketing"))
        offer = customer.ask("offer")
        if state is not None:
            assert customer.state(offer) == state
        else:
            assert [d.channel for d in customer.find(offer.id).deliveries] == [Channel.APP]


@given(
    st.lists(
        st.tuples(st.sampled_from(["offer", "retention", "fraud_alert"]), st.integers(0, 40)), max_size=8
    )
)
def test_no_window_of_her_life_holds_more_contacts_than_the_cap_but_for_what_passes_it(
    asked: list[tuple[str, int]],
) -> None:
    cap = Cap("two", 2, Span(9, Unit.HOUR), channels=(Channel.SMS,))
    customer = ready_for_sms(cap)
    for number, (name, hours) in enumerate(sorted(asked, key=lambda a: a[1])):
        until = MONDAY + hours * HOUR
        live(customer, until)
        customer.ask(name, f"r-{number}")
        customer.hand_over()
    live(customer, MONDAY + 9 * DAY)
    bound = [c.at for c in customer.body.talk.contacts if c.topic != "fraud_alert"]
    assert holds(cap, bound)
    assert len(customer.body.talk.contacts) == len(asked)


def live(customer: Customer, until: Instant) -> None:
    """Let time pass, handing over whatever is ready at its very instant."""
    customer.hand_over()
    while (due := wake_of(customer.body, customer.scene)) is not None and due <= until:
        customer.pass_time(due)
        customer.hand_over()
    customer.pass_time(until)
