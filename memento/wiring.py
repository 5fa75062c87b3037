"""The only place that picks implementations: which store, which channels, which rulebook compiler.

Everything else is handed what it needs. Refuses to guess: an address that names no store is an error.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from artifact.errors import ErrorCode, InputError
from artifact.instant import Instant
from dsl.advice.advise import advised_rulebook
from dsl.compile import Checked
from engine.pipeline import Engine
from memento.clock import machine_clock, machine_elapsed
from memento.environment import environment
from memento.loops import runner
from memento.settings import Settings
from store.port import Store

MEMORY = "memory"
_MONGO_SCHEMES = frozenset({"mongodb", "mongodb+srv"})
DEFAULT_DATABASE = "memento"

Clock = Callable[[], Instant]


async def open_store(address: str, clock: Clock = machine_clock, *, read_only: bool = False) -> Store:
    """The store of an address: `memory`, a MongoDB URL, or the path of a file.

    `read_only` may stand beside a running service on the same file. Raises InputError STORE_IN_USE,
    STORE_UNAVAILABLE, STORE_INVALID, STORE_NEWER or STORE_OLDER.
    """
    if address == MEMORY:
        from store.memory import MemoryStore

        return MemoryStore(clock)
    if "://" in address:
        return await _open_mongo(address)
    from store.embedded import EmbeddedStore

    return EmbeddedStore.open(Path(address), clock, read_only=read_only)


async def _open_mongo(url: str) -> Store:
    parts = urlsplit(url)
    if parts.scheme not in _MONGO_SCHEMES:
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            f"`{parts.scheme}` is no kind of store",
            help=f"name a file, mongodb://HOST/DATABASE, or `{MEMORY}`",
            path=("store",),
        )
    from store.mongo import MongoStore

    try:
        database = parts.path.strip("/") or DEFAULT_DATABASE
        return await MongoStore.open(url, machine_elapsed, database=database)
    except ValueError as error:
        raise InputError(
            ErrorCode.VALUE_UNKNOWN,
            f"the address of the MongoDB store cannot be read: {error}",
            help="write it as mongodb://HOST:PORT/DATABASE",
            path=("store",),
        ) from error


@asynccontextmanager
async def opened(
    address: str, clock: Clock = machine_clock, *, read_only: bool = False
) -> AsyncIterator[Store]:
    """A store, closed at the end."""
    store = await open_store(address, clock, read_only=read_only)
    try:
        yield store
    finally:
        await store.close()


def engine_over(store: Store, settings: Settings) -> Engine:
    """An engine that is not started yet; it can read, and words what it reads."""

    async def check(text: str) -> Checked:
        return await asyncio.to_thread(advised_rulebook, text, settings.limits)

    return Engine(store, check, limits=settings.limits, environment=environment(), runner=runner)
