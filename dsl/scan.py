"""Text to pieces: words, texts, numbers, dates, signs. Articles, comments, and commas that are mere pauses are gone; no grammar is needed.

Refuses what could be read in two ways (2/3/2026) and what is not closed; each fault is kept with its place and the
rest is scanned all the same.
"""

import re
from typing import NamedTuple

from dsl.errors import DiagnosticCode
from dsl.lexicon import CURRENCY_SIGNS, Tongue, plain


class Piece(NamedTuple):
    """`key` is the word as phrases are compared; None for what cannot be part of a phrase."""

    kind: str
    text: str
    start: int
    end: int
    key: str | None


class Fault(NamedTuple):
    """What the scanner could not read."""

    code: DiagnosticCode
    start: int
    end: int
    text: str


_SIGNS = {
    "==": "=",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "*",
    "÷": "/",
    "⇒": "=>",
}
_COMMA = ("OP", ",")
_QUOTES = re.compile(r"<<|>>|«|»")


def scan(text: str, tongue: Tongue) -> tuple[list[Piece], list[Fault]]:
    """The pieces of `text` in order, and what could not be read."""
    pieces: list[Piece] = []
    faults: list[Fault] = []
    match, position, size = tongue.pieces.match, 0, len(text)
    while position < size:
        found = match(text, position)
        if found is None:
            fault = _refused(text, position)
            faults.append(fault)
            position = fault.end
            continue
        kind = found.lastgroup or ""
        end = found.end()
        if kind == "LONG":
            long = _long(text, position)
            if isinstance(long, Fault):
                faults.append(long)
                return pieces, faults
            body, end = long
            pieces.append(Piece("LONG", body, position, end, None))
        elif kind == "SLASHED":
            faults.append(Fault(DiagnosticCode.DATE_AMBIGUOUS, position, end, found.group()))
        elif kind != "SKIP":
            piece = _piece(kind, found.group(), position, end, tongue)
            if piece is not None:
                if _is_idle(pieces, piece, tongue):
                    pieces.pop()
                pieces.append(piece)
        position = end
    return pieces, faults


def _is_idle(before: list[Piece], piece: Piece, tongue: Tongue) -> bool:
    """Whether the last piece means nothing before this one: a pausing comma, the `at` of `2 March 2026 at 10:00`."""
    if piece.key in tongue.unpaused:
        return bool(before) and before[-1][:2] == _COMMA
    if piece.kind != "TIME" or len(before) < 2 or before[-2].kind != "DATE":
        return False
    return (before[-1].key or before[-1].text) in tongue.clock


def _piece(kind: str, text: str, start: int, end: int, tongue: Tongue) -> Piece | None:
    if kind == "WORD":
        key = _key(text, tongue)
        return None if key is None else Piece(kind, text, start, end, key)
    if kind == "STRING":
        return Piece(kind, text[1:-1], start, end, None)
    if kind == "BRACKET":
        return Piece("NAME", " ".join(text[1:-1].split()), start, end, None)
    if kind == "OP":
        return Piece(kind, _SIGNS.get(text, text), start, end, None)
    return Piece(kind, _value(kind, text, tongue), start, end, None)


def _key(text: str, tongue: Tongue) -> str | None:
    """None for an article. A single capital letter is a code, never an article or a conjunction."""
    if len(text) == 1 and text.isupper():
        return "\0" + text
    key = plain(text)
    return None if key in tongue.noise else tongue.fuse.get(key, key)


def _value(kind: str, text: str, tongue: Tongue) -> str:
    if kind == "NUMBER":
        return tongue.number(text)
    if kind == "PERCENT":
        return tongue.number(text.rstrip("% \t\n"))
    if kind == "MONEY":
        digits = re.match(r"[\d.,]+", text)
        amount = digits.group() if digits else text
        sign = text[len(amount) :].strip()
        return f"{tongue.number(amount)} {CURRENCY_SIGNS.get(sign, sign)}"
    if kind == "DATE" and text[4:5] != "-":
        day, month, year = (part for part in plain(text).split() if part != "de")
        return f"{year}-{tongue.months[month]:02d}-{int(day):02d}"
    if kind == "YEARDAY":
        day, month = (part for part in plain(text).split() if part != "de")
        return f"{tongue.months[month]:02d}-{int(day):02d}"
    return text.zfill(5) if kind == "TIME" else text


def _long(text: str, start: int) -> tuple[str, int] | Fault:
    """<< ... >> or « ... »: nested pairs count, nothing is escaped; common indentation and outer blank lines go."""
    depth = 0
    for found in _QUOTES.finditer(text, start):
        depth += 1 if found[0] in "<<«" else -1
        if not depth:
            opening = 1 if text[start] == "«" else 2
            return _dedented(text[start + opening : found.start()]), found.end()
    return Fault(
        DiagnosticCode.LONG_TEXT_NOT_CLOSED, start, min(len(text), start + 2), text[start : start + 2]
    )


def _dedented(body: str) -> str:
    lines = body.strip("\n").rstrip().split("\n")
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:].rstrip() for line in lines)


def _refused(text: str, position: int) -> Fault:
    if text[position] in '"“„”':
        line_end = text.find("\n", position)
        end = len(text) if line_end < 0 else line_end
        return Fault(DiagnosticCode.TEXT_NOT_CLOSED, position, end, text[position:end])
    if text[position] == "[":
        return Fault(DiagnosticCode.BRACKET_NOT_CLOSED, position, position + 1, "[")
    end = position + 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return Fault(DiagnosticCode.CHARACTER_REFUSED, position, end, text[position:end])
