"""A customer at an earlier version, or at an instant: from the nearest snapshot, by running the log again."""

from msgspec.structs import replace

from artifact.customer import Artifact, Body
from artifact.decision import Entry, EntryKind
from artifact.instant import Instant
from artifact.limits import Limits
from engine.books import Books
from engine.builtin import CORRECTION
from engine.judging import Memo
from engine.pipeline.pasts import Pasts
from engine.pipeline.run import Run
from engine.reenact import reenact
from engine.refold import facts_as_of
from engine.scene import Scene
from engine.step import NeedsPast, Stepped
from store.port import Store

_PAGE = 128
"""Entries read at a time: from a snapshot it is rarely further."""


class Replay:
    """Reads and re-enacts logs of one store; writes nothing."""

    def __init__(self, store: Store, books: Books, limits: Limits) -> None:
        self._store = store
        self._books = books
        self._limits = limits
        self._pasts = Pasts(store, books)

    async def at_version(self, customer_id: str, n: int) -> Artifact | None:
        """The artifact as it was after entry `n`; None where the log does not reach that far."""
        newest = await self._store.artifact(customer_id)
        if newest is None or n > newest.version:
            return None
        return newest if newest.version == n else await self._run(customer_id, n, None)

    async def as_known_at(self, customer_id: str, now: Instant) -> Artifact | None:
        """The artifact as it was at an instant of our clock."""
        newest = await self._store.artifact(customer_id)
        if newest is None or newest.now <= now:
            return newest
        return await self._run(customer_id, newest.version, now)

    async def as_of(self, customer_id: str, as_of: Instant, known_at: Instant | None) -> Artifact | None:
        """The memory of what had happened by `as_of`, as we knew it at `known_at`; the talk of that instant."""
        seen = None if known_at is None else await self.as_known_at(customer_id, known_at)
        newest = await self._store.artifact(customer_id) if known_at is None else seen
        if newest is None:
            return None
        run = Run(
            newest,
            Scene(self._books.live, self._books.revision, self._limits),
            newest.epoch,
            self._pasts,
            Memo(),
        )
        facts = facts_as_of(await self._pasts.below(run, as_of), as_of, self._limits)
        then = await self.as_known_at(customer_id, min(as_of, newest.now))
        talk = then.body.talk if then is not None else Body().talk
        return replace(newest, body=Body(facts, talk))

    async def entries(self, customer_id: str, after: int, until: int) -> tuple[Entry, ...]:
        """Log entries after one version up to another, none missing."""
        found: list[Entry] = []
        while after < until:
            page = await self._store.history(customer_id, after)
            if not page:
                break
            found += [e for e in page if e.n <= until]
            after = page[-1].n
        return tuple(found)

    async def step(self, artifact: Artifact, entry: Entry, memo: Memo | None = None) -> Stepped:
        """Run one recorded entry again; `memo` spares judging anew along a chain of entries."""
        scene = Scene(await self._books.get(entry.revision), entry.revision, self._limits, entry.environment)
        run = Run(artifact, scene, artifact.epoch, self._pasts, Memo())
        if entry.kind is EntryKind.RULEBOOK:
            return reenact(artifact, entry, scene, await self._pasts.counted_less(run), memo)
        try:
            return reenact(artifact, entry, scene, None, memo)
        except NeedsPast:
            event = entry.event
            if event is None or (event.type == CORRECTION and run.start == 0):
                raise
            return reenact(artifact, entry, scene, await self._pasts.of_event(run, event), memo)

    async def _run(self, customer_id: str, n: int, until: Instant | None) -> Artifact | None:
        artifact, memo = await self._begin(customer_id, n, until), Memo()
        while artifact.version < n:
            page = await self._store.history(customer_id, artifact.version, _PAGE)
            for entry in page:
                if entry.n > n or (until is not None and entry.now > until):
                    return artifact if artifact.version else None
                artifact = (await self.step(artifact, entry, memo)).artifact
            if not page:
                break
        return artifact if artifact.version else None

    async def _begin(self, customer_id: str, n: int, until: Instant | None) -> Artifact:
        """The newest snapshot at or before version `n` and `until`, found by bisection; else the very beginning."""
        numbers = [s for s in await self._store.snapshots(customer_id) if s <= n]
        low, high, best = 0, len(numbers), Artifact(customer_id)
        while low < high:
            middle = (low + high) // 2 if until is not None else high - 1
            kept = await self._store.snapshot(customer_id, numbers[middle])
            if kept is not None and (until is None or kept.now <= until):
                best, low = Artifact(customer_id, version=kept.n, now=kept.now, body=kept.body), middle + 1
            else:
                high = middle
        return best
