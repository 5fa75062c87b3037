"""Tests of a rulebook, typed into data: names and values are checked here, running is the engine's part."""

from typing import Any

from msgspec.structs import replace

from artifact.errors import InputError
from artifact.event import Subject
from artifact.facts import EMPTY_FACTS
from artifact.instant import Instant
from dsl.check import literals
from dsl.check.collector import LONGEST_LIST
from dsl.check.effects import EVENT_VERBS, MESSAGE_VERBS, Effects
from dsl.check.header import Header, Placed
from dsl.check.lists import said_info
from dsl.check.said import said
from dsl.check.symbols import Fields, ListInfo
from dsl.check.where import Where
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
    Withdraw,
)
from dsl.errors import DiagnosticCode as Code
from dsl.interpret import Interpreter
from dsl.names import Names
from dsl.program import (
    Assigned,
    ClosePlan,
    EffectPlan,
    MovePlan,
    OpenPlan,
    PointsPlan,
    RaisePlan,
    SendPlan,
    SetPlan,
    TaskPlan,
    WithdrawPlan,
)
from dsl.reading import COMMITMENT_STATES, Env, key_text
from dsl.rulebook import Topic
from dsl.syntax import Node, Word
from dsl.trial import (
    Asks,
    Expectation,
    ExpectEffect,
    ExpectNothing,
    Expects,
    ExpectTrue,
    Given,
    GivenArm,
    GivenCommitment,
    GivenEvent,
    GivenFact,
    GivenItems,
    GivenSaid,
    GivenSituation,
    Happens,
    Later,
    RulebookTest,
    Step,
)
from dsl.typed import DayStart, Expression
from dsl.types import INSTANT, TEXT, Kind, Type
from dsl.values import to_json

_ANYWHERE = Where(clock=True)


class Tests:
    """Types tests. `topics` are those of the program, whose keys say what a message is about."""

    def __init__(self, effects: Effects, header: Header, topics: dict[str, Topic]) -> None:
        self.effects, self.desk, self.symbols = effects, effects.desk, effects.symbols
        self.header, self.topics = header, topics
        self.values = Interpreter(header.currency)
        self.at: Instant = 0
        self.name, self.text = Word("STRING", "", 0, 0), ""

    def test(self, placed: Placed, text: str) -> RulebookTest:
        """One test."""
        node, self.desk.base = placed
        self.name, self.text = node.word(), text
        start = next(node.all("at"), None)
        self.at = self._instant(start.node()) if start else 0
        if start is None:
            self.desk.report(Code.TEST_UNSTARTED, node.word(), text=node.word().text)
        given: list[Given] = []
        steps: list[Step] = []
        for part in node.nodes():
            if part.kind == "given":
                given += [one for each in part.nodes() if (one := self._given(each))]
            elif part.kind != "at" and (step := self._step(part)) is not None:
                steps.append(step)
        return RulebookTest(node.word().text, self.at, tuple(given), tuple(steps))

    def _instant(self, node: Node) -> Instant:
        found = literals.instant(self.desk, node)
        value = self._constant(literals.as_instant(found)) if found else 0
        return int(value or 0)

    def _constant(self, expression: Expression) -> Any:
        env = Env(EMPTY_FACTS, self.header.zone, self.at, {})
        try:
            return self.values.value(expression, env)
        except (InputError, OverflowError, ValueError):
            text = said(expression, self.header.currency)
            self.desk.report(Code.DATE_INVALID, self.name, text=text)
            return None

    def _json(self, expression: Expression, of: Type) -> Any:
        return to_json(self._constant(expression), of, self.header.currency)

    def _data(self, assigned: Assigned) -> dict[str, Any]:
        return {name: self._json(expression, expression.type) for name, expression in assigned}

    # ---- given

    def _given(self, node: Node) -> Given | None:
        if node.kind == "g_many":
            return self._given_many(node)
        if node.kind == "g_event":
            name, fields = self._event(node.word())
            ago = node.maybe_node(1)
            data = self._data(self.effects.assigned(node.maybe_node(2), _ANYWHERE, fields, closed=True))
            return GivenEvent(name, literals.span(self.desk, ago) if ago else None, data)
        word = node.word()
        if self.effects.paths.subject(word.text) is not None:
            return self._given_situation(node, word)
        if self.effects.paths.commitment(word.text) is not None:
            return self._given_commitment(node, word)
        arms = self.symbols.experiments.find(word.text)
        if arms is not None:
            return GivenArm(self.symbols.experiments.spelled(word.text), self._state(node, arms))
        return self._given_fact(node, word)

    def _given_many(self, node: Node) -> Given | None:
        number, word = node.word(0), node.word(1)
        count = literals.whole(self.desk, number, 1, LONGEST_LIST)
        built_in = self.desk.tongue.builtin(word.text)
        info = self.symbols.lists.find(word.text)
        if info is None and built_in in ("messages", "contacts"):
            return self._given_said(node, said_info(built_in, self.symbols, self.desk.limits), count)
        if info is None:
            known = [*self.symbols.lists, *map(self.desk.tongue.name_of, ("messages", "contacts"))]
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, known, what="a list")
            return None
        data = self._data(self.effects.assigned(node.maybe_node(2), _ANYWHERE, info.fields, closed=True))
        return None if count is None else GivenItems(info.name, count, data)

    def _given_said(self, node: Node, info: ListInfo, count: int | None) -> Given | None:
        """Fields may be named in the tongue of the author."""
        fields: Fields = Names()
        for name, of in [*info.fields.items(), ("at", INSTANT)]:
            fields.add(self.desk.tongue.name_of(name), of)
            fields.add(name, of)
        assigned = self.effects.assigned(node.maybe_node(2), _ANYWHERE, fields, closed=True)
        values = {self.desk.tongue.builtin(name): value for name, value in assigned}
        at = values.pop("at", None)
        data = self._data(tuple(values.items()))
        if count is None:
            return None
        return GivenSaid(info.name, count, None if at is None else self._constant(at), data)

    def _event(self, word: Word) -> tuple[str, Fields]:
        fields = self.symbols.events.find(word.text)
        if fields is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.events, what="an event")
            return word.text, Names()
        return self.symbols.events.spelled(word.text), fields

    def _state(self, node: Node, known: tuple[str, ...]) -> str:
        value = node.node(1)
        if value.kind == "path" and (found := self.effects.named(value.word(), Type(Kind.ONE_OF, known))):
            return str(found.value)
        if value.kind != "path":
            self.desk.report(Code.VALUE_EXPECTED, value)
        return known[0]

    def _given_situation(self, node: Node, word: Word) -> Given | None:
        info = self.effects.paths.subject(word.text)
        if info is None:
            return None
        state = self._state(node, tuple(info.states))
        since = node.maybe_node(2)
        fields: Fields = Names()
        for name, of in info.fields.items():
            fields.add(name, of)
        if info.one_per:
            fields.add(info.one_per, TEXT)
        data = self._data(self.effects.assigned(node.maybe_node(3), _ANYWHERE, fields, closed=True))
        reference = key_text(data.get(info.one_per)) or f"{info.kind}-1" if info.one_per else ""
        return GivenSituation(
            info.kind, reference, state, literals.span(self.desk, since) if since else None, data
        )

    def _given_commitment(self, node: Node, word: Word) -> Given | None:
        info = self.symbols.commitments.find(word.text)
        if info is None:
            return None
        state = self._state(node, tuple(COMMITMENT_STATES))
        since = node.maybe_node(2)
        fields: Fields = Names()
        if info.one_per:
            fields.add(info.one_per, TEXT)
        data = self._data(self.effects.assigned(node.maybe_node(3), _ANYWHERE, fields, closed=True))
        reference = key_text(data.get(info.one_per)) or f"{info.name}-1" if info.one_per else ""
        return GivenCommitment(
            info.name, reference, state, literals.span(self.desk, since) if since else None
        )

    def _given_fact(self, node: Node, word: Word) -> Given | None:
        read = self.effects.paths.read(word, _ANYWHERE)
        value = node.node(1)
        if read is None:
            return None
        name = read.shown if read.scope == "CUSTOMER" else read.field
        if value.kind == "unknown_":
            return GivenFact(name, None)
        found = self.effects.value(value, _ANYWHERE, read.type)
        found = self.effects.fitting(found, read.type, value) if found else None
        return GivenFact(name, self._json(found, read.type)) if found else None

    # ---- steps

    def _step(self, node: Node) -> Step | None:
        match node.kind:
            case "later":
                span = literals.wait(self.desk, node.node())
                return Later(span) if span else None
            case "event_":
                name, fields = self._event(node.word())
                return Happens(
                    name,
                    self._data(self.effects.assigned(node.maybe_node(1), _ANYWHERE, fields, closed=True)),
                )
            case "message":
                return self._asks(node)
            case _:
                return Expects(tuple(one for each in node.nodes() if (one := self._outcome(each))))

    def _asks(self, node: Node) -> Step | None:
        name = self.effects.topic(node.word())
        if name is None:
            return None
        fields = self.symbols.topics.find(name)
        data = self._data(self.effects.assigned(node.maybe_node(1), _ANYWHERE, fields, closed=False))
        topic = self.topics.get(name)
        key = key_text(data.get(topic.one_per)) if topic and topic.one_per else None
        kinds = [
            info.kind
            for _, info in self.symbols.situations.items()
            if topic and info.one_per == topic.one_per and key
        ]
        return Asks(name, Subject(kinds[0], key) if len(kinds) == 1 and key else None, key, data)

    # ---- expectations

    def is_rule(self, name: str) -> bool:
        """Whether a rule is called so."""
        return bool(self.symbols.message_rules.find(name) or self.symbols.event_rules.find(name))

    def _outcome(self, node: Node) -> Expectation | None:
        if node.kind == "nothing":
            return ExpectNothing()
        text = " ".join(self.text[node.start : node.end].split())
        if node.kind in ("not_action", "by_rule", "because") or node.kind in EVENT_VERBS | MESSAGE_VERBS:
            found = self._decided(node)
            return None if found is None else replace(found, text=text)
        condition = self.effects.condition(node, Where())
        return ExpectTrue(condition, text) if condition else None

    def _decided(self, node: Node) -> ExpectEffect | None:
        if node.kind == "not_action":
            return self._effect(node.node(), denied=True)
        if node.kind == "by_rule":
            return self._effect(node.node(), rule=self._rule(node.word(1)))
        return self._effect(node)

    def _rule(self, word: Word) -> str:
        """A rule by its name, as it is spelled where it is declared."""
        for names in (self.symbols.message_rules, self.symbols.event_rules):
            if names.find(word.text):
                return names.spelled(word.text)
        known = [*self.symbols.message_rules, *self.symbols.event_rules]
        self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, known, what="a rule")
        return word.text

    def _effect(self, node: Node, *, denied: bool = False, rule: str | None = None) -> ExpectEffect | None:
        because = None
        if node.kind == "because":
            because = node.node(1).word().text
            node = node.node(0)
        if node.kind.startswith("postpone"):
            return self._postponed(node, denied, rule, because)
        if node.kind in MESSAGE_VERBS:
            effect = self.effects.message_effect(node, {})
            return ExpectEffect(node.kind, effect, denied, rule=rule, because=because) if effect else None
        plans = self.effects.plans_of((node,), _ANYWHERE)
        return (
            ExpectEffect(node.kind, self._pattern(plans[0]), denied, rule=rule, because=because)
            if plans
            else None
        )

    def _postponed(
        self, node: Node, denied: bool, rule: str | None, because: str | None
    ) -> ExpectEffect | None:
        if node.kind == "postpone":
            return ExpectEffect("postpone", None, denied, rule=rule, because=because)
        waiting = self.effects.postponed(node, {}, _ANYWHERE, limited=False)
        if waiting is None:
            return None
        until = None
        if waiting.until is not None:
            value = DayStart(waiting.until) if waiting.until.type != INSTANT else waiting.until
            until = self._constant(value)
        return ExpectEffect("postpone", waiting.fixed, denied, until, waiting.fixed.span, rule, because)

    def _pattern(self, plan: EffectPlan) -> EventEffect:
        match plan:
            case SendPlan(topic, channels, data):
                return Send(topic, channels, data=self._data(data))
            case WithdrawPlan(topics):
                return Withdraw(topics)
            case TaskPlan(kind, team, due_in, is_alert):
                return RaiseTask(kind, team, due_in, is_alert)
            case SetPlan(name, value):
                return SetFact(name, None if value is None else self._json(value, value.type))
            case PointsPlan(score, points):
                return AddPoints(score, self._json(points, points.type))
            case RaisePlan(type_, data):
                return RaiseEvent(type_, self._data(data))
            case OpenPlan(kind, data):
                return OpenSituation(kind, "", self._data(data))
            case ClosePlan(kind):
                return CloseSituation(kind, "")
            case MovePlan(kind, state):
                return MoveSituation(kind, "", state)
