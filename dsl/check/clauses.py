"""Clauses: `on claim.opened when ...`. What events one names, what can be read then, and what must hold.

A trigger may name an event, or a situation or commitment whose own events tell what it brings.
"""

from dsl.check import literals
from dsl.check.catalogue import Catalogue
from dsl.check.paths import merged
from dsl.check.symbols import Fields
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.lexicon import plain
from dsl.names import Names
from dsl.program import Clause, Transition, Trigger, Turn
from dsl.syntax import Node

TURNS = {
    "opens": Turn.OPEN,
    "becomes": Turn.MOVE,
    "updates": Turn.UPDATE,
    "closes": Turn.CLOSE,
    "made": Turn.MAKE,
    "kept": Turn.KEEP,
    "dropped": Turn.DROP,
    "opens_without": Turn.WATCH,
}


class Clauses:
    """What situations, commitments and rules say of events."""

    def __init__(self, catalogue: Catalogue, owners: Names[Node]) -> None:
        """`owners` are the situations and commitments, whose events a trigger may speak of."""
        self.catalogue, self.owners = catalogue, owners
        self.effects, self.desk, self.symbols = catalogue.effects, catalogue.desk, catalogue.symbols

    # ---- what an event brings

    def fields_of(self, trigger: Node, seen: frozenset[str] = frozenset()) -> list[Fields]:
        """The fields of the events that a trigger can be."""
        name = trigger.word().text
        if trigger.kind == "on_event":
            found = self.symbols.events.find(name)
            return [found] if found is not None else []
        owner = self.owners.find(name)
        if owner is None or name in seen:
            return []
        kinds = ("closes", "opens", "updates", "becomes") if trigger.kind == "on_close" else ("opens", "made")
        triggers = [t for part in owner.nodes() if part.kind in kinds for t in triggers_in(part)]
        silent = [t for part in owner.all("opens_without") for t in triggers_in(part)]
        broken = [fields for t in silent for fields in self.fields_of(t, seen | {name})]
        told = [fields for t in triggers for fields in self.fields_of(t, seen | {name})]
        return told + [_kept(owner, fields) for fields in broken]

    # ---- what a clause says

    def triggers(self, node: Node) -> tuple[Trigger, ...]:
        """The events that a clause names."""
        found = [self._trigger(trigger) for trigger in node.nodes()]
        return tuple(trigger for trigger in found if trigger)

    def _trigger(self, node: Node) -> Trigger | None:
        word = node.word()
        if node.kind == "on_event":
            if self.symbols.events.find(word.text) is None:
                self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.events, what="an event")
                return None
            return Trigger(self.symbols.events.spelled(word.text))
        if node.kind == "on_break":
            commitment = self.symbols.commitments.find(word.text)
            if commitment is None:
                self.desk.unknown(
                    Code.NAME_UNKNOWN, word, word.text, self.symbols.commitments, what="a commitment"
                )
                return None
            return Trigger("commitment.broken", commitment.name)
        info = self.symbols.situations.find(word.text)
        if info is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.situations, what="a situation")
            return None
        return Trigger("situation.opened" if node.kind == "on_open" else "situation.closed", info.kind)

    def clause(self, part: Node) -> Clause | None:
        """`on ... when ...`."""
        triggers = next(node for node in part.nodes() if node.kind == "triggers")
        when = next((node for node in part.nodes() if node.kind == "when"), None)
        where = self.where(triggers.nodes())
        found = self.effects.parts(when.node(), where) if when else ()
        resolved = self.triggers(triggers)
        return None if found is None or not resolved else Clause(resolved, found)

    def where(self, triggers: list[Node], *, clock: bool = False) -> Where:
        """What can be read when one of these happens."""
        fields, clashing = merged([f for trigger in triggers for f in self.fields_of(trigger)])
        return Where(event=fields, clashing=tuple(map(plain, clashing)), clock=clock)

    def transitions(self, node: Node, states: Names[str]) -> tuple[Transition, ...]:
        """All clauses of a situation, which has `states`, or of a commitment."""
        found = []
        for part in node.nodes():
            if part.kind in TURNS and (clause := self.clause(part)) is not None:
                state = states.spelled(part.word().text) if part.kind == "becomes" else ""
                silence = literals.window(self.desk, part.node()) if part.kind == "opens_without" else None
                found.append(Transition(TURNS[part.kind], clause, state, silence))
        return tuple(found)


def triggers_in(part: Node) -> list[Node]:
    """The triggers that one part of a declaration names."""
    return [t for node in part.nodes() if node.kind == "triggers" for t in node.nodes()]


def _kept(owner: Node, fields: Fields) -> Fields:
    """Of the event that was the last before a silence, what its situation keeps: its key, and what it remembers."""
    names = [part.word().text for part in owner.all("one_per")]
    names += [word.text for part in owner.all("remembers") for word in part.node().words()]
    found: Fields = Names()
    for name in names:
        if (of := fields.find(name)) is not None:
            found.add(fields.spelled(name), of)
    return found
