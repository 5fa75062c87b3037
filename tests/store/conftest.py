"""The MongoDB server of the session, and a database of its own for each test."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from store.mongo import motor_client
from tests.store.mongo_server import server


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
