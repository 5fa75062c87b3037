"""Scenario 15, without its journey: a contract to be signed within ten working days of Madrid."""

from artifact.facts import Commitment, CommitmentState
from artifact.message import HoldKind, MessageState
from tests.scenarios.stage import Stage, instant, play

NAME = "15_onboarding"
ISSUED = "2026-04-27T12:00+02:00"
"""A Monday. 1 May is a holiday of Spain, 2 May one of Madrid alone: day 8 is Friday 8 May, day 10 Tuesday 12 May."""
EIGHTH, TENTH = "2026-05-08T09:00+02:00", "2026-05-12T23:59:59+02:00"


def issued(stage: Stage) -> None:
    stage.event("policy.issued", policy_id="P1")


def promise(stage: Stage) -> Commitment:
    [found] = stage.artifact().body.facts.commitments
    return found


def test_on_day_eight_the_branch_has_one_task_and_marketing_waits_while_it_helps() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        assert promise(stage).due == instant("2026-05-13T00:00+02:00")
        stage.pass_until("2026-05-07T23:59+02:00")
        assert stage.tasks() == []
        stage.pass_until(EIGHTH)
        [task] = stage.tasks()
        assert (task.kind, task.team, task.due) == (
            "help_to_sign",
            "branch",
            instant("2026-05-13T00:00+02:00"),
        )
        offer = stage.ask("offer")
        assert [h.kind for h in stage.record(offer).holds] == [HoldKind.WHILE]
        assert "because the branch is helping with a contract" in stage.sentence(offer)
        stage.pass_until("2026-05-12T12:00+02:00")
        assert stage.task_kinds() == ["help_to_sign"]
        assert stage.left() == []


def test_who_signs_with_help_frees_the_branch_and_hears_of_offers_again() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        stage.pass_until(EIGHTH)
        stage.ask("offer")
        stage.at("2026-05-11T10:00+02:00")
        stage.event("policy.signed", policy_id="P1")
        assert promise(stage).state is CommitmentState.KEPT
        assert stage.tasks() == []
        stage.pass_until("2026-05-30T10:00+02:00")
        assert stage.left() == ["11 May 10:00"]
        assert stage.tasks() == []


def test_signed_in_the_last_second_is_in_time_though_we_hear_of_it_an_hour_later() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        stage.pass_until(EIGHTH)
        offer = stage.ask("offer")
        stage.pass_until("2026-05-13T00:59:59+02:00")
        assert promise(stage).state is CommitmentState.BROKEN
        assert sorted(stage.task_kinds()) == ["call_about_contract", "help_to_sign"]
        stage.event("policy.signed", policy_id="P1", at=TENTH)
        assert promise(stage).state is CommitmentState.KEPT
        assert stage.artifact().body.talk.broken == ("signature/P1",)
        assert stage.tasks() == []
        assert stage.message(offer).state is MessageState.WAITING  # for the morning
        stage.pass_until("2026-05-13T12:00+02:00")
        assert stage.left() == ["13 May 08:00"]


def test_within_the_quarter_of_an_hour_nobody_ever_knew_it_broken() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        stage.pass_until("2026-05-13T00:14+02:00")
        stage.event("policy.signed", policy_id="P1", at=TENTH)
        assert stage.artifact().body.talk.broken == ()
        assert stage.tasks() == []


def test_a_second_after_the_last_day_is_too_late() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        stage.pass_until("2026-05-13T08:00+02:00")
        stage.event("policy.signed", policy_id="P1", at="2026-05-13T00:00:01+02:00")
        assert promise(stage).state is CommitmentState.BROKEN
        assert "call_about_contract" in stage.task_kinds()


def test_her_death_ends_it_and_cancels_the_task() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        stage.pass_until(EIGHTH)
        assert stage.task_kinds() == ["help_to_sign"]
        stage.event("customer.deceased", source="registry")
        assert promise(stage).state is CommitmentState.CANCELLED
        assert stage.tasks() == []
        stage.pass_until("2026-06-20T12:00+02:00")
        assert stage.tasks() == []


def test_a_signature_that_was_a_mistake_gives_the_branch_its_task_back() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        stage.pass_until(EIGHTH)
        stage.event("policy.signed", policy_id="P1", id="wrong")
        assert stage.tasks() == []
        stage.correct("policies", "wrong")
        assert stage.task_kinds() == ["help_to_sign"]


def test_who_had_signed_before_day_eight_is_not_called_though_we_hear_of_it_later() -> None:
    with play(NAME, ISSUED) as stage:
        issued(stage)
        stage.pass_until(EIGHTH)
        assert stage.task_kinds() == ["help_to_sign"]
        stage.event("policy.signed", policy_id="P1", at="2026-05-07T18:00+02:00")
        assert stage.tasks() == []
        assert not any(s.open for s in stage.artifact().body.facts.situations)
