"""Quiet hours: the wall clock at hand-over never reads inside a window, and the first such instant is found.

The oracle walks the wall clock in steps of a quarter of an hour, at which all edges and all changes of clocks lie.
"""

import gzip
import json
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.instant import DAY, HOUR, MINUTE, Instant, datetime_of, format_instant, parse_instant
from artifact.message import MessageState
from artifact.span import zone_of
from dsl.rulebook import QuietHours
from engine.quiet import opens_at, windows_for
from tests.engine.handmade import handmade
from tests.engine.world import Customer, at, event

SMS = (Channel.SMS,)
QUARTER = 15 * MINUTE


def window(start: str, end: str, *weekdays: int, statutory: bool = False) -> QuietHours:
    return QuietHours(SMS, _minutes(start), _minutes(end), weekdays, statutory)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


NIGHT = window("22:00", "8:00")
WINDOWS = [
    (NIGHT,),
    (window("22:00", "2:30"),),
    (window("2:30", "8:00"),),
    (window("0:00", "1:00"),),
    (window("23:30", "0:30"),),
    (window("1:15", "1:45"), window("2:15", "2:45")),
    (window("13:00", "16:00"), window("15:00", "17:30"), NIGHT),
    (window("0:00", "24:00", 6, 7), NIGHT),
    (window("22:00", "10:00", 5, 6),),
]


# -- the oracle -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=400_000)
def wall(instant: Instant, zone: str) -> datetime:
    return datetime_of(instant).astimezone(zone_of(zone)).replace(tzinfo=None)


def reads_inside(instant: Instant, windows: tuple[QuietHours, ...], zone: str) -> bool:
    """Whether the clock on the wall reads inside a window: what she sees when the message comes."""
    local = wall(instant, zone)
    minute = local.hour * 60 + local.minute
    for w in windows:
        over_night = w.end_minute <= w.start_minute
        today = not w.weekdays or local.isoweekday() in w.weekdays
        yesterday = not w.weekdays or (local - timedelta(days=1)).isoweekday() in w.weekdays
        if today and minute >= w.start_minute and (over_night or minute < w.end_minute):
            return True
        if over_night and yesterday and minute < w.end_minute:
            return True
    return False


def quiet_by_walking(around: Instant, w: QuietHours, zone: str) -> list[tuple[Instant, Instant]]:
    """Windows near an instant: from the first occurrence of their start to the last one of their end."""
    begin = around - 3 * DAY
    walls = [(begin + i * QUARTER, wall(begin + i * QUARTER, zone)) for i in range(8 * 96)]
    spans = []
    first = walls[0][1].date() + timedelta(days=1)
    for day in (first + timedelta(days=n) for n in range(6)):
        if w.weekdays and day.isoweekday() not in w.weekdays:
            continue
        midnight = datetime.combine(day, datetime.min.time())
        over = timedelta(days=1) if w.end_minute <= w.start_minute else timedelta()
        start = _first_reading(walls, midnight + timedelta(minutes=w.start_minute))
        end = _last_reading(walls, midnight + over + timedelta(minutes=w.end_minute))
        spans.append((start, end))
    return spans


def _first_reading(walls: list[tuple[Instant, datetime]], local: datetime) -> Instant:
    """The first time the clock reads so; where it never does, the first instant after the gap."""
    return next(i for i, reading in walls if reading >= local)


def _last_reading(walls: list[tuple[Instant, datetime]], local: datetime) -> Instant:
    exact = [i for i, reading in walls if reading == local]
    return exact[-1] if exact else _first_reading(walls, local)


def opens_by_walking(instant: Instant, windows: tuple[QuietHours, ...], zone: str) -> Instant:
    spans = [s for w in windows for s in quiet_by_walking(instant, w, zone)]
    moment = instant
    while any(start <= moment < end for start, end in spans):
        moment += QUARTER
    return moment


# -- every change of the clocks ---------------------------------------------------------------------------------


def transitions(shared: Path) -> list[tuple[str, Instant]]:
    with gzip.open(shared / "data" / "tz_transitions_2024_2027.ndjson.gz", "rt", encoding="utf-8") as lines:
        return [(row["zone"], parse_instant(row["atUtc"])) for row in map(json.loads, lines)]


@pytest.mark.shared
def test_around_every_change_of_clocks_in_the_world_the_wall_never_reads_inside(shared: Path) -> None:
    changes = transitions(shared)
    assert len(changes) > 1_500
    for number, (zone, change) in enumerate(changes):
        for windows in (WINDOWS[number % len(WINDOWS)], (NIGHT,), WINDOWS[1]):
            for hours in (-20, -3, -1, 0, 1, 3):
                instant = change + hours * HOUR + (number % 4) * QUARTER
                opening = opens_at(instant, windows, zone)
                assert opening >= instant
                assert not reads_inside(opening, windows, zone), (zone, format_instant(instant), windows)


@pytest.mark.shared
def test_around_a_change_of_clocks_the_first_opening_is_found(shared: Path) -> None:
    changes = transitions(shared)
    for number, (zone, change) in enumerate(changes[::8]):  # walking is slow
        windows = WINDOWS[number % len(WINDOWS)]
        instant = change + (number % 24 - 12) * HOUR
        found = opens_at(instant, windows, zone)
        assert found == opens_by_walking(instant, windows, zone), (zone, format_instant(instant), windows)


edges = st.integers(0, 95).map(lambda n: n * 15)
windows_anywhere = st.builds(
    QuietHours,
    st.just(SMS),
    edges,
    st.integers(0, 96).map(lambda n: n * 15),
    st.lists(st.integers(1, 7), max_size=3, unique=True).map(tuple),
)
around_changes = st.sampled_from(
    [
        ("Europe/Madrid", "2027-03-28T01:00:00Z"),
        ("Europe/Madrid", "2027-10-31T01:00:00Z"),
        ("Australia/Lord_Howe", "2027-04-03T15:00:00Z"),
        ("America/Havana", "2027-11-07T05:00:00Z"),
        ("Africa/Cairo", "2027-10-28T21:00:00Z"),
        ("Asia/Kolkata", "2027-05-01T00:00:00Z"),
    ]
)


@given(around_changes, st.integers(-100, 100), st.lists(windows_anywhere, min_size=1, max_size=2))
def test_any_windows_open_at_the_first_instant_outside_all_of_them(
    change: tuple[str, str], quarters: int, windows: list[QuietHours]
) -> None:
    zone, instant = change[0], parse_instant(change[1]) + quarters * QUARTER
    try:
        found = opens_at(instant, tuple(windows), zone)
    except OverflowError:
        assert all(reads_inside(instant + n * QUARTER, tuple(windows), zone) for n in range(9 * 96))
        return
    assert not reads_inside(found, tuple(windows), zone)
    if found - instant <= DAY:
        assert found == opens_by_walking(instant, tuple(windows), zone)


# -- scenario 1 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("windows", "asked", "opens"),
    [
        ((NIGHT,), "2027-03-27T23:30:00+01:00", "2027-03-28T08:00:00+02:00"),
        ((NIGHT,), "2027-03-28T08:00:00+02:00", "2027-03-28T08:00:00+02:00"),
        ((NIGHT,), "2027-03-27T22:00:00+01:00", "2027-03-28T08:00:00+02:00"),
        ((NIGHT,), "2027-03-27T21:59:59.999999+01:00", "2027-03-27T21:59:59.999999+01:00"),
        ((window("22:00", "2:30"),), "2027-03-27T23:30:00+01:00", "2027-03-28T03:00:00+02:00"),
        ((window("22:00", "2:30"),), "2027-10-30T23:30:00+02:00", "2027-10-31T02:30:00+01:00"),
        ((window("22:00", "2:30"),), "2027-10-31T02:45:00+02:00", "2027-10-31T02:30:00+01:00"),
        ((window("2:30", "8:00"),), "2027-10-31T02:10:00+01:00", "2027-10-31T08:00:00+01:00"),
        ((window("0:00", "24:00", 6, 7), NIGHT), "2026-11-20T23:00:00+01:00", "2026-11-23T08:00:00+01:00"),
        ((window("22:00", "8:00", 5),), "2026-11-21T07:00:00+01:00", "2026-11-21T08:00:00+01:00"),
        ((window("22:00", "8:00", 5),), "2026-11-21T23:00:00+01:00", "2026-11-21T23:00:00+01:00"),
        ((window("9:00", "9:00"),), "2026-11-20T12:00:00+01:00", None),
    ],
)
def test_windows_over_midnight_on_weekdays_and_over_changes_of_clocks(
    windows: tuple[QuietHours, ...], asked: str, opens: str | None
) -> None:
    if opens is None:
        with pytest.raises(OverflowError):
            opens_at(at(asked), windows, "Europe/Madrid")
    else:
        assert opens_at(at(asked), windows, "Europe/Madrid") == at(opens)


def test_no_windows_never_move_an_instant() -> None:
    assert opens_at(5, (), "Europe/Madrid") == 5


def test_only_the_windows_of_a_channel_and_kind_bear_on_it() -> None:
    law = window("21:00", "9:00", statutory=True)
    assert windows_for((NIGHT, law), Channel.SMS, statutory=True) == (law,)
    assert windows_for((NIGHT, law), Channel.SMS, statutory=False) == (NIGHT,)
    assert windows_for((NIGHT, law), Channel.EMAIL, statutory=False) == ()


def test_a_message_of_the_night_of_the_change_leaves_at_eight_on_the_wall() -> None:
    customer = Customer(handmade(quiet_hours=(NIGHT,)), now=at("2027-03-27T23:30:00+01:00"))
    message = customer.ask("reminder")
    assert customer.state(message) == (MessageState.WAITING, "quiet_hours")
    assert customer.delivery(message, Channel.SMS).planned_at == at("2027-03-28T06:00:00Z")
    customer.pass_time(at("2027-03-28T06:00:00Z") - 1)
    assert customer.ready() == ()
    customer.pass_time(at("2027-03-28T06:00:00Z"))
    assert customer.ready() == (f"{message.id}-SMS",)


def test_who_moves_while_a_message_waits_has_her_quiet_hours_computed_anew() -> None:
    customer = Customer(handmade(quiet_hours=(NIGHT,)), now=at("2027-03-27T23:30:00+01:00"))
    message = customer.ask("reminder")
    customer.tell(event("preference.set", customer.now, zone="Atlantic/Canary"))
    assert customer.delivery(message, Channel.SMS).planned_at == at("2027-03-28T07:00:00Z")


def test_the_rulebooks_zone_holds_while_hers_is_unknown_and_the_record_says_so() -> None:
    customer = Customer(
        handmade(quiet_hours=(NIGHT,), zone="Asia/Kolkata"), now=at("2027-03-27T23:30:00+05:30")
    )
    message = customer.ask("reminder")
    assert customer.delivery(message, Channel.SMS).planned_at == at("2027-03-28T08:00:00+05:30")
    [row] = [g for g in customer.records(message)[-1].gates if g.gate == "WHEN"]
    assert row.reason == "zone_of_rulebook"
    customer.tell(event("preference.set", customer.now, zone="Europe/Madrid"))
    assert customer.state(message)[0] is MessageState.READY  # it is 19:00 where she lives
