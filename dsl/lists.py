"""Lists that rules count over: which rows there are, which are in the window, what is made of them.

A window is (now - D, now], measured from each row forward, so that the instant at which a row leaves it is known
exactly and told to the evaluation. The interpreter and the compiled form read through here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from artifact.facts import Happened, Situation
from dsl.clock import inside, moved, within_reach
from dsl.reading import Env, getter
from dsl.typed import Aggregate, Items, Measure, Source
from dsl.types import Kind
from dsl.values import Value, later, to_json

Item: TypeAlias = Situation | Happened


class Found(NamedTuple):
    """What is known of a list, oldest first. `more`: there were others, which are not kept or not read."""

    rows: Sequence[Item]
    more: bool = False


class Chosen(NamedTuple):
    """Those that are meant. Not `sure` where of some it is unknown whether they are."""

    rows: tuple[Item, ...]
    sure: bool


def listed(items: Items, env: Env) -> Found | None:
    """The whole list; None where nobody has told us of it."""
    return _SOURCES[items.source](items, env)


def _situations(items: Items, env: Env) -> Found:
    return Found(env.situations(items.name))


def _interactions(items: Items, env: Env) -> Found:
    rows = [
        Happened(i.started_at, {"channel": i.channel.value, "agent": i.agent}) for i in env.facts.interactions
    ]
    return Found(rows)


def _events(items: Items, env: Env) -> Found:
    """Those of the memory; totals count the event that is reacted to, which is not remembered yet."""
    kept = env.facts.events.get(items.name)
    rows = kept.rows if kept is not None else ()
    event = env.event
    if items.itself and event is not None and event.type == items.name and not env.folded:
        rows = (*rows, Happened(event.at, event.data))
    dropped = kept.dropped_at if kept is not None else None
    reached = dropped is not None and (items.span is None or env.now < later(dropped, items.span, env.zone))
    return Found(rows, reached)


def _fact(items: Items, env: Env) -> Found | None:
    """An array of objects. What is no object has only unknown fields; what is past the limit is not read."""
    fact = env.facts.attributes.get(items.name)
    if fact is None or not isinstance(fact.value, list):
        return None
    told = [Happened(fact.at, one if isinstance(one, dict) else {}) for one in fact.value[: items.most]]
    return Found(told, len(fact.value) > items.most)


def _messages(items: Items, env: Env) -> Found:
    """Without the one that is being decided."""
    own = env.asked.id if env.asked is not None else None
    return Found([one for one in env.said.messages if one.data.get("id") != own])


def _contacts(items: Items, env: Env) -> Found:
    return Found(env.said.contacts)


_SOURCES: dict[Source, Callable[[Items, Env], Found | None]] = {
    Source.SITUATIONS: _situations,
    Source.INTERACTIONS: _interactions,
    Source.FACT: _fact,
    Source.EVENTS: _events,
    Source.MESSAGES: _messages,
    Source.CONTACTS: _contacts,
}


def in_window(items: Items, rows: Sequence[Item], env: Env) -> Iterator[Item]:
    """The rows in the window that ends now; notes when one comes or leaves. What is long past needs no calendar."""
    span = items.span
    if span is None:
        yield from rows
        return
    since = env.now - within_reach(span)
    for one in rows:
        at = one.opened_at if isinstance(one, Situation) else one.at
        if at < since:
            continue
        leaves = moved(at, span, env.zone)
        if leaves > env.now and inside(env, (at, leaves)):
            yield one


def how_many(items: Items, rows: Iterable[Item]) -> int:
    """How many these are: of what a bundle said there is a row for each thing, and it is one contact."""
    if items.source is Source.CONTACTS:
        return len({one.data["id"] for one in rows})
    return sum(1 for _ in rows)


def _at(one: Item) -> int:
    return one.opened_at if isinstance(one, Situation) else one.at


def measured(aggregate: Aggregate, chosen: Chosen | None, currency: str, env: Env) -> Value:
    """The number, sum, average or latest. Of nothing, a sum is 0; an average and a latest are unknown."""
    if chosen is None or not chosen.sure:
        return None
    if aggregate.field is None:
        return how_many(aggregate.items, chosen.rows)
    read = getter(aggregate.field, currency)
    if aggregate.measure is Measure.LATEST:
        newest = max(enumerate(chosen.rows), key=lambda one: (_at(one[1]), one[0]), default=None)
        return None if newest is None else _of(newest[1], read, env)
    values = [_of(one, read, env) for one in chosen.rows]
    if None in values:
        return None
    return sum(values) if aggregate.measure is Measure.SUM else _average(values, aggregate.type.kind)


def _of(one: Item, read: Callable[[Env], Value], env: Env) -> Value:
    env.item = one
    value = read(env)
    env.item = None
    return value


def _average(values: list[Value], kind: Kind) -> Value:
    """Exact; an amount of money is rounded to the smallest unit, a half to the even one."""
    if not values:
        return None
    average = Fraction(sum(values)) / len(values)
    return round(average) if kind is Kind.MONEY or average.denominator == 1 else average


def noted(aggregate: Aggregate, value: Value, found: Found | None, currency: str, env: Env) -> Value:
    """The value, once it is noted what was read: where not all are kept, that too."""
    shown = to_json(value, aggregate.type, currency)
    if found is not None and found.more:
        shown = {"value": shown, "of the newest": len(found.rows)}
    env.reads[aggregate.shown] = shown
    return value
