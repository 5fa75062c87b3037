"""The trace of rules in a record, kept small: rules that fired or were not met are numbers, the others have names.

A rule's number is its place in the rulebook of the record's revision, so a trace is made whole again on reading.
"""

from msgspec.structs import replace

from artifact.decision import Record, RuleRow
from dsl.rulebook import Rulebook

_ROOM = 64
"""What a packed number can tell apart of one rule; a row past that keeps its name."""
_FIRED_CODE = _ROOM - 1
FIRED, NOT_MET = "FIRED", "NOT_MET"


def packed(rows: tuple[RuleRow, ...], book: Rulebook | None) -> tuple[tuple[RuleRow, ...], tuple[int, ...]]:
    """Rows that need their names, and the others as rule number * 64 + failed condition (63: it fired)."""
    if book is None:
        return rows, ()
    numbers = book.rule_numbers
    named: list[RuleRow] = []
    counted: list[int] = []
    for row in rows:
        code = _code(row)
        if code is None or row.rule not in numbers:
            named.append(row)
        else:
            counted.append(numbers[row.rule] * _ROOM + code)
    return tuple(named), tuple(counted)


def _code(row: RuleRow) -> int | None:
    if row.result == FIRED and row.detail is None:
        return _FIRED_CODE
    plain = row.result == NOT_MET and type(row.detail) is int and row.detail < _FIRED_CODE
    return row.detail if plain and type(row.detail) is int else None


def unpacked(record: Record, book: Rulebook | None) -> Record:
    """The record with a row for every rule; `book` is that of its revision. Without it the numbers stay."""
    if book is None or not record.counted:
        return record
    names = list(book.rules)
    rows = tuple(_row(names[one // _ROOM], one % _ROOM) for one in record.counted)
    return replace(record, rules=(*record.rules, *rows), counted=())


def _row(rule: str, code: int) -> RuleRow:
    return RuleRow(rule, FIRED) if code == _FIRED_CODE else RuleRow(rule, NOT_MET, code)
