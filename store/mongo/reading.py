"""Reads that must see tail and log together: no hole, no double.

One order makes it so: the document first, the log after it. What is not in a tail when the document is read left it
before, and it left only after its copy was acknowledged by a majority, so a later majority read of the log finds it.
The other way round, an event could slip from tail to log between the two reads and be folded again (I1).
"""

from collections import defaultdict
from collections.abc import Sequence

from pymongo import ASCENDING, DESCENDING

from artifact.customer import Snapshot
from artifact.decision import Entry
from artifact.event import EventKey
from store.listing import Place, lets_through, page_of, place_after, place_of
from store.mongo.documents import (
    artifact_of,
    entry_of,
    known_of,
    message_row_of,
    newest_tail_messages,
    snapshot_of,
    tail_entries,
    tail_snapshots,
)
from store.mongo.driver import Database, Document, settled
from store.mongo.layout import ARTIFACT, ENTRY, MESSAGE, SNAPSHOT, slot_of
from store.port import Followed, Known, Loaded, MessageFilter, MessageRow, Page, Totals, Want

Asked = tuple[str, EventKey]
"""An event of a customer."""


def _in_customer(customer_id: str) -> Document:
    return {"slot": slot_of(customer_id), "customer": customer_id}


async def document_of(
    database: Database, customer_id: str, fields: Document | None = None
) -> Document | None:
    """A customer's document, or these fields of it."""
    found: Document | None = await database[ARTIFACT].find_one(
        {"_id": customer_id, "slot": slot_of(customer_id)}, fields
    )
    return found


async def load(database: Database, wants: Sequence[Want]) -> list[Loaded]:
    """Two questions for a whole group: the documents, then the log for events that no tail holds."""
    ids = sorted({want.customer_id for want in wants})
    where = {"_id": {"$in": ids}, "slot": {"$in": sorted(set(map(slot_of, ids)))}}
    documents = {found["_id"]: found async for found in database[ARTIFACT].find(where)}
    asked = {
        (want.customer_id, key) for want in wants for key in want.events if want.customer_id in documents
    }
    known = {pair: found for pair, found in _in_tails(documents).items() if pair in asked}
    known |= await _in_log(database, asked - known.keys())
    artifacts = {id: artifact_of(document) for id, document in documents.items()}
    return [
        Loaded(
            artifacts.get(want.customer_id),
            {key: known[want.customer_id, key] for key in want.events if (want.customer_id, key) in known},
        )
        for want in wants
    ]


def _in_tails(documents: dict[str, Document]) -> dict[Asked, Known]:
    return {
        (id, EventKey(entry["source"], entry["event"])): known_of(entry)
        for id, document in documents.items()
        for entry in tail_entries(document)
        if "event" in entry
    }


async def _in_log(database: Database, asked: set[Asked]) -> dict[Asked, Known]:
    if not asked:
        return {}
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for customer_id, key in asked:
        ids[customer_id, key.source].append(key.id)
    branches = [
        {**_in_customer(customer_id), "source": source, "event": {"$in": found}}
        for (customer_id, source), found in ids.items()
    ]
    return {
        (entry["customer"], EventKey(entry["source"], entry["event"])): known_of(entry)
        async for entry in database[ENTRY].find({"$or": branches})
    }


async def history(database: Database, customer_id: str, after: int, limit: int) -> list[Entry]:
    """Entries up to the version of the document as read: the log may hold later ones with holes between."""
    document = await document_of(database, customer_id, {"version": 1, "tail.entries": 1})
    if document is None:
        return []
    last = min(after + limit, document["version"])
    found = {entry["n"]: entry for entry in tail_entries(document)}
    if last > after:
        where = {**_in_customer(customer_id), "n": {"$gt": after, "$lte": last}}
        found |= {entry["n"]: entry async for entry in database[ENTRY].find(where)}
    return [entry_of(found[n]) for n in range(after + 1, last + 1)]


async def event(database: Database, customer_id: str, key: EventKey) -> Entry | None:
    """The entry that folded an event."""
    document = await document_of(database, customer_id, {"tail.entries": 1})
    if document is None:
        return None
    for entry in tail_entries(document):
        if entry.get("event") == key.id and entry["source"] == key.source:
            return entry_of(entry)
    where = {**_in_customer(customer_id), "source": key.source, "event": key.id}
    found = await database[ENTRY].find_one(where)
    return entry_of(found) if found else None


async def snapshots(database: Database, customer_id: str) -> list[int]:
    """The numbers of all snapshots."""
    document = await document_of(database, customer_id, {"tail.snapshot.n": 1})
    if document is None:
        return []
    found = {snapshot["n"] for snapshot in tail_snapshots(document)}
    found |= {row["n"] async for row in database[SNAPSHOT].find(_in_customer(customer_id), {"n": 1})}
    return sorted(found)


async def snapshot(database: Database, customer_id: str, n: int) -> Snapshot | None:
    """One snapshot."""
    document = await document_of(database, customer_id, {"tail.snapshot": 1})
    if document is None:
        return None
    for found in tail_snapshots(document):
        if found["n"] == n:
            return snapshot_of(found)
    kept = await database[SNAPSHOT].find_one({**_in_customer(customer_id), "n": n})
    return snapshot_of(kept) if kept else None


async def message(database: Database, id: str) -> MessageRow | None:
    """The newest state of one message."""
    found = (await _tail_messages(database, {"tail.messages._id": id})).get(id)
    found = found or await database[MESSAGE].find_one({"_id": id})
    return message_row_of(found) if found else None


async def _tail_messages(database: Database, where: Document) -> dict[str, Document]:
    """Messages in tails, through the index of documents that have one: there are few at any time."""
    fields = {"tail.messages": 1}
    found = [
        document
        async for document in database[ARTIFACT].find({"pending": {"$exists": True}, **where}, fields)
    ]
    return newest_tail_messages(found)


async def messages(
    database: Database, where: MessageFilter, first: int, after: str | None
) -> Page[MessageRow]:
    """The copies, but for messages that have a newer state in a tail, and those."""
    place = place_after(where, after)
    if where.customer_id is None:
        newer = await _tail_messages(database, {})
    else:
        mine = {"_id": where.customer_id, "slot": slot_of(where.customer_id)}
        newer = await _tail_messages(database, mine)
    query = {"$and": [{"_id": {"$nin": list(newer)}}, _query(where), _beyond(place)]}
    order = [("received_at", DESCENDING), ("_id", ASCENDING)]
    copies = database[MESSAGE].find(query).sort(order).limit(first + 1)
    rows = [message_row_of(document) async for document in copies]
    for row in map(message_row_of, newer.values()):
        if lets_through(where, row) and (place is None or place_of(row) > place):
            rows.append(row)
    return page_of(where, sorted(rows, key=place_of), first)


def _query(where: MessageFilter) -> Document:
    """The filter as a query; `lets_through` says the same of a row."""
    values = {
        "topic": where.topic,
        "category": where.category,
        "rule": where.rule,
        "reason": where.reason,
    }
    query: Document = {name: value for name, value in values.items() if value is not None}
    if where.customer_id is not None:
        query |= _in_customer(where.customer_id)
    if where.states is not None:
        query["state"] = {"$in": list(where.states)}
    bounds = {"$gte": where.since, "$lt": where.before}
    if received := {operator: bound for operator, bound in bounds.items() if bound is not None}:
        query["received_at"] = received
    return query


def _beyond(place: Place | None) -> Document:
    if place is None:
        return {}
    at, id = -place[0], place[1]
    return {"$or": [{"received_at": {"$lt": at}}, {"received_at": at, "_id": {"$gt": id}}]}


async def totals(database: Database) -> Totals:
    """Entries are the versions' sum, which is exact whatever was copied."""
    customers = entries = 0
    pipeline = [{"$group": {"_id": None, "customers": {"$sum": 1}, "entries": {"$sum": "$version"}}}]
    async for found in await settled(database[ARTIFACT].aggregate(pipeline)):
        customers, entries = found["customers"], found["entries"]
    newer = list(await _tail_messages(database, {}))
    copied = await database[MESSAGE].count_documents({"_id": {"$nin": newer}})
    return Totals(customers, entries, copied + len(newer))


async def followed(database: Database, epoch: int) -> Followed:
    """Who stands under this publication or a later one, and what it changed for those who stand under it."""
    customers = changed = 0
    counts = {"_id": "$epoch", "customers": {"$sum": 1}, "changed": {"$sum": "$changed"}}
    pipeline: list[Document] = [{"$match": {"epoch": {"$gte": epoch}}}, {"$group": counts}]
    async for found in await settled(database[ARTIFACT].aggregate(pipeline)):
        customers += found["customers"]
        changed += found["changed"] if found["_id"] == epoch else 0
    return Followed(customers, changed, await database[ARTIFACT].count_documents({}))
