"""What one event does, by all situations, commitments and event rules: effects in a fixed order.

Everything is evaluated against the facts given, so the order of declarations decides nothing but the order of effects.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from artifact.decision import RuleRow
from artifact.event import Event, Subject
from artifact.facts import CommitmentState, Facts
from dsl.clock import inside
from dsl.effects import (
    AddPoints,
    CloseSituation,
    DropCommitment,
    EventEffect,
    KeepCommitment,
    MakeCommitment,
    MoveSituation,
    OpenSituation,
    RaiseEvent,
    RaiseTask,
    Send,
    SetFact,
    UpdateSituation,
    WatchSilence,
    Withdraw,
)
from dsl.interpret import Interpreter, first_missing
from dsl.program import (
    Assigned,
    Clause,
    ClosePlan,
    CommitmentPlan,
    EffectPlan,
    EventRule,
    MovePlan,
    OpenPlan,
    PointsPlan,
    Program,
    RaisePlan,
    SendPlan,
    SetPlan,
    SituationPlan,
    TaskPlan,
    Transition,
    Turn,
    Validity,
    WithdrawPlan,
)
from dsl.reading import Env, key_text, reference_of, the_situation
from dsl.subjects import subject_of
from dsl.typed import Condition, Expression
from dsl.values import day_start, to_json
from dsl.verdict import Raised, Reaction

Test = Callable[[Env], bool | None]
Compile = Callable[[Condition], Test]

PENDING, SILENT = "commitment.pending", "situation.silent"
"""Deadlines that only their own declaration hears of: a stage of a promise, the end of a silence."""

_CLOSED = ("situation.closed", "situation.expired")

_OWN = frozenset({"commitment.broken", PENDING, SILENT})
"""What a declaration hears of although no clause of it names it."""


class _Tried(NamedTuple):
    """A clause, ready to run."""

    clause: Clause
    tests: tuple[Test, ...]


class Reactions:
    """The part of a rulebook that reacts. `compile_condition` makes a condition runnable."""

    def __init__(self, program: Program, compile_condition: Compile) -> None:
        self.program = program
        self.keys = program.keys
        self._values = Interpreter(program.currency, program.figures)
        self._compile = compile_condition
        self._situations: dict[str, list[SituationPlan]] = {}
        self._commitments: dict[str, list[CommitmentPlan]] = {}
        self._rules: dict[str, list[EventRule]] = {}
        self._tried: dict[int, _Tried] = {}
        self._index()

    def _index(self) -> None:
        for situation in self.program.situations:
            self._enter(self._situations, situation, [t.clause for t in situation.transitions])
        for commitment in self.program.commitments:
            self._enter(self._commitments, commitment, [t.clause for t in commitment.transitions])
        for rule in sorted(self.program.event_rules, key=lambda rule: (-rule.priority, rule.name)):
            self._enter(self._rules, rule, [rule.clause])

    def _enter(self, index: dict[str, list[Any]], plan: Any, clauses: list[Clause]) -> None:
        for clause in clauses:
            self._tried[id(clause)] = _Tried(clause, tuple(self._compile(part) for part in clause.conditions))
        types = dict.fromkeys(trigger.type for clause in clauses for trigger in clause.triggers)
        for type_ in types:
            for name in _CLOSED if type_ == "situation.closed" else (type_,):
                index.setdefault(name, []).append(plan)

    def react(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """All that this event does."""
        return _Run(self, event, facts, zone).reaction()

    def hears(self, type_: str) -> bool:
        """Whether anything may come of events of this type."""
        return type_ in _OWN or any(self.candidates(type_))

    def candidates(self, type_: str) -> tuple[list[SituationPlan], list[CommitmentPlan], list[EventRule]]:
        """What can react to events of this type."""
        return self._situations.get(type_, []), self._commitments.get(type_, []), self._rules.get(type_, [])

    def broken(self, name: str) -> CommitmentPlan | None:
        """The commitment that an event says is broken."""
        return next((plan for plan in self.program.commitments if plan.name == name and plan.if_broken), None)

    def tests(self, clause: Clause) -> tuple[Test, ...]:
        """The conditions of a clause, ready to run."""
        return self._tried[id(clause)].tests

    def missing(self, clause: Clause, env: Env) -> str:
        """The name of the first unknown thing."""
        return first_missing(clause.conditions, env, self._values)

    def data(self, assigned: Assigned, env: Env) -> dict[str, Any]:
        """Assigned fields as plain JSON; what is unknown is left out."""
        found = {}
        for name, expression in assigned:
            value = to_json(self._values.value(expression, env), expression.type, self.program.currency)
            if value is not None:
                found[name] = value
        return found

    def amount(self, points: Expression, env: Env) -> Any:
        """Points as plain JSON; None if they are unknown."""
        return to_json(self._values.value(points, env), points.type, self.program.currency)

    def value(self, plan: SetPlan, env: Env) -> Any:
        """The value of a `set`, as plain JSON; None if it is unknown."""
        if plan.value is None:
            return None
        return to_json(self._values.value(plan.value, env), plan.value.type, self.program.currency)


class _Run:
    """One event against one customer's facts."""

    def __init__(self, reactions: Reactions, event: Event, facts: Facts, zone: str) -> None:
        self.to, self.event, self.facts, self.zone = reactions, event, facts, zone
        self.raised: list[Raised] = []
        self.rows: list[RuleRow] = []
        self.counts: dict[str, int] = {}
        self.opened: dict[str, set[str]] = {}
        # One for the whole event: all of it is evaluated against the same facts, so what was read once stands.
        self.env = Env(facts, zone, event.at, reactions.keys, event=event, subject=event.about)

    def reaction(self) -> Reaction:
        situations, commitments, rules = self.to.candidates(self.event.type)
        for situation in situations:
            self._guarded(situation.kind, lambda plan=situation: self._situation(plan))  # type: ignore[misc]
        for commitment in commitments:
            self._guarded(commitment.name, lambda plan=commitment: self._commitment(plan))  # type: ignore[misc]
        if self.event.type == "commitment.broken" and self.event.about is not None:
            broken = self.to.broken(self.event.about.kind)
            if broken is not None:
                self._guarded(broken.name, lambda: self._effects(broken.name, broken.if_broken))
        elif self.event.type == PENDING:
            self._pending()
        elif self.event.type == SILENT:
            self._silent()
        for rule in rules:
            self._guarded(rule.name, lambda one=rule: self._rule(one))  # type: ignore[misc]
        return Reaction(tuple(self.raised), tuple(self.rows))

    def _guarded(self, name: str, run: Callable[[], None]) -> None:
        """An error of one rule is a row of its own and never stops the others."""
        before = len(self.raised)
        try:
            run()
        except Exception as error:
            del self.raised[before:]
            self.rows.append(RuleRow(name, "ERROR", fault_of(error)))

    def _emit(self, rule: str, effect: EventEffect) -> None:
        ordinal = self.counts.get(rule, 0)
        self.counts[rule] = ordinal + 1
        self.raised.append(Raised(rule, ordinal, effect))

    def _triggered(self, clause: Clause) -> bool:
        about = self.event.about.kind if self.event.about else None
        for trigger in clause.triggers:
            same = trigger.type == self.event.type or (
                trigger.type == "situation.closed" and self.event.type in _CLOSED
            )
            if same and (trigger.owner is None or trigger.owner == about):
                return True
        return False

    def _holds(self, name: str, clause: Clause) -> bool:
        """Whether a clause applies to this event; writes the row that says why not."""
        env, answer, missing = self.env, True, False
        for number, test in enumerate(self.to.tests(clause), 1):
            found = test(env)
            if found is False:
                self.rows.append(RuleRow(name, "NOT_MET", number))
                return False
            missing = missing or found is None
        if missing:
            self.rows.append(RuleRow(name, "UNKNOWN", self.to.missing(clause, self.env)))
            answer = False
        else:
            self.rows.append(RuleRow(name, "FIRED"))
        return answer

    # ---- situations and commitments

    def _situation(self, plan: SituationPlan) -> None:
        for transition in plan.transitions:
            if self._triggered(transition.clause):
                opening = transition.turn in (Turn.OPEN, Turn.WATCH)
                reference = self._reference(plan.kind, plan.one_per, opening)
                if reference is None:
                    self.rows.append(RuleRow(plan.kind, "UNKNOWN", plan.one_per))
                elif self._holds(plan.kind, transition.clause):
                    self._turn(plan, transition, reference)

    def _reference(self, kind: str, key: str | None, opening: bool) -> str | None:
        """Which one of its kind this event speaks of. Only one that is open can be meant without being named."""
        if key is None:
            return ""
        env = self.env
        reference = reference_of(env, kind)
        if reference is None and not opening:
            running = [one for one in env.situations(kind) if one.open]
            return running[0].reference if len(running) == 1 else None
        return reference

    def _turn(self, plan: SituationPlan, transition: Transition, reference: str) -> None:
        kind, data = plan.kind, self._remembered(plan)
        if transition.turn is Turn.WATCH and transition.silence is not None:
            key = {name: self.event.data[name] for name in (plan.one_per,) if name in self.event.data}
            self._emit(kind, WatchSilence(kind, reference, transition.silence, {**key, **data}))
        elif not self._runs(kind, reference):
            if transition.turn is Turn.OPEN:
                self._opening(plan, reference)
        elif transition.turn is Turn.MOVE:
            self._emit(kind, MoveSituation(kind, reference, transition.state, data))
        elif transition.turn is Turn.CLOSE:
            self._emit(kind, CloseSituation(kind, reference, data))
        elif data:
            self._emit(kind, UpdateSituation(kind, reference, data))

    def _remembered(self, plan: SituationPlan) -> dict[str, Any]:
        return {name: self.event.data[name] for name in plan.remembers if name in self.event.data}

    def _runs(self, kind: str, reference: str) -> bool:
        """Whether it is open, or is opened by this very event."""
        return reference in self.opened.get(kind, ()) or any(
            one.open and one.reference == reference and one.kind == kind for one in self.facts.situations
        )

    def _opening(self, plan: SituationPlan, reference: str) -> None:
        if not self._runs(plan.kind, reference):
            self.opened.setdefault(plan.kind, set()).add(reference)
            data = self._remembered(plan)
            self._emit(plan.kind, OpenSituation(plan.kind, reference, data, plan.expires_after))

    def _commitment(self, plan: CommitmentPlan) -> None:
        for transition in plan.transitions:
            if not self._triggered(transition.clause):
                continue
            references = self._promised(plan, transition.turn)
            if not references:
                self.rows.append(RuleRow(plan.name, "UNKNOWN", plan.one_per))
            elif self._holds(plan.name, transition.clause):
                for reference in references:
                    self._promise(plan, transition.turn, reference)

    def _promised(self, plan: CommitmentPlan, turn: Turn) -> list[str]:
        """Which promises this event speaks of. One that names none keeps the only pending one, and ends them all."""
        if plan.one_per is None:
            return [""]
        reference = reference_of(self.env, plan.name)
        if reference is not None or turn is Turn.MAKE:
            return [] if reference is None else [reference]
        commitments = self.facts.commitments
        pending = [
            c.reference for c in commitments if c.name == plan.name and c.state is CommitmentState.OPEN
        ]
        return pending if turn is Turn.DROP or len(pending) == 1 else []

    def _promise(self, plan: CommitmentPlan, turn: Turn, reference: str) -> None:
        if turn is Turn.MAKE:
            about = self.event.about or self._subject(plan.one_per)
            stages = tuple(stage.after for stage in plan.stages)
            data = dict(self.event.data)
            self._emit(plan.name, MakeCommitment(plan.name, reference, plan.within, about, data, stages))
        elif turn is Turn.KEEP:
            self._emit(plan.name, KeepCommitment(plan.name, reference))
        else:
            self._emit(plan.name, DropCommitment(plan.name, reference))

    def _pending(self) -> None:
        """A stage of a promise that is still pending; its number is the event's `seq`."""
        event, plans = self.event, self.to.program.commitments
        plan = next((plan for plan in plans if event.about and plan.name == event.about.kind), None)
        if plan is not None and event.seq is not None and event.seq < len(plan.stages):
            effects = plan.stages[event.seq].effects
            self._guarded(plan.name, lambda: self._effects(plan.name, effects))

    def _silent(self) -> None:
        """A silence has lasted: its situation opens, if the rulebook still says so."""
        about = self.event.about
        for plan in self.to.program.situations:
            listens = any(transition.turn is Turn.WATCH for transition in plan.transitions)
            if listens and about is not None and plan.kind == about.kind:
                self._opening(plan, about.reference)

    # ---- event rules

    def _rule(self, rule: EventRule) -> None:
        if not self._triggered(rule.clause):
            return
        if rule.validity is not None and not valid(rule.validity, self.env):
            self.rows.append(RuleRow(rule.name, "NOT_MET", 0))
        elif self._holds(rule.name, rule.clause):
            self._effects(rule.name, rule.effects)

    def _effects(self, name: str, plans: tuple[EffectPlan, ...]) -> None:
        for plan in plans:
            effect = self._effect(plan)
            if effect is not None:
                self._emit(name, effect)

    def _effect(self, plan: EffectPlan) -> EventEffect | None:
        env = self.env
        match plan:
            case SendPlan():
                return self._send(plan, env)
            case WithdrawPlan(topics):
                return Withdraw(topics)
            case TaskPlan(kind, team, due_in, is_alert):
                return RaiseTask(kind, team, due_in, is_alert, self._subject(None))
            case SetPlan(name):
                value = self.to.value(plan, env)
                return SetFact(name, value) if value is not None or plan.value is None else None
            case PointsPlan(score, points, because):
                amount = self.to.amount(points, env)
                return AddPoints(score, amount, because) if amount is not None else None
            case RaisePlan(type_, data):
                return RaiseEvent(type_, self.to.data(data, env), self._subject(None))
            case OpenPlan(kind, data):
                return self._open(kind, self.to.data(data, env))
            case ClosePlan(kind):
                one = the_situation(env, kind)
                return CloseSituation(kind, one.reference) if one is not None else None
            case MovePlan(kind, state):
                one = the_situation(env, kind)
                return MoveSituation(kind, one.reference, state) if one is not None else None

    def _open(self, kind: str, data: dict[str, Any]) -> EventEffect | None:
        plan = next(plan for plan in self.to.program.situations if plan.kind == kind)
        reference = (
            "" if plan.one_per is None else key_text(data.get(plan.one_per)) or reference_of(self.env, kind)
        )
        if reference is None:
            return None
        if any(one.open and (one.kind, one.reference) == (kind, reference) for one in self.facts.situations):
            return UpdateSituation(kind, reference, data)
        return OpenSituation(kind, reference, data, plan.expires_after)

    def _send(self, plan: SendPlan, env: Env) -> EventEffect:
        data = self.to.data(plan.data, env)
        topic = self.to.program.topics.get(plan.topic)
        key = topic.one_per if topic else None
        value = key_text(data.get(key, self.event.data.get(key))) if key else None
        return Send(plan.topic, plan.channels, self._subject(key, value), value, data)

    def _subject(self, key: str | None, value: str | None = None) -> Subject | None:
        turned = self.to.candidates(self.event.type)[0]
        return subject_of(self.event, self.facts, self.to.program, turned, key, value)


def valid(validity: Validity, env: Env) -> bool:
    """Whether a rule is valid at the time of the evaluation; notes when that changes."""
    last = None if validity.last is None else day_start(validity.last + 1, env.zone)
    return inside(env, (day_start(validity.first, env.zone), last))


def fault_of(error: Exception) -> str:
    """An error of a rule in the author's words."""
    if isinstance(error, OverflowError | ValueError):
        return "a date beyond the calendar"
    return str(getattr(error, "message", "")) or "the calculation failed"
