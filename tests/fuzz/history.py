"""What happens to one customer under a rulebook, drawn from a seed: events of its vocabulary, facts, requests, time."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from artifact.event import Event, Subject
from artifact.instant import DAY, HOUR, MINUTE, Instant, format_instant, parse_instant
from dsl.program import Program
from dsl.typed import Read, Scope
from dsl.types import Kind, Type
from dsl.walk import parts_of
from engine.builtin import FACT_TABLE

START: Instant = parse_instant("2026-03-02T10:00:00Z")
CUSTOMER = "fuzz"
SENDS = ("email", "sms", "app")
_STEPS = (0, 1, MINUTE, 2 * HOUR, DAY, 3 * DAY, 45 * DAY)
_NONSENSE: tuple[Any, ...] = (None, "nonsense", -1, 10**18, True, [], {"amount": "1"})


def history(seed: int, program: Program, length: int) -> Iterator[Event]:
    """Events in the order of their instants."""
    chance = Random(seed)
    types = facts_read(program)
    now = START
    for number in range(length):
        now += chance.choice(_STEPS)
        type_, about, data = chance.choice(_KINDS)(chance, program, types)
        yield Event(CUSTOMER, "fuzz", f"e{number}", type_, now, now, about=about, data=data)


def facts_read(program: Program) -> dict[str, Type]:
    """The facts that the rulebook reads anywhere, with their types."""
    return {
        one.field: one.type
        for one in parts_of(program)
        if isinstance(one, Read) and one.scope is Scope.ATTRIBUTE
    }


def value(chance: Random, of: Type) -> Any:
    """Plain JSON that mostly is of the type."""
    if chance.random() < 0.1:
        return chance.choice(_NONSENSE)
    if of.kind is Kind.ONE_OF:
        return chance.choice(of.values)
    if of.kind in (Kind.WHOLE, Kind.NUMBER, Kind.MONEY):
        low, high = (of.low, of.high) if of.low is not None and of.high is not None else (-50, 5000)
        return (
            chance.randint(low, high)
            if of.kind is Kind.WHOLE
            else chance.randint(low * 100, high * 100) / 100
        )
    made = _MADE.get(of.kind)
    return made(chance) if made else chance.choice(("S1", "S2", "Madrid"))


_MADE: dict[Kind, Callable[[Random], Any]] = {
    Kind.YES_NO: lambda chance: chance.random() < 0.5,
    Kind.DATE: lambda chance: f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
    Kind.INSTANT: lambda chance: format_instant(
        START + chance.randint(-40, 40) * DAY + chance.randint(0, DAY)
    ),
    Kind.DURATION: lambda chance: chance.choice(("P3D", "PT2H", "P1M")),
    Kind.CHANNEL: lambda chance: chance.choice(SENDS),
}

Happening = tuple[str, Subject | None, dict[str, Any]]


def _declared(chance: Random, program: Program, types: dict[str, Type]) -> Happening:
    own = sorted(set(program.events) - set(FACT_TABLE))
    if not own:
        return _asked(chance, program, types)
    name = chance.choice(own)
    fields = program.events[name]
    return name, None, {field: value(chance, of) for field, of in fields.items() if chance.random() < 0.9}


def _updated(chance: Random, program: Program, types: dict[str, Type]) -> Happening:
    facts = {name: value(chance, of) for name, of in types.items() if chance.random() < 0.6}
    return "customer.updated", None, {"facts": facts}


def _asked(chance: Random, program: Program, types: dict[str, Type]) -> Happening:
    topic = chance.choice([*sorted(program.topics), "nobody_knows"])
    fields = program.fields.get(topic, {})
    data = {field: value(chance, of) for field, of in fields.items()}
    kinds = [plan.kind for plan in program.situations]
    about = (
        Subject(chance.choice(kinds), chance.choice(("S1", "S2")))
        if kinds and chance.random() < 0.5
        else None
    )
    return "message.requested", about, {"topic": topic, "data": data, "content": [{"body": "…"}]}


def _agreed(chance: Random, program: Program, types: dict[str, Type]) -> Happening:
    categories = sorted({topic.category for topic in program.topics.values()}) or ["any"]
    return (
        chance.choice(("consent.given", "consent.withdrawn")),
        None,
        {"category": chance.choice(categories)},
    )


def _visited(chance: Random, program: Program, types: dict[str, Type]) -> Happening:
    return "interaction.started", None, {"channel": "WEB", "session": str(chance.randint(0, 9))}


_KINDS = (_declared, _declared, _declared, _updated, _asked, _asked, _agreed, _visited)
