"""Finding names as people write them, and the nearest one to a name that is not there."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from dsl.lexicon import plain

T = TypeVar("T")

_LONGEST = 64
"""Names beyond this length are not compared: nobody mistypes those."""


class Names(Generic[T]):
    """Declared things by name. Case and accents do not matter; each keeps the spelling of its declaration."""

    def __init__(self) -> None:
        self._spelled: dict[str, str] = {}
        self._things: dict[str, T] = {}

    def add(self, name: str, thing: T) -> bool:
        """Declare it. False if the name is taken; the first one stands."""
        key = plain(name)
        if key in self._things:
            return False
        self._spelled[key], self._things[key] = name, thing
        return True

    def put(self, name: str, thing: T) -> None:
        """Replace what stands under a name."""
        self._spelled.setdefault(plain(name), name)
        self._things[plain(name)] = thing

    def find(self, name: str) -> T | None:
        """What is declared under this name."""
        return self._things.get(plain(name))

    def spelled(self, name: str) -> str:
        """The name as it was declared."""
        return self._spelled.get(plain(name), name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._spelled.values())

    def items(self) -> Iterator[tuple[str, T]]:
        """Declared name and thing, in the order of declaration."""
        return ((self._spelled[key], thing) for key, thing in self._things.items())


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that the author probably meant, or None if nothing is near."""
    wanted = plain(name)
    if len(wanted) > _LONGEST:
        return None
    allowed = min(max(1, len(wanted) // 3), len(wanted) - 1)  # One sign is near to no other.
    best: tuple[int, str] | None = None
    for candidate in known:
        key = plain(candidate)
        if abs(len(key) - len(wanted)) <= allowed and len(key) <= _LONGEST:
            distance = _distance(wanted, key)
            if distance <= allowed and (best is None or (distance, candidate) < best):
                best = (distance, candidate)
    return best[1] if best else None


def _distance(left: str, right: str) -> int:
    """Edits between two words, a swap of neighbours counted as one."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if older and i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
