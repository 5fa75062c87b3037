"""Counts, sums and averages of events that forget to say of which account or claim.

Told where the events carry the key of something that goes on and do not begin it themselves: then a customer may have
many of them for each of her accounts, and an author often means one account.
"""

from collections.abc import Iterator
from typing import Any

from dsl.advice.rules import Remark
from dsl.errors import DiagnosticCode as Code
from dsl.program import CommitmentPlan, Program, SituationPlan, Turn
from dsl.typed import Aggregate, Items, Read, Scope, Source
from dsl.walk import parts_of


def remarks_on_counting(program: Program) -> Iterator[Remark]:
    """One remark for each count, in the order of the text within each kind of declaration."""
    begun = _begun(program)
    keys = {plan.one_per for plan in _keyed(program) if plan.one_per}
    for kind, name, tree in _declarations(program):
        for one in _aggregates(tree):
            fields = program.events.get(one.items.name, {})
            for key in sorted(keys & set(fields)):
                if (one.items.name, key) not in begun and not _names(one.items, key):
                    yield Remark(Code.AGGREGATE_OF_ALL, kind, name, {"text": one.shown, "field": key})


def _keyed(program: Program) -> tuple[SituationPlan | CommitmentPlan, ...]:
    return (*program.situations, *program.commitments)


def _begun(program: Program) -> set[tuple[str, str]]:
    """Types of events that open or make something, with its key: of these there is one for each."""
    return {
        (trigger.type, plan.one_per)
        for plan in _keyed(program)
        if plan.one_per
        for transition in plan.transitions
        if transition.turn in (Turn.OPEN, Turn.MAKE)
        for trigger in transition.clause.triggers
    }


def _declarations(program: Program) -> Iterator[tuple[str, str, Any]]:
    yield from (("event_rule", rule.name, rule) for rule in program.event_rules)
    yield from (("message_rule", rule.name, rule) for rule in program.message_rules)
    yield from (("situation", plan.kind, plan) for plan in program.situations)
    yield from (("scorecard", card.name, card) for card in program.scorecards.values())


def _aggregates(tree: Any) -> Iterator[Aggregate]:
    """Every one of events in a declaration, however deep."""
    return (one for one in parts_of(tree) if isinstance(one, Aggregate) and one.items.source is Source.EVENTS)


def _names(items: Items, key: str) -> bool:
    """Whether the condition on its members speaks of the key."""
    reads = (one for one in parts_of(items.condition) if isinstance(one, Read))
    return any(read.scope is Scope.ROW and read.field == key for read in reads)
