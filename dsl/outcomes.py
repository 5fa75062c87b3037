"""What the `then` of a rule, of a broken promise or of a stage comes to: its effects, with their values worked out."""

from collections.abc import Mapping
from typing import Any

from artifact.event import Subject
from dsl.effects import (
    AddPoints,
    CloseSituation,
    EventEffect,
    MoveSituation,
    OpenSituation,
    RaiseEvent,
    RaiseTask,
    Send,
    SetFact,
    UpdateSituation,
    Withdraw,
)
from dsl.happening import Happening
from dsl.interpret import Interpreter
from dsl.program import (
    Assigned,
    ClosePlan,
    EffectPlan,
    MovePlan,
    OpenPlan,
    PointsPlan,
    Program,
    RaisePlan,
    SendPlan,
    SetPlan,
    SituationPlan,
    TaskPlan,
    WithdrawPlan,
)
from dsl.reading import key_text, reference_of, the_situation
from dsl.subjects import subject_of
from dsl.typed import Expression
from dsl.values import to_json


class Outcomes:
    """The effects of one rulebook. `turned` are the situations that hear of a type of events."""

    def __init__(
        self, program: Program, values: Interpreter, turned: Mapping[str, list[SituationPlan]]
    ) -> None:
        self._program, self._values, self._turned = program, values, turned

    def do(self, one: Happening, name: str, plans: tuple[EffectPlan, ...]) -> None:
        """All effects of a rule, in its order."""
        for plan in plans:
            effect = self._effect(one, plan)
            if effect is not None:
                one.emit(name, effect)

    def subject(self, one: Happening, key: str | None, value: str | None = None) -> Subject | None:
        """What comes of this event is about."""
        turned = self._turned.get(one.event.type, [])
        return subject_of(one.event, one.facts, self._program, turned, key, value)

    def _effect(self, one: Happening, plan: EffectPlan) -> EventEffect | None:
        match plan:
            case SendPlan():
                return self._send(one, plan)
            case WithdrawPlan(topics):
                return Withdraw(topics)
            case TaskPlan(kind, team, due_in, is_alert):
                return RaiseTask(kind, team, due_in, is_alert, self.subject(one, None))
            case SetPlan(name, expression):
                value = None if expression is None else self._value(one, expression)
                return SetFact(name, value) if value is not None or expression is None else None
            case PointsPlan(score, points, because):
                amount = self._value(one, points)
                return AddPoints(score, amount, because) if amount is not None else None
            case RaisePlan(type_, data):
                return RaiseEvent(type_, self._data(one, data), self.subject(one, None))
            case OpenPlan(kind, data):
                return self._open(one, kind, self._data(one, data))
            case ClosePlan(kind):
                found = the_situation(one.env, kind)
                return CloseSituation(kind, found.reference) if found is not None else None
            case MovePlan(kind, state):
                found = the_situation(one.env, kind)
                return MoveSituation(kind, found.reference, state) if found is not None else None

    def _value(self, one: Happening, expression: Expression) -> Any:
        """As plain JSON; None if it is unknown."""
        return to_json(self._values.value(expression, one.env), expression.type, self._program.currency)

    def _data(self, one: Happening, assigned: Assigned) -> dict[str, Any]:
        """Assigned fields; what is unknown is left out."""
        found = {name: self._value(one, expression) for name, expression in assigned}
        return {name: value for name, value in found.items() if value is not None}

    def _open(self, one: Happening, kind: str, data: dict[str, Any]) -> EventEffect | None:
        plan = next(plan for plan in self._program.situations if plan.kind == kind)
        reference = (
            "" if plan.one_per is None else key_text(data.get(plan.one_per)) or reference_of(one.env, kind)
        )
        if reference is None:
            return None
        if any(
            each.open and (each.kind, each.reference) == (kind, reference) for each in one.facts.situations
        ):
            return UpdateSituation(kind, reference, data)
        return OpenSituation(kind, reference, data, plan.expires_after)

    def _send(self, one: Happening, plan: SendPlan) -> EventEffect:
        data = self._data(one, plan.data)
        topic = self._program.topics.get(plan.topic)
        key = topic.one_per if topic else None
        value = key_text(data.get(key, one.event.data.get(key))) if key else None
        return Send(plan.topic, plan.channels, self.subject(one, key, value), value, data)
