"""Compiled rulebooks by revision. Text is kept for ever by the store; what is compiled is kept while it is used.

Never loads compiled code from outside: a revision is always compiled again from its text.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from dsl.rulebook import Rulebook

Compile = Callable[[str], Awaitable[Rulebook]]
"""Text to rulebook, off the event loop where that takes long. Raises for text that was never publishable."""


class Books:
    """A bounded cache over the texts that a store keeps. `live` is the rulebook in force here, with its epoch."""

    def __init__(
        self, text_of: Callable[[str], Awaitable[str | None]], compile: Compile, kept: int = 16
    ) -> None:
        self._text_of = text_of
        self._compile = compile
        self._kept = kept
        self._books: OrderedDict[str, Rulebook] = OrderedDict()
        self.live: Rulebook | None = None
        self.epoch = 0

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

    def put_in_force(self, book: Rulebook, epoch: int) -> None:
        """Swap the live rulebook: one assignment; what is under way keeps the old one."""
        self.keep(book)
        self.live, self.epoch = book, epoch
