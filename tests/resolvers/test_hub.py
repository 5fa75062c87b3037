"""The hub: one watcher of the store, any number of followers, none of whom can hold up a commit."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from artifact.customer import Artifact
from artifact.errors import InputError
from resolvers import hub as hub_module
from resolvers.hub import Follower, Hub, Lagged
from store.feed import GAP, Feed
from store.port import Change, Concerns


class Watched:
    """The one part of a store that a hub uses."""

    def __init__(self) -> None:
        self.feed = Feed()
        self.broken = 0
        self.version = 0
        self.reads = 0
        self.read = asyncio.Event()
        self.read.set()

    async def artifact(self, customer_id: str) -> Artifact:
        self.reads += 1
        found = Artifact(customer_id, version=self.version)
        await self.read.wait()
        return found

    def watch(self, concerns: Concerns) -> AsyncIterator[Change]:
        return self.failing() if self.broken else self.feed.watch(concerns)

    async def failing(self) -> AsyncIterator[Change]:
        if self.broken:
            self.broken -= 1
            raise OSError("the watcher's line was cut")
        yield GAP


def commit(customer: str, version: int) -> Change:
    return Change(customer, version - 1, version)


async def soon(coroutine: object) -> object:
    return await asyncio.wait_for(coroutine, 2)  # type: ignore[arg-type]


async def turns() -> None:
    """Let everybody on the loop do what they have to do: none of them waits for time to pass."""
    for _ in range(50):
        await asyncio.sleep(0)


async def hears_nothing(follower: Follower) -> bool:
    taking = asyncio.ensure_future(follower.take())
    await turns()
    return taking.cancel()


async def running(hub: Hub) -> asyncio.Task[None]:
    task = asyncio.create_task(hub.run())
    await asyncio.sleep(0)
    return task


async def version_of(hub: Hub, customer: str) -> int:
    found = await hub.artifact(customer)
    assert found is not None
    return found.version


async def test_all_followers_of_a_customer_read_her_once_for_each_commit() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    with hub.follow("a") as one, hub.follow("a") as other:
        for version in (1, 2):
            store.version = version
            store.feed.publish([commit("a", version)])
            for follower in (one, other):
                await soon(follower.take())
                assert await version_of(hub, "a") == version
            assert store.reads == version
        store.feed.publish([GAP])
        assert await soon(one.take()) is True
        await version_of(hub, "a")
        assert store.reads == 3, "anything may have changed"
    task.cancel()


async def test_what_one_follower_worked_out_the_others_find_until_the_next_commit() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    worked: list[int] = []

    async def told(version: int) -> None:
        store.version = version
        store.feed.publish([commit("a", version)])
        await soon(one.take())

    def work_at(newest: Artifact) -> int:
        worked.append(newest.version)
        return newest.version

    with hub.follow("a") as one:
        for version in (1, 2):
            await told(version)
            newest = await hub.artifact("a")
            assert newest is not None
            for _ in range(3):
                assert hub.worked_out(newest, "way", lambda: work_at(newest)) == version  # noqa: B023
        older = Artifact("a", version=1)
        assert hub.worked_out(older, "way", lambda: work_at(older)) == 1, (
            "another version is worked out by itself"
        )
    assert worked == [1, 2, 1]
    task.cancel()


async def test_what_was_read_while_she_changed_is_not_kept() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    with hub.follow("a") as follower:
        store.read.clear()
        early = asyncio.create_task(version_of(hub, "a"))
        await asyncio.sleep(0)
        store.version = 1
        store.feed.publish([commit("a", 1)])
        await soon(follower.take())
        store.read.set()
        assert await early == 0
        assert await version_of(hub, "a") == 1
    task.cancel()


async def test_a_follower_hears_of_its_customer_alone() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    with hub.follow("a") as mine, hub.follow("b") as other:
        store.feed.publish([commit("a", 1)])
        assert await soon(mine.take()) is False
        assert await hears_nothing(other)
    assert len(hub) == 0
    task.cancel()


async def test_commits_that_come_meanwhile_coalesce() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    with hub.follow("a") as follower:
        store.feed.publish([commit("a", version) for version in range(1, 100)])
        await turns()
        assert await soon(follower.take()) is False
        assert await hears_nothing(follower)
    task.cancel()


async def test_a_follower_too_far_behind_is_told_so() -> None:
    store = Watched()
    hub = Hub(store, commits=5)  # type: ignore[arg-type]
    task = await running(hub)
    with hub.follow("a") as follower:
        store.feed.publish([commit("a", version) for version in range(1, 7)])
        await turns()
        with pytest.raises(Lagged):
            await soon(follower.take())
    task.cancel()


async def test_a_gap_that_names_nobody_concerns_everybody() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    with hub.follow("a") as one, hub.follow("b") as other:
        store.feed.publish([GAP])
        assert await soon(one.take()) is True
        assert await soon(other.take()) is True
    task.cancel()


async def test_a_commit_of_somebody_nobody_follows_wakes_nobody() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    heard: list[Change] = []
    hub._told = heard.append  # type: ignore[assignment,method-assign]
    with hub.follow("a"):
        store.feed.publish([commit("b", 1)])
        store.feed.publish([commit("a", 1), commit("b", 2)])
        await turns()
    store.feed.publish([commit("a", 2)])
    await turns()
    assert heard == [commit("a", 1)]
    task.cancel()


async def test_commits_before_the_watcher_runs_are_not_lost() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    with hub.follow("a") as follower:
        store.feed.publish([commit("a", 1)])
        task = await running(hub)
        assert await soon(follower.take()) is False
    task.cancel()


async def test_a_watcher_that_fails_is_replaced_and_everybody_told_of_a_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "RETRY_SECONDS", 0.01)
    store = Watched()
    store.broken = 2
    hub = Hub(store)  # type: ignore[arg-type]
    with hub.follow("a") as follower:
        task = await running(hub)
        assert await soon(follower.take()) is True
        while len(store.feed) == 0:
            await asyncio.sleep(0.005)
        store.feed.publish([commit("a", 1)])
        await soon(follower.take())
    task.cancel()


async def test_a_store_that_closes_ends_every_follower() -> None:
    store = Watched()
    hub = Hub(store)  # type: ignore[arg-type]
    task = await running(hub)
    with hub.follow("a") as follower:
        store.feed.close()
        with pytest.raises(InputError):
            await soon(follower.take())
    await soon(task)
    with hub.follow("late") as late, pytest.raises(InputError):
        await soon(late.take())


async def test_a_store_that_closes_while_the_watcher_is_replaced_ends_every_follower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_module, "RETRY_SECONDS", 0.0)
    store = Watched()
    store.broken = 1
    store.feed.close()
    hub = Hub(store)  # type: ignore[arg-type]
    with hub.follow("a") as follower:
        await soon(hub.run())
        with pytest.raises(InputError):
            await soon(follower.take())
