"""The syntax tree: what the author wrote, before anyone asks what it means.

Positions are offsets into the text of one declaration, so that a declaration that moved within its file is the same.
"""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from dsl.lexicon import plain


class Word(msgspec.Struct, frozen=True, gc=False):
    """One token that carries meaning: a name, a text, a number."""

    kind: str
    text: str
    start: int
    end: int


class Node(msgspec.Struct, frozen=True, gc=False):
    """One production of the grammar. An optional part that is absent is None.

    `depth` is the height of this tree: the parser bounds it, so that later passes may recurse.
    """

    kind: str
    parts: tuple["Node | Word | None", ...]
    start: int
    end: int
    depth: int = 1

    def words(self) -> list[Word]:
        """The words directly below, in order."""
        return [part for part in self.parts if isinstance(part, Word)]

    def nodes(self) -> list["Node"]:
        """The productions directly below, in order."""
        return [part for part in self.parts if isinstance(part, Node)]

    def word(self, index: int = 0) -> Word:
        """The word at this place, which the grammar promises."""
        part = self.parts[index]
        if not isinstance(part, Word):
            raise misread(self)
        return part

    def node(self, index: int = 0) -> "Node":
        """The production at this place, which the grammar promises."""
        part = self.parts[index]
        if not isinstance(part, Node):
            raise misread(self)
        return part

    def maybe_word(self, index: int) -> Word | None:
        """The word at this place, if the author wrote it."""
        part = self.parts[index] if index < len(self.parts) else None
        return part if isinstance(part, Word) else None

    def maybe_node(self, index: int) -> "Node | None":
        """The production at this place, if the author wrote it."""
        part = self.parts[index] if index < len(self.parts) else None
        return part if isinstance(part, Node) else None

    def all(self, kind: str) -> Iterator["Node"]:
        """The productions of that kind directly below."""
        return (part for part in self.parts if isinstance(part, Node) and part.kind == kind)


Place: TypeAlias = Node | Word


def misread(what: object) -> AssertionError:
    """The tree is not as the grammar promises: a fault of ours, never of an author."""
    return AssertionError(f"not as the grammar promises: {what!r}")


def shape_of(part: Place | None) -> str:
    """What a tree says, as text: without places and parentheses, names as they are compared."""
    if isinstance(part, Word):
        return f"{part.kind} {part.text if part.kind in ('STRING', 'LONG') else plain(part.text)}"
    if part is None or part.kind != "group":
        return "-" if part is None else f"({part.kind} {' '.join(map(shape_of, part.parts))})"
    return shape_of(part.node())
