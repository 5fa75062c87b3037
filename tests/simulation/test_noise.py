"""Noise: what nobody has declared changes nothing that a customer could notice."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from artifact.instant import DAY, HOUR, MINUTE
from artifact.message import Message
from tests.scenarios.stage import Stage
from tests.simulation.histories import History, Step, histories, perform, played
from tests.simulation.rulebooks import rulebooks

noise = st.lists(
    st.builds(
        lambda gap, what, late: Step(gap, what, {"claim_id": "S1", "amount": 3}, "web", late=late),
        st.sampled_from([0, MINUTE, 3 * HOUR, 26 * HOUR]),
        st.sampled_from(["page.viewed", "claim.whispered", "zzz"]),
        st.sampled_from([0, 5 * DAY]),
    ),
    max_size=3,
)


def seen(message: Message) -> tuple[object, ...]:
    """All of a message but the entry that brought it and the instants at which it was decided."""
    holds = {(h.kind, h.rule, h.channel, h.until) for h in message.holds}
    deliveries = [changed(d, changed_at=None) for d in message.deliveries]
    return message.state, message.reason, message.rule, holds, deliveries, message.anchors, message.rephrase


def with_noise(stage: Stage, history: History, between: list[list[Step]]) -> None:
    for number, step in enumerate(history):
        target = stage.now + step.gap
        for loud in between[number % len(between)] if between else []:
            if stage.now + loud.gap <= target:
                stage.at(stage.now + loud.gap)
                perform(stage, replace(loud, gap=0), f"n{number}/{stage.artifact().version}")
                stage.work()
        stage.at(target)
        perform(stage, step, f"s{number}")
        stage.work()


@given(rulebooks(), histories(), st.lists(noise, max_size=4))
def test_events_of_unknown_types_change_no_state_no_instant_and_no_text(
    text: str, history: History, between: list[list[Step]]
) -> None:
    quiet = played(text, history)
    loud = played(text, [])
    with_noise(loud, history, between)
    for stage in (quiet, loud):
        stage.pass_until(stage.now + 10 * DAY)
    assert loud.sent == quiet.sent
    silent, noisy = quiet.artifact().body, loud.artifact().body
    assert noisy.facts == silent.facts
    assert [m.id for m in noisy.talk.messages] == [m.id for m in silent.talk.messages]
    for one, other in zip(
        (*noisy.talk.messages, *noisy.talk.tail), (*silent.talk.messages, *silent.talk.tail), strict=True
    ):
        assert seen(one) == seen(other)
    loud.curtain()
