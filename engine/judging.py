"""Phase one of deciding: what the rules say about each live message, by the facts and by what was asked and said.

It never looks at how another message is decided, so its results can be kept beside the artifact as long as the facts
that a rule can read are the very same objects, what was asked and said is the same, the revision is the same, and no condition on time has flipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

from artifact.channel import URGENCY_RANK, Channel, Urgency
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.message import Message
from dsl.effects import (
    Avoid,
    Block,
    Deliver,
    GroupInto,
    Postpone,
    Propagate,
    Rephrase,
    RequireProof,
    SetUrgency,
)
from dsl.rulebook import Rulebook, Topic
from dsl.seen import Seen
from dsl.verdict import SILENCE, Asked, Fired, Spoken, Verdict
from engine.budget import Said
from engine.fold import zone_of_customer
from engine.settled import Settled

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Merged:
    """One verdict with its effects merged: one value where only one can be, by rank; unions elsewhere.

    `alerts` are codes for a person to know: rules that disagree, rules that erred. `group` are the rule that groups and the
    group. `also` are category and topic of each item of a bundle.
    """

    verdict: Verdict
    topic: Topic
    urgency: Urgency
    block: Fired | None
    postpones: dict[str, tuple[Postpone, bool]]
    deliver: tuple[Channel, ...]
    avoid: frozenset[Channel]
    propagate: tuple[tuple[Channel, Propagate, str], ...]
    rephrase: str | None
    proof: tuple[Channel, ...] | None
    alerts: tuple[str, ...] = ()
    group: tuple[str, str] | None = None
    also: Said = ()

    @property
    def may_group(self) -> bool:
        """Whether a rule may put it into a group, now or when it has waited long enough."""
        return self.group is not None or any(
            isinstance(postpone.otherwise, GroupInto) for postpone, _ in self.postpones.values()
        )


@dataclass(slots=True)
class Memo:
    """What the last deciding found, with what it depends on. Kept beside a hot artifact, never in it."""

    facts: Facts | None = None
    revision: str = ""
    verdicts: dict[str, Merged] = field(default_factory=dict)
    settled: dict[str, Settled] = field(default_factory=dict)
    said: Spoken = SILENCE
    seen: Seen | None = None

    def keep_fitting(self, facts: Facts, revision: str, said: Spoken = SILENCE) -> None:
        """Forget what may no longer hold: where facts, rulebook, or what rules read of the talk changed."""
        if self.revision != revision:
            self.facts, self.revision, self.settled = None, revision, {}
        if self.facts is None or not reads_alike(self.facts, facts):
            self.verdicts, self.seen = {}, None
        elif self.said != said:
            self.verdicts = {}
        self.facts, self.said = facts, said


def reads_alike(one: Facts, other: Facts) -> bool:
    """Whether a rule finds the same in both: they differ at most in how far the memory has got."""
    return one is other or (
        one.situations is other.situations
        and one.attributes is other.attributes
        and one.commitments is other.commitments
        and one.interactions is other.interactions
        and one.points is other.points
        and one.events is other.events
        and one.preferences is other.preferences
        and one.consents is other.consents
        and one.aliases is other.aliases
        and one.kind is other.kind
        and one.deceased_at == other.deceased_at
    )


def topic_of(message: Message, book: Rulebook) -> Topic:
    """The topic that decides about this message."""
    return book.topic(message.request.topic)


def judge(
    message: Message,
    customer: str,
    facts: Facts,
    book: Rulebook,
    now: Instant,
    memo: Memo,
    said: Spoken = SILENCE,
) -> Merged:
    """What all rules say about one message. `said` is what they may read of the talk (engine.said).

    `memo` holds what still fits (Memo.keep_fitting): other messages have looked at the customer, this one at itself.
    """
    merged = memo.verdicts.get(message.id)
    if merged is None or ((flips_at := merged.verdict.flips_at) is not None and flips_at <= now):
        topic, zone = topic_of(message, book), zone_of_customer(facts, book)
        if memo.seen is None:
            memo.seen = book.seen(facts)
        verdict = book.judge(_asked(message, customer, topic), facts, zone, now, said, memo.seen)
        merged = memo.verdicts[message.id] = merge(message, topic, verdict)
    return merged


def _asked(message: Message, customer: str, topic: Topic) -> Asked:
    request = message.request
    return Asked(
        id=message.id,
        topic=request.topic,
        category=topic.category,
        urgency=lowered(topic.urgency, request.lower_urgency),
        at=request.at,
        source=request.source,
        about=request.about,
        key=request.key,
        data=request.data,
        customer=customer,
    )


def lowered(urgency: Urgency, asked: Urgency | None) -> Urgency:
    """A request may lower the topic's urgency, never raise it."""
    return min(urgency, asked, key=URGENCY_RANK.__getitem__) if asked is not None else urgency


class _Said:
    """The effects of all fired rules by their kind, each with its rule, the strongest first."""

    def __init__(self, verdict: Verdict) -> None:
        self._by_kind: dict[type, list[tuple[Fired, Any]]] = {}
        for fired in sorted(verdict.fired, key=attrgetter("rank")):
            for effect in fired.effects:
                if (found := self._by_kind.get(type(effect))) is None:
                    found = self._by_kind[type(effect)] = []
                found.append((fired, effect))

    def of(self, kind: type[E]) -> Sequence[tuple[Fired, E]]:
        return self._by_kind.get(kind, ())

    def first(self, kind: type[E]) -> E | None:
        found = self._by_kind.get(kind)
        return found[0][1] if found else None


def merge(message: Message, topic: Topic, verdict: Verdict) -> Merged:
    """The effects of all fired rules as one: block wins, holds add up, one value by rank, channels unite."""
    said = _Said(verdict)
    urgency, rephrase = said.first(SetUrgency), said.first(Rephrase)
    blocks, proofs, groups = said.of(Block), said.of(RequireProof), said.of(GroupInto)
    return Merged(
        verdict=verdict,
        topic=topic,
        urgency=lowered(urgency.urgency if urgency else topic.urgency, message.request.lower_urgency),
        block=blocks[0][0] if blocks else None,
        postpones={f.rule: (e, f.holding) for f, e in said.of(Postpone)},
        deliver=next((e.channels for _, e in said.of(Deliver) if e.channels), ()),
        avoid=frozenset([c for _, e in said.of(Avoid) for c in e.channels]),
        propagate=tuple([(c, e, f.rule) for f, e in said.of(Propagate) for c in e.channels]),
        rephrase=rephrase.template if rephrase else None,
        proof=tuple(dict.fromkeys(c for _, e in proofs for c in e.channels)) if proofs else None,
        alerts=_alerts(verdict),
        group=(groups[0][0].rule, groups[0][1].group) if groups else None,
    )


def _alerts(verdict: Verdict) -> tuple[str, ...]:
    ties = [f"rule_tie:{one}/{other}" for one, other in verdict.ties]
    return (*ties, *[f"rule_error:{row.rule}" for row in verdict.rows if row.result == "ERROR"])
