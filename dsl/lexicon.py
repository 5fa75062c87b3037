"""The words of one author's tongue: phrases to terminals, built-in names, how numbers and dates are written.

One table, `language/lexicon.txt`, with a column per tongue. Nothing here knows the grammar.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from dsl.currency import DECIMALS

CODES = ("en", "es")
CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_CURRENCY = r"€|\$|£|(?!(?:%s)\b)[A-Z]{3}\b"
_THOUSANDS = {"en": (",", r"\."), "es": (r"\.", ",")}

HARD = frozenset(
    [
        "_END",
        "_WHEN",
        "_THEN",
        "_AND",
        "_OR",
        "_BECAUSE",
        "_OTHERWISE",
        "_MESSAGE_RULE",
        "_EVENT_RULE",
        "_EXPECT",
        "_GIVEN",
    ]
)
"""Words that are never names outside [brackets]: an error then shows where it is, not three words later."""

HEADS = frozenset(
    [
        "_RULEBOOK",
        "_GLOSSARY",
        "_VOCABULARY",
        "_PARAMETERS",
        "_CALENDAR",
        "_CAP",
        "_GROUP",
        "_CATEGORY",
        "_TOPIC",
        "_SITUATION",
        "_COMMITMENT",
        "_EVENT_RULE",
        "_MESSAGE_RULE",
        "_TABLE",
        "_SCORECARD",
        "_EXPERIMENT",
        "_TEMPLATE",
        "_TEST",
    ]
)
CLAUSE_HEADS = frozenset({"_CATEGORY", "_TOPIC", "_TEMPLATE", "_GROUP"})
"""Heads that are words of a clause too, so that seeing one does not prove that a declaration begins."""

Terminal = tuple[str, str]
"""A terminal and the value that its token carries."""

Phrase = tuple[str, ...]


UNPAUSED = ("_WHEN", "_THEN", "_AND", "_BECAUSE")
"""Words before which a comma is a pause in reading and means nothing."""


@lru_cache(maxsize=16384)
def plain(word: str) -> str:
    """How words are compared: case and accents do not matter."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))


class Tongue:
    """The words of one language, read once and never changed."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.noise: frozenset[str] = frozenset()
        self.clock: frozenset[str] = frozenset()
        self.fuse: dict[str, str] = {}
        self.months: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.later: dict[str, str] = {}
        self.first: dict[str, str] = {}
        self.spelled: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, dict[Phrase, list[Terminal]]] = {}
        column = 1 + CODES.index(code)
        for line in _table().splitlines():
            if line and not line.startswith("#"):
                cells = [cell.strip() for cell in line.split("|")]
                self._row(cells[0], [word.strip() for word in cells[column].split(",") if word.strip()])
        self.trie = {
            first: sorted(phrases.items(), key=lambda item: -len(item[0]))
            for first, phrases in self._phrases.items()
        }
        self.ends = {words[0] for words in self._words_of("_END")}
        self.unpaused = {words[0] for terminal in UNPAUSED for words in self._words_of(terminal)}
        self.pieces = self._pieces()

    def _row(self, key: str, words: list[str]) -> None:
        kind, _, value = key.partition(":")
        self.spelled.setdefault(key, tuple(words))
        if key == "noise":
            self.noise = frozenset(map(plain, words))
        elif key == "clock":
            self.clock = frozenset({*map(plain, words), ","})
        elif key == "fuse":
            self.fuse = dict(word.split(" = ", 1) for word in words)
        elif key == "months":
            self.months = {plain(word): number for number, word in enumerate(words, 1)}
        elif kind == "name":
            self.names.update((plain(word), value) for word in words)
        elif kind == "later":
            self.later.update((plain(word), words[0]) for word in words)
        else:
            self.first.setdefault(key, words[0])
            for word in words:
                self._phrase(kind, value or word, word)

    def _phrase(self, terminal: str, value: str, text: str) -> None:
        words = tuple(self.fuse.get(w, w) for w in map(plain, text.split()) if w not in self.noise)
        self._phrases.setdefault(words[0], {}).setdefault(words, []).append((terminal, value))

    def _words_of(self, terminal: str) -> list[Phrase]:
        return [
            words
            for phrases in self._phrases.values()
            for words, terminals in phrases.items()
            if terminals[0][0] == terminal
        ]

    @property
    def terminals(self) -> frozenset[str]:
        """Every terminal that a phrase of this tongue can be."""
        return frozenset(
            terminal
            for phrases in self._phrases.values()
            for terminals in phrases.values()
            for terminal, _ in terminals
        )

    def _capitals(self) -> set[str]:
        """Words of three letters that, shouted after a number, are no currency: `3 AND`."""
        words = {word.upper() for phrases in self._phrases.values() for phrase in phrases for word in phrase}
        return {word for word in words if len(word) == 3 and word not in DECIMALS}

    def _pieces(self) -> re.Pattern[str]:
        thousands, decimal = _THOUSANDS[self.code]
        currency = _CURRENCY % "|".join(sorted(self._capitals()))
        number = rf"(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:{decimal}\d+)?"
        month = "(?i:" + "|".join(self.months) + r")\b"
        return re.compile(
            "|".join(
                (
                    r"(?P<SKIP>(?:\s+|\#[^\n]*)+)",
                    r"(?P<WORD>[^\W\d]\w*(?:\.[^\W\d]\w*)*)",
                    r"(?P<LONG><<|«)",
                    r'(?P<STRING>"[^"\n]*"|[“„”][^”“\n]*[”“])',
                    r"(?P<BRACKET>\[[^\[\]\n]{1,200}\])",
                    r"(?P<SLASHED>\d{1,2}/\d{1,2}/\d{2,4}\b)",
                    rf"(?P<DATE>\d{{4}}-\d\d-\d\d(?!\d)|\d{{1,2}} (?:de )?{month} (?:de )?\d{{4}}\b)",
                    rf"(?P<YEARDAY>\d{{1,2}} (?:de )?{month})",
                    r"(?P<TIME>\d{1,2}:\d\d(?!\d))",
                    rf"(?P<MONEY>{number}\s*(?:{currency}))",
                    rf"(?P<PERCENT>{number}\s*%)",
                    rf"(?P<NUMBER>{number}(?![\w]))",
                    r"(?P<OP><=|=>|>=|==|!=|≤|≥|≠|⇒|[-−–—+*×/÷(),:<>=|])",
                )
            )
        )

    def number(self, text: str) -> str:
        """The digits of a number as written here, with a decimal point."""
        return text.replace(",", "") if self.code == "en" else text.replace(".", "").replace(",", ".")

    def name_of(self, built_in: str) -> str:
        """What this tongue calls something that is built in."""
        return self.spelled.get(f"name:{built_in}", (built_in,))[0]

    def builtin(self, word: str) -> str:
        """The built-in name that this word stands for, else the word as it is compared.

        Whatever the tongue, the English words are known too: with a glossary, names come in English.
        """
        key = plain(word)
        return self.names.get(key) or (key if self.code == "en" else tongue("en").names.get(key, key))


def _table() -> str:
    return files("dsl").joinpath("language/lexicon.txt").read_text("utf-8")


@cache
def tongue(code: str) -> Tongue:
    """The words of `en` or `es`."""
    return Tongue(code)


_HEADER = re.compile(r"^[^#\"“„«<\n]*?(?<![\w.])(rulebook|reglamento)(?![\w.])", re.IGNORECASE | re.MULTILINE)
"""Not in a comment or a text."""


def tongue_of(text: str) -> Tongue:
    """A file says its language with the word that begins its header."""
    match = _HEADER.search(text)
    return tongue("es" if match and plain(match[1]) == "reglamento" else "en")
