"""Situations, commitments and rules: what happens, when, and what follows."""

from typing import Any

from artifact.span import Span, Unit
from dsl.check import literals
from dsl.check.clauses import TURNS, Clauses, triggers_in
from dsl.check.conditions import conjuncts
from dsl.check.header import Placed
from dsl.check.paths import merged
from dsl.check.symbols import Fields, SituationInfo
from dsl.check.unknown import may_be_unknown
from dsl.check.where import Where
from dsl.effects import Block, GroupInto
from dsl.errors import DiagnosticCode as Code
from dsl.names import Names
from dsl.program import (
    CommitmentPlan,
    EventRule,
    MessageRule,
    SituationPlan,
    StagePlan,
    Validity,
    Waiting,
)
from dsl.rulebook import RuleFace
from dsl.syntax import Node, Word, shape_of
from dsl.typed import And
from dsl.types import TEXT, Kind

_MANY = (
    "opens",
    "becomes",
    "updates",
    "closes",
    "made",
    "kept",
    "dropped",
    "exception_to",
    "if_pending",
    "arm",
)
_PRIORITY = 50


class Behaviour(Clauses):
    """The second pass over everything that reacts or judges."""

    def remember(self, placed: Placed) -> None:
        """Give a situation's remembered fields the types that its events give them."""
        node, self.desk.base = placed
        info = self.symbols.situations.find(node.word().text)
        if info is None:
            return
        parts = [part for part in node.nodes() if part.kind in TURNS]
        fields, clashing = merged([f for part in parts for t in triggers_in(part) for f in self.fields_of(t)])
        for part in node.all("remembers"):
            for word in part.node().words():
                self._remember(info, word, fields, clashing)
        info.one_per = self._key(node, fields, clashing)

    def _remember(self, info: SituationInfo, word: Word, fields: Fields, clashing: list[str]) -> None:
        of = fields.find(word.text)
        if of is None:
            self.desk.unknown(
                Code.FIELD_UNKNOWN, word, word.text, fields, owner="the events of this situation"
            )
        elif fields.spelled(word.text) in clashing:
            self.desk.report(Code.FIELD_AMBIGUOUS, word, text=word.text)
        else:
            info.fields.add(fields.spelled(word.text), of)

    def _key(self, node: Node, fields: Fields, clashing: list[str]) -> str | None:
        """The field that tells one from another, spelled as in its events; None where there is one at most."""
        word = next((part.word() for part in node.all("one_per")), None)
        if word is None:
            return None
        of = fields.find(word.text)
        if of is None:
            self.desk.unknown(
                Code.FIELD_UNKNOWN, word, word.text, fields, owner="the events of this declaration"
            )
        elif fields.spelled(word.text) in clashing:
            self.desk.report(Code.FIELD_AMBIGUOUS, word, text=word.text)
        elif of.kind not in (Kind.TEXT, Kind.WHOLE):
            self.desk.report(Code.TYPE_MISMATCH, word, found=of, wanted=TEXT)
        return fields.spelled(word.text)

    def situation(self, placed: Placed) -> SituationPlan | None:
        """A situation."""
        node, self.desk.base = placed
        self.catalogue.once(node, _MANY)
        info = self.symbols.situations.find(node.word().text)
        if info is None:
            return None
        if not any(part.kind in ("opens", "opens_without") for part in node.nodes()):
            self._missing(node, "_OPENS_ON")
        expires = next((literals.window(self.desk, part.node()) for part in node.all("expires")), None)
        self.catalogue.label("situation", info.kind, node)
        transitions = self.transitions(node, info.states)
        return SituationPlan(info.kind, info.one_per, transitions, tuple(info.fields), expires)

    def _missing(self, node: Node, terminal: str) -> None:
        word = node.word()
        self.desk.report(Code.PART_MISSING, word, text=word.text, what=self.desk.tongue.first[terminal])

    def commitment(self, placed: Placed) -> CommitmentPlan | None:
        """A commitment."""
        node, self.desk.base = placed
        self.catalogue.once(node, _MANY)
        info = self.symbols.commitments.find(node.word().text)
        parts = {part.kind: part for part in node.nodes()}
        for kind, terminal in (("made", "_MADE_ON"), ("within", "_WITHIN"), ("kept", "_KEPT_ON")):
            if kind not in parts:
                self._missing(node, terminal)
        made = [t for part in node.all("made") for t in triggers_in(part)]
        where = self.where(made, clock=True)
        key = self._key(node, *merged([f for trigger in made for f in self.fields_of(trigger)]))
        within = literals.window(self.desk, parts["within"].node()) if "within" in parts else None
        broken = self.effects.plans(parts["if_broken"].node(), where) if "if_broken" in parts else ()
        stages = tuple(
            stage for part in node.all("if_pending") if (stage := self._stage(part, within, where))
        )
        transitions = self.transitions(node, Names())
        if info is None:
            return None
        self.symbols.commitments.put(info.name, info._replace(one_per=key))
        self.catalogue.label("commitment", info.name, node)
        return CommitmentPlan(info.name, key, within or Span(1, Unit.DAY), transitions, broken, stages)

    def _stage(self, part: Node, within: Span | None, where: Where) -> StagePlan | None:
        """`if still pending after 8 working days ...`: in vain where the promise is due by then."""
        after = literals.window(self.desk, part.node(0))
        plans = self.effects.plans(part.node(1), where)
        if after is None:
            return None
        alike = within is not None and (after.unit, after.calendar) == (within.unit, within.calendar)
        if within is not None and alike and after.amount >= within.amount:
            word = part.node(0).word()
            self.desk.report(Code.NUMBER_INVALID, word, text=word.text, low=1, high=within.amount - 1)
            return None
        return StagePlan(after, plans)

    def event_rule(self, placed: Placed) -> EventRule | None:
        """An event rule."""
        node, self.desk.base = placed
        self.catalogue.once(node, _MANY)
        meta = _Meta(self, node)
        for part in node.nodes():
            if part.kind in ("exception_to", "if_unknown", "agent_may_release"):
                self.desk.report(
                    Code.EFFECT_MISPLACED, part, text=self.desk.keyword(part.kind), what="an event rule"
                )
        clause = self.clause(node)
        triggers, effects = next(node.all("triggers")), next(node.all("effects"))
        plans = self.effects.plans(effects, self.where(triggers.nodes(), clock=True))
        return EventRule(node.word().text, meta.priority, clause, plans, meta.validity) if clause else None

    def message_rule(self, placed: Placed, text: str) -> MessageRule | None:
        """A message rule. `text` is the declaration as written, for the words of an explanation."""
        node, self.desk.base = placed
        self.catalogue.once(node, _MANY)
        meta = _Meta(self, node)
        topics, categories = self.about(node)
        where = Where(message=True, data=self._data(topics, categories, node))
        when = next(node.all("when"), None)
        conditions = self.effects.parts(when.node(), where) if when else ()
        said = self.effects.said(next(node.all("effects")), where)
        if conditions is None:
            return None
        if meta.if_unknown is None:
            self._demand_decision(node, when, conditions, said.waiting, said.effects)
        words = tuple(" ".join(text[n.start : n.end].split()) for n in conjuncts(when.node())) if when else ()
        face = RuleFace(
            name=node.word().text,
            because=_because(said.effects, said.waiting),
            agent_may_release=meta.agent_may_release,
            owner=meta.owner,
            postpone=said.waiting.fixed if said.waiting else None,
            group=_group(said.effects, said.waiting),
            conditions=words,
            meaning=" ".join(map(shape_of, conjuncts(when.node()))) if when else "",
        )
        return MessageRule(
            face.name, meta.priority, topics, categories, conditions, said.effects, face, said.waiting,
            meta.if_unknown == "apply", meta.exceptions, meta.validity,
        )  # fmt: skip

    def about(self, node: Node) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
        """The topics or the categories that a rule or a cap names."""
        about = next((part for part in node.nodes() if part.kind in ("of_topic", "of_category")), None)
        if about is None:
            return None, None
        names = self.symbols.topics if about.kind == "of_topic" else self.symbols.categories
        what = "a topic" if about.kind == "of_topic" else "a category"
        found: dict[str, None] = {}
        for word in about.node().words():
            if names.find(word.text) is None:
                self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, names, what=what)
            else:
                found[names.spelled(word.text)] = None
        return (tuple(found), None) if about.kind == "of_topic" else (None, tuple(found))

    def _data(self, topics: tuple[str, ...] | None, categories: tuple[str, ...] | None, node: Node) -> Fields:
        """The fields of the messages that a rule can be about."""
        names = topics
        if names is None:
            catalogue = self.catalogue.topics.values()
            names = tuple(t.name for t in catalogue if categories is None or t.category in categories)
        found = [fields for name in names if (fields := self.symbols.topics.find(name)) is not None]
        fields, clashing = merged(found)
        return _without(fields, clashing)

    def _demand_decision(
        self, node: Node, when: Node | None, conditions: Any, waiting: Waiting | None, effects: Any
    ) -> None:
        """A rule that holds or blocks must say what happens when it cannot know."""
        if waiting is None and not any(isinstance(effect, Block) for effect in effects):
            return
        parts = [*conditions, *([waiting.while_] if waiting and waiting.while_ else [])]
        name = may_be_unknown(And(tuple(parts))) if parts else None
        if name:
            self.desk.report(Code.UNKNOWN_UNDECIDED, when or node, text=name, rule=node.word().text)


class _Meta:
    """Priority, owner, validity and the like."""

    def __init__(self, behaviour: Behaviour, node: Node) -> None:
        desk = behaviour.desk
        self.priority = _PRIORITY
        self.owner: str | None = None
        self.validity: Validity | None = None
        self.if_unknown: str | None = None
        self.agent_may_release = False
        self.exceptions: tuple[str, ...] = ()
        for part in node.nodes():
            match part.kind:
                case "priority":
                    found = literals.whole(desk, part.word(), 0, 100)
                    self.priority = _PRIORITY if found is None else found
                case "owner":
                    self.owner = part.word().text
                case "agent_may_release":
                    self.agent_may_release = True
                case "valid":
                    self.validity = self._valid(desk, part)
                case "if_unknown":
                    self.if_unknown = self._unknown(desk, part.word())
                case "exception_to":
                    self.exceptions += self._exception(behaviour, part.word())
                case _:
                    pass

    def _valid(self, desk: Any, part: Node) -> Validity | None:
        first = literals.day(desk, part.word(0))
        to = part.maybe_word(1)
        last = literals.day(desk, to) if to else None
        if first is not None and last is not None and last < first:
            desk.report(Code.VALIDITY_EMPTY, part)
        return None if first is None else Validity(first, last)

    def _unknown(self, desk: Any, word: Word) -> str | None:
        name: str = desk.tongue.builtin(word.text)
        if name in ("apply", "ignore"):
            return name
        desk.unknown(Code.VALUE_UNKNOWN, word, word.text, desk.built_in(("apply", "ignore")))
        return "ignore"

    def _exception(self, behaviour: Behaviour, word: Word) -> tuple[str, ...]:
        rules = behaviour.symbols.message_rules
        if rules.find(word.text) is None:
            behaviour.desk.unknown(Code.NAME_UNKNOWN, word, word.text, rules, what="a message rule")
            return ()
        return (rules.spelled(word.text),)


def _without(fields: Fields, names: list[str]) -> Fields:
    kept: Fields = Names()
    for name, of in fields.items():
        if name not in names:
            kept.add(name, of)
    return kept


def _group(effects: Any, waiting: Waiting | None) -> str | None:
    """The group that a rule puts messages into, at once or when they have waited long enough."""
    said = [*effects, *([waiting.fixed.otherwise] if waiting is not None else [])]
    return next((effect.group for effect in said if isinstance(effect, GroupInto)), None)


def _because(effects: Any, waiting: Waiting | None) -> dict[str, str]:
    """The author's reason: that of the postpone, else of the first effect that has one."""
    if waiting is not None and waiting.fixed.because:
        return waiting.fixed.because
    return next((effect.because for effect in effects if effect.because), {})
