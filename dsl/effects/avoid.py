"""`avoid sms`: always subtracts channels."""

import msgspec

from artifact.channel import Channel


class Avoid(msgspec.Struct, frozen=True):
    channels: tuple[Channel, ...]
    because: dict[str, str] = {}
