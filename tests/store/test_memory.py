"""The memory store keeps the contract."""

from collections.abc import AsyncIterator

import pytest

from store.memory import MemoryStore
from store.port import Store
from tests.store.contract import StoreContract
from tests.store.making import NOON


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = MemoryStore(lambda: NOON)
    yield store
    await store.close()


class TestMemory(StoreContract):
    """As contract.py says."""
