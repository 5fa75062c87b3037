"""Sets of values that one thing may have: some of them, all but some, or stretches of an order; and unknown or not.

A stretch lies between two cuts, and a cut is a place beside a value: `(5, 0)` is just before 5, `(5, 1)` just after. So
open and closed ends need no cases of their own. After Dedekind.
"""

from typing import Any, TypeAlias

import msgspec

Cut: TypeAlias = tuple[Any, int]

LOWEST: Cut = (float("-inf"), 0)
HIGHEST: Cut = (float("inf"), 0)


class Choice(msgspec.Struct, frozen=True, gc=False):
    """These values, or (`rest`) all values but these. `unknown`: or none that is known."""

    values: frozenset[Any]
    rest: bool = False
    unknown: bool = False


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """Ordered values: stretches that do not touch, the lowest first."""

    pieces: tuple[tuple[Cut, Cut], ...]
    unknown: bool = False


Domain: TypeAlias = Choice | Stretch


def both(one: Domain, other: Domain) -> Domain:
    """What is in both. Two that are not of one kind have nothing known in common."""
    unknown = one.unknown and other.unknown
    if isinstance(one, Choice) and isinstance(other, Choice):
        return _both_choices(one, other, unknown)
    if isinstance(one, Stretch) and isinstance(other, Stretch):
        found = ((max(a, c), min(b, d)) for a, b in one.pieces for c, d in other.pieces)
        return Stretch(tuple((low, high) for low, high in found if low < high), unknown)
    return Choice(frozenset(), unknown=unknown)


def _both_choices(one: Choice, other: Choice, unknown: bool) -> Choice:
    if one.rest and other.rest:
        return Choice(one.values | other.values, rest=True, unknown=unknown)
    if one.rest:
        return Choice(other.values - one.values, unknown=unknown)
    if other.rest:
        return Choice(one.values - other.values, unknown=unknown)
    return Choice(one.values & other.values, unknown=unknown)


def minus(one: Domain, other: Domain) -> Domain:
    """What is in one and not in the other."""
    return both(one, _others(other))


def _others(domain: Domain) -> Domain:
    """All that is not in a set, of its own kind."""
    if isinstance(domain, Choice):
        return Choice(domain.values, rest=not domain.rest, unknown=not domain.unknown)
    edges = [LOWEST, *(cut for piece in domain.pieces for cut in piece), HIGHEST]
    gaps = ((edges[i], edges[i + 1]) for i in range(0, len(edges), 2))
    return Stretch(tuple((low, high) for low, high in gaps if low < high), unknown=not domain.unknown)


def is_empty(domain: Domain) -> bool:
    """Whether nothing is left, not even unknown."""
    if domain.unknown:
        return False
    if isinstance(domain, Choice):
        return not domain.values and not domain.rest
    return not domain.pieces


def within(part: Domain, whole: Domain) -> bool:
    """Whether everything in one is in the other."""
    if part.unknown and not whole.unknown:
        return False
    if isinstance(part, Choice) and isinstance(whole, Choice):
        if part.rest:
            return whole.rest and whole.values <= part.values
        return part.values.isdisjoint(whole.values) if whole.rest else part.values <= whole.values
    if isinstance(part, Stretch) and isinstance(whole, Stretch):
        return all(any(c <= a and b <= d for c, d in whole.pieces) for a, b in part.pieces)
    return is_empty(part)


def sample(domain: Domain) -> Any:
    """One value of it, the plainest; None where only unknown is left, or only what nobody has named."""
    if isinstance(domain, Choice):
        return None if domain.rest or not domain.values else min(domain.values, key=repr)
    return _between(*domain.pieces[0]) if domain.pieces else None


def _between(low: Cut, high: Cut) -> Any:
    if low == LOWEST:
        return 0 if high == HIGHEST else (high[0] if high[1] else high[0] - 1)
    if low[1] == 0:
        return low[0]
    after = low[0] + 1
    return after if (after, 1) <= high else (low[0] + high[0]) / 2
