"""Transcripts of language programs: what the checker says of a bad one, what a good one means and decides.

`python -m tests.dsl.record` writes them anew after a change that is meant; read the difference before committing it.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from artifact.event import Event, Subject
from artifact.facts import Fact, Facts, Situation
from artifact.instant import format_instant, parse_instant
from dsl.compile import compile_rulebook
from dsl.errors import rendered
from dsl.program import Clause, MessageRule, Program
from dsl.tables import Results
from dsl.typed import (
    Aggregate,
    And,
    Arithmetic,
    Clock,
    CommitmentIs,
    Compare,
    Condition,
    Contains,
    DayStart,
    Decided,
    Expression,
    InArm,
    IsKnown,
    Literal,
    Moment,
    Not,
    OneOf,
    Or,
    Parameter,
    Quantified,
    Read,
    SituationIs,
    SituationKnown,
    Truth,
    Visiting,
    Within,
)
from dsl.values import to_json
from dsl.verdict import Asked

PROGRAMS = Path(__file__).parent / "programs"


def transcript(path: Path) -> str:
    """What there is to say about a program."""
    text = path.read_text(encoding="utf-8")
    checked = compile_rulebook(text)
    if checked.rulebook is None:
        return "\n\n".join(rendered(diagnostic, text) for diagnostic in checked.diagnostics) + "\n"
    lines = [rendered(diagnostic, text) for diagnostic in checked.diagnostics]
    lines += [f"cost {checked.cost}", *_summary(checked.rulebook.program)]
    cases = path.with_suffix(".json")
    for case in json.loads(cases.read_text(encoding="utf-8")) if cases.exists() else []:
        lines += ["", f"## {case['case']}", *answers(checked.rulebook, case)]
    return "\n".join(lines) + "\n"


def _summary(program: Program) -> list[str]:
    lines = []
    for table in program.tables.values():
        outputs = ", ".join(f"{one.name}: {one.type}" for one in table.outputs)
        lines.append(f"table {table.name} {table.hit} => {outputs}")
        lines += [f"  {' '.join(map(shown, row.conditions))} => {_cells(row.results)}" for row in table.rows]
        lines += [f"  otherwise => {_cells(table.otherwise)}"] if table.otherwise else []
    for card in program.scorecards.values():
        lines.append(f"scorecard {card.name} from {card.low} to {card.high}, starting at {card.start}")
        lines += [f"  {shown(line.points)} when {shown(line.condition)}" for line in card.lines]
    for situation in program.situations:
        lines.append(f"situation {situation.kind} per {situation.one_per}")
        lines += [f"  {t.turn.lower()} {t.state} {_clause(t.clause)}" for t in situation.transitions]
    for promise in program.commitments:
        lines.append(f"commitment {promise.name} per {promise.one_per}")
        lines += [f"  {t.turn.lower()} {_clause(t.clause)}" for t in promise.transitions]
    lines += [
        f'event rule "{rule.name}" {rule.priority} {_clause(rule.clause)}' for rule in program.event_rules
    ]
    lines += [_message_rule(rule) for rule in program.judging]
    return lines


def _cells(results: Results) -> str:
    return ", ".join("unknown" if cell is None else shown(cell) for cell in results)


def _message_rule(rule: MessageRule) -> str:
    about = rule.topics or rule.categories or ("anything",)
    parts = " ".join(shown(condition) for condition in rule.conditions)
    return f'message rule "{rule.name}" {rule.priority} for {", ".join(about)}: {parts}'.rstrip(": ")


def _clause(clause: Clause) -> str:
    triggers = ", ".join(t.type + (f"({t.owner})" if t.owner else "") for t in clause.triggers)
    return " ".join(["on", triggers, *(shown(condition) for condition in clause.conditions)])


def shown(tree: Condition | Expression) -> str:
    """A typed tree, operator first."""
    match tree:
        case And(parts) | Or(parts):
            return f"({type(tree).__name__.lower()} {' '.join(map(shown, parts))})"
        case Not(part):
            return f"(not {shown(part)})"
        case Compare(relation, left, right):
            return f"({relation} {shown(left)} {shown(right)})"
        case OneOf(value, values):
            return f"(one-of {shown(value)} {' '.join(map(str, values))})"
        case Truth(value) | IsKnown(value) | DayStart(value):
            return f"({type(tree).__name__.lower()} {shown(value)})"
        case Contains(value, part):
            return f"(contains {shown(value)} {shown(part)})"
        case Within(form, moment, span):
            length = f" {span.amount} {span.unit}" if span else ""
            return f"({form.lower().replace('_', '-')} {shown(moment)}{length})"
        case SituationIs(name, state) | CommitmentIs(name, state):
            return f"({name} is {state})"
        case SituationKnown(name):
            return f"({name} is known)"
        case Visiting(channel):
            return f"(visiting {channel})"
        case InArm(experiment, low, high):
            return f"({experiment} from {low / 2**64:.4f} to {high / 2**64:.4f})"
        case Quantified(quantifier, items, inner):
            window = f" {items.span.amount} {items.span.unit}" if items.span else ""
            return f"({quantifier} {items.name}{window} {shown(inner) if inner else ''})".replace(" )", ")")
        case Read() | Parameter() | Aggregate():
            return tree.shown
        case Literal(value, of):
            return str(to_json(value, of, "EUR"))
        case Moment(day, minutes):
            return f"(wall {day} {minutes})"
        case Clock(of):
            return "now" if of.kind == "date and time" else "today"
        case Arithmetic(operator, left, right):
            return f"({operator} {shown(left)} {shown(right)})"
        case Decided(condition):
            return shown(condition)


def answers(rulebook: Any, case: dict[str, Any]) -> list[str]:
    """What a rulebook says to one case: what fires, the rows, what was read and until when it stands."""
    now = parse_instant(case.get("now", "2026-03-02T10:00:00Z"))
    facts = Facts(
        attributes={name: Fact(value, now) for name, value in case.get("facts", {}).items()},
        situations=tuple(_situation(one) for one in case.get("situations", [])),
    )
    about = Subject(*case["about"]) if "about" in case else None
    if "event" in case:
        event = Event("c", "core", "1", case["event"], now, now, about, data=case.get("data", {}))
        reaction = rulebook.explained(event, facts, rulebook.zone)
        raised = [f"{one.rule} #{one.ordinal}: {_effect(one.effect)}" for one in reaction.raised]
        return raised + [_row(row) for row in reaction.rows]
    topic = rulebook.topic(case["topic"])
    asked = Asked(
        "m", topic.name, topic.category, topic.urgency, now, "crm", about, None, case.get("data", {})
    )
    verdict = rulebook.judge(asked, facts, rulebook.zone, now)
    fired = [
        f"{one.rule}{'' if one.holding else ' (no longer holding)'}: {', '.join(map(_effect, one.effects))}"
        for one in verdict.fired
    ]
    reads = [f"read {json.dumps(verdict.reads, sort_keys=True)}"]
    flips = [f"until {format_instant(verdict.flips_at)}"] if verdict.flips_at is not None else []
    return fired + [_row(row) for row in rulebook.rows(verdict)] + reads + flips


def _row(row: Any) -> str:
    return f"- {row.rule}: {row.result}" + ("" if row.detail is None else f" {row.detail}")


def _effect(effect: Any) -> str:
    fields = {
        name: value
        for name, value in msgspec.to_builtins(effect).items()
        if value not in (None, {}, [], False)
    }
    return f"{type(effect).__name__} {json.dumps(fields, sort_keys=True, ensure_ascii=False)}"


def _situation(one: dict[str, Any]) -> Situation:
    opened = parse_instant(one["opened"])
    closed = parse_instant(one["closed"]) if "closed" in one else None
    return Situation(
        one["kind"],
        one.get("reference", ""),
        "closed" if closed is not None else one.get("state", "open"),
        closed is None,
        opened,
        opened if closed is None else closed,
        closed,
        data=one.get("data", {}),
    )


def programs() -> list[Path]:
    """Every program, bad and good."""
    return sorted(PROGRAMS.rglob("*.rules"))
