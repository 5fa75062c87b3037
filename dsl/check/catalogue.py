"""Categories and topics: what a category says of its messages, and what a topic says otherwise."""

from typing import NamedTuple

from artifact.channel import Channel, Urgency
from artifact.span import Span, Unit
from dsl.check import literals
from dsl.check.effects import Effects
from dsl.check.header import Placed
from dsl.check.symbols import Fields
from dsl.errors import DiagnosticCode as Code
from dsl.names import Names
from dsl.rulebook import Group, Topic
from dsl.syntax import Node

BASES = ("consent", "existing_customer", "contract", "pre_contract", "legal", "vital_interest")
LIVES_FOR = Span(30, Unit.DAY)


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
