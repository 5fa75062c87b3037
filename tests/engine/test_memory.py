"""The memory is a function of what happened, in the order in which it happened, whenever we heard of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.customer import Artifact, memory_bytes
from artifact.decision import EventStatus
from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from artifact.facts import CommitmentState
from artifact.instant import DAY, HOUR, MINUTE
from artifact.limits import Limits
from artifact.message import LIVE_STATES, MessageState
from engine.step import TooDeep, step_event
from tests.engine.handmade import handmade
from tests.engine.histories import END, histories, interleavings, shuffled
from tests.engine.world import CUSTOMER, HOURS, LATE, MONDAY, Customer, event, told_in

DUE = 2 * DAY
JUDGED = DUE + 15 * MINUTE


def said(customer: Customer) -> set[tuple[str, str]]:
    """What waits to be said, and for whom there is something to do."""
    live = {(m.request.topic, m.request.id) for m in customer.messages() if m.state in LIVE_STATES}
    return live | {("task", t.id) for t in customer.body.talk.tasks if t.state == "OPEN" and not t.is_alert}


# -- the law of late events -----------------------------------------------------------------------------------


@given(shuffled())
def test_any_order_of_arrival_gives_the_memory_of_the_ordered_run(
    both: tuple[list[Event], list[Event]],
) -> None:
    history, arrivals = both
    ordered, other = told_in(history, END), told_in(arrivals, END)
    assert memory_bytes(other.facts) == memory_bytes(ordered.facts)
    assert other.reenacted().body == other.body


@given(interleavings())
def test_timers_that_fire_while_an_event_is_on_its_way_do_not_change_the_memory_in_the_end(
    both: tuple[list[Event], list[tuple[Event, int]]],
) -> None:
    history, arrivals = both
    ordered, other = Customer(), Customer()
    for one in history:
        ordered.tell(one)
    for one, received in arrivals:
        other.tell(replace(one, received_at=received))
    for customer in (ordered, other):
        customer.pass_time(END)
    assert memory_bytes(other.facts) == memory_bytes(ordered.facts)
    assert other.reenacted().body == other.body


@given(shuffled())
def test_what_a_history_asks_for_is_asked_once_whatever_the_order_of_arrival(
    both: tuple[list[Event], list[Event]],
) -> None:
    history, arrivals = both
    ordered, other = told_in(history, END), told_in(arrivals, END)
    ids = [m.id for m in other.messages()]
    assert len(ids) == len(set(ids))
    # What is said of an event that is no longer the newest of its subject closes on arrival: never more than asked.
    assert said(other) <= said(ordered)
    missing = said(ordered) - said(other)
    closed = {(m.request.topic, m.request.id) for m in other.messages() if m.state is MessageState.SUPERSEDED}
    assert missing <= closed


@given(histories(), st.lists(st.integers(-5 * 24, 5 * 24), max_size=6))
def test_noise_changes_neither_memory_nor_messages(history: list[Event], hours: list[int]) -> None:
    quiet, noisy = told_in(history, END), Customer(now=END)
    for number, one in enumerate(history):
        noisy.fold(replace(one, received_at=END))
        for hour in hours[number : number + 1]:
            noisy.fold(event(f"unheard.of_{number}", MONDAY + hour * HOUR, f"noise-{number}", state="x"))
    noisy.pass_time()
    assert memory_bytes(noisy.facts) == memory_bytes(quiet.facts)
    shown = [
        [(m.id, m.state, m.reason, m.next_at, m.deliveries) for m in c.messages()] for c in (quiet, noisy)
    ]
    assert shown[0] == shown[1]


@given(histories(distinct=True), st.data())
def test_a_corrected_event_leaves_the_memory_as_if_it_had_never_been(
    history: list[Event], data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from(history))
    customer = told_in(history, END)
    customer.fold(correction(wrong))
    customer.pass_time()
    without = told_in([e for e in history if e is not wrong], END)
    assert memory_bytes(customer.facts) == memory_bytes(without.facts)
    assert customer.reenacted().body == customer.body


@given(histories(distinct=True), st.data())
def test_what_a_corrected_event_asked_for_is_taken_back(history: list[Event], data: st.DataObject) -> None:
    wrong = data.draw(st.sampled_from(history))
    customer = told_in(history, END)
    customer.fold(correction(wrong))
    without = told_in([e for e in history if e is not wrong], END)
    assert said(customer) <= said(without)


def correction(wrong: Event, id: str = "") -> Event:
    return event(
        *("event.corrected", END, id or f"not {wrong.id}"),
        data={"source": wrong.source, "id": wrong.id, "reason": "wrong customer"},
    )


# -- late events one by one -----------------------------------------------------------------------------------


def test_a_late_event_takes_back_what_would_not_have_been_asked_for() -> None:
    customer = Customer()
    customer.tell(event("payment.failed", MONDAY + HOUR))
    (reminder,) = customer.messages("reminder")
    assert customer.state(reminder)[0] is MessageState.READY
    customer.tell(event("claim.opened", MONDAY, claim="S-1", received_at=MONDAY + 2 * HOUR))
    assert customer.state(reminder) == (MessageState.RETRACTED, "corrected")


def test_news_that_is_no_longer_the_newest_of_its_subject_says_nothing() -> None:
    customer = Customer()
    customer.tell(event("claim.noted", MONDAY + HOUR, claim="S-1", seq=5))
    customer.tell(event("claim.opened", MONDAY, claim="S-1", seq=4, received_at=MONDAY + 2 * HOUR))
    (told,) = customer.messages("claim_received")
    assert customer.state(told) == (MessageState.SUPERSEDED, "outdated")
    assert customer.facts.situations[0].open


def test_an_event_deeper_than_the_limit_sets_only_facts_without_a_later_value() -> None:
    customer = Customer()
    customer.tell(event("customer.updated", MONDAY + HOUR, city="Madrid"))
    deep = event("customer.updated", MONDAY, "deep", city="Sevilla", segment="gold")
    stepped = step_event(customer.artifact, deep, customer.now, customer.scene, TooDeep())
    assert stepped.entry.status is EventStatus.LATE
    facts = {name: fact.value for name, fact in stepped.artifact.body.facts.attributes.items()}
    assert facts == {"city": "Madrid", "segment": "gold"}


def test_an_event_deeper_than_the_limit_opens_and_closes_nothing() -> None:
    customer = Customer()
    customer.tell(event("page.viewed", MONDAY + HOUR))
    deep = event("claim.opened", MONDAY, "deep", claim="S-1")
    stepped = step_event(customer.artifact, deep, customer.now, customer.scene, TooDeep())
    assert stepped.entry.status is LATE
    assert stepped.artifact.body.facts == customer.facts
    assert stepped.artifact.body.talk.messages == ()


def test_a_refolding_keeps_what_an_event_past_the_limit_set() -> None:
    customer = Customer()
    customer.tell(event("page.viewed", MONDAY + 4 * HOUR))
    deep = event("customer.updated", MONDAY, "deep", city="Sevilla")
    customer.keep(step_event(customer.artifact, deep, customer.now, customer.scene, TooDeep()))
    customer.tell(event("page.viewed", MONDAY + 2 * HOUR, "late", received_at=MONDAY + 5 * HOUR))
    assert customer.facts.attributes["city"].value == "Sevilla"


def test_a_correction_past_the_limit_clears_what_still_carries_the_value_and_asks_a_person() -> None:
    customer = Customer()
    wrong = event(
        "customer.updated", MONDAY, "wrong", data={"address": {"city": "Sevilla"}, "segment": "gold"}
    )
    customer.tell(wrong)
    customer.tell(event("customer.updated", MONDAY + HOUR, segment="silver"))
    told = correction(wrong)
    customer.keep(step_event(customer.artifact, told, END, customer.scene, TooDeep(wrong)))
    values = {name: fact.value for name, fact in customer.facts.attributes.items()}
    assert values == {"address.city": None, "segment": "silver"}
    assert [t.kind for t in customer.body.talk.tasks] == ["correction_too_late"]
    late = event("page.viewed", MONDAY + MINUTE, "late", received_at=END)
    customer.tell(late)
    assert customer.facts.attributes["address.city"].value is None


def test_a_correction_of_what_nobody_knows_is_refused() -> None:
    customer = Customer()
    customer.tell(event("page.viewed"))
    with pytest.raises(InputError) as refused:
        customer.tell(correction(event("page.viewed", id="never told")))
    assert refused.value.code is ErrorCode.EVENT_UNKNOWN


def test_a_correction_takes_back_a_request_that_waits() -> None:
    customer = Customer()
    waiting = customer.ask("reminder", notBefore="2026-11-18T10:00:00+01:00")
    asked = next(e.event for e in customer.log if e.event is not None)
    customer.tell(correction(asked))
    assert customer.state(waiting) == (MessageState.RETRACTED, "corrected")


def test_a_correction_is_never_refused_for_lack_of_room() -> None:
    topics = (*handmade().topics.values(), replace(handmade().topics["reminder"], name="correction"))
    customer = Customer(handmade(topics=topics), Limits(open_messages=3, reserved_messages=1))
    customer.ask("reminder")
    for delivery in customer.hand_over():
        customer.outcome("seen", delivery)
    customer.ask("receipt", "1")
    customer.ask("receipt", "2")
    asked = next(e.event for e in customer.log if e.event is not None)
    customer.tell(correction(asked))
    assert [t.kind for t in customer.body.talk.tasks] == ["correction_needed"]


def test_a_correction_taken_back_by_later_news_brings_the_task_back() -> None:
    """Two late events: the first makes a task superfluous, the second makes it necessary again."""
    customer = Customer()
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    customer.pass_time(MONDAY + 3 * DAY)
    [task] = customer.body.talk.tasks
    evidence = event("claim.settled", MONDAY + DAY, claim="S-1", received_at=MONDAY + 3 * DAY)
    customer.tell(evidence)
    assert [t.state for t in customer.body.talk.tasks] == ["CANCELLED"]
    customer.tell(correction(evidence))
    assert [(t.id, t.state) for t in customer.body.talk.tasks] == [(task.id, "OPEN")]
    (apology,) = customer.messages("apology")
    assert customer.state(apology)[0] in LIVE_STATES


def test_what_has_left_is_not_said_again_when_it_is_asked_for_again() -> None:
    customer = Customer()
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    customer.pass_time(MONDAY + 3 * DAY)
    sent = customer.hand_over()
    (apology,) = customer.messages("apology")
    evidence = event("claim.settled", MONDAY + DAY, claim="S-1", received_at=MONDAY + 3 * DAY)
    customer.tell(evidence)
    customer.tell(correction(evidence))
    assert len(customer.messages("apology")) == 1
    again = [d for d in customer.ready() if d in sent]
    assert again == []
    assert customer.state(apology)[0] not in {MessageState.READY, MessageState.WAITING}


def test_a_late_withdrawal_takes_back_only_what_was_asked_before_it() -> None:
    customer = Customer()
    customer.tell(event("payment.failed", MONDAY, "first"))
    customer.tell(event("payment.failed", MONDAY + 2 * HOUR, "second"))
    customer.tell(event("payment.made", MONDAY + HOUR, received_at=MONDAY + 3 * HOUR))
    states = {m.request.cause: m.state for m in customer.messages("reminder")}
    assert states["claims:first"] is MessageState.RETRACTED
    [live] = [m for m in customer.messages("reminder") if m.state in LIVE_STATES]
    assert live.request.cause == "claims:second"


def test_what_a_late_event_asks_for_is_not_said_where_it_was_withdrawn_since() -> None:
    customer = Customer()
    customer.tell(event("payment.made", MONDAY + HOUR))
    customer.tell(event("payment.failed", MONDAY, received_at=MONDAY + 2 * HOUR))
    assert [m for m in customer.messages("reminder") if m.state in LIVE_STATES] == []


def test_a_deadline_that_an_event_let_pass_is_not_taken_back_with_it() -> None:
    customer = Customer(now=END)
    customer.fold(event("claim.opened", MONDAY, claim="S-1", received_at=END))
    passing = event("customer.updated", MONDAY + JUDGED + 1, received_at=END, city="Madrid")
    customer.fold(passing)
    (apology,) = customer.messages("apology")
    customer.fold(correction(passing))
    assert customer.state(apology)[0] in LIVE_STATES
    assert len(customer.records(apology)) == 1


# -- deadlines -----------------------------------------------------------------------------------------------


def test_a_promise_is_judged_a_quarter_of_an_hour_after_it_was_due() -> None:
    customer = Customer()
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    assert customer.facts.commitments[0].due == MONDAY + DUE
    for moment, state in ((JUDGED - 1, CommitmentState.OPEN), (JUDGED, CommitmentState.BROKEN)):
        customer.pass_time(MONDAY + moment)
        assert customer.facts.commitments[0].state is state
    assert customer.facts.commitments[0].judged_at == MONDAY + JUDGED
    assert [m.request.topic for m in customer.messages() if m.request.topic == "apology"] == ["apology"]
    assert {t.kind for t in customer.body.talk.tasks} == {"answer_now"}


def test_the_tasks_of_two_customers_are_two_although_the_same_promise_was_broken() -> None:
    ids = set()
    for name in ("c-1", "c-2"):
        customer = Customer(artifact=Artifact(name))
        customer.tell(replace(event("claim.opened", MONDAY, claim="S-1"), customer_id=name))
        customer.pass_time(MONDAY + JUDGED)
        ids |= {t.id for t in customer.body.talk.tasks}
    assert len(ids) == 2


def test_evidence_at_the_very_end_is_in_time_and_a_moment_later_is_not() -> None:
    for late, expected in ((0, CommitmentState.KEPT), (1, CommitmentState.BROKEN)):
        customer = Customer()
        customer.tell(event("claim.opened", MONDAY, claim="S-1"))
        customer.tell(event("claim.settled", MONDAY + DUE + late, claim="S-1"))
        customer.pass_time(END)
        assert customer.facts.commitments[0].state is expected


def test_evidence_in_time_that_is_known_late_takes_the_apology_and_the_task_back() -> None:
    customer = Customer()
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    customer.pass_time(MONDAY + 3 * DAY)
    (apology,) = customer.messages("apology")
    customer.tell(event("claim.settled", MONDAY + DUE, claim="S-1", received_at=MONDAY + 3 * DAY))
    assert customer.facts.commitments[0].state is CommitmentState.KEPT
    assert customer.state(apology) == (MessageState.RETRACTED, "corrected")
    assert [t.state for t in customer.body.talk.tasks] == ["CANCELLED"]
    assert len(customer.body.talk.broken) == 1


def test_a_promise_made_anew_was_never_known_broken() -> None:
    customer = Customer()
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    customer.pass_time(MONDAY + 3 * DAY)
    assert set(customer.body.talk.broken) == {"answer/S-1"}
    customer.tell(event("claim.opened", MONDAY + 4 * DAY, claim="S-1"))
    customer.tell(event("claim.settled", MONDAY + 5 * DAY, claim="S-1"))
    assert customer.facts.commitments[0].state is CommitmentState.KEPT
    assert set(customer.body.talk.broken) == set()


def test_an_apology_that_has_left_is_listed_for_a_person_when_the_promise_was_kept_after_all() -> None:
    customer = Customer()
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    customer.pass_time(MONDAY + 3 * DAY)
    customer.hand_over()
    customer.tell(event("claim.settled", MONDAY + DUE, claim="S-1", received_at=MONDAY + 3 * DAY))
    assert "correction_needed" in {t.kind for t in customer.body.talk.tasks if t.is_alert}


def test_a_deadline_fires_before_an_event_of_a_later_instant() -> None:
    customer = Customer(now=END)
    customer.fold(event("claim.opened", MONDAY, claim="S-1", received_at=END))
    customer.fold(event("customer.updated", MONDAY + JUDGED + 1, received_at=END, city="Madrid"))
    assert customer.facts.commitments[0].judged_at == MONDAY + JUDGED
    assert customer.facts.attributes["broken"].value == 1


def test_a_deadline_fires_after_an_event_of_its_own_instant() -> None:
    customer = Customer(now=END)
    customer.fold(event("visit.made", MONDAY, about=None))
    customer.fold(event("visit.made", MONDAY + 3 * HOURS, "again"))
    [visit] = customer.facts.situations
    assert visit.open
    customer.pass_time()
    assert not customer.facts.situations[0].open


def test_an_event_at_the_instant_of_a_deadline_that_has_fired_is_folded_before_it() -> None:
    customer = Customer()
    customer.tell(event("claim.opened", MONDAY, claim="S-1"))
    customer.pass_time(MONDAY + JUDGED)
    late = event("claim.dropped", MONDAY + JUDGED, claim="S-1")
    customer.tell(late)
    assert customer.facts.commitments[0].state is CommitmentState.CANCELLED
    assert "broken" not in customer.facts.attributes


def test_a_loop_of_events_ends_at_the_limit_of_depth() -> None:
    customer = Customer(limits=Limits(event_depth=5))
    customer.tell(event("loop.begun"))
    assert customer.facts.attributes["rounds"].value == 6


def test_the_memory_of_nothing_is_empty() -> None:
    assert memory_bytes(Customer().facts) == memory_bytes(Artifact(CUSTOMER).body.facts)


# -- limits of the memory --------------------------------------------------------------------------------------


def test_an_objection_is_never_forgotten_for_lack_of_room() -> None:
    customer = Customer(limits=Limits(consents=3))
    customer.tell(event("consent.withdrawn", MONDAY, category="marketing"))
    for number in range(6):
        customer.tell(event("consent.given", MONDAY + number + 1, category=f"made_up_{number}"))
    assert "marketing" in {c.category for c in customer.facts.consents}
    assert len(customer.facts.consents) == 3


@given(st.permutations(["a", "b", "c", "d"]))
def test_which_attributes_find_room_does_not_depend_on_the_order_of_a_documents_keys(
    names: list[str],
) -> None:
    customer = Customer(limits=Limits(attributes=2))
    customer.tell(event("customer.updated", data=dict.fromkeys(names, 1)))
    assert set(customer.facts.attributes) == {"a", "b"}
