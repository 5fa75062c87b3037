"""How a world reports the same facts: at instants of the day, by two sources, late, and twice. All from a seed.

`spread` changes what is told; `scramble` changes only when it reaches us, so that both must end in the same memory.
The only place where chance enters, and only through a generator made from the seed that the caller names.
"""

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.event import Event
from artifact.instant import DAY, HOUR, SECOND, Instant
from engine.pipeline.backtest import Received
from memento.events_file import FileEvent, told_once

SECOND_SOURCE_SHARE = 0.10
LATE_SHARE, LATEST_DELAY = 0.05, 3 * DAY
TWICE_SHARE = 0.03
_DAY_LENGTH = 23 * HOUR
"""The shortest day of a year in any zone that changes its clocks, so that no event leaves its day."""


def spread(events: Iterable[FileEvent], seed: int) -> list[Event]:
    """Each event at an instant of its own within its day, in the file's order; some told again by a second source."""
    chance = Random(f"spread {seed}")  # noqa: S311 - a world to replay, no secret
    days: dict[Instant, list[Event]] = {}
    for one in told_once(events):
        days.setdefault(one.day, []).append(one.event)
    spread_out: list[Event] = []
    for day, told in days.items():
        told = _with_second_source(told, chance)
        instants = sorted(chance.sample(range(_DAY_LENGTH), len(told)))
        spread_out += [
            replace(e, at=day + i, received_at=day + i) for e, i in zip(told, instants, strict=True)
        ]
    return spread_out


def _with_second_source(told: list[Event], chance: Random) -> list[Event]:
    """Some facts are told again, somewhat further down the day, under another source and another id."""
    places = [(float(index), event) for index, event in enumerate(told)]
    for index, event in enumerate(told):
        if chance.random() < SECOND_SOURCE_SHARE:
            again = replace(
                event, source=f"{event.source}.second", id=derived_id("again", event.source, event.id)
            )
            places.append((chance.uniform(index, len(told)), again))
    places.sort(key=lambda place: place[0])
    return [event for _, event in places]


def arriving(events: Iterable[Event]) -> list[Received]:
    """In order: each event reaches us as it happens, or with the one of its customer that stood before it."""
    newest: dict[str, Instant] = {}
    received = []
    for event in events:
        at = max(event.at, newest.get(event.customer_id, event.at))
        newest[event.customer_id] = at
        received.append(Received(event, at))
    return received


def scramble(events: Iterable[Event], seed: int) -> list[Received]:
    """Out of order: some reach us up to three days late, some twice."""
    chance = Random(f"scramble {seed}")  # noqa: S311 - a world to replay, no secret
    received = []
    for event in events:
        delay = chance.randrange(SECOND, LATEST_DELAY) if chance.random() < LATE_SHARE else 0
        received.append(Received(event, event.at + delay))
        if chance.random() < TWICE_SHARE:
            again = chance.randrange(SECOND, LATEST_DELAY)
            received.append(Received(event, event.at + delay + again))
    received.sort(key=lambda one: one.received_at)
    return received
