"""Events into memory. Pure: the same events in the same order give the same facts, whenever that is done.

It reads `event.at` and deadlines of the memory itself, never our clock (`now`), and asks for messages and tasks
as data (engine.outputs). An event of a type that neither we nor the rulebook knows leaves the memory alone.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from artifact.event import Event, EventKey, Subject
from artifact.facts import Commitment, CommitmentState, Facts, Stamp
from artifact.instant import SECOND, Instant
from artifact.limits import Limits
from dsl.react import PENDING, SILENT
from dsl.rulebook import Counted, Rulebook
from dsl.verdict import Raised
from engine.builtin import CORRECTION, FACT_TABLE, TALK_TYPES
from engine.effects import apply_effect
from engine.history import remembered
from engine.order import after_event
from engine.outputs import Output
from engine.points import valued


class Folding(msgspec.Struct, gc=False, eq=False):
    """One folding under way: the facts so far and what was asked for.

    `root` is the event that is being folded, None while a deadline fires.
    """

    facts: Facts
    book: Rulebook | None
    limits: Limits
    root: EventKey | None = None
    outputs: list[Output] = []
    queue: list[tuple[Event, int]] = []
    scored: bool = False
    counted: Mapping[str, Counted] = {}

    @property
    def zone(self) -> str:
        """The customer's zone, else the rulebook's."""
        return zone_of_customer(self.facts, self.book)

    def raise_event(
        self, cause: Event, type: str, about: Subject | None, depth: int, data: dict[str, Any]
    ) -> Event | None:
        """Queue an event that the engine makes, unless it is too deep to be anything but a loop."""
        if depth >= self.limits.event_depth:
            return None
        name = f"{about.kind}/{about.reference}" if about else ""
        derived = replace(cause, type=type, about=about, data=data, id=f"{cause.id}/{type}/{name}")
        self.queue.append((derived, depth + 1))
        return derived


def in_memory(event: Event, book: Rulebook | None) -> bool:
    """Whether events of this type are part of the memory under this rulebook."""
    if event.type in TALK_TYPES or event.type == CORRECTION:
        return False
    return event.type in FACT_TABLE or (book is not None and event.type in book.event_types)


def zone_of_customer(facts: Facts, book: Rulebook | None) -> str:
    """Her zone where it is known, the rulebook's where it is not, UTC without a rulebook."""
    return facts.preferences.zone or (book.zone if book is not None else "UTC")


def fold_event(
    facts: Facts,
    event: Event,
    book: Rulebook | None,
    limits: Limits,
    counted: Mapping[str, Counted] | None = None,
) -> tuple[Facts, list[Output]]:
    """The memory after `event`, which must not be late, and what is asked for. Deadlines before it fire first.

    `counted` are the events to keep for counting, if not those that `book` counts.
    """
    kept = _counted(book, counted)
    first = next_deadline(facts, limits)
    if (first is None or first >= event.at) and not is_heard(event.type, book, kept):
        high, seats = after_event(facts, event)
        return replace(facts, high_water=high, seats=seats), []
    folding = Folding(facts, book, limits, counted=kept)
    if first is not None and first < event.at:
        _fire(folding, Stamp(event.at))
    high, seats = after_event(folding.facts, event)
    folding.facts = replace(folding.facts, high_water=high, seats=seats)
    folding.root = event.key
    folding.queue.append((event, 0))
    _drain(folding)
    return folding.facts, folding.outputs


def is_heard(type: str, book: Rulebook | None, counted: Mapping[str, Counted]) -> bool:
    """Whether anything comes of events of this type but that time goes on."""
    return type in FACT_TABLE or type in counted or (book is not None and book.hears(type))


def _counted(book: Rulebook | None, counted: Mapping[str, Counted] | None) -> Mapping[str, Counted]:
    return counted if counted is not None else book.counted if book is not None else {}


def fold_deadlines(
    facts: Facts,
    until: Instant,
    book: Rulebook | None,
    limits: Limits,
    counted: Mapping[str, Counted] | None = None,
) -> tuple[Facts, list[Output]]:
    """The memory once all its deadlines at or before `until` have fired."""
    first = next_deadline(facts, limits)
    if first is None or first > until:
        return facts, []
    folding = Folding(facts, book, limits, counted=_counted(book, counted))
    _fire(folding, Stamp(until, 2))
    return folding.facts, folding.outputs


def next_deadline(facts: Facts, limits: Limits) -> Instant | None:
    """The next instant at which the memory changes by itself."""
    pending = _deadlines(facts, limits)
    return min(pending)[0] if pending else None


def _deadlines(facts: Facts, limits: Limits) -> list[tuple[Instant, str, str, str]]:
    grace = limits.grace_seconds * SECOND
    pending: list[tuple[Instant, str, str, str]] = []
    for c in facts.commitments:
        if c.state is CommitmentState.OPEN:
            pending.append((c.due + grace, "commitment", c.name, c.reference))
            for stage in c.stages:
                pending.append((stage.at + grace, "stage", c.name, c.reference))
    for w in facts.watches:
        pending.append((w.due, "silence", w.kind, w.reference))
    for s in facts.situations:
        if s.expires_at is not None and s.open:
            pending.append((s.expires_at, "situation", s.kind, s.reference))
    return pending


def _fire(folding: Folding, before: Stamp) -> None:
    while True:
        pending = _deadlines(folding.facts, folding.limits)
        if not pending:
            return
        at, what, name, reference = min(pending)
        if not Stamp(at, 1) < before:
            return
        high = max(Stamp(at, 1), folding.facts.high_water or Stamp(at, 1))
        folding.facts = replace(folding.facts, high_water=high, seats=())
        _FIRE[what](folding, at, name, reference)
        _drain(folding)


def _deadline_event(folding: Folding, at: Instant, type: str, subject: Subject, since: Instant) -> Event:
    """An engine-made event; its id follows from what it ends, so that firing it again is the same event."""
    return Event(
        customer_id="",
        source="memento",
        id=f"{type}/{subject.kind}/{subject.reference}/{since}",
        type=type,
        at=at,
        received_at=at,
        about=subject,
    )


def _break(folding: Folding, at: Instant, name: str, reference: str) -> None:
    broken: Commitment | None = None
    commitments = []
    for commitment in folding.facts.commitments:
        if (commitment.name, commitment.reference) == (
            name,
            reference,
        ) and commitment.state is CommitmentState.OPEN:
            commitment = broken = replace(commitment, state=CommitmentState.BROKEN, judged_at=at, stages=())
        commitments.append(commitment)
    folding.facts = replace(folding.facts, commitments=tuple(commitments))
    if broken is not None:
        event = _deadline_event(
            folding, at, "commitment.broken", Subject(name, reference), broken.promised_at
        )
        folding.queue.append((replace(event, data=broken.data), 0))


def _expire(folding: Folding, at: Instant, kind: str, reference: str) -> None:
    situations = []
    for situation in folding.facts.situations:
        if (situation.kind, situation.reference) == (kind, reference):
            event = _deadline_event(
                folding, at, "situation.expired", Subject(kind, reference), situation.opened_at
            )
            folding.queue.append((replace(event, data=situation.data), 0))
            situation = replace(
                situation, state="closed", open=False, closed_at=at, changed_at=at, expires_at=None
            )
        situations.append(situation)
    folding.facts = replace(folding.facts, situations=tuple(situations))


def _come(folding: Folding, at: Instant, name: str, reference: str) -> None:
    """The earliest stage of a promise that is still pending."""
    commitments = []
    for commitment in folding.facts.commitments:
        if (commitment.name, commitment.reference) == (name, reference) and commitment.stages:
            come = min(commitment.stages, key=lambda stage: (stage.at, stage.number))
            since = commitment.promised_at
            event = _deadline_event(folding, at, PENDING, Subject(name, reference), since)
            event = replace(event, id=f"{event.id}/{come.number}", seq=come.number, data=commitment.data)
            folding.queue.append((event, 0))
            left = tuple(stage for stage in commitment.stages if stage is not come)
            commitment = replace(commitment, stages=left, staged=True)
        commitments.append(commitment)
    folding.facts = replace(folding.facts, commitments=tuple(commitments))


def _fall_silent(folding: Folding, at: Instant, kind: str, reference: str) -> None:
    """Nothing that breaks the silence has come: whoever listens hears it once."""
    heard = [w for w in folding.facts.watches if (w.kind, w.reference) == (kind, reference)]
    left = tuple(w for w in folding.facts.watches if w not in heard)
    folding.facts = replace(folding.facts, watches=left)
    for watch in heard:
        event = _deadline_event(folding, at, SILENT, Subject(kind, reference), watch.due)
        folding.queue.append((replace(event, data=watch.data), 0))


_FIRE = {"commitment": _break, "situation": _expire, "stage": _come, "silence": _fall_silent}
"""What each deadline of the memory does."""


def _drain(folding: Folding) -> None:
    """Run the queue. All effects of one event are found against the facts as they were before the first of them."""
    at = folding.queue[0][0].at if folding.queue else None
    while folding.queue:
        event, depth = folding.queue.pop(0)
        builtin = FACT_TABLE.get(event.type)
        if builtin is not None:
            folding.facts = builtin(folding.facts, event, folding.limits)
        reaction = _reaction(folding, event)
        folding.facts = remembered(folding.facts, event, folding.counted, folding.limits)
        for raised in reaction:
            apply_effect(folding, event, raised, depth)
    if folding.scored and folding.book is not None and at is not None:
        folding.facts = valued(folding.facts, folding.book, folding.zone, at)
        folding.scored = False


def _reaction(folding: Folding, event: Event) -> tuple[Raised, ...]:
    if folding.book is None:
        return ()
    return folding.book.react(event, folding.facts, folding.zone).raised
