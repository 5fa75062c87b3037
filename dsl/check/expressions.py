"""Values: names, literals and arithmetic, each with its type."""

from abc import ABC, abstractmethod

from artifact.channel import Channel
from dsl.arithmetic import row_for
from dsl.check import literals
from dsl.check.paths import Paths
from dsl.check.scorecards import read_score
from dsl.check.symbols import Definition, Desk, Symbols
from dsl.check.tables import read_table
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.lexicon import plain
from dsl.syntax import Node, Place, Word, misread
from dsl.typed import Arithmetic, Clock, Condition, DayStart, Decided, Expression, Literal, Operator
from dsl.types import DATE, DURATION, INSTANT, TEXT, TIMES, YES_NO, Kind, Type

_MISPLACED = (Code.NOT_READABLE_HERE, Code.DEFINITION_MISPLACED)
_OPERATORS = {"add": Operator.ADD, "sub": Operator.SUBTRACT, "mul": Operator.MULTIPLY, "div": Operator.DIVIDE}
_MEASURES = ("count", "sum_of", "average_of", "latest")


class Expressions(ABC):
    """Types values. Conditions read as values (`define`) go through `condition`, which the subclass has."""

    def __init__(self, desk: Desk, symbols: Symbols) -> None:
        self.desk, self.symbols = desk, symbols
        self.paths = Paths(desk, symbols)

    @abstractmethod
    def condition(self, node: Place | None, where: Where) -> Condition | None:
        """The condition at a place; None if it was reported."""

    def worded(self, worded: Node) -> dict[str, str]:
        """A text of the author, in the language of the file and in any other that is given."""
        words = worded.words()
        texts = {self.desk.language: words[0].text}
        for code, text in zip(words[1::2], words[2::2], strict=True):
            texts[self.desk.tongue.builtin(code.text)] = text.text
        return texts

    @abstractmethod
    def aggregate(self, node: Node, where: Where) -> Expression | None:
        """What is made of a list: a number, a sum, an average, the latest; None if it was reported."""

    def value(self, node: Place | None, where: Where, expected: Type | None = None) -> Expression | None:
        """The value at a place; None if it was reported. `expected` is the type that gives bare names a meaning."""
        if not isinstance(node, Node):
            raise misread(node)
        match node.kind:
            case "path":
                return self._path(node.word(), where, expected)
            case "number":
                return literals.number(self.desk, node.word())
            case "text":
                return self._text(node, expected)
            case "money":
                return literals.money(self.desk, node.word())
            case "percent":
                return literals.percent(self.desk, node.word())
            case "duration":
                return literals.duration(self.desk, node)
            case "instant":
                found = literals.instant(self.desk, node)
                return literals.as_instant(found) if found and expected == INSTANT else found
            case "yes" | "no":
                return Literal(node.kind == "yes", YES_NO)
            case "now" | "today":
                return Clock(INSTANT if node.kind == "now" else DATE)
            case "group" if is_condition(node.node()):
                condition = self.condition(node.node(), where)
                return Decided(condition, YES_NO) if condition is not None else None
            case "group":
                return self.value(node.node(), where, expected)
            case "neg":
                return self._negative(node, where)
            case "add" | "sub" | "mul" | "div":
                return self._arithmetic(node, where)
            case kind if kind in _MEASURES:
                return self.aggregate(node, where)
            case _:
                self.desk.report(Code.VALUE_EXPECTED, node)
                return None

    def _text(self, node: Node, expected: Type | None) -> Expression | None:
        if expected is None or expected.kind is not Kind.ONE_OF:
            return Literal(node.word().text, TEXT)
        return self.named(node.word(), expected)

    def _path(self, word: Word, where: Where, expected: Type | None) -> Expression | None:
        named = self._literal(word, expected)
        if named is not None:
            return named
        parameter = self.paths.parameter(word.text, where)
        if parameter is not None:
            return parameter
        if not self.symbols.facts.find(word.text):
            info = self.symbols.tables.find(word.text.partition(".")[0])
            if info is not None:
                return read_table(self, info, word, where)
            card = self.symbols.scorecards.find(word.text)
            if card is not None:
                return read_score(self, card, word)
        definition = self.paths.definition(word.text)
        if definition is not None and not self.symbols.facts.find(word.text):
            return self._defined(definition, word, where)
        if expected is None or expected.kind not in (Kind.ONE_OF, Kind.CHANNEL):
            return self.paths.read(word, where)
        found = self.paths.read(word, where, quiet=True)
        return found if found is not None else self.named(word, expected)

    def _literal(self, word: Word, expected: Type | None) -> Literal | None:
        """The value that a bare name is, where a `one of` or a channel is wanted."""
        if expected is None:
            return None
        if expected.kind is Kind.CHANNEL:
            name = self.desk.tongue.builtin(word.text).upper()
            return Literal(Channel[name].value, expected) if name in Channel.__members__ else None
        key = plain(word.text)
        built_in = self.desk.tongue.builtin(word.text)
        for value in expected.values if expected.kind is Kind.ONE_OF else ():
            if plain(value) in (key, built_in):
                return Literal(value, expected)
        return None

    def named(self, word: Word, expected: Type) -> Literal | None:
        """As `_literal`, but reported where there is no such value."""
        named = self._literal(word, expected)
        if named is None:
            channels = (c.lower() for c in Channel)
            known = self.desk.built_in(channels if expected.kind is Kind.CHANNEL else expected.values)
            self.desk.unknown(Code.VALUE_UNKNOWN, word, word.text, known)
        return named

    def _defined(self, definition: Definition, word: Word, where: Where) -> Expression | None:
        """A definition read as a value: its own tree, checked where it is used."""
        if definition.open:
            self.desk.report(Code.DEFINITION_CYCLE, word, text=definition.name)
            return None
        node = _bare(definition.node)
        before, self.desk.base = self.desk.base, definition.base
        count, definition.open = len(self.desk.findings), True
        try:
            if is_condition(node) or (node.kind == "path" and self._speaks_of_condition(node)):
                found = self.condition(node, where)
                result: Expression | None = Decided(found, YES_NO) if found else None
            else:
                result = self.value(node, where)
        finally:
            self.desk.base, definition.open = before, False
        self._blame(count, definition, word)
        return result

    def _blame(self, count: int, definition: Definition, word: Word) -> None:
        """What a definition cannot read at this place is a fault of the place that uses it."""
        misplaced = [f for f in self.desk.findings[count:] if f.code in _MISPLACED]
        if misplaced:
            self.desk.findings[count:] = [f for f in self.desk.findings[count:] if f not in misplaced]
            self.desk.report(
                Code.DEFINITION_MISPLACED,
                word,
                text=definition.name,
                what=misplaced[0].values.get("what", ""),
            )

    def _speaks_of_condition(self, node: Node) -> bool:
        """Whether a bare name is another definition that is a condition."""
        found = self.paths.definition(node.word().text)
        return found is not None and not found.open and is_condition(_bare(found.node))

    def _negative(self, node: Node, where: Where) -> Expression | None:
        value = self.value(node.node(), where)
        if value is None:
            return None
        if value.type.kind not in (Kind.WHOLE, Kind.NUMBER, Kind.MONEY):
            self.desk.report(
                Code.ARITHMETIC_MEANINGLESS, node, left="nothing", right=value.type, operator="-"
            )
            return None
        if isinstance(value, Literal):
            return Literal(-value.value, value.type)
        return Arithmetic(Operator.SUBTRACT, Literal(0, value.type), value, value.type)

    def _arithmetic(self, node: Node, where: Where) -> Expression | None:
        left = self.value(node.parts[0], where)
        right = self._added(node, left, where)
        if left is None or right is None:
            return None
        if not where.clock and (isinstance(left, Clock) or isinstance(right, Clock)):
            self.desk.report(Code.CLOCK_IN_ARITHMETIC, node)
            return None
        operator = _OPERATORS[node.kind]
        if {left.type.kind, right.type.kind} == {Kind.DATE, Kind.INSTANT}:
            left, right = literals.as_instant(left), literals.as_instant(right)
        row = row_for(operator, left.type.kind, right.type.kind)
        if row is None:
            self.desk.report(
                Code.ARITHMETIC_MEANINGLESS, node, left=left.type, right=right.type, operator=operator.value
            )
            return None
        if (
            left.type.kind is Kind.DATE
            and right.type.kind is Kind.DURATION
            and not _days(self.desk, right, node)
        ):
            return None
        return Arithmetic(operator, left, right, row.result)

    def _added(self, node: Node, left: Expression | None, where: Where) -> Expression | None:
        """The right side. Working days go where time goes forward: onto a date or an instant."""
        right = node.node(1)
        if right.kind == "duration" and node.kind == "add" and left and left.type.kind in TIMES:
            span = literals.wait(self.desk, right)
            return Literal(span, DURATION) if span else None
        return self.value(right, where)

    def fitting(self, value: Expression, wanted: Type, place: Place) -> Expression | None:
        """The value as the type that a declaration wants, or a report that it is of another."""
        if wanted.kind is Kind.INSTANT and value.type.kind is Kind.DATE:
            return DayStart(value)
        if value.type.kind is Kind.WHOLE and wanted.kind in (Kind.WHOLE, Kind.NUMBER):
            return self._in_range(value, wanted, place)
        if value.type.kind is Kind.ONE_OF and wanted.kind is Kind.TEXT:
            return value
        if value.type.kind is not wanted.kind:
            self.desk.report(Code.TYPE_MISMATCH, place, found=value.type, wanted=wanted)
            return None
        return self._in_range(value, wanted, place)

    def _in_range(self, value: Expression, wanted: Type, place: Place) -> Expression | None:
        if not isinstance(value, Literal) or wanted.low is None or wanted.high is None:
            return value
        if wanted.low <= value.value <= wanted.high:
            return value
        self.desk.report(Code.VALUE_OUT_OF_RANGE, place, low=wanted.low, high=wanted.high)
        return None


_CONDITIONS = frozenset(
    [
        "and_",
        "or_",
        "not_",
        "is_",
        "is_not",
        "one_of",
        "not_one_of",
        "unknown",
        "known",
        "bound_",
        "between",
        "in_last",
        "in_next",
        "older",
        "contains",
        "any",
        "none",
        "every",
    ]
)


def is_condition(node: Node) -> bool:
    """Whether this tree can only be a condition."""
    return node.kind in _CONDITIONS


def _bare(node: Node) -> Node:
    while node.kind == "group":
        node = node.node()
    return node


def _days(desk: Desk, value: Expression, place: Place) -> bool:
    """Dates are moved by days or more."""
    if (
        isinstance(value, Literal)
        and not isinstance(value.value, int)
        and value.value.unit in ("minute", "hour", "working_hour")
    ):
        desk.report(Code.UNIT_TOO_FINE, place)
        return False
    return True
