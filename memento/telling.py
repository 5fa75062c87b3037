"""Customers, messages and decisions as lines for a person at a terminal.

The sentences are the engine's own; this only sets them out. Instants are on the customer's wall clock.
"""

from collections.abc import Iterator, Sequence

from artifact.customer import Artifact, Body
from artifact.decision import GateOutcome, Record, RuleRow
from artifact.facts import Commitment, CommitmentState, Situation
from artifact.instant import Instant, datetime_of
from artifact.message import Message
from artifact.span import zone_of
from dsl.rulebook import Rulebook
from engine.explaining import because, name_of, sentence
from engine.fold import zone_of_customer
from engine.gate_words import gate_sentence
from engine.spoken import phrases_of

_SILENT = frozenset({GateOutcome.PASSED, GateOutcome.SKIPPED})


class Teller:
    """Words one customer, as a rulebook words her. `now` is the instant from which it is told."""

    def __init__(self, artifact: Artifact, book: Rulebook | None, now: Instant) -> None:
        self._artifact = artifact
        self._book = book
        self._now = now
        self._zone_name = zone_of_customer(artifact.body.facts, book)
        self._zone = zone_of(self._zone_name)
        self._language = book.language if book is not None else "en"
        self._say = phrases_of(self._language, book)

    def at(self, instant: Instant | None) -> str:
        """An instant on her wall clock."""
        if instant is None:
            return "-"
        return f"{datetime_of(instant).astimezone(self._zone):%Y-%m-%d %H:%M}"

    def sentence(self, message: Message) -> str:
        """What is with a message, in one sentence."""
        return sentence(self._book, self._artifact.body, message, self._language, self._now)

    def customer(self) -> Iterator[str]:
        """All that is known of her."""
        artifact, facts = self._artifact, self._artifact.body.facts
        died = ", deceased" if facts.deceased_at is not None else ""
        yield f"Customer {artifact.customer_id}: {facts.kind.lower()}{died}, version {artifact.version}"
        yield from _titled("also known as", (f"{a.kind.lower()} {a.value}" for a in facts.aliases))
        yield from _titled("facts", (f"{name}: {fact.value}" for name, fact in facts.attributes.items()))
        yield from _titled("going on", (self._situation(s) for s in facts.situations if s.open))
        yield from _titled("promised", (self._commitment(c) for c in facts.commitments))
        yield from _titled("consent", (_consent_line(artifact.body)))
        yield from _titled("messages", (self.headline(m) for m in artifact.body.talk.messages))
        yield from _titled("closed lately", (self.headline(m) for m in artifact.body.talk.tail))
        yield from _titled(
            "tasks",
            (f"{t.kind} for {t.team or 'anybody'}: {t.state.lower()}" for t in artifact.body.talk.tasks),
        )

    def _situation(self, one: Situation) -> str:
        reference = f" {one.reference}" if one.reference else ""
        return f"{one.kind}{reference}: {one.state} since {self.at(one.changed_at)}"

    def _commitment(self, one: Commitment) -> str:
        promise = (
            self._book.label("commitment", one.name, self._language) if self._book is not None else one.name
        )
        reference = f" ({one.reference})" if one.reference else ""
        state = "pending" if one.state is CommitmentState.OPEN else one.state.lower().replace("_", " ")
        return f"{promise}{reference}: {state}, due {self.at(one.due)}"

    def headline(self, message: Message) -> str:
        """A message in a line: where it is, and the sentence."""
        return f"[{message.state}] {self.sentence(message)}  ({message.id})"

    def message(self, message: Message, records: Sequence[Record]) -> Iterator[str]:
        """A message and how it came to where it is, from the first decision on."""
        request = message.request
        yield self.sentence(message)
        yield ""
        name = name_of(self._book, message, self._language)
        yield f"{message.id}: {name}, {message.category or 'several categories'}, {message.state}"
        yield f"asked for by {request.source} at {self.at(request.at)} for customer {self._artifact.customer_id}"
        for joined in message.sources:
            yield f"and by {joined.source} at {self.at(joined.at)}"
        for delivery in message.deliveries:
            planned = f", planned {self.at(delivery.planned_at)}" if delivery.planned_at is not None else ""
            yield f"  {delivery.channel}: {delivery.state}{planned}"
        for record in reversed(records):
            yield from self.decision(record)

    def decision(self, record: Record) -> Iterator[str]:
        """One deciding: when, for what, which gates held, which rules spoke."""
        yield f"{self.at(record.now)}  {record.state}{_reason(record.reason)}, after {record.cause}"
        for gate in record.gates:
            if gate.outcome not in _SILENT:
                said = gate_sentence(gate, record.now, self._zone_name, self._say)
                yield f"    {gate.gate.lower()}: {said[:1].lower()}{said[1:-1]}"
        for row in record.rules:
            if row.result != "NOT_MET":
                yield f"    rule “{row.rule}”: {row.result.lower()}{self._why(row)}"
        if record.untold:
            yield f"    {self._say.untold}"
        for name, value in record.reads.items():
            yield f"    read {name}: {_plain(value)}"

    def _why(self, row: RuleRow) -> str:
        if row.result == "FIRED":
            given = because(self._book, row.rule, self._language)
            return f", because {given[:1].lower()}{given[1:]}" if given else ""
        return f" ({row.detail})" if row.detail is not None else ""


def _reason(code: str) -> str:
    return f" ({code})" if code else ""


def _plain(value: object) -> str:
    """A value that was read, as a person reads it; a situation or promise by its references and their states."""
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        return ", ".join(f"{reference} {state}".strip() for reference, state in value.items()) or "none"
    return str(value)


def _consent_line(body: Body) -> Iterator[str]:
    for one in body.facts.consents:
        channel = f" by {one.channel.lower()}" if one.channel else ""
        yield f"{one.category}{channel}: {one.state.lower()}"


def _titled(title: str, lines: Iterator[str]) -> Iterator[str]:
    """A title with lines below it; nothing at all without lines."""
    for index, line in enumerate(lines):
        if index == 0:
            yield f"  {title}"
        yield f"    {line}"
