"""Spreading and scrambling change when something is told, by a seed alone, and never what."""

from collections import Counter
from pathlib import Path

from artifact.instant import DAY
from artifact.limits import Limits
from memento.events_file import FileEvent, read_events
from memento.scramble import arriving, scramble, spread
from tests.memento.process import write_day


def told(folder: Path) -> list[FileEvent]:
    write_day(folder / "day.ndjson", customers=120)
    return read_events(folder / "day.ndjson", Limits()).events


def test_a_seed_says_everything(tmp_path: Path) -> None:
    events = told(tmp_path)
    assert spread(events, 7) == spread(events, 7) != spread(events, 8)
    assert scramble(spread(events, 7), 3) == scramble(spread(events, 7), 3) != scramble(spread(events, 7), 4)


def test_every_event_stays_in_its_day_at_an_instant_of_its_own(tmp_path: Path) -> None:
    events = told(tmp_path)
    days = {(one.event.customer_id, one.event.id): one.day for one in events}
    spread_out = spread(events, 7)
    assert len({event.at for event in spread_out}) == len(spread_out)
    for event in spread_out:
        day = days.get((event.customer_id, event.id))
        assert day is None or 0 <= event.at - day < DAY


def test_a_tenth_is_told_again_by_a_second_source_under_ids_of_its_own(tmp_path: Path) -> None:
    spread_out = spread(told(tmp_path), 7)
    again = [event for event in spread_out if event.source.endswith(".second")]
    first = [event for event in spread_out if not event.source.endswith(".second")]
    assert 0.07 < len(again) / len(first) < 0.13
    assert len({(event.customer_id, event.source, event.id) for event in spread_out}) == len(spread_out)


def test_the_order_of_the_file_is_kept_within_a_day(tmp_path: Path) -> None:
    events = told(tmp_path)
    order = {(one.event.customer_id, one.event.key): n for n, one in reversed(list(enumerate(events)))}
    ordered = spread(events, 7)
    days: dict[int, list[int]] = {}
    day_of = {(one.event.customer_id, one.event.key): one.day for one in events}
    for event in sorted(ordered, key=lambda event: event.at):
        identity = (event.customer_id, event.key)
        if identity in order:
            days.setdefault(day_of[identity], []).append(order[identity])
    assert all(lines == sorted(lines) for lines in days.values())


def test_some_arrive_late_and_some_twice_and_none_is_lost(tmp_path: Path) -> None:
    events = spread(told(tmp_path), 7)
    received = scramble(events, 3)
    times = Counter((one.event.customer_id, one.event.key) for one in received)
    late = [one for one in received if one.received_at > one.event.at]
    assert set(times) == {(event.customer_id, event.key) for event in events}
    assert 0.02 < sum(n - 1 for n in times.values()) / len(events) < 0.04
    assert 0.05 < len(late) / len(events) < 0.11
    assert all(0 <= one.received_at - one.event.at <= 6 * DAY for one in received)


def test_an_ordered_file_arrives_in_its_order(tmp_path: Path) -> None:
    received = arriving(one.event for one in told(tmp_path))
    newest: dict[str, int] = {}
    for one in received:
        assert one.received_at >= max(one.event.at, newest.get(one.event.customer_id, one.received_at))
        newest[one.event.customer_id] = one.received_at
