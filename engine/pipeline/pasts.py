"""Finding the past that a late event needs: the newest usable snapshot and all entries after it."""

from collections.abc import Mapping

from artifact.customer import Snapshot, Talk
from artifact.decision import Entry
from artifact.event import Event, EventKey
from artifact.instant import Instant
from dsl.change import Change
from dsl.rulebook import Rulebook
from engine.books import Books
from engine.builtin import CORRECTION
from engine.history import covers, joined
from engine.past import Past, correction_key, depth
from engine.pipeline.run import Run
from engine.step import TooDeep
from store.port import Store

_SNAPSHOTS_APART = 16
"""No commit passes over more snapshot boundaries than this."""


class Pasts:
    """Reads the log for one store."""

    def __init__(self, store: Store, books: Books) -> None:
        self._store = store
        self._books = books

    async def of_rulebook(self, run: Run) -> Past | TooDeep | Change | None:
        """What must be known to follow the rulebook of the scene.

        The past where it counts more than the one before; else how its rules differ from those, if that can be told.
        """
        past = await self.counted_less(run)
        if past is not None:
            return past
        return self._books.change(await self._books.get(run.artifact.body.talk.revision), run.scene.book)

    async def counted_less(self, run: Run) -> Past | TooDeep | None:
        """The past of which the rulebook of the scene counts more than the one before; None where it counts no more."""
        wanted = run.scene.book.counted if run.scene.book is not None else {}
        before = await self._books.get(run.artifact.body.talk.revision)
        if covers(before.counted if before is not None else {}, wanted):
            return None
        if run.artifact.version > run.scene.limits.late_entries:
            return TooDeep()
        entries = await self._entries(run, 0)
        books = await self._books_of(entries, run)
        return Past(None, entries, books, await self._corrected(entries, run, None))

    async def of_event(self, run: Run, event: Event) -> Past | TooDeep:
        """The past below which `event`, late or a correction, belongs; TooDeep past the limit of depth."""
        at, corrected = event.at, None
        if event.type == CORRECTION:
            corrected = await self.find(run, correction_key(event))
            at = corrected.at if corrected is not None else event.at
        limits, snapshot = run.scene.limits, await self._usable(run, at)
        while True:
            begin = snapshot.n if snapshot is not None else 0
            if (
                run.artifact.version - begin
                > limits.late_entries + _SNAPSHOTS_APART * limits.snapshot_entries
            ):
                return TooDeep(corrected)  # whatever was kept: spares reading all that
            entries = await self._entries(run, begin)
            books = await self._books_of(entries, run)
            if snapshot is None or await self._counts_enough(snapshot, books):
                break
            snapshot = await self._clean(run, await self._before(run, snapshot))
        past = Past(snapshot, entries, books, await self._corrected(entries, run, event))
        return TooDeep(corrected) if depth(past, at) > limits.late_entries else past

    async def _counts_enough(self, snapshot: Snapshot, books: Mapping[str, Rulebook | None]) -> bool:
        """Whether its memory has kept all the events that the rulebooks after it count."""
        own = await self._books.get(snapshot.body.talk.revision)
        return covers(own.counted if own is not None else {}, joined(books.values()))

    async def below(self, run: Run, at: Instant) -> Past:
        """The past from the newest usable snapshot below `at`, however deep."""
        snapshot = await self._usable(run, at)
        entries = await self._entries(run, snapshot.n if snapshot is not None else 0)
        return Past(
            snapshot, entries, await self._books_of(entries, run), await self._corrected(entries, run, None)
        )

    async def _corrected(
        self, entries: tuple[Entry, ...], run: Run, change: Event | None
    ) -> dict[EventKey, Event]:
        """What the corrections among the entries, and the change itself, take back."""
        corrections = [e.event for e in entries if e.event is not None and e.event.type == CORRECTION]
        if change is not None and change.type == CORRECTION:
            corrections.append(change)
        keys = {correction_key(one): None for one in corrections}
        found = {key: await self.find(run, key) for key in keys}
        return {key: event for key, event in found.items() if event is not None}

    async def find(self, run: Run, key: EventKey) -> Event | None:
        """An event of this customer, committed or pending."""
        for entry in run.entries:
            if entry.event is not None and entry.event.key == key:
                return entry.event
        found = await self._store.events(run.customer_id, key.source, key.id)
        return found.event if found is not None else None

    async def _entries(self, run: Run, after: int) -> tuple[Entry, ...]:
        found: list[Entry] = []
        while after < run.start:
            page = await self._store.history(run.customer_id, after)
            if not page:
                break
            found += [e for e in page if e.n <= run.start]
            after = page[-1].n
        return (*found, *run.entries)

    async def _books_of(self, entries: tuple[Entry, ...], run: Run) -> dict[str, Rulebook | None]:
        revisions = {e.revision for e in entries} - {run.scene.revision}
        books = {revision: await self._books.get(revision) for revision in sorted(revisions)}
        return {**books, run.scene.revision: run.scene.book}

    async def _usable(self, run: Run, at: Instant) -> Snapshot | None:
        """The newest snapshot below `at` that no later late event lies below; found from the end in steps that double, then by bisection."""
        numbers = [n for n in await self._store.snapshots(run.customer_id) if n <= run.start]
        low, high, best, step = 0, len(numbers), None, 1
        while low < high:
            middle = max(high - step, 0) if best is None else (low + high) // 2
            snapshot = await self._store.snapshot(run.customer_id, numbers[middle])
            if snapshot is not None and _is_below(snapshot, at):
                best, low = snapshot, middle + 1
            else:
                high, step = middle, step * 2
        return await self._clean(run, best)

    async def _clean(self, run: Run, snapshot: Snapshot | None) -> Snapshot | None:
        """This snapshot, or the newest one before it that no later late event lies below."""
        while snapshot is not None and not _is_clean(snapshot, run.artifact.body.talk):
            snapshot = await self._before(run, snapshot)
        return snapshot

    async def _before(self, run: Run, snapshot: Snapshot) -> Snapshot | None:
        earlier = [n for n in await self._store.snapshots(run.customer_id) if n < snapshot.n]
        return await self._store.snapshot(run.customer_id, earlier[-1]) if earlier else None


def _is_below(snapshot: Snapshot, at: Instant) -> bool:
    high = snapshot.body.facts.high_water
    return high is None or high.at < at


def _is_clean(snapshot: Snapshot, talk: Talk) -> bool:
    """Whether no entry after the snapshot reached below its high water."""
    high = snapshot.body.facts.high_water
    if snapshot.n < talk.fold_floor:
        return False
    return high is None or all(mark.n <= snapshot.n or mark.at > high.at for mark in talk.lates)
