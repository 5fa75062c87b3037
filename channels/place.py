"""A place where a customer looks by herself: what is handed over here is shown in its inbox, and nothing is sent.

Refuses to know who is looking: the first acknowledgement of a client comes back through the API as an event.
"""

from artifact.channel import Channel
from channels.port import Certainty, Handover, HandoverState, Parcel


class Place:
    """A web site, an app, a contact centre, a branch. Shown twice is shown once, so it is idempotent."""

    certainty = Certainty.IDEMPOTENT

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    async def hand_over(self, parcel: Parcel, timeout_seconds: float) -> Handover:
        """Handed over the moment it is asked for: the committed outcome is what makes an inbox show it."""
        return Handover(HandoverState.HANDED_OVER)

    async def look_up(self, key: str, timeout_seconds: float) -> Handover | None:
        """A place keeps nothing of its own, so it has seen no key."""
        return None

    async def close(self) -> None:
        """It holds nothing."""
