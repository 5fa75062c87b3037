"""The MongoDB store keeps the contract, and what only a network and a second process can show."""

import time
from collections.abc import AsyncIterator

import pytest

from store.mongo import MongoStore, motor_client, pymongo_client
from store.port import Store
from tests.store.contract import StoreContract
from tests.store.mongo_server import drivers

pytestmark = pytest.mark.xdist_group("mongo")

CONNECT = {"motor": motor_client, "pymongo": pymongo_client}


def elapsed() -> int:
    return time.monotonic_ns() // 1000


@pytest.fixture(params=drivers())
async def store(mongo_url: str, database_name: str, request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    store = await MongoStore.open(mongo_url, elapsed, database=database_name, connect=CONNECT[request.param])
    yield store
    await store.close()


class TestMongo(StoreContract):
    """As contract.py says."""
