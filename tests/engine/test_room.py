"""Room: no back-end can have refused what must always be admitted, nor push out what is not marketing."""

import pytest

from artifact.channel import Channel
from artifact.decision import EventStatus
from artifact.errors import ErrorCode, InputError
from artifact.instant import DAY
from artifact.limits import Limits
from artifact.message import LIVE_STATES, MessageState
from engine.pipeline.kernel import Job
from tests.engine.lives import begun, manners
from tests.engine.world import CUSTOMER, MONDAY, Customer, event, request

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
    offers = [customer.ask("offer", f"o-{n}", notBefore="2026-11-20T10:00:00Z") for n in range(4)]
    with pytest.raises(InputError) as full:
        customer.ask("offer", "one too many")
    assert full.value.code is ErrorCode.CUSTOMER_FULL
    alerts = [customer.ask("fraud_alert", f"f-{n}") for n in range(4)]
    assert [customer.state(o) for o in offers] == [(MessageState.EVICTED, "no_room")] * 4
    assert all(customer.records(o)[-1].state is MessageState.EVICTED for o in offers)
    assert all(customer.find(m.id).state in LIVE_STATES for m in (*notices, *alerts))


def test_what_makes_no_room_leaves_the_room_that_is_kept() -> None:
    customer = Customer(manners("r1"), Limits(open_messages=6, reserved_messages=2))
    for number in range(4):
        customer.ask("notice", f"n-{number}", notBefore="2026-11-20T10:00:00Z")
    with pytest.raises(InputError) as full:
        customer.ask("notice", "one too many")
    assert full.value.code is ErrorCode.CUSTOMER_FULL
    for number in range(2):
        assert customer.ask("fraud_alert", f"f-{number}").state in LIVE_STATES


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
