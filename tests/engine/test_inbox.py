"""The way into the engine: work in line up to a bound, taken in groups, answered on the loop that waits."""

import asyncio
from threading import Thread

import msgspec
import pytest

from artifact.errors import ErrorCode, InputError
from artifact.limits import DEFAULT_LIMITS
from dsl.compile import Checked
from engine.pipeline import Engine
from engine.pipeline.inbox import Inbox, Submission, answer
from engine.pipeline.kernel import Job
from store.memory import MemoryStore

LIMITS = msgspec.structs.replace(DEFAULT_LIMITS, commit_events=4, queued_submissions=6)


def asked(*customers: str) -> Submission:
    return Submission([Job(customer) for customer in customers])


def names(group: list[Submission]) -> list[str]:
    return [job.customer_id for submission in group for job in submission.jobs]


async def test_only_the_first_in_line_has_to_wake_the_engine() -> None:
    inbox = Inbox(LIMITS)
    assert [inbox.put(asked("a")), inbox.put(asked("b"))] == [True, False]
    assert names(inbox.take()) == ["a", "b"]
    assert inbox.put(asked("c"))


async def test_a_group_takes_whole_submissions_up_to_its_size_and_never_none() -> None:
    inbox = Inbox(LIMITS)
    for submission in (asked("a", "b", "c"), asked("d", "e"), asked("f")):
        inbox.put(submission)
    assert [names(inbox.take()) for _ in range(3)] == [["a", "b", "c"], ["d", "e", "f"], []]
    inbox.put(asked(*"abcdef"))
    assert names(inbox.take()) == list("abcdef")


async def test_what_there_is_no_room_for_is_refused_and_room_comes_back() -> None:
    inbox = Inbox(LIMITS)
    inbox.put(asked(*"abcdef"))
    with pytest.raises(InputError) as refused:
        inbox.put(asked("g"))
    assert refused.value.code is ErrorCode.TOO_BUSY
    inbox.take()
    assert inbox.put(asked("g"))


async def test_who_gave_up_waiting_is_left_out_and_holds_up_nobody_behind() -> None:
    inbox = Inbox(LIMITS)
    gone = [asked(*"abcd"), asked("e")]
    for submission in (*gone, asked("f")):
        inbox.put(submission)
    for submission in gone:
        submission.done.cancel()
    assert names(inbox.take()) == ["f"]
    assert inbox.put(asked("g")), "nobody is in line any more"


async def test_everybody_is_answered_on_the_loop_that_waits_for_it() -> None:
    mine, other, late = asked("a"), [], asked("c")

    async def elsewhere(begun: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
        other.append(asked("b"))
        loop.call_soon_threadsafe(begun.set)
        with pytest.raises(ZeroDivisionError):
            await other[0].done

    begun = asyncio.Event()
    thread = Thread(target=asyncio.run, args=(elsewhere(begun, asyncio.get_running_loop()),))
    thread.start()
    await begun.wait()
    late.done.cancel()
    answer([mine, *other, late], ZeroDivisionError())
    await asyncio.to_thread(thread.join)
    with pytest.raises(ZeroDivisionError):
        await mine.done


async def test_a_loop_that_is_gone_holds_up_nobody() -> None:
    gone: list[Submission] = []

    async def elsewhere() -> None:
        gone.append(asked("a"))

    await asyncio.to_thread(asyncio.run, elsewhere())
    mine = asked("b")
    answer([*gone, mine], None)
    await asyncio.wait_for(mine.done, 20)


async def test_an_engine_whose_thread_cannot_begin_says_why_and_keeps_nobody_waiting() -> None:
    def runner() -> asyncio.Runner:
        raise OSError("no loop to be had")

    engine = Engine(MemoryStore(lambda: 0), check, runner=runner)
    with pytest.raises(OSError, match="no loop to be had"):
        await asyncio.wait_for(engine.start(), 30)


async def check(text: str) -> Checked:
    raise AssertionError(text)
