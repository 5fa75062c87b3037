"""The grammar read backwards: which words of the language stood around the parts of a node.

A syntax tree has lost them. The alternative of the grammar that gives this node with these parts brings them back, so
a construct that the grammar learns can be written at once, and no second list of it must be kept. Parentheses are
left out where the grammar takes what is in them without.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from dsl.grammar import Reduction, table
from dsl.syntax import Node, Place, misread


class Slot(NamedTuple):
    """One symbol of a production: with its part, or a word of the language. `repeated` is one of many in a row."""

    symbol: str
    part: Place | None
    repeated: bool


class _Way(NamedTuple):
    """An alternative that gives a node, and the words around it: `?ago: duration _AGO` keeps only the duration."""

    before: tuple[str, ...]
    rule: Reduction | None
    after: tuple[str, ...]

    @property
    def order(self) -> tuple[bool, int]:
        return bool(self.before), self.rule.order if self.rule else 0


class _Item(NamedTuple):
    symbol: str
    role: str


_WORD, _PART, _ABSENT, _MANY = "word", "part", "absent", "many"


def _items(rule: Reduction) -> tuple[_Item, ...]:
    """The symbols in order, with the optional parts that this alternative leaves out."""
    found: list[_Item] = []
    position = 0
    for step in rule.steps:
        if step < 0:
            found.append(_Item("", _ABSENT))
            continue
        found += [_Item(symbol, _WORD) for symbol in rule.symbols[position:step]]
        found.append(_Item(rule.symbols[step], _MANY if step in rule.inlined else _PART))
        position = step + 1
    return (*found, *(_Item(symbol, _WORD) for symbol in rule.symbols[position:]))


class Productions:
    """All alternatives, by the symbol that they define."""

    def __init__(self) -> None:
        rules = {action for row in table().states for action in row.values() if isinstance(action, Reduction)}
        self._of: dict[str, list[Reduction]] = {}
        for rule in sorted(rules, key=lambda rule: (rule.origin, rule.order)):
            self._of.setdefault(rule.origin, []).append(rule)
        self._items = {rule: _items(rule) for rule in rules}
        self._reached: dict[str, dict[str, list[_Way]]] = {}

    def _reach(self, symbol: str) -> dict[str, list[_Way]]:
        """What may stand where this symbol is demanded, by kind: nodes and words."""
        found = self._reached.get(symbol)
        if found is None:
            found = {}
            for rule in self._of.get(symbol, ()):
                if rule.unwrapped and len(rule.steps) == 1:
                    for kind, ways in self._through(rule).items():
                        found.setdefault(kind, []).extend(ways)
                else:
                    found.setdefault(rule.name, []).append(_Way((), rule, ()))
            self._reached[symbol] = found
        return found

    def _through(self, rule: Reduction) -> dict[str, list[_Way]]:
        """What a rule lets through: the one part that it has, with its own words around it."""
        [step] = rule.steps
        inner, before, after = rule.symbols[step], rule.symbols[:step], rule.symbols[step + 1 :]
        reached = self._reach(inner) or {inner: [_Way((), None, ())]}
        return {
            kind: [_Way(before + way.before, way.rule, way.after + after) for way in ways]
            for kind, ways in reached.items()
        }

    def takes(self, symbol: str, part: Place) -> bool:
        """May this part stand where that symbol is demanded?"""
        if part.kind == symbol or part.kind in self._reach(symbol):
            return True
        return isinstance(part, Node) and part.kind == "group" and self.takes(symbol, part.node())

    def bare(self, symbol: str, part: Node) -> Node:
        """The part without the parentheses that it does not need here."""
        while part.kind == "group" and self.takes(symbol, part.node()):
            part = part.node()
        return part

    def slots(self, symbol: str, node: Node, *, commas: bool, words_first: bool) -> list[Slot]:
        """The symbols that make this node. Of several ways to say it: with commas or not, the verb first or not."""
        ways = sorted(
            self._reach(symbol)[node.kind],
            key=lambda way: (
                _commas(way) * (-1 if commas else 1),
                bool(way.before) != words_first,
                _name_first(way) == words_first,
                way.order,
            ),
        )
        for before, rule, after in ways:
            found, used = self._fit(self._items[rule], node.parts, 0) if rule else (None, 0)
            if found is not None and used == len(node.parts):
                return [*_words(before), *found, *_words(after)]
        raise misread(node)

    def _fit(
        self, items: Sequence[_Item], parts: Sequence[Place | None], at: int
    ) -> tuple[list[Slot] | None, int]:
        """These items against the parts from `at` on: what each takes, and how far that goes."""
        slots: list[Slot] = []
        for item in items:
            part = parts[at] if at < len(parts) else None
            if item.role == _WORD:
                slots.append(Slot(item.symbol, None, repeated=False))
            elif item.role == _MANY:
                many, at = self._many(item.symbol, parts, at)
                if not many:
                    return None, at
                slots += many
            elif item.role == _ABSENT:
                if at >= len(parts) or part is not None:
                    return None, at
                at += 1
            elif part is None or not self.takes(item.symbol, part):
                return None, at
            else:
                slots.append(Slot(item.symbol, part, repeated=False))
                at += 1
        return slots, at

    def _many(self, helper: str, parts: Sequence[Place | None], at: int) -> tuple[list[Slot], int]:
        """As many rounds of a repetition as there are."""
        rounds = [self._items[rule] for rule in self._of[helper] if helper not in rule.symbols]
        slots: list[Slot] = []
        while at < len(parts):
            for items in rounds:
                found, used = self._fit(items, parts, at)
                if found is not None:
                    slots += [slot._replace(repeated=slot.part is not None) for slot in found]
                    at = used
                    break
            else:
                break
        return slots, at


def _words(symbols: Sequence[str]) -> list[Slot]:
    return [Slot(symbol, None, repeated=False) for symbol in symbols]


def _commas(way: _Way) -> int:
    return way.rule.symbols.count("COMMA") if way.rule else 0


_NAMES = (("NAME",), ("TIME",), ("WEEKDAY",))


def _name_first(way: _Way) -> bool:
    return way.rule is not None and way.rule.symbols[:1] in _NAMES


@cache
def productions() -> Productions:
    """Those of our grammar."""
    return Productions()
