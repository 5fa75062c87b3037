"""A rulebook made by hand: the protocol of dsl.rulebook over plain Python, so that the engine is tested without the
language.

Event rules are conditional on purpose: what an event does depends on what came before it, so that the order of the
memory shows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from artifact.channel import Channel, Urgency
from artifact.decision import RuleRow
from artifact.errors import InputError
from artifact.event import Event, Subject
from artifact.facts import CommitmentState, Facts
from artifact.instant import Instant
from artifact.span import Span, Unit, add_span
from dsl.effects import (
    CloseSituation,
    DropCommitment,
    EventEffect,
    KeepCommitment,
    MakeCommitment,
    MessageEffect,
    MoveSituation,
    OpenSituation,
    Postpone,
    RaiseEvent,
    RaiseTask,
    Send,
    SetFact,
    UpdateSituation,
    Withdraw,
)
from dsl.numbering import Numbering
from dsl.rulebook import Cap, Counted, Group, Listening, QuietHours, Rulebook, RuleFace, Topic
from dsl.seen import Seen
from dsl.verdict import (
    SILENCE,
    Asked,
    Fired,
    Raised,
    Reaction,
    RenderContext,
    Rendered,
    Scored,
    Spoken,
    Verdict,
)

C = Channel
Applies = Callable[[Asked, Facts, Instant], bool]
Flips = Callable[[Asked, Facts, Instant], Instant | None]


def always(asked: Asked, facts: Facts, now: Instant) -> bool:
    return True


def never_flips(asked: Asked, facts: Facts, now: Instant) -> Instant | None:
    return None


def fact_is(name: str, value: object) -> Applies:
    """A condition on one attribute of the customer."""

    def applies(asked: Asked, facts: Facts, now: Instant) -> bool:
        fact = facts.attributes.get(name)
        return fact is not None and fact.value == value

    return applies


def situation_open(kind: str) -> Applies:
    def applies(asked: Asked, facts: Facts, now: Instant) -> bool:
        return any(s.kind == kind and s.open for s in facts.situations)

    return applies


def recently_sent(span: Span) -> tuple[Applies, Flips]:
    """A condition on time, with the instant at which it flips: the request is younger than `span`."""

    def end(asked: Asked) -> Instant:
        return add_span(asked.at, span, "UTC")

    return (
        lambda asked, facts, now: now < end(asked),
        lambda asked, facts, now: end(asked) if now < end(asked) else None,
    )


@dataclass(frozen=True)
class Rule:
    """One message rule. Rules rank in the order in which they are given."""

    name: str
    effects: tuple[MessageEffect, ...]
    applies: Applies = always
    topics: tuple[str, ...] = ()
    flips: Flips = never_flips
    agent_may_release: bool = False

    @property
    def face(self) -> RuleFace:
        return RuleFace(
            name=self.name,
            because={"en": f"Of {self.name}"},
            agent_may_release=self.agent_may_release,
            postpone=next((e for e in self.effects if isinstance(e, Postpone)), None),
        )


def topic(name: str, category: str, basis: str, *channels: Channel, **more: Any) -> Topic:
    """A topic with everything else at its plainest."""
    given: dict[str, Any] = {"urgency": Urgency.NORMAL, "lives_for": Span(30, Unit.DAY), **more}
    return Topic(name=name, category=category, basis=basis, channels=channels, **given)


TOPICS = (
    topic("offer", "marketing", "consent", C.SMS, C.EMAIL, C.APP, urgency=Urgency.LOW),
    topic("survey", "marketing", "existing_customer", C.EMAIL),
    topic("receipt", "service", "contract", C.SMS, C.EMAIL, must_agree=("amount",)),
    topic("reminder", "service", "contract", C.SMS, one_per="policy"),
    topic("apology", "service", "contract", C.EMAIL, C.SMS),
    topic("claim_received", "service", "contract", C.APP, C.EMAIL),
    topic("claim_settled", "service", "contract", C.EMAIL),
    topic("notice", "legal", "legal", C.APP, C.LETTER, proof=False),
    topic(
        *("fraud_alert", "security", "vital_interest", C.SMS, C.PHONE),
        urgency=Urgency.CRITICAL,
        critical=True,
        passes_quiet_hours=True,
        passes_caps=True,
    ),
)

EVENT_TYPES = frozenset(
    {
        *("claim.opened", "claim.moved", "claim.noted", "claim.settled", "claim.dropped"),
        *("payment.failed", "payment.made", "page.viewed", "page.left", "visit.made", "loop.begun"),
    }
)


@dataclass(kw_only=True)
class Handmade:
    """The rulebook; `handmade` makes one with any part of it replaced. `judged` tells of every judging,
    `worded` of every look for words: a message that is planned asks for them.
    """

    written: tuple[Rule, ...]
    rules: Mapping[str, RuleFace]
    topics: Mapping[str, Topic]
    revision: str = "r1"
    name: str = "handmade"
    text: str = "handmade"
    language: str = "en"
    zone: str = "Europe/Madrid"
    currency: str = "EUR"
    quiet_hours: tuple[QuietHours, ...] = ()
    caps: tuple[Cap, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    event_types: frozenset[str] = EVENT_TYPES
    wordless: frozenset[Channel] = frozenset()
    awaited: Mapping[str, frozenset[str]] = field(default_factory=dict)
    listens: Listening = field(default_factory=Listening)
    judged: list[str] = field(default_factory=list)
    worded: list[str] = field(default_factory=list)

    @cached_property
    def numbers(self) -> Numbering:
        return Numbering(self.rules, ("customer.age",))

    def topic(self, name: str) -> Topic:
        known = self.topics.get(name)
        return known or topic(name, "unclassified", "consent", C.EMAIL, C.SMS, classified=False)

    def hours_of(self, facts: Facts) -> tuple[QuietHours, ...]:
        return self.quiet_hours

    def concerns(self, event: Event, about: Subject | None) -> bool:
        return True

    def same(self, topic: str, field: str, one: Any, other: Any) -> bool:
        return bool(one == other)

    def label(self, kind: str, name: str, language: str) -> str:
        return name.replace("_", " ")

    def problems(self, event: Event) -> list[InputError]:
        return []

    def hears(self, type: str) -> bool:
        """Of everything that is declared but `page.left`."""
        return type in _REACTIONS

    def react(self, event: Event, facts: Facts, zone: str) -> Reaction:
        return Reaction(tuple(Raised("by_hand", i, e) for i, e in enumerate(_effects(event, facts))))

    def scores(self, facts: Facts, zone: str, now: Instant) -> tuple[Scored, ...]:
        return ()

    @property
    def counted(self) -> dict[str, Counted]:
        return {}

    def ruled_out(self, looked: tuple[int, ...]) -> tuple[RuleRow, ...] | None:
        return ()

    def change_from(self, before: Rulebook) -> None:
        """Everybody is decided anew."""

    def seen(self, facts: Facts) -> Seen:
        return Seen(facts, {})

    def judge(
        self,
        asked: Asked,
        facts: Facts,
        zone: str,
        now: Instant,
        said: Spoken = SILENCE,
        seen: Seen | None = None,
    ) -> Verdict:
        self.judged.append(asked.id)
        fired, rows, flips = [], [], []
        for rank, rule in enumerate(self.written):
            if rule.topics and asked.topic not in rule.topics:
                continue
            met = rule.applies(asked, facts, now)
            rows.append(RuleRow(rule.name, "FIRED" if met else "NOT_MET"))
            flips += [at] if (at := rule.flips(asked, facts, now)) is not None else []
            if met:
                fired.append(Fired(rule.name, rank, rule.effects))
        return Verdict(tuple(fired), tuple(rows), flips_at=min(flips, default=None))

    def has_template(self, name: str, channel: Channel, language: str) -> bool:
        self.worded.append(name)
        return channel not in self.wordless

    def render(self, name: str, context: RenderContext) -> Rendered:
        return Rendered(f"{name} on {context.channel}", context.language)


def handmade(*rules: Rule, topics: tuple[Topic, ...] = TOPICS, **parts: Any) -> Handmade:
    """A rulebook with these message rules; every topic has a template of its own name."""
    worded = {t.name: replace(t, template=t.name) for t in topics}
    return Handmade(written=rules, rules={r.name: r.face for r in rules}, topics=worded, **parts)


def _effects(event: Event, facts: Facts) -> list[EventEffect]:
    row = _REACTIONS.get(event.type)
    return row(event, facts) if row is not None else []


def _reference(event: Event) -> str:
    return event.about.reference if event.about is not None else ""


def _count(facts: Facts, name: str) -> int:
    fact = facts.attributes.get(name)
    return fact.value if fact is not None and isinstance(fact.value, int) else 0


def _is_open(facts: Facts, kind: str, reference: str | None = None) -> bool:
    return any(
        s.kind == kind and s.open and (reference is None or s.reference == reference)
        for s in facts.situations
    )


def _opened(event: Event, facts: Facts) -> list[EventEffect]:
    ref = _reference(event)
    return [
        OpenSituation("claim", ref, dict(event.data)),
        MakeCommitment("answer", ref, Span(2, Unit.DAY), event.about),
        Send(
            "claim_received", about=event.about, data={"open_claims": sum(s.open for s in facts.situations)}
        ),
    ]


def _settled(event: Event, facts: Facts) -> list[EventEffect]:
    """Only an open claim can be settled; the news depends on the state that it had."""
    ref = _reference(event)
    if not _is_open(facts, "claim", ref):
        return [KeepCommitment("answer", ref)]
    state = next(s.state for s in facts.situations if (s.kind, s.reference) == ("claim", ref))
    return [
        KeepCommitment("answer", ref),
        CloseSituation("claim", ref, {"paid": event.data.get("amount")}),
        Send("claim_settled", about=event.about, data={"from": state}),
        Withdraw(("claim_received",)),
    ]


def _failed(event: Event, facts: Facts) -> list[EventEffect]:
    """Whoever has a claim open is not dunned; three failures are somebody's business."""
    failures = _count(facts, "failures") + 1
    effects: list[EventEffect] = [SetFact("failures", failures)]
    if not _is_open(facts, "claim"):
        effects.append(Send("reminder", about=event.about, data={"failures": failures}))
    if failures >= 3:
        effects.append(RaiseTask("call", "collections", Span(4, Unit.HOUR), about=event.about))
    return effects


def _broken(event: Event, facts: Facts) -> list[EventEffect]:
    return [
        SetFact("broken", _count(facts, "broken") + 1),
        Send("apology", about=event.about),
        RaiseTask("answer_now", "claims", about=event.about),
    ]


def _closed(event: Event, facts: Facts) -> list[EventEffect]:
    visit = event.about is not None and event.about.kind == "visit"
    return [Send("survey", about=event.about)] if visit else []


_REACTIONS: dict[str, Callable[[Event, Facts], list[EventEffect]]] = {
    "claim.opened": _opened,
    "claim.moved": lambda e, f: [MoveSituation("claim", _reference(e), str(e.data.get("state", "moved")))],
    "claim.noted": lambda e, f: [UpdateSituation("claim", _reference(e), dict(e.data))],
    "claim.settled": _settled,
    "claim.dropped": lambda e, f: [
        DropCommitment("answer", _reference(e)),
        CloseSituation("claim", _reference(e)),
    ],
    "payment.failed": _failed,
    "payment.made": lambda e, f: [SetFact("failures", 0), Withdraw(("reminder",))],
    "page.viewed": lambda e, f: [SetFact("interest", 2 * _count(f, "interest") % 9973 + 1)],
    "visit.made": lambda e, f: [OpenSituation("visit", _reference(e), {}, Span(3, Unit.HOUR))],
    "loop.begun": lambda e, f: [
        SetFact("rounds", _count(f, "rounds") + 1),
        RaiseEvent("loop.begun", about=Subject("loop", "1")),
    ],
    "commitment.broken": _broken,
    "situation.closed": _closed,
    "situation.expired": _closed,
}


def is_kept(facts: Facts, reference: str) -> bool:
    """Whether the promise to answer this claim was kept."""
    return any(c.reference == reference and c.state is CommitmentState.KEPT for c in facts.commitments)
