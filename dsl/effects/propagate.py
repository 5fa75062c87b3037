"""`propagate to sms if unseen after 2 hours`: adds channels, at once or as followers."""

import msgspec

from artifact.channel import Channel
from artifact.span import Span


class Propagate(msgspec.Struct, frozen=True):
    """`after` None: together with the first delivery."""

    channels: tuple[Channel, ...]
    after: Span | None = None
    because: dict[str, str] = {}
