"""One customer's entries under way: a chain of steps that has not been committed yet.

The live pipeline and the backtest use the same chain. The only thing it awaits is the past, when an event is late.
"""

from collections.abc import Mapping
from typing import Protocol

from msgspec.structs import replace

from artifact.customer import Artifact, Snapshot, encode_body
from artifact.decision import Entry, EventStatus, Intent
from artifact.errors import ErrorCode, InputError
from artifact.event import Event, EventKey, event_content
from artifact.instant import Instant
from artifact.message import Message
from dsl.change import Change
from engine.intents import due_deliveries
from engine.judging import Memo
from engine.past import Past
from engine.scene import Scene
from engine.step import (
    NeedsPast,
    Stepped,
    TooDeep,
    step_event,
    step_intent,
    step_rulebook,
    step_timer,
)
from engine.waking import wake_of
from store.port import Commit, Known, MessageRow


class Before(Protocol):
    """What came before a run, where a step needs it (engine.pipeline.pasts)."""

    async def of_event(self, run: "Run", event: Event) -> Past | TooDeep:
        """The past that a late event or a correction needs."""

    async def of_rulebook(self, run: "Run") -> Past | TooDeep | Change | None:
        """What following the rulebook of the scene needs."""


class Run:
    """The steps of one customer from the artifact last committed. `passing`: nobody goes on with it afterwards."""

    def __init__(self, artifact: Artifact, scene: Scene, epoch: int, before: Before, memo: Memo) -> None:
        self.customer_id = artifact.customer_id
        self.artifact = artifact
        self.scene = scene
        self.epoch = epoch
        self.memo = memo
        self.start = artifact.version
        self.entries: list[Entry] = []
        self.rows: dict[str, MessageRow] = {}
        self.known: dict[EventKey, Known] = {}
        self.snapshot: Snapshot | None = None
        self.passing = False
        self._wake = wake_of(artifact.body, scene)
        self._before = before

    def go_on(self, scene: Scene, epoch: int, known: Mapping[EventKey, Known]) -> None:
        """Take further steps, in a setting that may be another; nothing is pending. `known` are events in the log."""
        self.scene, self.epoch, self.known = scene, epoch, dict(known)

    async def catch_up(self, now: Instant, until: Instant | None = None) -> None:
        """Bring the customer to the publication in force, then run her timers due at or before `until` (or `now`)."""
        if self._is_behind():
            await self.follow(now)
        due = self._wake
        while due is not None and due <= (now if until is None else until):
            self._keep(step_timer(self.artifact, due, self._now(now), self.scene, self.memo))
            following = self._wake
            if following is not None and following <= due:
                raise AssertionError(f"a timer of customer {self.customer_id} does not move on from {due}")
            due = following

    async def follow(self, now: Instant) -> None:
        """Bring the customer to the publication in force; what that changes is counted in her envelope."""
        if self._is_behind():
            before = await self._before.of_rulebook(self)
            self._keep(step_rulebook(self.artifact, self._now(now), self.scene, self.memo, before))
            self.artifact = replace(self.artifact, changed=len(self.entries[-1].out))

    def _is_behind(self) -> bool:
        artifact = self.artifact
        behind = artifact.epoch != self.epoch or artifact.body.talk.revision != self.scene.revision
        return behind and artifact.version > 0

    def wake(self) -> Instant | None:
        """The next instant at which a timer must run."""
        return self._wake

    async def take(self, event: Event, now: Instant) -> tuple[EventStatus, int]:
        """Fold one event: what it is answered with, and at which version.

        Raises InputError EVENT_CONFLICT for another content under a known identity, and what the event's own row
        refuses it with; then nothing has changed.
        """
        key = event.key
        known = self.known.get(key)
        if known is not None:
            return self._again(known, event)
        if self.scene.book is not None and event.type in self.scene.book.event_types:
            for problem in self.scene.book.problems(event):
                raise problem
        now = self._now(now)
        try:
            stepped = step_event(self.artifact, event, now, self.scene, None, self.memo)
        except NeedsPast:
            past = await self._before.of_event(self, event)
            stepped = step_event(self.artifact, event, now, self.scene, past, self.memo)
        self._keep(stepped)
        entry = stepped.entry
        self.known[key] = Known(entry.n, entry.content or b"", entry.status)
        return entry.status, entry.n

    def _again(self, known: Known, event: Event) -> tuple[EventStatus, int]:
        if known.content != event_content(event):
            raise InputError(
                ErrorCode.EVENT_CONFLICT,
                f"event `{event.id}` of `{event.source}` is known with another content",
                help="an id is given once: send the other content under an id of its own",
                path=("id",),
            )
        return EventStatus.DUPLICATE, known.n

    def intend(self, intent: Intent, now: Instant) -> tuple[str, ...]:
        """Commit the intent to hand over those of the deliveries that are due; their ids."""
        stepped = step_intent(self.artifact, intent, self._now(now), self.scene, self.memo)
        if stepped is None or stepped.entry.intent is None:
            self._decide_anew(now)
            return ()
        self._keep(stepped)
        return stepped.entry.intent.deliveries

    def _decide_anew(self, now: Instant) -> None:
        """Nothing may leave after all: keep why, and until when, or she would be due for ever."""
        anew = step_timer(self.artifact, self._now(now), self._now(now), self.scene, self.memo)
        if anew.changed:
            self._keep(anew)

    def ready(self, now: Instant) -> tuple[str, ...]:
        """Deliveries that may be handed over at `now`."""
        if self.artifact.due is None or self.artifact.due > now:
            return ()
        return due_deliveries(self.artifact.body.talk.messages, now)

    def find(self, message_id: str) -> Message | None:
        """A message, live or closed lately."""
        talk = self.artifact.body.talk
        return next((m for m in (*talk.messages, *talk.tail) if m.id == message_id), None)

    def commit(self) -> Commit | None:
        """What is to be committed; None where nothing happened."""
        if not self.entries:
            return None
        return Commit(
            customer_id=self.customer_id,
            expected_version=self.start,
            artifact=self.artifact,
            entries=tuple(self.entries),
            messages=tuple(self.rows.values()),
            snapshot=self.snapshot,
            body=encode_body(self.artifact.body),
        )

    def committed(self) -> None:
        """What was pending is durable now."""
        self.start = self.artifact.version
        self.entries, self.rows, self.snapshot = [], {}, None

    def _now(self, clock: Instant) -> Instant:
        """Never earlier than the customer's last entry, whatever the clock does."""
        last = self.artifact.now
        return max(last, clock)

    def _keep(self, stepped: Stepped) -> None:
        new = stepped.artifact
        self.artifact = new if new.epoch == self.epoch else replace(new, epoch=self.epoch)
        self._wake = stepped.wake
        self.entries.append(stepped.entry)
        n, every = stepped.entry.n, self.scene.limits.snapshot_entries
        for message in stepped.changed:
            self.rows[message.id] = MessageRow(message.id, self.customer_id, n, message)
        if n % every == 0:
            self.snapshot = Snapshot(n, stepped.entry.now, stepped.artifact.body)
