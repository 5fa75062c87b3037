"""Compiled rulebooks by revision, and which of them is in force. Text is kept for ever by the store; what is compiled
is kept while it is used.

Of all publications whose instant has come the newest is in force. One that is to come is compiled beforehand, so that
the switch is an assignment at its instant. Never loads compiled code from outside: a revision is always compiled again
from its text.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from artifact.errors import ErrorCode, InputError
from artifact.instant import SECOND, Instant
from dsl.change import Change
from dsl.rulebook import Rulebook

Compile = Callable[[str], Awaitable[Rulebook]]
"""Text to rulebook, off the event loop where that takes long. Raises for text that was never publishable."""

NOTICE = 5 * SECOND
"""How long before its instant a publication is made known, where several processes share a store."""
CONFIRMED = 3 * SECOND
"""How long a process may commit intents on what it read; the rest of NOTICE is for a commit on its way (I6)."""
ALWAYS: Instant = 2**62


class Published(Protocol):
    """What must be known of a publication (store.port.Publication)."""

    @property
    def epoch(self) -> int: ...

    @property
    def revision(self) -> str: ...

    @property
    def effective_at(self) -> Instant: ...


P = TypeVar("P", bound=Published)


class _Coming(NamedTuple):
    effective_at: Instant
    epoch: int
    book: Rulebook


class Books:
    """A bounded cache over the texts that a store keeps. `live` is the rulebook in force here, with its epoch.

    `newest` is the newest epoch known here, in force or to come; `confirmed_until` how long that knowledge holds.
    """

    def __init__(
        self, text_of: Callable[[str], Awaitable[str | None]], compile: Compile, kept: int = 16
    ) -> None:
        self._text_of = text_of
        self._compile = compile
        self._kept = kept
        self._books: OrderedDict[str, Rulebook] = OrderedDict()
        self._coming: tuple[_Coming, ...] = ()
        self._changes: OrderedDict[tuple[str, str], Change | None] = OrderedDict()
        self.live: Rulebook | None = None
        self.epoch = 0
        self.newest = 0
        self.confirmed_until = ALWAYS

    @property
    def revision(self) -> str:
        """The revision in force; empty without one."""
        return self.live.revision if self.live is not None else ""

    def known(self, revision: str) -> Rulebook | None:
        """A compiled rulebook, if it is at hand."""
        if self.live is not None and self.live.revision == revision:
            return self.live
        return self._books.get(revision)

    async def get(self, revision: str) -> Rulebook | None:
        """The rulebook of a revision; None for the empty one and for one the store does not know."""
        if not revision:
            return None
        book = self.known(revision)
        if book is None:
            text = await self._text_of(revision)
            if text is None:
                return None
            book = await self._compile(text)
            self.keep(book)
        return book

    def keep(self, book: Rulebook) -> None:
        """Remember a compiled rulebook; the one unused longest makes room."""
        self._books[book.revision] = book
        self._books.move_to_end(book.revision)
        while len(self._books) > self._kept:
            self._books.popitem(last=False)

    def prepare(self, book: Rulebook) -> None:
        """Work out what the first customer who follows would else wait for. Takes a while, so off the event loop."""
        _ = book.listens, book.counted, self.change(self.live, book)

    def change(self, before: Rulebook | None, after: Rulebook | None) -> Change | None:
        """How the rules of two rulebooks differ, worked out once for all customers (Rulebook.change_from)."""
        if before is None or after is None:
            return None
        pair = before.revision, after.revision
        try:
            return self._changes[pair]
        except KeyError:
            change = self._changes[pair] = after.change_from(before)
        while len(self._changes) > self._kept:
            self._changes.popitem(last=False)
        return change

    def put_in_force(self, book: Rulebook, epoch: int) -> None:
        """Swap the live rulebook: one assignment; what is under way keeps the old one."""
        self.keep(book)
        self.live, self.epoch = book, epoch
        self.newest = max(self.newest, epoch)
        self._coming = tuple(one for one in self._coming if one.epoch > epoch)

    async def follow(self, publications: Sequence[Published], now: Instant) -> None:
        """Take over what the store says is in force at `now` and what is to come.

        Raises InputError STORE_INVALID where it does not hold a text: nothing may leave under another one.
        """
        if publications and publications[-1].epoch != self.newest:
            coming = []
            for one in standing(publications, now):
                book = await self.get(one.revision)
                if book is None:
                    raise _text_missing(one.epoch)
                coming.append(_Coming(one.effective_at, one.epoch, book))
            self._coming, self.newest = tuple(coming), publications[-1].epoch
        self.turn(now)

    def turn(self, now: Instant) -> None:
        """Put in force what has come to its instant: at that very instant, without a person."""
        if self._coming:
            self._turn([one for one in self._coming if one.effective_at <= now])

    def turn_to(self, epoch: int) -> bool:
        """Another process has put `epoch` in force: its clock was ahead of ours. Whether we could follow."""
        self._turn([one for one in self._coming if one.epoch <= epoch])
        return self.epoch >= epoch

    def _turn(self, due: list[_Coming]) -> None:
        if due:
            best = max(due, key=lambda one: one.epoch)
            self.put_in_force(best.book, best.epoch)


def in_force(publications: Sequence[P], now: Instant) -> P | None:
    """Of those whose instant has come, the newest."""
    return next((one for one in reversed(publications) if one.effective_at <= now), None)


def standing(publications: Sequence[P], now: Instant) -> list[P]:
    """What is in force at `now`, and what is to come after it."""
    live = in_force(publications, now)
    return [one for one in publications if live is None or one.epoch >= live.epoch]


def _text_missing(epoch: int) -> InputError:
    return InputError(
        ErrorCode.STORE_INVALID,
        f"the text of publication {epoch} is missing",
        help="restore the store",
    )
