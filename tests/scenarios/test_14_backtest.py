"""Scenario 14: what happened is run again byte for byte; the same history tried twice gives the same bytes."""

import asyncio
from typing import Any

from artifact.customer import Artifact, encode_body
from artifact.limits import DEFAULT_LIMITS
from engine.books import Books
from engine.pipeline.backtest import Received, backtest
from engine.pipeline.replay import Replay
from memento.exporting import export_lines
from store.memory import MemoryStore
from store.port import Store
from tests.scenarios.stage import Stage, compiled, instant, play, rules_of, settled

NAME = "14_backtest"
MORNING, END = "2027-03-10T10:00+01:00", "2027-03-20T10:00+01:00"


def lived(stage: Stage) -> None:
    """Some days of two customers: claims, offers that wait for them, nights, news that comes late."""
    for customer in ("ana", "bea"):
        stage.event("claim.opened", customer=customer, claim_id="S1", amount=900)
        stage.ask("offer", customer=customer)
    stage.at("2027-03-11T23:00+01:00")
    stage.ask("claim_update", customer="bea")
    stage.event("claim.opened", customer="ana", claim_id="S0", amount=10, at="2027-03-09T09:00+01:00")
    stage.at("2027-03-14T10:00+01:00")
    stage.event("claim.closed", customer="ana", claim_id="S1")
    stage.event("claim.closed", customer="ana", claim_id="S0")
    stage.pass_until(END)


def history(stage: Stage) -> list[Received]:
    """What others told us, as it came in; what we did ourselves is left to be done again."""
    own = {"memento.dispatch", "memento"}
    return [
        Received(line.event, line.now)
        for line in stage.script
        if line.event is not None and line.event.source not in own
    ]


def tried(received: list[Received], text: str) -> list[bytes]:
    """A history under a rulebook, in a store of its own: everything that it ends in."""
    return asyncio.run(_tried(received, text))


async def _tried(received: list[Received], text: str) -> list[bytes]:
    store = MemoryStore(lambda: received[0].received_at)
    book = compiled(text)
    books = Books(_nothing, _nothing)
    books.put_in_force(book, 1)
    await backtest(store, books, received, instant(END), DEFAULT_LIMITS, "stage")
    return await exported(store)


async def _nothing(asked: str) -> Any:
    raise AssertionError(asked)


async def exported(store: Store) -> list[bytes]:
    return [line async for line in export_lines(store)]


def test_the_log_run_again_gives_every_artifact_byte_for_byte() -> None:
    with play(NAME, MORNING) as stage:
        lived(stage)
        replay = Replay(stage.store, stage.books, stage.limits)
        for customer in ("ana", "bea"):
            kept = stage.artifact(customer)
            again = settled(_from_the_beginning(replay, customer, kept.version))
            assert again == encode_body(kept.body)


async def _from_the_beginning(replay: Replay, customer: str, version: int) -> bytes:
    artifact = Artifact(customer)
    for entry in await replay.entries(customer, 0, version):
        artifact = (await replay.step(artifact, entry)).artifact
    return encode_body(artifact.body)


def test_the_same_history_tried_twice_gives_the_same_bytes_and_touches_nothing() -> None:
    with play(NAME, MORNING) as stage:
        lived(stage)
        before = asyncio.run(exported(stage.store))
        received, text = history(stage), rules_of(NAME)
        first = tried(received, text)
        assert first == tried(received, text)
        assert len(first) > 10
        other = text.replace("at most 60 days", "at most 1 day")
        assert tried(received, other) != first
        assert asyncio.run(exported(stage.store)) == before
