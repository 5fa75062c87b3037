"""The embedded store keeps the contract, and what only a file can show."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from store.embedded import EmbeddedStore
from store.port import Store
from tests.store.contract import StoreContract
from tests.store.machine import StoreMachine
from tests.store.making import NOON


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = EmbeddedStore.open(tmp_path / "memento.db", lambda: NOON)
    yield store
    await store.close()


class TestEmbedded(StoreContract):
    """As contract.py says."""


class EmbeddedMachine(StoreMachine):
    outlives_closing = True

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()

    async def open(self) -> Store:
        return EmbeddedStore.open(Path(self.folder.name) / "memento.db", lambda: NOON)

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


def test_no_sequence_of_steps_tells_it_from_dictionaries() -> None:
    fewer = settings(max_examples=settings().max_examples // 2, stateful_step_count=30)
    run_state_machine_as_test(EmbeddedMachine, settings=fewer)
