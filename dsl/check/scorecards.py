"""Scorecards: lines of points with a condition each. They speak of the customer, never of one event or message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.check.symbols import ScorecardInfo
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.program import PointsPlan
from dsl.scorecards import Line, ScorecardPlan
from dsl.syntax import Node, Word
from dsl.typed import Arithmetic, Expression, Literal, Operator, Read, Scope
from dsl.types import NUMERIC

if TYPE_CHECKING:
    from dsl.check.effects import Effects
    from dsl.check.expressions import Expressions


def check_scorecards(effects: Effects) -> dict[str, ScorecardPlan]:
    """All scorecards by name; a mistake shows even in one that nobody reads."""
    symbols, desk = effects.symbols, effects.desk
    others = (symbols.situations, symbols.commitments, symbols.definitions, symbols.tables, symbols.facts)
    for name, info in symbols.scorecards.items():
        desk.base = info.base
        if any(names.find(name) for names in others):
            desk.report(Code.NAME_TAKEN, info.node.word(), text=name)
        _checked(effects, info)
    return {name: info.plan for name, info in symbols.scorecards.items() if info.plan is not None}


def read_score(checker: Expressions, info: ScorecardInfo, word: Word) -> Read | None:
    """What the bare name of a scorecard reads."""
    if info.open:
        checker.desk.report(Code.DEFINITION_CYCLE, word, text=info.name)
        return None
    _checked(checker, info)
    return Read(Scope.SCORE, info.name, info.name, info.name, info.type)


def points_of(checker: Expressions, node: Node, where: Where, *, minus: bool) -> Expression | None:
    """Points as they are added: what is subtracted is below zero."""
    found = checker.value(node, where)
    if found is None:
        return None
    if found.type.kind not in NUMERIC:
        checker.desk.report(Code.TYPE_MISMATCH, node, found=found.type, wanted="number")
        return None
    if not minus:
        return found
    if isinstance(found, Literal):
        return Literal(-found.value, found.type)
    return Arithmetic(Operator.SUBTRACT, Literal(0, found.type), found, found.type)


def points_plan(
    checker: Expressions, action: Node, because: dict[str, str], where: Where
) -> PointsPlan | None:
    """`add 5 to churn`, `subtract 5 from churn`."""
    word = action.word(1)
    card = checker.symbols.scorecards.find(word.text)
    points = points_of(checker, action.node(0), where, minus=action.kind == "subtract_from")
    if card is None:
        known = checker.symbols.scorecards
        checker.desk.unknown(Code.NAME_UNKNOWN, word, word.text, known, what="a scorecard")
        return None
    return PointsPlan(card.name, points, because) if points is not None else None


def _checked(checker: Expressions, info: ScorecardInfo) -> None:
    """Check a scorecard where it is first needed."""
    if info.plan is not None or info.open:
        return
    desk = checker.desk
    before, desk.base = desk.base, info.base
    info.open = True
    lines = [_line(checker, part) for part in info.node.nodes() if part.kind in ("plus", "minus")]
    info.open = False
    info.plan = ScorecardPlan(info.name, info.low, info.high, info.start, tuple(filter(None, lines)))
    desk.base = before


def _line(checker: Expressions, part: Node) -> Line | None:
    points = points_of(checker, part.node(0), Where(), minus=part.kind == "minus")
    condition = checker.condition(part.node(1).node(), Where())
    worded = part.maybe_node(2)
    because = checker.worded(worded) if worded is not None else {}
    return Line(points, condition, because) if points is not None and condition is not None else None
