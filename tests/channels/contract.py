"""The contract of a channel as claims, the same for every channel. A new channel subclasses ChannelContract.

Each test gets a fresh `channel`. What only one channel can show (folders, far sides) stands beside that channel.
"""

import pytest

from channels.port import Certainty, ChannelPort, Handover, HandoverState, Parcel

HOSTILE = [
    "",
    " ",
    "../../outside",
    "/",
    "a\\b:c*?",
    "CON",
    "nul.json",
    ".hidden",
    "\x00",
    "a\nb\r\nc",
    "\x1b[31mred",
    "ñ́ \u202eright to left\u202c \u200b",
    "😀" * 50,
    "{{ 7 * 7 }} {% raw %} ${jndi:x} '; DROP TABLE customers; --",
    "<script>alert(1)</script>",
    "x" * 65_536,
    "\ud800 half a character",
]


def parcel(channel: ChannelPort, key: str = "m_0a1b-SMS", body: str = "Your claim is settled.") -> Parcel:
    """One delivery for this channel."""
    return Parcel(
        key=key,
        customer_id="ada",
        channel=channel.channel,
        language="en",
        body=body,
        subject="News",
        address="ada@example.com",
    )


class ChannelContract:
    """What every channel does, whatever it is given."""

    async def test_it_says_which_channel_it_is_and_what_its_far_side_makes_of_a_known_key(
        self, channel: ChannelPort
    ) -> None:
        assert isinstance(channel.certainty, Certainty)
        assert channel.channel.value.isupper()

    async def test_a_parcel_is_handed_over(self, channel: ChannelPort) -> None:
        assert (await channel.hand_over(parcel(channel), 10)).state in (
            HandoverState.HANDED_OVER,
            HandoverState.DELIVERED,
        )

    async def test_the_same_parcel_again_is_handed_over_again(self, channel: ChannelPort) -> None:
        answers = [await channel.hand_over(parcel(channel), 10) for _ in range(3)]
        assert [a.state for a in answers] == [answers[0].state] * 3
        assert [a.detail for a in answers] == [""] * 3

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    async def test_a_hostile_text_is_an_answer_and_never_an_exception(
        self, channel: ChannelPort, text: str
    ) -> None:
        for hostile in (parcel(channel, body=text), parcel(channel, key=text)):
            answer = await channel.hand_over(hostile, 10)
            assert isinstance(answer, Handover)
            assert answer.state in (HandoverState.HANDED_OVER, HandoverState.DELIVERED, HandoverState.FAILED)

    async def test_no_time_at_all_is_an_answer_and_never_an_exception(self, channel: ChannelPort) -> None:
        answer = await channel.hand_over(parcel(channel), 0)
        assert answer.state in (HandoverState.UNKNOWN, HandoverState.HANDED_OVER)

    async def test_a_key_can_be_asked_for_without_an_exception(self, channel: ChannelPort) -> None:
        answer = await channel.look_up("m_never-SMS", 10)
        assert answer is None or isinstance(answer, Handover)

    async def test_it_can_be_closed_twice_and_then_still_answers(self, channel: ChannelPort) -> None:
        await channel.close()
        await channel.close()
        assert isinstance(await channel.hand_over(parcel(channel), 10), Handover)
