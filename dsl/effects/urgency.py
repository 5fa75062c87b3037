"""`set urgency to high`: how much the message presses."""

import msgspec

from artifact.channel import Urgency


class SetUrgency(msgspec.Struct, frozen=True):
    urgency: Urgency
    because: dict[str, str] = {}
