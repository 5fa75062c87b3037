"""The collections of the MongoDB store, their indexes, and the number of this layout.

One document per customer holds the artifact and is the only point of commit; the other collections are copies and
can be made again from its tail. Every document carries `slot`, computed here and not by a hash index, because a
sharded MongoDB keeps an index unique only if the shard key is its prefix (docs/decisions).
"""

from binascii import crc_hqx

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from artifact.errors import ErrorCode, InputError
from store.mongo.driver import Database, Document

SCHEMA = 1
SLOTS = 1024

ARTIFACT, ENTRY, SNAPSHOT, MESSAGE = "artifact", "entry", "snapshot", "message"
RULEBOOK, PUBLICATION, META = "rulebook", "publication", "meta"


def slot_of(customer_id: str) -> int:
    """CRC-16/XMODEM of the id, modulo the slots: the shard key's first part."""
    return crc_hqx(customer_id.encode(), 0) % SLOTS


def _present(field: str) -> Document:
    return {field: {"$exists": True}}


_PER_CUSTOMER = [("slot", ASCENDING), ("customer", ASCENDING)]
_NEWEST = [("received_at", DESCENDING), ("_id", ASCENDING)]

INDEXES: dict[str, list[IndexModel]] = {
    ARTIFACT: [
        IndexModel([("slot", ASCENDING), ("_id", ASCENDING)], unique=True),
        IndexModel([("due", ASCENDING)], partialFilterExpression=_present("due")),
        IndexModel([("pending", ASCENDING)], partialFilterExpression=_present("pending")),
        IndexModel([("epoch", ASCENDING), ("changed", ASCENDING)]),
    ],
    ENTRY: [
        IndexModel([*_PER_CUSTOMER, ("n", ASCENDING)], unique=True),
        IndexModel(
            [*_PER_CUSTOMER, ("source", ASCENDING), ("event", ASCENDING)],
            unique=True,
            partialFilterExpression=_present("event"),
        ),
    ],
    SNAPSHOT: [IndexModel([*_PER_CUSTOMER, ("n", ASCENDING)], unique=True)],
    MESSAGE: [
        IndexModel([*_PER_CUSTOMER, *_NEWEST]),
        IndexModel(_NEWEST),
        IndexModel([("topic", ASCENDING), *_NEWEST]),
        IndexModel([("category", ASCENDING), *_NEWEST]),
        IndexModel([("state", ASCENDING), *_NEWEST]),
        IndexModel([("rule", ASCENDING), *_NEWEST], partialFilterExpression=_present("rule")),
        IndexModel([("reason", ASCENDING), *_NEWEST]),
    ],
    RULEBOOK: [IndexModel([("number", ASCENDING)], unique=True)],
}


async def prepare(database: Database) -> Document:
    """Check that the server can keep our promises and make the layout; answers the server's greeting.

    Raises InputError STORE_INVALID for a single server without replica set, STORE_NEWER for a later layout.
    """
    greeting: Document = await database.client.admin.command("hello")
    if "setName" not in greeting and greeting.get("msg") != "isdbgrid":
        raise InputError(
            ErrorCode.STORE_INVALID,
            "this MongoDB server is no member of a replica set",
            help="start it with --replSet and initiate the set, one member is enough to try",
        )
    found = await database[META].find_one_and_update(
        {"_id": "layout"},
        {"$setOnInsert": {"schema": SCHEMA}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    if found["schema"] > SCHEMA:
        raise InputError(
            ErrorCode.STORE_NEWER,
            f"database {database.name} has layout {found['schema']}, this version knows up to {SCHEMA}",
            help="run the version of Memento that wrote it, or a newer one",
        )
    for name, indexes in INDEXES.items():
        await database[name].create_indexes(indexes)
    return greeting
