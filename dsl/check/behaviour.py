"""Situations, commitments and rules: what happens, when, and what follows."""

from typing import Any

from artifact.span import Span, Unit
from dsl.check import literals
from dsl.check.conditions import conjuncts, may_be_unknown
from dsl.check.declarations import Catalogue, Placed
from dsl.check.paths import merged
from dsl.check.symbols import Fields, SituationInfo
from dsl.check.where import Where
from dsl.effects import Block, GroupInto
from dsl.errors import DiagnosticCode as Code
from dsl.lexicon import plain
from dsl.names import Names
from dsl.program import (
    Clause,
    CommitmentPlan,
    EventRule,
    MessageRule,
    SituationPlan,
    StagePlan,
    Transition,
    Trigger,
    Turn,
    Validity,
    Waiting,
)
from dsl.rulebook import RuleFace
from dsl.syntax import Node, Word, shape_of
from dsl.typed import And
from dsl.types import TEXT, Kind

_TURNS = {
    "opens": Turn.OPEN,
    "becomes": Turn.MOVE,
    "updates": Turn.UPDATE,
    "closes": Turn.CLOSE,
    "made": Turn.MAKE,
    "kept": Turn.KEEP,
    "dropped": Turn.DROP,
    "opens_without": Turn.WATCH,
}
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


class Behaviour:
    """The second pass over everything that reacts or judges."""

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
        triggers = [t for part in owner.nodes() if part.kind in kinds for t in _triggers(part)]
        silent = [t for part in owner.all("opens_without") for t in _triggers(part)]
        broken = [fields for t in silent for fields in self.fields_of(t, seen | {name})]
        told = [fields for t in triggers for fields in self.fields_of(t, seen | {name})]
        return told + [_kept(owner, fields) for fields in broken]

    def remember(self, placed: Placed) -> None:
        """Give a situation's remembered fields the types that its events give them."""
        node, self.desk.base = placed
        info = self.symbols.situations.find(node.word().text)
        if info is None:
            return
        parts = [part for part in node.nodes() if part.kind in _TURNS]
        fields, clashing = merged([f for part in parts for t in _triggers(part) for f in self.fields_of(t)])
        for part in node.all("remembers"):
            for word in part.node().words():
                self._remember(info, word, fields, clashing)
        self._check_key(node, fields)

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

    def _check_key(self, node: Node, fields: Fields) -> None:
        for part in node.all("one_per"):
            word = part.word()
            of = fields.find(word.text)
            if of is None:
                self.desk.unknown(
                    Code.FIELD_UNKNOWN, word, word.text, fields, owner="the events of this declaration"
                )
            elif of.kind not in (Kind.TEXT, Kind.WHOLE):
                self.desk.report(Code.TYPE_MISMATCH, word, found=of, wanted=TEXT)

    # ---- clauses

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

    def transitions(self, node: Node) -> tuple[Transition, ...]:
        """All clauses of a situation or commitment."""
        found = []
        for part in node.nodes():
            if part.kind in _TURNS and (clause := self.clause(part)) is not None:
                state = part.word().text if part.kind == "becomes" else ""
                silence = literals.window(self.desk, part.node()) if part.kind == "opens_without" else None
                found.append(Transition(_TURNS[part.kind], clause, state, silence))
        return tuple(found)

    # ---- declarations

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
        return SituationPlan(info.kind, info.one_per, self.transitions(node), tuple(info.fields), expires)

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
        where = self.where([t for part in node.all("made") for t in _triggers(part)], clock=True)
        self._check_key(node, where.event or Names())
        within = literals.window(self.desk, parts["within"].node()) if "within" in parts else None
        broken = self.effects.plans(parts["if_broken"].node(), where) if "if_broken" in parts else ()
        stages = tuple(
            stage for part in node.all("if_pending") if (stage := self._stage(part, within, where))
        )
        transitions = self.transitions(node)
        if info is None:
            return None
        self.catalogue.label("commitment", info.name, node)
        return CommitmentPlan(
            info.name, info.one_per, within or Span(1, Unit.DAY), transitions, broken, stages
        )

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


def _triggers(part: Node) -> list[Node]:
    return [t for node in part.nodes() if node.kind == "triggers" for t in node.nodes()]


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


def _kept(owner: Node, fields: Fields) -> Fields:
    """Of the event that was the last before a silence, what its situation keeps: its key, and what it remembers."""
    names = [part.word().text for part in owner.all("one_per")]
    names += [word.text for part in owner.all("remembers") for word in part.node().words()]
    found: Fields = Names()
    for name in names:
        if (of := fields.find(name)) is not None:
            found.add(fields.spelled(name), of)
    return found


def _because(effects: Any, waiting: Waiting | None) -> dict[str, str]:
    """The author's reason: that of the postpone, else of the first effect that has one."""
    if waiting is not None and waiting.fixed.because:
        return waiting.fixed.because
    return next((effect.because for effect in effects if effect.because), {})
