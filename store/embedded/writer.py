"""The one writer of the embedded store: loads what will be folded, and commits a group in one transaction.

A group costs one fsync, whatever its size. Each customer is compared and set by a single statement, so a conflict
writes nothing of hers and the others go on; anything else that fails takes the whole group back (I1, I2).

It refuses to wait for readers: they have connections of their own.
"""

from collections.abc import Sequence
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
        with self._lock, AnsweringFor(self._path), self._transaction() as connection:
            return _write(connection, commits)

    def save_rulebook(self, row: RulebookRow, newest: int | None) -> None:
        """Keep a text under the next number, unless its id is taken or `newest` is no longer the newest number."""
        with self._lock, AnsweringFor(self._path), self._transaction() as connection:
            bindings = (row.id, row.text, row.author, row.saved_at, row.revision, newest)
            connection.execute(sql.SAVE_RULEBOOK, bindings)

    def publish(self, publication: Publication) -> bool:
        """Append a publication if its epoch is the next; answers whether it was."""
        with self._lock, AnsweringFor(self._path), self._transaction() as connection:
            bindings = (
                publication.epoch,
                publication.rulebook_id,
                publication.revision,
                publication.effective_at,
                publication.actor,
                publication.call,
                publication.epoch - 1,
            )
            return connection.execute(sql.PUBLISH, bindings).get is not None

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        with self._lock:
            self._closed = True
            with AnsweringFor(self._path):
                self._connection.close()

    def _open(self) -> apsw.Connection:
        if self._closed:
            raise closed()
        return self._connection

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._open())


class _Transaction:
    """All of it or nothing. A fault may have ended it already: then there is nothing to take back, which the driver's
    own would not know.
    """

    __slots__ = ("_connection",)

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> apsw.Connection:
        self._connection.execute(sql.BEGIN)
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._connection.execute(sql.COMMIT)
        finally:
            if self._connection.in_transaction:
                self._connection.execute(sql.ROLLBACK)


def _write(connection: apsw.Connection, commits: Sequence[Commit]) -> list[CommitResult]:
    """Compare and set each customer, then write what belongs to the steps of those that were set.

    A statement that has nothing to answer runs for all of them in a row: to begin one costs as much as it does.
    """
    results = [COMMITTED if _is_set(connection, commit) else CONFLICT for commit in commits]
    done = [commit for commit, result in zip(commits, results, strict=True) if result is COMMITTED]
    connection.executemany(sql.FOLLOW, [(c.customer_id, c.artifact.epoch, c.artifact.changed) for c in done])
    connection.executemany(sql.APPEND_ENTRY, [_entry_row(c.customer_id, e) for c in done for e in c.entries])
    for commit in done:
        for row in commit.messages:
            _write_message(connection, row)
        if (kept := commit.snapshot) is not None:
            bindings = (commit.customer_id, kept.n, kept.now, SCHEMA, encode_snapshot(kept))
            connection.execute(sql.KEEP_SNAPSHOT, bindings)
    return results


def _is_set(connection: apsw.Connection, commit: Commit) -> bool:
    """Whether she stood at the version expected; then she stands at the new one."""
    artifact = commit.artifact
    row = (
        commit.customer_id,
        artifact.version,
        artifact.now,
        artifact.due,
        artifact.schema,
        body_of(commit),
    )
    if commit.expected_version == 0:
        connection.execute(sql.CREATE_ARTIFACT, (*row, artifact.epoch, artifact.changed))
    else:
        connection.execute(sql.REPLACE_ARTIFACT, (*row, commit.expected_version))
    return connection.changes() == 1


def _write_message(connection: apsw.Connection, row: MessageRow) -> None:
    message = row.message
    state = (row.n, message.category, message.state, message.rule, message.reason)
    bindings = (*state, encode_message(message), row.id, message.received_at)
    connection.execute(sql.UPDATE_MESSAGE, bindings)
    if connection.changes() == 0:
        connection.execute(sql.PUT_MESSAGE, (row.customer_id, message.request.topic, *bindings))


def _entry_row(customer_id: str, entry: Entry) -> tuple[str, int, str | None, str | None, bytes]:
    event = entry.event
    source, id = (event.source, event.id) if event else (None, None)
    return (customer_id, entry.n, source, id, encode_entry(entry))


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
