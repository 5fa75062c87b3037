"""The memory folded anew where an event comes late or is taken back.

Both memories are folded, without the change and with it: the first proves what was asked for before, the second is
the new memory, and the difference says which messages and tasks to add and which to take back. Effects on people
therefore happen once.
"""

from bisect import bisect_left
from dataclasses import dataclass
from operator import itemgetter

from msgspec.structs import replace

from artifact.event import Event, EventKey
from artifact.facts import EMPTY_FACTS, Facts
from artifact.instant import Instant
from artifact.limits import Limits
from engine.builtin import CORRECTION, FACT_TABLE, flat
from engine.fold import fold_deadlines, fold_event, next_deadline
from engine.history import recounted, remembered
from engine.order import after_events
from engine.outputs import Asked, Output, Settled, Tasked, Withdrew
from engine.past import History, Item, Part, Past, correction_key, history_of, with_late


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


def refold(past: Past, change: Event, revision: str, limits: Limits) -> Refolded:
    """Fold the past without `change` (a late event or a correction) and with it."""
    old = history_of(past)
    if change.type == CORRECTION:
        new = history_of(past, change)
        shared = _shared(old.items, new.items)
    else:
        new, shared = with_late(old, past, change, revision)
    start = past.snapshot.body.facts if past.snapshot else EMPTY_FACTS
    book = past.books.get(revision)
    base, _ = _fold(start, _begun(old, shared), past, limits)
    _, outputs_old = _fold(base, _rest(old, shared), past, limits)
    facts_new, outputs_new = _fold(base, _rest(new, shared), past, limits)
    stood, ids_new = {o.id for o in _standing(outputs_old)}, {o.id for o in outputs_new}
    added = tuple(o for o in _standing(outputs_new) if o.id not in stood)
    return Refolded(
        facts=recounted(facts_new, book.counted if book is not None else {}, limits),
        added=added,
        removed=tuple(o for o in outputs_old if o.id not in ids_new),
        outdated=_outdated(new.items, added),
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


def _shared(old: tuple[Item, ...], new: tuple[Item, ...]) -> int:
    """How many items both histories begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (one, other) in pairs if one.event is not other.event), min(len(old), len(new)))


def _timers_before(history: History, shared: int) -> int:
    """How many timers fire before the last shared item; those after it may fire before the item that differs."""
    last = history.items[shared - 1].event.at if shared else None
    return 0 if last is None else bisect_left(history.timers, last, key=itemgetter(0))


def _begun(history: History, shared: int) -> History:
    return History(history.items[:shared], history.timers[: _timers_before(history, shared)], ())


def _rest(history: History, shared: int) -> History:
    return History(history.items[shared:], history.timers[_timers_before(history, shared) :], history.late)


def _fold(facts: Facts, history: History, past: Past, limits: Limits) -> tuple[Facts, list[Output]]:
    folding = _Refolding(facts, past, limits)
    timers, position = history.timers, 0
    for item in history.items:
        while position < len(timers) and timers[position][0] < item.event.at:
            folding.pass_time(*timers[position])
            position += 1
        folding.take(item)
    for until, revision in timers[position:]:
        folding.pass_time(until, revision)
    facts = folding.settled()
    for event in history.late:
        facts = _fold_late(facts, event, past, limits)
    return facts, folding.outputs


class _Refolding:
    """One history being folded. Events that are passed are folded together, before the next that is not."""

    def __init__(self, facts: Facts, past: Past, limits: Limits) -> None:
        self.facts, self.past, self.limits = facts, past, limits
        self.outputs: list[Output] = []
        self._passed: list[Event] = []
        self._due = next_deadline(facts, limits)

    def take(self, item: Item) -> None:
        """Fold one event, and the deadlines before it."""
        event = item.event
        if item.part is Part.PASSED and (self._due is None or self._due >= event.at):
            self._passed.append(event)
        elif item.part is Part.COUNTED:
            self.facts = remembered(self.settled(), event, self.past.counted, self.limits)
        else:
            book = self.past.books.get(item.revision)
            self._keep(fold_event(self.settled(), event, book, self.limits, self.past.counted))

    def pass_time(self, until: Instant, revision: str) -> None:
        """Let the deadlines up to an instant fire."""
        if self._due is not None and self._due <= until:
            book = self.past.books.get(revision)
            self._keep(fold_deadlines(self.settled(), until, book, self.limits, self.past.counted))

    def settled(self) -> Facts:
        """The memory of all that was taken so far."""
        if self._passed:
            high, seats = after_events(self.facts, self._passed)
            self.facts, self._passed = replace(self.facts, high_water=high, seats=seats), []
        return self.facts

    def _keep(self, folded: tuple[Facts, list[Output]]) -> None:
        self.facts, outputs = folded
        self.outputs += outputs
        self._due = next_deadline(self.facts, self.limits)


def _fold_late(facts: Facts, event: Event, past: Past, limits: Limits) -> Facts:
    if event.type != CORRECTION:
        return fold_too_late(facts, event, limits)
    corrected = past.corrected.get(correction_key(event))
    return facts if corrected is None else clear_corrected(facts, corrected)


def _outdated(items: tuple[Item, ...], added: tuple[Output, ...]) -> frozenset[EventKey]:
    """Causes of what is asked for anew after which another event of their source and subject follows."""
    causes = {output.cause for output in added if isinstance(output, Asked)}
    if not causes:
        return frozenset()
    events = [item.event for item in items if item.part is not Part.COUNTED]
    newest = {_lane(event): event.key for event in events}
    return frozenset(
        event.key for event in events if event.key in causes and newest[_lane(event)] != event.key
    )


def _lane(event: Event) -> tuple[str, str, str]:
    """What an event could be the newest of: its source and subject, or without a subject its type."""
    about = event.about
    return (event.source, "", event.type) if about is None else (event.source, about.kind, about.reference)


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
    whole = history_of(past)
    then = History(
        items=tuple(i for i in whole.items if i.event.at <= as_of),
        timers=tuple(t for t in whole.timers if t[0] <= as_of),
        late=tuple(e for e in whole.late if e.at <= as_of),
    )
    start = past.snapshot.body.facts if past.snapshot else EMPTY_FACTS
    facts, _ = _fold(start, then, past, limits)
    begun = past.snapshot.body.talk.revision if past.snapshot is not None else ""
    book = past.books.get(then.items[-1].revision if then.items else begun)
    facts, _ = fold_deadlines(facts, as_of, book, limits)
    return recounted(facts, book.counted if book is not None else {}, limits)


def counted_anew(facts: Facts, past: Past, revision: str, limits: Limits) -> Facts:
    """The memory with the events that this rulebook counts, as if it always had: found in the whole log."""
    book = past.books.get(revision)
    folded, _ = _fold(EMPTY_FACTS, history_of(past), past, limits)
    return recounted(replace(facts, events=folded.events), book.counted if book is not None else {}, limits)
