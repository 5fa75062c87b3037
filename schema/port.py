"""What the types of the contract ask of whoever serves them; the resolvers meet it.

It keeps this room below: types shape what was found and never load, word or decide anything themselves.
"""

from typing import Protocol

import msgspec
import strawberry

from artifact.channel import Channel
from artifact.customer import Artifact
from artifact.decision import Entry, GateRow, Record
from artifact.instant import Instant
from artifact.limits import Limits
from artifact.message import Delivery, Hold, Message
from dsl.compile import Checked
from dsl.verdict import Rendered
from schema.rollout import Rollout
from schema.rule_test import RuleTest
from store.port import RulebookRow


class Reading(msgspec.Struct, frozen=True):
    """One customer's artifact, and the instant for which it is read."""

    artifact: Artifact
    now: Instant


class Placed(msgspec.Struct, frozen=True):
    """A message and its delivery on one channel."""

    message: Message
    delivery: Delivery


class Told(msgspec.Struct, frozen=True):
    """An entry of the log, and what was decided in it."""

    entry: Entry
    decisions: list[Record]


class Option(msgspec.Struct, frozen=True):
    """Something an agent may or may not do with a message; `refusal` is a code of why not."""

    action: str
    allowed: bool
    refusal: str | None = None


class Pressed(msgspec.Struct, frozen=True):
    """One cap: contacts used and planned in its window, and the first instant at which one more is admitted."""

    cap: str
    used: int
    planned: int
    limit: int
    frees_at: Instant | None = None


class Standing(msgspec.Struct, frozen=True):
    """A score of one customer: its reasons in her language, and what it came to whenever an event changed it."""

    name: str
    value: float
    reasons: tuple[str, ...]
    history: tuple[tuple[Instant, float], ...]


class Saved(msgspec.Struct, frozen=True):
    """A saved rulebook, and where it stands: DRAFT, SCHEDULED, LIVE or REPLACED."""

    row: RulebookRow
    state: str
    published_at: Instant | None = None


class Reader(Protocol):
    """Everything that is read. Changes nothing. `language` None: the customer's, else the rulebook's first."""

    async def customer(self, id: str) -> Reading | None:
        """The newest artifact."""

    async def message(self, id: str) -> tuple[Reading, Message] | None:
        """A message in its newest state, with its customer."""

    async def records(self, customer_id: str, message_id: str) -> list[Record]:
        """What was decided about a message, newest first."""

    async def entries(self, customer_id: str, before: int, first: int) -> list[Told]:
        """Entries of the log with n < `before`, newest first."""

    async def version_id(self, revision: str) -> str | None:
        """The saved version behind a compiled revision."""

    async def versions(self, first: int, below: int | None) -> list[Saved]:
        """Saved rulebooks with numbers under `below`, newest first."""

    async def checked(self, text: str) -> Checked:
        """What the checker finds in a text; off the event loop."""

    async def customer_count(self) -> int:
        """How many customers are known."""

    async def tested(self, checked: Checked) -> list[RuleTest]:
        """How the tests that a text brings end; off the event loop."""

    async def rollout(self) -> Rollout | None:
        """How far the newest publication has got."""

    def label(self, reading: Reading, kind: str, name: str, language: str | None) -> str:
        """The display name of a topic, situation or commitment."""

    def pressed(self, reading: Reading) -> list[Pressed]:
        """Every cap of the rulebook in force, in its order."""

    def inbox(self, reading: Reading, channel: Channel) -> list[Placed]:
        """What may be told there now, held or ready."""

    def scores(self, reading: Reading) -> list[Standing]:
        """What the scorecards in force come to, in the order of the rulebook."""

    def unread(self, reading: Reading, channel: Channel) -> int:
        """How many of those that the channel shows she has not seen."""

    def words(self, reading: Reading, placed: Placed) -> Rendered:
        """What the message says there."""

    def sentence(self, reading: Reading, message: Message, language: str | None) -> str:
        """Why a message is where it is, to be read aloud."""

    def gate(self, reading: Reading, record: Record, row: GateRow, language: str | None) -> str:
        """What one gate of one deciding said."""

    def untold(self, reading: Reading, record: Record, language: str | None) -> str | None:
        """That rules which were not met can no longer be told; None where all are."""

    def held(self, reading: Reading, message: Message, hold: Hold, language: str | None) -> str:
        """Why this hold holds."""

    async def because(self, revision: str, rule: str, language: str | None) -> str | None:
        """The reason that the author of a rule gave in that revision."""

    async def condition(self, revision: str, rule: str, number: int) -> str | None:
        """The text of one condition of a rule, counted from 1; 0 is the rule's valid days, which have no text."""

    def options(self, reading: Reading, message: Message) -> list[Option]:
        """What an agent may do with a message."""

    def refused(self, reading: Reading, message: Message, refusal: str, language: str | None) -> str:
        """Why an agent may not, in words."""


class Context(Protocol):
    """What every resolver finds in `info.context`. Not who asks: so the same thing is told alike to all who follow it."""

    @property
    def reader(self) -> Reader: ...

    @property
    def limits(self) -> Limits: ...


Info = strawberry.Info[Context, None]
