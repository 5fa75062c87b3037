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
    ends = "|".join(sorted(tongue(code).ends))
    return re.compile(
        r'"[^"\n]*"?|[“„”][^”“\n]*[”“]?|\[[^\[\]\n]{1,200}\]|#[^\n]*'
        rf"|(?P<long><<|«|>>|»)|(?P<end>(?<![\w.])(?:{ends})(?![\w.]))",
        re.IGNORECASE,
    )


def cut(text: str, words: Tongue) -> list[Cut]:
    """The declarations of `text` in order. Blank space and comments before one belong to it."""
    cuts: list[Cut] = []
    start = depth = 0
    pattern, position = _pattern(words.code), 0
    while True:
        found = pattern.search(text, position)
        if found is None:
            break
        position = found.end()
        if found["long"]:
            position, depth = _after_long(text, found.start())
            if depth:
                break
        elif found["end"]:
            cuts.append(_trimmed(text, start, position))
            start = position
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
