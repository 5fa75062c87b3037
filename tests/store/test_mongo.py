"""The MongoDB store keeps the contract: with log copies behind, with none at all, and with all made at once."""

import gc
import warnings
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from pymongo import MongoClient

from store.mongo import MongoStore, motor_client, pymongo_client
from store.port import Change, Commit, CommitResult, Store
from tests.store.contract import StoreContract
from tests.store.machine import StoreMachine
from tests.store.mongo_server import drivers, elapsed, watching

pytestmark = pytest.mark.xdist_group("mongo")

CONNECT = {"motor": motor_client, "pymongo": pymongo_client}


@pytest.fixture(params=drivers())
async def store(
    mongo_url: str, database_name: str, request: pytest.FixtureRequest
) -> AsyncIterator[MongoStore]:
    store = await MongoStore.open(mongo_url, elapsed, database=database_name, connect=CONNECT[request.param])
    yield store
    await store.close()
    if request.param == "pymongo":
        # Closed while one of its monitors connects, that client leaves a socket to the garbage collector.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


class TestMongo(StoreContract):
    """As contract.py says."""

    async def watching(self, store: Store) -> AsyncIterator[Change]:
        assert isinstance(store, MongoStore)
        return await watching(store)


class TestMongoWithoutCopies(TestMongo):
    """Everything is read from the tails."""

    @pytest.fixture
    def store(self, store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> Store:
        monkeypatch.setattr(store._flusher, "add", lambda tails: None)
        return store


class TestMongoWithCopiesAtOnce(TestMongo):
    """Everything is read from the log."""

    @pytest.fixture
    def store(self, store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> Store:
        commit = store.commit

        async def commit_and_settle(commits: Sequence[Commit]) -> list[CommitResult]:
            results = await commit(commits)
            await store.settle()
            return results

        monkeypatch.setattr(store, "commit", commit_and_settle)
        return store


class MongoMachine(StoreMachine):
    url = ""
    outlives_closing = True

    def __init__(self) -> None:
        super().__init__()
        self.database = f"memento_test_{uuid4().hex}"

    async def open(self) -> Store:
        return await MongoStore.open(self.url, elapsed, database=self.database)

    async def watching(self) -> AsyncIterator[Change]:
        assert isinstance(self.store, MongoStore)
        return await watching(self.store)

    def teardown(self) -> None:
        super().teardown()
        client = MongoClient[dict[str, object]](self.url)
        client.drop_database(self.database)
        client.close()


def test_no_sequence_of_steps_tells_it_from_dictionaries(mongo_url: str) -> None:
    MongoMachine.url = mongo_url
    fewer = settings(max_examples=settings().max_examples // 12, stateful_step_count=15)
    run_state_machine_as_test(MongoMachine, settings=fewer)
