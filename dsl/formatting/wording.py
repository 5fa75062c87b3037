"""How one tongue writes a token: its words and their agreement, numbers, money, dates, texts.

Names go through a function, so that a glossary can give those of another tongue. Refuses nothing: what has no form of
its own here (the 45th of May) is written in the form that every tongue reads.
"""

import re
from collections.abc import Callable, Sequence

from dsl.formatting.tokens import Token
from dsl.grammar import table
from dsl.lexicon import Tongue, plain

Rename = Callable[[str], str]

_LASTING = frozenset({"_IN_LAST", "_IN_NEXT"})
_LASTED = frozenset({"in_last", "in_next", "between"})
_COUNTED = frozenset({"UNIT", "_TIMES", "_CONTACTS"})
_OF_MANY = {"of_category": "_CATEGORY", "of_topic": "_TOPIC"}
_BEING = frozenset({"_IS", "_IS_NOT"})
_HAPPENING = frozenset({"_CLOSES", "_HAPPENS"})
_FEMININE = frozenset({"hour", "week", "working_hour"})
_STATES = frozenset({"open", "closed", "broken", "kept", "dropped", "pending"})
_SOME = frozenset({"_ANY", "_NONE"})
_RANGES = frozenset({"to_under", "over_to", "over_to_under"})
"""`500 EUR to under 5,000 EUR`: the shorter form of a bound."""

_CELL_ENDS = frozenset({"VBAR", "COMMA"})
_THERE_IS = 3
"""`hay` and `no hay`, which need no gender."""

_NAMED = frozenset({"on_open", "on_close", "on_break"})
_ACTED_ON = frozenset({"closing", "open", "close", "move"})
_NOUNS = {"_OPENS": "la", "_CLOSES": "el", "_BREAKS": "el"}
"""`apertura`, `cierre`, `incumplimiento`."""

_PREPOSITIONS = {
    "_FROM": {"range": 1, "day_range": 1, "hours": 1, "scorecard": 1, "subtract_from": 1},
    "_TO": {"valid": 1, "set": 2},
    "_FOR": {"postpone_for": 1},
    "_ON": {"day_set": 2},
    "_EVENT": {"event_": 1, "g_event": 2},
}
"""`cada sábado`, `de lunes a viernes`, `llega el evento`, `de 0 a 120`, `restar 5 de`, `vigente desde ... hasta`, `fijar ... en`, `aplazar durante 3 días`."""

_TO_A_DAY = frozenset({"_FROM", "_TO", "_UNTIL", "_VALID_FROM"})
_ARTICLES = {"m": "el", "f": "la"}
_BEFORE_A_VOWEL = {"_AND": re.compile(r"h?i(?!e)"), "_OR": re.compile(r"h?o")}
_GROUPED_FROM = 5
"""Digits from which a number is written in groups of three: years, which have four, never are."""


class Wording:
    """Writes the tokens of one rulebook. `states` are the states that it declares, `genders` those of its nouns.

    `agreeing`: states that every rulebook knows follow the noun. Only a translator may do that; who formats keeps the
    author's own word.
    """

    def __init__(
        self,
        tongue: Tongue,
        states: frozenset[str] = frozenset(),
        names: Rename = str,
        genders: frozenset[tuple[str, str]] = frozenset(),
        *,
        agreeing: bool = False,
    ) -> None:
        self.tongue, self.states, self.names = tongue, states, names
        self.genders, self.agreeing = dict(genders), agreeing
        self.spanish = tongue.code == "es"
        self._signs = {name: sign for sign, name in table().signs.items()}

    def text(self, tokens: Sequence[Token], index: int) -> str:
        """One token as it is written. A name stands without brackets, and a long text without its margin."""
        token = tokens[index]
        terminal, value = token.terminal, token.value
        if terminal in self._signs:
            return self._signs[terminal]
        if terminal == "NAME":
            return self._agreed(tokens, index, self.names(value))
        if terminal in ("STRING", "LONG"):
            return value
        if terminal in ("WEEKDAY", "HIT"):
            return self.tongue.spelled[f"{terminal}:{value}"][0]
        if terminal in ("NUMBER", "MONEY", "PERCENT", "DATE", "YEARDAY", "TIME"):
            return self._literal(terminal, value)
        words = self.tongue.spelled[f"UNIT:{value}" if terminal == "UNIT" else terminal]
        word = words[min(self._form(tokens, index), len(words) - 1)]
        return f"{word}l" if self._contracts(tokens, index) else word

    def article(self, tokens: Sequence[Token], index: int) -> str:
        """What goes before a token, with a blank: an article where the language has one and its gender is known."""
        token = tokens[index]
        if not self.spanish:
            return "the " if token.terminal == "NAME" and token.kind == "closing" else ""
        found = self._article(tokens, index)
        return f"{found} " if found and not (found == "el" and self._contracts(tokens, index - 1)) else ""

    def _article(self, tokens: Sequence[Token], index: int) -> str:
        """The Spanish article of a token, "" where it has none."""
        token = tokens[index]
        if token.terminal == "NAME":
            return _ARTICLES.get(self._gender(token), "") if self._is_subject(tokens, index) else ""
        if token.terminal in _NOUNS and token.kind in _NAMED:
            return _NOUNS[token.terminal]
        if token.terminal in ("DATE", "TIME") and index and tokens[index - 1].terminal in _TO_A_DAY:
            return _day_article(token, tokens[index - 1])
        if (
            _OF_MANY.get(token.kind) == token.terminal
            and index
            and tokens[index - 1].terminal in ("_FOR", "_OF", "_TAKES")
        ):
            several = self._form(tokens, index)
            return {"_CATEGORY": ("la", "las"), "_TOPIC": ("el", "los")}[token.terminal][several]
        return ""

    def _contracts(self, tokens: Sequence[Token], index: int) -> bool:
        """Whether this word ends in `de` and what follows begins with `el`: `del`."""
        token = tokens[index] if index >= 0 else None
        if not self.spanish or token is None or index + 1 >= len(tokens):
            return False
        ends = token.terminal == "_OF" or (token.terminal in _NOUNS and token.kind in _NAMED)
        return ends and self._article(tokens, index + 1) == "el"

    def _is_subject(self, tokens: Sequence[Token], index: int) -> bool:
        """Whether a noun stands where it is spoken of as one: `the claim is open`, `until the claim closes`."""
        token = tokens[index]
        if token.kind in _ACTED_ON or token.kind in _NAMED:
            return True
        after = tokens[min(index + 1, len(tokens) - 1)]
        return after.terminal in _BEING and self._spanish_form(tokens, index + 1) == 1

    def _gender(self, token: Token) -> str:
        return self.genders.get(plain(self.names(token.value)), "")

    def _agreed(self, tokens: Sequence[Token], index: int, name: str) -> str:
        """A state in the gender of its noun."""
        if not (self.agreeing and self.spanish and index > 1 and tokens[index - 1].terminal in _BEING):
            return name
        code = self.tongue.builtin(name)
        forms = self.tongue.spelled.get(f"name:{code}", ())
        feminine = code in _STATES and len(forms) > 1 and self._gender(tokens[index - 2]) == "f"
        return forms[1] if feminine else name

    def _form(self, tokens: Sequence[Token], index: int) -> int:
        """Which of a word's forms agrees with its neighbours; the order of forms is the lexicon's."""
        token = tokens[index]
        if token.terminal in _COUNTED:
            before = tokens[index - 1]
            return int(before.terminal != "NUMBER" or before.value == "1")
        if _OF_MANY.get(token.kind) == token.terminal:
            return int(
                index + 2 < len(tokens) and tokens[index + 2].kind == "names" == tokens[index + 1].kind
            )
        if token.kind in _RANGES and token.terminal != "_TO":
            return 1
        if self.spanish:
            return self._spanish_form(tokens, index)
        return int((token.terminal, token.kind) == ("_IN", "rolling"))

    def _spanish_form(self, tokens: Sequence[Token], index: int) -> int:
        token, after = tokens[index], tokens[min(index + 1, len(tokens) - 1)]
        if token.terminal in _PREPOSITIONS:
            return _PREPOSITIONS[token.terminal].get(token.kind, 0)
        if token.terminal in _LASTING:
            return 2 * (after.value == "1") + (tokens[index + 2].value in _FEMININE)
        if token.terminal in _BEING:
            if token.kind in _LASTED:
                return 1
            is_one = after.terminal == "NAME" and self._is_state(after.value)
            return int(is_one and self._has_states(tokens[index - 1].value))
        if token.terminal == "_PER":
            return int(after.value in _FEMININE)
        if token.terminal in _SOME:
            if tokens[index - 1].terminal == "_NOT":
                return 2 * (self._gender(after) == "f")
            return {"m": _THERE_IS + 1, "f": _THERE_IS + 2}.get(self._gender(after), _THERE_IS)
        if token.terminal == "_AT_LEAST":
            return int(tokens[index - 1].terminal in _CELL_ENDS)
        if token.terminal == "_OTHERWISE":
            return int(token.kind == "last")
        if token.terminal == "_UNTIL":
            return int(after.terminal in _HAPPENING)
        if token.terminal in _BEFORE_A_VOWEL:
            return int(_BEFORE_A_VOWEL[token.terminal].match(plain(self.text(tokens, index + 1))) is not None)
        return int(token.terminal == "_CLOSES" and token.kind == "on_close")

    def _has_states(self, name: str) -> bool:
        """Whether this is what can be in a state, and not a field of it: its `estado` *is* open, and nothing else."""
        return "." not in name and self.tongue.builtin(self.names(name)) != "state"

    def _is_state(self, name: str) -> bool:
        return plain(name) in self.states or self.tongue.builtin(name) in _STATES

    def _literal(self, terminal: str, value: str) -> str:
        if terminal == "DATE":
            return self._date(value)
        if terminal == "YEARDAY":
            return self._day(value)
        if terminal == "TIME":
            return value.removeprefix("0")
        if terminal == "PERCENT":
            return f"{self._number(value, _GROUPED_FROM)} %"
        if terminal == "MONEY":
            amount, currency = value.split(" ", 1)
            return f"{self._number(amount, _GROUPED_FROM if self.spanish else 4)} {currency}"
        return self._number(value, _GROUPED_FROM)

    def _number(self, value: str, grouped_from: int) -> str:
        whole, _, rest = value.partition(".")
        thousands, decimal = (".", ",") if self.spanish else (",", ".")
        if len(whole) >= grouped_from:
            whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", thousands, whole)
        return f"{whole}{decimal}{rest}" if rest else whole

    def _date(self, value: str) -> str:
        year, month, day = value.split("-")
        if not 1 <= int(month) <= 12 or not 1 <= int(day) <= 31:
            return value
        return f"{self._day(f'{month}-{day}')} {'de ' if self.spanish else ''}{year}"

    def _day(self, value: str) -> str:
        month, day = value.split("-")
        name = self.tongue.spelled["months"][int(month) - 1]
        return f"{int(day)} de {name}" if self.spanish else f"{int(day)} {name}"


def _day_article(token: Token, before: Token) -> str:
    """`hasta el 1 de mayo`, `hasta las 10:00`; hours of a calendar have none."""
    if token.terminal == "DATE":
        return "el"
    return {"_UNTIL": "la" if token.value.startswith("01:") else "las"}.get(before.terminal, "")
