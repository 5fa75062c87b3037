"""A rulebook in the wrong language: its header says one, its words are of the other. One finding instead of a hundred.

Told by the words with which declarations begin, and said in the language of those words: it is the author's.
"""

from typing import NamedTuple

from dsl.errors import DiagnosticCode, Finding
from dsl.glossary import OTHER
from dsl.lexicon import HEADS, Tongue, plain, tongue
from dsl.scan import Piece, scan


class Foreign(NamedTuple):
    """The finding, and the language in which to word it."""

    finding: Finding
    code: str


def spoken_otherwise(text: str, words: Tongue) -> Foreign | None:
    """The finding, if more declarations begin with words of the other tongue than of this one."""
    other = tongue(OTHER[words.code])
    pieces = [piece for piece in scan(text, words)[0] if _begins_a_line(text, piece)]
    own = [piece for piece in pieces if _heads(piece, words)]
    foreign = [piece for piece in pieces if _heads(piece, other)]
    begun = [piece for piece in pieces if piece.key == plain(words.first["_RULEBOOK"])]
    if len(foreign) <= len(own) - len(begun) or not foreign:
        return None
    return Foreign(_finding(begun, foreign[0], words, other), other.code)


def _finding(begun: list[Piece], first: Piece, words: Tongue, other: Tongue) -> Finding:
    header = other.first["_RULEBOOK"]
    if not begun:
        return Finding(DiagnosticCode.HEADER_MISSING, first.start, first.end, {"text": header})
    declared = other.spelled[f"name:{words.code}"][0]
    values = {"word": begun[0].text, "text": header, "declared": declared}
    return Finding(DiagnosticCode.LANGUAGE_OTHER, first.start, first.end, values)


def _begins_a_line(text: str, piece: Piece) -> bool:
    line = text.rfind("\n", 0, piece.start) + 1
    return piece.kind == "WORD" and not text[line : piece.start].strip()


def _heads(piece: Piece, words: Tongue) -> bool:
    """Whether this word begins a declaration in that tongue."""
    return any(
        terminals[0][0] in HEADS
        for phrase, terminals in words.trie.get(piece.key or "", ())
        if phrase[0] == piece.key
    )
