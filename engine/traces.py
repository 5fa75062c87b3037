"""Records in the log, kept small: what has a place in a table is kept as its number, what the entry says is left out.

A rule's and a fact's number is its place in the rulebook of the record's revision, that of a gate or a state its place
among its kind, so a record is made whole again on reading. Rules that the index ruled out have no rows at all: what it
found is kept, and their rows follow from that. Refuses to drop what has no number: that keeps its name.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import accumulate
from typing import TypeVar

import msgspec

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
    KeptVerdict,
    Name,
    PlanRow,
    Record,
    RuleRow,
    decoded_verdict,
    encoded_verdict,
)
from artifact.instant import Instant
from artifact.message import Delivery, DeliveryState, GateName, HoldKind, Message
from dsl.numbering import NO_NUMBERS, ROOM, Numbering, steps
from dsl.rulebook import Rulebook
from dsl.verdict import Fired, Verdict

E = TypeVar("E", bound=str)

FIRED, NOT_MET = "FIRED", "NOT_MET"
RESULTS = (FIRED, NOT_MET, "UNKNOWN", "SILENCED", "ERROR")


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


def gate(name: GateName, outcome: GateOutcome, reason: str = "", until: Instant | None = None) -> KeptGate:
    """One gate of one deciding. `reason` is a stable short code, `until` the instant a hold ends."""
    return KeptGate(_GATE[name], _OUTCOME[outcome], reason, until)


def kept(
    message: Message,
    verdict: Verdict,
    gates: tuple[KeptGate, ...],
    cause: str,
    next_at: Instant | None,
    now: Instant,
    book: Rulebook | None,
) -> KeptRecord:
    """What was decided of a message, as its entry keeps it; `book` is that of the revision."""
    numbers = _numbers_of(book)
    trail = verdict.trail
    if trail.packed is None:
        trail.packed = packed(verdict, numbers)
    return KeptRecord(
        message.id,
        message.state,
        message.reason,
        cause,
        next_at,
        gates,
        trail.packed,
        _kept_holds(message, now, numbers) if message.holds else (),
        _kept_plan(message.deliveries),
        message.bundle,
        message.items,
    )


def _kept_plan(deliveries: Iterable[Delivery]) -> tuple[KeptPlan, ...]:
    rows: list[KeptPlan] = []
    for d in deliveries:
        rows.append(KeptPlan(_CHANNEL[d.channel], _STATE[d.state], d.planned_at, d.because))
    return tuple(rows)


def _kept_holds(message: Message, now: Instant, numbers: Numbering) -> tuple[KeptHold, ...]:
    rules = numbers.rules
    rows: list[KeptHold] = []
    for h in message.holds:
        rows.append(KeptHold(_KIND[h.kind], h.since - now, h.until, h.rule and rules.get(h.rule, h.rule)))
    return tuple(rows)


def _numbers_of(book: Rulebook | None) -> Numbering:
    return book.numbers if book is not None else NO_NUMBERS


def packed(verdict: Verdict, numbers: Numbering) -> msgspec.Raw:
    """What the log keeps of a verdict: what became of the rules, what was read, what the index found."""
    told = verdict.trail.told
    counted = None if verdict.rows else numbers.fired(verdict.fired)
    named, counted = _rows(verdict, numbers) if counted is None else ((), counted)
    return encoded_verdict(KeptVerdict(named, counted, numbers.told(told.reads), told.looked))


def _rows(verdict: Verdict, numbers: Numbering) -> tuple[tuple[KeptRule, ...], tuple[int, ...]]:
    """Rules that need a row of their own, and the steps between the others in order of their code and their number.

    The code is the number of the failed condition, 0 where the rule fired.
    """
    rules = numbers.rules
    named: list[KeptRule] = []
    marks: list[int] = []
    for row in verdict.rows:
        number = rules.get(row.rule)
        if number is not None and row.result == NOT_MET and type(row.detail) is int:
            marks.append((row.detail + 1) * ROOM + number)
        else:
            named.append(_kept_rule(row, numbers))
    for one in _without_rows(verdict):
        number = rules.get(one.rule)
        if number is not None and not one.by_unknown:
            marks.append(number)
        else:
            named.append(_kept_rule(RuleRow(one.rule, FIRED, one.by_unknown or None), numbers))
    return tuple(named), steps(marks)


def _without_rows(verdict: Verdict) -> Sequence[Fired]:
    """What fired, but for rules of which a row tells more: one that erred may apply nevertheless."""
    told = {row.rule for row in verdict.rows}
    return [one for one in verdict.fired if one.rule not in told] if told else verdict.fired


def _kept_rule(row: RuleRow, numbers: Numbering) -> KeptRule:
    """A detail in words is a rule where one silenced it, else a fact, unless it is what an error says."""
    detail: Name | None = row.detail
    if isinstance(detail, str):
        detail = (numbers.rules if row.result == "SILENCED" else numbers.facts).get(detail, detail)
    return KeptRule(numbers.rules.get(row.rule, row.rule), _RESULT[row.result], detail)


def whole(kept: KeptRecord, entry: Entry, book: Rulebook | None) -> Record:
    """What was decided at `entry`; `book` is that of its revision. Without it names that have a number are told by it."""
    numbers, told = _numbers_of(book), decoded_verdict(kept.told)
    rules, facts = numbers.rule_names, numbers.fact_names
    rows = [_rule_row(row, rules, facts) for row in told.rules]
    rows += [_counted_row(mark, rules) for mark in accumulate(told.counted)]
    known = {row.rule for row in rows}
    others = book.ruled_out(told.looked) if book is not None else None
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
        rules=(*rows, *(row for row in others or () if row.rule not in known)),
        holds=tuple(_hold_row(row, entry.now, rules) for row in kept.holds),
        plan=tuple(
            PlanRow(_CHANNELS[r.channel], _STATES[r.state], r.planned_at, r.because) for r in kept.plan
        ),
        reads={_name(n, facts): v for n, v in zip(told.reads[::2], told.reads[1::2], strict=True)},
        bundle=kept.bundle,
        items=kept.items,
        untold=others is None and bool(told.looked),
    )


def hold_kinds(kept: KeptRecord) -> tuple[HoldKind, ...]:
    """Why its message waited, for whoever counts and needs no names."""
    return tuple(_KINDS[row.kind] for row in kept.holds)


def _name(name: Name, names: tuple[str, ...]) -> str:
    return name if isinstance(name, str) else names[name] if name < len(names) else f"number {name}"


def _counted_row(mark: int, rules: tuple[str, ...]) -> RuleRow:
    code, number = divmod(mark, ROOM)
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
