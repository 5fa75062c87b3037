"""Which rules are looked at for a message: those of its topic, and those of its category or of any message.

Tables are made when a message first needs them, so that a large rulebook goes live at once. As long as that takes little
room, what speaks of more than one topic is entered in the table of each of them, so that one look does for all;
past that, it has tables of its own.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from artifact.decision import RuleRow
from dsl.counting import weight_of
from dsl.index import ROOM, Table
from dsl.plain import Candidate
from dsl.program import Program, Validity
from dsl.verdict import Fired

LAYOUT = 2
"""How a trace is written. Raised when tables come out otherwise for the same text: older traces are then not read."""

COPIES = 32_768
"""Up to so many entries rules are copied into the tables of all their topics."""


class Dated(NamedTuple):
    """Rules that are valid on the same days, with the row of each for all other days."""

    validity: Validity
    mask: int
    rows: tuple[RuleRow, ...]


class Group:
    """Rules that are looked at together, by rank. `quick` ones fire as soon as their plain conditions hold."""

    def __init__(self, rules: Sequence[Candidate], currency: str) -> None:
        self.table = Table(rules, currency)
        self.rules = rules
        self.indexes = range(len(rules))
        self.fired = [Fired(one.rule.name, one.rank, one.rule.standing_effects) for one in rules]
        self.quick = self.table.mask(lambda one: not one.rule.waits_anew and not one.parts.rest)
        self.applying = self.table.mask(lambda one: one.rule.apply_unknown)
        days = dict.fromkeys(one.rule.validity for one in rules if one.rule.validity is not None)
        self.dated = tuple(self._dated(validity) for validity in days)

    def _dated(self, validity: Validity) -> Dated:
        mask = self.table.mask(lambda one: one.rule.validity == validity)
        rows = [RuleRow(one.rule.name, "NOT_MET", 0) for one in self.rules if one.rule.validity == validity]
        return Dated(validity, mask, tuple(rows))


class Found(NamedTuple):
    """The groups of a topic; `place` is how a trace begins that tells of them."""

    place: tuple[int, int, int]
    groups: tuple[Group, ...]


class Groups:
    """The message rules of a rulebook by what they speak of."""

    def __init__(self, program: Program, rules: Sequence[Candidate]) -> None:
        self._rules = rules
        self._currency = program.currency
        self._topics = list(program.topics)
        self._category_of = [topic.category for topic in program.topics.values()]
        self._categories = list(dict.fromkeys([*self._category_of, *_named(rules)]))
        self._of_topic: dict[str, list[int]] = {}
        self._others: list[int] = []
        for rank, _, _, about in rules:
            for name in sorted(about.topics or ()):
                self._of_topic.setdefault(name, []).append(rank)
            if about.topics is None:
                self._others.append(rank)
        self._copied = len(self._others) * len(self._topics) <= COPIES
        self._numbers = {name: number for number, name in enumerate(self._topics)}
        self._shared: dict[int, tuple[Group, ...]] = {}
        self._found: dict[tuple[int, int], Found] = {}
        self._known: dict[tuple[str, str], Found] = {}

    def of(self, topic: str, category: str) -> Found:
        """The groups of messages of this topic."""
        found = self._known.get((topic, category))
        if found is None:
            number = self._numbers.get(topic, len(self._topics))
            names = self._categories
            found = self.numbered(number, names.index(category) if category in names else len(names))
            if topic in self._numbers and category in names:
                self._known[topic, category] = found
        return found

    def numbered(self, topic: int, category: int) -> Found:
        """The same by the numbers of a trace; past the last: a topic, or category, that is not declared."""
        found = self._found.get((topic, category))
        if found is None:
            found = self._found[topic, category] = self._find(topic, category)
        return found

    def _find(self, topic: int, category: int) -> Found:
        place = (LAYOUT, topic, category)
        name = self._topics[topic] if topic < len(self._topics) else ""
        of = self._categories[category] if category < len(self._categories) else ""
        own = self._of_topic.get(name, [])
        if self._copied:
            return Found(place, self._made(sorted([*self._others, *own]), name, of))
        shared = self._shared.get(category)
        if shared is None:
            shared = self._shared[category] = self._made(self._others, "", of)
        return Found(place, (*shared, *self._made(own, name, of)))

    def _made(self, ranks: list[int], topic: str, category: str) -> tuple[Group, ...]:
        rules = [self._rules[rank] for rank in ranks if self._rules[rank].about.admits(topic, category)]
        return tuple(Group(rules[at : at + ROOM], self._currency) for at in range(0, len(rules), ROOM))

    @property
    def cost(self) -> int:
        """How many conditions the dearest topic can make the rules read, and how many members of lists."""
        each = [1 + weight_of(one.rule.conditions) for one in self._rules]
        names = zip(self._topics, self._category_of, strict=True)
        of_category: dict[str | None, int] = {}
        for rank in self._others:
            for name in self._rules[rank].about.categories or (None,):
                of_category[name] = of_category.get(name, 0) + each[rank]
        topics = [
            of_category.get(of, 0) + sum(map(each.__getitem__, self._of_topic.get(name, ())))
            for name, of in names
        ]
        return of_category.get(None, 0) + max(topics, default=0)


def _named(rules: Sequence[Candidate]) -> Iterator[str]:
    for one in rules:
        yield from sorted(one.about.categories or ())
