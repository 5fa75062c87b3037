"""Where every rule stands, and which are looked at for a message: those of its topic, of its category, and of any.

Rules for one topic stand side by side, so do those for one category, and all that speak of more. All stand in one
table, so that one look at a customer does for all her messages; only where that would take too much room are there more.
Tables are made with the rulebook, so that the first message after a publication waits for nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

import msgspec

from artifact.decision import RuleRow
from dsl.columns import mask_of
from dsl.counting import weight_of
from dsl.index import Draft, Table, chosen
from dsl.looking import Looks
from dsl.plain import About, Candidate
from dsl.program import Program, Validity
from dsl.verdict import Fired

LAYOUT = 3
"""How a trace is written. Raised when tables come out otherwise for the same text: older traces are then not read."""

T = TypeVar("T")

Home: TypeAlias = tuple[str | None, str | None]
"""The one topic, or the one category, that a rule speaks of; neither where it speaks of more."""

_ANY: Home = (None, None)


class Strip(msgspec.Struct, frozen=True):
    """Rules of one home side by side in a table, by rank: the first has the highest place, `low` is that of the last."""

    low: int
    ones: int
    rules: tuple[Candidate, ...]
    fired: tuple[Fired, ...]

    def of(self, items: Sequence[T], mask: int) -> Iterable[T]:
        """What stands in such a row for those of its rules that are in this set."""
        return chosen(items, mask >> self.low & self.ones)


class Dated(msgspec.Struct, frozen=True):
    """Rules that are valid on the same days, with the row of each for all other days."""

    validity: Validity
    mask: int
    rows: tuple[RuleRow, ...]


class Part(msgspec.Struct, frozen=True):
    """Those rules of a group that stand in one table; of those `asking` more must be asked than a look can tell."""

    table: Table
    mask: int
    asking: int
    looks: Looks
    dated: tuple[Dated, ...]
    strips: tuple[Strip, ...]


class Group(msgspec.Struct, frozen=True):
    """The rules that are looked at for a message; `place` is how a trace begins that tells of them."""

    place: tuple[int, int, int]
    parts: tuple[Part, ...]


class Layout:
    """Every rule at its place."""

    def __init__(self, rules: Sequence[Candidate], currency: str) -> None:
        self._currency = currency
        self._tables = 0
        self._strips: dict[Home, list[tuple[Table, Strip]]] = {}
        draft, lows = Draft(), dict[Home, int]()
        for home, one in sorted(((_home(one.about), one) for one in rules), key=_order):
            if draft.full:
                self._close(draft, lows)
                draft, lows = Draft(), {}
            lows.setdefault(home, len(draft.rules))
            draft.add(one)
        self._close(draft, lows)

    def _close(self, draft: Draft, lows: dict[Home, int]) -> None:
        table = Table(self._tables, draft, self._currency)
        self._tables += 1
        ends = [*lows.values(), len(draft.rules)][1:]
        for (home, low), end in zip(lows.items(), ends, strict=True):
            strip = _strip(low, tuple(reversed(draft.rules[low:end])))
            self._strips.setdefault(home, []).append((table, strip))

    def parts(self, topic: str, category: str) -> tuple[Part, ...]:
        """The rules that speak of messages of this topic."""
        found: dict[int, tuple[Table, list[Strip]]] = {}
        for home in (_ANY, (None, category), (topic, None)):
            for table, strip in self._strips.get(home, ()):
                found.setdefault(table.number, (table, []))[1].append(strip)
        return tuple(_part(table, strips, topic, category) for table, strips in found.values())


def _home(about: About) -> Home:
    if about.topics is not None:
        return (next(iter(about.topics)), None) if len(about.topics) == 1 else _ANY
    if about.categories is not None and len(about.categories) == 1:
        return (None, next(iter(about.categories)))
    return _ANY


def _order(entry: tuple[Home, Candidate]) -> tuple[str, str, int]:
    """What speaks of more stands first, then category by category, then topic by topic; each from the last rank on."""
    (topic, category), one = entry
    return (topic or "", category or "", -one.rank)


def _strip(low: int, rules: tuple[Candidate, ...]) -> Strip:
    fired = tuple(Fired(one.rule.name, one.rank, one.rule.standing_effects) for one in rules)
    return Strip(low, (1 << len(rules)) - 1, rules, fired)


def _part(table: Table, strips: list[Strip], topic: str, category: str) -> Part:
    places = [
        place
        for strip in strips
        for place in range(strip.low, strip.low + len(strip.rules))
        if table.rules[place].about.admits(topic, category)
    ]
    asking = [place for place in places if _asks_more(table.rules[place])]
    return Part(
        table,
        mask_of(places),
        mask_of(asking),
        table.looks(places),
        tuple(_dated(table, places)),
        tuple(strips),
    )


def _asks_more(one: Candidate) -> bool:
    return one.rule.waits_anew or bool(one.parts.rest)


def _dated(table: Table, places: list[int]) -> Iterator[Dated]:
    days: dict[Validity, list[int]] = {}
    for place in places:
        validity = table.rules[place].rule.validity
        if validity is not None:
            days.setdefault(validity, []).append(place)
    for validity, found in days.items():
        rows = tuple(RuleRow(table.rules[place].rule.name, "NOT_MET", 0) for place in found)
        yield Dated(validity, mask_of(found), rows)


class Groups:
    """The message rules of a rulebook by what they speak of."""

    def __init__(self, program: Program, rules: Sequence[Candidate]) -> None:
        self._rules = rules
        self._layout = Layout(rules, program.currency)
        self._topics = list(program.topics)
        self._category_of = [topic.category for topic in program.topics.values()]
        self._categories = list(dict.fromkeys([*self._category_of, *_named(rules)]))
        self._numbers = {name: number for number, name in enumerate(self._topics)}
        self._found: dict[tuple[int, int], Group] = {}
        self._known: dict[tuple[str, str], Group] = {}

    def of(self, topic: str, category: str) -> Group:
        """The group of messages of this topic."""
        found = self._known.get((topic, category))
        if found is None:
            number = self._numbers.get(topic, len(self._topics))
            names = self._categories
            found = self.numbered(number, names.index(category) if category in names else len(names))
            if topic in self._numbers and category in names:
                self._known[topic, category] = found
        return found

    def numbered(self, topic: int, category: int) -> Group:
        """The same by the numbers of a trace; past the last: a topic, or category, that is not declared."""
        found = self._found.get((topic, category))
        if found is None:
            name = self._topics[topic] if topic < len(self._topics) else ""
            of = self._categories[category] if category < len(self._categories) else ""
            parts = self._layout.parts(name, of)
            found = self._found[topic, category] = Group((LAYOUT, topic, category), parts)
        return found

    @property
    def cost(self) -> int:
        """How many conditions the dearest topic can make the rules read, and how many members of lists."""
        of_home: dict[str | None, int] = {}
        of_topic: dict[str, int] = {}
        for _, rule, _, about in self._rules:
            each = 1 + weight_of(rule.conditions)
            for name in about.topics or ():
                of_topic[name] = of_topic.get(name, 0) + each
            for category in (about.categories or (None,)) if about.topics is None else ():
                of_home[category] = of_home.get(category, 0) + each
        names = zip(self._topics, self._category_of, strict=True)
        topics = [of_home.get(of, 0) + of_topic.get(name, 0) for name, of in names]
        return of_home.get(None, 0) + max(topics, default=0)


def _named(rules: Sequence[Candidate]) -> Iterator[str]:
    for one in rules:
        yield from sorted(one.about.categories or ())
