"""How many sockets each principal holds: who acts, or the address of somebody unnamed."""

from collections import Counter
from typing import Self


class Principals:
    """Counts seats, up to a limit for each principal."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._held.total()

    def take(self, principal: str) -> bool:
        """Take a seat; False: all are taken."""
        if self._held[principal] >= self._limit:
            return False
        self._held[principal] += 1
        return True

    def free(self, principal: str) -> None:
        """Give a seat back."""
        self._held[principal] -= 1
        if self._held[principal] <= 0:
            del self._held[principal]


class Seat:
    """One socket's place among those of its principal."""

    def __init__(self, principals: Principals, principal: str) -> None:
        self._principals = principals
        self._principal = principal
        self.taken = principals.take(principal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.taken:
            self._principals.free(self._principal)

    def move(self, principal: str) -> bool:
        """The socket turned out to be somebody else's; False: her seats are all taken."""
        if principal == self._principal:
            return True
        self._principals.free(self._principal)
        self._principal = principal
        self.taken = self._principals.take(principal)
        return self.taken
