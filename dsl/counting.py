"""Which lists a rulebook counts over, wherever it does so: what must be kept for it follows from that."""

from collections.abc import Iterator
from typing import Any

import msgspec

from dsl.typed import Items

_PLAIN = (str, int, float, bool, type(None))


def lists_in(tree: Any) -> Iterator[Items]:
    """Every list that is named below, in rules, tables, scorecards or definitions, in no particular order."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _PLAIN):
            continue
        if isinstance(one, Items):
            yield one
        if isinstance(one, msgspec.Struct):
            waiting += [getattr(one, name) for name in one.__struct_fields__]
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, tuple | list):
            waiting += one
