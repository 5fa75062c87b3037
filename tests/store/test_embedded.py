"""The embedded store keeps the contract, and what only a file can show."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.embedded import EmbeddedStore
from store.port import Store
from tests.store.contract import StoreContract
from tests.store.making import NOON


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = EmbeddedStore.open(tmp_path / "memento.db", lambda: NOON)
    yield store
    await store.close()


class TestEmbedded(StoreContract):
    """As contract.py says."""
