"""Structured facts for operators: what was told, and what is in hand."""

from collections import Counter

import msgspec

from artifact.instant import SECOND, Instant
from dispatch.outcome import DELIVERED, FAILED, HANDED_OVER, IN_DOUBT, RETRY


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Totals since the start, then what is in hand now.

    `lag_seconds` is how long the customer next in line has been due; `waiting` are customers that wait for room on
    a channel, `held` those put off until an instant.
    """

    handed_over: int = 0
    delivered: int = 0
    failed: int = 0
    in_doubt: int = 0
    retried: int = 0
    visiting: int = 0
    in_flight: int = 0
    waiting: int = 0
    held: int = 0
    lag_seconds: float = 0.0


class Tally:
    """What adds up to Counts."""

    def __init__(self) -> None:
        self._told: Counter[str] = Counter()
        self._lag: Instant = 0

    def told(self, type: str) -> None:
        """One more outcome is in the log."""
        self._told[type] += 1

    def lagging(self, lag: Instant) -> None:
        """How long the next in line has been due at the last look."""
        self._lag = lag

    def counts(self, *, visiting: int, in_flight: int, waiting: int, held: int) -> Counts:
        """The facts now."""
        return Counts(
            handed_over=self._told[HANDED_OVER],
            delivered=self._told[DELIVERED],
            failed=self._told[FAILED],
            in_doubt=self._told[IN_DOUBT],
            retried=self._told[RETRY],
            visiting=visiting,
            in_flight=in_flight,
            waiting=waiting,
            held=held,
            lag_seconds=self._lag / SECOND,
        )
