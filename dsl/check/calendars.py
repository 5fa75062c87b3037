"""Calendars: when the brand works, and when a customer is left in peace.

One without a name is everyone's. One with a name says what differs: whatever it does not say is as in the other. With
`for customers with (...)` it is the calendar of those for whom that holds, and its hours are theirs. Refuses conditions on
anything but facts of the customer: a calendar must not change while nobody says anything.
"""

from typing import NamedTuple

from artifact.public_holidays import known_regions
from artifact.workdays import DAY_MINUTES, Calendar, OpenHours
from dsl.check import literals
from dsl.check.effects import Effects
from dsl.check.header import Placed, zone_named
from dsl.check.symbols import Desk
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.interpret import reads_of
from dsl.program import CustomerHours
from dsl.rulebook import QuietHours
from dsl.syntax import Node
from dsl.typed import And, Compare, Condition, Contains, IsKnown, Not, OneOf, Or, Read, Scope, Truth

_MOST_HOLIDAYS = 100
"""Of one calendar, by date: few enough for a working day to be left in every two years."""

_MOST_REGIONS = 60
"""Of one calendar: each is looked up for every year, and a brand works in few."""

_HOURS = ("quiet", "forbidden")


class Hours(NamedTuple):
    """When customers are left in peace: everyone, and those who have a calendar of their own."""

    everyone: tuple[QuietHours, ...]
    own: tuple[CustomerHours, ...]


def check_calendars(effects: Effects, placed: list[Placed], zone: str) -> Hours:
    """All calendars: those that count working days go to the desk. `zone` is the rulebook's."""
    desk = effects.desk
    common = [one for one in placed if one.node.maybe_node(0) is None or one.node.node(0).kind != "whose"]
    everyone = Calendar("", zone)
    windows: list[QuietHours] = []
    for one in common:
        desk.base = one.base
        everyone = _calendar(effects, one.node.nodes(), everyone)
        windows += _windows(effects, one.node.nodes())
    _check_once(effects, common)
    desk.calendars.add("", everyone)
    own = [
        found
        for one in placed
        if one not in common and (found := _own(effects, one, everyone, windows)) is not None
    ]
    return Hours(tuple(windows), tuple(own))


def _check_once(effects: Effects, placed: list[Placed]) -> None:
    """Parts that may be said once, by all calendars without a name together or by one that has one."""
    seen: set[str] = set()
    for node, base in placed:
        effects.desk.base = base
        for part in node.nodes():
            if part.kind in seen and part.kind in ("working_days", "zone"):
                effects.desk.report(Code.PART_REPEATED, part, text=effects.desk.keyword(part.kind))
            seen.add(part.kind)


def _own(
    effects: Effects, placed: Placed, everyone: Calendar, windows: list[QuietHours]
) -> CustomerHours | None:
    """A calendar with a name; its hours, if it is that of some customers."""
    node, effects.desk.base = placed
    whose, parts = node.node(0), node.nodes()[1:]
    name = whose.word()
    _check_once(effects, [placed])
    blank = everyone
    if any(part.kind in ("holidays", "holidays_of") for part in parts):
        blank = Calendar(everyone.name, everyone.zone, everyone.weekdays, everyone.hours)
    if any(part.kind == "working_hours" for part in parts):
        blank = Calendar(blank.name, blank.zone, blank.weekdays, (), blank.yearly, blank.dated, blank.regions)
    calendar = _calendar(effects, parts, blank, name.text)
    if not effects.desk.calendars.add(name.text, calendar):
        effects.desk.report(Code.NAME_TAKEN, name, text=name.text)
    own = _windows(effects, parts)
    holds = whose.maybe_node(1)
    if holds is None:
        for part in parts:
            if part.kind in _HOURS:
                effects.desk.report(
                    Code.PART_MISSING,
                    part,
                    text=name.text,
                    what=effects.desk.tongue.first["_FOR_CUSTOMERS_WITH"],
                )
        return None
    condition = _condition(effects, holds)
    kept = [w for w in windows if not any(w.statutory is one.statutory for one in own)]
    return None if condition is None else CustomerHours(name.text, condition, (*kept, *own))


def _condition(effects: Effects, node: Node) -> Condition | None:
    condition = effects.condition(node, Where())
    if condition is not None and not _of_person(condition):
        effects.desk.report(Code.CALENDAR_CONDITION, node)
        return None
    return condition


def _of_person(condition: Condition) -> bool:
    """Whether a condition reads nothing but facts of the customer."""
    match condition:
        case And(parts) | Or(parts):
            return all(map(_of_person, parts))
        case Not(part):
            return _of_person(part)
        case Compare() | OneOf() | Truth() | IsKnown() | Contains():
            return all(
                isinstance(read, Read) and read.scope in (Scope.ATTRIBUTE, Scope.CUSTOMER)
                for read in reads_of(condition)
            )
        case _:
            return False


def _calendar(effects: Effects, parts: list[Node], base: Calendar, name: str = "") -> Calendar:
    """The calendar that these parts make of another one."""
    desk, zone, weekdays = effects.desk, base.zone, base.weekdays
    hours, yearly, dated, regions = list(base.hours), list(base.yearly), list(base.dated), list(base.regions)
    for part in parts:
        match part.kind:
            case "zone":
                zone = zone_named(desk, part.word())
            case "working_days":
                weekdays = weekdays_of(part.node())
            case "working_hours":
                hours += _open_hours(effects, part)
            case "holidays":
                for day in part.nodes():
                    if day.kind == "yearly":
                        yearly += [found] if (found := literals.year_day(desk, day.word())) else []
                    else:
                        dated += [ordinal] if (ordinal := literals.day(desk, day.word())) else []
            case "holidays_of":
                regions += _regions(effects, part)
            case _:
                pass
    _check_count(desk, parts, "holidays", len(yearly) + len(dated), _MOST_HOLIDAYS)
    _check_count(desk, parts, "holidays_of", len(regions), _MOST_REGIONS)
    return Calendar(
        name, zone, weekdays, tuple(hours), tuple(sorted(set(yearly))), tuple(sorted(set(dated))),
        tuple(sorted(set(regions))),
    )  # fmt: skip


def _check_count(desk: Desk, parts: list[Node], kind: str, count: int, most: int) -> None:
    """Told at the first part of that kind: none of them is one too many by itself."""
    if count > most:
        first = next(part for part in parts if part.kind == kind)
        desk.report(Code.NUMBER_INVALID, first, text=str(count), low=0, high=most)


def _regions(effects: Effects, part: Node) -> list[str]:
    known = known_regions()
    found = []
    for word in part.words():
        region = word.text.upper()
        if region in known:
            found.append(region)
        else:
            country = region.partition("-")[0]
            near = sorted(one for one in known if one.startswith(f"{country}-")) or sorted(
                one for one in known if "-" not in one
            )
            effects.desk.unknown(Code.REGION_UNKNOWN, word, word.text, near)
    return found


def _open_hours(effects: Effects, part: Node) -> list[OpenHours]:
    span = _minutes(effects, part.node(1))
    if span is None:
        return []
    if span[1] <= span[0]:
        effects.desk.report(Code.RANGE_EMPTY, part.node(1), low=_clock(span[0]), high=_clock(span[1]))
        return []
    return [OpenHours(*span, weekdays_of(part.maybe_node(0)))]


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _minutes(effects: Effects, hours: Node) -> tuple[int, int] | None:
    if hours.kind == "all_day":
        return 0, DAY_MINUTES
    begin, finish = (literals.minutes(effects.desk, word) for word in hours.words())
    if begin is None or finish is None:
        return None
    if begin == finish:
        effects.desk.report(Code.TIME_INVALID, hours, text=hours.word().text)
        return None
    return begin, finish


def _windows(effects: Effects, parts: list[Node]) -> list[QuietHours]:
    """Quiet and forbidden hours."""
    found = []
    for part in parts:
        span = _minutes(effects, part.node(2)) if part.kind in _HOURS else None
        if span is not None:
            found.append(
                QuietHours(
                    channels=effects.channels(part.node(0)),
                    start_minute=span[0],
                    end_minute=span[1],
                    weekdays=weekdays_of(part.maybe_node(1)),
                    statutory=part.kind == "forbidden",
                )
            )
    return found


def weekdays_of(node: Node | None) -> tuple[int, ...]:
    """Days by number, Monday 1; a range may run over the end of the week."""
    if node is None:
        return ()
    days = [int(word.text) for word in node.words()]
    if node.kind == "day_range":
        first, last = days
        return tuple((first + step - 1) % 7 + 1 for step in range((last - first) % 7 + 1))
    return tuple(sorted(set(days)))
