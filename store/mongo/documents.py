"""How a commit becomes documents, and documents become what the port answers.

The envelope is plain BSON, so that operators can query it and indexes can use it; bodies are the msgpack bytes that
I3 compares. `summary` is for operators alone: nothing here reads it back.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from bson import ObjectId

from artifact.customer import SCHEMA, Artifact, Body, Snapshot
from artifact.decision import Entry
from artifact.facts import CommitmentState
from artifact.instant import datetime_of
from artifact.message import LIVE_STATES
from store.checks import body_of
from store.codec import (
    decode_artifact_body,
    decode_entry,
    decode_message,
    decode_snapshot,
    encode_entry,
    encode_message,
    encode_snapshot,
)
from store.mongo.driver import Document
from store.mongo.layout import slot_of
from store.port import Commit, Known, MessageRow, Publication, RulebookRow


class Step(msgspec.Struct, frozen=True):
    """A commit as documents. `token` tells it from every other commit, whatever their bytes."""

    customer_id: str
    slot: int
    token: ObjectId
    expected_version: int
    version: int
    fields: Document
    due: int | None
    tail: Document


def step_of(commit: Commit) -> Step:
    """The documents of one commit, under a token of its own."""
    token = ObjectId()
    artifact = commit.artifact
    return Step(
        commit.customer_id,
        slot_of(commit.customer_id),
        token,
        commit.expected_version,
        artifact.version,
        _artifact_fields(commit),
        artifact.due,
        _tail(commit, token),
    )


def _artifact_fields(commit: Commit) -> Document:
    artifact = commit.artifact
    return {
        "version": artifact.version,
        "previous": commit.expected_version,
        "pending": artifact.version,
        "now": artifact.now,
        "at": datetime_of(artifact.now),
        "epoch": artifact.epoch,
        "changed": artifact.changed,
        "schema": artifact.schema,
        "summary": _summary(artifact.body),
        "body": body_of(commit),
    }


def _summary(body: Body) -> Document:
    """What an operator asks first: who is in which situation, who is owed what, how much is waiting."""
    facts, talk = body.facts, body.talk
    return {
        "kind": facts.kind,
        "situations": [f"{s.kind}/{s.reference}:{s.state}" for s in facts.situations if s.open],
        "commitments": [
            f"{c.name}/{c.reference}" for c in facts.commitments if c.state is CommitmentState.OPEN
        ],
        "messages": sum(message.state in LIVE_STATES for message in talk.messages),
        "tasks": sum(task.state == "OPEN" for task in talk.tasks),
    }


def _tail(commit: Commit, token: ObjectId) -> Document:
    """What is to be copied: whole documents, so that copying is inserting. Of each message the last state."""
    messages = {row.id: _message_document(row) for row in commit.messages}
    tail: Document = {
        "by": token,
        "entries": [_entry_document(commit.customer_id, entry, token) for entry in commit.entries],
        "messages": list(messages.values()),
    }
    if commit.snapshot is not None:
        tail["snapshot"] = _snapshot_document(commit.customer_id, commit.snapshot)
    return tail


def _numbered(customer_id: str, n: int) -> Document:
    return {"_id": f"{customer_id}#{n}", "slot": slot_of(customer_id), "customer": customer_id, "n": n}


def _entry_document(customer_id: str, entry: Entry, token: ObjectId) -> Document:
    event = {"source": entry.event.source, "event": entry.event.id} if entry.event else {}
    return {
        **_numbered(customer_id, entry.n),
        **event,
        "kind": entry.kind,
        "at": datetime_of(entry.now),
        "by": token,
        "body": encode_entry(entry),
    }


def _snapshot_document(customer_id: str, snapshot: Snapshot) -> Document:
    return {
        **_numbered(customer_id, snapshot.n),
        "now": snapshot.now,
        "schema": SCHEMA,
        "body": encode_snapshot(snapshot),
    }


def _message_document(row: MessageRow) -> Document:
    message = row.message
    rule = {"rule": message.rule} if message.rule is not None else {}
    return {
        "_id": row.id,
        "slot": slot_of(row.customer_id),
        "customer": row.customer_id,
        "n": row.n,
        "received_at": message.received_at,
        "topic": message.request.topic,
        "category": message.category,
        "state": message.state,
        "reason": message.reason,
        **rule,
        "body": encode_message(message),
    }


def artifact_of(document: Document) -> Artifact:
    """The artifact from a customer's document."""
    return Artifact(
        document["_id"],
        document["version"],
        document["now"],
        document.get("due"),
        document["epoch"],
        SCHEMA,
        decode_artifact_body(document["schema"], document["body"]),
        document.get("changed", 0),
    )


def snapshot_of(document: Document) -> Snapshot:
    return decode_snapshot(document["schema"], document["n"], document["now"], document["body"])


def entry_of(document: Document) -> Entry:
    return decode_entry(document["body"])


def known_of(document: Document) -> Known:
    entry = entry_of(document)
    return Known(entry.n, entry.content or b"", entry.status)


def message_row_of(document: Document) -> MessageRow:
    return MessageRow(document["_id"], document["customer"], document["n"], decode_message(document["body"]))


def tail_entries(document: Document) -> list[Document]:
    """Entries of a customer's document that may not be copied yet, ascending."""
    return [entry for tail in document["tail"] for entry in tail["entries"]]


def tail_snapshots(document: Document) -> list[Document]:
    return [tail["snapshot"] for tail in document["tail"] if "snapshot" in tail]


def newest_tail_messages(documents: Iterable[Document]) -> dict[str, Document]:
    """The newest state of each message that may not be copied yet, by id."""
    newest: dict[str, Document] = {}
    for document in documents:
        for tail in document["tail"]:
            # Later commits stand later, and within one the later state.
            newest.update((message["_id"], message) for message in tail["messages"])
    return newest


def rulebook_of(document: Document) -> RulebookRow:
    values: dict[str, Any] = {**document, "id": document["_id"]}
    return RulebookRow(*[values[name] for name in RulebookRow.__struct_fields__])


def publication_of(document: Document) -> Publication:
    values: dict[str, Any] = {"call": "", **document, "epoch": document["_id"]}
    return Publication(*[values[name] for name in Publication.__struct_fields__])
