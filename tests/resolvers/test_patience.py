"""One timer for all: who takes too long is interrupted, and nobody else is."""

import asyncio
from time import monotonic

import pytest

from resolvers.patience import Patience

LONG = 20.0


async def test_who_takes_too_long_is_interrupted_and_may_go_on() -> None:
    patience, began = Patience(0.02), monotonic()
    with pytest.raises(TimeoutError), patience.turn():
        await asyncio.sleep(LONG)
    assert monotonic() - began < LONG
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_who_is_in_time_is_left_alone_however_often_others_are_late() -> None:
    patience = Patience(0.05)

    async def work(seconds: float) -> str:
        try:
            with patience.turn():
                await asyncio.sleep(seconds)
        except TimeoutError:
            return "late"
        await asyncio.sleep(0.1)
        return "in time"

    told = []
    for _ in range(2):
        tasks = []
        for seconds in (0, LONG, 0.001, LONG, 0):
            tasks.append(asyncio.create_task(work(seconds)))
            await asyncio.sleep(0.01)
        told.append(await asyncio.gather(*tasks))
    assert told == [["in time", "late", "in time", "late", "in time"]] * 2


async def test_who_is_cancelled_by_another_is_cancelled_and_not_late() -> None:
    patience, inside = Patience(LONG), asyncio.Event()

    async def work() -> None:
        with patience.turn():
            inside.set()
            await asyncio.sleep(LONG)

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_late_and_cancelled_at_once_is_cancelled() -> None:
    patience, inside = Patience(0.02), asyncio.Event()

    async def work() -> None:
        with patience.turn():
            inside.set()
            try:
                await asyncio.sleep(LONG)
            finally:
                task.cancel()

    task = asyncio.create_task(work())
    await inside.wait()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_goes_wrong_otherwise_is_told_as_it_is() -> None:
    patience = Patience(0.02)
    with pytest.raises(ZeroDivisionError), patience.turn():
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), patience.turn():
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError as late:
            raise ZeroDivisionError from late
    await asyncio.sleep(0)


def test_each_loop_has_a_timer_of_its_own() -> None:
    patience = Patience(0.02)

    async def late() -> None:
        with pytest.raises(TimeoutError), patience.turn():
            await asyncio.sleep(LONG)

    for _ in range(2):
        asyncio.run(late())
