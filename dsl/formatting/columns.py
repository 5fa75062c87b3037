"""The rows of a table with their signs below each other.

A row stands on one line however long it is: a table that is broken over lines is no table. The row of `otherwise` has
one cell, as wide as all the inputs. Refuses nothing: a row with too many cells keeps them.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from dsl.formatting.tokens import Token
from dsl.grammar import table

_ROWS = frozenset({"inputs", "cells", "last"})
"""The nodes with whose first sign a row begins."""

Joined = Callable[[int, int], str]
"""The text of the tokens from one index to another."""


class Row(NamedTuple):
    """Where it ends, and what stands in it."""

    end: int
    text: str


class _Cells(NamedTuple):
    end: int
    inputs: list[str]
    outputs: list[str]


def rows_of(tokens: Sequence[Token], joined: Joined) -> dict[int, Row]:
    """The rows of a declaration by the index of their first token; none where it is no table."""
    if tokens[0].terminal != "_TABLE":
        return {}
    starts = [i for i, token in enumerate(tokens) if token.line is not None and token.kind in _ROWS]
    ends = [*starts[1:], len(tokens) - 1]
    cut = {a: _cut(tokens, a, b, joined) for a, b in zip(starts, ends, strict=True)}
    inputs = _widths([row.inputs for start, row in cut.items() if tokens[start].kind != "last"])
    for row in cut.values():
        if len(row.inputs) == 1 and inputs:  # `otherwise` in narrow columns: the last of them makes room
            inputs[-1] += max(0, len(row.inputs[0]) - _room(inputs))
    outputs = _widths([row.outputs for row in cut.values()])
    return {start: Row(row.end, _written(row, inputs, outputs)) for start, row in cut.items()}


def _cut(tokens: Sequence[Token], start: int, end: int, joined: Joined) -> _Cells:
    """The cells of one row: those before the arrow, and those behind it."""
    arrow, bar = table().signs["=>"], table().signs["|"]
    at = next(i for i in range(start, end) if tokens[i].terminal == arrow)
    inputs = _between([i for i in range(start, at) if tokens[i].terminal == bar], joined)
    outputs = _between([at, *(i for i in range(at, end) if tokens[i].terminal == bar)], joined)
    return _Cells(end, inputs, outputs)


def _between(signs: Sequence[int], joined: Joined) -> list[str]:
    return [joined(a + 1, b) for a, b in pairwise(signs)]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The longest cell of every column."""
    count = max((len(row) for row in rows), default=0)
    return [max(len(row[i]) for row in rows if i < len(row)) for i in range(count)]


def _written(row: _Cells, inputs: list[int], outputs: list[int]) -> str:
    before, behind = row.inputs, row.outputs
    cells = [before[0].ljust(_room(inputs))] if len(before) == 1 else _padded(before, inputs)
    return f"| {' | '.join(cells)} | => {' | '.join(_padded(behind, outputs))} |"


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]


def _room(widths: Sequence[int]) -> int:
    """How wide all these columns are together, with the signs between them."""
    return sum(widths) + 3 * (len(widths) - 1)
