"""Tokens to lines of at most so many columns: where to break, how far to indent, what goes on one line.

All of it follows from the tokens and the comments, never from how the author broke the lines. A line that is too long
is broken at its outermost joints: before every `and` of a list of effects or conditions, after as few commas as do.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from dsl.formatting.columns import rows_of
from dsl.formatting.gaps import NOTHING, Gap
from dsl.formatting.tokens import STEP, Token

WIDTH = 110

_SHORT = frozenset({"_CATEGORY", "_TOPIC", "_CAP", "_GROUP"})
"""Heads of declarations that stand on one line if they fit."""

_CLOSING = frozenset({"COMMA", "RPAR", "COLON"})
_MINUS = frozenset({"neg", "below_zero"})
_JOINS = frozenset({"_AND", "_OR"})
_LISTED = frozenset({"between", "names", "triggers", "day_set"})
"""Where these are no joints of the sentence."""

_TURNS = frozenset({"_BECAUSE", "_BY_RULE", "_WHEN"})


class Lines:
    """Lays out one declaration."""

    def __init__(self, tokens: Sequence[Token], texts: Sequence[str], gaps: Mapping[int, Gap]) -> None:
        self.tokens, self.texts, self.gaps = tokens, texts, gaps
        self.found: list[str] = []
        self.heads: list[int] = []
        for index, token in enumerate(tokens):
            self.heads.append(index if token.line is not None else self.heads[-1])

    def lines(self) -> list[str]:
        """The declaration as lines of text."""
        return [short] if (short := self._short()) else self._long()

    def _short(self) -> str:
        """The declaration on one line, if it may stand so; parts are two spaces apart."""
        tokens = self.tokens
        parts = any(token.line == STEP for token in tokens)
        if (parts and tokens[0].terminal not in _SHORT) or any(gap.comments for gap in self.gaps.values()):
            return ""
        starts = [i for i, token in enumerate(tokens) if token.line is not None] + [len(tokens)]
        pieces = [self._joined(a, b, 0) for a, b in pairwise(starts)]
        line = "  ".join(pieces[:-1]) + " " + pieces[-1]
        return line if len(line) <= WIDTH and "\n" not in line else ""

    def _long(self) -> list[str]:
        size = len(self.tokens)
        owns = [*(i for i in range(size) if self.tokens[i].line is not None), size]
        starts = [start for one, other in pairwise(owns) for start in (one, *self._forced(one, other))]
        base = 0
        rows = rows_of(self.tokens, lambda a, b: self._joined(a, b, 0))
        for start, end in zip(starts, [*starts[1:], size], strict=True):
            own = self.tokens[start].line
            base = own if own is not None else base
            indent = base if own is not None else self._hang(start, base)
            self._between(start, indent)
            if (row := rows.get(start)) is not None and row.end == end:
                self.found.append(" " * indent + row.text)
                continue
            self._lay(start, end, indent, indent + STEP if own is None else base)
        return self.found

    def _forced(self, start: int, end: int) -> list[int]:
        """Where comments break a line; then its outermost `and`s do as well."""
        breaks = {i for i in range(start + 1, end) if self._gap(i).comments}
        joints = {i: self._rank(i) for i in range(start + 1, end) if self._joins(i)} if breaks else {}
        outermost = min(filter(None, joints.values()), default=None)
        return sorted(breaks | {i for i, rank in joints.items() if rank == outermost})

    def _gap(self, index: int) -> Gap:
        return self.gaps.get(index, NOTHING)

    def _between(self, start: int, indent: int) -> None:
        gap = self._gap(start)
        if gap.trailing:
            self.found[-1] += f"  {gap.trailing}"
        lines = list(gap.lines)
        last = self.tokens[start].terminal == "_END"
        while last and lines and not lines[-1]:
            lines.pop()
        self.found += [f"{' ' * (STEP if last else indent)}{line}" if line else "" for line in lines]

    def _lay(self, start: int, end: int, indent: int, base: int) -> None:
        """These tokens as one line if they fit, else broken at the outermost joints."""
        line = " " * indent + self._joined(start, end, indent)
        joints = {i: rank for i in range(start + 1, end) if (rank := self._rank(i)) is not None}
        if not joints or all(len(row) <= WIDTH for row in line.split("\n")):
            self.found += line.split("\n")
            return
        outermost = min(joints.values())
        places = [i for i, rank in joints.items() if rank == outermost]
        if self.tokens[places[0]].terminal not in _JOINS | _TURNS:
            places = self._filled(start, end, places, indent, base)
        for at, (one, other) in enumerate(zip([start, *places], [*places, end], strict=True)):
            inner = indent if at == 0 else self._hang(one, base)
            self._lay(one, other, inner, base if at == 0 else inner)

    def _filled(self, start: int, end: int, places: list[int], indent: int, base: int) -> list[int]:
        """As few of these places as keep the lines short."""
        kept: list[int] = []
        begin, column = start, indent
        for place, after in zip(places, [*places[1:], end], strict=True):
            if column + len(self._joined(begin, after, 0).split("\n", 1)[0]) > WIDTH:
                kept.append(place)
                begin, column = place, self._hang(place, base)
        return kept

    def _joins(self, index: int) -> bool:
        return self.tokens[index].terminal in _JOINS and self.tokens[index].kind not in _LISTED

    def _rank(self, index: int) -> int | None:
        """How deep the joint before this token is; None where a line is never broken."""
        token, before = self.tokens[index], self.tokens[index - 1]
        turns = token.terminal in _TURNS or (token.terminal == "_IN" and token.kind == "worded")
        if turns or self._joins(index):
            return 2 * token.depth
        return 2 * before.depth + 1 if before.terminal == "COMMA" and before.kind != "list" else None

    def _hang(self, index: int, base: int) -> int:
        """Columns before a line that goes on: `and` ends where `then` ends."""
        token = self.tokens[index]
        if token.terminal not in _JOINS:
            return base + 2 * STEP
        room = len(self.texts[self.heads[index]]) - len(self.texts[index])
        return base + max(1, min(room, 2 * STEP - 2))

    def _joined(self, start: int, end: int, indent: int) -> str:
        parts: list[str] = []
        for index in range(start, end):
            if index > start and not self._glued(index):
                parts.append(" ")
            text = self.texts[index]
            parts.append(_quoted(text, indent) if self.tokens[index].terminal == "LONG" else text)
        return "".join(parts)

    def _glued(self, index: int) -> bool:
        """Does this token follow the one before it without a space?"""
        token, before = self.tokens[index], self.tokens[index - 1]
        if token.terminal in _CLOSING or before.terminal == "LPAR":
            return True
        return before.terminal == "MINUS" and before.kind in _MINUS


def _quoted(body: str, indent: int) -> str:
    """A long text between its marks: over lines where it has several, or where a sign of its own touches them.

    A blank line that the text begins with is kept by the space that stands before it.
    """
    if "\n" not in body and not body.startswith("<") and not body.endswith(">"):
        return f"<<{body}>>"
    margin = " " * (indent + STEP)
    first, *rest = body.split("\n")
    lines = [margin + line if line else "" for line in ([first] if first else []) + rest]
    opening = "<<" if first else "<< "
    return "\n".join([opening, *lines, f"{' ' * indent}>>"])
