"""Records in the log, kept small: what has a place in a table is kept as its number, what the entry says is left out.

A rule's and a fact's number is its place in the rulebook of the record's revision, that of a gate or a state its place
among its kind, so a record is made whole again on reading. Rules that the index ruled out have no rows at all: what it
found is kept, and their rows follow from that. Refuses to drop what has no number: that keeps its name.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import accumulate, pairwise
from typing import TypeVar

from artifact.channel import Channel
from artifact.decision import (
    Entry,
    GateOutcome,
    GateRow,
    HoldRow,
    KeptGate,
    KeptHold,
    KeptPlan,
    KeptRecord,
    KeptRule,
    Name,
    PlanRow,
    Record,
    RuleRow,
)
from artifact.instant import Instant
from artifact.message import DeliveryState, GateName, HoldKind
from dsl.rulebook import Rulebook
from dsl.verdict import Verdict

E = TypeVar("E", bound=str)

FIRED, NOT_MET = "FIRED", "NOT_MET"
RESULTS = (FIRED, NOT_MET, "UNKNOWN", "SILENCED", "ERROR")

_ROOM = 32_768
"""Rules that a packed number can tell apart; one past that keeps its name. A rulebook has at most 20,000."""


def _numbers(members: Iterable[E]) -> tuple[tuple[E, ...], dict[E, int]]:
    """Each by its place, and the place of each."""
    row = tuple(members)
    return row, {member: place for place, member in enumerate(row)}


_GATES, _GATE = _numbers(GateName)
_OUTCOMES, _OUTCOME = _numbers(GateOutcome)
_KINDS, _KIND = _numbers(HoldKind)
_CHANNELS, _CHANNEL = _numbers(Channel)
_STATES, _STATE = _numbers(DeliveryState)
_RESULTS, _RESULT = _numbers(RESULTS)
TABLES: tuple[type[Enum], ...] = (GateName, GateOutcome, HoldKind, Channel, DeliveryState)
"""Whose members are kept by their place: whatever is added to one of them comes last."""


def kept(record: Record, book: Rulebook | None) -> KeptRecord:
    """The record as its entry keeps it; `book` is that of its revision."""
    rules, facts = _tables(book)
    named, counted = packed(record.rules, rules, facts)
    return KeptRecord(
        message=record.message,
        state=record.state,
        reason=record.reason,
        cause=record.cause,
        next_at=record.next_at,
        gates=tuple([KeptGate(_GATE[r.gate], _OUTCOME[r.outcome], r.reason, r.until) for r in record.gates]),
        rules=named,
        counted=counted,
        holds=tuple([_kept_hold(row, record.now, rules) for row in record.holds]),
        plan=tuple(
            [KeptPlan(_CHANNEL[r.channel], _STATE[r.state], r.planned_at, r.because) for r in record.plan]
        ),
        reads=tuple(
            [part for name, value in sorted(record.reads.items()) for part in (facts.get(name, name), value)]
        ),
        bundle=record.bundle,
        items=record.items,
        looked=record.looked,
    )


def _tables(book: Rulebook | None) -> tuple[Mapping[str, int], Mapping[str, int]]:
    return (book.rule_numbers, book.fact_numbers) if book is not None else ({}, {})


def _kept_hold(row: HoldRow, now: Instant, rules: Mapping[str, int]) -> KeptHold:
    rule = None if row.rule is None else rules.get(row.rule, row.rule)
    return KeptHold(_KIND[row.kind], row.since - now, row.until, rule)


def told(verdict: Verdict) -> tuple[RuleRow, ...]:
    """The rows of a verdict, with one for each rule that fired."""
    named = {row.rule for row in verdict.rows}
    fired = [RuleRow(f.rule, FIRED, f.by_unknown or None) for f in verdict.fired if f.rule not in named]
    return (*verdict.rows, *fired)


def packed(
    rows: tuple[RuleRow, ...], rules: Mapping[str, int], facts: Mapping[str, int]
) -> tuple[tuple[KeptRule, ...], tuple[int, ...]]:
    """Rows that need one of their own, and the steps between the others in order of their code and their number.

    The code is the number of the failed condition, 0 where the rule fired: most steps are small, and take a byte.
    """
    named: list[KeptRule] = []
    marks: list[int] = []
    for row in rows:
        number, detail = rules.get(row.rule, _ROOM), row.detail
        if number >= _ROOM:
            named.append(_kept_rule(row, rules, facts))
        elif detail is None and row.result == FIRED:
            marks.append(number)
        elif type(detail) is int and row.result == NOT_MET:
            marks.append((detail + 1) * _ROOM + number)
        else:
            named.append(_kept_rule(row, rules, facts))
    marks.sort()
    return tuple(named), tuple([after - before for before, after in pairwise((0, *marks))])


def _kept_rule(row: RuleRow, rules: Mapping[str, int], facts: Mapping[str, int]) -> KeptRule:
    """A detail in words is a rule where one silenced it, else a fact, unless it is what an error says."""
    detail: Name | None = row.detail
    if isinstance(detail, str):
        detail = (rules if row.result == "SILENCED" else facts).get(detail, detail)
    return KeptRule(rules.get(row.rule, row.rule), _RESULT[row.result], detail)


def whole(kept: KeptRecord, entry: Entry, book: Rulebook | None) -> Record:
    """What was decided at `entry`; `book` is that of its revision. Without it names that have a number are told by it."""
    rules, facts = (tuple(table) for table in _tables(book))
    rows = [_rule_row(row, rules, facts) for row in kept.rules]
    rows += [_counted_row(mark, rules) for mark in accumulate(kept.counted)]
    known = {row.rule for row in rows}
    others = book.ruled_out(kept.looked) if book is not None else ()
    return Record(
        message=kept.message,
        n=entry.n,
        now=entry.now,
        state=kept.state,
        reason=kept.reason,
        revision=entry.revision,
        cause=kept.cause,
        next_at=kept.next_at,
        gates=tuple(GateRow(_GATES[r.gate], _OUTCOMES[r.outcome], r.reason, r.until) for r in kept.gates),
        rules=(*rows, *(row for row in others if row.rule not in known)),
        holds=tuple(_hold_row(row, entry.now, rules) for row in kept.holds),
        plan=tuple(
            PlanRow(_CHANNELS[r.channel], _STATES[r.state], r.planned_at, r.because) for r in kept.plan
        ),
        reads={_name(n, facts): v for n, v in zip(kept.reads[::2], kept.reads[1::2], strict=True)},
        bundle=kept.bundle,
        items=kept.items,
    )


def hold_kinds(kept: KeptRecord) -> tuple[HoldKind, ...]:
    """Why its message waited, for whoever counts and needs no names."""
    return tuple(_KINDS[row.kind] for row in kept.holds)


def _name(name: Name, names: tuple[str, ...]) -> str:
    return name if isinstance(name, str) else names[name] if name < len(names) else f"number {name}"


def _counted_row(mark: int, rules: tuple[str, ...]) -> RuleRow:
    code, number = divmod(mark, _ROOM)
    rule = _name(number, rules)
    return RuleRow(rule, NOT_MET, code - 1) if code else RuleRow(rule, FIRED)


def _rule_row(row: KeptRule, rules: tuple[str, ...], facts: tuple[str, ...]) -> RuleRow:
    result, detail = _RESULTS[row.result], row.detail
    if detail is not None and result != NOT_MET:
        detail = _name(detail, rules if result == "SILENCED" else facts)
    return RuleRow(_name(row.rule, rules), result, detail)


def _hold_row(row: KeptHold, now: Instant, rules: tuple[str, ...]) -> HoldRow:
    rule = None if row.rule is None else _name(row.rule, rules)
    return HoldRow(_KINDS[row.kind], now + row.since, row.until, rule)
