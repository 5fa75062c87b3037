"""Which conditions are plain: a test of one named thing that is the same for every rule that makes it.

The index of a rulebook is made of them (dsl.index), so every rule is asked its plain conditions before any other, in
the compiled form and in the interpreter alike. Conditions on time, and on how many there were, come second, of the rules that are left by then: whoever asks
them must remember when the answer changes. Refuses, that is leaves to be run by itself, whatever reckons,
quantifies, or joins by `or`; and any node that it does not know.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from artifact.span import Span, Unit
from dsl.program import MessageRule, Program
from dsl.typed import (
    Aggregate,
    And,
    CommitmentIs,
    Compare,
    Condition,
    Form,
    IsKnown,
    Items,
    Literal,
    Not,
    OneOf,
    Read,
    Relation,
    Scope,
    SituationIs,
    SituationKnown,
    Truth,
    Within,
)
from dsl.types import NUMERIC, Kind, family
from dsl.values import Value


class Lapse(NamedTuple):
    """How far now is from a moment, on the calendar's steps of one unit. Its values are Edges."""

    moment: Read
    unit: Unit | None


class Edge(NamedTuple):
    """A step from a moment: `amount` units later, then `past` more of what is smallest (a microsecond, or a day)."""

    amount: int = 0
    past: int = 0


Source: TypeAlias = Read | SituationIs | SituationKnown | CommitmentIs | Lapse | Aggregate
"""What is looked at. Of a situation or commitment that is asked for the value is yes or no, never unknown."""

DISCRETE = frozenset({Kind.ONE_OF, Kind.TEXT, Kind.YES_NO, Kind.CHANNEL})
LADDERED = NUMERIC | {Kind.MONEY, Kind.DATE, Kind.INSTANT}

_SCOPES = frozenset(
    {
        Scope.ATTRIBUTE,
        Scope.CUSTOMER,
        Scope.SITUATION,
        Scope.COMMITMENT,
        Scope.EVENT,
        Scope.MESSAGE,
        Scope.MESSAGE_DATA,
    }
)


class Among(NamedTuple):
    """The value is one of these."""

    source: Source
    values: frozenset[Value]
    denied: bool = False


class Beside(NamedTuple):
    """The value stands so to a fixed one."""

    source: Source
    relation: Relation
    value: Value


class Known(NamedTuple):
    """The value is known. Never unknown itself."""

    source: Source
    denied: bool = False


Atom: TypeAlias = Among | Beside | Known

_YES = frozenset({True})

_OPPOSITE = {
    Relation.EQ: Relation.NE,
    Relation.NE: Relation.EQ,
    Relation.LT: Relation.GE,
    Relation.LE: Relation.GT,
    Relation.GT: Relation.LE,
    Relation.GE: Relation.LT,
}


Part: TypeAlias = tuple[int, Condition, Atom]
"""A condition with its number in the rule, and a test that it asks for."""


class Split(NamedTuple):
    """The conditions of a rule, taken apart where `and` joins them, in the order in which they are asked."""

    plain: tuple[Part, ...]
    timed: tuple[Part, ...]
    rest: tuple[tuple[int, Condition], ...]

    def unasked(self, number: int, *, timed: bool) -> tuple[int, ...]:
        """Conditions before the one of this number that nobody asks, or not whole, where it says no. `timed`: it is one on time."""
        later = [one for one, _ in self.rest] + ([] if timed else [one for one, _, _ in self.timed])
        return tuple(sorted({one for one in later if one < number}))


def split(rule: MessageRule) -> Split:
    """The conditions of a rule: plain ones, those on time, and the rest. All keep the author's order."""
    plain: list[Part] = []
    timed: list[Part] = []
    rest: list[tuple[int, Condition]] = []
    for number, condition in enumerate(rule.conditions, 1):
        for part in parts_of(condition):
            atom = atom_of(part)
            found = waits_of(part)
            if atom is not None:
                plain.append((number, part, atom))
            elif found:
                timed += ((number, part, one) for one in found)
            else:
                rest.append((number, part))
    return Split(tuple(plain), tuple(timed), tuple(rest))


def parts_of(condition: Condition) -> Iterator[Condition]:
    """What a condition joins by `and`, in the author's order."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from parts_of(part)
    else:
        yield condition


def atom_of(condition: Condition) -> Atom | None:
    """The plain test that a condition is, or None."""
    match condition:
        case Not(part):
            atom = atom_of(part)
            return None if atom is None else _denied(atom)
        case SituationIs() | SituationKnown() | CommitmentIs():
            return Among(condition, _YES)
        case IsKnown(Read() as read) if read.scope in _SCOPES:
            return Known(read)
        case Truth(Read() as read) if read.scope in _SCOPES and read.type.kind is Kind.YES_NO:
            return Among(read, _YES)
        case OneOf(Read() as read, values) if read.scope in _SCOPES and read.type.kind in DISCRETE:
            return Among(read, frozenset(values))
        case Compare(relation, Read() as read, Literal() as literal) if read.scope in _SCOPES:
            return _beside(relation, read, literal)
        case _:
            return None


def waits_of(condition: Condition) -> tuple[Atom, ...]:
    """The tests that a condition on time, or on a number of things, asks for; all must hold. None if it is not plain."""
    match condition:
        case Within(form, Read() as read, span, absent_is_no) if read.scope in _SCOPES:
            if span is not None and not _steps_on(read, span):
                return ()
            source = Lapse(read, span.unit if span else None)
            edges = _edges(form, span.amount if span else 0)
            known = (Known(source),) if absent_is_no else ()
            return (*known, *(Beside(source, relation, edge) for relation, edge in edges))
        case Compare(
            relation, Aggregate(field=None, items=Items(condition=None)) as number, Literal() as literal
        ):
            atom = _beside(relation, number, literal)
            return () if atom is None else (atom,)
        case Not(Within() | Compare() as part):
            found = waits_of(part)
            return (_denied(found[0]),) if len(found) == 1 else ()
        case _:
            return ()


def _steps_on(read: Read, span: Span) -> bool:
    """Whether more of its unit is always later, for any brand: of a date, hours need not be."""
    elapsed = span.unit in (Unit.MINUTE, Unit.HOUR)
    return span.amount > 0 and span.calendar is None and not (elapsed and read.type.kind is Kind.DATE)


def _edges(form: Form, amount: int) -> tuple[tuple[Relation, Edge], ...]:
    """From which step on a window is open, and from which it is so no more."""
    match form:
        case Form.REACHED:
            return ((Relation.GE, Edge()),)
        case Form.PASSED:
            return ((Relation.GE, Edge(past=1)),)
        case Form.OLDER:
            return ((Relation.GE, Edge(amount)),)
        case Form.IN_LAST:
            return (Relation.GE, Edge()), (Relation.LT, Edge(amount))
        case Form.IN_NEXT:
            return (Relation.GE, Edge(-amount)), (Relation.LT, Edge(past=1))
        case Form.IS_NOW:
            return (Relation.GE, Edge()), (Relation.LT, Edge(past=1))


def _beside(relation: Relation, read: Read | Aggregate, literal: Literal) -> Atom | None:
    if family(read.type.kind) is not family(literal.type.kind) or literal.value is None:
        return None
    if read.type.kind in LADDERED:
        return Beside(read, relation, literal.value)
    if read.type.kind in DISCRETE and relation in (Relation.EQ, Relation.NE):
        return Among(read, frozenset({literal.value}), relation is Relation.NE)
    return None


def _denied(atom: Atom) -> Atom:
    match atom:
        case Beside(source, relation, value):
            return Beside(source, _OPPOSITE[relation], value)
        case Among(source, values, denied):
            return Among(source, values, not denied)
        case Known():
            return Known(atom.source, not atom.denied)


class About(NamedTuple):
    """The topics and categories that a rule speaks of, by its head and by plain conditions. None: any."""

    topics: frozenset[str] | None
    categories: frozenset[str] | None

    def admits(self, topic: str, category: str) -> bool:
        """Whether the rule is a candidate for messages of this topic."""
        return (self.topics is None or topic in self.topics) and (
            self.categories is None or category in self.categories
        )


def about(rule: MessageRule, parts: Split) -> About:
    """What a rule speaks of. One that does not speak of a message is no candidate, and is not explained."""
    topics = None if rule.topics is None else frozenset(rule.topics)
    categories = None if rule.categories is None else frozenset(rule.categories)
    for _, _, atom in parts.plain:
        match atom:
            case Among(Read(Scope.MESSAGE, _, "topic"), values, False):
                topics = values if topics is None else topics & values
            case Among(Read(Scope.MESSAGE, _, "category"), values, False):
                categories = values if categories is None else categories & values
            case _:
                pass
    return About(topics, categories)


class Candidate(NamedTuple):
    """A rule taken apart. `rank` is its place in the order in which rules win where only one can."""

    rank: int
    rule: MessageRule
    parts: Split
    about: About


def candidates(program: Program) -> tuple[Candidate, ...]:
    """All message rules, by rank."""
    ranked = sorted(program.judging, key=lambda rule: (-rule.priority, rule.specificity, rule.name))
    found = []
    for rank, rule in enumerate(ranked):
        parts = split(rule)
        found.append(Candidate(rank, rule, parts, about(rule, parts)))
    return tuple(found)
