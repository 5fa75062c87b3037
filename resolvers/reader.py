"""Everything that is read, over the engine and its store: what schema.port asks for.

One reader serves one operation. It changes nothing, and it words nothing itself: words are the engine's and the
rulebook's.
"""

import asyncio
from collections.abc import Iterable

from msgspec.structs import replace

from artifact.channel import Channel
from artifact.decision import GateRow, Record
from artifact.instant import Instant
from artifact.message import DeliveryState, Hold, Message, MessageState
from dsl.compile import Checked
from dsl.template import TemplateError
from dsl.verdict import Rendered
from engine import view
from engine.books import in_force
from engine.explaining import because, name_of, refused
from engine.fold import zone_of_customer
from engine.gate_words import gate_sentence
from engine.pipeline import Engine
from engine.points import scores_told
from engine.pressing import pressures
from engine.spoken import phrases_of
from resolvers.publishing import rollout_of
from schema.port import Option, Placed, Pressed, Reading, Saved, Standing, Told
from schema.rollout import Rollout
from schema.rule_test import RuleTest
from store.port import Publication, RulebookRow

UNSEEN = frozenset({DeliveryState.PLANNED, DeliveryState.HANDED_OVER, DeliveryState.DELIVERED})
"""States of a delivery that a place shows and nobody has looked at."""


class EngineReader:
    """schema.port.Reader over an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def customer(self, id: str) -> Reading | None:
        return await self.customer_at(id, None, None)

    async def customer_at(self, id: str, as_of: Instant | None, known_at: Instant | None) -> Reading | None:
        """The artifact by when things happened (`as_of`), as we knew it then (`known_at`)."""
        artifact = await self._engine.artifact(id, as_of, known_at)
        if artifact is None:
            return None
        instants = [instant for instant in (as_of, known_at) if instant is not None]
        return Reading(artifact, min(instants) if instants else self._engine.now())

    async def customers(self, ids: Iterable[str]) -> dict[str, Reading]:
        """Several customers, each read once."""
        wanted = sorted(set(ids))
        found = await asyncio.gather(*(self.customer(id) for id in wanted))
        return {id: reading for id, reading in zip(wanted, found, strict=True) if reading is not None}

    async def message(self, id: str) -> tuple[Reading, Message] | None:
        row = await self._engine.store.message(id)
        if row is None:
            return None
        reading = await self.customer(row.customer_id)
        return None if reading is None else (reading, row.message)

    async def records(self, customer_id: str, message_id: str) -> list[Record]:
        return await self._engine.records(customer_id, message_id)

    async def entries(self, customer_id: str, before: int, first: int) -> list[Told]:
        lowest = max(0, before - 1 - first)
        entries = await self._engine.store.history(customer_id, after=lowest, limit=before - 1 - lowest)
        return [Told(entry, await self._engine.decisions(entry)) for entry in reversed(entries)]

    async def version_id(self, revision: str) -> str | None:
        for publication in reversed(await self._engine.store.publications()):
            if publication.revision == revision:
                return publication.rulebook_id
        return None

    async def versions(self, first: int, below: int | None) -> list[Saved]:
        rows = await self._engine.store.rulebooks(first, below)
        publications = await self._engine.store.publications()
        return [standing(row, publications, self._engine.now()) for row in rows]

    async def version(self, id: str) -> Saved | None:
        """One saved version."""
        row = await self._engine.store.rulebook(id)
        publications = await self._engine.store.publications()
        return None if row is None else standing(row, publications, self._engine.now())

    async def live(self) -> tuple[int, Saved | None]:
        """The newest epoch, and the version in force."""
        publications = await self._engine.store.publications()
        live = in_force(publications, self._engine.now())
        row = await self._engine.store.rulebook(live.rulebook_id) if live is not None else None
        newest = publications[-1].epoch if publications else 0
        return newest, None if row is None else standing(row, publications, self._engine.now())

    async def rollout(self) -> Rollout | None:
        publications = await self._engine.store.publications()
        return rollout_of(await self._engine.rollout(publications[-1])) if publications else None

    async def checked(self, text: str) -> Checked:
        return await self._engine.check(text)

    async def customer_count(self) -> int:
        return (await self._engine.store.followed(0)).total

    async def tested(self, checked: Checked) -> list[RuleTest]:
        results = await self._engine.test(checked)
        return [
            RuleTest(name=one.name, line=one.line, passed=one.passed, detail=one.detail or None)
            for one in results
        ]

    def label(self, reading: Reading, kind: str, name: str, language: str | None) -> str:
        book = self._engine.books.live
        return name if book is None else book.label(kind, name, self._language(reading, language))

    def pressed(self, reading: Reading) -> list[Pressed]:
        found = pressures(reading.artifact.body, self._engine.books.live, reading.now)
        return [Pressed(one.cap, one.used, one.planned, one.limit, one.frees_at) for one in found]

    def inbox(self, reading: Reading, channel: Channel) -> list[Placed]:
        found = view.inbox(reading.artifact.body, channel, self._engine.books.live, reading.now)
        return [Placed(item.message, item.delivery) for item in found]

    def scores(self, reading: Reading) -> list[Standing]:
        language = self._language(reading, None)
        told = scores_told(self._engine.books.live, reading.artifact.body.facts, reading.now, language)
        return [Standing(one.name, one.value, one.reasons, one.history) for one in told]

    def unread(self, reading: Reading, channel: Channel) -> int:
        shown = view.shown(reading.artifact.body, channel)
        return sum(one.delivery.state in UNSEEN for one in shown.values())

    def words(self, reading: Reading, placed: Placed) -> Rendered:
        book, body, message = self._engine.books.live, reading.artifact.body, placed.message
        try:
            found = view.words(book, body, message, placed.delivery.channel, None, reading.now)
        except TemplateError:
            found = None
        if found is None:
            # No words could be made: the topic's own name is what its author wrote for people.
            language = self._language(reading, None)
            found = Rendered(name_of(self._engine.books.live, message, language), language)
        return found

    def sentence(self, reading: Reading, message: Message, language: str | None) -> str:
        book, spoken = self._engine.books.live, self._language(reading, language)
        return view.sentence(book, reading.artifact.body, message, spoken, reading.now)

    def gate(self, reading: Reading, record: Record, row: GateRow, language: str | None) -> str:
        book = self._engine.books.live
        zone = zone_of_customer(reading.artifact.body.facts, book)
        return gate_sentence(row, record.now, zone, phrases_of(self._language(reading, language), book))

    def untold(self, reading: Reading, record: Record, language: str | None) -> str | None:
        book = self._engine.books.live
        return phrases_of(self._language(reading, language), book).untold if record.untold else None

    def held(self, reading: Reading, message: Message, hold: Hold, language: str | None) -> str:
        """The author's reason; for holds that no rule made, the sentence about a message that only this one holds."""
        reason = because(self._engine.books.live, hold.rule, self._language(reading, language))
        alone = replace(message, state=MessageState.WAITING, holds=(hold,), next_at=hold.until)
        return reason or self.sentence(reading, alone, language)

    async def because(self, revision: str, rule: str, language: str | None) -> str | None:
        book = await self._engine.books.get(revision)
        return None if book is None else because(book, rule, language or book.language)

    async def condition(self, revision: str, rule: str, number: int) -> str | None:
        book = await self._engine.books.get(revision)
        face = book.rules.get(rule) if book else None
        return face.conditions[number - 1] if face and 1 <= number <= len(face.conditions) else None

    def options(self, reading: Reading, message: Message) -> list[Option]:
        book = self._engine.books.live
        found = view.allowed(book, reading.artifact.body, message)
        return [Option(one.action, one.allowed, one.refusal) for one in found]

    def refused(self, reading: Reading, message: Message, refusal: str, language: str | None) -> str:
        return refused(self._engine.books.live, message, refusal, self._language(reading, language))

    def _language(self, reading: Reading, asked: str | None) -> str:
        """The language asked for, else hers, else the rulebook's."""
        book = self._engine.books.live
        return asked or reading.artifact.body.facts.preferences.language or (book.language if book else "en")


def standing(row: RulebookRow, publications: list[Publication], now: Instant) -> Saved:
    """A saved version and where it stands."""
    live = in_force(publications, now)
    published = [one for one in publications if one.rulebook_id == row.id]
    if not published:
        return Saved(row, "DRAFT")
    if live is not None and live.rulebook_id == row.id:
        return Saved(row, "LIVE", live.effective_at)
    coming = live is None or published[-1].epoch > live.epoch
    return Saved(row, "SCHEDULED" if coming else "REPLACED", published[-1].effective_at)
