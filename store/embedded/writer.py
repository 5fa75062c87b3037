"""The one writer of the embedded store: loads what will be folded, and commits a group in one transaction.

A group costs one fsync, whatever its size. Each customer is compared and set by a single statement, so a conflict
writes nothing of hers and the others go on; anything else that fails takes the whole group back (I1, I2).

It refuses to wait for readers: they have connections of their own.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any

import apsw

from artifact.customer import SCHEMA, Artifact
from artifact.decision import Entry
from artifact.event import EventKey
from store.checks import body_of, closed
from store.codec import (
    decode_artifact_body,
    decode_entry,
    encode_entry,
    encode_message,
    encode_snapshot,
)
from store.embedded import sql
from store.embedded.faults import AnsweringFor
from store.embedded.file import open_writer
from store.port import Commit, CommitResult, Known, Loaded, MessageRow, Publication, RulebookRow, Want

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT


class Writer:
    """The writing connection, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection = open_writer(path)
        self._closed = False

    def load(self, wants: Sequence[Want]) -> list[Loaded]:
        """On this connection and not on a reader's: its page cache holds what was just written."""
        asked = [row for place, want in enumerate(wants) for row in _asked(place, want)]
        rows: dict[int, list[Any]] = {}
        known: dict[int, dict[EventKey, Known]] = {}
        with self._lock, AnsweringFor(self._path):
            for place, body, *row in self._open().executemany(sql.LOAD, asked):
                rows.setdefault(place, row)
                if body is not None:
                    known.setdefault(place, {}).update(_known(body))
        return [_loaded(want, rows.get(place), known.get(place, {})) for place, want in enumerate(wants)]

    def commit(self, commits: Sequence[Commit]) -> list[CommitResult]:
        """One group, durable when this returns."""
        with self._lock, AnsweringFor(self._path), self._open() as connection:
            numbers = _write(connection, commits)
        return [COMMITTED if place in numbers else CONFLICT for place in range(len(commits))]

    def save_rulebook(self, row: RulebookRow, newest: int | None) -> None:
        """Keep a text under the next number, unless its id is taken or `newest` is no longer the newest number."""
        with self._lock, AnsweringFor(self._path), self._open() as connection:
            bindings = (row.id, row.text, row.author, row.saved_at, row.revision, newest)
            connection.execute(sql.SAVE_RULEBOOK, bindings)

    def publish(self, publication: Publication) -> bool:
        """Append a publication if its epoch is the next; answers whether it was."""
        with self._lock, AnsweringFor(self._path), self._open() as connection:
            bindings = (
                publication.epoch,
                publication.rulebook_id,
                publication.revision,
                publication.effective_at,
                publication.actor,
                publication.call,
                publication.epoch - 1,
            )
            found = connection.execute(sql.PUBLISH, bindings).get
        return found is not None

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        with self._lock:
            self._closed = True
            with AnsweringFor(self._path):
                self._connection.close()

    def _open(self) -> apsw.Connection:
        """Used in a `with`, it is a transaction: all of it or nothing."""
        if self._closed:
            raise closed()
        return self._connection


def _write(connection: apsw.Connection, commits: Sequence[Commit]) -> dict[int, int]:
    """Compare and set each customer, then write what belongs to the steps of those that were set: the numbers of these
    customers, by their place in the group.

    Each statement runs for all of them in a row: to begin one costs as much as it does.
    """
    numbers = _set_artifacts(connection, commits)
    done = [(numbers[place], commit) for place, commit in enumerate(commits) if place in numbers]
    artifacts = [(no, commit.artifact) for no, commit in done]
    connection.executemany(sql.FOLLOW, [(no, artifact.epoch, artifact.changed) for no, artifact in artifacts])
    entries = [_entry_row(no, entry) for no, commit in done for entry in commit.entries]
    connection.executemany(sql.APPEND_ENTRY, entries)
    for no, commit in done:
        for row in commit.messages:
            _write_message(connection, no, row)
        if (kept := commit.snapshot) is not None:
            bindings = (no, kept.n, kept.now, SCHEMA, encode_snapshot(kept))
            connection.execute(sql.KEEP_SNAPSHOT, bindings)
    return numbers


def _set_artifacts(connection: apsw.Connection, commits: Sequence[Commit]) -> dict[int, int]:
    """The numbers of those that stood at the version expected, by their place in the group."""
    numbers: dict[int, int] = {}
    for is_new, some in groupby(enumerate(commits), lambda each: each[1].expected_version == 0):
        rows = [_artifact_row(place, commit) for place, commit in some]
        numbers.update(connection.executemany(sql.CREATE_ARTIFACT if is_new else sql.REPLACE_ARTIFACT, rows))
    return numbers


def _write_message(connection: apsw.Connection, no: int, row: MessageRow) -> None:
    message = row.message
    state = (row.n, message.category, message.state, message.rule, message.reason)
    bindings = (*state, encode_message(message), row.id)
    connection.execute(sql.UPDATE_MESSAGE, bindings)
    if connection.changes() == 0:
        origin = (no, message.received_at, message.request.topic)
        connection.execute(sql.INSERT_MESSAGE, (*bindings, *origin))


def _entry_row(no: int, entry: Entry) -> tuple[int, int, str | None, str | None, bytes]:
    event = entry.event
    source, id = (event.source, event.id) if event else (None, None)
    return (no, entry.n, source, id, encode_entry(entry))


def _artifact_row(place: int, commit: Commit) -> tuple[Any, ...]:
    artifact = commit.artifact
    return (
        place,
        commit.customer_id,
        artifact.version,
        artifact.now,
        artifact.due,
        artifact.epoch,
        artifact.changed,
        artifact.schema,
        body_of(commit),
        commit.expected_version,
    )


def _asked(place: int, want: Want) -> list[tuple[Any, ...]]:
    """The bindings of sql.LOAD for each of the events, or once without; her body is asked for once."""
    keys: list[tuple[Any, Any]] = [(key.source, key.id) for key in want.events] or [(None, None)]
    return [(place, want.customer_id, 0 if later else want.have, *key) for later, key in enumerate(keys)]


def _known(body: bytes) -> dict[EventKey, Known]:
    entry = decode_entry(body)
    return {entry.event.key: Known(entry.n, entry.content or b"", entry.status)} if entry.event else {}


def _loaded(want: Want, row: list[Any] | None, known: dict[EventKey, Known]) -> Loaded:
    if row is None:
        return Loaded(None)
    if want.have == row[1]:
        return Loaded(None, known, unchanged=True)
    return Loaded(artifact_of(want.customer_id, row), known)


def artifact_of(customer_id: str, row: Sequence[Any]) -> Artifact:
    """The artifact from a row of sql.ARTIFACT."""
    _, version, now, due, epoch, changed, schema, body = row
    return Artifact(
        customer_id, version, now, due, epoch, SCHEMA, decode_artifact_body(schema, body), changed
    )
