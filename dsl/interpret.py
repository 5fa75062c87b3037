"""The meaning of the typed tree, written as plainly as it can be: the oracle of the compiled form.

Three-valued: True, False, or None for unknown. Refuses nothing; an error of arithmetic or of the calendar goes up to
whoever evaluates the rule.
"""

from dsl.arithmetic import RELATIONS, row_for
from dsl.arms import in_arm
from dsl.clock import inside, window_of
from dsl.figures import NO_FIGURES, Figures
from dsl.lists import Chosen, Item, in_window, listed, measured, noted
from dsl.reading import Env, commitment_is, getter, in_force, situation_is, situation_known, visiting
from dsl.scorecards import Line, Score, ScorecardPlan, reads_of_score, score_of
from dsl.tables import Answer, TablePlan, answer_of, matching, told
from dsl.typed import (
    SAID,
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
    Items,
    Literal,
    Moment,
    Named,
    Not,
    OneOf,
    Operator,
    Or,
    Parameter,
    Quantified,
    Quantifier,
    Read,
    Scope,
    SituationIs,
    SituationKnown,
    Source,
    Truth,
    Visiting,
    Within,
)
from dsl.types import Kind
from dsl.values import Value, date_of, day_start, length, wall_instant


class Interpreter:
    """Walks the tree. `currency` is the rulebook's: amounts of money are read in it. `figures` are its tables."""

    def __init__(self, currency: str, figures: Figures = NO_FIGURES) -> None:
        self.currency, self.figures = currency, figures

    def truth(self, condition: Condition, env: Env) -> bool | None:
        """Whether the condition holds."""
        match condition:
            case And(parts):
                return self._all(parts, env)
            case Or(parts):
                return self._some(parts, env)
            case Not(part):
                answer = self.truth(part, env)
                return None if answer is None else not answer
            case Truth(value):
                found = self.value(value, env)
                return None if found is None else bool(found)
            case IsKnown(value):
                return self.value(value, env) is not None
            case SituationIs(kind, state):
                return situation_is(env, kind, state)
            case SituationKnown(kind):
                return situation_known(env, kind)
            case CommitmentIs(name, state):
                return commitment_is(env, name, state)
            case Visiting(channel):
                return visiting(env, channel)
            case InArm():
                return in_arm(env, condition)
            case Quantified():
                return self._quantified(condition, env)
            case _:
                return self._test(condition, env)

    def _all(self, parts: tuple[Condition, ...], env: Env) -> bool | None:
        answer: bool | None = True
        for part in parts:
            found = self.truth(part, env)
            if found is False:
                return False
            answer = None if found is None else answer
        return answer

    def _some(self, parts: tuple[Condition, ...], env: Env) -> bool | None:
        answer: bool | None = False
        for part in parts:
            found = self.truth(part, env)
            if found:
                return True
            answer = None if found is None else answer
        return answer

    def _test(self, condition: Condition, env: Env) -> bool | None:
        match condition:
            case Compare(relation, left, right):
                a, b = self.value(left, env), self.value(right, env)
                if a is None or b is None:
                    return None
                if left.type.kind is Kind.DURATION:
                    a, b = length(a), length(b)
                return RELATIONS[relation](a, b)
            case OneOf(value, values):
                found = self.value(value, env)
                return None if found is None else found in values
            case Contains(value, part):
                whole, wanted = self.value(value, env), self.value(part, env)
                if whole is None or wanted is None:
                    return None
                return wanted in whole if type(whole) is tuple else wanted.casefold() in whole.casefold()
            case Within(_, moment):
                found = self.value(moment, env)
                if found is None:
                    return False if condition.absent_is_no else None
                return inside(env, window_of(condition, found, env.zone))
            case _:
                raise AssertionError(condition)

    def _quantified(self, condition: Quantified, env: Env) -> bool | None:
        found = listed(condition.items, env)
        if found is None:
            return None
        stop = condition.quantifier is not Quantifier.EVERY
        answer: bool | None = not stop
        for one in in_window(condition.items, found.rows, env):
            holds = self._of(one, condition.tested, env)
            if holds is stop:
                answer = stop
                break
            answer = None if holds is None else answer
        return (not answer) if condition.quantifier is Quantifier.NO and answer is not None else answer

    def _of(self, one: Item, condition: Condition | None, env: Env) -> bool | None:
        """Whether a condition holds of one of a list."""
        env.item = one
        holds = True if condition is None else self.truth(condition, env)
        env.item = None
        return holds

    def _aggregate(self, aggregate: Aggregate, env: Env) -> Value:
        found = listed(aggregate.items, env)
        chosen = None
        if found is not None:
            answers = [
                (one, self._of(one, aggregate.items.condition, env))
                for one in in_window(aggregate.items, found.rows, env)
            ]
            rows = tuple(one for one, holds in answers if holds)
            chosen = Chosen(rows, sure=all(holds is not None for _, holds in answers))
        value = measured(aggregate, chosen, self.currency, env)
        return noted(aggregate, value, found, self.currency, env)

    def value(self, expression: Expression, env: Env) -> Value:
        """The value of an expression; None is unknown."""
        match expression:
            case Literal(value):
                return value
            case Read(Scope.TABLE):
                return self._taken(expression, env)
            case Read(Scope.SCORE):
                score = self.score(self.figures.scorecards[expression.owner], env)
                env.reads.update(reads_of_score(expression.shown, score))
                return score.value
            case Read():
                return getter(expression, self.currency)(env)
            case Aggregate():
                return self._aggregate(expression, env)
            case Parameter():
                return in_force(expression, self.currency)(env)
            case Moment(day, minutes):
                return wall_instant(day, minutes, env.zone)
            case Clock(type):
                return env.now if type.kind is Kind.INSTANT else date_of(env.now, env.zone)
            case DayStart(day):
                found = self.value(day, env)
                return None if found is None else day_start(found, env.zone)
            case Decided(condition):
                return self.truth(condition, env)
            case Arithmetic(operator, left, right):
                a, b = self.value(left, env), self.value(right, env)
                row = row_for(operator, left.type.kind, right.type.kind)
                return None if a is None or b is None or row is None else row.run(a, b, env.zone)

    def score(self, plan: ScorecardPlan, env: Env) -> Score:
        """A score. Its lines speak of the customer, never of the situation at hand in `any ... with`."""
        item, env.item = env.item, None
        lines = [self.points(line, env) for line in plan.lines]
        env.item = item
        return score_of(plan, env.facts, lines)

    def points(self, line: Line, env: Env) -> Value:
        """What a line scores: False where it does not hold, None where nobody knows."""
        answer = self.truth(line.condition, env)
        return self.value(line.points, env) if answer else answer

    def _taken(self, read: Read, env: Env) -> Value:
        """An output of a table. Its cells speak of the customer, never of the situation at hand in `any ... with`."""
        plan = self.figures.tables[read.owner]
        item, env.item = env.item, None
        answer = self.answer(plan, env)
        env.item = item
        value = answer.values[plan.index(read.field)]
        env.reads[read.shown] = told(value, read.type, answer.rows, self.currency)
        return value

    def answer(self, plan: TablePlan, env: Env) -> Answer:
        """What a table says. Raises TableError where it breaks its own promise."""
        rows = [lambda row=row: self._all(row.conditions, env) for row in plan.rows]
        return answer_of(plan, matching(plan.hit, rows), lambda place: self._results(plan, place, env))

    def _results(self, plan: TablePlan, place: int | None, env: Env) -> tuple[Value, ...]:
        cells = plan.otherwise if place is None else plan.rows[place].results
        return tuple(None if cell is None else self.value(cell, env) for cell in cells or ())

    def named(self, named: Named, env: Env) -> Value:
        """The value of what has a name; of a list, whether it is known."""
        if isinstance(named, Items):
            return None if listed(named, env) is None else True
        return self.value(named, env)


def first_missing(parts: tuple[Condition, ...], env: Env, interpreter: Interpreter) -> str:
    """The name of the first thing that is unknown, for the explanation; of a division by zero, its divisor."""
    for part in parts:
        if interpreter.truth(part, env) is None:
            for read in reads_of(part):
                if not of_item(read) and interpreter.named(read, env) is None:
                    return read.shown
            return next((read.shown for read in [*_divisors(part), *reads_of(part)]), "")
    return ""


def of_item(read: Named) -> bool:
    """Whether it is a field of the one at hand inside `any ... with (...)`."""
    return isinstance(read, Read) and read.scope in _OF_ITEM


_OF_ITEM = (Scope.ITEM, Scope.ROW, Scope.ROW_AT, Scope.SAID)


def _divisors(tree: Condition | Expression) -> list[Named]:
    """What is divided by, anywhere in a comparison."""
    match tree:
        case And(parts) | Or(parts):
            return [read for part in parts for read in _divisors(part)]
        case Not(part):
            return _divisors(part)
        case Arithmetic(Operator.DIVIDE, left, right):
            return _divisors(left) + reads_of(right)
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return _divisors(left) + _divisors(right)
        case _:
            return []


def reads_of(tree: Condition | Expression) -> list[Named]:
    """Every named thing below, in the order of the text."""
    match tree:
        case Read() | Parameter():
            return [tree]
        case And(parts) | Or(parts):
            return [read for part in parts for read in reads_of(part)]
        case Not(part):
            return reads_of(part)
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return reads_of(left) + reads_of(right)
        case Contains(value, part):
            return reads_of(value) + reads_of(part)
        case OneOf(value) | Truth(value) | IsKnown(value) | DayStart(value):
            return reads_of(value)
        case Within(_, moment):
            return reads_of(moment)
        case Decided(condition):
            return reads_of(condition)
        case Quantified(_, items, tested):
            return [*(reads_of(tested) if tested is not None else ()), *_if_told(items)]
        case Aggregate(_, items):
            inner = reads_of(items.condition) if items.condition is not None else []
            return [*inner, *_if_told(items), tree]
        case _:
            return []


def _if_told(items: Items) -> list[Items]:
    """A list that may be missing by itself: never told of, or not to be read everywhere."""
    if items.source is Source.FACT or items.source in SAID:
        return [Items(items.source, items.name, items.name, items.most)]
    return []
