"""Random lives of one customer, and a service over a store in memory with the clock in our hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.channel import Channel, Urgency
from artifact.customer import encode_body
from artifact.decision import EventStatus
from artifact.event import Event
from artifact.instant import DAY, HOUR, MINUTE, Instant, format_instant
from artifact.limits import Limits
from artifact.span import Span, Unit
from dsl.effects import Block, Deliver, Postpone, PostponeKind, Propagate, RequireProof
from dsl.rulebook import Cap, QuietHours
from engine.admitting import message_id
from engine.books import Books
from engine.pipeline.kernel import Job, Kernel
from store.memory import MemoryStore
from tests.engine.handmade import (
    EVENT_TYPES,
    Handmade,
    Rule,
    fact_is,
    handmade,
    recently_sent,
    situation_open,
)
from tests.engine.histories import histories
from tests.engine.world import CUSTOMER, MONDAY, event, request

_young, _grown = recently_sent(Span(5, Unit.HOUR))


def manners(revision: str, *, strict: bool = False) -> Handmade:
    """A rulebook with something of everything."""
    rules = [
        Rule(
            "not_while_claiming",
            (Postpone(PostponeKind.WHILE, at_most=Span(3, Unit.DAY), otherwise=Block()),),
            situation_open("claim"),
            ("offer", "survey"),
        ),
        Rule(
            "cool_off",
            (Postpone(PostponeKind.FIXED, span=Span(9, Unit.HOUR), times=2),),
            fact_is("city", 1),
            ("receipt", "reminder"),
            agent_may_release=True,
        ),
        Rule("young", (Postpone(PostponeKind.WHILE),), _young, ("survey",), _grown),
        Rule("by_app_too", (Propagate((Channel.APP,), Span(2, Unit.HOUR)),), topics=("receipt",)),
        Rule("proven", (RequireProof((Channel.LETTER,)), Propagate((Channel.LETTER,))), topics=("notice",)),
    ]
    if strict:
        rules += [
            Rule("never_gold", (Block(),), fact_is("segment", 2)),
            Rule("mail", (Deliver((Channel.EMAIL,)),)),
        ]
    return handmade(
        *rules,
        revision=revision,
        text=revision,
        quiet_hours=(QuietHours((Channel.SMS, Channel.EMAIL), 22 * 60, 8 * 60),),
        caps=(
            Cap("daily", 2, Span(1, Unit.DAY), calendar=True, channels=(Channel.SMS,)),
            Cap("weekly", 3, Span(7, Unit.DAY), categories=("marketing",)),
            Cap("service", 2, Span(5, Unit.HOUR), categories=("service",), otherwise=Deliver((Channel.APP,))),
        ),
        event_types=EVENT_TYPES,
    )


# -- lives ----------------------------------------------------------------------------------------------------

_TOPICS = ("offer", "survey", "receipt", "reminder", "notice", "fraud_alert", "nobody_knows")
_IDS = tuple(f"r-{n}" for n in range(5))
_MESSAGES = tuple(message_id(CUSTOMER, source, id) for source in ("crm", "billing") for id in _IDS)
_DELIVERIES = tuple(f"{m}-{c}" for m in _MESSAGES for c in Channel)


@st.composite
def requests(draw: st.DrawFn) -> Event:
    fields: dict[str, object] = {"data": {"amount": draw(st.integers(1, 2)), "policy": "P-1"}}
    if draw(st.booleans()):
        fields["key"] = draw(st.sampled_from(["77", "78"]))
    if draw(st.booleans()):
        fields["expiresAt"] = format_instant(MONDAY + draw(st.integers(1, 90)) * HOUR)
    if draw(st.booleans()):
        fields["notBefore"] = format_instant(MONDAY + draw(st.integers(1, 60)) * HOUR)
    if draw(st.booleans()):
        fields["lowerUrgency"] = draw(st.sampled_from([u.value for u in Urgency]))
    return request(
        draw(st.sampled_from(_TOPICS)),
        MONDAY + draw(st.integers(0, 12)) * HOUR,
        draw(st.sampled_from(_IDS)),
        source=draw(st.sampled_from(["crm", "billing"])),
        seq=draw(st.one_of(st.none(), st.integers(1, 3))),
        **fields,
    )


@st.composite
def outcomes(draw: st.DrawFn) -> Event:
    verbs = ["handed_over", "delivered", "seen", "clicked", "dismissed", "failed", "retry", "in_doubt"]
    data = {"delivery": draw(st.sampled_from(_DELIVERIES))}
    return event(
        f"delivery.{draw(st.sampled_from(verbs))}", MONDAY, f"o-{draw(st.integers(0, 99))}", data=data
    )


@st.composite
def commands(draw: st.DrawFn) -> Event:
    verbs = [
        "delivery.told",
        "staff.released",
        "staff.cancelled",
        "staff.conflict_resolved",
        "message.retracted",
    ]
    data = {"message": draw(st.sampled_from(_MESSAGES)), "customerAsked": draw(st.booleans())}
    return event(draw(st.sampled_from(verbs)), MONDAY, f"k-{draw(st.integers(0, 99))}", data=data)


@dataclass
class Moment:
    """What happens at one instant of the clock."""

    now: Instant
    jobs: list[Job]
    publish: str | None = None


@st.composite
def lives(draw: st.DrawFn, most: int = 8) -> list[Moment]:
    """Moments with their jobs; events reach us up to four days late, some twice, some corrected."""
    events: list[Event] = draw(histories(most=6))
    events += draw(st.lists(requests(), max_size=6))
    events += draw(st.lists(st.one_of(outcomes(), commands()), max_size=6))
    events += [
        event("event.corrected", MONDAY, f"c-{e.id}", data={"source": e.source, "id": e.id})
        for e in draw(st.lists(st.sampled_from(events), max_size=2))
    ]
    left: list[Event | None] = [*draw(st.permutations(events)), *[None] * draw(st.integers(0, 6))]
    moments, now = [], MONDAY + 4 * DAY
    while left:
        now += draw(st.sampled_from([0, MINUTE, 59 * MINUTE, 6 * HOUR, DAY]))
        size = draw(st.integers(1, 4))
        jobs = [
            Job(CUSTOMER, deliveries=_DELIVERIES, worker="w")
            if e is None
            else Job(CUSTOMER, replace(e, received_at=now))
            for e in left[:size]
        ]
        publish = draw(st.sampled_from([None, None, None, "r1", "r2"]))
        moments.append(Moment(now, jobs, publish))
        left = left[size:]
    return moments


# -- running them ---------------------------------------------------------------------------------------------


@dataclass
class Service:
    """A kernel over a store in memory, with a clock in our hands."""

    limits: Limits = field(default_factory=lambda: Limits(snapshot_entries=4))
    kept_hot: int = 1_000
    now: Instant = MONDAY
    epoch: int = 0

    def __post_init__(self) -> None:
        self.store = MemoryStore(lambda: self.now)
        self.known = {"r1": manners("r1"), "r2": manners("r2", strict=True)}
        self.books = Books(self._text_of, self._compile)
        self.kernel = Kernel(self.store, self.books, self.limits, "test", self.kept_hot)

    async def _text_of(self, revision: str) -> str | None:
        return revision

    async def _compile(self, text: str) -> Handmade:
        return self.known[text]

    def publish(self, revision: str) -> None:
        self.epoch += 1
        self.books.put_in_force(self.known[revision], self.epoch)

    async def live(
        self, moments: Iterable[Moment], *, together: bool
    ) -> list[tuple[EventStatus, str | None]]:
        """Process the jobs of each moment together or one by one; what each was answered with."""
        answers = []
        for moment in moments:
            self.now = moment.now
            if moment.publish is not None and moment.publish != self.books.revision:
                self.publish(moment.publish)
            jobs = [Job(j.customer_id, j.event, j.deliveries, j.worker) for j in moment.jobs]
            for group in [jobs] if together else [[j] for j in jobs]:
                await self.kernel.process(group)
            for job in jobs:
                assert job.fault is None, job.fault
                answers.append((job.status, job.error.code.value if job.error else None))
        return answers

    async def bytes(self) -> bytes:
        artifact = await self.store.artifact(CUSTOMER)
        return b"" if artifact is None else encode_body(artifact.body)

    async def process(self, *jobs: Job) -> Sequence[Job]:
        await self.kernel.process(jobs)
        return jobs

    async def tell(self, told: Event) -> Job:
        [job] = await self.process(Job(told.customer_id, replace(told, received_at=self.now)))
        return job


def begun(**parts: object) -> Service:
    service = Service(**parts)  # type: ignore[arg-type]
    service.publish("r1")
    return service
