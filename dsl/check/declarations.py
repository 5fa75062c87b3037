"""The pass over declarations, twice: first what there is (names, fields, states), then what it says."""

from collections.abc import Callable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from artifact.channel import Channel, Urgency
from artifact.span import Span, Unit
from dsl.check import literals
from dsl.check.effects import Effects
from dsl.check.paths import stored
from dsl.check.symbols import (
    CommitmentInfo,
    Definition,
    Desk,
    Fields,
    ListInfo,
    ScorecardInfo,
    SituationInfo,
    Symbols,
    TableInfo,
)
from dsl.currency import DECIMALS
from dsl.errors import DiagnosticCode as Code
from dsl.names import Names
from dsl.rulebook import Group, Topic
from dsl.syntax import Node, Word
from dsl.typed import Source
from dsl.types import DATE, DURATION, INSTANT, MONEY, TEXT, YES_NO, Kind, Type

BASES = ("consent", "existing_customer", "contract", "pre_contract", "legal", "vital_interest")
LANGUAGES = ("en", "es", "cs")
LIVES_FOR = Span(30, Unit.DAY)
LONGEST_LIST = 200
"""No list of a customer is longer: what a rule may cost must stay known."""

_SIMPLE = {
    "t_money": MONEY,
    "t_text": TEXT,
    "t_yes_no": YES_NO,
    "t_date": DATE,
    "t_instant": INSTANT,
    "t_duration": DURATION,
}


class Header(NamedTuple):
    """What the `rulebook` declaration says."""

    name: str = ""
    zone: str = "UTC"
    currency: str = "EUR"
    owner: str | None = None
    language: str | None = None


class Placed(NamedTuple):
    """A declaration and where it begins in the file."""

    node: Node
    base: int


def header_of(desk: Desk, declarations: list[Placed], *, told: bool = False) -> Header:
    """The header; reports a missing one at the start of the file, unless something was `told` about it."""
    found = [placed for placed in declarations if placed.node.kind == "rulebook"]
    if not found and told:
        return Header()
    if not found:
        desk.base = 0
        desk.report(Code.HEADER_MISSING, Word("NAME", "", 0, 0), text=desk.tongue.first["_RULEBOOK"])
        return Header()
    for extra in found[1:]:
        desk.base = extra.base
        desk.report(Code.NAME_TAKEN, extra.node.word(), text=extra.node.word().text)
    node, desk.base = found[0]
    parts = {part.kind: part for part in node.nodes()}
    header = Header(node.word().text)
    if "zone" in parts:
        header = header._replace(zone=zone_named(desk, parts["zone"].word()))
    if "currency" in parts:
        header = header._replace(currency=_currency(desk, parts["currency"].word()))
    if "language" in parts:
        header = header._replace(language=_language(desk, parts["language"].word()))
    if "owner" in parts:
        header = header._replace(owner=parts["owner"].word().text)
    return header


def zone_named(desk: Desk, word: Word) -> str:
    """A time zone by its name in the tz database; reported where there is none."""
    try:
        ZoneInfo(word.text)
    except (KeyError, ValueError, OSError):
        desk.report(Code.ZONE_UNKNOWN, word, text=word.text)
        return "UTC"
    return word.text


def _language(desk: Desk, word: Word) -> str | None:
    """The language of texts that name none, and of customers who have none."""
    code = desk.tongue.builtin(word.text)
    if code in LANGUAGES:
        return code
    desk.unknown(Code.VALUE_UNKNOWN, word, word.text, desk.built_in(LANGUAGES))
    return None


def _currency(desk: Desk, word: Word) -> str:
    if word.text.upper() not in DECIMALS:
        desk.unknown(Code.CURRENCY_UNKNOWN, word, word.text, DECIMALS)
        return "EUR"
    return word.text.upper()


class Collector:
    """First pass: what is declared, so that everything may be used before its place in the text."""

    def __init__(self, desk: Desk, symbols: Symbols) -> None:
        self.desk, self.symbols = desk, symbols

    def collect(self, placed: Placed) -> None:
        node, self.desk.base = placed
        run: dict[str, Callable[[Node], None]] = {
            "vocabulary": self._vocabulary,
            "category": lambda n: self._declare(self.symbols.categories, n.word(), n.word().text),
            "topic": self._topic,
            "situation": self._situation,
            "commitment": self._commitment,
            "table": self._table,
            "scorecard": self._scorecard,
            "template": lambda n: self._declare(self.symbols.templates, n.word(), True),
            "gathering": self._group,
        }
        if node.kind in run:
            run[node.kind](node)

    def _declare(self, names: Names[Any], word: Word, thing: Any) -> None:
        if not names.add(word.text, thing):
            self.desk.report(Code.NAME_TAKEN, word, text=word.text)

    def _vocabulary(self, node: Node) -> None:
        for part in node.nodes():
            if part.kind == "list":
                self._list(part)
            elif part.kind == "fact":
                of = self.type_of(part.node(1))
                if of:
                    self._declare(self.symbols.facts, part.word(), of)
            elif part.kind == "event":
                fields = part.maybe_node(1)
                self._declare(self.symbols.events, part.word(), self.fields(fields) if fields else Names())
            else:
                word = part.word()
                self._declare(
                    self.symbols.definitions, word, Definition(word.text, part.node(1), self.desk.base)
                )

    def _list(self, node: Node) -> None:
        """`list policies, each policy, at most 50: (...)`: known by both names."""
        name, each, most = node.words()
        bound = literals.whole(self.desk, most, 1, LONGEST_LIST)
        fields = self.fields(node.node(3))
        if bound is not None:
            info = ListInfo(Source.FACT, stored(name.text, self.desk), each.text, fields, bound, dated=False)
            self._declare(self.symbols.lists, name, info)
            self._declare(self.symbols.lists, each, info)

    def fields(self, node: Node) -> Fields:
        """`(name: type, ...)`."""
        found: Fields = Names()
        for field in node.nodes():
            of = self.type_of(field.node(1))
            if of:
                self._declare(found, field.word(), of)
        return found

    def type_of(self, node: Node) -> Type | None:
        """A declared type."""
        if node.kind == "t_one_of":
            return Type(Kind.ONE_OF, tuple(dict.fromkeys(word.text for word in node.node().words())))
        if node.kind in _SIMPLE:
            return _SIMPLE[node.kind]
        kind = Kind.WHOLE if node.kind == "t_whole" else Kind.NUMBER
        bounds = node.maybe_node(0)
        if bounds is None:
            return Type(kind)
        low, high = (self._bound(part) for part in bounds.parts)
        if low is None or high is None:
            return None
        if low > high:
            self.desk.report(Code.RANGE_EMPTY, bounds, low=str(low), high=str(high))
            return None
        return Type(kind, (), low, high)

    def _bound(self, part: Any) -> int | None:
        if isinstance(part, Node):
            value = literals.whole(self.desk, part.word(), 0, 10**15)
            return None if value is None else -value
        return literals.whole(self.desk, part, 0, 10**15)

    def _table(self, node: Node) -> None:
        word = node.word()
        if self.desk.tongue.builtin(word.text) in ("event", "message", "customer"):
            self.desk.report(Code.NAME_RESERVED, word, text=word.text)
            return
        types = [output.maybe_node(1) for output in next(node.all("outputs")).nodes()]
        declared = tuple(self.type_of(of) if of is not None else None for of in types)
        self._declare(self.symbols.tables, word, TableInfo(word.text, node, self.desk.base, declared))

    def _scorecard(self, node: Node) -> None:
        word = node.word()
        low, high, start = (self._bound(node.parts[at]) for at in (1, 2, 3))
        if low is None or high is None or start is None:
            low, high, start = 0, 100, 0
        elif low > high:
            self.desk.report(Code.RANGE_EMPTY, word, low=str(low), high=str(high))
        elif not low <= start <= high:
            self.desk.report(Code.VALUE_OUT_OF_RANGE, node.parts[3] or word, low=str(low), high=str(high))
        info = ScorecardInfo(word.text, node, self.desk.base, (low, high, start))
        self._declare(self.symbols.scorecards, word, info)

    def _topic(self, node: Node) -> None:
        fields: Fields = Names()
        for part in node.all("data"):
            fields = self.fields(part.node())
        for part in node.nodes():
            if part.kind == "one_per":
                fields.add(part.word().text, TEXT)
            elif part.kind == "must_agree":
                for word in part.node().words():
                    fields.add(word.text, TEXT)
        self._declare(self.symbols.topics, node.word(), fields)
        if self.symbols.groups.find(node.word().text):
            self.desk.report(Code.NAME_TAKEN, node.word(), text=node.word().text)

    def _group(self, node: Node) -> None:
        """A group speaks like a topic, so no topic may have its name."""
        word = node.word()
        self._declare(self.symbols.groups, word, True)
        if self.symbols.topics.find(word.text):
            self.desk.report(Code.NAME_TAKEN, word, text=word.text)

    def _situation(self, node: Node) -> None:
        key = next((part.word().text for part in node.all("one_per")), None)
        info = SituationInfo(node.word().text, key)
        for state in ("open", "closed"):
            info.states.add(state, state)
        for part in node.all("becomes"):
            word = part.word()
            if self.desk.tongue.builtin(word.text) in ("open", "closed"):
                self.desk.report(Code.NAME_RESERVED, word, text=word.text)
            info.states.add(word.text, word.text)
        self._declare(self.symbols.situations, node.word(), info)
        if self.symbols.commitments.find(node.word().text):
            self.desk.report(Code.NAME_TAKEN, node.word(), text=node.word().text)

    def _commitment(self, node: Node) -> None:
        key = next((part.word().text for part in node.all("one_per")), None)
        word = node.word()
        self._declare(self.symbols.commitments, word, CommitmentInfo(word.text, key))
        if self.symbols.situations.find(word.text):
            self.desk.report(Code.NAME_TAKEN, word, text=word.text)


class Manner(NamedTuple):
    """What a category says, and a topic may say otherwise."""

    basis: str = "consent"
    urgency: Urgency = Urgency.NORMAL
    channels: tuple[Channel, ...] = tuple(Channel)
    lives_for: Span = LIVES_FOR
    proof: bool = False
    passes_quiet_hours: bool = False
    passes_caps: bool = False


class Catalogue:
    """Categories and topics."""

    def __init__(self, effects: Effects) -> None:
        self.effects, self.desk, self.symbols = effects, effects.desk, effects.symbols
        self.manners: Names[Manner] = Names()
        self.topics: dict[str, Topic] = {}
        self.groups: dict[str, Group] = {}
        self.labels: dict[tuple[str, str], dict[str, str]] = {}

    def category(self, placed: Placed) -> None:
        """A category."""
        node, self.desk.base = placed
        self.once(node, ())
        manner = self._manner(node, Manner())
        for part in node.nodes():
            if part.kind == "basis":
                basis = self.desk.tongue.builtin(part.word().text)
                if basis in BASES:
                    manner = manner._replace(basis=basis)
                else:
                    self.desk.unknown(
                        Code.VALUE_UNKNOWN, part.word(), part.word().text, self.desk.built_in(BASES)
                    )
            elif part.kind == "lives_for":
                manner = manner._replace(lives_for=literals.window(self.desk, part.node()) or LIVES_FOR)
        self.manners.add(node.word().text, manner)
        self.label("category", node.word().text, node)

    def topic(self, placed: Placed) -> None:
        """A topic, with what its category says filled in."""
        node, self.desk.base = placed
        name = node.word().text
        self.once(node, ())
        parts = {part.kind: part for part in node.nodes()}
        category = self._category_of(node, parts)
        if category is None or name in self.topics:
            return
        manner = self._manner(node, self.manners.find(category) or Manner())
        fields: Fields = self.symbols.topics.find(name) or Names()
        agree = parts["must_agree"].node().words() if "must_agree" in parts else []
        self.topics[name] = Topic(
            name=name,
            category=category,
            template=self.template_of(parts.get("with_template"), name),
            expires_after=literals.window(self.desk, parts["expires"].node()) if "expires" in parts else None,
            one_per=fields.spelled(parts["one_per"].word().text) if "one_per" in parts else None,
            must_agree=tuple(fields.spelled(word.text) for word in agree),
            critical="critical" in parts,
            display=self.label("topic", name, node),
            **manner._asdict(),
        )

    def _category_of(self, node: Node, parts: dict[str, Node]) -> str | None:
        if "of_category" not in parts:
            self.desk.report(Code.PART_MISSING, node.word(), text=node.word().text, what="category")
            return None
        word = parts["of_category"].word()
        if self.symbols.categories.find(word.text) is None:
            self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.categories, what="a category")
            return None
        return self.symbols.categories.spelled(word.text)

    def template_of(self, part: Node | None, name: str) -> str | None:
        if part is None:
            return self.symbols.templates.spelled(name) if self.symbols.templates.find(name) else None
        word = part.word()
        if self.symbols.templates.find(word.text):
            return self.symbols.templates.spelled(word.text)
        self.desk.unknown(Code.NAME_UNKNOWN, word, word.text, self.symbols.templates, what="a template")
        return None

    def _manner(self, node: Node, base: Manner) -> Manner:
        for part in node.nodes():
            if part.kind == "urgency":
                base = base._replace(urgency=self.effects.urgency(part.word()) or base.urgency)
            elif part.kind == "channels":
                base = base._replace(channels=self.effects.channels(part.node()) or base.channels)
            elif part.kind == "passes_quiet":
                base = base._replace(passes_quiet_hours=True)
            elif part.kind == "passes_caps":
                base = base._replace(passes_caps=True)
            elif part.kind == "needs_proof":
                base = base._replace(proof=True)
        return base

    def once(self, node: Node, many: tuple[str, ...]) -> None:
        """Parts that may stand once."""
        seen: set[str] = set()
        for part in node.nodes():
            if part.kind in seen and part.kind not in many:
                self.desk.report(Code.PART_REPEATED, part, text=self.desk.keyword(part.kind))
            seen.add(part.kind)

    def label(self, kind: str, name: str, node: Node) -> dict[str, str]:
        """The display name by language, if the author gave one."""
        texts: dict[str, str] = {}
        for part in node.all("called"):
            texts = self.effects.worded(part.node())
        for part in node.all("worded"):
            texts = self.effects.worded(part)
        if texts:
            self.labels[(kind, name)] = texts
        return texts
