"""What the brand knows of one customer and is doing with her: one document, one fetch."""

from typing import Self

import strawberry

from artifact import message
from schema.commitment import Commitment, known_state
from schema.consent import Consent
from schema.contact_budget import ContactBudget
from schema.cursor import Listing, Number
from schema.delivery import Delivery
from schema.described import described
from schema.enums import AliasKind, Channel, CommitmentState, CustomerKind, TaskState
from schema.message import Message
from schema.message_filter import MessageFilterInput, conditions_of, filter_of
from schema.paging import Connection, check_first, page_of
from schema.port import Info, Reading
from schema.preferences import Preferences
from schema.scalars import JSON, Cursor, DateTime
from schema.score import Score
from schema.situation import Situation
from schema.task import Task
from schema.timeline import TimelineEntry
from store.listing import lets_through
from store.port import MessageRow


@strawberry.type(description="Another name under which a customer is known.")
class Alias:
    kind: AliasKind
    value: str


@strawberry.type(description="What the brand knows and is doing with one customer.")
class Customer:
    id: strawberry.ID
    kind: CustomerKind
    version: int = strawberry.field(description="Grows by one with each entry of her log.")
    as_of: DateTime = strawberry.field(description="The instant for which this was read.")

    _reading: strawberry.Private[Reading]

    @strawberry.field
    def aliases(self) -> list[Alias]:
        return [Alias(kind=row.kind, value=row.value) for row in self._reading.artifact.body.facts.aliases]

    @described("By name; typed by the vocabulary of the rulebook.")
    def facts(self) -> JSON:
        return JSON({name: fact.value for name, fact in self._reading.artifact.body.facts.attributes.items()})

    @strawberry.field
    def situations(self, open: bool | None = None, kind: str | None = None) -> list[Situation]:
        return [
            Situation.of(self._reading, row)
            for row in self._reading.artifact.body.facts.situations
            if open in {None, row.open} and kind in {None, row.kind}
        ]

    @strawberry.field
    def commitments(self, state: CommitmentState | None = None) -> list[Commitment]:
        return [
            Commitment.of(self._reading, row)
            for row in self._reading.artifact.body.facts.commitments
            if state in {None, known_state(self._reading, row)}
        ]

    @described("Newest first: those that live, and the newest closed ones. Older: `Query.messages`.")
    def messages(
        self,
        info: Info,
        first: int = 20,
        after: Cursor | None = None,
        where: MessageFilterInput | None = None,
    ) -> Connection[Message]:
        check_first(first, info.context.limits)
        wanted = filter_of(where)
        listing = Listing("customer.messages", [self.id, conditions_of(wanted)])
        below = listing.unseal(after, tuple[Number, str], "after") if after else None
        rows = [
            row
            for row in self._rows()
            if (below is None or (row.number, row.id) < below)
            and lets_through(wanted, MessageRow(row.id, self.id, row.number, row))
        ]
        return page_of(
            rows,
            first,
            lambda row: listing.seal((row.number, row.id)),
            lambda row: Message.of(self._reading, row),
            resumed=after is not None,
        )

    def _rows(self) -> list[message.Message]:
        talk = self._reading.artifact.body.talk
        return sorted((*talk.messages, *talk.tail), key=lambda row: (row.number, row.id), reverse=True)

    @described("What may be told now on this channel, waiting or ready, with reason and wording.")
    def inbox(self, info: Info, channel: Channel) -> list[Delivery]:
        return [
            Delivery.of(self._reading, placed) for placed in info.context.reader.inbox(self._reading, channel)
        ]

    @described("How many of those shown on this channel she has not seen.")
    def unread_count(self, info: Info, channel: Channel) -> int:
        return info.context.reader.unread(self._reading, channel)

    @strawberry.field
    def preferences(self) -> Preferences:
        return Preferences.of(self._reading.artifact.body.facts.preferences)

    @strawberry.field
    def consents(self) -> list[Consent]:
        return [Consent.of(row) for row in self._reading.artifact.body.facts.consents]

    @described("In the order of the rulebook in force.")
    def scores(self, info: Info) -> list[Score]:
        standings = info.context.reader.scores(self._reading)
        return [Score.of(standing, self._reading.now) for standing in standings]

    @strawberry.field
    def tasks(self, state: TaskState | None = None) -> list[Task]:
        return [
            Task.of(self._reading, row)
            for row in self._reading.artifact.body.talk.tasks
            if state in {None, row.state}
        ]

    @described("What each cap of the rulebook leaves of the contact budget.")
    def contact_budget(self, info: Info) -> list[ContactBudget]:
        return [ContactBudget.of(self._reading, row) for row in info.context.reader.pressed(self._reading)]

    @described("Everything that was folded or decided, newest first, from the log.")
    async def timeline(
        self, info: Info, first: int, after: Cursor | None = None
    ) -> Connection[TimelineEntry]:
        check_first(first, info.context.limits)
        newest = self._reading.artifact.version + 1
        listing = Listing("timeline", self.id)
        before = listing.unseal(after, Number, "after") if after else newest
        entries = await info.context.reader.entries(self.id, min(before, newest), first + 1)
        return page_of(
            entries,
            first,
            lambda told: listing.seal(told.entry.n),
            lambda told: TimelineEntry.of(self._reading, told),
            resumed=after is not None,
        )

    @classmethod
    def of(cls, reading: Reading) -> Self:
        artifact = reading.artifact
        return cls(
            id=strawberry.ID(artifact.customer_id),
            kind=artifact.body.facts.kind,
            version=artifact.version,
            as_of=DateTime(reading.now),
            _reading=reading,
        )
