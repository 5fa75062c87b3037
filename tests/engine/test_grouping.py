"""Groups beyond the scenarios: channels in common, the contact budget, doubt, agents, and what never goes together."""

from typing import Any

import pytest

from artifact.channel import Channel
from artifact.decision import GateOutcome
from artifact.instant import DAY, HOUR
from artifact.limits import Limits
from artifact.message import DeliveryState, GateName, HoldKind, Message, MessageState
from engine.settled import all_settled
from engine.view import inbox
from tests.scenarios.stage import Stage
from tests.simulation.histories import MONDAY

HEAD = """
rulebook groups zone "Europe/Madrid" currency EUR end
category service  basis contract  lives for 20 days  channels email, sms, app end
category opinions  basis consent  urgency low  lives for 20 days  channels email, sms end
category alarms  basis vital_interest  urgency critical  channels sms  passes quiet hours  passes caps end
topic news  category service  template words end
topic written  category service  channels email  template words end
topic texted  category service  channels sms, app  template words end
topic survey  category opinions  template words end
topic alarm  category alarms  critical  template words end
topic followed  category service  template words end
template words in English text "{{ message.topic }}." end
template many in English text "{{ count }}:{% for item in items %} {{ item.text }}{% endfor %} +{{ more }}" end
"""
GROUP = "group all_news  {about}  template many end\n"
RULE = """
message rule "Together"
  for topics {topics}
  then group into all_news
end
"""
EVERYTHING = "news, written, texted, survey, followed"


def staged(
    about: str = "waits 1 day from the first", more: str = "", topics: str = EVERYTHING, **given: Any
) -> Stage:
    text = HEAD + GROUP.format(about=about) + (RULE.format(topics=topics) if topics else "") + more
    stage = Stage(text, MONDAY, **given)
    stage.event("consent.given", category="opinions")
    return stage


def bundles(stage: Stage) -> list[Message]:
    talk = stage.artifact().body.talk
    return [m for m in (*talk.messages, *talk.tail) if m.group is not None]


def through(stage: Stage, days: int = 3) -> list[tuple[str, Channel, int]]:
    """What leaves in the next days: topic, channel, and how many hours from the beginning."""
    stage.pass_until(MONDAY + days * DAY)
    stage.curtain()
    return [(s.topic, s.channel, (s.at - MONDAY) // HOUR) for s in stage.sent]


def test_the_bundle_goes_where_all_its_items_may_go() -> None:
    stage = staged()
    stage.ask("news")
    stage.ask("texted")
    assert through(stage) == [("all_news", Channel.SMS, 24)]


def test_what_has_no_channel_in_common_gathers_by_itself() -> None:
    stage = staged()
    for topic in ("written", "texted", "news"):
        stage.ask(topic)
    assert through(stage) == [("texted", Channel.SMS, 24), ("all_news", Channel.EMAIL, 24)]


def test_a_channel_that_one_may_no_longer_take_is_none_of_the_bundle_any_more() -> None:
    stage = staged()
    stage.event("consent.refused", category="opinions", channel="EMAIL")
    stage.ask("survey")
    stage.ask("news")
    assert through(stage) == [("all_news", Channel.SMS, 24)]


def test_a_follower_that_one_demands_goes_where_all_permit_it() -> None:
    rule = 'message rule "Insist" for topic followed then propagate to app, sms if unseen after 2 hours end'
    stage = staged(more=rule)
    stage.ask("followed")
    stage.ask("survey")
    assert through(stage) == [("all_news", Channel.EMAIL, 24), ("all_news", Channel.SMS, 26)]


def test_a_bundle_is_one_contact_in_each_category_that_it_contains() -> None:
    caps = """
    cap opinions_daily at most 1 contact of category opinions in any 2 days, otherwise postpone end
    cap service_daily at most 1 contact of category service in any 2 days, otherwise postpone end
    cap everything at most 2 contacts in any 9 days, otherwise postpone end
    """
    stage = staged("waits 1 hour from the first", caps, "news, survey")
    for topic in ("news", "survey", "news", "survey"):
        stage.ask(topic)
    stage.pass_until(MONDAY + HOUR)
    [contact] = stage.artifact().body.talk.contacts
    assert (contact.category, contact.also) == ("", (("service", "news"), ("opinions", "survey")))
    stage.ask("written")
    assert stage.only("written").holds[0].rule == "service_daily"
    stage.ask("followed")
    assert through(stage, 5) == [("all_news", Channel.EMAIL, 1), ("written", Channel.EMAIL, 49)]


def test_a_rule_finds_whatever_a_bundle_said() -> None:
    """By its topics and categories; the group is no topic, and the bundle is one contact."""
    rules = """
    message rule "Said already" for topic written
      when any contacts in the last 3 days with (topic is survey) and any contacts with (category is service)
      then block
    end
    message rule "Too much" for topic texted when the number of contacts is at least 2 then block end
    """
    stage = staged("waits 1 hour from the first", rules, "news, survey")
    stage.ask("news")
    stage.ask("survey")
    stage.pass_until(MONDAY + HOUR)
    assert [stage.message(stage.ask(topic)).state for topic in ("written", "texted")] == [
        MessageState.BLOCKED,
        MessageState.READY,
    ]
    stage.curtain()


def test_the_planned_bundle_reserves_its_contact_and_a_stronger_message_takes_it() -> None:
    caps = "cap daily at most 1 contact in any 1 day, otherwise postpone end"
    stage = staged("waits 5 hours from the first", caps, "survey")
    surveys = [stage.ask("survey") for _ in range(2)]
    assert stage.records(surveys[0])[-1].next_at == MONDAY + 5 * HOUR
    stage.ask("news", notBefore="2027-03-22T15:00:00+01:00")  # six hours later: one day around it is hers
    assert stage.records(surveys[0])[-1].next_at == MONDAY + DAY + 6 * HOUR
    assert through(stage) == [("news", Channel.EMAIL, 6), ("all_news", Channel.EMAIL, 30)]


def test_a_full_cap_may_put_messages_into_a_group_once() -> None:
    caps = "cap daily at most 1 contact of category service in any 6 hours, otherwise group into all_news end"
    stage = staged("waits 1 day from the first", caps, topics="")
    first, second, third = (stage.ask("news") for _ in range(3))
    assert stage.message(first).state is MessageState.READY
    for id in (second, third):
        [hold] = stage.message(id).holds
        assert (hold.kind, hold.rule, hold.until) == (HoldKind.GROUP, "daily", MONDAY + DAY)
    assert bundles(stage)[0].items == (second, third)
    stage.work()
    assert through(stage) == [("news", Channel.EMAIL, 0), ("all_news", Channel.EMAIL, 24)]


def test_a_rule_that_has_waited_long_enough_may_put_it_into_a_group() -> None:
    rule = """
    message rule "First wait"
      for topic news
      then postpone for 2 hours, at most 1 time, otherwise group into all_news
    end
    """
    stage = staged("waits 3 hours from the first", rule, topics="")
    ids = [stage.ask("news") for _ in range(2)]
    assert {h.kind for id in ids for h in stage.message(id).holds} == {HoldKind.FIXED}
    assert through(stage) == [("all_news", Channel.EMAIL, 5)]


def test_a_group_applies_when_no_other_hold_is_left_and_what_is_held_again_leaves() -> None:
    stage = staged()
    held = stage.ask("news", notBefore="2027-03-22T12:00:00+01:00")
    assert {h.kind for h in stage.message(held).holds} == {HoldKind.NOT_BEFORE}
    other = stage.ask("news")
    stage.pass_until(MONDAY + 4 * HOUR)
    assert bundles(stage)[0].items == (other, held)
    stage.event("preference.set", pausedUntil="2027-03-25T09:00:00+01:00")
    survey = stage.ask("survey")
    assert {h.kind for h in stage.message(survey).holds} == {HoldKind.PAUSED}
    assert through(stage, 5) == [("all_news", Channel.EMAIL, 24), ("survey", Channel.EMAIL, 96)]


def test_what_is_critical_never_waits_for_others() -> None:
    stage = staged(more='message rule "All" then group into all_news end', topics="")
    stage.ask("alarm")
    stage.ask("news")
    stage.work()
    assert [s.topic for s in stage.sent] == ["alarm"]
    stage.curtain()


def test_a_window_that_slides_ends_at_its_maximum() -> None:
    stage = staged("waits 2 hours from the last, at most 5 hours")
    for hours in range(5):
        stage.at(MONDAY + hours * HOUR)
        stage.ask("news")
    assert through(stage) == [("all_news", Channel.EMAIL, 5)]


def test_a_bundle_holds_no_more_than_the_limit_of_the_installation() -> None:
    stage = staged(limits=Limits(bundle_messages=2))
    for _ in range(3):
        stage.ask("news")
    stage.work()
    assert [len(b.items) for b in bundles(stage)] == [2]
    assert through(stage) == [("all_news", Channel.EMAIL, 0), ("news", Channel.EMAIL, 24)]


def test_nobody_knows_whether_it_arrived_so_no_item_of_it_is_called_unsent() -> None:
    stage = staged(topics="news, survey")
    news, survey = stage.ask("news"), stage.ask("survey")
    stage.provider = lambda sent: None
    stage.pass_until(MONDAY + DAY)
    assert {stage.message(id).state for id in (news, survey)} == {MessageState.UNDER_WAY}
    stage.event("consent.withdrawn", category="opinions")
    stage.pass_until(MONDAY + DAY + HOUR)
    [bundle] = bundles(stage)
    assert [d.state for d in bundle.deliveries] == [DeliveryState.IN_DOUBT]
    assert {stage.message(id).state for id in (news, survey)} == {MessageState.UNDER_WAY}
    assert [t.kind for t in stage.tasks()] == ["in_doubt"]
    stage.event("staff.doubt_resolved", source="centre", delivery=bundle.deliveries[0].id, arrived=True)
    assert {stage.message(id).state for id in (news, survey)} == {MessageState.REACHED}
    stage.curtain()


def test_what_was_corrected_after_it_left_in_a_bundle_asks_a_person() -> None:
    stage = staged()
    asked = stage.asking("news", id="n-1")
    stage.answered(asked)
    stage.ask("news")
    stage.pass_until(MONDAY + DAY)
    stage.correct("policies", "n-1")
    assert stage.message(bundles(stage)[0].items[0]).state is MessageState.UNDER_WAY
    assert [t.kind for t in stage.tasks()] == ["correction_needed"]
    stage.curtain()


def test_what_has_left_by_itself_never_goes_into_a_group() -> None:
    late = """
    situation storm  opens on storm.came  closes on storm.went end
    vocabulary event storm.came event storm.went end
    message rule "In a storm" for topic news when storm is open then group into all_news end
    """
    stage = staged(more=late, topics="")
    news = stage.ask("news")
    stage.work()
    stage.event("storm.came")
    stage.event("delivery.failed", source="provider", delivery=f"{news}-EMAIL")
    assert stage.message(news).places == ()
    stage.work()
    assert [s.channel for s in stage.sent] == [Channel.EMAIL, Channel.SMS]
    stage.curtain()


@pytest.mark.parametrize("again", [False, True])
def test_a_place_stands_whatever_becomes_of_the_condition_and_there_is_no_second_one(again: bool) -> None:
    storm = """
    situation storm  opens on storm.came  closes on storm.went end
    vocabulary event storm.came event storm.went end
    message rule "In a storm" for topic news when storm is open then group into all_news end
    """
    stage = staged(more=storm, topics="")
    stage.event("storm.came")
    news = stage.ask("news")
    stage.event("storm.went")
    assert [h.until for h in stage.message(news).holds] == [MONDAY + DAY]
    if again:
        stage.answered(stage.event("staff.released", source="centre", message=news))
        stage.event("storm.came")
        assert stage.message(news).state is MessageState.READY
    assert through(stage) == [("news", Channel.EMAIL, 0 if again else 24)]


def test_the_bundle_and_its_items_are_shown_once_in_an_inbox() -> None:
    stage = staged("waits 1 hour from the first", topics="news, followed")
    ids = [stage.ask("news") for _ in range(2)]

    def shown() -> list[str]:
        body, book = stage.artifact().body, stage.books.live
        return [item.message.id for item in inbox(body, Channel.CONTACT_CENTRE, book, stage.now)]

    assert shown() == ids
    stage.pass_until(MONDAY + HOUR)
    assert shown() == [bundles(stage)[0].id]
    stage.curtain()


def test_the_bundle_says_at_which_gate_it_waits() -> None:
    stage = staged()
    stage.ask("news")
    stage.ask("news")
    [bundle] = bundles(stage)
    gates = {row.gate: (row.outcome, row.reason) for row in stage.record(bundle.id).gates}
    assert gates[GateName.GROUP] == (GateOutcome.HELD, "group")
    stage.pass_until(MONDAY + DAY)
    gates = {row.gate: (row.outcome, row.reason) for row in stage.record(bundle.id).gates}
    assert gates[GateName.GROUP] == (GateOutcome.PASSED, "bundle")
    assert gates[GateName.WHEN][0] is GateOutcome.PASSED
    stage.curtain()


def test_what_waits_in_company_stands_until_something_concerns_it() -> None:
    stage = staged()
    for topic in ("news", "written"):
        stage.ask(topic)
    before = stage.artifact().body.talk
    assert all_settled(before)
    stage.event("heard.of.by_nobody")
    stage.event("customer.updated", age=40)
    after = stage.artifact().body.talk
    assert len(before.messages) == 3
    assert all(one is other for one, other in zip(before.messages, after.messages, strict=True))
    stage.ask("followed")
    assert len(bundles(stage)[0].items) == 3
    assert through(stage) == [("all_news", Channel.EMAIL, 24)]
