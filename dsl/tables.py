"""Decision tables: what one is, and which of its rows count once it is known which of them match.

The interpreter and the compiled form both ask here, each with its own way to find the rows. A row is true, false or
unknown as conditions are; one unknown row makes the whole answer unknown, for it might be the one that counts. Only
under `takes first` a row that surely matches hides what comes after it.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec

from dsl.typed import Condition, Expression
from dsl.types import Kind, Type, list_of
from dsl.values import Value, length, to_json


class Hit(StrEnum):
    """Which of the matching rows count, with the letter that DMN gives it."""

    UNIQUE = "U"
    ANY = "A"
    FIRST = "F"
    PRIORITY = "P"
    OUTPUT_ORDER = "O"
    RULE_ORDER = "R"
    COLLECT = "C"
    SUM = "C+"
    LOWEST = "C<"
    HIGHEST = "C>"
    COUNT = "C#"


LISTS = frozenset({Hit.OUTPUT_ORDER, Hit.RULE_ORDER, Hit.COLLECT})
BY_IMPORTANCE = frozenset({Hit.PRIORITY, Hit.OUTPUT_ORDER})

Results: TypeAlias = tuple[Expression | None, ...]
"""The cells behind the arrow; None is `unknown`."""


class Output(msgspec.Struct, frozen=True, gc=False):
    """One column behind the arrow. `type` is that of its cells; for `one of`, most important value first."""

    name: str
    type: Type


class Row(msgspec.Struct, frozen=True, gc=False):
    """Conditions of the cells that say something, and what follows from them all."""

    conditions: tuple[Condition, ...]
    results: Results


class TablePlan(msgspec.Struct, frozen=True):
    """A checked table. `otherwise` None: where no row matches there is no answer."""

    name: str
    hit: Hit
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    otherwise: Results | None = None

    def index(self, output: str) -> int:
        """The place of an output."""
        return next(i for i, one in enumerate(self.outputs) if one.name == output)


class TableError(Exception):
    """A table breaks its own promise: the rule that reads it counts as unknown, and its owner is told."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Answer(NamedTuple):
    """One value an output (None is unknown), and the numbers of the rows that count: from 1; 0 is `otherwise`."""

    values: tuple[Value, ...]
    rows: tuple[int, ...] = ()


def type_read(hit: Hit, output: Type) -> Type:
    """What a reader of the table finds, where cells are of that type."""
    if hit is Hit.COUNT:
        return Type(Kind.WHOLE)
    if hit in LISTS:
        return list_of(output)
    return Type(output.kind) if hit is Hit.SUM else output


def matching(hit: Hit, rows: Sequence[Callable[[], bool | None]]) -> tuple[int, ...] | None:
    """The places of the rows that match, as far as they matter; None: that is unknown."""
    found: list[int] = []
    for place, row in enumerate(rows):
        answer = row()
        if answer is None:
            return None
        if answer:
            found.append(place)
            if hit is Hit.FIRST:
                break
    return tuple(found)


def answer_of(
    plan: TablePlan, places: tuple[int, ...] | None, results: Callable[[int | None], tuple[Value, ...]]
) -> Answer:
    """The answer of a table in which these rows match. `results` reads the cells of a row, None those of `otherwise`."""
    if places is None:
        return Answer((None,) * len(plan.outputs))
    if not places and plan.otherwise is not None:
        return Answer(_together(plan, [results(None)]), (0,))
    rows = [(place + 1, results(place)) for place in places]
    if plan.hit is Hit.UNIQUE and len(rows) > 1:
        raise TableError(f"rows {rows[0][0]} and {rows[1][0]} of the table {plan.name} both apply")
    if plan.hit is Hit.ANY:
        rows = _alike(plan, rows)
    if plan.hit in BY_IMPORTANCE:
        rows.sort(key=lambda row: _importance(plan, row[1]))
    if plan.hit is Hit.PRIORITY:
        rows = rows[:1]
    return Answer(_together(plan, [values for _, values in rows]), tuple(number for number, _ in rows))


_Rows: TypeAlias = list[tuple[int, tuple[Value, ...]]]


def _alike(plan: TablePlan, rows: _Rows) -> _Rows:
    """The first of rows that all say the same."""
    for number, values in rows[1:]:
        if values != rows[0][1]:
            raise TableError(f"rows {rows[0][0]} and {number} of the table {plan.name} apply and differ")
    return rows[:1]


def _importance(plan: TablePlan, values: tuple[Value, ...]) -> list[int]:
    """Lower goes first; the outputs decide from left to right, what is unknown goes last."""
    return [
        one.type.values.index(value) if value is not None else len(one.type.values)
        for one, value in zip(plan.outputs, values, strict=True)
        if one.type.kind is Kind.ONE_OF
    ]


def _together(plan: TablePlan, rows: list[tuple[Value, ...]]) -> tuple[Value, ...]:
    """The rows that count as one value an output."""
    columns = [[row[place] for row in rows] for place in range(len(plan.outputs))]
    return tuple(_one(plan.hit, one.type, column) for one, column in zip(plan.outputs, columns, strict=True))


def _one(hit: Hit, of: Type, values: list[Value]) -> Value:
    if hit is Hit.COUNT:
        return len(values)
    if None in values:
        return None
    if hit in LISTS:
        return tuple(values)
    if hit is Hit.SUM:
        return sum(values)
    if not values:
        return None
    if hit in (Hit.LOWEST, Hit.HIGHEST):
        pick = min if hit is Hit.LOWEST else max
        return pick(values, key=length) if of.kind is Kind.DURATION else pick(values)
    return values[0]


def told(value: Value, of: Type, rows: tuple[int, ...], currency: str) -> str | None:
    """What a reader of the decision is shown: the value, and the rows that it comes from."""
    if value is None:
        return None
    plain = to_json(value, of, currency)
    said = ", ".join(map(str, plain)) if isinstance(plain, list) else str(plain)
    said = said or "nothing"
    return f"{said.lower() if Kind.CHANNEL in (of.kind, of.item and of.item.kind) else said} ({_from(rows)})"


def _from(rows: tuple[int, ...]) -> str:
    if not rows:
        return "no row"
    if rows == (0,):
        return "otherwise"
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}"
