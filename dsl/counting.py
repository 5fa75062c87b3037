"""Which lists a rulebook counts over, wherever it does so: what must be kept for it follows from that."""

from functools import lru_cache
from typing import Any

from dsl.rulebook import Counted
from dsl.typed import Condition, Items, Read, Scope, Source
from dsl.values import length
from dsl.walk import parts_of


def lists_in(tree: Any) -> list[Items]:
    """Every list that is named below."""
    return [one for one in parts_of(tree) if isinstance(one, Items)]


@lru_cache(maxsize=1 << 16)
def weight_of(conditions: tuple[Condition, ...]) -> int:
    """What it can cost to ask these: one for each, and one more for each that a list may hold."""
    return len(conditions) + sum(items.most for items in lists_in(conditions))


def counted_in(tree: Any) -> dict[str, Counted]:
    """The types of events that are counted below, with the fields that are read of them."""
    lists: dict[str, list[Items]] = {}
    fields: dict[str, set[str]] = {}
    for one in parts_of(tree):
        if isinstance(one, Items) and one.source is Source.EVENTS:
            lists.setdefault(one.name, []).append(one)
        elif isinstance(one, Read) and one.scope is Scope.ROW:
            fields.setdefault(one.owner, set()).add(one.field)
    return {
        name: Counted(
            tuple(sorted(fields.get(name, ()))),
            tuple(sorted({one.span for one in found if one.span is not None}, key=length)),
            any(one.span is None for one in found),
        )
        for name, found in sorted(lists.items())
    }
