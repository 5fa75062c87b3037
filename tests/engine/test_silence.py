"""Silence: a situation that opens because nothing came, whenever and in whatever order we hear of things."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from artifact.customer import memory_bytes
from artifact.instant import DAY, HOUR, Instant, format_instant
from artifact.limits import Limits
from artifact.message import MessageState
from artifact.span import Span, Unit, add_span
from dsl.compile import compile_rulebook
from engine.pipeline.rulebook_tests import run_tests
from tests.scenarios.stage import Stage, instant

RULES = """rulebook accounts zone "Europe/Madrid" end
vocabulary
  event account.opened: (account: text)
  event money.moved: (account: text, symbol: text, amount: whole number)
end
calendar
  working days Monday to Friday
end
category service basis contract channels email end
topic come_back category service template words one per account end
situation dormant
  one per account
  opens after {} without money.moved when event.symbol is not "UROK"
  closes on money.moved when event.symbol is not "UROK"
  remembers amount
end
event rule "A dormant account is woken"
  on dormant opens
  then send come_back with (amount = event.amount)
end
template words in English text "Come back." end
"""
TEN_DAYS = RULES.format("10 days")
START = "2027-03-01T10:00+01:00"


def moved(
    stage: Stage, account: str = "A", symbol: str = "X", at: str | None = None, id: str | None = None
) -> None:
    stage.event("money.moved", account=account, symbol=symbol, amount=7, at=at, id=id)


def dormant(stage: Stage) -> dict[str, bool]:
    facts = stage.artifact().body.facts
    return {s.reference: s.open for s in facts.situations if s.kind == "dormant"}


def test_it_opens_when_nothing_has_come_for_so_long_and_its_rules_fire() -> None:
    stage = Stage(TEN_DAYS, START)
    moved(stage)
    stage.at("2027-03-11T10:00+01:00")
    assert dormant(stage) == {}
    stage.pass_until("2027-03-11T10:00+01:00")
    assert dormant(stage) == {"A": True}
    message = stage.only("come_back")
    assert (message.request.key, message.request.data) == ("A", {"amount": 7})
    assert message.request.about is not None
    assert message.request.about.reference == "A"
    stage.curtain()


def test_what_comes_at_the_very_last_instant_still_breaks_it() -> None:
    stage = Stage(TEN_DAYS, START)
    moved(stage)
    stage.at("2027-03-11T10:00+01:00")
    moved(stage)
    stage.pass_until("2027-03-21T09:59+01:00")
    assert dormant(stage) == {}
    stage.pass_until("2027-03-21T10:00+01:00")
    assert dormant(stage) == {"A": True}


def test_only_what_meets_the_condition_breaks_it() -> None:
    stage = Stage(TEN_DAYS, START)
    moved(stage)
    stage.at("2027-03-10T10:00+01:00")
    moved(stage, symbol="UROK")
    stage.event("account.opened", account="A")
    stage.pass_until("2027-03-11T10:00+01:00")
    assert dormant(stage) == {"A": True}


def test_each_reference_has_a_silence_of_its_own_and_breaking_it_closes_and_listens_anew() -> None:
    stage = Stage(TEN_DAYS, START)
    moved(stage, "A")
    stage.at("2027-03-05T10:00+01:00")
    moved(stage, "B")
    stage.pass_until("2027-03-12T10:00+01:00")
    assert dormant(stage) == {"A": True}
    moved(stage, "A")
    assert dormant(stage) == {"A": False}
    stage.pass_until("2027-03-22T10:00+01:00")
    assert dormant(stage) == {"A": True, "B": True}


def test_of_whom_nothing_was_ever_heard_nothing_opens() -> None:
    stage = Stage(TEN_DAYS, START)
    stage.event("account.opened", account="A")
    stage.pass_until("2028-03-01T10:00+01:00")
    assert dormant(stage) == {}


def test_news_that_comes_late_unsays_a_silence_and_takes_back_what_it_asked_for() -> None:
    nightly = TEN_DAYS.replace("channels email", "channels sms")
    stage = Stage(nightly.replace("working days", "quiet hours for sms 10:00 to 9:00\n  working days"), START)
    moved(stage)
    stage.pass_until("2027-03-12T10:00+01:00")
    woken = stage.only("come_back").id
    moved(stage, at="2027-03-08T10:00+01:00")
    assert dormant(stage) == {}
    assert stage.message(woken).state is MessageState.RETRACTED
    stage.pass_until("2027-03-18T10:00+01:00")
    assert dormant(stage) == {"A": True}
    stage.curtain()


def test_an_event_that_never_was_breaks_no_silence() -> None:
    stage = Stage(TEN_DAYS, START)
    moved(stage)
    stage.at("2027-03-08T10:00+01:00")
    moved(stage, id="wrong")
    stage.at("2027-03-12T10:00+01:00")
    assert dormant(stage) == {}
    stage.correct("policies", "wrong")
    stage.work()
    assert dormant(stage) == {"A": True}
    stage.curtain()


def test_past_the_limit_nobody_listens_and_a_person_hears_of_it_once() -> None:
    stage = Stage(TEN_DAYS, START, Limits(watches=2))
    for account in ("A", "B", "C", "D"):
        moved(stage, account)
    moved(stage, "C")
    assert stage.task_kinds() == ["watch_limit"]
    stage.pass_until("2027-03-20T10:00+01:00")
    assert dormant(stage) == {"A": True, "B": True}
    stage.curtain()


def test_a_silence_of_working_days_ends_with_the_last_of_them() -> None:
    stage = Stage(RULES.format("3 working days"), START)
    moved(stage)
    stage.pass_until("2027-03-04T23:59+01:00")
    assert dormant(stage) == {}
    stage.pass_until("2027-03-05T00:00+01:00")
    assert dormant(stage) == {"A": True}


def test_a_rulebook_that_listens_no_more_opens_nothing() -> None:
    stage = Stage(TEN_DAYS, START)
    moved(stage)
    silent = "\n".join(line for line in TEN_DAYS.splitlines() if "opens after" not in line)
    silent = silent.replace("closes on money", "opens on account.opened\n  closes on money")
    stage.publish(silent.replace(" with (amount = event.amount)", ""))
    stage.pass_until("2027-03-20T10:00+01:00")
    assert dormant(stage) == {}


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from("AB"), st.sampled_from(["X", "UROK"])), max_size=8
    ),
    st.lists(st.integers(0, 25), min_size=8, max_size=8),
)
def test_the_memory_of_a_silence_is_that_of_the_ordered_run(
    told: list[tuple[int, str, str]], delays: list[int]
) -> None:
    begin = instant(START)

    def heard(order: list[tuple[Instant, int]]) -> Stage:
        stage = Stage(TEN_DAYS, begin)
        for arrival, number in order:
            day, account, symbol = told[number]
            stage.at(max(stage.now, arrival))
            moved(
                stage, account, symbol, at=format_instant(begin + day * DAY + number * HOUR), id=f"e{number}"
            )
            stage.work()
        return stage.pass_until(begin + 120 * DAY)

    punctual = [(begin + day * DAY + n * HOUR, n) for n, (day, _, _) in enumerate(told)]
    late = [(at + delays[n] * DAY, n) for at, n in punctual]
    ordered, shuffled = heard(sorted(punctual)), heard(sorted(late))
    assert memory_bytes(shuffled.artifact().body.facts) == memory_bytes(ordered.artifact().body.facts)
    last = {
        a: max(at for at, n in punctual if told[n][1] == a and told[n][2] == "X")
        for a in {a for _, a, s in told if s == "X"}
    }
    assert {w.reference for w in ordered.artifact().body.facts.watches} == set()
    assert {s.reference: s.opened_at for s in ordered.artifact().body.facts.situations if s.open} == {
        account: add_span(at, Span(10, Unit.DAY), "Europe/Madrid") for account, at in last.items()
    }


BANK = """rulebook bank_manners zone "Europe/Prague" currency CZK end
vocabulary
  event account.opened: (accountId: text)
  event transaction.credit: (accountId: text, symbol: text, amount: money, balance: money)
  event transaction.debit: (accountId: text, symbol: text, amount: money, balance: money)
end
category service basis contract channels email end
topic come_back category service one per accountId end
situation dormant
  one per accountId
  opens after 180 days without transaction.credit, transaction.debit when event.symbol is not "UROK"
  closes on transaction.credit, transaction.debit when event.symbol is not "UROK"
end
event rule "A dormant account is woken gently"
  on dormant opens
  then send come_back
end
test "Half a year of silence"
  at 1 January 1998 9:00
  given event account.opened 1 year ago with (accountId = "576")
    and event transaction.credit 179 days ago with (accountId = "576", symbol = "X", amount = 700 CZK, balance = 700 CZK)
  after 1 day
  expect dormant is open and send come_back
end
test "Interest is no sign of life"
  at 1 January 1998 9:00
  given event transaction.credit 179 days ago with (accountId = "576", symbol = "X", amount = 700 CZK)
    and event transaction.credit 3 days ago with (accountId = "576", symbol = "UROK", amount = 7 CZK)
  after 1 day
  expect dormant is open
  after 1 hour
  when event transaction.debit with (accountId = "576", symbol = "X", amount = 70 CZK)
  expect dormant is closed
end
"""


def test_the_test_of_the_bank_passes_in_the_language_itself() -> None:
    checked = compile_rulebook(BANK)
    assert checked.rulebook is not None, checked.diagnostics
    results = asyncio.run(run_tests(checked.rulebook, checked.tests))
    assert [(r.name, r.detail) for r in results if not r.passed] == []
    assert len(results) == 2
