"""Which situation is meant where one is named, and how long a message waits for it."""

from dsl.effects import Postpone, PostponeKind
from tests.dsl.support import DAY, HOUR, NOW, Subject, asked, book, claim, customer, judged, rule, truth

OLD = claim("S1", opened=NOW - 9 * DAY, closed=NOW - 5 * DAY, amount=100)
OPEN = claim("S2", opened=NOW - 8 * DAY, amount=200)
NEWER = claim("S3", opened=NOW - 2 * DAY, amount=300)
WAIT = "postpone until the claim closes, at most 60 days, otherwise block"


def test_the_one_that_the_message_is_about_is_meant() -> None:
    facts = customer(OLD, OPEN, NEWER)
    text = rule("claim.amount is 100 EUR") + rule("claim is open", name="S")
    verdict = judged(text, facts, asked(about=Subject("claim", "S1")))
    assert {row.rule: row.result for row in verdict.rows} == {"R": "FIRED", "S": "NOT_MET"}


def test_one_that_is_about_something_keyed_alike_means_that_one_too() -> None:
    paperwork = "situation paperwork one per claim_id opens on claim.noted closes on claim.closed end\n"
    text = paperwork + rule("claim.amount is 100 EUR")
    assert judged(text, customer(OLD, OPEN, NEWER), asked(about=Subject("paperwork", "S1"))).fired


def test_else_the_only_open_one_is_meant() -> None:
    assert truth("claim.amount is 200 EUR", customer(OLD, OPEN)) is True


def test_else_the_one_changed_last_and_the_verdict_names_it() -> None:
    facts = customer(OLD, OPEN, NEWER)
    verdict = judged(rule("claim.amount is 300 EUR"), facts)
    assert verdict.fired
    assert verdict.reads["claim.reference"] == "S3"


def test_an_unknown_reference_is_not_answered_with_another_claim() -> None:
    verdict = judged(rule("claim.amount is known"), customer(OPEN), asked(about=Subject("claim", "S9")))
    assert verdict.fired == ()


def test_open_means_some_is_and_closed_that_none_is() -> None:
    assert truth("claim is open", customer(OLD, OPEN)) is True
    assert truth("claim is closed", customer(OLD, OPEN)) is False
    assert truth("claim is closed", customer(OLD)) is True
    assert truth("claim is closed", customer()) is False


def test_a_message_waits_for_the_claim_it_is_about() -> None:
    facts = customer(OLD, OPEN)
    [waits] = judged(rule("claim is known", WAIT), facts, asked(about=Subject("claim", "S2"))).fired
    [goes] = judged(rule("claim is known", WAIT), facts, asked(about=Subject("claim", "S1"))).fired
    assert (waits.holding, goes.holding) == (True, False)


def test_else_it_waits_while_any_is_open_for_which_the_rule_holds() -> None:
    wide = rule("claim.amount is more than 250 EUR", WAIT, meta="if unknown ignore")
    assert [one.holding for one in judged(wide, customer(OPEN, NEWER)).fired] == [True]
    other = rule(
        "any claim with (amount is 100 EUR) and claim.amount is less than 150 EUR",
        WAIT,
        meta="if unknown ignore",
    )
    assert judged(other, customer(OLD, OPEN, NEWER)).fired == ()
    either = rule("bereavement is open or claim.amount is more than 150 EUR", WAIT, meta="if unknown ignore")
    assert [one.holding for one in judged(either, customer(OPEN)).fired] == [True]


def test_a_fixed_wait_is_data_and_an_instant_is_reckoned_when_the_rule_fires() -> None:
    text = rule(
        "claim is open", "postpone until claim.opened + 5 days, at most 9 days, otherwise deliver by app"
    )
    [fired] = judged(text, customer(OPEN)).fired
    [postpone] = [effect for effect in fired.effects if isinstance(effect, Postpone)]
    assert (postpone.kind, postpone.until) == (PostponeKind.FIXED, OPEN.opened_at + 5 * DAY)
    face = book(text).rules["R"].postpone
    assert face is not None
    assert (face.until, face.at_most) == (None, postpone.at_most)


def test_an_instant_that_is_unknown_holds_nothing() -> None:
    verdict = judged(rule("claim is not open", "postpone until claim.opened + 5 days"), customer())
    assert verdict.fired == ()
    assert [(row.result, row.detail) for row in verdict.rows] == [("UNKNOWN", "claim.opened")]


def test_a_wait_while_something_holds_says_when_it_ends() -> None:
    text = rule(
        "claim is open", "postpone while claim.opened is in the last 9 days, at most 9 days, otherwise block"
    )
    verdict = judged(text, customer(OPEN))
    assert [one.holding for one in verdict.fired] == [True]
    assert verdict.flips_at == OPEN.opened_at + 9 * DAY
    later = judged(text, customer(OPEN), now=NOW + DAY + HOUR)
    assert [one.holding for one in later.fired] == [False]
