"""What one event does, by all situations, commitments and event rules: effects in a fixed order.

Everything is evaluated against the facts given, so the order of declarations decides nothing but the order of effects.
An error of one clause never stops the others.
"""

from collections.abc import Iterator
from functools import partial

from artifact.event import Event
from artifact.facts import Facts
from dsl.conditions import Compile, fault_of, valid
from dsl.happening import Happening, Told
from dsl.hearing import Hearing, Listener, Ready
from dsl.interpret import Interpreter
from dsl.outcomes import Outcomes
from dsl.program import CommitmentPlan, EventRule, Program, SituationPlan, Trigger, Turn
from dsl.turning import OPENING, fall_silent, promise, turn
from dsl.verdict import Reaction

PENDING, SILENT = "commitment.pending", "situation.silent"
"""Deadlines that only their own declaration hears of: a stage of a promise, the end of a silence."""

_CLOSED = ("situation.closed", "situation.expired")

_NOTHING = Reaction()


class Reactions:
    """The part of a rulebook that reacts. `compile_condition` makes a condition runnable: when it is first heard."""

    def __init__(self, program: Program, compile_condition: Compile) -> None:
        self._keys, self._currency, self._compile = program.keys, program.currency, compile_condition
        self._values = Interpreter(program.currency, program.figures)
        self._outcomes = Outcomes(program, self._values, _turned_by(program))
        self._listeners: dict[str, list[Listener]] = {}
        for listener in self._all(program):
            for type_ in _types(listener.triggers):
                self._listeners.setdefault(type_, []).append(listener)
        self._owners = {
            type_: {trigger.owner for listener in heard for trigger in listener.triggers}
            for type_, heard in self._listeners.items()
        }
        self._hearings: dict[tuple[str, str | None], Hearing] = {}

    def _all(self, program: Program) -> Iterator[Listener]:
        """Every clause, in the order in which they are run: transitions, broken promises, stages, silences, rules."""
        for situation in program.situations:
            yield from _of_situation(situation)
        for promised in program.commitments:
            for one in promised.transitions:
                run = partial(promise, plan=promised, transition=one, outcomes=self._outcomes)
                yield Listener(promised.name, one.clause.triggers, one.clause.conditions, run)
        yield from self._deadlines(program)
        for rule in sorted(program.event_rules, key=lambda rule: (-rule.priority, rule.name)):
            yield Listener(
                rule.name, rule.clause.triggers, rule.clause.conditions, partial(self._rule, rule=rule)
            )

    def _deadlines(self, program: Program) -> Iterator[Listener]:
        """What each declaration does at its own."""
        for plan in program.commitments:
            if plan.if_broken:
                broken = Trigger("commitment.broken", plan.name)
                yield Listener(plan.name, (broken,), (), partial(self._broken, plan=plan))
            if plan.stages:
                yield Listener(plan.name, (Trigger(PENDING, plan.name),), (), partial(self._stage, plan=plan))
        for kind in program.situations:
            if any(one.turn is Turn.WATCH for one in kind.transitions):
                yield Listener(kind.kind, (Trigger(SILENT, kind.kind),), (), partial(fall_silent, plan=kind))

    def hears(self, type_: str) -> bool:
        """Whether anything may come of events of this type."""
        return type_ in self._listeners

    def react(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """All that this event does."""
        if event.type not in self._listeners:
            return _NOTHING
        one = Happening(event, facts, zone, self._keys)
        for ready in self._hearing(event).left(one.env):
            _run(one, ready)
        return Reaction(tuple(one.raised))

    def explained(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """The same, with a row for every clause that hears of it: each is asked by itself, without an index."""
        one = Told(event, facts, zone, self._keys, self._values)
        for listener in self._listeners.get(event.type, ()):
            if _is_triggered(listener, event.type, event.about.kind if event.about else None):
                _run(one, Ready(listener, tuple(map(self._compile, listener.conditions))))
        return Reaction(tuple(one.raised), tuple(one.rows))

    def _hearing(self, event: Event) -> Hearing:
        about = event.about.kind if event.about else None
        key = event.type, about if about in self._owners[event.type] else None
        found = self._hearings.get(key)
        if found is None:
            heard = [one for one in self._listeners[event.type] if _is_triggered(one, *key)]
            found = self._hearings[key] = Hearing(heard, self._compile, self._currency)
        return found

    def _broken(self, one: Happening, ready: Ready, plan: CommitmentPlan) -> None:
        self._outcomes.do(one, plan.name, plan.if_broken)

    def _stage(self, one: Happening, ready: Ready, plan: CommitmentPlan) -> None:
        """A stage of a promise that is still pending; its number is the event's `seq`."""
        seq = one.event.seq
        if seq is not None and seq < len(plan.stages):
            self._outcomes.do(one, plan.name, plan.stages[seq].effects)

    def _rule(self, one: Happening, ready: Ready, rule: EventRule) -> None:
        if rule.validity is not None and not valid(rule.validity, one.env):
            one.row(rule.name, "NOT_MET", 0)
        elif one.holds(ready):
            self._outcomes.do(one, rule.name, rule.effects)


def _turned_by(program: Program) -> dict[str, list[SituationPlan]]:
    """The situations that hear of each type of events."""
    found: dict[str, list[SituationPlan]] = {}
    for plan in program.situations:
        triggers = tuple(trigger for one in plan.transitions for trigger in one.clause.triggers)
        for type_ in _types(triggers):
            found.setdefault(type_, []).append(plan)
    return found


def _of_situation(plan: SituationPlan) -> Iterator[Listener]:
    for one in plan.transitions:
        yield Listener(
            plan.kind,
            one.clause.triggers,
            one.clause.conditions,
            partial(turn, plan=plan, transition=one),
            turns=None if one.turn in OPENING else plan.kind,
            opens=plan.kind if one.turn is Turn.OPEN else None,
        )


def _types(triggers: tuple[Trigger, ...]) -> dict[str, None]:
    """The types of events that these name. What expires closes."""
    named = (_CLOSED if trigger.type == "situation.closed" else (trigger.type,) for trigger in triggers)
    return dict.fromkeys(type_ for types in named for type_ in types)


def _is_triggered(listener: Listener, type_: str, about: str | None) -> bool:
    return any(
        trigger.owner in (None, about) and type_ in _types((trigger,)) for trigger in listener.triggers
    )


def _run(one: Happening, ready: Ready) -> None:
    """An error of one clause is a row of its own and takes back what that clause has done."""
    before = len(one.raised)
    try:
        ready.listener.run(one, ready)
    except Exception as error:
        del one.raised[before:]
        one.row(ready.listener.name, "ERROR", fault_of(error))
