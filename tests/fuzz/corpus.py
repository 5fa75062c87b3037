"""What the fuzz grows from: every declaration of every rulebook in this checkout, and every word of the language."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dsl.cut import cut
from dsl.lexicon import tongue, tongue_of
from tests.house.project import ROOT

SOURCES = ("examples", "tests/scenarios", "tests/dsl/programs/good", "tests/dsl/programs/bad")
_BLOCK = re.compile(r"```(?:rules|reglas)\n(.*?)```", re.DOTALL)


class Corpus(NamedTuple):
    """`books` are whole texts, each as its declarations; `tokens` what a declaration is made of."""

    books: tuple[tuple[str, ...], ...]
    declarations: tuple[str, ...]
    tokens: tuple[str, ...]


@cache
def corpus() -> Corpus:
    """Read once, in an order that depends on nothing but the files."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in _files()]
    texts += ["\n".join(_BLOCK.findall(page)) for page in _pages()]
    books = tuple(tuple(one.text for one in cut(text, tongue_of(text))) for text in texts)
    declarations = tuple(dict.fromkeys(one for book in books for one in book))
    words = [word for code in ("en", "es") for row in tongue(code).spelled.values() for word in row]
    pieces = [token for one in declarations for token in pieces_of(one)]
    return Corpus(books, declarations, tuple(dict.fromkeys([*words, *pieces])))


def _files() -> list[Path]:
    return sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.rules"))


def _pages() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("language*.md"))]


_PIECE = re.compile(r'"[^"\n]*"|<<.*?>>|«.*?»|\[[^\]\n]*\]|[\w.]+|[^\w\s]', re.DOTALL)


def pieces_of(text: str) -> list[str]:
    """The words, texts and signs of a declaration, roughly as a reader would see them."""
    return _PIECE.findall(text)
