"""Decision tables: every cell is a condition that leaves out its subject, which is the column.

A cell is checked as the condition that an author would have written elsewhere, so that all that is said of conditions
holds in cells too. A table is checked once, with everything readable; who reads it must have what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifact.channel import Channel
from dsl.check.paths import everywhere
from dsl.check.symbols import TableInfo
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.interpret import reads_of
from dsl.lexicon import plain
from dsl.names import Names
from dsl.syntax import Node, Word
from dsl.tables import BY_IMPORTANCE, Hit, Output, Results, Row, TablePlan, type_read
from dsl.typed import SAID, Clock, Condition, Expression, Items, Named, Read, Scope
from dsl.types import CHANNEL, NUMBER, NUMERIC, ORDERED, TEXT, WHOLE, Kind, Type

if TYPE_CHECKING:
    from dsl.check.conditions import Conditions
    from dsl.check.effects import Effects
    from dsl.check.expressions import Expressions

_OF_AN_EVENT = (Scope.EVENT, Scope.EVENT_AT)
_OF_A_MESSAGE = (Scope.MESSAGE, Scope.MESSAGE_DATA, Scope.SAID)


def check_tables(effects: Effects) -> dict[str, TablePlan]:
    """All tables by name; a mistake shows even in one that nobody reads."""
    symbols, desk = effects.symbols, effects.desk
    for name, info in symbols.tables.items():
        desk.base = info.base
        if any(names.find(name) for names in (symbols.situations, symbols.commitments, symbols.definitions)):
            desk.report(Code.NAME_TAKEN, info.node.word(), text=name)
        _checked(effects, info)
    return {name: info.plan for name, info in symbols.tables.items() if info.plan is not None}


def read_table(checker: Expressions, info: TableInfo, word: Word, where: Where) -> Read | None:
    """What `claim_contact.channel` reads."""
    desk = checker.desk
    if info.open:
        desk.report(Code.DEFINITION_CYCLE, word, text=info.name)
        return None
    _checked(checker, info)
    output = word.text.partition(".")[2]
    of = info.outputs.find(output)
    if of is None:
        if info.plan is not None:  # else what is wrong with the table has been told
            desk.unknown(Code.FIELD_UNKNOWN, word, output, info.outputs, owner=f"`{info.name}`")
        return None
    missing = next((read for read in info.needs if not _readable(read, where)), None)
    if missing is not None:
        what = "an event" if missing.scope in _OF_AN_EVENT else "a message"
        desk.report(Code.DEFINITION_MISPLACED, word, text=info.name, what=what)
        return None
    name = info.outputs.spelled(output)
    return Read(Scope.TABLE, info.name, name, f"{info.name}.{name}", of)


def _readable(read: Read, where: Where) -> bool:
    """Whether a table that reads this may be read here."""
    if read.scope in _OF_AN_EVENT:
        fields = where.event
        known = read.scope is Scope.EVENT_AT or (fields is not None and fields.find(read.field) == read.type)
        return fields is not None and known and plain(read.field) not in where.clashing
    data = where.data
    return where.message and (
        read.scope in (Scope.MESSAGE, Scope.SAID) or (data is not None and data.find(read.field) == read.type)
    )


def _checked(checker: Expressions, info: TableInfo) -> None:
    """Check a table where it is first needed."""
    if info.done or info.open:
        return
    before, checker.desk.base = checker.desk.base, info.base
    info.open = True
    info.plan = _Checker(checker, info).plan()  # type: ignore[arg-type]  # every checker is of Conditions
    info.open, info.done = False, True
    checker.desk.base = before


class _Checker:
    """Checks one table."""

    def __init__(self, checker: Conditions, info: TableInfo) -> None:
        self.checker, self.info, self.desk = checker, info, checker.desk
        self.where = everywhere(checker.symbols)
        node = info.node
        self.hit = Hit[node.word(1).text.upper()]
        self.columns = next(node.all("inputs")).nodes()
        self.outputs = list(next(node.all("outputs")).all("output"))
        self.rows = list(node.all("row"))
        self.last = next(node.all("last"), None)

    def plan(self) -> TablePlan | None:
        """The table; None where anything is wrong with it."""
        count = len(self.desk.findings)
        for column in self.columns:
            if not self._is_subject(column):
                self.checker.value(column, self.where)
        rows = [row for row in self.rows if self._fits(row)]
        results = [next(row.all("results")) for row in rows]
        otherwise = next(self.last.all("results")) if self.last and self._fits(self.last) else None
        types = self._types([*results, *([otherwise] if otherwise else [])])
        made = tuple(
            Row(self._conditions(next(row.all("cells"))), self._results(said, types))
            for row, said in zip(rows, results, strict=True)
        )
        last = self._results(otherwise, types) if otherwise else None
        outputs = self._declared(types)
        self.info.needs = self._needs(made, last)
        if len(self.desk.findings) > count:
            return None
        return TablePlan(self.info.name, self.hit, outputs, made, last)

    def _is_subject(self, column: Node) -> bool:
        """Whether a column is a situation, a commitment or a visit, of which cells name the state."""
        if column.kind != "path":
            return False
        name, paths = column.word().text, self.checker.paths
        visits = self.desk.tongue.builtin(name) == "visiting" and paths.definition(name) is None
        return visits or paths.subject(name) is not None or paths.commitment(name) is not None

    def _fits(self, row: Node) -> bool:
        """Whether a row has as many cells as the table has columns."""
        for kind, wanted in (("cells", len(self.columns)), ("results", len(self.outputs))):
            for part in row.all(kind):
                if len(part.parts) != wanted:
                    what = "before the arrow" if kind == "cells" else "behind the arrow"
                    self.desk.report(Code.ROW_LENGTH, part, found=len(part.parts), wanted=wanted, what=what)
                    return False
        return True

    # ---- behind the arrow

    def _types(self, results: list[Node]) -> list[Type]:
        """The types of the cells behind the arrow: as declared, else as they are."""
        found = []
        for place, output in enumerate(self.outputs):
            of = self.info.declared[place] or self._inferred([row.node(place) for row in results])
            found.append(of)
            self._check_policy(output, of)
        return found

    def _inferred(self, cells: list[Node]) -> Type:
        known = [cell for cell in cells if cell.kind != "unknown_"]
        read = [cell for cell in known if not self._is_name(cell)]
        if not read:
            return self._named([cell.word() for cell in known])
        values = [self.checker.value(cell, self.where) for cell in read]
        types = [value.type for value in values if value is not None]
        first = types[0] if types else TEXT
        if first.kind in NUMERIC:
            return NUMBER if any(of.kind is Kind.NUMBER for of in types) else WHOLE
        return first

    def _is_name(self, cell: Node) -> bool:
        """Whether a cell is a bare name that reads nothing, so that it is a value of its own."""
        if cell.kind != "path" or "." in cell.word().text:
            return False
        name, paths = cell.word(), self.checker.paths
        if paths.definition(name.text) is not None or paths.parameter(name.text, self.where) is not None:
            return False
        return paths.read(name, self.where, quiet=True) is None

    def _named(self, words: list[Word]) -> Type:
        """Channels, where all are; else the names, in the order in which they first come up."""
        names: Names[str] = Names()
        for word in words:
            names.add(word.text, word.text)
        channels = [self.desk.tongue.builtin(name).upper() in Channel.__members__ for name in names]
        if not words:
            return TEXT
        return CHANNEL if all(channels) else Type(Kind.ONE_OF, tuple(names))

    def _check_policy(self, output: Node, of: Type) -> None:
        word = output.word()
        if self.hit is Hit.SUM and of.kind not in NUMERIC | {Kind.MONEY}:
            self.desk.report(Code.TYPE_MISMATCH, word, found=of, wanted="number or money")
        if self.hit in (Hit.LOWEST, Hit.HIGHEST) and of.kind not in ORDERED:
            self.desk.report(Code.ORDER_MEANINGLESS, word, found=of)
        first = output is self.outputs[0]
        if (
            self.hit in BY_IMPORTANCE
            and first
            and (of.kind is not Kind.ONE_OF or output.maybe_node(1) is None)
        ):
            self.desk.report(Code.IMPORTANCE_UNKNOWN, word, text=word.text)

    def _declared(self, types: list[Type]) -> tuple[Output, ...]:
        """The outputs, made known to those who read the table."""
        for output, of in zip(self.outputs, types, strict=True):
            if not self.info.outputs.add(output.word().text, type_read(self.hit, of)):
                self.desk.report(Code.NAME_TAKEN, output.word(), text=output.word().text)
        return tuple(Output(one.word().text, of) for one, of in zip(self.outputs, types, strict=True))

    def _results(self, results: Node, types: list[Type]) -> Results:
        return tuple(self._result(cell, of) for cell, of in zip(results.nodes(), types, strict=True))

    def _result(self, cell: Node, of: Type) -> Expression | None:
        if cell.kind == "unknown_":
            return None
        value = self.checker.value(cell, self.where, of)
        if isinstance(value, Clock):
            self.desk.report(Code.CLOCK_IN_ARITHMETIC, cell)
            return None
        return self.checker.fitting(value, of, cell) if value is not None else None

    # ---- before the arrow

    def _conditions(self, cells: Node) -> tuple[Condition, ...]:
        found = []
        for column, cell in zip(self.columns, cells.nodes(), strict=True):
            node = condition_of(column, cell)
            condition = self.checker.condition(node, self.where) if node is not None else None
            if condition is not None:
                found.append(condition)
        return tuple(found)

    def _needs(self, rows: tuple[Row, ...], last: Results | None) -> tuple[Read, ...]:
        """What of an event or a message is read, here or in a table that is read here."""
        cells = [cell for results in (*(row.results for row in rows), last or ()) for cell in results if cell]
        trees = [*cells, *(part for row in rows for part in row.conditions)]
        found: dict[Read, None] = {}
        named = (read for tree in trees for read in reads_of(tree))
        for read in (one for one in map(_of_list, named) if isinstance(one, Read)):
            below = self.checker.symbols.tables.find(read.owner) if read.scope is Scope.TABLE else None
            for each in below.needs if below else (read,):
                if each.scope in _OF_AN_EVENT + _OF_A_MESSAGE:
                    found[each] = None
        return tuple(found)


def _of_list(named: Named) -> Named:
    """A list of what is being said is there only where a message is, like a field of one."""
    if isinstance(named, Items) and named.source in SAID:
        return Read(Scope.SAID, named.name, "", named.name, TEXT)
    return named


_BOUNDS = frozenset({"ge", "le", "gt", "lt"})
_WINDOWS = {"lasts": "in_last", "nexts": "in_next", "olds": "older"}
_RANGES = {"to": "le", "to_under": "lt", "over_to": "le", "over_to_under": "lt"}
_PLAIN = _BOUNDS | _WINDOWS.keys() | _RANGES.keys() | {"is_unknown", "is_known", "has", "tests"}


def condition_of(column: Node, cell: Node) -> Node | None:
    """The condition that a cell says of its column, as if it stood in a rule; None where anything will do."""
    if cell.kind == "any_cell":
        return None
    if cell.kind == "other_than":
        return _node("not_", cell, condition_of(column, cell.node()))
    if cell.kind == "tests":
        if not any(part.kind in _PLAIN for part in cell.nodes()):
            return _node("one_of", cell, column, cell)
        return _node("or_", cell, *(condition_of(column, part) for part in cell.nodes()))
    if cell.kind in _BOUNDS:
        return _node("bound_", cell, column, cell)
    if cell.kind in _WINDOWS:
        return _node(_WINDOWS[cell.kind], cell, column, cell.node())
    if cell.kind in _RANGES:
        low, high = cell.nodes()
        lower = _node("gt" if cell.kind.startswith("over") else "ge", low, low)
        upper = _node(_RANGES[cell.kind], high, high)
        return _node("and_", cell, *(_node("bound_", bound, column, bound) for bound in (lower, upper)))
    if cell.kind in ("is_unknown", "is_known"):
        return _node(cell.kind.removeprefix("is_"), cell, column)
    if cell.kind == "has":
        return _node("contains", cell, column, cell.node())
    return _node("is_", cell, column, cell)


def _node(kind: str, place: Node, *parts: Node | None) -> Node:
    return Node(kind, parts, place.start, place.end)
