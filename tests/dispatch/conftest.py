"""A world at noon, once over each store that needs nothing installed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.embedded import EmbeddedStore
from store.memory import MemoryStore
from tests.dispatch.clock import StandingClock
from tests.dispatch.world import NOON, World, world_on


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(NOON)


@pytest.fixture(params=["memory", "embedded"])
async def world(request: pytest.FixtureRequest, clock: StandingClock, tmp_path: Path) -> AsyncIterator[World]:
    store = (
        MemoryStore(clock.now)
        if request.param == "memory"
        else EmbeddedStore.open(tmp_path / "memento.db", clock.now)
    )
    async with world_on(store, clock) as world:
        yield world
