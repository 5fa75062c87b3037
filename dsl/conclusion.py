"""What follows from the rules that fired about one message: which of them stand, which are silenced, which disagree.

Nothing but these rules goes in. Refuses to put together what they do: that is for the engine (engine.ruling).
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

import msgspec

from artifact.decision import RuleRow
from dsl.effects import Deliver, GroupInto, MessageEffect, Rephrase, SetUrgency
from dsl.program import MessageRule
from dsl.verdict import Fired


class Conclusion(msgspec.Struct, frozen=True):
    """`fired` are the rules that stand, by rank; `silenced` has a row for each of the others; `ties` names pairs of
    equal rank that disagree."""

    fired: tuple[Fired, ...]
    silenced: tuple[RuleRow, ...]
    ties: tuple[tuple[str, str], ...]


class Conclusions:
    """What the rules of a rulebook can come to."""

    def __init__(self, rules: Iterable[MessageRule]) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._exceptions = {rule.name for rule in self._rules.values() if rule.exception_to}
        self._ranks = {rule.name: (rule.priority, rule.specificity) for rule in self._rules.values()}
        self._rivals = _rivals(self._rules.values())

    def of(self, fired: list[Fired]) -> Conclusion:
        """What follows from these, given in any order."""
        fired.sort(key=_rank)
        rows: list[RuleRow] = []
        if self._exceptions and not self._exceptions.isdisjoint(one.rule for one in fired):
            fired, rows = silenced(fired, self._rules)
        rivals = [one for one in fired if one.rule in self._rivals] if self._rivals else ()
        tied = ties(rivals, self._ranks) if len(rivals) > 1 else ()
        return Conclusion(tuple(fired), tuple(rows), tied)


_rank = attrgetter("rank")
_name = attrgetter("rule")


def silenced(fired: list[Fired], rules: Mapping[str, MessageRule]) -> tuple[list[Fired], list[RuleRow]]:
    """What stands once exceptions have silenced their bases. An exception that is itself silenced silences nothing."""
    names = {one.rule for one in fired}
    by: dict[str, list[str]] = {}
    for name in sorted(names):
        for base in rules[name].exception_to:
            by.setdefault(base, []).append(name)
    stands: dict[str, bool] = {}

    def standing(name: str) -> bool:
        if name not in stands:
            stands[name] = not any(standing(other) for other in by.get(name, ()))
        return stands[name]

    gone = [name for name in sorted(names) if not standing(name)]
    rows = [RuleRow(name, "SILENCED", next(n for n in by[name] if standing(n))) for name in gone]
    return [one for one in fired if standing(one.rule)], rows


def all_told(rows: Sequence[RuleRow], silenced: Sequence[RuleRow]) -> tuple[RuleRow, ...]:
    """All rows by name. Of a rule that is silenced nothing else is told."""
    gone = {row.rule for row in silenced}
    return tuple(sorted([*(row for row in rows if row.rule not in gone), *silenced], key=_name))


_ONE_VALUE = (Rephrase, SetUrgency, Deliver, GroupInto)


def _rivals(rules: Iterable[MessageRule]) -> frozenset[str]:
    """Rules that can disagree with another one of equal rank: few do, so few verdicts have any to compare."""
    saying: dict[object, dict[object, list[str]]] = {}
    for rule in rules:
        for effect in rule.effects:
            if type(effect) in _ONE_VALUE:
                place = type(effect), rule.priority, rule.specificity
                saying.setdefault(place, {}).setdefault(_value(effect), []).append(rule.name)
    parties = (found for found in saying.values() if len(found) > 1)
    return frozenset(name for found in parties for names in found.values() for name in names)


def ties(fired: Sequence[Fired], ranks: Mapping[str, tuple[int, int]]) -> tuple[tuple[str, str], ...]:
    """Pairs of rules of equal priority and specificity that give different values where only one can win."""
    says: dict[type, list[tuple[str, object]]] = {verb: [] for verb in _ONE_VALUE}
    for one in fired:
        for effect in one.effects:
            if type(effect) in says:
                says[type(effect)].append((one.rule, _value(effect)))
    found: dict[tuple[str, str], None] = {}
    for said in says.values():
        if len({value for _, value in said}) < 2:  # of many rules that agree, no two must be compared
            continue
        for index, (rule, value) in enumerate(said):
            for other, another in said[index + 1 :]:
                if value != another and ranks[rule] == ranks[other]:
                    found[rule, other] = None
    return tuple(found)


def _value(effect: MessageEffect) -> object:
    """What an effect says, leaving out why."""
    if isinstance(effect, Rephrase):
        return effect.template
    if isinstance(effect, GroupInto):
        return effect.group
    return effect.urgency if isinstance(effect, SetUrgency) else getattr(effect, "channels", None)
