"""What an event does: situations, commitments, event rules."""

from artifact.span import Span, Unit
from dsl.effects import (
    CloseSituation,
    DropCommitment,
    EventEffect,
    KeepCommitment,
    MakeCommitment,
    MoveSituation,
    OpenSituation,
    RaiseEvent,
    RaiseTask,
    Send,
    SetFact,
    UpdateSituation,
    Withdraw,
)
from tests.dsl.support import (
    FOR_AGES,
    NOW,
    ZONE,
    Commitment,
    Event,
    Facts,
    Subject,
    book,
    claim,
    customer,
    happened,
)


def effects(event: Event, facts: Facts = Facts(), text: str = "") -> list[EventEffect]:
    return [one.effect for one in book(text).react(event, facts, ZONE).raised]


def event_rule(on: str, then: str, when: str = "") -> str:
    return f'event rule "E" on {on} {f"when {when}" if when else ""} then {then} end\n'


def test_a_situation_opens_with_what_it_remembers() -> None:
    found = effects(happened("claim.opened", claim_id="S1", kind="water", amount=9.5, extra=1))
    assert found[0] == OpenSituation("claim", "S1", {"kind": "water", "amount": 9.5}, Span(2, Unit.YEAR))


def test_what_is_open_is_not_opened_twice_but_remembers() -> None:
    found = effects(happened("claim.opened", claim_id="S1", kind="water"), customer(claim("S1")))
    assert found[0] == UpdateSituation("claim", "S1", {"kind": "water"})


def test_a_number_as_a_key_is_the_same_key() -> None:
    assert effects(happened("claim.opened", claim_id=17))[0] == OpenSituation(
        "claim", "17", {}, Span(2, Unit.YEAR)
    )


def test_without_a_key_nothing_opens_and_a_row_says_why() -> None:
    reaction = book().explained(happened("claim.opened", kind="water"), Facts(), ZONE)
    assert reaction.raised == ()
    assert {(row.rule, row.result, row.detail) for row in reaction.rows} == {
        ("claim", "UNKNOWN", "claim_id"),
        ("adjuster_call", "UNKNOWN", "claim_id"),
    }


def test_a_situation_moves_and_closes_only_where_it_is_open() -> None:
    refusal = happened("claim.decided", claim_id="S1", outcome="refused")
    assert effects(refusal) == []
    assert effects(refusal, customer(claim("S1"))) == [MoveSituation("claim", "S1", "refused", {})]
    assert effects(happened("claim.decided", claim_id="S1", outcome="accepted"), customer(claim("S1"))) == []
    closing = happened("claim.closed", claim_id="S1", satisfaction=3)
    assert CloseSituation("claim", "S1", {"satisfaction": 3}) in effects(closing, customer(claim("S1")))


def test_an_event_about_the_claim_needs_no_key() -> None:
    noted = happened("claim.noted", Subject("claim", "S1"), amount=7)
    assert effects(noted, customer(claim("S1"))) == [UpdateSituation("claim", "S1", {"amount": 7})]


def test_only_a_single_open_one_is_closed_without_being_named() -> None:
    closing = happened("claim.closed")
    assert effects(closing, customer(claim("S1"))) == [CloseSituation("claim", "S1", {})]
    assert effects(closing, customer(claim("S1"), claim("S2"))) == []


def test_a_commitment_is_made_kept_and_dropped() -> None:
    made = effects(happened("claim.opened", claim_id="S1", kind="water"))[1]
    assert isinstance(made, MakeCommitment)
    assert (made.name, made.reference, made.within) == ("adjuster_call", "S1", Span(2, Unit.DAY))
    assert made.about == Subject("claim", "S1")
    assert len(effects(happened("claim.opened", claim_id="S1", kind="storm"))) == 1
    assert effects(happened("adjuster.called", claim_id="S1")) == [KeepCommitment("adjuster_call", "S1")]
    for type_ in ("situation.closed", "situation.expired"):
        closed = happened(type_, Subject("claim", "S1"), claim_id="S1")
        assert effects(closed) == [DropCommitment("adjuster_call", "S1")]
    assert effects(happened("situation.closed", Subject("bereavement", ""))) == []


def test_a_broken_commitment_speaks_of_what_it_was_about() -> None:
    promise = Commitment("adjuster_call", "S1", NOW, NOW, about=Subject("claim", "S1"))
    broken = happened("commitment.broken", Subject("adjuster_call", "S1"))
    expected = [
        RaiseTask("call_today", "claims_desk", Span(4, Unit.HOUR), about=Subject("claim", "S1")),
        Send("apology", ("APP",), Subject("claim", "S1"), None, {}),  # type: ignore[arg-type]
    ]
    assert effects(broken, Facts(commitments=(promise,))) == expected
    assert effects(broken) == expected


def test_what_is_sent_is_about_the_claim_and_carries_its_key() -> None:
    text = event_rule(
        "claim.opened", "send claim_update with (claim_id = event.claim_id, sum = event.amount * 2)"
    )
    sent = effects(happened("claim.opened", claim_id="S1", amount=9.5), text=text)[-1]
    assert sent == Send("claim_update", None, Subject("claim", "S1"), "S1", {"claim_id": "S1", "sum": 19})


def test_an_unknown_value_is_left_out_and_sets_nothing() -> None:
    text = event_rule(
        "care.needed",
        "send apology with (amount = event.amount, product = event.reason) and set customer.value to event.amount"
        " and set customer.city to event.reason and set customer.age to unknown",
    )
    assert effects(happened("care.needed", reason="Lugo", amount="no money"), text=text) == [
        Send("apology", data={"product": "Lugo"}),
        SetFact("city", "Lugo"),
        SetFact("age", None),
    ]


def test_facts_are_set_as_plain_json_under_their_stored_names() -> None:
    text = event_rule(
        "claim.opened",
        "set preferences.marketing to no and set customer.last_visit to event.at and set customer.born to today"
        " and set customer.churn to 5 % and set customer.value to 12.50 EUR and set customer.patience to 3 days",
    )
    found = effects(happened("claim.opened", claim_id="S1", kind="storm"), text=text)[1:]
    assert found == [
        SetFact("preferences.marketing", False),
        SetFact("last_visit", "2026-03-02T10:00:00Z"),
        SetFact("born", "2026-03-02"),
        SetFact("churn", 0.05),
        SetFact("value", 12.5),
        SetFact("patience", "P3D"),
    ]


def test_rules_run_by_priority_then_name_after_situations() -> None:
    text = "".join(
        f'event rule "{name}" priority {priority} on claim.opened then withdraw survey end\n'
        for name, priority in (("b", 50), ("a", 50), ("c", 90))
    )
    raised = book(text).react(happened("claim.opened", claim_id="S1", kind="storm"), Facts(), ZONE).raised
    assert [one.rule for one in raised] == ["claim", "c", "a", "b"]
    assert raised[1].effect == Withdraw(("survey",))


def test_ordinals_count_the_effects_of_one_rule() -> None:
    text = event_rule(
        "claim.noted", "withdraw survey and raise alert look for desk and raise event care.needed"
    )
    raised = book(text).react(happened("claim.noted", claim_id="S1"), Facts(), ZONE).raised
    assert [(one.rule, one.ordinal) for one in raised] == [("E", 0), ("E", 1), ("E", 2)]
    assert raised[2].effect == RaiseEvent("care.needed", {}, Subject("claim", "S1"))


def test_nothing_chains_inside_one_event() -> None:
    text = event_rule("claim.opened", "withdraw survey", "claim is open")
    assert Withdraw(("survey",)) not in effects(happened("claim.opened", claim_id="S1"), text=text)


def test_a_rule_can_wait_for_a_situation_to_open() -> None:
    text = event_rule("bereavement opens or claim opens", "withdraw survey", "event.amount is unknown")
    assert effects(happened("situation.opened", Subject("bereavement", "")), text=text) == [
        Withdraw(("survey",))
    ]
    assert effects(happened("situation.opened", Subject("claim", "S1"), amount=3), text=text) == []
    assert effects(happened("situation.opened", Subject("storm", "S1")), text=text) == []


def test_a_rule_that_errs_asks_for_nothing_and_the_others_go_on() -> None:
    text = event_rule("claim.opened", f"withdraw survey and set customer.born to today {FOR_AGES}")
    reaction = book(text).explained(happened("claim.opened", claim_id="S1"), Facts(), ZONE)
    assert [one.rule for one in reaction.raised] == ["claim"]
    assert [(row.rule, row.result) for row in reaction.rows][-1] == ("E", "ERROR")


def test_a_clause_that_errs_does_not_stop_the_other_clauses_of_its_situation() -> None:
    text = (
        f"situation trouble opens on claim.noted becomes worse on claim.noted when event.at {FOR_AGES} > now "
        "expires after 1 year end\n"
    )
    reaction = book(text).explained(happened("claim.noted"), Facts(), ZONE)
    assert [one.effect for one in reaction.raised] == [OpenSituation("trouble", "", {}, Span(1, Unit.YEAR))]
    assert ("trouble", "ERROR") in {(row.rule, row.result) for row in reaction.rows}
    assert book(text).react(happened("claim.noted"), Facts(), ZONE).raised == reaction.raised


def test_conditions_on_time_are_read_at_the_event() -> None:
    text = event_rule("claim.noted", "withdraw survey", "customer.last_visit is in the last 3 days")
    facts = customer(last_visit="2026-03-01T10:00:00Z")
    assert effects(happened("claim.noted", claim_id="S1"), facts, text) == [Withdraw(("survey",))]
    late = happened("claim.noted", at=NOW + 9 * 86_400_000_000, claim_id="S1")
    assert effects(late, facts, text) == []


def test_values_that_are_not_of_their_type_are_told_with_their_path() -> None:
    found = book().problems(
        happened("claim.opened", claim_id="S1", kind="watr", amount="much", until="today")
    )
    assert [(error.code.value, error.path, error.help) for error in found] == [
        ("VALUE_UNKNOWN", ("data", "kind"), "did you mean `water`?"),
        ("TYPE_INVALID", ("data", "amount"), "write an amount of the rulebook's currency: 12.5"),
        ("TYPE_INVALID", ("data", "until"), "write it as 2026-11-21T09:30:00+01:00"),
    ]
    assert book().problems(happened("claim.opened", claim_id="S1", kind=None, more=1)) == []
    assert book().problems(happened("never.heard_of", x=1)) == []
