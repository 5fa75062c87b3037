"""What every scorecard of a rulebook comes to for one customer, for whoever reads scores and not rules.

A line that errs (a table that breaks its promise, a date beyond the calendar) counts as unknown here: a reader is told
the score all the same. A rule that reads such a score errs instead, and its owner hears of it.
"""

from functools import cached_property

from artifact.facts import Facts
from artifact.instant import Instant
from dsl.conditions import Compile, Test
from dsl.interpret import Interpreter
from dsl.program import Program
from dsl.reading import Env
from dsl.scorecards import Line, ScorecardPlan, score_of
from dsl.types import NUMBER
from dsl.values import Value, to_json
from dsl.verdict import Scored


class Scores:
    """The scorecards of a rulebook. `compile_condition` makes a condition runnable: when scores are first asked for."""

    def __init__(self, program: Program, compile_condition: Compile) -> None:
        self._program, self._compile = program, compile_condition
        self._values = Interpreter(program.currency, program.figures)

    def of(self, facts: Facts, zone: str, now: Instant) -> tuple[Scored, ...]:
        """All scores of a customer, in the order of the text."""
        env = Env(facts, zone, now, self._program.keys)
        return tuple(self._scored(plan, env) for plan in self._program.scorecards.values())

    @cached_property
    def _tests(self) -> dict[str, list[Test]]:
        cards = self._program.scorecards.values()
        return {plan.name: [self._compile(line.condition) for line in plan.lines] for plan in cards}

    def _scored(self, plan: ScorecardPlan, env: Env) -> Scored:
        lines = zip(self._tests[plan.name], plan.lines, strict=True)
        score = score_of(plan, env.facts, [self._points(test, line, env) for test, line in lines])
        reasons = tuple(plan.lines[number - 1].because for number in score.lines)
        return Scored(
            plan.name, to_json(score.value, NUMBER, ""), tuple(filter(None, reasons)), score.unknown
        )

    def _points(self, test: Test, line: Line, env: Env) -> Value:
        try:
            answer = test(env)
            return self._values.value(line.points, env) if answer else answer
        except (
            Exception
        ):  # what can go wrong is an author's: dsl.conditions.fault_of names it where a rule is asked
            return None
