"""The parse table of the rule language: lark reads `language/grammar.lark` and makes LALR(1) states of it.

Only the table is lark's; dsl.parser drives it, because our words depend on the state (a phrase is a word of the
language only where the grammar takes it) and because every node must know its place.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from dsl.lexicon import CODES, tongue

START = "declaration"
END = "$END"


class Reduction(NamedTuple):
    """How `size` values become one. `steps` say for each kept part: its index, or -1 for an absent optional one.

    `symbols` are what is reduced and `order` its place among the alternatives: the formatter reads them backwards.
    """

    name: str
    origin: str
    size: int
    steps: tuple[int, ...]
    inlined: frozenset[int]
    unwrapped: bool
    helper: bool
    symbols: tuple[str, ...]
    order: int


Action = int | Reduction
"""Shift to a state, or reduce."""


class Table(NamedTuple):
    """States by number: terminal or rule name to action."""

    states: list[dict[str, Action]]
    start: int
    end: int
    signs: dict[str, str]


class _NoLexer(Lexer):
    """lark must not lex: it only makes the table."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, *_: Any) -> Iterator[Any]:
        raise AssertionError("lark makes the table and reads no text")


def lark_grammar(**options: Any) -> Lark:
    """The grammar as lark understands it; a test asks for it with strict=True."""
    words = sorted({t for code in CODES for t in tongue(code).terminals if t.startswith("_")})
    text = files("dsl").joinpath("language/grammar.lark").read_text("utf-8")
    return Lark(
        f"{text}\n%declare {' '.join(words)}",
        parser="lalr",
        lexer=_NoLexer,
        start=START,
        maybe_placeholders=True,
        **options,
    )


@cache
def table() -> Table:
    """The states, numbered in the order in which lark found them."""
    made = lark_grammar()
    parsed: Any = made.parser.parser  # lark types its front end loosely
    states = parsed._parse_table.states
    number = {state: i for i, state in enumerate(states)}
    reductions: dict[Rule, Reduction] = {}
    rows: list[dict[str, Action]] = []
    for actions in states.values():
        row: dict[str, Action] = {}
        for symbol, (action, argument) in actions.items():
            if action is Shift:
                row[symbol] = number[argument]
            else:
                row[symbol] = reductions.setdefault(argument, _reduction(argument))
        rows.append(row)
    signs = {t.pattern.value: t.name for t in made.terminals if t.pattern.type == "str"}
    ends = parsed._parse_table
    return Table(rows, number[ends.start_states[START]], number[ends.end_states[START]], signs)


@cache
def keyword_of(kind: str) -> str | None:
    """The word of the language (its terminal) with which nodes of this kind begin, as an author would name them."""
    rules = {a for row in table().states for a in row.values() if isinstance(a, Reduction) and a.name == kind}
    words = [(rule.order, at, word) for rule in rules for at, word in enumerate(rule.symbols)]
    return min((one for one in words if one[2][:1] == "_" != one[2][1:2]), default=(0, 0, None))[2]


def _reduction(rule: Rule) -> Reduction:
    size = len(rule.expansion)
    absent = _absent_before(rule, size)
    steps: list[int] = []
    inlined = set()
    for index, symbol in enumerate(rule.expansion):
        steps += [-1] * absent[index]
        if not (symbol.is_term and symbol.filter_out):  # type: ignore[attr-defined]  # of terminals alone
            steps.append(index)
            if not symbol.is_term and symbol.name.startswith("_"):
                inlined.add(index)
    steps += [-1] * absent[size]
    origin = str(rule.origin.name)
    return Reduction(
        rule.alias or origin,
        origin,
        size,
        tuple(steps),
        frozenset(inlined),
        bool(rule.options.expand1) and not rule.alias,
        origin.startswith("_"),
        tuple(str(symbol.name) for symbol in rule.expansion),
        int(rule.order),
    )


def _absent_before(rule: Rule, size: int) -> list[int]:
    """How many optional parts are absent before each part of the expansion, and after the last."""
    flags = rule.options.empty_indices
    if not flags:
        return [0] * (size + 1)
    return [len(run) for run in "".join("1" if flag else "0" for flag in flags).split("0")]
