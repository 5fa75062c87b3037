"""The shortest declaration in which each alternative of the grammar stands, so that laws of the text cover all of them.

Written from the grammar itself: a construct that it learns tomorrow has its sentence tomorrow. What they say makes no
sense, and need not: they are for parsing and writing, not for checking.
"""

from collections.abc import Mapping
from functools import cache
from heapq import heappop, heappush

from dsl.grammar import START, Reduction, table
from dsl.lexicon import Tongue

Symbols = tuple[str, ...]

SAMPLES = {
    "NAME": "n1",
    "STRING": '"a text"',
    "LONG": "<<a long text>>",
    "NUMBER": "7",
    "MONEY": "7 EUR",
    "PERCENT": "7 %",
    "DATE": "2026-03-02",
    "YEARDAY": "24 {december}",
    "TIME": "9:00",
    "UNIT": "{day}",
    "WEEKDAY": "{monday}",
    "HIT": "{first}",
}


@cache
def alternatives() -> tuple[Reduction, ...]:
    """Every alternative of every rule, in an order of its own."""
    found = {action for row in table().states for action in row.values() if isinstance(action, Reduction)}
    return tuple(sorted(found, key=lambda one: (one.origin, one.order, one.symbols)))


def _shortest() -> dict[str, Symbols]:
    """The fewest terminals that each rule can be."""
    least: dict[str, Symbols] = {}
    changed = True
    while changed:
        changed = False
        for one in alternatives():
            found = _spelled(one.symbols, least)
            if found is not None and (one.origin not in least or len(found) < len(least[one.origin])):
                least[one.origin] = found
                changed = True
    return least


def _spelled(symbols: Symbols, least: Mapping[str, Symbols]) -> Symbols | None:
    """These symbols as terminals, None while one of them is not known yet."""
    rules = {one.origin for one in alternatives()}
    found: Symbols = ()
    for symbol in symbols:
        if symbol in rules and symbol not in least:
            return None
        found += least[symbol] if symbol in rules else (symbol,)
    return found


def _around(least: Mapping[str, Symbols]) -> dict[str, tuple[Symbols, Symbols]]:
    """What must stand before and after each rule, so that it stands in a declaration."""
    found: dict[str, tuple[Symbols, Symbols]] = {}
    queue: list[tuple[int, str, Symbols, Symbols]] = [(0, START, (), ())]
    while queue:
        _, name, before, after = heappop(queue)
        if name in found:
            continue
        found[name] = before, after
        for one in alternatives():
            for at, symbol in enumerate(one.symbols if one.origin == name else ()):
                left = before + (_spelled(one.symbols[:at], least) or ())
                right = (_spelled(one.symbols[at + 1 :], least) or ()) + after
                heappush(queue, (len(left) + len(right), symbol, left, right))
    return found


@cache
def _ways() -> dict[Reduction, Symbols]:
    least = _shortest()
    around = _around(least)
    return {
        one: around[one.origin][0] + (_spelled(one.symbols, least) or ()) + around[one.origin][1]
        for one in alternatives()
    }


def sentence(one: Reduction, tongue: Tongue) -> str:
    """A declaration in which this alternative stands."""
    return " ".join(_word(terminal, tongue) for terminal in _ways()[one])


def _word(terminal: str, tongue: Tongue) -> str:
    signs = {name: sign for sign, name in table().signs.items()}
    if terminal in SAMPLES:
        spelled = tongue.spelled
        return SAMPLES[terminal].format(
            december=spelled["months"][11],
            day=spelled["UNIT:day"][0],
            monday=spelled["WEEKDAY:1"][0],
            first=spelled["HIT:first"][0],
        )
    return signs.get(terminal) or tongue.first[terminal]
