"""Scenario 4: an offer waits for its claim, then for the cool-off, and again when the claim is opened anew."""

from artifact.message import HoldKind, MessageState
from tests.scenarios.stage import Stage, play

NAME = "04_claim_closes"
START = "2027-03-01T10:00+01:00"
SETTLING, COOLING = "Nobody is sold anything while we settle a claim", "A cool-off after an unhappy claim"


def waiting(stage: Stage) -> str:
    """Two claims are open; an offer about the first of them is asked for."""
    stage.event("claim.opened", claim_id="S1")
    stage.event("claim.opened", claim_id="S2")
    return stage.ask("cross_sell", about=("claim", "S1"))


def held_by(stage: Stage, id: str) -> list[str | None]:
    record = stage.record(id)
    assert {h.kind for h in record.holds} <= {HoldKind.WHILE}
    return [h.rule for h in record.holds]


def test_it_waits_for_its_own_claim_and_no_other() -> None:
    with play(NAME, START) as stage:
        offer = waiting(stage)
        stage.at("2027-03-05T10:00+01:00").event("claim.closed", claim_id="S2", satisfaction=9)
        assert held_by(stage, offer) == [SETTLING]
        stage.at("2027-03-08T10:00+01:00").event("claim.closed", claim_id="S1", satisfaction=9)
        stage.work()
        assert stage.left() == ["08 Mar 10:00"]


def test_an_unhappy_end_holds_it_for_two_weeks_from_the_closing() -> None:
    with play(NAME, START) as stage:
        offer = waiting(stage)
        stage.at("2027-03-08T10:00+01:00").event("claim.closed", claim_id="S1", satisfaction=3)
        assert held_by(stage, offer) == [COOLING]
        assert "because the claim ended badly" in stage.sentence(offer)
        stage.pass_until("2027-04-30T10:00+02:00")
        assert stage.left() == ["22 Mar 10:00"]


def test_a_claim_that_is_opened_again_makes_it_wait_again() -> None:
    with play(NAME, START) as stage:
        offer = waiting(stage)
        stage.at("2027-03-08T10:00+01:00").event("claim.closed", claim_id="S1", satisfaction=3)
        stage.at("2027-03-12T10:00+01:00").event("claim.reopened", claim_id="S1")
        assert held_by(stage, offer) == [SETTLING]
        stage.pass_until("2027-03-25T10:00+01:00")
        assert stage.left() == []
        stage.event("claim.closed", claim_id="S1", satisfaction=8)
        stage.work()
        assert stage.left() == ["25 Mar 10:00"]


def test_sixty_days_after_its_first_hold_the_offer_dies() -> None:
    with play(NAME, START) as stage:
        offer = waiting(stage)
        stage.pass_until("2027-04-30T09:59+02:00")
        assert held_by(stage, offer) == [SETTLING]
        stage.pass_until("2027-04-30T10:00+02:00")
        assert (stage.message(offer).state, stage.message(offer).reason) == (
            MessageState.BLOCKED,
            "rule_limit",
        )
