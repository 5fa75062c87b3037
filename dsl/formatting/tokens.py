"""A tree to tokens: every word of a declaration in order, the hidden ones too, and where a line of its own begins.

Nothing here knows a tongue but for the order of words; how a token is written is dsl.formatting.wording's.
"""

from collections.abc import Sequence

import msgspec

from dsl.formatting.productions import Slot, productions
from dsl.grammar import START
from dsl.syntax import Node, Word


class Token(msgspec.Struct, frozen=True, gc=False):
    """A terminal with its value ("" for a word of the language), inside a node of this kind, at this height.

    `line` is the indentation of the line that begins here, None where the line goes on.
    """

    terminal: str
    value: str
    kind: str
    depth: int
    line: int | None


STEP = 2
"""Columns of one indentation."""

_HEADS = {
    "cap": {"_AT_MOST", "called"},
    "event_rule": {"_ON", "_THEN"},
    "message_rule": {"_FOR", "_THEN"},
    "experiment": {"_FOR", "_HOLDOUT", "_SUCCEEDS_ON"},
    "table": {"inputs", "last"},
}
"""Words of the language that begin a line of a declaration, besides its repeated parts and its condition."""

_SPOKEN = {"triggers": "_OR", "day_set": "_AND", "of_category": "_OR", "of_topic": "_OR"}
"""Lists that are read aloud with a word before the last: `for topics survey or cross_sell`."""

_VARIANTS = ("variant", "variant_in")


def tokens_of(declaration: Node, *, commas: bool, words_first: bool) -> list[Token]:
    """The tokens of a declaration."""
    walk = _Walk(commas=commas, words_first=words_first)
    walk.node(START, declaration, 0, 0)
    return walk.found


class _Walk:
    """Goes through one tree."""

    def __init__(self, *, commas: bool, words_first: bool) -> None:
        self.commas, self.words_first = commas, words_first
        self.found: list[Token] = []

    def node(self, symbol: str, node: Node, depth: int, line: int | None, parent: str = "") -> None:
        slots = productions().slots(symbol, node, commas=self.commas, words_first=self.words_first)
        many = sum(slot.repeated for slot in slots) > 1
        last = _spoken(slots, node.kind, parent)
        for slot in slots:
            if slot is last:
                slot = slot._replace(symbol=_SPOKEN[node.kind if node.kind in _SPOKEN else parent])
            own = line if slot is slots[0] else _line(node.kind, slot, depth, many)
            self._slot(slot, node.kind, depth, own)

    def _slot(self, slot: Slot, kind: str, depth: int, line: int | None) -> None:
        part = slot.part
        if isinstance(part, Node):
            self.node(slot.symbol, productions().bare(slot.symbol, part), depth + 1, line, kind)
        elif isinstance(part, Word):
            self.found.append(Token(part.kind, part.text, kind, depth, line))
        else:
            self.found.append(Token(slot.symbol, "", kind, depth, line))


def _spoken(slots: Sequence[Slot], kind: str, parent: str) -> Slot | None:
    """The last comma of a list that is read aloud."""
    if kind in _SPOKEN or (kind == "names" and parent in _SPOKEN):
        return next((slot for slot in reversed(slots) if slot.symbol == "COMMA"), None)
    return None


def _line(kind: str, slot: Slot, depth: int, many: bool) -> int | None:
    if depth == 0:
        if slot.symbol == "_END":
            return 0
        begins = slot.repeated or slot.symbol == "when" or slot.symbol in _HEADS.get(kind, ())
        return STEP if begins else None
    return 2 * STEP if kind in _VARIANTS and many and slot.repeated else None
