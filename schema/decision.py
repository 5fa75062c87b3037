"""The record of one deciding, in words where a rulebook has them."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from artifact.decision import GateRow, Record, RuleRow
from schema.described import described
from schema.enums import GateName, GateOutcome, MessageState, RuleResult
from schema.port import Info, Reading
from schema.scalars import JSON, DateTime, moment

if TYPE_CHECKING:
    from schema.message import Message


@strawberry.type(description="What one gate said.")
class Gate:
    name: GateName
    outcome: GateOutcome
    reason: str = strawberry.field(description="A stable short code.")
    until: DateTime | None

    _row: strawberry.Private[GateRow]
    _record: strawberry.Private[Record]
    _reading: strawberry.Private[Reading]

    @described("What the gate said, in words.")
    def sentence(self, info: Info, language: str | None = None) -> str:
        return info.context.reader.gate(self._reading, self._record, self._row, language)


@strawberry.type(description="What became of one rule that was a candidate.")
class RuleTrace:
    rule: str
    result: RuleResult
    detail: str | None = strawberry.field(
        description="The missing fact, the rule that silenced it, or the error."
    )

    _row: strawberry.Private[RuleRow]
    _revision: strawberry.Private[str]
    _language: strawberry.Private[str | None]

    @described("The reason that the author gave.")
    async def because(self, info: Info, language: str | None = None) -> str | None:
        return await info.context.reader.because(self._revision, self.rule, language or self._language)

    @described("The condition that was not met: the first of the rule, but for those that were not asked.")
    async def failed_condition(self, info: Info) -> str | None:
        number = self._row.detail
        if not isinstance(number, int):
            return None
        return await info.context.reader.condition(self._revision, self.rule, number)

    @described(
        "Conditions before the one that was not met that nobody asked any more: "
        "what is plain is asked first, then what counts time or things, then the rest."
    )
    async def unasked_conditions(self, info: Info) -> list[str]:
        condition = info.context.reader.condition
        found = [await condition(self._revision, self.rule, number) for number in self._row.unasked]
        return [text for text in found if text is not None]


@strawberry.type(description="A value that rules read in one deciding.")
class Read:
    fact: str
    value: JSON | None
    known: bool


@strawberry.type(description="The record of one deciding about one message.")
class Decision:
    id: strawberry.ID
    at: DateTime
    state: MessageState
    reason: str = strawberry.field(description="A stable short code of why it is in this state.")
    cause: str = strawberry.field(description="What it was decided anew for.")
    next_eligible_at: DateTime | None

    _reading: strawberry.Private[Reading]
    _record: strawberry.Private[Record]

    @strawberry.field
    async def message(self, info: Info) -> Annotated["Message", strawberry.lazy("schema.message")] | None:
        from schema.message import Message

        found = await info.context.reader.message(self._record.message)
        return None if found is None else Message.of(*found)

    @described("The version in force; nothing where there was none.")
    async def rulebook_version_id(self, info: Info) -> strawberry.ID | None:
        found = await info.context.reader.version_id(self._record.revision)
        return None if found is None else strawberry.ID(found)

    @described("In the order in which they were passed.")
    def gates(self) -> list[Gate]:
        return [
            Gate(
                name=row.gate,
                outcome=row.outcome,
                reason=row.reason,
                until=moment(row.until),
                _row=row,
                _record=self._record,
                _reading=self._reading,
            )
            for row in self._record.gates
        ]

    @described("Every rule that was a candidate.")
    def rules(self) -> list[RuleTrace]:
        return [
            RuleTrace(
                rule=row.rule,
                result=RuleResult(row.result),
                detail=row.detail if isinstance(row.detail, str) else None,
                _row=row,
                _revision=self._record.revision,
                _language=self._reading.artifact.body.facts.preferences.language,
            )
            for row in self._record.rules
        ]

    @described(
        "A sentence for where `rules` lacks those that were not met, which can no longer be told; else nothing."
    )
    def untold(self, info: Info, language: str | None = None) -> str | None:
        return info.context.reader.untold(self._reading, self._record, language)

    @described("What the rules read.")
    def reads(self) -> list[Read]:
        return [
            Read(fact=fact, value=JSON(value), known=value is not None)
            for fact, value in self._record.reads.items()
        ]

    @classmethod
    def of(cls, reading: Reading, record: Record) -> Self:
        return cls(
            id=strawberry.ID(f"{record.message}:{record.n}"),
            at=DateTime(record.now),
            state=record.state,
            reason=record.reason,
            cause=record.cause,
            next_eligible_at=moment(record.next_at),
            _reading=reading,
            _record=record,
        )
