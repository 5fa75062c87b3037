"""What is asked and what is answered; and the answers that are kept because many are told the same."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec

from resolvers.documents import Operation

MOST_TOLD = 256
"""Answers kept for others who follow the same: what is told within some milliseconds, for they are all woken together."""


class Asked(msgspec.Struct, frozen=True):
    """One operation as a client sent it."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class Answer(msgspec.Struct):
    """What an operation that was begun has answered. `text`: as it was written, see `written`."""

    data: Any
    errors: list[dict[str, Any]] | None = None
    text: bytes | None = None

    def plain(self) -> dict[str, Any]:
        """As GraphQL writes it."""
        return {"data": self.data} if self.errors is None else {"errors": self.errors, "data": self.data}

    def written(self, write: Callable[[Any], bytes]) -> bytes:
        """As text; written once, to however many it is sent."""
        if self.text is None:
            self.text = write(self.plain())
        return self.text


class Told:
    """What was answered of the events told last: a commit is told to all who follow a customer, mostly alike."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], tuple[Any, Operation, dict[str, Any], Answer]] = (
            OrderedDict()
        )

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, event: Any, operation: Operation, variables: dict[str, Any]) -> Answer | None:
        """The answer to this very event."""
        found = self._kept.get((id(event), id(operation)))
        return found[3] if found is not None and found[2] == variables else None

    def keep(self, event: Any, operation: Operation, variables: dict[str, Any], answer: Answer) -> None:
        # Event and operation are kept with their answer, so that their ids are not given to others.
        self._kept[id(event), id(operation)] = (event, operation, variables, answer)
        if len(self._kept) > MOST_TOLD:
            self._kept.popitem(last=False)
