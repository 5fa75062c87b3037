"""What a verdict rests on is what reading each thing by itself reads: the interpreter does that."""

import pytest

from artifact.facts import Situation
from dsl.oracle import InterpretedRulebook
from tests.dsl.support import DAY, NOW, ZONE, Subject, asked, book, claim, customer, rule

OLD = claim("S1", opened=NOW - 9 * DAY, closed=NOW - 5 * DAY, amount=100)
OPEN = claim("S2", opened=NOW - 8 * DAY, amount=200)
NEWER = claim("S3", opened=NOW - 2 * DAY, amount=300)

PAPERWORK = "situation paperwork one per claim_id opens on claim.noted closes on claim.closed end\n"
STATES = {"claim": {"S1": "closed", "S2": "open", "S3": "open"}}


@pytest.mark.parametrize(
    ("condition", "remembered", "about", "reads"),
    [
        ("claim.amount is known", (), None, {"claim.amount": None}),
        ("claim.amount is known", (OPEN,), None, {"claim": {"S2": "open"}, "claim.amount": 200}),
        ("claim.amount is known", (OPEN,), "S2", {"claim": {"S2": "open"}, "claim.amount": 200}),
        ("claim.amount is known", (OPEN,), "S9", {"claim": {"S2": "open"}, "claim.amount": None}),
        ("claim.amount is known", (OLD, OPEN, NEWER), "S1", {**STATES, "claim.amount": 100}),
        (
            *("claim.amount is known", (OLD, OPEN, NEWER), None),
            {**STATES, "claim.reference": "S3", "claim.amount": 300},
        ),
        ("claim is refused", (OLD, OPEN, NEWER), None, {**STATES, "claim.reference": "S3"}),
        ("claim is refused", (OLD, OPEN, NEWER), "S9", STATES),
        ("claim is open", (OLD, OPEN, NEWER), None, STATES),
        ("claim is known", (OLD, OPEN, NEWER), "S1", STATES),
        ("claim is known", (), "S1", {}),
        ("customer.age is known", (OPEN,), "S2", {"customer.age": 40}),
        ("adjuster_call is pending", (), "S2", {"adjuster_call": {}}),
    ],
)
@pytest.mark.parametrize("kind", ["claim", "paperwork"])
def test_of_each_kind_that_is_noted_which_reading_it_would_note(
    condition: str, remembered: tuple[Situation, ...], about: str | None, reads: dict[str, object], kind: str
) -> None:
    fast = book(PAPERWORK + rule(condition))
    message = asked(about=None if about is None else Subject(kind, about))
    facts = customer(*remembered, age=40)
    for rulebook in (fast, InterpretedRulebook(fast.program)):
        assert rulebook.judge(message, facts, ZONE, NOW).reads == reads
