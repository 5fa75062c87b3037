"""The memory folded anew where an event comes late or is taken back.

Both memories are folded, without the change and with it: the first proves what was asked for before, the second is
the new memory, and the difference says which messages and tasks to add and which to take back. Effects on people
therefore happen once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from artifact.customer import Snapshot
from artifact.decision import Entry, EventStatus
from artifact.event import Event, EventKey
from artifact.facts import EMPTY_FACTS, Facts
from artifact.instant import Instant
from artifact.limits import Limits
from dsl.rulebook import Counted, Rulebook
from engine.builtin import CORRECTION, FACT_TABLE, flat
from engine.fold import fold_deadlines, fold_event, in_memory
from engine.history import joined, recounted, remembered
from engine.order import in_order, place_in
from engine.outputs import Asked, Output, Settled, Tasked, Withdrew


@dataclass(frozen=True, slots=True)
class Past:
    """What must be known of the log: a usable snapshot (None: the beginning), all entries after it, their books.

    `corrected` are the events that corrections among the entries, or the change itself, take back, however far back
    they stand.
    """

    snapshot: Snapshot | None
    entries: tuple[Entry, ...]
    books: Mapping[str, Rulebook | None]
    corrected: Mapping[EventKey, Event] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refolded:
    """The new memory, and what it asks for that the old one did not (`added`), and the other way round.

    `outdated` are causes that are no longer the newest of their source and subject: what they ask for now is
    superseded on arrival.
    """

    facts: Facts
    added: tuple[Output, ...]
    removed: tuple[Output, ...]
    outdated: frozenset[EventKey]


@dataclass(frozen=True, slots=True)
class _Item:
    """Not `folded`: no part of the memory under its own rulebook, but counted by another one."""

    event: Event
    revision: str
    folded: bool = True


@dataclass(frozen=True, slots=True)
class _Run:
    """One history to fold: events in the order of the memory, timers by instant."""

    items: tuple[_Item, ...]
    timers: tuple[tuple[Instant, str], ...]
    late: tuple[Event, ...]


def correction_key(event: Event) -> EventKey:
    """Which event a correction takes back."""
    return EventKey(event.data["source"], event.data["id"])


def depth(past: Past, at: Instant) -> int:
    """How many entries were made since the first event that the memory places at or after `at`.

    The same whichever usable snapshot the past begins with: below it no such event is left.
    """
    gone = {correction_key(e.event) for e in past.entries if e.event is not None and _corrects(e)}
    first = next(
        (
            e.n
            for e in past.entries
            if e.event is not None
            and e.event.at >= at
            and _is_remembered(e, past)
            and e.event.key not in gone
        ),
        None,
    )
    return past.entries[-1].n - first + 1 if first is not None else 0


def _is_remembered(entry: Entry, past: Past) -> bool:
    return (
        entry.event is not None
        and entry.status is EventStatus.ACCEPTED
        and in_memory(entry.event, past.books.get(entry.revision))
    )


def refold(past: Past, change: Event, revision: str, limits: Limits) -> Refolded:
    """Fold the past without `change` (a late event or a correction) and with it."""
    old = _run_of(past, None)
    new = _run_of(past, change) if change.type == CORRECTION else _with(old, _Item(change, revision))
    shared = _shared(old.items, new.items)
    start = past.snapshot.body.facts if past.snapshot else EMPTY_FACTS
    book = past.books.get(revision)
    prefix = _Run(old.items[:shared], _timers_before(old, shared), ())
    base, _ = _fold(start, prefix, past, limits)
    _, outputs_old = _fold(base, _rest(old, shared), past, limits)
    facts_new, outputs_new = _fold(base, _rest(new, shared), past, limits)
    stood, ids_new = {o.id for o in _standing(outputs_old)}, {o.id for o in outputs_new}
    return Refolded(
        facts=recounted(facts_new, book.counted if book is not None else {}, limits),
        added=tuple(o for o in _standing(outputs_new) if o.id not in stood),
        removed=tuple(o for o in outputs_old if o.id not in ids_new),
        outdated=_outdated(tuple(item for item in new.items if item.folded)),
    )


def _standing(outputs: list[Output]) -> list[Output]:
    """What is left to be said of a history: not what a later event of it withdraws or settles."""
    withdrawn: dict[str, Instant] = {}
    settled: set[str] = set()
    kept: list[Output] = []
    for output in reversed(outputs):
        if isinstance(output, Withdrew):
            withdrawn.update(
                (topic, max(output.at, withdrawn.get(topic, output.at))) for topic in output.topics
            )
        elif isinstance(output, Settled):
            settled.add(output.promise)
        elif (isinstance(output, Tasked) and output.promise in settled) or (
            isinstance(output, Asked) and output.at < withdrawn.get(output.request.topic, output.at)
        ):
            continue
        kept.append(output)
    return kept[::-1]


def _is_counted(entry: Entry, counted: Mapping[str, Counted]) -> bool:
    event = entry.event
    return event is not None and entry.status is EventStatus.ACCEPTED and event.type in counted


def _run_of(past: Past, correction: Event | None) -> _Run:
    entries = past.entries
    counted = joined(past.books.values())
    items = [
        _Item(e.event, e.revision, folded)
        for e in entries
        if e.event is not None and ((folded := _is_remembered(e, past)) or _is_counted(e, counted))
    ]
    gone = {correction_key(e.event) for e in entries if e.event is not None and _corrects(e)}
    if correction is not None:
        gone.add(correction_key(correction))
    left = [i for i in items if i.event.key not in gone] if gone else items
    by_event = {id(i.event): i for i in left}
    return _Run(
        items=tuple([by_event[id(e)] for e in in_order(i.event for i in left)]),
        timers=(
            *((e.timer_at, e.revision) for e in entries if e.timer_at is not None),
            *(
                (i.event.at - 1, i.revision) for i in items if gone and i.event.key in gone
            ),  # its time has passed
        ),
        late=tuple(e.event for e in entries if e.event is not None and e.status is EventStatus.LATE),
    )


def _with(run: _Run, late: _Item) -> _Run:
    """The history with one more event, which comes after all of it."""
    place = place_in([i.event for i in run.items], late.event)
    return _Run((*run.items[:place], late, *run.items[place:]), run.timers, run.late)


def _corrects(entry: Entry) -> bool:
    return entry.event is not None and entry.event.type == CORRECTION and entry.status is EventStatus.ACCEPTED


def _shared(old: tuple[_Item, ...], new: tuple[_Item, ...]) -> int:
    """How many items both histories begin with."""
    shared = 0
    for one, other in zip(old, new, strict=False):
        if one.event is not other.event:
            break
        shared += 1
    return shared


def _timers_before(run: _Run, shared: int) -> tuple[tuple[Instant, str], ...]:
    """Timers that fire before the last shared item; those after it may fire before the item that differs."""
    if not shared:
        return ()
    last = run.items[shared - 1].event.at
    return tuple(t for t in run.timers if t[0] < last)


def _rest(run: _Run, shared: int) -> _Run:
    done = len(_timers_before(run, shared))
    return _Run(run.items[shared:], tuple(sorted(run.timers))[done:], run.late)


def _fold(facts: Facts, run: _Run, past: Past, limits: Limits) -> tuple[Facts, list[Output]]:
    outputs: list[Output] = []
    counted = joined(past.books.values())
    timers = sorted(run.timers)
    position = 0
    for item in run.items:
        while position < len(timers) and timers[position][0] < item.event.at:
            facts, fired = fold_deadlines(
                facts, timers[position][0], past.books.get(timers[position][1]), limits, counted
            )
            outputs += fired
            position += 1
        if item.folded:
            facts, asked = fold_event(facts, item.event, past.books.get(item.revision), limits, counted)
            outputs += asked
        else:
            facts = remembered(facts, item.event, counted, limits)
    for until, revision in timers[position:]:
        facts, fired = fold_deadlines(facts, until, past.books.get(revision), limits, counted)
        outputs += fired
    for event in run.late:
        facts = _fold_late(facts, event, past, limits)
    return facts, outputs


def _fold_late(facts: Facts, event: Event, past: Past, limits: Limits) -> Facts:
    if event.type != CORRECTION:
        return fold_too_late(facts, event, limits)
    corrected = past.corrected.get(correction_key(event))
    return facts if corrected is None else clear_corrected(facts, corrected)


def _outdated(items: tuple[_Item, ...]) -> frozenset[EventKey]:
    """Events after which another of the same source and subject follows (without a subject: of the same type)."""
    newest: dict[tuple[str, str, str], EventKey] = {}
    outdated = set()
    for item in items:
        event = item.event
        lane = (
            (event.source, event.about.kind, event.about.reference)
            if event.about is not None
            else (event.source, "", event.type)
        )
        if lane in newest:
            outdated.add(newest[lane])
        newest[lane] = event.key
    return frozenset(outdated)


def fold_too_late(facts: Facts, event: Event, limits: Limits) -> Facts:
    """An event past the limit of depth: sets facts that have no later value, opens and closes nothing."""
    if event.type != "customer.updated":
        return facts
    folded = FACT_TABLE[event.type](facts, event, limits)
    attributes = {
        name: old if (old := facts.attributes.get(name)) is not None and old.at > event.at else fact
        for name, fact in folded.attributes.items()
    }
    return replace(facts, attributes=attributes)


def clear_corrected(facts: Facts, corrected: Event) -> Facts:
    """A correction past the limit of depth: only facts that still carry the event's value are cleared."""
    told = flat(corrected.data)
    attributes = {
        name: replace(fact, value=None) if fact.at == corrected.at and name in told else fact
        for name, fact in facts.attributes.items()
    }
    return replace(facts, attributes=attributes)


def facts_as_of(past: Past, as_of: Instant, limits: Limits) -> Facts:
    """The memory of what had happened by `as_of`, of the entries in `past`; deadlines up to then have fired."""
    run = _run_of(past, None)
    items = tuple(i for i in run.items if i.event.at <= as_of)
    timers = tuple(t for t in run.timers if t[0] <= as_of)
    late = tuple(e for e in run.late if e.at <= as_of)
    start = past.snapshot.body.facts if past.snapshot else EMPTY_FACTS
    facts, _ = _fold(start, _Run(items, timers, late), past, limits)
    begun = past.snapshot.body.talk.revision if past.snapshot is not None else ""
    last = items[-1].revision if items else begun
    book = past.books.get(last)
    facts, _ = fold_deadlines(facts, as_of, book, limits)
    return recounted(facts, book.counted if book is not None else {}, limits)


def counted_anew(facts: Facts, past: Past, revision: str, limits: Limits) -> Facts:
    """The memory with the events that this rulebook counts, as if it always had: found in the whole log."""
    book = past.books.get(revision)
    folded, _ = _fold(EMPTY_FACTS, _run_of(past, None), past, limits)
    return recounted(replace(facts, events=folded.events), book.counted if book is not None else {}, limits)
