"""The canonical form of a rulebook: the same declarations and comments, written as everybody writes them.

Words are the first ones of the lexicon, comparisons are in words, lines break where the tree says. What an author
meant is never touched: a declaration whose canonical form would not be read as the very same tree is kept as it was
written, as is one that cannot be read at all. A text that is too large, or would be, is given back as it came.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from artifact.limits import Limits
from dsl.cut import Cut, cut
from dsl.formatting.gaps import Gap, gap_of, gaps_of
from dsl.formatting.lines import Lines
from dsl.formatting.sameness import same_tree
from dsl.formatting.spelling import spelled
from dsl.formatting.tokens import Token, tokens_of
from dsl.formatting.wording import Wording
from dsl.glossary import glossary_in
from dsl.lexicon import plain, tongue_of
from dsl.lexicon import tongue as tongue_named
from dsl.parser import parse_declaration
from dsl.syntax import Node

_LEADING = re.compile(r"\A[\s\ufeff]+")
"""Blank space, and marks of byte order, before anything is said."""


class Manner(NamedTuple):
    """What a declaration must know of its file: the states and the genders of nouns that stand in it."""

    states: frozenset[str] = frozenset()
    genders: frozenset[tuple[str, str]] = frozenset()


Write = Callable[[Cut], Sequence[str]]


def format_rulebook(text: str, limits: Limits) -> str:
    """The rulebook in canonical form, in its own language."""
    read = read_for_format(text)
    tongue = tongue_of(read)
    cuts = cut(read, tongue) if _size(text) <= limits.rulebook_bytes else []
    if _size(text) > limits.rulebook_bytes or len(cuts) > limits.rulebook_declarations:
        return text
    trees = [_tree(one.text, tongue.code, limits.nesting) for one in cuts]
    glossary = glossary_in((tree for tree in trees if tree is not None), tongue)
    manner = Manner(states_of(trees), glossary.genders if glossary else frozenset())

    def write(one: Cut) -> Sequence[str]:
        how = _remembered if len(one.text) <= _REMEMBERED else _written
        return how(one.text, tongue.code, manner, limits.nesting)

    found = written_out(read, cuts, write)
    return found if _size(found) <= limits.rulebook_bytes else text


def read_for_format(text: str) -> str:
    """The text with plain line ends, from the first thing that it says."""
    return _LEADING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def written_out(
    read: str, cuts: Sequence[Cut], write: Write, added: Mapping[int, Sequence[str]] | None = None
) -> str:
    """All declarations as `write` writes them, with what stands between them; `added` go behind the one so numbered."""
    lines: list[str] = []
    end = 0
    for number, one in enumerate(cuts):
        _between(lines, gap_of(read[end : one.start], opens=not end), (added or {}).get(number - 1, ()))
        lines += write(one)
        end = one.start + len(one.text)
    _between(lines, gap_of(read[end:], opens=not end), (added or {}).get(len(cuts) - 1, ()))
    return "\n".join(_without_blank_edges(lines)) + "\n" if any(lines) else ""


def print_declaration(tree: Node, wording: Wording, nesting: int) -> str | None:
    """A declaration in the tongue and with the names of `wording`; None if it cannot be written so."""
    lines = lines_of(tree, wording, nesting, {})
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


def _written(text: str, code: str, manner: Manner, nesting: int) -> tuple[str, ...]:
    """A declaration in canonical form if that is read as the same tree, else as it is."""
    tree = _tree(text, code, nesting)
    wording = Wording(tongue_named(code), manner.states, genders=manner.genders)
    lines = None
    if tree is not None:
        tokens = tokens_in(tree, wording)
        lines = lines_of(tree, wording, nesting, gaps_of(text, tokens, wording.tongue, nesting))
    if lines is None or tree is None:
        return (text,)
    read = cut("\n".join(lines), tongue_named(code))
    found = _tree(read[0].text, code, nesting) if len(read) == 1 else None
    return tuple(lines) if found is not None and same_tree(found, tree) else (text,)


_REMEMBERED = 4096
"""Characters of the longest declaration whose form is remembered."""

_remembered = lru_cache(maxsize=4096)(_written)
"""Of a rulebook with one edited rule, one rule is written anew."""


def tokens_in(tree: Node, wording: Wording) -> list[Token]:
    """The tokens of a declaration in the order of that tongue."""
    return tokens_of(tree, commas=wording.spanish, words_first=wording.spanish)


def lines_of(tree: Node, wording: Wording, nesting: int, gaps: Mapping[int, Gap]) -> list[str] | None:
    """A declaration as lines, with these gaps before its tokens; None if it cannot be written so."""
    tokens = tokens_in(tree, wording)
    texts = spelled(tokens, wording, nesting)
    return None if texts is None else Lines(tokens, texts, gaps).lines()


def _between(lines: list[str], gap: Gap, added: Sequence[str] = ()) -> None:
    if gap.trailing:
        lines[-1] += f"  {gap.trailing}"
    lines += [*added, *gap.lines]


def _without_blank_edges(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start]:
        start += 1
    while end > start and not lines[end - 1]:
        end -= 1
    return lines[start:end]
