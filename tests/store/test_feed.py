"""The fan-out hands every change to every reader, and nothing a reader does reaches the one who publishes."""

import asyncio
import gc
from threading import Thread

import pytest

from artifact.errors import InputError
from store.feed import GAP, Feed, Reader
from store.port import Change


def changes(first: int, last: int) -> list[Change]:
    return [Change("ada", n - 1, n) for n in range(first, last + 1)]


async def read(reader: Reader, count: int) -> list[Change]:
    async with asyncio.timeout(20):
        return [await anext(reader) for _ in range(count)]


async def test_changes_published_by_another_thread_wake_all_readers_in_order() -> None:
    feed = Feed()
    readers = [feed.watch() for _ in range(3)]
    reading = asyncio.gather(*[read(reader, 50) for reader in readers])
    await asyncio.sleep(0)

    def publish() -> None:
        for change in changes(1, 50):
            feed.publish([change])

    thread = Thread(target=publish)
    thread.start()
    assert await reading == [changes(1, 50)] * 3
    thread.join()


async def test_a_reader_that_falls_behind_gets_one_gap_and_then_what_comes() -> None:
    feed = Feed(capacity=5)
    slow, quick = feed.watch(), feed.watch()
    for change in changes(1, 20):
        feed.publish([change])
        assert await read(quick, 1) == [change]
    assert await read(slow, 5) == [GAP, *changes(17, 20)]
    feed.publish(changes(21, 21))
    assert await read(slow, 1) == changes(21, 21)


async def test_a_group_larger_than_a_reader_holds_is_a_gap() -> None:
    feed = Feed(capacity=5)
    reader = feed.watch()
    feed.publish(changes(1, 6))
    assert await read(reader, 1) == [GAP]


async def test_what_does_not_concern_a_reader_takes_no_room_and_a_gap_concerns_everybody() -> None:
    feed = Feed(capacity=2)
    reader = feed.watch(lambda change: change.version == 7)
    reading = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    feed.publish(changes(1, 6))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not reading.done()
    feed.publish(changes(7, 9))
    feed.publish([GAP])
    assert [await reading, *await read(reader, 1)] == [*changes(7, 7), GAP]


async def test_what_waits_for_a_reader_never_grows_beyond_its_bound() -> None:
    feed = Feed(capacity=5)
    reader = feed.watch()
    for change in changes(1, 1000):
        feed.publish([change])
        assert len(reader._unread) <= 5


async def test_a_reader_that_left_is_forgotten_and_ends() -> None:
    feed = Feed()
    staying, leaving = feed.watch(), feed.watch()
    waiting = asyncio.ensure_future(anext(leaving, None))
    await asyncio.sleep(0)
    await leaving.aclose()
    assert await waiting is None
    assert len(feed) == 1
    feed.publish(changes(1, 1))
    assert await anext(leaving, None) is None
    assert await read(staying, 1) == changes(1, 1)


async def test_a_reader_that_was_only_dropped_is_forgotten_too() -> None:
    feed = Feed()

    async def look() -> None:
        async for _ in feed.watch():
            return

    looking = asyncio.ensure_future(look())
    await asyncio.sleep(0)
    feed.publish(changes(1, 1))
    await looking
    cancelled = asyncio.ensure_future(look())
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    del looking, cancelled
    await asyncio.sleep(0)
    gc.collect()
    assert len(feed) == 0


async def test_a_cancelled_read_loses_nothing() -> None:
    feed = Feed()
    reader = feed.watch()
    reading = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    reading.cancel()
    feed.publish(changes(1, 2))
    await asyncio.gather(reading, return_exceptions=True)
    assert await read(reader, 2) == changes(1, 2)


def test_a_reader_on_a_loop_that_is_gone_does_not_reach_the_publisher() -> None:
    feed = Feed()
    kept: list[Reader] = []

    async def wait_briefly() -> None:
        kept.append(feed.watch())
        waiting = asyncio.ensure_future(anext(kept[0]))
        await asyncio.sleep(0)
        waiting.cancel()

    asyncio.run(wait_briefly())
    feed.publish(changes(1, 1))
    feed.publish(changes(2, 2))
    feed.close()


async def test_a_closed_feed_lets_readers_finish_and_takes_no_new_ones() -> None:
    feed = Feed()
    reader = feed.watch()
    feed.publish(changes(1, 2))
    feed.close()
    feed.publish(changes(3, 3))
    assert [change async for change in reader] == changes(1, 2)
    with pytest.raises(InputError):
        feed.watch()
