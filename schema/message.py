"""A message: what a back-end wants to tell a customer, what became of it, and why."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from artifact import message
from artifact.decision import Record
from artifact.message import GateName as Gates
from artifact.message import HoldKind as Holds
from schema.cursor import Listing, Number
from schema.decision import Decision
from schema.delivery import Delivery
from schema.described import described
from schema.enums import AgentAction, Channel, GateName, HoldKind, MessageState, Urgency
from schema.paging import Connection, check_first, page_of
from schema.port import Info, Placed, Reading
from schema.scalars import Cursor, DateTime, moment
from schema.subject import Subject

if TYPE_CHECKING:
    from schema.customer import Customer

GATE_OF_HOLD = {
    Holds.FIXED: Gates.RULES,
    Holds.WHILE: Gates.RULES,
    Holds.CONFLICT: Gates.LIFE,
    Holds.NO_RULEBOOK: Gates.RULES,
    Holds.GROUP: Gates.GROUP,
    Holds.NOT_BEFORE: Gates.WHEN,
    Holds.QUIET_HOURS: Gates.WHEN,
    Holds.BUDGET: Gates.WHEN,
    Holds.PAUSED: Gates.WHEN,
}
"""The gate at which each kind of hold stands."""


@strawberry.type(description="A reason to wait that applies now.")
class Hold:
    kind: HoldKind
    gate: GateName
    rule: str | None
    channel: Channel | None
    since: DateTime
    until: DateTime | None = strawberry.field(description="Without one: until something happens.")

    _reading: strawberry.Private[Reading]
    _message: strawberry.Private[message.Message]
    _row: strawberry.Private[message.Hold]

    @described("Why, for people.")
    def because(self, info: Info, language: str | None = None) -> str:
        return info.context.reader.held(self._reading, self._message, self._row, language)


@strawberry.type(description="Something an agent may or may not do with a message, and why not.")
class AllowedAction:
    action: AgentAction
    allowed: bool

    _refusal: strawberry.Private[str | None]
    _reading: strawberry.Private[Reading]
    _row: strawberry.Private[message.Message]

    @described("Why not; nothing where it is allowed.")
    def because(self, info: Info, language: str | None = None) -> str | None:
        if self._refusal is None:
            return None
        return info.context.reader.refused(self._reading, self._row, self._refusal, language)


@strawberry.type(description="What a back-end wants to tell a customer, and what became of it.")
class Message:
    id: strawberry.ID
    topic: str
    category: str
    urgency: Urgency
    about: Subject | None
    sources: list[str] = strawberry.field(description="Every source that asked for it.")
    key: str | None
    requested_at: DateTime
    expires_at: DateTime | None
    state: MessageState
    reason: str = strawberry.field(description="A stable short code of why it is in this state.")
    rule: str | None = strawberry.field(description="The rule behind the state, where there is one.")
    next_eligible_at: DateTime | None

    _reading: strawberry.Private[Reading]
    _row: strawberry.Private[message.Message]

    @strawberry.field
    def customer(self) -> Annotated["Customer", strawberry.lazy("schema.customer")]:
        from schema.customer import Customer

        return Customer.of(self._reading)

    @described("Its topic's name for people; of a bundle, its group's.")
    def label(self, info: Info, language: str | None = None) -> str:
        kind = "topic" if self._row.group is None else "group"
        return info.context.reader.label(self._reading, kind, self.topic, language)

    @described("The messages that it says together, where it is the bundle of a group.")
    def items(self) -> list[Annotated["Message", strawberry.lazy("schema.message")]]:
        talk = self._reading.artifact.body.talk
        known = {row.id: row for row in (*talk.tail, *talk.messages)}
        return [Message.of(self._reading, known[id]) for id in self._row.items if id in known]

    @described("The bundle with which it goes or went.")
    async def bundle(self, info: Info) -> Annotated["Message", strawberry.lazy("schema.message")] | None:
        found = await info.context.reader.message(self._row.bundle) if self._row.bundle else None
        return None if found is None else Message.of(*found)

    @strawberry.field
    def holds(self) -> list[Hold]:
        return [
            Hold(
                kind=row.kind,
                gate=GATE_OF_HOLD[row.kind],
                rule=row.rule,
                channel=row.channel,
                since=DateTime(row.since),
                until=moment(row.until),
                _reading=self._reading,
                _message=self._row,
                _row=row,
            )
            for row in self._row.holds
        ]

    @described("The message of the same key that it corrects, because that one had left.")
    async def corrects(self, info: Info) -> Annotated["Message", strawberry.lazy("schema.message")] | None:
        found = await info.context.reader.message(self._row.correcting) if self._row.correcting else None
        return None if found is None else Message.of(*found)

    @strawberry.field
    def deliveries(self) -> list[Delivery]:
        return [Delivery.of(self._reading, Placed(self._row, row)) for row in self._row.deliveries]

    @described("What was decided about it, newest first.")
    async def decisions(self, info: Info, first: int, after: Cursor | None = None) -> Connection[Decision]:
        check_first(first, info.context.limits)
        listing = Listing("decisions", self.id)
        before = listing.unseal(after, Number, "after") if after else None
        records = await info.context.reader.records(self._reading.artifact.customer_id, self.id)
        rows = [row for row in records if before is None or row.n < before]
        return page_of(
            rows,
            first,
            lambda row: listing.seal(row.n),
            self._decision,
            resumed=after is not None,
        )

    def _decision(self, record: Record) -> Decision:
        return Decision.of(self._reading, record)

    @described("One sentence an agent can read aloud.")
    def explanation(self, info: Info, language: str | None = None) -> str:
        return info.context.reader.sentence(self._reading, self._row, language)

    @described("What an agent may do with it.")
    def allowed_actions(self, info: Info) -> list[AllowedAction]:
        known = frozenset(AgentAction)
        return [
            AllowedAction(
                action=AgentAction(option.action),
                allowed=option.allowed,
                _refusal=option.refusal,
                _reading=self._reading,
                _row=self._row,
            )
            for option in info.context.reader.options(self._reading, self._row)
            if option.action in known
        ]

    @classmethod
    def of(cls, reading: Reading, row: message.Message) -> Self:
        request = row.request
        return cls(
            id=strawberry.ID(row.id),
            topic=request.topic,
            category=row.category,
            urgency=row.urgency,
            about=Subject.of(reading, request.about),
            sources=[request.source, *(joined.source for joined in row.sources)],
            key=request.key,
            requested_at=DateTime(request.at),
            expires_at=moment(row.expires_at),
            state=row.state,
            reason=row.reason,
            rule=row.rule,
            next_eligible_at=moment(row.next_at),
            _reading=reading,
            _row=row,
        )
