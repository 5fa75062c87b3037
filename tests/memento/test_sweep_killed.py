"""A sweep that is killed again and again ends as one that was never touched."""

import asyncio
import subprocess
import sys
from pathlib import Path

from artifact.decision import EntryKind
from artifact.event import Event
from engine.pipeline import Engine
from engine.pipeline.publishing import Order
from engine.pipeline.rollout import Rollout, RolloutState
from engine.pipeline.verify import verify
from memento.clock import machine_clock
from memento.settings import Settings
from memento.wiring import engine_over, opened
from store.port import Store
from tests.memento.process import environment

CUSTOMERS = 120
KILLS = 3
OLD = """rulebook swept  zone "UTC"  currency EUR end
category news  basis contract  channels sms end
topic hello  category news  template plain end
template plain  in English text "Hello." end
"""
NEW = OLD + 'message rule "Hello waits"  for topic hello  then postpone for 2 days end\n'


async def published(path: Path) -> None:
    """Everybody has a message, and a rulebook is published that nobody follows yet."""
    async with opened(str(path)) as store:
        engine = engine_over(store, Settings())
        await engine.start()
        await put_in_force(engine, "old", OLD)
        now = machine_clock()
        events = [
            Event(f"c{n:03}", "crm", "r1", "message.requested", now, now, data={"topic": "hello"})
            for n in range(CUSTOMERS)
        ]
        assert all(outcome.error is None for outcome in await engine.submit(events))
        await put_in_force(engine, "new", NEW)
        await engine.stop()


async def put_in_force(engine: Engine, id: str, text: str) -> None:
    await engine.save_rulebook(text, "eva", id)
    await engine.publish(id, Order(actor="eva"))


def swept(path: Path, *, kill: bool) -> None:
    """A process of its own sweeps; killed after its first slice, wherever it is by then."""
    command = [sys.executable, "-m", "tests.memento.sweeper", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        if kill:
            process.stdout.readline()
            process.kill()
        process.stdout.read()
        assert process.wait() == 0 or kill


async def ended(path: Path) -> tuple[Rollout, list[int]]:
    """How the rollout stands, and how often each customer was decided anew because of it."""
    async with opened(str(path), read_only=True) as store:
        engine = engine_over(store, Settings())
        await engine.refresh()
        findings = await verify(store, engine.books, Settings().limits)
        assert findings.breaches == ()
        rollout = await engine.rollout((await store.publications())[-1])
        return rollout, [await times(store, f"c{n:03}") for n in range(CUSTOMERS)]


async def times(store: Store, customer: str) -> int:
    log = await store.history(customer)
    changes = [entry for entry in log if entry.kind is EntryKind.RULEBOOK]
    assert [len(entry.out) for entry in changes] == [1] * len(changes)
    return len(changes)


def test_a_sweep_killed_again_and_again_decides_everybody_anew_once(tmp_path: Path) -> None:
    path = tmp_path / "killed.memento"
    asyncio.run(published(path))
    for _ in range(KILLS):
        swept(path, kill=True)
    swept(path, kill=False)
    rollout, counts = asyncio.run(ended(path))
    assert (rollout.state, rollout.total, rollout.done, rollout.changed) == (
        RolloutState.DONE,
        CUSTOMERS,
        CUSTOMERS,
        CUSTOMERS,
    )
    assert counts == [1] * CUSTOMERS
