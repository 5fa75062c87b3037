"""Phase one of deciding: what the rules say about each live message, by the facts and by what was asked and said.

It never looks at how another message is decided, so its results can be kept beside the artifact as long as the facts
that a rule can read are the very same objects, what was asked and said is the same, the revision is the same, and no condition on time has flipped.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from artifact.channel import URGENCY_RANK, Urgency
from artifact.customer import Talk
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.message import Message, Request
from dsl.rulebook import Rulebook, Topic
from dsl.seen import Seen
from dsl.verdict import SILENCE, Asked, Spoken, Verdict
from engine.fold import zone_of_customer
from engine.ruling import Ruling, ruling_of
from engine.settled import UNSETTLED, Left

Rank: TypeAlias = tuple[int, Instant, int, str]


class Merged(msgspec.Struct, frozen=True, gc=False):
    """One verdict about a `request`, and what its rules say together; `urgency` is what the request leaves of it.

    Messages are planned in the order of their `rank`. `alerts` are codes for a person to know: rules that disagree,
    rules that erred. `mark` is the same as long as the rules say the same; 0 where there is something to alert.
    """

    topic: Topic
    verdict: Verdict
    ruling: Ruling
    urgency: Urgency
    rank: Rank
    request: Request | None = None
    alerts: tuple[str, ...] = ()
    mark: int = 0


@dataclass(slots=True)
class Memo:
    """What the last deciding found and left, with what it depends on. Kept beside a hot artifact, never in it.

    `earlier` is what may no longer hold, until it is asked for: the rulebook can tell what does (Verdict.again). `messages`
    are those open in the `talk` of the last entry, by id.
    """

    facts: Facts | None = None
    revision: str = ""
    verdicts: dict[str, Merged] = field(default_factory=dict)
    earlier: dict[str, Merged] = field(default_factory=dict)
    said: Spoken = SILENCE
    seen: Seen | None = None
    left: Left | None = None
    talk: Talk | None = None
    messages: dict[str, Message] = field(default_factory=dict)

    def left_under(self, revision: str) -> Left | None:
        """What the last deciding left, if it was under this rulebook. What changed since is told by being another object."""
        return self.left if self.revision == revision else None

    def keep_fitting(self, facts: Facts, revision: str, said: Spoken = SILENCE) -> None:
        """Forget what may no longer hold: where facts, rulebook, or what rules read of the talk changed."""
        if self.revision != revision:
            self.facts, self.revision, self.left, self.verdicts = None, revision, None, {}
        if self.facts is not facts and (self.facts is None or not reads_alike(self.facts, facts)):
            self.earlier, self.verdicts, self.seen = self.verdicts, {}, None
        elif self.said != said:
            self.earlier, self.verdicts = self.verdicts, {}
        self.facts, self.said = facts, said


def reads_alike(one: Facts, other: Facts) -> bool:
    """Whether a rule finds the same in both: they differ at most in how far the memory has got."""
    return (
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


class Asking(msgspec.Struct, gc=False):
    """Asks the rules about the messages of one customer, as she is known now. `said` is what they may read of the talk
    (engine.said).

    `memo` holds what still fits (Memo.keep_fitting): other messages have looked at the customer, this one at itself.
    """

    customer_id: str
    facts: Facts
    book: Rulebook
    now: Instant
    memo: Memo
    said: Spoken = SILENCE

    def about(self, message: Message) -> Merged:
        """What all rules say about one message."""
        merged = self.memo.verdicts.get(message.id)
        if (
            merged is None
            or merged.request is not message.request  # it goes on in the name of another one
            or ((flips_at := merged.verdict.flips_at) is not None and flips_at <= self.now)
        ):
            merged = self.memo.verdicts[message.id] = self._anew(message)
        return merged

    def _anew(self, message: Message) -> Merged:
        """What was said before, where it is said again; else the message is judged anew."""
        facts, book, memo, now = self.facts, self.book, self.memo, self.now
        zone, seen = zone_of_customer(facts, book), memo.seen
        if seen is None:
            seen = memo.seen = book.seen(facts)
        before = memo.earlier.pop(message.id, None)  # it holds on to what was known then
        if before is not None and before.request is message.request:
            same = before.verdict.again(facts, zone, now, seen)
            if same is not None:
                return replace(before, verdict=same)
        topic = topic_of(message, book)
        verdict = book.judge(asked_of(message, self.customer_id, topic), facts, zone, now, self.said, seen)
        return merge(message, topic, verdict)


def asked_of(message: Message, customer: str, topic: Topic) -> Asked:
    """The message as rules may read it."""
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


def merge(message: Message, topic: Topic, verdict: Verdict) -> Merged:
    """The verdict with what its rules say together."""
    ruling = ruling_of(topic, verdict.fired)
    urgency = lowered(ruling.urgency, message.request.lower_urgency)
    alerts = _alerts(verdict)
    mark = UNSETTLED if alerts else ruling.mark ^ (verdict.flips_at or 0) << 1  # leaves GROUPED as it is
    return Merged(topic, verdict, ruling, urgency, rank_of(message, urgency), message.request, alerts, mark)


def rank_of(message: Message, urgency: Urgency) -> Rank:
    """The most urgent comes first, then the oldest."""
    return -URGENCY_RANK[urgency], message.received_at, message.number, message.id


def _alerts(verdict: Verdict) -> tuple[str, ...]:
    if not verdict.ties and not verdict.rows:
        return ()
    ties = [f"rule_tie:{one}/{other}" for one, other in verdict.ties]
    return (*ties, *[f"rule_error:{row.rule}" for row in verdict.rows if row.result == "ERROR"])
