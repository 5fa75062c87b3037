"""What would change if a rulebook went live now: customers decided under it on the side, a page of them at a time.

Nothing is stored and nothing is remembered. Each customer is brought to this instant under the rulebook in force, then
decided under the draft by the very step that the sweep would take: so what is counted here is what the sweep would
record. One who cannot be decided (a fault of ours) is logged, counted and passed over, as the sweep passes over her.
"""

import asyncio
import logging
from collections import Counter
from typing import TypeVar

import msgspec

from artifact.customer import Artifact
from artifact.decision import KeptRecord
from artifact.instant import Instant
from artifact.limits import Limits
from artifact.message import LIVE_STATES, Message, MessageState
from dsl.rulebook import Rulebook
from engine.books import Books
from engine.explaining import because, label, sentence
from engine.judging import Memo
from engine.pipeline.pasts import Pasts
from engine.pipeline.run import Run
from engine.scene import Scene
from store.port import Store

log = logging.getLogger(__name__)

K = TypeVar("K")

_AT_ONCE = 8
"""Customers decided in a row before others on the same event loop have their turn."""


class Side(msgspec.Struct, frozen=True):
    """A message on one side of the change. `sentence` is what an agent would read aloud."""

    state: MessageState
    reason: str
    rule: str | None
    sentence: str


class Example(msgspec.Struct, frozen=True):
    """One message that would change. `because` is the reason that the author of the draft's rule gave."""

    customer_id: str
    message_id: str
    topic: str
    before: Side
    after: Side
    because: str | None = None


class Move(msgspec.Struct, frozen=True):
    """How many messages that change would go from one state to another, or stay in it for another reason or instant."""

    before: MessageState
    after: MessageState
    count: int


class Cause(msgspec.Struct, frozen=True):
    """How many messages that change would stand for this reason, and by which rule."""

    reason: str
    rule: str | None
    count: int


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a preview goes on: after which customer, at which instant. All its pages look at one instant."""

    customer_id: str
    now: Instant


class Preview(msgspec.Struct, frozen=True):
    """One page. `customers` were looked at, `messages` of theirs are open, `changed` of these would change.

    `failed` customers could not be decided. `after` is where the next page begins; None: this was the last one.
    """

    customers: int
    messages: int
    changed: int
    failed: int
    moves: tuple[Move, ...]
    causes: tuple[Cause, ...]
    examples: tuple[Example, ...]
    after: Place | None


class Previewer:
    """Over one store; `draft` is what might go live."""

    def __init__(self, store: Store, books: Books, limits: Limits, draft: Rulebook) -> None:
        self._store = store
        self._books = books
        self._pasts = Pasts(store, books)
        self._limits = limits
        self._draft = draft

    async def page(self, examples: int, after: Place | None = None) -> Preview:
        """Look at the next customers, in the order of their ids; words for the first messages that would change."""
        now = self._store.now() if after is None else after.now
        found = await self._store.customers(
            after.customer_id if after else None, self._limits.preview_customers
        )
        tally = _Tally(self._draft, self._books.live, examples)
        for index, customer_id in enumerate(found.items, 1):
            artifact = await self._store.artifact(customer_id)
            try:
                if artifact is not None:
                    await self._look(artifact, now, tally)
            except Exception:
                log.exception("customer %s cannot be previewed", customer_id)
                tally.failed += 1
            if index % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return tally.preview(len(found.items), Place(found.after, now) if found.after is not None else None)

    async def _look(self, artifact: Artifact, now: Instant, tally: "_Tally") -> None:
        if not artifact.body.talk.messages:
            return
        books, limits = self._books, self._limits
        live = Run(artifact, Scene(books.live, books.revision, limits), books.epoch, self._pasts, Memo())
        await live.catch_up(now)
        scene = Scene(self._draft, self._draft.revision, limits)
        draft = Run(live.artifact, scene, books.newest + 1, self._pasts, Memo())
        await draft.follow(now)
        tally.add(live, draft, max(now, artifact.now))


class _Tally:
    """What a page has seen so far."""

    def __init__(self, draft: Rulebook, live: Rulebook | None, wanted: int) -> None:
        self._draft, self._live, self._wanted = draft, live, wanted
        self.failed = self._messages = self._changed = 0
        self._moves: Counter[tuple[MessageState, MessageState]] = Counter()
        self._causes: Counter[tuple[str, str | None]] = Counter()
        self._examples: list[Example] = []

    def add(self, live: Run, draft: Run, now: Instant) -> None:
        """One customer on both sides."""
        before = {m.id: m for m in live.artifact.body.talk.messages if m.state in LIVE_STATES}
        self._messages += len(before)
        for record in _records(draft):
            old, new = before.get(record.message), draft.find(record.message)
            if old is None or new is None:
                continue
            self._changed += 1
            self._moves[old.state, new.state] += 1
            self._causes[new.reason, new.rule] += 1
            if len(self._examples) < self._wanted:
                self._examples.append(self._example(live, draft, old, new, now))

    def _example(self, live: Run, draft: Run, old: Message, new: Message, now: Instant) -> Example:
        return Example(
            live.customer_id,
            new.id,
            label(self._draft, new.request.topic, self._draft.language),
            self._side(self._live, live, old, now),
            self._side(self._draft, draft, new, now),
            because(self._draft, new.rule, self._draft.language),
        )

    def _side(self, book: Rulebook | None, run: Run, message: Message, now: Instant) -> Side:
        words = sentence(book, run.artifact.body, message, self._draft.language, now)
        return Side(message.state, message.reason, message.rule, words)

    def preview(self, customers: int, after: Place | None) -> Preview:
        """The page; the most frequent first."""
        moves = tuple(Move(before, end, count) for (before, end), count in _ranked(self._moves))
        causes = tuple(Cause(reason, rule, count) for (reason, rule), count in _ranked(self._causes))
        counts = (customers, self._messages, self._changed, self.failed)
        return Preview(*counts, moves, causes, tuple(self._examples), after)


def _records(draft: Run) -> tuple[KeptRecord, ...]:
    return draft.entries[0].out if draft.entries else ()


def _ranked(counts: "Counter[K]") -> list[tuple[K, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
