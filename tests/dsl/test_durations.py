"""How long an author may say, and how much of a calendar: whatever is reckoned from today ends before that does."""

import pytest

from artifact.instant import parse_instant
from artifact.public_holidays import known_regions
from artifact.span import Span, Unit, add_span
from dsl.check.literals import most_of
from dsl.compile import compile_rulebook
from dsl.lexicon import tongue
from tests.dsl.support import FOR_AGES, PRELUDE, rule

LAST_DAY = parse_instant("2500-12-31T23:59:59Z")
"""The last one that an author can name."""

CALENDAR = "calendar working days Monday to Friday working hours 9:00 to 10:00 end\n"
ELAPSING = [unit for unit in Unit if not unit.startswith("working")]


@pytest.mark.parametrize("unit", ELAPSING)
def test_the_longest_duration_of_each_unit_stays_within_the_calendar(unit: Unit) -> None:
    assert add_span(LAST_DAY, Span(most_of(unit), unit), "Pacific/Apia") > LAST_DAY


@pytest.mark.parametrize("unit", Unit)
def test_one_more_than_the_longest_is_refused_where_it_stands(unit: Unit) -> None:
    word = tongue("en").spelled[f"UNIT:{unit}"][0]
    wait = "postpone for {} " + word
    text = PRELUDE + CALENDAR + rule("claim is open", wait.format(most_of(unit)))
    assert compile_rulebook(text).diagnostics == ()
    refused = compile_rulebook(text.replace(f" {most_of(unit)} ", f" {most_of(unit) + 1} "))
    assert [one.code for one in refused.diagnostics] == ["NUMBER_INVALID"]


def test_a_test_that_reckons_beyond_the_calendar_is_told_so() -> None:
    far = f"2 March 2500 {FOR_AGES}"
    text = f"""test "Far" at 2 March 2026 10:00
  when event claim.opened with (claim_id = "x", until = {far})
  expect nothing
end
"""
    [diagnostic] = compile_rulebook(PRELUDE + text).diagnostics
    assert diagnostic.code == "DATE_INVALID"
    assert "2500-03-02" in diagnostic.message


@pytest.mark.parametrize(
    "said",
    [
        "working days Monday to Friday working hours on Saturday 9:00 to 17:00",
        "working hours 9:00 to 17:00",
        "working days Monday to Friday",
    ],
)
def test_working_hours_that_never_come_cannot_be_waited_for(said: str) -> None:
    text = f"{PRELUDE}calendar {said} end\n" + rule("claim is open", "postpone for 3 working hours")
    [diagnostic] = compile_rulebook(text).diagnostics
    assert (diagnostic.code, "working hours" in diagnostic.message) == ("CALENDAR_MISSING", True)


def test_a_calendar_looks_up_the_holidays_of_a_bounded_number_of_regions() -> None:
    regions = sorted(region for region in known_regions() if "-" not in region)
    for count, found in ((60, []), (61, ["NUMBER_INVALID"])):
        said = "\n".join(f'holidays of "{region}"' for region in regions[:count])
        text = f"{PRELUDE}calendar working days Monday to Friday\n{said}\nend\n"
        assert [one.code for one in compile_rulebook(text).diagnostics] == found
