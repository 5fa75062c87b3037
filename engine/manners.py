"""What the manners did: what was asked for beside what she heard, customer by customer and week by week.

Without a rulebook every message would be said at the moment at which it is asked for, each by itself. With one, what
counts is what left by a channel that reaches out; what is shown in an inbox presses nobody. Counts what a log holds, and
refuses to guess what a customer would have answered.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from artifact.channel import SENDS
from artifact.decision import KeptRecord
from artifact.instant import DAY, Instant, datetime_of
from artifact.message import DeliveryState, HoldKind, Message, MessageState
from artifact.span import zone_of
from engine.traces import hold_kinds

NIGHT_BEGINS, NIGHT_ENDS = 22, 8
"""Hours of the customer's wall clock."""

REPEAT_WITHIN = 7 * DAY
"""The same topic and key said again so soon is a repeat."""


class Said(msgspec.Struct, frozen=True, gc=False):
    """One contact: its instant, and what tells whether it says again what was said before."""

    at: Instant
    what: tuple[str, str | None]


class Pressure(msgspec.Struct, frozen=True):
    """How much customers heard. `per_customer_week` is over the weeks in which anything was asked or said."""

    contacts: int
    per_customer_week: float
    busiest_customer_week: int
    at_night: int
    repeats: int


class Manners(msgspec.Struct, frozen=True, rename={"with_rulebook": "with", "without_rulebook": "without"}):
    """`outcomes` count messages to which it happened at least once."""

    asked: int
    without_rulebook: Pressure
    with_rulebook: Pressure
    outcomes: dict[str, int]


_OF_HOLDS = {
    HoldKind.FIXED: "waiting_by_rule",
    HoldKind.WHILE: "waiting_by_rule",
    HoldKind.QUIET_HOURS: "waiting_by_quiet_hours",
    HoldKind.BUDGET: "waiting_by_budget",
    HoldKind.GROUP: "grouped",
    HoldKind.CONFLICT: "conflict",
}
_OF_REASONS = {
    (MessageState.BLOCKED, "consent"): "blocked_by_consent",
    (MessageState.BLOCKED, "rule"): "blocked_by_rule",
    (MessageState.BLOCKED, "rule_limit"): "blocked_by_rule",
}
_OF_STATES = {
    MessageState.SUPERSEDED: "superseded",
    MessageState.JOINED: "joined",
    MessageState.EXPIRED: "expired",
    MessageState.EVICTED: "evicted",
}
OUTCOMES = tuple(dict.fromkeys([*_OF_HOLDS.values(), *_OF_REASONS.values(), *_OF_STATES.values()]))


class Ledger:
    """Counts one customer after another."""

    def __init__(self) -> None:
        self._asked = 0
        self._customer_weeks = 0
        self._without, self._with = _Side(), _Side()
        self._outcomes: Counter[str] = Counter()

    def add(self, zone: str, messages: Iterable[Message], records: Iterable[KeptRecord]) -> None:
        """Everything about one customer."""
        own = list(messages)
        asked = sorted((one for message in own for one in _asked(message)), key=_instant)
        made = sorted((one for message in own for one in _made(message)), key=_instant)
        self._asked += len(asked)
        self._customer_weeks += len({_week(one.at, zone) for one in (*asked, *made)})
        self._without.add(asked, zone)
        self._with.add(made, zone)
        seen = {(record.message, outcome) for record in records for outcome in outcomes_of(record)}
        self._outcomes.update(outcome for _, outcome in seen)

    def manners(self) -> Manners:
        """What has been counted."""
        return Manners(
            asked=self._asked,
            without_rulebook=self._without.pressure(self._customer_weeks),
            with_rulebook=self._with.pressure(self._customer_weeks),
            outcomes={name: self._outcomes[name] for name in OUTCOMES},
        )


class _Side:
    """Contacts of all customers, with or without the rulebook."""

    def __init__(self) -> None:
        self.contacts = self.busiest = self.night = self.repeats = 0

    def add(self, said: list[Said], zone: str) -> None:
        weeks = Counter(_week(one.at, zone) for one in said)
        self.contacts += len(said)
        self.busiest = max(self.busiest, *weeks.values(), 0)
        self.night += sum(_is_night(one.at, zone) for one in said)
        self.repeats += _repeats(said)

    def pressure(self, customer_weeks: int) -> Pressure:
        mean = round(self.contacts / customer_weeks, 3) if customer_weeks else 0.0
        return Pressure(self.contacts, mean, self.busiest, self.night, self.repeats)


def outcomes_of(record: KeptRecord) -> Iterator[str]:
    """What one decision says has happened to its message."""
    for kind in hold_kinds(record):
        if kind in _OF_HOLDS:
            yield _OF_HOLDS[kind]
    reason = _OF_REASONS.get((record.state, record.reason)) or _OF_STATES.get(record.state)
    if reason is not None:
        yield reason


def _asked(message: Message) -> Iterator[Said]:
    """Each message that was asked for, also what joined another one; a bundle is nobody's wish."""
    if message.group is not None:
        return
    yield Said(message.received_at, (message.request.topic, message.request.key))


def _made(message: Message) -> Iterator[Said]:
    what = (message.request.topic, message.request.key)
    for delivery in message.deliveries:
        if (
            delivery.left_at is not None
            and delivery.channel in SENDS
            and delivery.state is not DeliveryState.FAILED
        ):
            yield Said(delivery.left_at, what)


def _instant(said: Said) -> Instant:
    return said.at


def _wall(at: Instant, zone: str) -> datetime:
    return datetime_of(at).astimezone(zone_of(zone))


def _week(at: Instant, zone: str) -> tuple[int, int]:
    year, week, _ = _wall(at, zone).isocalendar()
    return year, week


def _is_night(at: Instant, zone: str) -> bool:
    hour = _wall(at, zone).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def _repeats(said: list[Said]) -> int:
    """How many say again what was said a short while before, in the order of their instants."""
    last: dict[tuple[str, str | None], Instant] = {}
    found = 0
    for one in said:
        before = last.get(one.what)
        found += before is not None and one.at - before <= REPEAT_WITHIN
        last[one.what] = one.at
    return found
