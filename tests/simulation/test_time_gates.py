"""Night and the order of time gates: pure functions against the wall clock, around every change of the clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.instant import DAY, HOUR, MINUTE, Instant, datetime_of, instant_of
from artifact.span import Span, Unit
from dsl.rulebook import Cap, QuietHours
from engine.budget import Budget
from engine.quiet import opens_at
from tests.simulation.audit import reads_inside
from tests.simulation.pieces import ZONES

MORE_ZONES = (
    *ZONES,
    "Africa/Cairo",
    "America/Asuncion",
    "America/St_Johns",
    "Asia/Beirut",
    "Pacific/Chatham",
    "UTC",
)


def changes(zone: str) -> list[Instant]:
    """The instants at which the clocks of a zone change, from 2026 to 2028, and one of an ordinary day."""
    info = ZoneInfo(zone)
    found = [instant_of(datetime(2027, 6, 15, 12, tzinfo=UTC))]
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    offset = hour.astimezone(info).utcoffset()
    while hour.year < 2029:
        hour += timedelta(minutes=30)
        if hour.astimezone(info).utcoffset() != offset:
            offset = hour.astimezone(info).utcoffset()
            found.append(instant_of(hour))
    return found


CHANGES = {zone: changes(zone) for zone in MORE_ZONES}

windows = st.builds(
    lambda start, end, weekdays, statutory: QuietHours(
        (Channel.SMS,),
        start,
        end if end != start else (start + 30) % 1440,
        tuple(sorted(weekdays)),
        statutory,
    ),
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sampled_from([(), (), (6, 7), (1, 2, 3, 4, 5)]),
    st.booleans(),
)
zones = st.sampled_from(MORE_ZONES)


@st.composite
def moments(draw: st.DrawFn, zone: str) -> Instant:
    return draw(st.sampled_from(CHANGES[zone])) + draw(st.integers(-36 * 60, 36 * 60)) * MINUTE


@st.composite
def at_the_change(draw: st.DrawFn) -> tuple[str, Instant, QuietHours]:
    """A zone, a moment shortly before its clocks change, and a window of which an edge lies near the change."""
    zone = draw(zones)
    change = draw(st.sampled_from(CHANGES[zone]))
    local = datetime_of(change).astimezone(ZoneInfo(zone))
    edge = (local.hour * 60 + local.minute + draw(st.integers(-8, 8)) * 15) % 1440
    other = (edge + draw(st.integers(1, 95)) * 15) % 1440
    start, end = draw(st.sampled_from([(edge, other), (other, edge)]))
    return zone, change + draw(st.integers(-24, 12)) * 15 * MINUTE, QuietHours((Channel.SMS,), start, end)


def opened(moment: Instant, found: tuple[QuietHours, ...], zone: str) -> Instant:
    try:
        return opens_at(moment, found, zone)
    except OverflowError:
        assume(False)  # together they leave no opening at all
        raise


@given(st.data(), zones, st.lists(windows, min_size=1, max_size=3).map(tuple))
def test_the_wall_clock_at_hand_over_never_reads_inside_a_window(
    data: st.DataObject, zone: str, found: tuple[QuietHours, ...]
) -> None:
    moment = data.draw(moments(zone))
    local = datetime_of(opened(moment, found, zone)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert [w for w in found if reads_inside(w, local)] == []


@given(at_the_change())
def test_nor_does_it_in_the_hour_that_a_night_lacks_or_has_twice(
    setting: tuple[str, Instant, QuietHours],
) -> None:
    zone, moment, window = setting
    local = datetime_of(opened(moment, (window,), zone)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert not reads_inside(window, local)


@given(st.data(), zones, windows)
def test_nothing_waits_longer_than_the_window_and_the_hour_that_a_night_may_have_twice(
    data: st.DataObject, zone: str, window: QuietHours
) -> None:
    moment = data.draw(moments(zone))
    at = opened(moment, (window,), zone)
    before = datetime_of(at - 1).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    waited = at > moment
    repeated = datetime_of(at - HOUR * 2).astimezone(ZoneInfo(zone)).utcoffset() != (
        datetime_of(at + HOUR).astimezone(ZoneInfo(zone)).utcoffset()
    )
    assert not waited or repeated or reads_inside(window, before)


@given(
    st.data(),
    zones,
    st.lists(windows, max_size=2).map(tuple),
    st.lists(windows, max_size=2).map(tuple),
    st.lists(st.integers(-72, 72), max_size=6),
    st.integers(1, 3),
    st.sampled_from([Span(36, Unit.HOUR), Span(3, Unit.DAY), Span(1, Unit.DAY)]),
    st.booleans(),
)
def test_all_orders_of_quiet_hours_statutory_hours_and_budget_give_one_instant(
    data: st.DataObject,
    zone: str,
    quiet: tuple[QuietHours, ...],
    statutory: tuple[QuietHours, ...],
    contacts: list[int],
    limit: int,
    span: Span,
    calendar: bool,
) -> None:
    start = data.draw(moments(zone))
    cap = Cap("cap", limit, span, calendar=calendar and span.amount == 1)
    budget = Budget((cap,), zone)
    for hours in contacts:
        budget.take(start + hours * HOUR, Channel.SMS, "marketing", "offer")
    gates: list[Callable[[Instant], Instant]] = [
        lambda at: opened(at, quiet, zone),
        lambda at: opened(at, statutory, zone),
        lambda at: budget.admits_at(cap, at),
    ]
    assert len({settled_at(start, order) for order in permutations(gates)}) == 1


def settled_at(start: Instant, gates: tuple[Callable[[Instant], Instant], ...]) -> Instant | None:
    """The instant that no gate moves any more; None past the horizon."""
    at = start
    for _ in range(200):
        moved = at
        for gate in gates:
            moved = gate(moved)
        if moved == at:
            return at
        at = moved
        if at - start > 60 * DAY:
            return None
    return None
