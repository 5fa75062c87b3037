"""The memory store keeps the contract."""

from collections.abc import AsyncIterator

import pytest
from hypothesis.stateful import run_state_machine_as_test

from store.memory import MemoryStore
from store.port import Store
from tests.store.contract import StoreContract
from tests.store.machine import StoreMachine
from tests.store.making import NOON


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = MemoryStore(lambda: NOON)
    yield store
    await store.close()


class TestMemory(StoreContract):
    """As contract.py says."""


class MemoryMachine(StoreMachine):
    async def open(self) -> Store:
        return MemoryStore(lambda: NOON)


def test_no_sequence_of_steps_tells_it_from_dictionaries() -> None:
    run_state_machine_as_test(MemoryMachine)
