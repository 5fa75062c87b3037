"""The one writer of the embedded store: loads what will be folded, and commits a group in one transaction.

A group costs one fsync, whatever its size. Each customer is compared and set by a single statement, so a conflict
writes nothing of hers and the others go on; anything else that fails takes the whole group back (I1, I2).

It refuses to wait for readers: they have connections of their own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, cast

import apsw

from artifact.customer import SCHEMA, Artifact
from artifact.decision import Entry
from store.checks import body_of, closed
from store.codec import (
    decode_artifact_body,
    decode_entry,
    encode_entry,
    encode_message,
    encode_snapshot,
)
from store.embedded import sql
from store.embedded.faults import answering_for
from store.embedded.file import open_writer
from store.port import Commit, CommitResult, Known, Loaded, MessageRow, Publication, RulebookRow, Want


class Writer:
    """The writing connection, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection = open_writer(path)
        self._closed = False

    def load(self, wants: Sequence[Want]) -> list[Loaded]:
        """On this connection and not on a reader's: its page cache holds what was just written."""
        with self._using() as connection:
            return [_loaded(connection, want) for want in wants]

    def commit(self, commits: Sequence[Commit]) -> list[CommitResult]:
        """One group, durable when this returns."""
        with self._transaction() as connection:
            group = _Group(connection)
            results = [group.commit(commit) for commit in commits]
            group.count()
        return results

    def save_rulebook(self, row: RulebookRow, newest: int | None) -> None:
        """Keep a text under the next number, unless its id is taken or `newest` is no longer the newest number."""
        with self._transaction() as connection:
            bindings = (row.id, row.text, row.author, row.saved_at, row.revision, newest)
            connection.execute(sql.SAVE_RULEBOOK, bindings)

    def publish(self, publication: Publication) -> bool:
        """Append a publication if its epoch is the next; answers whether it was."""
        with self._transaction() as connection:
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
            with answering_for(self._path):
                self._connection.close()

    @contextmanager
    def _using(self) -> Iterator[apsw.Connection]:
        with self._lock, answering_for(self._path):
            if self._closed:
                raise closed()
            yield self._connection

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        """All of it or nothing. A fault may have ended the transaction already, then there is nothing to take back."""
        with self._using() as connection:
            connection.execute(sql.BEGIN)
            try:
                yield connection
                connection.execute(sql.COMMIT)
            except BaseException:
                if connection.in_transaction:
                    connection.execute(sql.ROLLBACK)
                raise


class _Group:
    """The customers that are committed in one transaction, and how much they add to the totals."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._customers = self._entries = self._messages = 0

    def commit(self, commit: Commit) -> CommitResult:
        """Compare and set one customer, then write what belongs to the step."""
        no = self._set_artifact(commit)
        if no is None:
            return CommitResult.CONFLICT
        self._connection.executemany(sql.APPEND_ENTRY, [_entry_row(no, entry) for entry in commit.entries])
        for row in commit.messages:
            self._write_message(no, row)
        if (kept := commit.snapshot) is not None:
            bindings = (no, kept.n, kept.now, SCHEMA, encode_snapshot(kept))
            self._connection.execute(sql.KEEP_SNAPSHOT, bindings)
        self._customers += commit.expected_version == 0
        self._entries += len(commit.entries)
        return CommitResult.COMMITTED

    def count(self) -> None:
        """Add this group to the totals."""
        self._connection.execute(sql.COUNT, (self._customers, self._entries, self._messages))

    def _set_artifact(self, commit: Commit) -> int | None:
        artifact = commit.artifact
        row = (
            artifact.version,
            artifact.now,
            artifact.due,
            artifact.epoch,
            artifact.changed,
            artifact.schema,
            body_of(commit),
            commit.customer_id,
        )
        if commit.expected_version == 0:
            found = self._connection.execute(sql.CREATE_ARTIFACT, row).get
        else:
            found = self._connection.execute(sql.REPLACE_ARTIFACT, (*row, commit.expected_version)).get
        return cast("int | None", found)

    def _write_message(self, no: int, row: MessageRow) -> None:
        message = row.message
        state = (row.n, message.category, message.state, message.rule, message.reason)
        bindings = (*state, encode_message(message), row.id)
        self._connection.execute(sql.UPDATE_MESSAGE, bindings)
        if self._connection.changes() == 0:
            origin = (no, message.received_at, message.request.topic)
            self._connection.execute(sql.INSERT_MESSAGE, (*bindings, *origin))
            self._messages += 1


def _entry_row(no: int, entry: Entry) -> tuple[int, int, str | None, str | None, bytes]:
    event = entry.event
    source, id = (event.source, event.id) if event else (None, None)
    return (no, entry.n, source, id, encode_entry(entry))


def _loaded(connection: apsw.Connection, want: Want) -> Loaded:
    row = connection.execute(sql.LOAD, (want.customer_id, want.have)).get
    if row is None:
        return Loaded(None)
    known = {}
    for key in want.events:
        body = connection.execute(sql.KNOWN, (row[0], key.source, key.id)).get
        if body is not None:
            entry = decode_entry(body)
            known[key] = Known(entry.n, entry.content or b"", entry.status)
    if want.have == row[1]:
        return Loaded(None, known, unchanged=True)
    return Loaded(artifact_of(want.customer_id, row), known)


def artifact_of(customer_id: str, row: tuple[Any, ...]) -> Artifact:
    """The artifact from a row of sql.ARTIFACT."""
    _, version, now, due, epoch, changed, schema, body = row
    return Artifact(
        customer_id, version, now, due, epoch, SCHEMA, decode_artifact_body(schema, body), changed
    )
