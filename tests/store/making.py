"""Small steps of a customer for the tests of stores: real artifacts, entries and messages with little in them.

What is inside a body does not matter to a store, so it only has to differ from version to version.
"""

from collections.abc import Sequence

import msgspec

from artifact.customer import Artifact, Body, Snapshot, Talk
from artifact.decision import Entry, EntryKind, EventStatus
from artifact.event import Event, EventKey, event_content
from artifact.facts import Fact, Facts
from artifact.instant import SECOND, Instant
from artifact.message import Message, MessageState, Request
from store.port import Commit, CommitResult, MessageRow, Store, Want

NOON: Instant = 1_795_000_000 * SECOND
SOURCE = "claims"


def event(customer: str, id: str, source: str = SOURCE, size: int = 0) -> Event:
    data = {"state": "approved", "amount": 1234.5, "note": "x" * size}
    return Event(customer, source, id, "claim.changed", NOON, NOON + SECOND, seq=3, data=data)


def entry(customer: str, n: int, event_id: str | None) -> Entry:
    if event_id is None:
        return Entry(n, EntryKind.TIMER, NOON + n, "7", "env", timer_at=NOON)
    folded = event(customer, event_id)
    return Entry(
        n, EntryKind.EVENT, NOON + n, "7", "env", folded, event_content(folded), status=EventStatus.LATE
    )


def body(n: int, size: int = 0) -> Body:
    facts = Facts(attributes={"version": Fact(n, NOON), "filling": Fact("y" * size, NOON)})
    return Body(facts, Talk(revision="7", records_hash=bytes([n % 256]) * 16))


def message_row(
    customer: str,
    id: str,
    n: int,
    *,
    state: MessageState = MessageState.WAITING,
    received_at: Instant = NOON,
    topic: str = "claim",
    category: str = "service",
    rule: str | None = None,
    reason: str = "",
) -> MessageRow:
    request = Request(SOURCE, f"e-{id}", NOON, topic, data={"amount": 5})
    message = Message(id, n, received_at, request, state=state, reason=reason, rule=rule, category=category)
    return MessageRow(id, customer, n, message)


def step(
    customer: str,
    after: int,
    *events: str | None,
    messages: Sequence[MessageRow] = (),
    due: Instant | None = None,
    epoch: int = 0,
    changed: int = 0,
    snapshot: bool = False,
    size: int = 0,
) -> Commit:
    """The commit that follows version `after`: one entry per event (None: a timer), one timer if there is none."""
    entries = tuple(entry(customer, after + 1 + i, id) for i, id in enumerate(events or (None,)))
    last = entries[-1]
    artifact = Artifact(customer, last.n, last.now, due, epoch, body=body(last.n, size), changed=changed)
    kept = Snapshot(last.n, last.now, artifact.body) if snapshot else None
    return Commit(customer, after, artifact, entries, tuple(messages), kept)


async def committed(store: Store, *commits: Commit) -> None:
    """Commit, and insist."""
    assert await store.commit(commits) == [CommitResult.COMMITTED] * len(commits)


async def known(store: Store, customer: str, *ids: str) -> dict[str, int]:
    """The entries at which these events are in the log, as `load` tells it."""
    loaded = (await store.load([Want(customer, tuple(EventKey(SOURCE, id) for id in ids))]))[0]
    return {key.id: found.n for key, found in loaded.known.items()}


def with_state(row: MessageRow, n: int, state: MessageState, **changed: object) -> MessageRow:
    message = msgspec.structs.replace(row.message, state=state, **changed)
    return MessageRow(row.id, row.customer_id, n, message)
