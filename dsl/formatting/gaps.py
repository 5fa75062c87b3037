"""What stands between two tokens and is no token: comments and blank lines, each kept at its place.

A comment at the end of a line stays behind the token that it follows, one on a line of its own stays before the token
that comes next. Blank lines are kept up to one in a row.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dsl.formatting.tokens import Token
from dsl.grammar import table
from dsl.lexicon import Tongue
from dsl.parser import Driver
from dsl.scan import Piece, scan


class Gap(NamedTuple):
    """A comment at the end of the line, then lines of their own; "" is a blank one."""

    trailing: str
    lines: tuple[str, ...]

    @property
    def comments(self) -> tuple[str, ...]:
        """All comments, in order."""
        return tuple(line for line in (self.trailing, *self.lines) if line)

    def then(self, other: "Gap") -> "Gap":
        """Both, as one."""
        if self.comments:
            return Gap(
                self.trailing, _collapsed([*self.lines, *filter(None, [other.trailing]), *other.lines])
            )
        return Gap(other.trailing, _collapsed([*self.lines, *other.lines]))


NOTHING = Gap("", ())


def gap_of(text: str, *, opens: bool = False) -> Gap:
    """The gap that is this text; `opens` where nothing comes before it, so that its first line is a whole one.

    Besides blank space and comments there are only articles here, which are dropped.
    """
    first, *rest = [""] * opens + text.split("\n")
    lines = [_comment(line) for line in rest if "#" in line or not line.strip()]
    if rest and not rest[-1].strip():
        lines.pop()
    return Gap(_comment(first), _collapsed(lines))


def _comment(line: str) -> str:
    at = line.find("#")
    return line[at:].rstrip() if at >= 0 else ""


def _collapsed(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for before, line in pairwise(["#", *lines]) if line or before)


def gaps_of(text: str, tokens: Sequence[Token], tongue: Tongue, nesting: int) -> dict[int, Gap]:
    """The gaps of a declaration's text, by the index of the token before which they stand when it is written."""
    if "#" not in text and not any(not line.strip() for line in text.split("\n")):
        return {}
    pieces = scan(text, tongue)[0]
    terminals, owners = _read(pieces, tongue, nesting)
    places = _aligned(terminals, [token.terminal for token in tokens])
    found: dict[int, Gap] = {}
    least = 0
    for at, (before, after) in enumerate(pairwise(pieces), 1):
        gap = gap_of(text[before.end : after.start])
        index = owners[at] if owners[at] != owners[at - 1] else owners[at] + 1
        place = _place(places, index, gap, len(tokens))
        if place is not None and gap != NOTHING:
            least = max(least, place)
            found[least] = found.get(least, NOTHING).then(gap)
    return found


def _read(pieces: list[Piece], tongue: Tongue, nesting: int) -> tuple[list[str], list[int]]:
    """The terminals that the pieces are, and the terminal of each piece."""
    driver = Driver(pieces, tongue, nesting, 0)
    terminals: list[str] = []
    owners: list[int] = []
    while driver.index < len(pieces):
        begin = driver.index
        terminal, value = driver.terminal()
        owners += [len(terminals)] * (driver.index - begin)
        terminals.append(terminal)
        driver.feed(terminal, value, 0, 0, begin)
    return terminals, owners


def _place(places: dict[int, int], index: int, gap: Gap, size: int) -> int | None:
    """Before which token the gap before this one comes to stand; None for blank lines at a place that is gone."""
    if not gap.comments:
        return places.get(index)
    if gap.trailing:
        while index - 1 not in places:
            index -= 1
        return places[index - 1] + 1
    while index < size and index not in places:
        index += 1
    return places.get(index, size - 1)


def _aligned(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Which token became which. Those with a value all stay, in order; words between two of them may change."""
    places: dict[int, int] = {}
    start, other = 0, 0
    for end, goal in zip(_anchors(before), _anchors(after), strict=True):
        for index in range(start, end):
            at = next((i for i in range(other, goal) if after[i] == before[index]), None)
            if at is not None:
                places[index], other = at, at + 1
        if end < len(before):
            places[end] = goal
        start, other = end + 1, goal + 1
    return places


def _anchors(terminals: Sequence[str]) -> list[int]:
    signs = table().signs.values()
    valued = [i for i, name in enumerate(terminals) if not name.startswith("_") and name not in signs]
    return [*valued, len(terminals)]
