"""Examples are played in a store in memory: what was decided, customer by customer, without the name of the text."""

from msgspec.structs import replace

from artifact.canonical import canonical_json
from artifact.decision import Record
from artifact.limits import DEFAULT_LIMITS
from dsl.rulebook import Rulebook
from engine.books import Books
from engine.pipeline.backtest import Received, Summary, backtest
from engine.traces import whole
from memento.backtesting import manners
from store.memory import MemoryStore


class Played:
    """A rulebook and what it made of what reached us."""

    def __init__(self, store: MemoryStore, summary: Summary, records: dict[str, list[Record]]) -> None:
        self.store, self.summary, self.by_customer = store, summary, records

    @property
    def records(self) -> list[Record]:
        """Every decision."""
        return [record for records in self.by_customer.values() for record in records]

    async def outcomes(self) -> dict[str, int]:
        """To how many messages each thing happened."""
        return (await manners(self.store, "Europe/Prague")).outcomes

    async def remembered(self) -> list[bytes]:
        """What is known of each customer, and what is being said to her."""
        found = []
        for id in self.by_customer:
            artifact = await self.store.artifact(id)
            assert artifact is not None
            talk = artifact.body.talk
            tasks = tuple(replace(task, id="") for task in talk.tasks)  # alerts are one for each text
            talk = replace(talk, records_hash=b"", revision="", tasks=tasks)
            found.append(canonical_json(replace(artifact.body, talk=talk)))
        return found

    def decided(self) -> list[tuple[str, list[Record]]]:
        """Every decision, but for the name of the text it stands on."""
        return [(id, [replace(one, revision="") for one in own]) for id, own in self.by_customer.items()]


async def played(book: Rulebook, received: list[Received]) -> Played:
    """All of it, from the first event to the end."""
    store, books = MemoryStore(lambda: 0), Books(_no_text, _no_book)
    books.put_in_force(book, 1)
    summary = await backtest(store, books, received, None, DEFAULT_LIMITS, "test")
    ids = sorted((await store.customers(None, 10_000)).items)
    return Played(store, summary, {id: await _records(store, id) for id in ids})


async def _no_text(revision: str) -> str | None:
    raise AssertionError(revision)


async def _no_book(text: str) -> Rulebook:
    raise AssertionError(text)


async def _records(store: MemoryStore, customer_id: str) -> list[Record]:
    entries = await store.history(customer_id, 0, 100_000)
    return [whole(kept, entry, None) for entry in entries for kept in entry.out]
