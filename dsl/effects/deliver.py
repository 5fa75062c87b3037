"""`deliver by app, sms`: orders and limits the permitted channels."""

import msgspec

from artifact.channel import Channel


class Deliver(msgspec.Struct, frozen=True):
    """`channels` in order of preference; empty: as the topic says."""

    channels: tuple[Channel, ...] = ()
    because: dict[str, str] = {}
