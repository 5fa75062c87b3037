"""Which channel is made how. A new channel is one file beside this one and one line below.

Refuses to choose: settings are given by whoever opens the channels, and every channel of the contract has a line.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from artifact.channel import Channel
from channels.place import Place
from channels.port import ChannelPort
from channels.spool import Spool


class Means(msgspec.Struct, frozen=True):
    """What channels are made from. `spool` is the folder for whatever has no provider."""

    spool: Path


Make = Callable[[Channel, Means], ChannelPort]


def _place(channel: Channel, means: Means) -> ChannelPort:
    return Place(channel)


def _spool(channel: Channel, means: Means) -> ChannelPort:
    return Spool.open(channel, means.spool / channel.lower())


CHANNELS: dict[Channel, Make] = {
    Channel.EMAIL: _spool,
    Channel.SMS: _spool,
    Channel.PUSH: _spool,
    Channel.LETTER: _spool,
    Channel.PHONE: _spool,
    Channel.WEBHOOK: _spool,
    Channel.WEB: _place,
    Channel.APP: _place,
    Channel.CONTACT_CENTRE: _place,
    Channel.BRANCH: _place,
}


def open_channels(means: Means) -> dict[Channel, ChannelPort]:
    """Every channel, ready to use. Raises InputError where one cannot be opened."""
    return {channel: make(channel, means) for channel, make in CHANNELS.items()}


async def close_channels(channels: Mapping[Channel, ChannelPort]) -> None:
    """Close them all."""
    for channel in channels.values():
        await channel.close()
