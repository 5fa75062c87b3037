"""Scenario 6: a group of a receipt, a renewal and a survey, one of which may no longer be said."""

import pytest

from artifact.channel import Channel
from artifact.customer import Gathering
from artifact.decision import GateOutcome
from artifact.errors import ErrorCode
from artifact.instant import HOUR
from artifact.message import GateName, HoldKind, Message, MessageState
from tests.scenarios.stage import Stage, instant, play

NAME = "06_bundle"
TEN = "2027-03-10T10:00+01:00"
CLOSING = "12 Mar 10:00"
RULE = "What concerns a policy goes in one message"


def asked(stage: Stage, *topics: str, policy: str = "P-7") -> list[str]:
    """Messages about a policy, an hour apart, from now on."""
    ids = []
    for topic in topics:
        ids.append(stage.ask(topic, data={"policy_id": policy}))
        stage.at(stage.now + HOUR)
    return ids


def agreed(stage: Stage) -> None:
    stage.event("consent.given", category="opinions")


def bundle(stage: Stage) -> Message:
    """The one bundle there is or was."""
    talk = stage.artifact().body.talk
    [found] = [m for m in (*talk.messages, *talk.tail) if m.group is not None]
    return found


def gathering(stage: Stage) -> Gathering:
    [found] = stage.artifact().body.talk.gatherings
    return found


def test_what_may_no_longer_be_said_leaves_and_the_others_go_at_the_instant_set_in_words_made_anew() -> None:
    with play(NAME, TEN) as stage:
        agreed(stage)
        receipt, renewal, survey = asked(stage, "premium_receipt", "renewal_notice", "survey")
        assert bundle(stage).items == (receipt, renewal, survey)
        stage.at("2027-03-11T09:00+01:00")
        stage.event("consent.withdrawn", category="opinions")
        assert (stage.message(survey).state, stage.message(survey).reason) == (
            MessageState.BLOCKED,
            "consent",
        )
        assert bundle(stage).items == (receipt, renewal)
        stage.pass_until("2027-04-10T10:00+02:00")
        [sent] = stage.sent
        assert (stage.wall(sent.at), sent.channel) == (CLOSING, Channel.EMAIL)
        assert sent.text == "2 news. Your premium was received. Your policy is renewed."


def test_the_instant_stands_when_the_first_item_that_set_it_leaves() -> None:
    with play(NAME, TEN) as stage:
        agreed(stage)
        _, receipt, renewal = asked(stage, "survey", "premium_receipt", "renewal_notice")
        stage.event("consent.withdrawn", category="opinions")
        assert stage.wall(gathering(stage).until) == CLOSING
        assert [stage.next(id) for id in (receipt, renewal, bundle(stage).id)] == [CLOSING] * 3
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.left() == [CLOSING]


def test_one_that_is_left_goes_as_itself_at_the_same_instant() -> None:
    with play(NAME, TEN) as stage:
        agreed(stage)
        receipt, _ = asked(stage, "premium_receipt", "survey")
        stage.event("consent.withdrawn", category="opinions")
        assert stage.next(receipt) == CLOSING
        stage.pass_until("2027-03-20T10:00+01:00")
        [sent] = stage.sent
        assert (sent.topic, stage.wall(sent.at), sent.text) == (
            "premium_receipt",
            CLOSING,
            "Your premium was received.",
        )


def test_where_none_is_left_nothing_is_sent_and_the_bundle_is_over() -> None:
    with play(NAME, TEN) as stage:
        asked(stage, "premium_receipt", "renewal_notice")
        for request in ("r1", "r2"):
            stage.event("message.retracted", request=request)
        assert (bundle(stage).state, bundle(stage).reason) == (MessageState.RETRACTED, "group_dissolved")
        assert stage.sentence(bundle(stage).id) == (
            "“News of your policy” no longer goes: its messages went by themselves, or not at all."
        )
        stage.pass_until("2027-04-20T10:00+02:00")
        assert stage.sent == []
        assert stage.artifact().body.talk.gatherings == ()


def test_items_past_the_limit_are_counted_in_the_text() -> None:
    with play(NAME, TEN) as stage:
        asked(stage, "premium_receipt", "renewal_notice", "renewal_notice")
        stage.pass_until("2027-03-20T10:00+01:00")
        assert [s.text for s in stage.sent] == [
            "3 news. Your premium was received. Your policy is renewed. And 1 more."
        ]


def test_at_so_many_messages_it_leaves_at_once() -> None:
    with play(NAME, TEN) as stage:
        asked(stage, *["renewal_notice"] * 4)
        assert stage.sent == []
        asked(stage, "premium_receipt")
        assert stage.left() == ["10 Mar 14:00"]


def test_policies_are_kept_apart_and_whoever_comes_after_the_closing_begins_another_wait() -> None:
    with play(NAME, TEN) as stage:
        asked(stage, "premium_receipt", "renewal_notice")
        other = stage.ask("renewal_notice", data={"policy_id": "P-8"})
        assert stage.next(other) == "14 Mar 12:00".replace("14", "12")
        stage.pass_until("2027-03-12T11:00+01:00")
        late = stage.ask("renewal_notice", data={"policy_id": "P-7"})
        assert stage.next(late) == "14 Mar 11:00"


def test_every_decision_is_on_record_with_its_company_and_the_next_instant() -> None:
    with play(NAME, TEN) as stage:
        receipt, renewal = asked(stage, "premium_receipt", "renewal_notice")
        alone, together = stage.records(receipt)
        for record in (alone, together):
            [hold] = record.holds
            assert (hold.kind, hold.rule, stage.wall(hold.until)) == (HoldKind.GROUP, RULE, CLOSING)
            assert (record.reason, stage.wall(record.next_at)) == ("group", CLOSING)
            gate = next(g for g in record.gates if g.gate is GateName.GROUP)
            assert (gate.outcome, gate.reason, stage.wall(gate.until)) == (GateOutcome.HELD, "group", CLOSING)
        [first] = stage.records(bundle(stage).id)
        assert (alone.bundle, together.bundle) == (None, first.message)
        assert (first.items, stage.wall(first.next_at)) == ((receipt, renewal), CLOSING)


def test_what_becomes_of_the_bundle_becomes_of_its_items() -> None:
    with play(NAME, TEN) as stage:
        ids = asked(stage, "premium_receipt", "renewal_notice")
        stage.pass_until("2027-03-12T11:00+01:00")
        assert {stage.message(id).state for id in ids} == {MessageState.UNDER_WAY}
        assert stage.sentence(ids[0]) == "“Premium receipt” has gone out by e-mail; it has not been seen yet."
        stage.answered(stage.event("delivery.seen", source="mail", delivery=f"{bundle(stage).id}-EMAIL"))
        assert {stage.message(id).state for id in (*ids, bundle(stage).id)} == {MessageState.REACHED}
        assert len(stage.artifact().body.talk.contacts) == 1


def test_where_a_channel_fails_the_bundle_takes_the_next_and_is_still_one_thing() -> None:
    with play(NAME, TEN) as stage:
        ids = asked(stage, "premium_receipt", "renewal_notice")
        stage.provider = lambda sent: (
            "delivery.failed" if sent.channel is Channel.EMAIL else "delivery.handed_over"
        )
        stage.pass_until("2027-03-12T11:00+01:00")
        assert [(s.topic, s.channel) for s in stage.sent] == [
            ("policy_digest", Channel.EMAIL),
            ("policy_digest", Channel.SMS),
        ]
        assert {stage.message(id).state for id in ids} == {MessageState.UNDER_WAY}
        [contact] = stage.artifact().body.talk.contacts
        assert contact.channel is Channel.SMS
        assert contact.also == (("billing", "premium_receipt"), ("billing", "renewal_notice"))


@pytest.mark.parametrize("of", ["an item", "the bundle"])
def test_an_agent_may_let_an_item_or_the_bundle_go_before(of: str) -> None:
    with play(NAME, TEN) as stage:
        receipt, renewal, third = asked(stage, "premium_receipt", "renewal_notice", "renewal_notice")
        target = receipt if of == "an item" else bundle(stage).id
        stage.answered(stage.event("staff.released", source="centre", message=target))
        stage.work()
        gone = "premium_receipt" if of == "an item" else "policy_digest"
        assert [(s.topic, stage.wall(s.at)) for s in stage.sent] == [(gone, "10 Mar 13:00")]
        if of == "an item":
            assert bundle(stage).items == (renewal, third)
            assert stage.next(renewal) == CLOSING


@pytest.mark.parametrize("of", ["an item", "the bundle"])
def test_what_an_agent_tells_is_not_sent(of: str) -> None:
    with play(NAME, TEN) as stage:
        receipt, renewal, third = asked(stage, "premium_receipt", "renewal_notice", "renewal_notice")
        target = receipt if of == "an item" else bundle(stage).id
        stage.answered(stage.event("delivery.told", source="centre", message=target))
        told = {receipt} if of == "an item" else {receipt, renewal, third}
        assert {
            id for id in (receipt, renewal, third) if stage.message(id).state is MessageState.REACHED
        } == told
        stage.pass_until("2027-03-20T10:00+01:00")
        assert [s.text for s in stage.sent] == (
            ["2 news. Your policy is renewed. Your policy is renewed."] if of == "an item" else []
        )


def test_once_the_bundle_has_left_nothing_of_it_can_be_told_released_or_cancelled_any_more() -> None:
    with play(NAME, TEN) as stage:
        receipt, _ = asked(stage, "premium_receipt", "renewal_notice")
        stage.pass_until("2027-03-12T11:00+01:00")
        for what in ("delivery.told", "staff.released", "staff.cancelled"):
            for target in (receipt, bundle(stage).id):
                assert (
                    stage.refused(stage.event(what, source="centre", message=target))
                    is ErrorCode.ALREADY_LEFT
                )


def test_who_cancels_the_bundle_cancels_what_is_in_it() -> None:
    with play(NAME, TEN) as stage:
        ids = asked(stage, "premium_receipt", "renewal_notice")
        stage.answered(stage.event("staff.cancelled", source="centre", message=bundle(stage).id))
        assert {stage.message(id).state for id in (*ids, bundle(stage).id)} == {MessageState.CANCELLED}
        stage.pass_until("2027-03-20T10:00+01:00")
        assert stage.sent == []


def test_an_agent_hears_what_it_waits_for() -> None:
    with play(NAME, TEN) as stage:
        receipt = stage.ask("premium_receipt", data={"policy_id": "P-7"})
        tail = "It may be told in person before."
        assert stage.sentence(receipt) == (
            "“Premium receipt” waits until Friday 12 March at 10:00 "
            f"because others may still come to go with it. {tail}"
        )
        stage.ask("renewal_notice", data={"policy_id": "P-7"})
        assert stage.sentence(receipt) == (
            f"“Premium receipt” waits until Friday 12 March at 10:00 because it goes together with others. {tail}"
        )
        assert stage.sentence(bundle(stage).id, "es") == (
            "“Novedades de su póliza” espera hasta el viernes 12 de marzo a las 10:00 "
            "porque todavía pueden llegar otros que salgan con él. Puede decirse antes en persona."
        ).replace("“", "«").replace("”", "»")


def test_a_newer_receipt_takes_the_place_of_the_older_one_in_the_group() -> None:
    with play(NAME, TEN) as stage:
        data = {"policy_id": "P-7"}
        old = stage.ask("premium_receipt", key="march", data=data)
        renewal = stage.ask("renewal_notice", data=data)
        stage.at(instant(TEN) + HOUR)
        new = stage.ask("premium_receipt", key="march", data=data)
        assert stage.message(old).state is MessageState.SUPERSEDED
        assert bundle(stage).items == (renewal, new)
        assert stage.wall(gathering(stage).until) == CLOSING


def test_a_rulebook_without_the_group_lets_them_go_by_themselves_and_the_old_one_restores_it() -> None:
    with play(NAME, "2027-03-10T23:00+01:00") as stage:
        text = stage.books.live.text if stage.books.live else ""
        quiet = "calendar quiet hours for email, sms 22:00 to 8:00 end\n"
        begin, rest = text.split("message rule", 1)
        without = begin + quiet + rest[rest.index("end") + 3 :].replace("test ", "\ntest ", 1)
        without = without[: without.index("\ntest ")]
        receipt, renewal = (
            stage.ask(t, data={"policy_id": "P-7"}) for t in ("premium_receipt", "renewal_notice")
        )
        before = [stage.message(id) for id in (receipt, renewal)]
        stage.publish(without)
        assert [stage.message(id).reason for id in (receipt, renewal)] == ["quiet_hours"] * 2
        assert (bundle(stage).state, bundle(stage).reason) == (MessageState.BLOCKED, "group_dissolved")
        stage.publish(text)
        assert [stage.message(id) for id in (receipt, renewal)] == before
        stage.pass_until("2027-03-20T10:00+01:00")
        assert [(s.topic, stage.wall(s.at)) for s in stage.sent] == [("policy_digest", "12 Mar 23:00")]
