"""What one gate of one deciding said, in a sentence. Built on reading, from the compact row.

Refuses to guess: a reason without words of its own is a defect, and a test walks all rows of the table.
"""

from artifact.decision import GateOutcome, GateRow
from artifact.instant import Instant
from artifact.message import GateName
from engine.spoken import spoken_instant

_PASSED = {
    GateName.LIFE: "It may still be said.",
    GateName.RULES: "No rule stands in its way.",
    GateName.CHANNELS: "There is a channel for it.",
    GateName.CONSENT: "The customer may be written to about this.",
    GateName.GROUP: "It goes by itself.",
    GateName.WHEN: "It may go now.",
    GateName.DEADLINE: "It is in time.",
    GateName.RENDERING: "There are words for it.",
}

_HELD = {
    GateName.LIFE: "It waits because two departments disagree",
    GateName.RULES: "A rule makes it wait",
    GateName.GROUP: "It waits for others to go with",
    GateName.WHEN: "It waits for a permitted time",
}

_REASONS = {
    "no_rulebook": "No rules are in force, so it waits.",
    "conflict": "Two departments disagree about it.",
    "deceased": "The customer is registered as deceased.",
    "expired": "It was not said in time.",
    "in_doubt": "Nobody knows whether it arrived.",
    "life_over": "Its time is over; it has gone out.",
    "reached": "The customer has seen it or was told.",
    "rule": "A rule blocks it.",
    "rule_limit": "It has waited as long as its rule allows.",
    "no_channel": "No channel is left for it.",
    "consent": "The customer has not agreed to messages of this kind.",
    "expires_before_window": "It would be out of date before it may go.",
    "no_window": "There is no permitted time for it.",
    "cap": "The customer has had enough messages of this kind.",
    "template_failed": "Its wording could not be made.",
    "outdated": "It tells what is no longer the newest.",
    "older_of_key": "Newer news on the same matter is known.",
    "newer_of_key": "Newer news on the same matter replaced it.",
    "same_key": "Another department said the same.",
    "retracted": "The department that asked took it back.",
    "withdrawn": "A rule took it back.",
    "corrected": "What it told was corrected.",
    "cancelled": "A colleague cancelled it.",
    "conflict_resolved": "A colleague decided for the other one.",
    "no_room": "It made room for more important messages.",
    "said_elsewhere": "A department has said it by itself.",
}


def gate_sentence(row: GateRow, now: Instant, zone: str) -> str:
    """What the gate said; `now` and `zone` are the customer's, for the instant until which it holds."""
    if row.outcome is GateOutcome.PASSED or row.outcome is GateOutcome.SKIPPED:
        words = _PASSED[row.gate]
        return (
            f"{words[:-1]}, by the clock of the rulebook's zone."
            if row.reason == "zone_of_rulebook"
            else words
        )
    if row.outcome is GateOutcome.BLOCKED or row.reason == "no_rulebook":
        return _REASONS[row.reason]
    until = f" until {spoken_instant(row.until, now, zone)}" if row.until is not None else ""
    return f"{_HELD[row.gate]}{until}."
