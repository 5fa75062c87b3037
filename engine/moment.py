"""What is the same for every message of one customer in one deciding: who she is, when it is, and what still may be said.

Made once for all of them. Refuses to know any of the messages.
"""

from collections.abc import Iterable

import msgspec

from artifact.customer import Contact
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.limits import Limits
from dsl.rulebook import QuietHours, Rulebook
from engine.budget import Budget, budget_of


class Moment(msgspec.Struct, gc=False):
    """One deciding. `hours` are those in which she is left in peace; the `budget` is used up as messages are planned.

    `unhindered`: neither hours nor caps can move an instant. `language` is the one in which she is written to.
    """

    facts: Facts
    book: Rulebook
    limits: Limits
    now: Instant
    zone: str
    hours: tuple[QuietHours, ...]
    budget: Budget
    unhindered: bool
    language: str


def moment_of(
    facts: Facts, book: Rulebook, limits: Limits, now: Instant, zone: str, contacts: Iterable[Contact]
) -> Moment:
    """One deciding, with all of the contact budget that earlier contacts leave."""
    hours, caps = book.hours_of(facts), book.caps
    return Moment(
        facts,
        book,
        limits,
        now,
        zone,
        hours,
        budget_of(caps, zone, contacts, now),
        not hours and not caps,
        facts.preferences.language or book.language,
    )
