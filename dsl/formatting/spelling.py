"""Brackets around the names that need them, and no others.

Whether a word is a name depends on what the parser expects at its place and on the words that follow, so the parser
itself is asked: it reads the declaration as it will be written, and each name that it takes for something else gets
its brackets.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from dsl.formatting.tokens import Token
from dsl.formatting.wording import Wording
from dsl.lexicon import tongue
from dsl.parser import Driver, Stop
from dsl.scan import Piece, scan

_CURRENCY = re.compile(r"[A-Z]{3}(?!\w)")


def spelled(tokens: Sequence[Token], wording: Wording, nesting: int) -> list[str] | None:
    """The text of every token but the long ones, ready to be written; None if it cannot be written."""
    try:
        return _Speller(tokens, wording, nesting).run()
    except Stop:
        return None


@lru_cache(maxsize=4096)
def _scanned(text: str, code: str) -> tuple[Piece, ...]:
    """The pieces of one token; none where something cannot be read."""
    pieces, faults = scan(text, tongue(code))
    return () if faults else tuple(pieces)


class _Speller:
    def __init__(self, tokens: Sequence[Token], wording: Wording, nesting: int) -> None:
        self.tokens, self.wording = tokens, wording
        self.texts = [wording.text(tokens, index) for index in range(len(tokens))]
        self.pieces: list[Piece] = []
        self.owners: list[int] = []
        for index in range(len(tokens)):
            pieces = self._pieces(index)
            self.pieces += pieces
            self.owners += [index] * len(pieces)
        self.driver = Driver(self.pieces, wording.tongue, nesting, 0)

    def _pieces(self, index: int) -> Sequence[Piece]:
        token, text = self.tokens[index], self.texts[index]
        if token.terminal == "LONG":
            return [Piece("LONG", text, 0, 0, None)]
        if token.terminal == "STRING":
            self.texts[index] = f"“{text}”" if '"' in text else f'"{text}"'
            return [Piece("STRING", text, 0, 0, None)]
        pieces = _scanned(text, self.wording.tongue.code)
        if token.terminal != "NAME":
            return pieces
        if len(pieces) == 1 and pieces[0][:2] == ("WORD", text) and not self._counted(index):
            return pieces
        return [self._bracketed(index)]

    def _counted(self, index: int) -> bool:
        """After a number, three capitals are a currency."""
        before = self.tokens[index - 1].terminal if index else ""
        return before == "NUMBER" and _CURRENCY.match(self.texts[index]) is not None

    def _bracketed(self, index: int) -> Piece:
        name = self.texts[index]
        self.texts[index] = f"[{name or ' '}]"
        return Piece("NAME", name, 0, 0, None)

    def run(self) -> list[str] | None:
        driver = self.driver
        while driver.index < len(self.pieces):
            begin = driver.index
            terminal, value = driver.terminal()
            owner = self.owners[begin]
            token = self.tokens[owner]
            whole = driver.index == len(self.pieces) or self.owners[driver.index] == owner + 1
            same = terminal == token.terminal and (
                token.terminal != "NAME" or value == self.pieces[begin].text
            )
            if not (whole and same and self.owners[driver.index - 1] == owner):
                if not self._bracket_one(begin, driver.index):
                    return None
                driver.index = begin
                continue
            driver.feed(terminal, value, 0, 0, begin)
        return [self.wording.article(self.tokens, i) + text for i, text in enumerate(self.texts)]

    def _bracket_one(self, begin: int, end: int) -> bool:
        """Brackets for the first bare name that was read as something else, or as part of it."""
        for at in range(begin, end):
            index = self.owners[at]
            if self.tokens[index].terminal == "NAME" and self.pieces[at].kind == "WORD":
                self.pieces[at] = self._bracketed(index)
                return True
        return False
