"""How the engine's thread is woken: rings before anybody waits count, and a store that needs the loop keeps it."""

import asyncio
from threading import Thread

import pytest

from engine.pipeline.bell import LoopBell, ThreadBell, bell_for
from store.memory import MemoryStore


@pytest.mark.parametrize("kind", [ThreadBell, LoopBell])
async def test_a_ring_wakes_who_waits_and_one_from_before_is_not_lost(
    kind: type[ThreadBell] | type[LoopBell],
) -> None:
    bell = kind()
    for _ in range(3):
        bell.ring()
        await bell.wait()
        ringing = Thread(target=bell.ring)
        ringing.start()
        await bell.wait()
        ringing.join()


async def test_the_loop_turns_while_it_waits_for_a_store_that_needs_it() -> None:
    store = MemoryStore(lambda: 0)
    assert isinstance(bell_for(store), ThreadBell)
    store.restless = True
    bell = bell_for(store)
    turned = asyncio.Event()

    async def of_the_store() -> None:
        await asyncio.sleep(0)
        turned.set()
        bell.ring()

    task = asyncio.create_task(of_the_store())
    await bell.wait()
    assert turned.is_set()
    await task
