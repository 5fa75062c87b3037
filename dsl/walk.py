"""Every part of a typed tree, whatever it is: for whoever asks what a rulebook names, and not what it means."""

from collections.abc import Iterator
from typing import Any

import msgspec

_PLAIN = (str, int, float, bool, type(None))


def parts_of(tree: Any) -> Iterator[msgspec.Struct]:
    """The tree and every struct below it, in structs, tuples and tables, in the order in which they stand there."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _PLAIN):
            continue
        if isinstance(one, msgspec.Struct):
            yield one
            waiting += [getattr(one, name) for name in reversed(one.__struct_fields__)]
        elif isinstance(one, dict):
            waiting += reversed(one.values())
        elif isinstance(one, tuple | list):
            waiting += reversed(one)
