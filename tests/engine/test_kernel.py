"""Random lives of one customer through kernel and store: what is kept is a function of the log alone."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.customer import encode_body
from artifact.decision import EventStatus
from artifact.errors import ErrorCode
from artifact.instant import DAY, HOUR, format_instant
from artifact.limits import Limits
from artifact.message import MessageState
from engine.admitting import message_id
from engine.pipeline.kernel import Job
from engine.pipeline.verify import verify
from engine.scene import Scene
from engine.step import step_timer
from store.port import Loaded, Want
from tests.engine.lives import Moment, begun, lives
from tests.engine.world import CUSTOMER, MONDAY, event, request


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


def test_who_is_only_passing_takes_nobodys_place_at_hand() -> None:
    async def run() -> None:
        service = begun(kept_hot=1)
        await service.process(Job("bea", replace(event("page.viewed"), customer_id="bea")))
        await service.process(Job("ada", replace(event("page.viewed"), customer_id="ada")))
        had = []
        load = service.store.load

        async def watched(wants: Sequence[Want]) -> list[Loaded]:
            had.append([(want.customer_id, want.have) for want in wants])
            return await load(wants)

        service.store.load = watched  # type: ignore[method-assign]
        service.publish("r2")
        await service.process(Job("bea", passing=True), Job("ada", passing=True))
        await service.process(Job("bea"), Job("ada"))
        assert had == [[("bea", None), ("ada", 1)], [("bea", None), ("ada", 2)]]

    asyncio.run(run())
