"""Refusal: no back-end, however it shouts, keeps a customer's word from being heard or an offer within its gates."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.decision import EventStatus
from artifact.errors import InputError
from artifact.instant import DAY, HOUR, format_instant
from artifact.limits import Limits
from tests.scenarios.stage import ANA, Stage
from tests.simulation.audit import Witness
from tests.simulation.histories import MONDAY
from tests.simulation.pieces import TOPICS
from tests.simulation.rulebooks import rulebooks

SMALL = Limits(open_messages=6, reserved_messages=2, tasks=4, closed_messages=3, consents=4)

shouts = st.fixed_dictionaries(
    {"topic": st.sampled_from([*TOPICS, "never_declared"])},
    optional={
        "channels": st.just([c.value for c in Channel]),
        "lowerUrgency": st.just("CRITICAL"),
        "key": st.sampled_from(["k1", "k2"]),
        "data": st.just({"claim_id": "S1", "urgency": "CRITICAL", "category": "security", "basis": "legal"}),
        "content": st.just([{"body": "Buy now!"}]),
        "urgency": st.just("CRITICAL"),
        "category": st.just("legal"),
        "late": st.sampled_from([HOUR, 400 * DAY]),
    },
)
words_of_hers = st.sampled_from(
    [
        ("consent.withdrawn", {"category": "*"}),
        ("consent.refused", {"category": "marketing", "channel": "SMS"}),
        ("customer.deceased", {}),
        ("preference.set", {"zone": "Asia/Kathmandu"}),
    ]
)


def shouted(stage: Stage, shout: dict[str, Any]) -> None:
    """A request as a back-end may send it; what the border refuses has no effect at all."""
    late = shout.pop("late", 0)
    try:
        stage.asking(shout.pop("topic"), at=format_instant(stage.now - late), **shout)
    except InputError:
        return


@given(rulebooks(), st.lists(st.one_of(shouts, words_of_hers), min_size=4, max_size=24), st.booleans())
def test_her_word_is_always_heard_and_every_offer_stays_within_its_gates(
    text: str, said: list[Any], agreed: bool
) -> None:
    stage = Stage(text, MONDAY, SMALL)
    witness = stage.provider = Witness(stage)
    if agreed:
        stage.event("consent.given", category="*")
    for one in said:
        if isinstance(one, dict):
            shouted(stage, dict(one))
        else:
            job = stage.event(one[0], source="centre", data=one[1])
            assert (job.status, job.error) == (EventStatus.ACCEPTED, None)
        stage.work()
    for open_message in stage.artifact(ANA).body.talk.messages:
        job = stage.event("message.retracted", source="centre", message=open_message.id)
        assert (job.status, job.error) == (EventStatus.ACCEPTED, None)
    assert stage.artifact().body.talk.messages == ()
    stage.pass_until(stage.now + 3 * DAY)
    assert witness.faults == []
    stage.curtain()
