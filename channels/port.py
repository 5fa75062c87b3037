"""What every channel promises: it takes a parcel, hands it over, and says truthfully what became of it.

A channel refuses to decide: it reads no consent, no clock and no rule, and it never retries by itself. The delivery
id is its idempotency key (I4): the same parcel twice is one message to the customer.
"""

from enum import StrEnum
from typing import Protocol

import msgspec

from artifact.channel import Channel


class Certainty(StrEnum):
    """What the far side makes of a key it has seen before.

    IDEMPOTENT: sending again is safe. LOOKUP: it can be asked what became of a key. NONE: neither; an unknown
    outcome is parked IN_DOUBT with a task.
    """

    IDEMPOTENT = "IDEMPOTENT"
    LOOKUP = "LOOKUP"
    NONE = "NONE"


class Parcel(msgspec.Struct, frozen=True):
    """One delivery, worded. `key` is the delivery id; `address` what the channel sends to, where it needs one."""

    key: str
    customer_id: str
    channel: Channel
    language: str
    body: str
    subject: str | None = None
    short: str | None = None
    address: str | None = None


class HandoverState(StrEnum):
    HANDED_OVER = "HANDED_OVER"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


OTHER_WORDS = "other_words"
"""The detail of a key that was handed over before with other words. The first ones stand."""


class Handover(msgspec.Struct, frozen=True):
    """What became of a parcel. `detail` is the far side's own word for it.

    `temporary` marks a FAILED that is worth another attempt under the same key: the far side has nothing, and says
    that it may take it later.
    """

    state: HandoverState
    detail: str = ""
    temporary: bool = False


class ChannelPort(Protocol):
    """One way to a customer."""

    channel: Channel
    certainty: Certainty

    async def hand_over(self, parcel: Parcel, timeout_seconds: float) -> Handover:
        """Hand over within the time, else UNKNOWN. Never raises for what the far side does."""

    async def look_up(self, key: str, timeout_seconds: float) -> Handover | None:
        """What became of a key (LOOKUP only); None: never seen."""

    async def close(self) -> None:
        """Release what it holds."""
