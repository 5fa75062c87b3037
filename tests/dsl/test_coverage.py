"""`memento test` tells what the tests of a rulebook leave untried."""

import asyncio

from dsl.advice.advise import untested
from dsl.coverage import Coverage, RuleSeen, Seen, WatchedRulebook
from dsl.errors import DiagnosticCode, Severity
from engine.pipeline.rulebook_tests import run_tests
from tests.dsl.support import PRELUDE, checked

BOOK = """
table comfort takes first
  | customer.tier | => by  |
  | gold          | => sms |
  | silver        | => app |
  | otherwise     | => email |
end
message rule "Fires" if unknown ignore
  for topic cross_sell
  when comfort.by is sms and customer.age is at least 65
  then deliver by sms
end
message rule "Asked in vain" for topic cross_sell when bereavement is open then deliver by app end
message rule "Of another topic" for topic survey when bereavement is open then avoid sms end
event rule "Heard" on claim.opened when event.kind is water then send apology end
event rule "Not heard" on death.notified then send apology end
test "Gold and old"
  at 2 March 2026 10:00
  given customer.tier is gold and customer.age is 70
  when message about cross_sell
  expect deliver by sms
  when event claim.opened with (claim_id = "S1", kind = water)
  expect send apology
end
test "Basic and old"
  at 2 March 2026 10:00
  given customer.tier is basic and customer.age is 70
  when message about cross_sell
  expect deliver
end
"""


def covered(text: str) -> Coverage:
    """What the tests of a text try; all of them pass."""
    found = checked(text)
    assert found.rulebook is not None
    book = WatchedRulebook.of(found.rulebook)
    results = asyncio.run(run_tests(book, found.tests))
    assert all(result.passed for result in results), results
    return book.coverage()


def seen(name: str) -> RuleSeen:
    return next(one for one in covered(BOOK).rules if one.name == name)


def test_a_rule_fired_or_was_asked_or_never_came_up() -> None:
    assert {one.name: one.seen for one in covered(BOOK).rules} == {
        "Heard": Seen.FIRED,
        "Not heard": Seen.NEVER,
        "Fires": Seen.FIRED,
        "Asked in vain": Seen.CANDIDATE,
        "Of another topic": Seen.NEVER,
    }


def test_a_condition_behind_one_that_failed_is_seen_too() -> None:
    first, second = seen("Fires").conditions
    assert (first.text, first.held, first.failed) == ("comfort.by is sms", True, True)
    assert (second.text, second.held, second.failed) == ("customer.age is at least 65", True, False)


def test_rows_that_never_counted_are_named() -> None:
    [table] = covered(BOOK).tables
    assert (table.hit, table.missed) == ((1, 0), (2,))


def test_rules_that_no_test_fires_are_hinted_at_where_they_stand() -> None:
    found = checked(BOOK)
    hints = untested(found, covered(BOOK))
    assert [(one.code, one.severity) for one in hints] == [(DiagnosticCode.RULE_UNTESTED, Severity.HINT)] * 3
    lines = (PRELUDE + BOOK).split("\n")
    assert [lines[one.line - 1].split('"')[1] for one in hints] == [
        "Asked in vain",
        "Of another topic",
        "Not heard",
    ]


def test_a_rulebook_without_tests_is_not_told_that_nothing_is_tested() -> None:
    text = BOOK[: BOOK.index("test ")]
    assert untested(checked(text), covered(text)) == ()


def test_beside_an_experiment_the_tests_try_what_they_try() -> None:
    experiment = """
    experiment louder_survey for topic survey
      variant calm 50 % then deliver
      variant loud 50 % then set urgency to high
      succeeds on claim.closed within 14 days
    end
    """
    assert covered(BOOK + experiment) == covered(BOOK)
