"""Conditions compiled to closures: no text of an author ever becomes source of the host language.

Every named thing is read once in an evaluation, and a condition that several rules share is decided once. Of the time
of one judging, deciding conditions is about a quarter; the rest reads facts and reports. Generated functions could
only shorten that quarter, and would have to be proven harmless.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count

from dsl.arithmetic import RELATIONS, row_for
from dsl.arms import in_arm
from dsl.clock import Window, inside, window_of
from dsl.interpret import of_item
from dsl.lists import measured, noted
from dsl.many import chosen_of, quantified
from dsl.program import Program
from dsl.reading import Env, commitment_is, getter, in_force, situation_is, situation_known, visiting
from dsl.scorecards import ScorecardPlan, reads_of_score, score_of
from dsl.tables import Answer, Results, TablePlan, answer_of, matching, told
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
    Scope,
    SituationIs,
    SituationKnown,
    Truth,
    Visiting,
    Within,
)
from dsl.types import NUMERIC, Kind
from dsl.values import Value, date_of, day_start, length, wall_instant

Test = Callable[[Env], bool | None]
Load = Callable[[Env], Value]
Answering = Callable[[Env], Answer]


class Closures:
    """Compiles conditions of one rulebook. Slots of what is read or decided once are numbered as they come up."""

    def __init__(self, program: Program) -> None:
        self._currency = program.currency
        self._slots: dict[object, int] = {}
        self._numbers = count()
        parts = [part for rule in program.judging for part in rule.conditions]
        parts += [part for rule in program.event_rules for part in rule.clause.conditions]
        parts += [part for table in program.tables.values() for row in table.rows for part in row.conditions]
        parts += [line.condition for card in program.scorecards.values() for line in card.lines]
        self._scorecards = program.scorecards
        self._tables, self._answers = program.tables, dict[str, Answering]()
        self._uses = Counter(condition for part in parts for condition in _shareable(part))

    def test(self, condition: Condition) -> Test:
        """A function that decides the condition."""
        made = self._test(condition)
        if self._uses[condition] < 2:
            return made
        return _once(self._slot(condition), made)

    def _slot(self, of: object) -> int:
        # Conditions are compiled when they are first needed, by whichever thread that is.
        return self._slots.setdefault(of, next(self._numbers))

    def _test(self, condition: Condition) -> Test:
        match condition:
            case And(parts):
                return _all(tuple(self.test(part) for part in parts))
            case Or(parts):
                return _some(tuple(self.test(part) for part in parts))
            case Not(part):
                return _denied(self.test(part))
            case Compare():
                return self._compare(condition)
            case OneOf(value, values):
                return _among(self.load(value), frozenset(values))
            case Truth(value):
                return self.load(value)
            case IsKnown(value):
                return _known(self.load(value))
            case Contains(value, part):
                make = _holds if value.type.kind is Kind.LIST else _contains
                return make(self.load(value), self.load(part))
            case Within(_, moment):
                return _within(condition, self.load(moment))
            case SituationIs(kind, state):
                return lambda env: situation_is(env, kind, state)
            case SituationKnown(kind):
                return lambda env: situation_known(env, kind)
            case CommitmentIs(name, state):
                return lambda env: commitment_is(env, name, state)
            case Visiting(channel):
                return lambda env: visiting(env, channel)
            case InArm():
                return lambda env: in_arm(env, condition)
            case Quantified(quantifier, items, inner):
                return quantified(quantifier, items, None if inner is None else self._test(inner))

    def _compare(self, condition: Compare) -> Test:
        relation, left, right = (
            RELATIONS[condition.relation],
            self.load(condition.left),
            self.load(condition.right),
        )
        if condition.left.type.kind is Kind.DURATION:
            return _compared_lengths(relation, left, right)
        if isinstance(condition.right, Literal):
            value = condition.right.value
            if condition.left.type.kind in NUMERIC:
                return _compared_to_number(relation, left, value.numerator, value.denominator)
            return _compared_to(relation, left, value)
        return _compared(relation, left, right)

    def load(self, expression: Expression) -> Load:
        """A function that gives the value of an expression."""
        match expression:
            case Literal(value):
                return lambda env: value
            case Read(Scope.TABLE):
                return _once(self._slot(expression), self._taken(expression))
            case Read(Scope.SCORE, name):
                return _once(self._slot(expression), self._score(self._scorecards[name]))
            case Read():
                read = getter(expression, self._currency)
                return read if of_item(expression) else _once(self._slot(expression), read)
            case Aggregate():
                return _once(self._slot(expression), self._aggregate(expression))
            case Parameter():
                return _once(self._slot(expression), in_force(expression, self._currency))
            case Moment(day, minutes):
                return lambda env: wall_instant(day, minutes, env.zone)
            case Clock(type):
                return _now if type.kind is Kind.INSTANT else _today
            case DayStart(inner):
                return _day_start(self.load(inner))
            case Decided(condition):
                return self.test(condition)
            case Arithmetic(operator, left, right):
                row = row_for(operator, left.type.kind, right.type.kind)
                if row is None:
                    raise AssertionError(expression)
                return _reckoned(row.run, self.load(left), self.load(right))

    def _taken(self, read: Read) -> Load:
        """What reads an output of a table, whose rows are looked through once in an evaluation."""
        plan, currency = self._tables[read.owner], self._currency
        answer, index = self._answer(plan), plan.index(read.field)

        def value(env: Env) -> Value:
            found = answer(env)
            env.reads[read.shown] = told(found.values[index], read.type, found.rows, currency)
            return found.values[index]

        return value

    def _score(self, plan: ScorecardPlan) -> Load:
        """What reads a score, whose lines are decided once in an evaluation."""
        lines = [(self.test(line.condition), self.load(line.points)) for line in plan.lines]

        def value(env: Env) -> Value:
            item, env.item = env.item, None
            found = [load(env) if (answer := test(env)) else answer for test, load in lines]
            env.item = item
            score = score_of(plan, env.facts, found)
            env.reads.update(reads_of_score(plan.name, score))
            return score.value

        return value

    def _answer(self, plan: TablePlan) -> Answering:
        made = self._answers.get(plan.name)
        if made is None:
            rows = [_all(tuple(self.test(part) for part in row.conditions)) for row in plan.rows]
            results = [self._results(row.results) for row in plan.rows]
            otherwise = self._results(plan.otherwise or ())
            made = _once(self._slot(plan.name), _answered(plan, rows, results, otherwise))
            self._answers[plan.name] = made
        return made

    def _results(self, cells: Results) -> Load:
        loads = [(lambda env: None) if cell is None else self.load(cell) for cell in cells]
        return lambda env: tuple([load(env) for load in loads])

    def _aggregate(self, aggregate: Aggregate) -> Load:
        """One loop for each list, window and condition: what is made of those that are meant comes after."""
        currency, items = self._currency, aggregate.items
        test = None if items.condition is None else self._test(items.condition)
        chosen = _once(self._slot(items), lambda env: chosen_of(items, test, env))

        def value(env: Env) -> Value:
            found, those = chosen(env)
            return noted(aggregate, measured(aggregate, those, currency, env), found, currency, env)

        return value


def _answered(plan: TablePlan, rows: list[Test], results: list[Load], otherwise: Load) -> Answering:
    def answer(env: Env) -> Answer:
        item, env.item = env.item, None  # cells never speak of the situation at hand in `any ... with`
        places = matching(plan.hit, [partial(row, env) for row in rows])
        found = answer_of(plan, places, lambda place: (otherwise if place is None else results[place])(env))
        env.item = item
        return found

    return answer


def _shareable(condition: Condition) -> Iterable[Condition]:
    """A condition and those that it joins: each may be needed by another rule too."""
    yield condition
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _shareable(part)
        case Not(part):
            yield from _shareable(part)
        case _:
            return


def _once(slot: int, get: Load) -> Load:
    def value(env: Env) -> Value:
        values = env.values
        if slot in values:
            return values[slot]
        found = values[slot] = get(env)
        return found

    return value


def _all(tests: tuple[Test, ...]) -> Test:
    def holds(env: Env) -> bool | None:
        answer: bool | None = True
        for test in tests:
            found = test(env)
            if found is False:
                return False
            if found is None:
                answer = None
        return answer

    return holds


def _some(tests: tuple[Test, ...]) -> Test:
    def holds(env: Env) -> bool | None:
        answer: bool | None = False
        for test in tests:
            found = test(env)
            if found:
                return True
            if found is None:
                answer = None
        return answer

    return holds


def _denied(test: Test) -> Test:
    def holds(env: Env) -> bool | None:
        found = test(env)
        return None if found is None else not found

    return holds


def _known(load: Load) -> Test:
    return lambda env: load(env) is not None


def _among(load: Load, values: frozenset[Value]) -> Test:
    def holds(env: Env) -> bool | None:
        found = load(env)
        return None if found is None else found in values

    return holds


def _compared_to(relation: Callable[[Value, Value], bool], load: Load, value: Value) -> Test:
    def holds(env: Env) -> bool | None:
        found = load(env)
        return None if found is None else relation(found, value)

    return holds


def _compared_to_number(
    relation: Callable[[Value, Value], bool], load: Load, numerator: int, denominator: int
) -> Test:
    """Both sides times both denominators: whole numbers compare ten times as fast as fractions do."""

    def holds(env: Env) -> bool | None:
        found = load(env)
        if found is None:
            return None
        return relation(found.numerator * denominator, numerator * found.denominator)

    return holds


def _compared(relation: Callable[[Value, Value], bool], left: Load, right: Load) -> Test:
    def holds(env: Env) -> bool | None:
        a, b = left(env), right(env)
        return None if a is None or b is None else relation(a, b)

    return holds


def _compared_lengths(relation: Callable[[Value, Value], bool], left: Load, right: Load) -> Test:
    def holds(env: Env) -> bool | None:
        a, b = left(env), right(env)
        return None if a is None or b is None else relation(length(a), length(b))

    return holds


def _contains(left: Load, right: Load) -> Test:
    def holds(env: Env) -> bool | None:
        text, part = left(env), right(env)
        return None if text is None or part is None else part.casefold() in text.casefold()

    return holds


def _holds(left: Load, right: Load) -> Test:
    def holds(env: Env) -> bool | None:
        values, one = left(env), right(env)
        return None if values is None or one is None else one in values

    return holds


def _within(condition: Within, load: Load) -> Test:
    """A window is that of a moment and a zone, whoever asks: what was worked out once is kept."""
    absent = False if condition.absent_is_no else None
    windows: dict[tuple[Value, str], Window] = {}

    def holds(env: Env) -> bool | None:
        moment = load(env)
        if moment is None:
            return absent
        key = moment, env.zone
        window = windows.get(key)
        if window is None:
            if len(windows) >= _WINDOWS:
                windows.clear()
            window = windows[key] = window_of(condition, moment, env.zone)
        return inside(env, window)

    return holds


_WINDOWS = 256
"""How many windows one condition keeps."""


def _now(env: Env) -> Value:
    return env.now


def _today(env: Env) -> Value:
    return date_of(env.now, env.zone)


def _day_start(load: Load) -> Load:
    def value(env: Env) -> Value:
        day = load(env)
        return None if day is None else day_start(day, env.zone)

    return value


def _reckoned(run: Callable[[Value, Value, str], Value], left: Load, right: Load) -> Load:
    def value(env: Env) -> Value:
        a, b = left(env), right(env)
        return None if a is None or b is None else run(a, b, env.zone)

    return value
