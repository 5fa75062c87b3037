"""A file cut into declarations at `end`, so that each parses, fails and is cached by itself.

One pass of one pattern: it must only know what can hide the word `end` (texts, brackets, comments). Refuses nothing;
what is left after the last `end` is a declaration too, and the parser says that it is not closed.
"""

import re
from functools import cache
from typing import NamedTuple

from dsl.lexicon import Tongue, tongue


class Cut(NamedTuple):
    """One declaration's text and where it begins in the file."""

    text: str
    start: int


@cache
def _pattern(code: str) -> re.Pattern[str]:
    """Every alternative begins with a plain character: the matcher then leaps from one of these to the next."""
    texts = [rf"{quote}[^”“\n]*[”“]?" for quote in "“„”"]
    ends = [_end(first, word) for word in sorted(tongue(code).ends) for first in (word[0], word[0].upper())]
    return re.compile(
        "|".join(['"[^"\n]*"?', *texts, r"\[[^\[\]\n]{1,200}\]", r"#[^\n]*", "<<", "«", ">>", "»", *ends])
    )


def _end(first: str, word: str) -> str:
    """The word by itself, in capitals or not."""
    rest = "".join(f"[{letter}{letter.upper()}]" for letter in word[1:])
    return rf"{first}(?<![\w.]{first}){rest}(?![\w.])"


def cut(text: str, words: Tongue) -> list[Cut]:
    """The declarations of `text` in order. Blank space and comments before one belong to it."""
    cuts: list[Cut] = []
    start = position = depth = 0
    while position >= 0 and not depth:
        begin, position = position, -1
        for found in _pattern(words.code).finditer(text, begin):
            sign = found[0][0]
            if sign in "<«>»":
                position, depth = _after_long(text, found.start())
                break
            if sign not in '"“„”[#':
                cuts.append(_trimmed(text, start, found.end()))
                start = found.end()
    rest = _trimmed(text, start, len(text))
    return [*cuts, rest] if rest.text else cuts


_MARKS = re.compile(r"<<|>>|«|»")
_BLANK = re.compile(r"(?:\s+|#[^\n]*)*")


def _after_long(text: str, start: int) -> tuple[int, int]:
    """Where the long text that begins here ends, and how many marks are still open then."""
    depth = 0
    for found in _MARKS.finditer(text, start):
        depth += 1 if found[0] in "<<«" else -1
        if depth <= 0:
            return found.end(), 0
    return len(text), depth


def _trimmed(text: str, start: int, end: int) -> Cut:
    blank = _BLANK.match(text, start, end)
    begin = blank.end() if blank else start
    return Cut(text[begin:end].rstrip(), begin)
