"""The canonical form of a rulebook: the same declarations and comments, written as everybody writes them.

Words are the first ones of the lexicon, comparisons are in words, lines break where the tree says. What an author
meant is never touched: a declaration whose canonical form would not be read as the very same tree is kept as it was
written, as is one that cannot be read at all. A text that is too large, or would be, is given back as it came.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from artifact.limits import Limits
from dsl.cut import cut
from dsl.formatting.gaps import Gap, gap_of, gaps_of
from dsl.formatting.lines import Lines
from dsl.formatting.sameness import same_tree
from dsl.formatting.spelling import spelled
from dsl.formatting.tokens import tokens_of
from dsl.formatting.wording import Wording
from dsl.lexicon import plain, tongue_of
from dsl.lexicon import tongue as tongue_named
from dsl.parser import parse_declaration
from dsl.syntax import Node

_LEADING = re.compile(r"\A[\s\ufeff]+")
"""Blank space, and marks of byte order, before anything is said."""


def format_rulebook(text: str, limits: Limits) -> str:
    """The rulebook in canonical form, in its own language."""
    if _size(text) > limits.rulebook_bytes:
        return text
    read = _LEADING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    tongue = tongue_of(read)
    cuts = cut(read, tongue)
    if len(cuts) > limits.rulebook_declarations:
        return text
    states = states_of(_tree(one.text, tongue.code, limits.nesting) for one in cuts)
    lines: list[str] = []
    end = 0
    for one in cuts:
        _between(lines, gap_of(read[end : one.start], opens=not end))
        write = _remembered if len(one.text) <= _REMEMBERED else _written
        lines += write(one.text, tongue.code, states, limits.nesting)
        end = one.start + len(one.text)
    _between(lines, gap_of(read[end:], opens=not end))
    found = "\n".join(_without_blank_edges(lines)) + "\n" if any(lines) else ""
    return found if _size(found) <= limits.rulebook_bytes else text


def print_declaration(tree: Node, wording: Wording, nesting: int) -> str | None:
    """A declaration in the tongue and with the names of `wording`; None if it cannot be written so."""
    lines = _lines(tree, wording, nesting, None)
    return None if lines is None else "\n".join(lines)


def states_of(trees: Iterable[Node | None]) -> frozenset[str]:
    """The states that situations can come to: a tongue may say `is` of them in a way of its own."""
    return frozenset(
        plain(becomes.word().text)
        for tree in trees
        if tree is not None and tree.kind == "situation"
        for becomes in tree.all("becomes")
    )


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _tree(text: str, code: str, nesting: int) -> Node | None:
    parsed = parse_declaration(text, code, nesting)
    return parsed.nodes[0] if len(parsed.nodes) == 1 and not parsed.findings else None


def _written(text: str, code: str, states: frozenset[str], nesting: int) -> tuple[str, ...]:
    """A declaration in canonical form if that is read as the same tree, else as it is."""
    tree = _tree(text, code, nesting)
    lines = _lines(tree, Wording(tongue_named(code), states), nesting, text) if tree is not None else None
    if lines is None or tree is None:
        return (text,)
    read = cut("\n".join(lines), tongue_named(code))
    found = _tree(read[0].text, code, nesting) if len(read) == 1 else None
    return tuple(lines) if found is not None and same_tree(found, tree) else (text,)


_REMEMBERED = 4096
"""Characters of the longest declaration whose form is remembered."""

_remembered = lru_cache(maxsize=4096)(_written)
"""Of a rulebook with one edited rule, one rule is written anew."""


def _lines(tree: Node, wording: Wording, nesting: int, source: str | None) -> list[str] | None:
    tokens = tokens_of(tree, commas=wording.spanish, words_first=wording.spanish)
    texts = spelled(tokens, wording, nesting)
    if texts is None:
        return None
    gaps = gaps_of(source, tokens, wording.tongue, nesting) if source is not None else {}
    return Lines(tokens, texts, gaps).lines()


def _between(lines: list[str], gap: Gap) -> None:
    if gap.trailing:
        lines[-1] += f"  {gap.trailing}"
    lines += gap.lines


def _without_blank_edges(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start]:
        start += 1
    while end > start and not lines[end - 1]:
        end -= 1
    return lines[start:end]
