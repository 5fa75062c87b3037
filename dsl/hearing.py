"""Which clauses an event can set going: found by its type, by what it is about, and by their plain conditions.

A payment is heard by twenty clauses of a bank and sets two going. As for rules about messages (dsl.index), each named
thing is looked at once and rules out every clause that it rules out; only those that are left are run. It is simpler
here, because a clause that cannot tell does nothing, as if it said no, and because no answer is kept for later. Refuses
to run anything.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from dsl.columns import Column, Zone, mask_of, raw_zone
from dsl.conditions import Compile, Test
from dsl.index import chosen
from dsl.plain import Atom, Source, atom_of, parts_of
from dsl.program import Trigger
from dsl.reading import Env, Getter, commitment_is, getter, raw_getter, situation_is, situation_known
from dsl.typed import (
    CommitmentIs,
    Compare,
    Condition,
    Dated,
    Literal,
    Parameter,
    Read,
    Scope,
    SituationIs,
    SituationKnown,
)


class Listener(msgspec.Struct, frozen=True):
    """A clause of a declaration, with what it does: `run` is given the event at hand and the clause, ready to run.

    `turns` is the kind of situation that must be open for it to do anything, `opens` the one that it opens.
    """

    name: str
    triggers: tuple[Trigger, ...]
    conditions: tuple[Condition, ...]
    run: Callable[..., None]
    turns: str | None = None
    opens: str | None = None


class Ready(msgspec.Struct, frozen=True):
    """A listener with those of its conditions that must still be asked."""

    listener: Listener
    tests: tuple[Test, ...]


class Look(msgspec.Struct, frozen=True):
    """One named thing. `ruled_out[zone]` are the listeners to which its value says no; `asking` all that read it."""

    load: Getter
    zone: Zone
    ruled_out: tuple[int, ...]
    asking: int


class Hearing:
    """The clauses that hear of one type of events (about one kind of subject), in the order in which they are run."""

    def __init__(self, listeners: Sequence[Listener], compile_condition: Compile, currency: str) -> None:
        places = range(len(listeners) - 1, -1, -1)  # of their bits: the first has the highest
        uses: dict[Source, list[tuple[int, Atom]]] = {}
        self._ready: list[Ready] = []
        for place, listener in zip(places, listeners, strict=True):
            atoms, rest = _taken_apart(listener.conditions)
            for atom in atoms:
                uses.setdefault(atom.source, []).append((place, atom))
            self._ready.append(Ready(listener, tuple(compile_condition(part) for part in rest)))
        of_the_event_first = sorted(uses, key=lambda source: not _is_raw(source))
        self._looks = [
            _look(Column(source, uses[source]), uses[source], currency) for source in of_the_event_first
        ]
        self._turned = _turned(listeners, places)
        self._all = (1 << len(listeners)) - 1

    def left(self, env: Env) -> Iterable[Ready]:
        """The clauses of which no plain condition fails."""
        out = self._nothing_to_turn(env)
        for look in self._looks:
            if look.asking & ~out:
                out |= look.ruled_out[look.zone(look.load(env))]
        return chosen(self._ready, self._all & ~out)

    def _nothing_to_turn(self, env: Env) -> int:
        """The clauses that move or close what is not open."""
        if not self._turned:
            return 0
        running = {one.kind for one in env.facts.situations if one.open}
        return sum(mask for kind, mask in self._turned.items() if kind not in running)


def _turned(listeners: Sequence[Listener], places: Iterable[int]) -> dict[str, int]:
    """By kind of situation the clauses that do nothing unless one is open, and none is opened by this very event."""
    opened = {listener.opens for listener in listeners}
    found: dict[str, int] = {}
    for place, listener in zip(places, listeners, strict=True):
        if listener.turns is not None and listener.turns not in opened:
            found[listener.turns] = found.get(listener.turns, 0) | 1 << place
    return found


def _taken_apart(conditions: tuple[Condition, ...]) -> tuple[list[Atom], list[Condition]]:
    """The plain tests that conditions joined by `and` are made of, and the rest."""
    atoms: list[Atom] = []
    rest: list[Condition] = []
    for part in (part for condition in conditions for part in parts_of(condition)):
        atom = atom_of(_settled(part))
        if atom is None:
            rest.append(part)
        else:
            atoms.append(atom)
    return atoms, rest


def _settled(condition: Condition) -> Condition:
    """The same, with a parameter that has one value for all days read as that value."""
    match condition:
        case Compare(relation, left, Parameter(_, (Dated(None, Literal() as literal),))):
            return Compare(relation, left, literal)
        case _:
            return condition


def _look(column: Column, uses: list[tuple[int, Atom]], currency: str) -> Look:
    unknown = column.false[0] | column.unknown
    asking = mask_of([place for place, _ in uses])
    return Look(*_reading(column, currency), (unknown, *column.false[1:]), asking)


def _reading(column: Column, currency: str) -> tuple[Getter, Zone]:
    """What reads the value that a column is about, and finds its zone."""
    match column.source:
        case Read() as read if _is_raw(read):
            return raw_getter(read), raw_zone(column, read.type, currency)
        case Read() as read:
            return getter(read, currency), column.zone
        case SituationIs(kind, state):
            return partial(situation_is, kind=kind, state=state), column.zone
        case SituationKnown(kind):
            return partial(situation_known, kind=kind), column.zone
        case CommitmentIs(name, state):
            return partial(commitment_is, name=name, state=state), column.zone
        case other:
            raise AssertionError(other)


def _is_raw(source: Source) -> bool:
    """Whether it is kept as plain JSON, and quick to find."""
    return isinstance(source, Read) and source.scope in (Scope.EVENT, Scope.ATTRIBUTE)
