"""What rules ask for: the verbs, their names and their values."""

from typing import NamedTuple

from artifact.channel import Urgency
from dsl.check import literals
from dsl.check.scorecards import points_plan
from dsl.check.symbols import Fields
from dsl.check.waiting import Waits
from dsl.check.where import Where
from dsl.effects import (
    Avoid,
    Block,
    Deliver,
    GroupInto,
    MessageEffect,
    Propagate,
    Rephrase,
    RequireProof,
    SetUrgency,
)
from dsl.errors import DiagnosticCode as Code
from dsl.program import (
    Assigned,
    ClosePlan,
    EffectPlan,
    MovePlan,
    OpenPlan,
    RaisePlan,
    SendPlan,
    SetPlan,
    TaskPlan,
    Waiting,
    WithdrawPlan,
)
from dsl.syntax import Node, Word

_LATER = {
    "start_journey": "start journey",
    "stop_journey": "stop journey",
}
_POINTS = frozenset({"add_to", "subtract_from"})
EVENT_VERBS = _POINTS | frozenset(
    ["open", "close", "move", "set", "send", "withdraw", "task", "alert", "raise_event"]
)
MESSAGE_VERBS = frozenset(
    [
        "block",
        "deliver",
        "avoid",
        "postpone",
        "postpone_for",
        "postpone_until",
        "postpone_while",
        "group_into",
        "rephrase",
        "propagate",
        "set_urgency",
        "require_proof",
    ]
)


class Said(NamedTuple):
    """What a message rule says: its effects, and how it waits if it does."""

    effects: tuple[MessageEffect, ...]
    waiting: Waiting | None


class Effects(Waits):
    """Types effects."""

    # ---- message rules

    def said(self, effects: Node, where: Where) -> Said:
        """The effects of a message rule."""
        found: list[MessageEffect] = []
        waiting: Waiting | None = None
        seen: set[str] = set()
        for node in effects.nodes():
            action, because = self._unwrapped(node)
            if not self._belongs(action, MESSAGE_VERBS):
                continue
            verb = "postpone" if action.kind.startswith("postpone") else action.kind
            if verb in seen and verb != "propagate":
                self.desk.report(Code.EFFECT_REPEATED, action, text=self.desk.keyword(verb))
            seen.add(verb)
            if verb == "postpone":
                waiting = self.postponed(action, because, where)
            elif (effect := self.message_effect(action, because)) is not None:
                found.append(effect)
        return Said(tuple(found), waiting)

    def _unwrapped(self, node: Node) -> tuple[Node, dict[str, str]]:
        if node.kind != "because":
            return node, {}
        return node.node(0), self.worded(node.node(1))

    def _belongs(self, action: Node, verbs: frozenset[str]) -> bool:
        if action.kind in _LATER:
            self.desk.report(Code.NOT_AVAILABLE, action, what=_LATER[action.kind])
            return False
        if action.kind not in verbs:
            kind = "an event rule" if verbs is EVENT_VERBS else "a message rule"
            self.desk.report(Code.EFFECT_MISPLACED, action, text=self.desk.keyword(action.kind), what=kind)
            return False
        return True

    def message_effect(self, action: Node, because: dict[str, str]) -> MessageEffect | None:
        """An effect on a message, but for a postpone."""
        match action.kind:
            case "block":
                return Block(because)
            case "deliver":
                return Deliver(self.channels(action.maybe_node(0)), because)
            case "avoid":
                return Avoid(self.channels(action.node()), because)
            case "group_into":
                group = self.group(action.word())
                return GroupInto(group, because) if group else None
            case "rephrase":
                name = self._template(action.word())
                return Rephrase(name, because) if name else None
            case "propagate":
                after = action.maybe_node(1)
                span = literals.wait(self.desk, after) if after else None
                return Propagate(self.channels(action.node(0)), span, because)
            case "set_urgency":
                urgency = self.urgency(action.word())
                return SetUrgency(urgency, because) if urgency else None
            case _:
                return RequireProof(self.channels(action.maybe_node(0)), because)

    def urgency(self, word: Word) -> Urgency | None:
        """An urgency by name."""
        name = self.desk.tongue.builtin(word.text).upper()
        if name in Urgency.__members__:
            return Urgency[name]
        known = self.desk.built_in(one.lower() for one in Urgency)
        self.desk.unknown(Code.VALUE_UNKNOWN, word, word.text, known)
        return None

    def _template(self, word: Word) -> str | None:
        if self.symbols.templates.find(word.text):
            return self.symbols.templates.spelled(word.text)
        self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.templates, what="a template")
        return None

    # ---- event rules

    def plans(self, effects: Node, where: Where) -> tuple[EffectPlan, ...]:
        """The effects of an event rule, or of a broken commitment."""
        return self.plans_of(tuple(effects.nodes()), where)

    def plans_of(self, nodes: tuple[Node, ...], where: Where) -> tuple[EffectPlan, ...]:
        """These effects."""
        found: list[EffectPlan] = []
        for node in nodes:
            action, because = self._unwrapped(node)
            if because and action.kind not in _POINTS:
                self.desk.report(
                    Code.EFFECT_MISPLACED, node, text=self.desk.tongue.first["_BECAUSE"], what="an event rule"
                )
            if (
                self._belongs(action, EVENT_VERBS)
                and (plan := self._plan(action, because, where)) is not None
            ):
                found.append(plan)
        return tuple(found)

    def _plan(self, action: Node, because: dict[str, str], where: Where) -> EffectPlan | None:
        match action.kind:
            case "add_to" | "subtract_from":
                return points_plan(self, action, because, where)
            case "send":
                return self._send(action, where)
            case "withdraw":
                topics = [self.topic(word) for word in action.node().words()]
                return WithdrawPlan(tuple(topic for topic in topics if topic))
            case "task":
                due = action.maybe_node(2)
                span = literals.window(self.desk, due) if due else None
                return TaskPlan(action.word().text, _text(action.maybe_word(1)), span)
            case "alert":
                return TaskPlan(action.word().text, _text(action.maybe_word(1)), is_alert=True)
            case "set":
                return self._set(action, where)
            case "raise_event":
                return self._raise(action, where)
            case _:
                return self._situation_plan(action, where)

    def topic(self, word: Word) -> str | None:
        """A declared topic by name."""
        if self.symbols.topics.find(word.text) is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.topics, what="a topic")
            return None
        return self.symbols.topics.spelled(word.text)

    def _send(self, action: Node, where: Where) -> EffectPlan | None:
        topic = self.topic(action.word())
        names = action.maybe_node(1)
        channels = self.channels(names) if names else None
        fields = self.symbols.topics.find(topic) if topic else None
        data = self.assigned(action.maybe_node(2), where, fields, closed=False)
        return SendPlan(topic, channels, data) if topic else None

    def _raise(self, action: Node, where: Where) -> EffectPlan | None:
        word = action.word()
        fields = self.symbols.events.find(word.text)
        if fields is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.events, what="an event")
            return None
        data = self.assigned(action.maybe_node(1), where, fields, closed=True)
        return RaisePlan(self.symbols.events.spelled(word.text), data)

    def _set(self, action: Node, where: Where) -> EffectPlan | None:
        word, given = action.word(), action.node(1)
        of = self.symbols.facts.find(word.text)
        if of is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.facts, what="a fact")
            return None
        read = self.paths.read(word, where)
        name = read.field if read else word.text
        if given.kind == "unknown_":
            return SetPlan(name, None)
        value = self.value(given, where, of)
        value = self.fitting(value, of, given) if value else None
        return SetPlan(name, value) if value else None

    def _situation_plan(self, action: Node, where: Where) -> EffectPlan | None:
        kind = self._situation(action.word())
        info = self.symbols.situations.find(kind) if kind else None
        if info is None:
            return None
        if action.kind == "open":
            return OpenPlan(info.kind, self.assigned(action.maybe_node(1), where, info.fields, closed=True))
        if action.kind == "close":
            return ClosePlan(info.kind)
        state = action.word(1)
        if info.states.find(state.text) is None or state.text in ("open", "closed"):
            known = [one for one in info.states if one not in ("open", "closed")]
            self.desk.unknown(Code.VALUE_UNKNOWN, state, state.text, known)
            return None
        return MovePlan(info.kind, info.states.spelled(state.text))

    def assigned(self, node: Node | None, where: Where, fields: Fields | None, *, closed: bool) -> Assigned:
        """`with (name = value, ...)`. `closed`: other fields than the declared ones are refused."""
        found: dict[str, None] = {}
        result = []
        for assign in node.nodes() if node else ():
            word, place = assign.word(0), assign.node(1)
            of = fields.find(word.text) if fields else None
            if of is None and closed:
                self.desk.unknown(Code.FIELD_UNKNOWN, word, word.text, fields or (), owner="what is declared")
                continue
            name = fields.spelled(word.text) if fields and of else word.text
            if name in found:
                self.desk.report(Code.NAME_TAKEN, word, text=name)
            found[name] = None
            value = self.value(place, where, of)
            value = self.fitting(value, of, place) if value and of else value
            if value:
                result.append((name, value))
        return tuple(result)


def _text(word: Word | None) -> str | None:
    return word.text if word else None
