"""What every scorecard of a rulebook comes to for one customer, for whoever reads scores and not rules.

A line that errs (a table that breaks its promise, a date beyond the calendar) counts as unknown here: a reader is told
the score all the same. A rule that reads such a score errs instead, and its owner hears of it.
"""

from artifact.facts import Facts
from artifact.instant import Instant
from dsl.interpret import Interpreter
from dsl.program import Program
from dsl.reading import Env
from dsl.scorecards import Line, ScorecardPlan, score_of
from dsl.types import NUMBER
from dsl.values import Value, to_json
from dsl.verdict import Scored


def scores_of(program: Program, facts: Facts, zone: str, now: Instant) -> tuple[Scored, ...]:
    """All scores, in the order of the text."""
    interpreter = Interpreter(program.currency, program.figures)
    env = Env(facts, zone, now, program.keys)
    return tuple(_scored(plan, interpreter, env) for plan in program.scorecards.values())


def _scored(plan: ScorecardPlan, interpreter: Interpreter, env: Env) -> Scored:
    score = score_of(plan, env.facts, [_points(line, interpreter, env) for line in plan.lines])
    reasons = tuple(plan.lines[number - 1].because for number in score.lines)
    return Scored(plan.name, to_json(score.value, NUMBER, ""), tuple(filter(None, reasons)), score.unknown)


def _points(line: Line, interpreter: Interpreter, env: Env) -> Value:
    try:
        return interpreter.points(line, env)
    except Exception:  # what can go wrong is an author's: dsl.react.fault_of names it where a rule is asked
        return None
