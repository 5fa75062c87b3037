"""Every channel of the contract has a line in the registry, and what the line makes keeps the contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from artifact.channel import PLACES, SENDS, Channel
from artifact.errors import ErrorCode, InputError
from channels.place import Place
from channels.port import ChannelPort
from channels.registry import CHANNELS, Means, close_channels, open_channels
from channels.spool import Spool
from tests.channels.contract import ChannelContract


@pytest.fixture(params=list(Channel))
async def channel(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ChannelPort]:
    channels = open_channels(Means(spool=tmp_path / "spool"))
    yield channels[request.param]
    await close_channels(channels)


class TestEveryChannel(ChannelContract):
    """As contract.py says."""

    async def test_it_answers_to_its_own_name(
        self, channel: ChannelPort, request: pytest.FixtureRequest
    ) -> None:
        assert channel.channel is request.node.callspec.params["channel"]


def test_every_channel_has_a_line() -> None:
    assert set(CHANNELS) == set(Channel)


def test_places_send_nothing_and_sends_without_a_provider_spool(tmp_path: Path) -> None:
    channels = open_channels(Means(spool=tmp_path))
    assert {type(channels[c]) for c in PLACES} == {Place}
    assert {type(channels[c]) for c in SENDS} == {Spool}
    assert {p.name for p in tmp_path.iterdir()} == {c.lower() for c in SENDS}


def test_a_spool_that_cannot_be_made_is_said_before_anything_is_promised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError) as refused:
        open_channels(Means(spool=tmp_path / "file"))
    assert refused.value.code is ErrorCode.FILE_UNREADABLE
