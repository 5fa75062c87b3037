"""One log entry: the artifact before, what comes in, and the artifact after, with the decisions that were made.

Pure. The version grows by one with each entry and deciding runs once in each, so neither batching nor a kill
changes a byte (I3). `now` is given: the store's clock, never earlier than the customer's last entry.
"""

from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.customer import Artifact, Body, StaffTask
from artifact.decision import ACCEPTED, Entry, EntryKind, EventStatus, Intent, KeptRecord
from artifact.errors import ErrorCode, InputError
from artifact.event import Event, event_content
from artifact.facts import CommitmentState, Facts
from artifact.instant import Instant
from artifact.message import Message
from dsl.change import Change
from engine.awaiting import forget, note
from engine.builtin import CORRECTION, TALK_TYPES
from engine.deciding import decide, still_decided
from engine.fold import fold_deadlines, fold_event, in_memory
from engine.history import counted_from_now, recounted
from engine.intents import commit_intent
from engine.judging import Memo
from engine.order import is_late
from engine.past import Past, correction_key
from engine.performing import perform
from engine.refold import clear_corrected, counted_anew, fold_too_late, refold
from engine.scene import Scene
from engine.taking_back import apply_difference, take_back_request
from engine.talk_table import TALK_TABLE
from engine.talking import Talking, begin
from engine.waking import needed


class NeedsPast(Exception):  # a question to the caller, no error
    """The event belongs below the high water: the caller must bring the past from `at` on (engine.refold.Past)."""

    def __init__(self, at: Instant) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True, slots=True)
class TooDeep:
    """The past goes deeper than the limit: the event only reaches the timeline. `corrected` for a correction."""

    corrected: Event | None = None


class Stepped(msgspec.Struct, frozen=True, gc=False):
    """The artifact after the entry, the entry, the messages whose state it changed, and when a timer must run next."""

    artifact: Artifact
    entry: Entry
    changed: tuple[Message, ...]
    wake: Instant | None


def step_event(
    artifact: Artifact,
    event: Event,
    now: Instant,
    scene: Scene,
    past: Past | TooDeep | None = None,
    memo: Memo | None = None,
) -> Stepped:
    """Fold one event and decide.

    Raises NeedsPast where the event is late or corrects another and `past` is not given, and InputError where the
    event cannot be accepted; then nothing has changed.
    """
    talking = _begin(artifact, now, scene, memo)
    facts, status = artifact.body.facts, ACCEPTED
    if event.type in TALK_TYPES:
        TALK_TABLE[event.type](talking, facts, event, scene)
    elif event.type == CORRECTION:
        facts, status = _correct(talking, facts, event, scene, past)
    elif in_memory(event, scene.book):
        facts, status = _remember(talking, facts, event, scene, past)
        note(talking, event, scene.book)
    _decide(artifact, talking, facts, scene, event.type, memo)
    entry = Entry(
        n=talking.n,
        kind=_kind(event.type),
        now=now,
        revision=scene.revision,
        environment=scene.environment,
        event=event,
        content=event_content(event),
        status=status,
        out=_in_order(talking.records),
    )
    return _finish(artifact, entry, talking, facts, scene, memo)


def step_timer(
    artifact: Artifact, due: Instant, now: Instant, scene: Scene, memo: Memo | None = None
) -> Stepped:
    """Fire what is due at or before `due`, and decide."""
    talking = _begin(artifact, now, scene, memo)
    facts, outputs = fold_deadlines(artifact.body.facts, due, scene.book, scene.limits)
    perform(talking, outputs, scene, "timer.due", frozenset())
    _decide(artifact, talking, facts, scene, "timer.due", memo)
    entry = Entry(
        n=talking.n,
        kind=EntryKind.TIMER,
        now=now,
        revision=scene.revision,
        environment=scene.environment,
        timer_at=due,
        out=_in_order(talking.records),
    )
    return _finish(artifact, entry, talking, facts, scene, memo)


def step_rulebook(
    artifact: Artifact,
    now: Instant,
    scene: Scene,
    memo: Memo | None = None,
    before: Past | TooDeep | Change | None = None,
) -> Stepped:
    """Decide everything anew under the rulebook of the scene. Anchors survive.

    What it counts is counted as if it always had been. `before` is the whole log, where the rulebook before counted
    less; else, where it can be told, how that one's rules differ: whom that does not concern is not decided anew.
    """
    talking = _begin(artifact, now, scene, memo)
    facts = _recounted(artifact.body.facts, scene, before)
    change = before if isinstance(before, Change) else None
    _decide(artifact, talking, facts, scene, "rulebook.activated", memo, change)
    entry = Entry(
        n=talking.n,
        kind=EntryKind.RULEBOOK,
        now=now,
        revision=scene.revision,
        environment=scene.environment,
        out=_in_order(talking.records),
    )
    return _finish(artifact, entry, talking, facts, scene, memo)


def _recounted(facts: Facts, scene: Scene, past: Past | TooDeep | Change | None) -> Facts:
    counted = scene.book.counted if scene.book is not None else {}
    if isinstance(past, Past):
        return counted_anew(facts, past, scene.revision, scene.limits)
    if isinstance(past, TooDeep):
        return counted_from_now(facts, counted, scene.limits)
    return recounted(facts, counted, scene.limits)


def step_intent(
    artifact: Artifact, intent: Intent, now: Instant, scene: Scene, memo: Memo | None = None
) -> Stepped | None:
    """Decide once more, then commit the intent for those of the deliveries that are still due; None for none (I6)."""
    talking = _begin(artifact, now, scene, memo)
    facts = artifact.body.facts
    _decide(artifact, talking, facts, scene, "intent", memo)
    taken = commit_intent(talking, intent, now)
    if not taken:
        return None
    _decide(artifact, talking, facts, scene, "intent", memo)
    entry = Entry(
        n=talking.n,
        kind=EntryKind.INTENT,
        now=now,
        revision=scene.revision,
        environment=scene.environment,
        intent=replace(intent, deliveries=taken),
        out=_in_order(talking.records),
    )
    return _finish(artifact, entry, talking, facts, scene, memo)


def _begin(artifact: Artifact, now: Instant, scene: Scene, memo: Memo | None) -> Talking:
    """A working copy for the next entry; who is open is at hand where this memo has seen the entry before."""
    talk = artifact.body.talk
    known = memo.messages if memo is not None and memo.talk is talk else {m.id: m for m in talk.messages}
    return begin(artifact.customer_id, talk, artifact.version + 1, now, scene.limits, known)


# Asked for each event, of the few types that there are.
@lru_cache(maxsize=1_024)
def _kind(type: str) -> EntryKind:
    if type.startswith("staff.") or type == "delivery.told":
        return EntryKind.COMMAND
    return EntryKind.OUTCOME if type.startswith("delivery.") else EntryKind.EVENT


def _remember(
    talking: Talking, facts: Facts, event: Event, scene: Scene, past: Past | TooDeep | None
) -> tuple[Facts, EventStatus]:
    if not is_late(facts, event):
        new, outputs = fold_event(facts, event, scene.book, scene.limits)
        perform(talking, outputs, scene, event.type, frozenset())
        return new, ACCEPTED
    if past is None:
        raise NeedsPast(event.at)
    if isinstance(past, TooDeep):
        return fold_too_late(facts, event, scene.limits), EventStatus.LATE
    apply_difference(talking, refolded := refold(past, event, scene.revision, scene.limits), event, scene)
    return refolded.facts, ACCEPTED


def _correct(
    talking: Talking, facts: Facts, event: Event, scene: Scene, past: Past | TooDeep | None
) -> tuple[Facts, EventStatus]:
    if past is None:
        raise NeedsPast(event.at)
    key = correction_key(event)
    corrected = past.corrected if isinstance(past, TooDeep) else past.corrected.get(key)
    if corrected is None:
        raise InputError(
            ErrorCode.EVENT_UNKNOWN,
            f"no event `{key.id}` of `{key.source}` is known of this customer",
            path=("data", "id"),
        )
    if corrected.type == "message.requested":
        take_back_request(talking, corrected, scene, event.type)
        return facts, ACCEPTED
    forget(talking, corrected.key)
    if isinstance(past, TooDeep):
        return _correct_too_deep(talking, facts, event, corrected), EventStatus.LATE
    refolded = refold(past, event, scene.revision, scene.limits)
    apply_difference(talking, refolded, corrected, scene, cause=event.type)
    return refolded.facts, ACCEPTED


def _correct_too_deep(talking: Talking, facts: Facts, event: Event, corrected: Event) -> Facts:
    """Facts that still carry the event's value are cleared, and a person is asked for the rest."""
    talking.task(
        StaffTask(
            id=derived_id("t", talking.customer_id, event.source, event.id, "correction"),
            kind="correction_too_late",
            raised_at=talking.now,
            reason=event.data.get("reason") or "an event too far back was corrected",
        )
    )
    return clear_corrected(facts, corrected)


def _decide(
    artifact: Artifact,
    talking: Talking,
    facts: Facts,
    scene: Scene,
    cause: str,
    memo: Memo | None,
    change: Change | None = None,
) -> None:
    if not still_decided(artifact, talking, facts, scene, change):
        decide(artifact, talking, facts, scene, cause, memo)


def _finish(
    artifact: Artifact, entry: Entry, talking: Talking, facts: Facts, scene: Scene, memo: Memo | None
) -> Stepped:
    """Close the books of this entry, and compute when something must run next."""
    broken = artifact.body.talk.broken
    if facts.commitments is not artifact.body.facts.commitments:
        broken = _known_broken(broken, facts)
    talk = talking.finished(scene, broken)
    body = Body(facts, talk)
    wake, due = needed(body, scene)
    after = replace(artifact, version=entry.n, now=entry.now, due=due, body=body)
    if memo is not None:
        memo.talk, memo.messages = talk, talking.shared()
    return Stepped(after, entry, tuple(talking.changed.values()), wake)


def _in_order(records: list[KeptRecord]) -> tuple[KeptRecord, ...]:
    return tuple(sorted(records, key=_message_of) if len(records) > 1 else records)


_message_of = attrgetter("message")


def _known_broken(known: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    """Commitments that were known broken once: one of them KEPT now was kept, but known late. Made anew, it begins anew."""
    if not facts.commitments:
        return known
    states = {f"{c.name}/{c.reference}": c.state for c in facts.commitments}
    broken = [name for name, state in states.items() if state is CommitmentState.BROKEN]
    kept = (name for name in (*known, *broken) if states.get(name) is not CommitmentState.OPEN)
    return tuple(dict.fromkeys(kept))[-128:]
