"""Re-enact every customer's log and compare: I1, I2, I3, I7, I9. Reads only.

A breach is a finding, never an exception: one damaged customer does not hide the next.
"""

from collections.abc import Callable
from itertools import pairwise

import msgspec

from artifact.customer import Artifact, encode_body
from artifact.decision import Entry, EventStatus
from artifact.event import EventKey
from artifact.limits import Limits
from artifact.message import Message
from engine.admitting import message_id
from engine.books import Books
from engine.pipeline.replay import Replay
from engine.reenact import Unrepeatable, same_record
from store.port import Store


class Breach(msgspec.Struct, frozen=True):
    """An invariant that does not hold for a customer, at which entry, and how that shows."""

    invariant: str
    customer_id: str
    n: int
    detail: str


class Findings(msgspec.Struct, frozen=True):
    customers: int
    entries: int
    breaches: tuple[Breach, ...]


class _Customer:
    """The verification of one customer."""

    def __init__(self, customer_id: str, replay: Replay, store: Store) -> None:
        self.id = customer_id
        self.breaches: list[Breach] = []
        self.entries = 0
        self._replay = replay
        self._store = store
        self._seen: set[EventKey] = set()
        self._asked: set[str] = set()
        self._recorded: set[str] = set()
        self._messages: dict[str, Message] = {}

    def _breach(self, invariant: str, n: int, detail: str) -> None:
        self.breaches.append(Breach(invariant, self.id, n, detail))

    async def verify(self) -> None:
        kept = await self._store.artifact(self.id)
        if kept is None:
            self._breach("I2", 0, "the customer is listed, but there is no artifact")
            return
        entries = await self._replay.entries(self.id, 0, kept.version)
        self.entries = len(entries)
        self._check_numbers(kept, entries)
        artifact = Artifact(self.id)
        for entry in entries:
            self._check_identity(entry)
            try:
                stepped = await self._replay.step(artifact, entry)
            except (Unrepeatable, AssertionError, ValueError, KeyError) as fault:
                self._breach("I3", entry.n, f"cannot be re-enacted: {fault}")
                return
            if not same_record(stepped.entry, entry):
                self._breach("I3", entry.n, "re-enacting decides otherwise")
            self._messages.update((m.id, m) for m in stepped.changed)
            self._recorded.update(r.message for r in entry.out)
            artifact = stepped.artifact
        if encode_body(artifact.body) != encode_body(kept.body):
            self._breach("I3", kept.version, "the re-enacted body differs from the one kept")
        await self._check_messages()

    def _check_numbers(self, kept: Artifact, entries: tuple[Entry, ...]) -> None:
        numbers = [e.n for e in entries]
        if numbers != list(range(1, kept.version + 1)):
            self._breach("I7", kept.version, f"the log has {len(numbers)} entries for version {kept.version}")
        for before, after in pairwise(entries):
            if after.now < before.now:
                self._breach("I7", after.n, "our clock ran backwards between two entries")

    def _check_identity(self, entry: Entry) -> None:
        event = entry.event
        if event is None:
            return
        if event.key in self._seen:
            self._breach("I1", entry.n, f"event {event.source}/{event.id} is folded a second time")
        self._seen.add(event.key)
        if event.type == "message.requested" and entry.status is not EventStatus.REJECTED:
            self._asked.add(message_id(self.id, event.source, event.id))

    async def _check_messages(self) -> None:
        """Every message asked for has exactly one state and a record of how it came about."""
        for id in sorted(self._asked | set(self._messages)):
            row = await self._store.message(id)
            made = self._messages.get(id)
            if made is None or row is None:
                self._breach("I9", 0, f"message {id} was asked for, but has no state")
            elif row.message != made:
                self._breach(
                    "I9", row.n, f"message {id} is kept as {row.message.state}, the log says {made.state}"
                )
            if id not in self._recorded:
                self._breach("I9", 0, f"message {id} has no record of a decision")


async def verify(
    store: Store, books: Books, limits: Limits, on_progress: Callable[[int, int], None] | None = None
) -> Findings:
    """Verify all customers of a store; `on_progress` hears customers and entries so far."""
    replay = Replay(store, books, limits)
    breaches: list[Breach] = []
    customers, entries, after = 0, 0, None
    while True:
        page = await store.customers(after, 100)
        for customer_id in page.items:
            customer = _Customer(customer_id, replay, store)
            await customer.verify()
            customers, entries = customers + 1, entries + customer.entries
            breaches += customer.breaches
        if on_progress is not None:
            on_progress(customers, entries)
        after = page.after
        if after is None:
            return Findings(customers, entries, tuple(breaches))
