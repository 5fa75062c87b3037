"""The first pass: what is declared, by name and type, so that everything may be used before its place in the text."""

from collections.abc import Callable
from typing import Any

from dsl.check import literals
from dsl.check.header import Placed
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
from dsl.errors import DiagnosticCode as Code
from dsl.names import Names
from dsl.syntax import Node, Word
from dsl.typed import Source
from dsl.types import DATE, DURATION, INSTANT, MONEY, TEXT, YES_NO, Kind, Type

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


class Collector:
    """Notes what is declared."""

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
