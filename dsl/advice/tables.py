"""Decision tables: cases of which no row speaks, rows that apply together, rows that never count.

Cases in which something is unknown are left out: then the answer of the table is unknown, as it should be.
"""

from collections.abc import Iterable, Iterator

from dsl.advice.cases import Asked, Box, Standing, TooMany, Variable, anything, has_been, overlap
from dsl.advice.domain import Choice, Domain, both, is_empty, minus
from dsl.advice.rules import Remark
from dsl.advice.shape import cases_of
from dsl.errors import DiagnosticCode as Code
from dsl.program import Program
from dsl.tables import Hit, TablePlan
from dsl.typed import Arithmetic, Clock, DayStart, Decided, Literal, Moment, Read, Scope

MOST_PIECES = 2_000
"""Where a table falls into more pieces, gaps in it are not looked for."""

_EXPRESSIONS = (Read, Literal, Moment, Clock, DayStart, Arithmetic, Decided)
_ONE_ROW = frozenset({Hit.UNIQUE, Hit.ANY, Hit.FIRST, Hit.PRIORITY})


def remarks_on_tables(program: Program) -> Iterator[Remark]:
    """All that is found, table by table."""
    cases = cases_of(program)
    for plan in program.tables.values():
        try:
            rows = [cases.all(row.conditions) for row in plan.rows]
        except TooMany:
            continue
        yield from _overlaps(plan, rows)
        yield from _unreachable(plan, rows)
        yield from _gap(plan, rows)


def _overlaps(plan: TablePlan, rows: list[list[Box]]) -> Iterator[Remark]:
    """Only where the table promises that one row applies, or that all that apply say the same."""
    if plan.hit not in (Hit.UNIQUE, Hit.ANY):
        return
    for second, later in enumerate(rows):
        for first, earlier in enumerate(rows[:second]):
            if plan.hit is Hit.ANY and plan.rows[first].results == plan.rows[second].results:
                continue
            box = next((box for a in earlier for b in later if (box := overlap(a, b)) is not None), None)
            if box is not None:
                values = {"text": plan.name, "first": str(first + 1), "second": str(second + 1)}
                yield Remark(Code.TABLE_ROWS_OVERLAP, "table", plan.name, values, box)
                break


def _unreachable(plan: TablePlan, rows: list[list[Box]]) -> Iterator[Remark]:
    if plan.hit is not Hit.FIRST:
        return
    for place, boxes in enumerate(rows):
        start = _whole(rows[: place + 1])
        whole = [joined for box in boxes if (joined := overlap(start, box)) is not None]
        if place and _left(whole, [box for row in rows[:place] for box in row]) == []:
            values = {"text": plan.name, "first": str(place + 1)}
            yield Remark(Code.TABLE_ROW_UNREACHABLE, "table", plan.name, values)


def _gap(plan: TablePlan, rows: list[list[Box]]) -> Iterator[Remark]:
    if plan.otherwise is not None or plan.hit not in _ONE_ROW:
        return
    left = _left([_whole(rows)], [box for row in rows for box in row])
    if left:
        yield Remark(Code.TABLE_GAP, "table", plan.name, {"text": plan.name}, left[0])


def _whole(rows: Iterable[list[Box]]) -> Box:
    """All cases in which everything that the rows read is known."""
    whole: dict[Variable, Domain] = {}
    for row in rows:
        for box in row:
            for variable in box:
                whole[variable] = _universe(variable)
    for variable in list(whole):
        if isinstance(variable, Read) and variable.scope is Scope.SITUATION:
            whole[Standing(variable.owner)] = has_been()
    return whole


def _universe(variable: Variable) -> Domain:
    if isinstance(variable, Standing | Asked):
        return Choice(frozenset(), rest=True)
    if isinstance(variable, _EXPRESSIONS):
        return anything(variable.type)
    return Choice(frozenset({True, False}))


def _left(boxes: list[Box], taken: list[Box]) -> list[Box] | None:
    """What is left of the boxes without all those taken; None where that falls into too many pieces."""
    for one in taken:
        boxes = [piece for box in boxes for piece in _without(box, one)]
        if len(boxes) > MOST_PIECES:
            return None
    return boxes


def _without(box: Box, taken: Box) -> Iterator[Box]:
    """The pieces of a box beside another one."""
    inner = dict(box)
    for variable, domain in taken.items():
        outside = minus(inner[variable], domain)
        if not is_empty(outside):
            yield {**inner, variable: outside}
        within = both(inner[variable], domain)
        if is_empty(within):
            return
        inner[variable] = within
