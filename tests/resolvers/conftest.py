"""One service for all tests of a run: starting it costs more than most of them."""

from collections.abc import Iterator

import pytest

from tests.resolvers.world import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    world = World()
    world.start()
    world.publish()
    yield world
    world.stop()
