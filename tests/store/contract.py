"""The contract of a store as claims, the same for every store. A new store subclasses StoreContract.

Each test gets a fresh `store`. What only one store can show (files, locks, networks) stands beside that store.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from artifact.errors import ErrorCode, InputError
from store.port import Change, CommitResult, MessageFilter, Store, Want
from tests.store.contract_commits import CommitContract, ListingContract, LogContract
from tests.store.contract_listings import MessageContract, RulebookContract
from tests.store.making import (
    NOON,
    body,
    committed,
    step,
)

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT


class WatchContract:
    """Who watches, and what is left when a store is closed."""

    async def watching(self, store: Store) -> AsyncIterator[Change]:
        """A reader of the store; some servers for tests need help with it."""
        return store.watch()

    async def test_a_reader_sees_every_commit_after_it_began_in_order(self, store: Store) -> None:
        await committed(store, step("ada", 0, "before"))
        reader = await self.watching(store)
        await committed(store, step("ada", 1, "e1", "e2"))
        assert await store.commit([step("ada", 1, "lost")]) == [CONFLICT]
        await committed(store, step("bea", 0, "e1"))
        await committed(store, step("ada", 3, "e3"))
        seen: list[Change] = []
        async with asyncio.timeout(20):
            async for change in reader:
                seen += [change] if change != Change("ada", 0, 1) else []
                if change == Change("ada", 3, 4):
                    break
        assert seen == [Change("ada", 1, 3), Change("bea", 0, 1), Change("ada", 3, 4)]

    async def test_every_reader_sees_the_same(self, store: Store) -> None:
        readers = [await self.watching(store) for _ in range(3)]
        await committed(store, step("ada", 0, "e1"))
        async with asyncio.timeout(20):
            assert [await anext(reader) for reader in readers] == [Change("ada", 0, 1)] * 3

    async def test_a_change_tells_when_she_is_due_next(self, store: Store) -> None:
        reader = await self.watching(store)
        await committed(store, step("ada", 0, due=7_000))
        await committed(store, step("ada", 1, due=9_000))
        await committed(store, step("ada", 2))
        async with asyncio.timeout(20):
            dues = [(await anext(reader)).due for _ in range(3)]
        assert dues == [7_000, 9_000, None]

    async def test_a_reader_is_told_of_what_concerns_it_alone(self, store: Store) -> None:
        everything = await self.watching(store)
        reader = store.watch(lambda change: change.customer_id == "ada")
        await committed(store, step("bea", 0, "e1"))
        await committed(store, step("ada", 0, "e1"))
        async with asyncio.timeout(20):
            assert [await anext(everything) for _ in range(2)] == [Change("bea", 0, 1), Change("ada", 0, 1)]
            assert await anext(reader) == Change("ada", 0, 1)

    async def test_a_closed_store_answers_that_it_is_closed(self, store: Store) -> None:
        await committed(store, step("ada", 0))
        await store.close()
        for ask in (
            lambda: store.artifact("ada"),
            lambda: store.load([Want("ada")]),
            lambda: store.commit([step("ada", 1)]),
            lambda: store.messages(MessageFilter(), 3),
            lambda: store.publish("a", "rev", NOON, "eva", 0),
        ):
            with pytest.raises(InputError) as refused:
                await ask()
            assert refused.value.code is ErrorCode.STORE_UNAVAILABLE
        with pytest.raises(InputError):
            store.watch()

    async def test_closing_twice_is_closing(self, store: Store) -> None:
        await store.close()
        await store.close()

    async def test_readers_end_when_the_store_is_closed(self, store: Store) -> None:
        reader = store.watch()
        waiting = asyncio.ensure_future(anext(reader, None))
        await asyncio.sleep(0)
        await store.close()
        async with asyncio.timeout(20):
            assert await waiting is None

    async def test_the_clock_of_a_store_does_not_stand_still_or_run_back(self, store: Store) -> None:
        first = store.now()
        assert isinstance(first, int)
        assert store.now() >= first

    async def test_a_body_of_a_megabyte_fits(self, store: Store) -> None:
        await committed(store, commit := step("ada", 0, "e1", size=1024 * 1024))
        assert await store.artifact("ada") == commit.artifact
        assert commit.artifact.body == body(1, 1024 * 1024)


class StoreContract(
    CommitContract, LogContract, ListingContract, MessageContract, RulebookContract, WatchContract
):
    """All of it."""
