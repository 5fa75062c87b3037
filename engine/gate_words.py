"""What one gate of one deciding said, in a sentence. Built on reading, from the compact row.

Refuses to guess: a reason without words of its own is a defect, and a test walks all rows of the table.
"""

from artifact.decision import GateOutcome, GateRow
from artifact.instant import Instant
from engine.phrases import Phrases
from engine.spoken import spoken_instant


def gate_sentence(row: GateRow, now: Instant, zone: str, say: Phrases) -> str:
    """What the gate said; `now` and `zone` are the customer's, for the instant until which it holds."""
    if row.outcome is GateOutcome.PASSED or row.outcome is GateOutcome.SKIPPED:
        if row.reason == "bundle":
            return say.reasons[row.reason]
        clock = say.by_rulebook_zone if row.reason == "zone_of_rulebook" else ""
        return f"{say.passed[row.gate]}{clock}."
    if row.outcome is GateOutcome.BLOCKED or row.reason == "no_rulebook":
        return say.reasons[row.reason]
    until = f" {say.until.format(spoken_instant(row.until, now, zone, say))}" if row.until is not None else ""
    return f"{say.held[row.gate]}{until}."
