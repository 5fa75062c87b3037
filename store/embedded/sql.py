"""Every statement the embedded store runs, and the layout they run on.

Integer customer numbers keep the indexes small and the log an append; texts that vary are bound, never pasted.
The layout's number is SCHEMA; it changes with any statement of LAYOUT, and never without an upgrade step.
"""

from store.listing import Place
from store.port import MessageFilter

APPLICATION_ID = 0x4D656D6F
"""`Memo`, in the header of every file that is ours."""

SCHEMA = 3

READABLE = 2
"""The oldest layout that holds all that statements for reading ask for, so that whoever only reads need not wait."""

LAYOUT = """
CREATE TABLE artifact(
  no INTEGER PRIMARY KEY,
  customer TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  now INTEGER NOT NULL,
  due INTEGER,
  epoch INTEGER NOT NULL,
  schema INTEGER NOT NULL,
  body BLOB NOT NULL,
  changed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX artifact_due ON artifact(due) WHERE due IS NOT NULL;
CREATE INDEX artifact_epoch ON artifact(epoch, changed);

CREATE TABLE log(
  seq INTEGER PRIMARY KEY,
  no INTEGER NOT NULL REFERENCES artifact,
  n INTEGER NOT NULL,
  source TEXT,
  event TEXT,
  body BLOB NOT NULL,
  UNIQUE(no, n)
) STRICT;
CREATE UNIQUE INDEX log_event ON log(no, source, event) WHERE event IS NOT NULL;

CREATE TABLE snapshot(
  seq INTEGER PRIMARY KEY,
  no INTEGER NOT NULL REFERENCES artifact,
  n INTEGER NOT NULL,
  now INTEGER NOT NULL,
  schema INTEGER NOT NULL,
  body BLOB NOT NULL,
  UNIQUE(no, n)
) STRICT;

CREATE TABLE message(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  no INTEGER NOT NULL REFERENCES artifact,
  n INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  topic TEXT NOT NULL,
  category TEXT NOT NULL,
  state TEXT NOT NULL,
  rule TEXT,
  reason TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX message_received ON message(received_at DESC, id);
CREATE INDEX message_customer ON message(no, received_at DESC, id);
CREATE INDEX message_topic ON message(topic, received_at DESC, id);
CREATE INDEX message_category ON message(category, received_at DESC, id);
CREATE INDEX message_state ON message(state, received_at DESC, id);
CREATE INDEX message_rule ON message(rule, received_at DESC, id) WHERE rule IS NOT NULL;
CREATE INDEX message_reason ON message(reason, received_at DESC, id);

CREATE TABLE rulebook(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  revision TEXT
) STRICT;

CREATE TABLE publication(
  epoch INTEGER PRIMARY KEY,
  rulebook TEXT NOT NULL,
  revision TEXT NOT NULL,
  effective_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  call TEXT NOT NULL DEFAULT ''
) STRICT;
"""

CREATE = f"""
PRAGMA secure_delete = ON;
BEGIN EXCLUSIVE;
{LAYOUT}
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};
COMMIT;
"""

UPGRADES = {
    1: """
ALTER TABLE artifact ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE publication ADD COLUMN call TEXT NOT NULL DEFAULT '';
DROP INDEX artifact_epoch;
CREATE INDEX artifact_epoch ON artifact(epoch, changed);
""",
    2: "DROP TABLE total",
}
"""From each older layout to the next."""

WRITER_SETTINGS = """
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 2000;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -65536;
PRAGMA temp_store = MEMORY;
"""
"""What was acknowledged is on the disk, and what was deleted is not. fullfsync counts on macOS only."""

READER_SETTINGS = """
PRAGMA busy_timeout = 5000;
PRAGMA query_only = ON;
PRAGMA cache_size = -8192;
PRAGMA mmap_size = 268435456;
PRAGMA temp_store = MEMORY;
"""

IS_EMPTY = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)"
BEGIN = "BEGIN IMMEDIATE"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"

CREATE_ARTIFACT = """
INSERT INTO artifact(customer, version, now, due, schema, body, epoch, changed) VALUES(?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(customer) DO NOTHING"""
REPLACE_ARTIFACT = """
UPDATE artifact SET version = ?2, now = ?3, due = ?4, schema = ?5, body = ?6 WHERE customer = ?1 AND version = ?7"""
FOLLOW = "UPDATE artifact SET epoch = ?2, changed = ?3 WHERE customer = ?1 AND (epoch <> ?2 OR changed <> ?3)"
"""Apart from the rest, because a column that is set has its index written anew, and only a publication changes these."""
_NUMBER = "(SELECT no FROM artifact WHERE customer = ?1)"
APPEND_ENTRY = f"INSERT INTO log(no, n, source, event, body) VALUES({_NUMBER}, ?2, ?3, ?4, ?5)"
KEEP_SNAPSHOT = f"INSERT INTO snapshot(no, n, now, schema, body) VALUES({_NUMBER}, ?2, ?3, ?4, ?5)"
UPDATE_MESSAGE = """
UPDATE message SET n = ?, category = ?, state = ?, rule = ?, reason = ?, body = ? WHERE id = ? AND received_at = ?"""
PUT_MESSAGE = f"""
INSERT OR REPLACE INTO message(no, topic, n, category, state, rule, reason, body, id, received_at)
VALUES({_NUMBER}, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"""
"""Of a new message, or of one that was asked for again: all indexes hold when it was received, which rarely changes."""

ARTIFACT = "SELECT no, version, now, due, epoch, changed, schema, body FROM artifact WHERE customer = ?"
LOAD = """
SELECT ?1, (SELECT body FROM log WHERE no = artifact.no AND source = ?4 AND event = ?5),
  no, version, now, due, epoch, changed, schema, iif(?3 IN (version, 0), NULL, body)
FROM artifact WHERE customer = ?2"""
"""The same for each event of each customer: ?1 is the place of whoever wants her, who has no use for a second body (0)."""
HISTORY = """
SELECT body FROM log WHERE no = (SELECT no FROM artifact WHERE customer = ?) AND n > ? ORDER BY n LIMIT ?"""
EVENT = """
SELECT body FROM log WHERE no = (SELECT no FROM artifact WHERE customer = ?) AND source = ? AND event = ?"""
SNAPSHOTS = "SELECT n FROM snapshot WHERE no = (SELECT no FROM artifact WHERE customer = ?) ORDER BY n"
SNAPSHOT = """
SELECT now, schema, body FROM snapshot WHERE no = (SELECT no FROM artifact WHERE customer = ?) AND n = ?"""
CUSTOMERS = "SELECT customer FROM artifact WHERE customer > ? ORDER BY customer LIMIT ?"
DUE = "SELECT customer, due FROM artifact WHERE due <= ? ORDER BY due LIMIT ?"
BEHIND = "SELECT customer FROM artifact WHERE epoch < ? ORDER BY epoch LIMIT ?"
FOLLOWED = """
SELECT count(*), coalesce(sum(changed) FILTER (WHERE epoch = ?1), 0),
  (SELECT coalesce(max(no), 0) FROM artifact)
FROM artifact WHERE epoch >= ?1"""
TOTALS = """
SELECT (SELECT coalesce(max(no), 0) FROM artifact), (SELECT coalesce(max(seq), 0) FROM log),
  (SELECT coalesce(max(seq), 0) FROM message)"""
"""Rows are numbered from 1 on and none is ever taken away, so the last number is how many there are."""

SAVE_RULEBOOK = """
INSERT INTO rulebook(id, text, author, saved_at, revision, number)
SELECT ?, ?, ?, ?, ?, coalesce(max(number), 0) + 1 FROM rulebook WHERE TRUE
HAVING ?1 IN (SELECT id FROM rulebook) OR coalesce(?6, max(number), 0) = coalesce(max(number), 0)
ON CONFLICT(id) DO NOTHING"""
RULEBOOK = "SELECT id, number, text, author, saved_at, revision FROM rulebook WHERE id = ?"
RULEBOOKS = """
SELECT id, number, text, author, saved_at, revision FROM rulebook WHERE number < ? ORDER BY number DESC LIMIT ?"""
PUBLISH = """
INSERT INTO publication(epoch, rulebook, revision, effective_at, actor, call)
SELECT ?, ?, ?, ?, ?, ? WHERE ? = (SELECT coalesce(max(epoch), 0) FROM publication) RETURNING epoch"""
PUBLICATIONS = "SELECT epoch, rulebook, revision, effective_at, actor, call FROM publication ORDER BY epoch"

_MESSAGE = """
SELECT m.id, a.customer, m.n, m.body FROM message AS m JOIN artifact AS a ON a.no = m.no WHERE """
MESSAGE = _MESSAGE + "m.id = ?"

Bindings = tuple[str | int, ...]


def message_listing(
    where: MessageFilter, state: str | None, place: Place | None, limit: int
) -> tuple[str, Bindings]:
    """The statement that lists rows of at most one state, in the order of the listing, and what to bind to it."""
    conditions: list[tuple[str, Bindings]] = [("TRUE", ())]
    if where.customer_id is not None:
        conditions.append(("m.no = (SELECT no FROM artifact WHERE customer = ?)", (where.customer_id,)))
    columns = {
        "m.topic = ?": where.topic,
        "m.category = ?": where.category,
        "m.state = ?": state,
        "m.rule = ?": where.rule,
        "m.reason = ?": where.reason,
        "m.received_at >= ?": where.since,
        "m.received_at < ?": where.before,
    }
    conditions += [(text, (value,)) for text, value in columns.items() if value is not None]
    if place is not None:
        at, id = -place[0], place[1]
        conditions.append(("m.received_at <= ? AND (m.received_at < ? OR m.id > ?)", (at, at, id)))
    text = _MESSAGE + " AND ".join(text for text, _ in conditions)
    bindings = tuple(value for _, values in conditions for value in values)
    return f"{text} ORDER BY m.received_at DESC, m.id LIMIT ?", (*bindings, limit)
