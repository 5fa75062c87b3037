"""How much dispatch does at once, how long it waits, and how often it tries. One struct, given by the wiring."""

import msgspec

from artifact.instant import SECOND, Instant


class DispatchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`worker` names this process in intents. Units stand last in the names.

    `send_seconds` bounds one hand-over. With less than `least_seconds` of an intent left a channel is not called
    any more; `spare_seconds` of it are kept for bringing the outcome back. `hand_overs_at_once` counts for each
    channel by itself, so that one that hangs takes no room from another.
    """

    worker: str = "dispatch"
    customers_at_once: int = 64
    hand_overs_at_once: int = 32
    batch_customers: int = 100
    poll_seconds: float = 1.0
    send_seconds: float = 10.0
    least_seconds: float = 5.0
    spare_seconds: float = 2.0
    attempts: int = 10
    first_delay_seconds: float = 2.0
    longest_delay_seconds: float = 600.0

    def delay(self, attempt: int) -> Instant:
        """How long to wait after so many attempts: twice as long after each, up to the longest."""
        doubled = self.first_delay_seconds * 2.0 ** min(max(attempt, 1) - 1, 32)
        return int(min(doubled, self.longest_delay_seconds) * SECOND)
