"""Conditions as boxes: the cases in which one holds, each with a set of values for everything that it reads.

Three-valued like the language: a comparison with something unknown neither holds nor fails. A box leaves out what may
be anything.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from dsl.advice.domain import HIGHEST, LOWEST, Choice, Cut, Domain, Stretch, both, is_empty, within
from dsl.typed import (
    And,
    Compare,
    Condition,
    Expression,
    IsKnown,
    Literal,
    Not,
    OneOf,
    Or,
    Read,
    Relation,
    Scope,
    SituationIs,
    SituationKnown,
    Truth,
)
from dsl.types import NUMERIC, Kind, Type

MOST_BOXES = 64
"""A condition that falls into more cases is not compared."""

NEVER, CLOSED = "never", "closed"


class Standing(NamedTuple):
    """How it stands with a kind of situation: never had, closed, or the state in which one is open."""

    kind: str


class Asked(NamedTuple):
    """Something about the message: its topic stands for its category too."""

    field: str


Variable: TypeAlias = Expression | Condition | Standing | Asked
Box: TypeAlias = Mapping[Variable, Domain]

TOPIC = Asked("topic")
_KNOWN_ANY = Choice(frozenset(), rest=True)


class TooMany(Exception):  # a condition that falls into too many cases; never leaves this room
    """Raised where a condition has more than MOST_BOXES cases."""


class Cases:
    """Makes boxes. `topics` are the declared topics with their categories."""

    def __init__(self, topics: Mapping[str, str]) -> None:
        self._of_category: dict[str, set[str]] = {}
        for topic, category in topics.items():
            self._of_category.setdefault(category, set()).add(topic)

    def head(self, topics: Iterable[str] | None, categories: Iterable[str] | None) -> Box:
        """The messages that a rule speaks of by its head."""
        if topics is None and categories is None:
            return {}
        named = set(topics or ())
        for category in categories or ():
            named |= self._of_category.get(category, set())
        return {TOPIC: Choice(frozenset(named))}

    def of(self, condition: Condition, *, holds: bool = True) -> list[Box]:
        """The cases in which the condition holds (`holds` False: is denied). Raises TooMany."""
        match condition:
            case Not(part):
                return self.of(part, holds=not holds)
            case And(parts) if holds:
                return self.all(parts)
            case Or(parts) if not holds:
                return self.all(tuple(Not(part) for part in parts))
            case And(parts) | Or(parts):
                return _few([box for part in parts for box in self.of(part, holds=holds)])
            case _:
                box = self._atom(condition, holds)
                return [] if box is None else [box]

    def all(self, parts: Iterable[Condition], start: Box | None = None) -> list[Box]:
        """The cases in which all of them hold."""
        boxes: list[Box] = [start or {}]
        for part in parts:
            found = self.of(part)
            joined = (overlap(one, other) for one in boxes for other in found)
            boxes = _few([box for box in joined if box is not None])
        return boxes

    def _atom(self, condition: Condition, holds: bool) -> Box | None:
        match condition:
            case Compare(relation, left, Literal(value)) if not isinstance(left, Literal):
                return self._compared(left, relation, value, holds)
            case OneOf(value, values):
                return self._chosen(value, frozenset(values), holds)
            case Truth(value):
                return _boxed(value, Choice(frozenset({holds})))
            case IsKnown(value):
                return _boxed(value, anything(value.type) if holds else Choice(frozenset(), unknown=True))
            case SituationIs(kind, state):
                return {Standing(kind): _standing(state, holds)}
            case SituationKnown(kind):
                return {Standing(kind): Choice(frozenset({NEVER}), rest=holds)}
            case _:
                return {condition: Choice(frozenset({holds}))}

    def _compared(self, left: Expression, relation: Relation, value: Any, holds: bool) -> Box | None:
        if relation in (Relation.EQ, Relation.NE) and not _is_ordered(left.type):
            return self._chosen(left, frozenset({value}), holds is (relation is Relation.EQ))
        if not _is_ordered(left.type) or type(value) is str:
            return {Compare(relation, left, Literal(value, left.type)): Choice(frozenset({holds}))}
        found = Stretch(_pieces(relation if holds else _DENIED[relation], value, left.type))
        return _boxed(left, both(found, anything(left.type)))

    def _chosen(self, value: Expression, values: frozenset[Any], holds: bool) -> Box | None:
        if isinstance(value, Read) and value.scope is Scope.MESSAGE and value.field in ("topic", "category"):
            named = values if value.field == "topic" else self._topics_in(values)
            return {TOPIC: Choice(frozenset(named), rest=not holds)}
        if _is_ordered(value.type):
            relation = Relation.EQ if holds else Relation.NE
            found: Domain = anything(value.type)
            pieces = [_pieces(relation, one, value.type) for one in sorted(values, key=repr)]
            if holds:
                return _boxed(value, both(found, Stretch(tuple(sorted(p for one in pieces for p in one)))))
            for one in pieces:
                found = both(found, Stretch(one))
            return _boxed(value, found)
        return _boxed(value, both(Choice(values, rest=not holds), anything(value.type)))

    def _topics_in(self, categories: Iterable[str]) -> set[str]:
        return {topic for category in categories for topic in self._of_category.get(category, ())}


def _few(boxes: list[Box]) -> list[Box]:
    if len(boxes) > MOST_BOXES:
        raise TooMany
    return boxes


def _boxed(value: Expression, domain: Domain) -> Box | None:
    """A box of one; a field of a situation is known only of one that there is or was."""
    if is_empty(domain):
        return None
    box: dict[Variable, Domain] = {value: domain}
    if isinstance(value, Read) and value.scope is Scope.SITUATION and not domain.unknown:
        box[Standing(value.owner)] = has_been()
    return box


def has_been() -> Choice:
    """There is or was one."""
    return Choice(frozenset({NEVER}), rest=True)


def _standing(state: str, holds: bool) -> Choice:
    """`is open` is any state but never had and closed."""
    if state == "open":
        return Choice(frozenset({NEVER, CLOSED}), rest=holds)
    return Choice(frozenset({state}), rest=not holds)


_DENIED = {
    Relation.EQ: Relation.NE,
    Relation.NE: Relation.EQ,
    Relation.LT: Relation.GE,
    Relation.GE: Relation.LT,
    Relation.GT: Relation.LE,
    Relation.LE: Relation.GT,
}

_WHOLE = frozenset({Kind.WHOLE, Kind.MONEY, Kind.DATE, Kind.INSTANT})
"""Kinds whose values are whole numbers, so that above 5 is at least 6."""


def _is_ordered(of: Type) -> bool:
    return of.kind in NUMERIC or of.kind in _WHOLE


def _pieces(relation: Relation, value: Any, of: Type) -> tuple[tuple[Cut, Cut], ...]:
    before: Cut = (value, 0)
    after: Cut = (value + 1, 0) if of.kind in _WHOLE else (value, 1)
    if of.kind in _WHOLE and value != int(value):
        before = after = (int(value // 1) + 1, 0)
    table = {
        Relation.EQ: ((before, after),),
        Relation.NE: ((LOWEST, before), (after, HIGHEST)),
        Relation.LT: ((LOWEST, before),),
        Relation.LE: ((LOWEST, after),),
        Relation.GT: ((after, HIGHEST),),
        Relation.GE: ((before, HIGHEST),),
    }
    return tuple((low, high) for low, high in table[relation] if low < high)


def anything(of: Type) -> Domain:
    """All known values of a type."""
    if of.kind is Kind.ONE_OF:
        return Choice(frozenset(of.values))
    if of.kind is Kind.YES_NO:
        return Choice(frozenset({True, False}))
    if not _is_ordered(of):
        return _KNOWN_ANY
    if of.low is None or of.high is None:
        return Stretch(((LOWEST, HIGHEST),))
    top: Cut = (of.high + 1, 0) if of.kind in _WHOLE else (of.high, 1)
    return Stretch((((of.low, 0), top),))


def overlap(one: Box, other: Box) -> Box | None:
    """What is in both boxes; None where that is nothing."""
    if len(one) < len(other):
        one, other = other, one
    joined = dict(one)
    for variable, domain in other.items():
        known = joined.get(variable)
        found = domain if known is None else both(known, domain)
        if is_empty(found):
            return None
        joined[variable] = found
    return joined


def inside(part: Box, whole: Box) -> bool:
    """Whether everything in one box is in the other."""
    return all(variable in part and within(part[variable], domain) for variable, domain in whole.items())


def is_certain(box: Box) -> bool:
    """Whether every thing in it is read by itself, so that some customer is surely like this."""
    return all(
        isinstance(variable, Standing | Asked)
        or (
            isinstance(variable, Read)
            and variable.scope in (Scope.ATTRIBUTE, Scope.MESSAGE, Scope.MESSAGE_DATA)
        )
        for variable in box
    )
