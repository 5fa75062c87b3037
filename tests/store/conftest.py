"""The MongoDB server of the session, and a database of its own for each test."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from store.mongo import MongoStore, motor_client
from tests.store.mongo_peek import Open
from tests.store.mongo_server import elapsed, server


@pytest.fixture(scope="session")
def mongo_url() -> Iterator[str]:
    with server("--enable-test-commands") as url:
        yield url


@pytest.fixture
async def database_name(mongo_url: str) -> AsyncIterator[str]:
    name = f"memento_test_{uuid4().hex}"
    yield name
    client = motor_client(mongo_url)
    await client.drop_database(name)
    client.close()


@pytest.fixture
async def open_store(mongo_url: str, database_name: str) -> AsyncIterator[Open]:
    """Opens as many stores on the test's database as it likes: each stands for a process."""
    stores: list[MongoStore] = []

    async def open_one(url: str = mongo_url) -> MongoStore:
        store = await MongoStore.open(url, elapsed, database=database_name)
        stores.append(store)
        return store

    yield open_one
    for store in stores:
        await store.close()
