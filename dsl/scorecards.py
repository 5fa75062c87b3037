"""Scorecards: what one is, and its value once it is known which of its lines hold.

A score is never unknown: it starts somewhere, each line that surely holds adds its points, what events have added stays
added, and the whole is kept within its bounds on reading. A line that nobody can decide scores nothing and is named.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import msgspec

from artifact.facts import Facts, Points
from dsl.typed import Condition, Expression
from dsl.types import Kind, Type
from dsl.values import Value, exact_number, to_json

Number: TypeAlias = int | Fraction


class Line(msgspec.Struct, frozen=True, gc=False):
    """`add 25 when ... because "..."`; what is subtracted are points below zero."""

    points: Expression
    condition: Condition
    because: dict[str, str] = {}


class ScorecardPlan(msgspec.Struct, frozen=True):
    """A checked scorecard."""

    name: str
    low: int
    high: int
    start: int
    lines: tuple[Line, ...]

    @property
    def type(self) -> Type:
        """What its reader finds."""
        return Type(Kind.NUMBER, low=self.low, high=self.high)


class Score(NamedTuple):
    """A value within its bounds. `lines` scored, `unknown` could not be decided; both are numbers from 1."""

    value: Number
    lines: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


def score_of(plan: ScorecardPlan, facts: Facts, lines: Sequence[Value]) -> Score:
    """The score in which the lines scored so: their points, False where one does not hold, None where nobody knows."""
    total: Number = plan.start + added(plan.name, facts.points)
    total += sum((points for points in lines if points is not None and points is not False), Fraction())
    scored = tuple(n for n, points in enumerate(lines, 1) if points is not None and points is not False)
    unknown = tuple(n for n, points in enumerate(lines, 1) if points is None)
    bounded = plan.low if total < plan.low else min(total, plan.high)
    return Score(bounded, scored, unknown)


def added(name: str, points: Iterable[Points]) -> Fraction:
    """What events have added to a score, and subtracted from it."""
    return sum((Fraction(exact_number(one.amount) or 0) for one in points if one.score == name), Fraction())


def reads_of_score(name: str, score: Score) -> dict[str, Any]:
    """What a decision notes of a score that it read."""
    found: dict[str, Any] = {name: to_json(score.value, Type(Kind.NUMBER), "")}
    if score.lines:
        found[f"{name}.lines"] = list(score.lines)
    if score.unknown:
        found[f"{name}.unknown"] = list(score.unknown)
    return found
