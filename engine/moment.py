"""What is the same for every message of one customer in one deciding: who she is, when it is, and what still may be said.

Made once for all of them. Refuses to know any of the messages.
"""

import msgspec

from artifact.facts import Facts
from artifact.instant import Instant
from artifact.limits import Limits
from dsl.rulebook import QuietHours, Rulebook
from engine.budget import Budget


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
    unhindered: bool = False
    language: str = ""

    def __post_init__(self) -> None:
        self.unhindered = not self.hours and not self.budget.caps
        self.language = self.facts.preferences.language or self.book.language
