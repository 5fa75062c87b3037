"""Random lives of one customer through kernel and store: what is kept is a function of the log alone."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.channel import Channel, Urgency
from artifact.customer import encode_body
from artifact.decision import EventStatus
from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from artifact.instant import DAY, HOUR, MINUTE, Instant, format_instant
from artifact.limits import Limits
from artifact.message import LIVE_STATES, MessageState
from artifact.span import Span, Unit
from dsl.effects import Block, Deliver, Postpone, PostponeKind, Propagate, RequireProof
from dsl.rulebook import Cap, QuietHours
from engine.admitting import message_id
from engine.books import Books
from engine.pipeline.kernel import Job, Kernel
from engine.pipeline.verify import verify
from engine.scene import Scene
from engine.step import step_timer
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
from tests.engine.world import CUSTOMER, MONDAY, Customer, event, request

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


@given(lives())
def test_the_log_run_again_gives_the_same_bytes_and_no_invariant_is_breached(life: list[Moment]) -> None:
    async def run() -> None:
        service = begun()
        await service.live(life, together=True)
        findings = await verify(service.store, service.books, service.limits)
        assert findings.breaches == ()

    asyncio.run(run())


@given(lives())
def test_how_jobs_are_grouped_changes_no_byte_and_no_answer(life: list[Moment]) -> None:
    async def run() -> None:
        one, other = begun(), begun()
        assert await one.live(life, together=False) == await other.live(life, together=True)
        assert await one.bytes() == await other.bytes()
        assert await one.store.history(CUSTOMER) == await other.store.history(CUSTOMER)

    asyncio.run(run())


@given(lives())
def test_deciding_what_changed_gives_what_deciding_everything_gives(life: list[Moment]) -> None:
    async def run() -> None:
        warm, cold = begun(), begun(kept_hot=0)
        await warm.live(life, together=False)
        await cold.live(life, together=False)
        assert await warm.bytes() == await cold.bytes()

    asyncio.run(run())


@given(lives())
def test_deciding_twice_is_deciding_once(life: list[Moment]) -> None:
    async def run() -> None:
        service = begun()
        await service.live(life, together=True)
        artifact = await service.store.artifact(CUSTOMER)
        if artifact is None:
            return
        scene = Scene(service.books.live, service.books.revision, service.limits, "test")
        due = artifact.now  # whatever was due by then has run
        once = step_timer(artifact, due, artifact.now, scene)
        twice = step_timer(once.artifact, due, artifact.now, scene)
        assert twice.entry.out == ()
        assert encode_body(twice.artifact.body) == encode_body(once.artifact.body)

    asyncio.run(run())


@given(lives(), st.integers(5, 12))
def test_how_deep_an_event_lies_does_not_depend_on_how_jobs_were_grouped(
    life: list[Moment], deep: int
) -> None:
    async def run() -> None:
        limits = Limits(snapshot_entries=2, late_entries=deep)
        one, other = begun(limits=limits), begun(limits=limits)
        await one.live(life, together=False)
        await other.live(life, together=True)
        assert await one.bytes() == await other.bytes()
        for service in (one, other):
            findings = await verify(service.store, service.books, service.limits)
            assert findings.breaches == ()

    asyncio.run(run())


# -- one by one -----------------------------------------------------------------------------------------------


async def test_the_same_event_again_is_a_duplicate_and_with_another_content_a_conflict() -> None:
    service = begun()
    first = event("page.viewed", MONDAY, "e-1", n=1)
    assert (await service.tell(first)).status is EventStatus.ACCEPTED
    again = await service.tell(replace(first, data={"n": 1.0}))
    assert (again.status, again.version) == (EventStatus.DUPLICATE, 1)
    other = await service.tell(replace(first, data={"n": 2}))
    assert other.status is EventStatus.REJECTED
    assert other.error is not None
    assert other.error.code is ErrorCode.EVENT_CONFLICT
    artifact = await service.store.artifact(CUSTOMER)
    assert artifact is not None
    assert artifact.version == 1


async def test_a_refused_event_leaves_neither_entry_nor_trace() -> None:
    service = begun()
    await service.tell(event("page.viewed"))
    before = await service.bytes()
    refused = await service.tell(event("staff.cancelled", MONDAY, "k", data={"message": "m_nobody"}))
    assert refused.error is not None
    assert refused.error.code is ErrorCode.MESSAGE_UNKNOWN
    assert await service.bytes() == before
    assert len(await service.store.history(CUSTOMER)) == 1


async def test_a_customer_decided_under_an_older_publication_is_decided_anew_when_she_is_woken() -> None:
    service = begun()
    await service.tell(request("reminder", MONDAY))
    service.publish("r2")
    service.publish("r1")
    assert await service.store.behind(service.epoch, 10) == [CUSTOMER]
    await service.process(Job(CUSTOMER))
    assert await service.store.behind(service.epoch, 10) == []


async def test_a_request_is_corrected_although_a_newer_snapshot_was_taken() -> None:
    service = begun(limits=Limits(snapshot_entries=2))
    await service.tell(event("page.viewed", MONDAY, "first"))
    asked = request("reminder", MONDAY + HOUR, notBefore=format_instant(MONDAY + 9 * DAY))
    service.now = MONDAY + HOUR
    await service.tell(asked)
    for number in range(6):
        await service.tell(event("unheard.of", MONDAY + HOUR, f"n-{number}"))
    told = await service.tell(
        event("event.corrected", MONDAY + 2 * HOUR, "c", data={"source": asked.source, "id": asked.id})
    )
    assert told.error is None
    row = await service.store.message(message_id(CUSTOMER, asked.source, asked.id))
    assert row is not None
    assert row.message.state is MessageState.RETRACTED


# -- refusal ---------------------------------------------------------------------------------------------------

_ALWAYS = (
    event("consent.withdrawn", MONDAY + 8 * DAY, "w", category="marketing"),
    event("customer.deceased", MONDAY + 8 * DAY, "d"),
    request("fraud_alert", MONDAY + 8 * DAY, "f"),
)


@pytest.mark.parametrize("bytes_each", [0, 9_000])
async def test_no_shouting_back_end_makes_consent_death_or_a_critical_topic_refused(bytes_each: int) -> None:
    """As many requests as one source likes, as large as it likes: what must be admitted is admitted."""
    service = begun(limits=Limits(artifact_hard_bytes=200_000))
    refused = 0
    for number in range(300 if not bytes_each else 60):
        fill = "x" * (bytes_each if number < 30 else 40 * (60 - number))  # up to the last bytes of room
        asked = request(
            "offer",
            MONDAY,
            f"r-{number}",
            lowerUrgency="CRITICAL",
            channels=[c.value for c in Channel],
            data={"fill": fill if bytes_each else ""},
        )
        refused += (await service.tell(asked)).status is EventStatus.REJECTED
    assert refused > 0
    service.now = MONDAY + 8 * DAY
    for told in _ALWAYS:
        job = await service.tell(told)
        assert (job.status, job.error) == (EventStatus.ACCEPTED, None), told.type
    artifact = await service.store.artifact(CUSTOMER)
    assert artifact is not None
    assert all(
        d.planned_at is None or m.request.topic != "offer"
        for m in artifact.body.talk.messages
        for d in m.deliveries
    )


async def test_past_the_hard_limit_the_event_fails_and_the_customer_goes_on() -> None:
    service = begun(limits=Limits(artifact_hard_bytes=20_000))
    large = event("customer.updated", MONDAY, "large", data={"history": "x" * 30_000})
    small = event("customer.updated", MONDAY, "small", city="Madrid")
    jobs = await service.process(Job(CUSTOMER, large), Job(CUSTOMER, small))
    assert isinstance(jobs[0].error, InputError)
    assert jobs[0].error.code is ErrorCode.ARTIFACT_TOO_LARGE
    assert jobs[1].status is EventStatus.ACCEPTED


def test_room_is_kept_for_what_is_critical_and_the_weakest_offer_makes_room() -> None:
    limits = Limits(open_messages=6, reserved_messages=2)
    customer = Customer(manners("r1"), limits)
    customer.tell(event("consent.given", category="marketing"))
    notices = [customer.ask("notice", f"n-{n}") for n in range(2)]
    offers = [customer.ask("offer", f"o-{n}", notBefore="2026-11-20T10:00:00Z") for n in range(2)]
    with pytest.raises(InputError) as full:
        customer.ask("offer", "one too many")
    assert full.value.code is ErrorCode.CUSTOMER_FULL
    alerts = [customer.ask("fraud_alert", f"f-{n}") for n in range(4)]
    assert [customer.state(o) for o in offers] == [(MessageState.EVICTED, "no_room")] * 2
    assert all(customer.records(o)[-1].state is MessageState.EVICTED for o in offers)
    assert all(customer.find(m.id).state in LIVE_STATES for m in (*notices, *alerts))


def test_only_what_is_blocked_and_waiting_marketing_make_room() -> None:
    limits = Limits(open_messages=3, reserved_messages=1)
    customer = Customer(manners("r1"), limits)
    blocked = customer.ask("offer", "no consent")
    notice = customer.ask("notice", "n")
    customer.ask("fraud_alert", "f-1")
    customer.ask("fraud_alert", "f-2")
    assert customer.state(blocked)[0] is MessageState.EVICTED
    customer.ask("fraud_alert", "f-3")
    assert customer.find(notice.id).state in LIVE_STATES
