"""`send apology by app, sms with (...)`: an event rule asks for a message, under the same gates as anyone."""

from typing import Any

import msgspec

from artifact.channel import Channel
from artifact.event import Subject


class Send(msgspec.Struct, frozen=True):
    """`channels` narrows the topic's. `about` is what the message is about, `key` its business key."""

    topic: str
    channels: tuple[Channel, ...] | None = None
    about: Subject | None = None
    key: str | None = None
    data: dict[str, Any] = {}
