"""What can be reckoned with what, as one table: the checker reads the types from it, running rules the functions.

Exact: numbers are fractions, money stays whole (a result between two smallest units goes to the even one).
Division by zero is unknown.
"""

from collections.abc import Callable
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

from artifact.span import Span, Unit
from dsl.typed import Operator, Relation
from dsl.types import DATE, DURATION, INSTANT, MONEY, NUMBER, WHOLE, Kind, Type, family
from dsl.values import Value, later, later_date, length

Operation = Callable[[Value, Value, str], Value]
"""Left, right, zone."""


class Row(NamedTuple):
    result: Type
    run: Operation


def _whole_unit(value: int | Fraction) -> int:
    return round(value)


def _quotient(left: Value, right: Value, zone: str) -> Value:
    return None if right == 0 else _plain(Fraction(left) / Fraction(right))


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _share(left: Value, right: Value, zone: str) -> Value:
    return None if right == 0 else _whole_unit(Fraction(left) / Fraction(right))


def _days_between(left: Value, right: Value, zone: str) -> Value:
    return Span(left - right, Unit.DAY)


def _times(left: Value, right: Value, zone: str) -> Value:
    return left * right if isinstance(left, int) else Span(left.amount * right, left.unit)


_WHOLE, _NUMBER, _MONEY = Kind.WHOLE, Kind.NUMBER, Kind.MONEY
_PLUS, _MINUS, _BY, _OVER = Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE

TABLE: dict[tuple[Operator, Kind, Kind], Row] = {
    (_PLUS, _WHOLE, _WHOLE): Row(WHOLE, lambda a, b, z: a + b),
    (_MINUS, _WHOLE, _WHOLE): Row(WHOLE, lambda a, b, z: a - b),
    (_BY, _WHOLE, _WHOLE): Row(WHOLE, lambda a, b, z: a * b),
    (_PLUS, _NUMBER, _NUMBER): Row(NUMBER, lambda a, b, z: a + b),
    (_MINUS, _NUMBER, _NUMBER): Row(NUMBER, lambda a, b, z: a - b),
    (_BY, _NUMBER, _NUMBER): Row(NUMBER, lambda a, b, z: a * b),
    (_OVER, _NUMBER, _NUMBER): Row(NUMBER, _quotient),
    (_PLUS, _MONEY, _MONEY): Row(MONEY, lambda a, b, z: a + b),
    (_MINUS, _MONEY, _MONEY): Row(MONEY, lambda a, b, z: a - b),
    (_OVER, _MONEY, _MONEY): Row(NUMBER, _quotient),
    (_BY, _MONEY, _NUMBER): Row(MONEY, lambda a, b, z: _whole_unit(a * b)),
    (_BY, _NUMBER, _MONEY): Row(MONEY, lambda a, b, z: _whole_unit(a * b)),
    (_OVER, _MONEY, _NUMBER): Row(MONEY, _share),
    (_PLUS, Kind.INSTANT, Kind.DURATION): Row(INSTANT, later),
    (_MINUS, Kind.INSTANT, Kind.DURATION): Row(INSTANT, lambda a, b, z: later(a, b, z, -1)),
    (_MINUS, Kind.INSTANT, Kind.INSTANT): Row(DURATION, lambda a, b, z: a - b),
    (_PLUS, Kind.DATE, Kind.DURATION): Row(DATE, lambda a, b, z: later_date(a, b)),
    (_MINUS, Kind.DATE, Kind.DURATION): Row(DATE, lambda a, b, z: later_date(a, b, -1)),
    (_MINUS, Kind.DATE, Kind.DATE): Row(DURATION, _days_between),
    (_PLUS, Kind.DURATION, Kind.DURATION): Row(DURATION, lambda a, b, z: length(a) + length(b)),
    (_MINUS, Kind.DURATION, Kind.DURATION): Row(DURATION, lambda a, b, z: length(a) - length(b)),
    (_BY, Kind.DURATION, _WHOLE): Row(DURATION, _times),
}


def row_for(operator: Operator, left: Kind, right: Kind) -> Row | None:
    """The row of an operation, or None where it has no meaning."""
    return TABLE.get((operator, left, right)) or TABLE.get((operator, family(left), family(right)))


RELATIONS: dict[Relation, Callable[[Value, Value], bool]] = {
    Relation.EQ: eq,
    Relation.NE: ne,
    Relation.LT: lt,
    Relation.LE: le,
    Relation.GT: gt,
    Relation.GE: ge,
}
