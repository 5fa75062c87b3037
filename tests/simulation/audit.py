"""What must be true of everything that has left, whatever the rules said and whatever happened (I5, I6).

Found by reading clocks and counting, never by asking the code that decided.
"""

from datetime import datetime, timedelta

from artifact.channel import SENDS
from artifact.customer import Contact
from artifact.facts import Facts
from artifact.instant import Instant, datetime_of
from artifact.message import Message
from artifact.span import Unit, add_span, zone_of
from dsl.rulebook import Cap, QuietHours, Rulebook
from engine.consent import permitted
from engine.fold import zone_of_customer
from tests.scenarios.stage import Sent, Stage


def reads_inside(window: QuietHours, local: datetime) -> bool:
    """Whether a wall clock that reads `local` reads inside a window."""
    minute = local.hour * 60 + local.minute
    today, yesterday = local.isoweekday(), (local - timedelta(days=1)).isoweekday()

    def starts_on(weekday: int) -> bool:
        return not window.weekdays or weekday in window.weekdays

    if window.start_minute < window.end_minute:
        return starts_on(today) and window.start_minute <= minute < window.end_minute
    return (starts_on(today) and minute >= window.start_minute) or (
        starts_on(yesterday) and minute < window.end_minute
    )


def hand_over_faults(sent: Sent, message: Message, facts: Facts, book: Rulebook) -> list[str]:
    """What is wrong with a hand-over at its instant, by what was known then."""
    topic = book.topic(message.request.topic)
    local = datetime_of(sent.at).astimezone(zone_of(zone_of_customer(facts, book))).replace(tzinfo=None)
    faults = [
        f"{sent.topic} by {sent.channel} at {local}, inside {window}"
        for window in book.hours_of(facts)
        if sent.channel in window.channels
        and sent.channel in SENDS
        and (window.statutory or not topic.passes_quiet_hours)
        and (window.statutory or "quiet_hours" not in message.released)
        and reads_inside(window, local)
    ]
    if not permitted(facts, topic.basis, topic.category, sent.channel):
        faults.append(f"{sent.topic} by {sent.channel} without consent")
    if facts.deceased_at is not None and topic.basis != "legal":
        faults.append(f"{sent.topic} by {sent.channel} to the dead")
    expires = message.request.expires_at
    if expires is not None and sent.at >= expires:
        faults.append(f"{sent.topic} by {sent.channel} after it had expired")
    not_before = message.request.not_before
    if not_before is not None and sent.at < not_before:
        faults.append(f"{sent.topic} by {sent.channel} too early")
    return faults


def full_windows(contacts: list[Contact], exempt: set[str], book: Rulebook, zone: str) -> list[str]:
    """Windows of a cap's length that hold more contacts than the cap, but for those of exempt topics."""
    return [
        f"{cap.name}: {len(inside)} contacts from {inside[0]}"
        for cap in book.caps
        for inside in _windows(cap, sorted(_counted(cap, contacts, exempt)), zone)
        if len(inside) > cap.limit
    ]


def _counted(cap: Cap, contacts: list[Contact], exempt: set[str]) -> list[Instant]:
    return [
        c.at
        for c in contacts
        if c.channel in SENDS
        and not exempt.issuperset(topic for _, topic in _said(c))
        and (not cap.channels or c.channel in cap.channels)
        and any(
            (not cap.categories or category in cap.categories) and (not cap.topics or topic in cap.topics)
            for category, topic in _said(c)
        )
    ]


def _said(contact: Contact) -> tuple[tuple[str, str], ...]:
    """Category and topic of what it said: a bundle is one contact, in each category that it contains."""
    return contact.also or ((contact.category, contact.topic),)


def _windows(cap: Cap, instants: list[Instant], zone: str) -> list[list[Instant]]:
    if not cap.calendar:
        return [
            [other for other in instants if first <= other < add_span(first, cap.span, zone)]
            for first in instants
        ]
    groups: dict[object, list[Instant]] = {}
    for at in instants:
        day = datetime_of(at).astimezone(zone_of(zone)).date()
        key = day if cap.span.unit is Unit.DAY else day - timedelta(days=day.weekday())
        groups.setdefault(key, []).append(at)
    return list(groups.values())


class Witness:
    """Stands beside the provider and looks at each hand-over with the eyes of that instant."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.provider, self.faults = stage, stage.provider, list[str]()

    def __call__(self, sent: Sent) -> str | None:
        book = self.stage.books.live
        assert book is not None
        facts = self.stage.artifact().body.facts
        message = self.stage.message(sent.delivery.rpartition("-")[0])
        for said in [self.stage.message(id) for id in message.items] or [message]:
            self.faults += hand_over_faults(sent, said, facts, book)
        return self.provider(sent)
