"""The trace of rules in a record, kept small: rules that were not met are numbers, everything else has its name.

A rule's number is its place in the rulebook of the record's revision, so a trace is made whole again on reading.
"""

from msgspec.structs import replace

from artifact.decision import Record, RuleRow
from dsl.rulebook import Rulebook

_ROOM = 64
"""Conditions that a packed number can tell apart; a row past that keeps its name."""
NOT_MET = "NOT_MET"


def packed(rows: tuple[RuleRow, ...], book: Rulebook | None) -> tuple[tuple[RuleRow, ...], tuple[int, ...]]:
    """Rows with their names, and the rules that were not met as rule number * 64 + failed condition."""
    if book is None:
        return rows, ()
    numbers = book.rule_numbers
    named: list[RuleRow] = []
    unmet: list[int] = []
    for row in rows:
        if row.result == NOT_MET and type(row.detail) is int and row.detail < _ROOM and row.rule in numbers:
            unmet.append(numbers[row.rule] * _ROOM + row.detail)
        else:
            named.append(row)
    return tuple(named), tuple(unmet)


def unpacked(record: Record, book: Rulebook | None) -> Record:
    """The record with a row for every rule; `book` is that of its revision. Without it the unmet stay numbers."""
    if book is None or not record.unmet:
        return record
    names = list(book.rules)
    unmet = tuple(RuleRow(names[one // _ROOM], NOT_MET, one % _ROOM) for one in record.unmet)
    return replace(record, rules=(*record.rules, *unmet), unmet=())
