"""Points that events add to scores: what the memory keeps of them, and how it stays small."""

from hypothesis import given
from hypothesis import strategies as st

from artifact.facts import EMPTY_FACTS, Facts, Points
from artifact.instant import DAY, Instant, parse_instant
from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.book import CompiledRulebook
from dsl.scorecards import added
from engine.fold import fold_deadlines, fold_event
from engine.points import bounded, scores_told
from tests.dsl.support import book, happened

NOW = parse_instant("2026-03-02T10:00:00Z")
TEXT = """
scorecard churn from 0 to 30, starting at 20
  add 5 when claim is open because "A claim" in Spanish "Un siniestro"
end
event rule "Opened" on claim.opened then add 2 to churn because "It opened" in Spanish "Se abrió" end
event rule "Noted" on claim.noted then subtract 4 from churn end
"""


def folded(
    rulebook: CompiledRulebook, *events: tuple[str, Instant], limits: Limits = DEFAULT_LIMITS
) -> Facts:
    facts = EMPTY_FACTS
    for type_, at in events:
        facts, _ = fold_event(facts, happened(type_, at=at, claim_id="S1", kind="storm"), rulebook, limits)
    return facts


def test_points_are_kept_with_their_instant_reason_and_what_the_score_came_to() -> None:
    facts = folded(book(TEXT), ("claim.opened", NOW), ("claim.noted", NOW + DAY))
    assert facts.points == (
        Points("churn", 2, NOW, "Opened", {"en": "It opened", "es": "Se abrió"}, 27),
        Points("churn", -4, NOW + DAY, "Noted", {}, 23),
    )


def test_a_reader_is_told_reasons_in_her_language_and_the_history() -> None:
    rulebook = book(TEXT)
    facts = folded(rulebook, ("claim.opened", NOW), ("claim.noted", NOW + DAY))
    [told] = scores_told(rulebook, facts, NOW + DAY, "es-ES")
    assert told.reasons == ("Un siniestro", "Se abrió", "Noted")
    assert (told.name, told.value) == ("churn", 23.0)
    assert told.history == ((NOW, 27.0), (NOW + DAY, 23.0))
    assert scores_told(None, facts, NOW, "es") == []


def test_a_broken_promise_adds_points_at_the_instant_it_breaks() -> None:
    text = """
    scorecard churn from 0 to 90, starting at 0 add 1 when pledge is broken end
    commitment pledge "We call" one per claim_id made on claim.opened within 2 days kept on claim.noted
      if broken add 10 to churn because "No call"
    end
    """
    facts = folded(book(text), ("claim.opened", NOW))
    facts, _ = fold_deadlines(facts, NOW + 5 * DAY, book(text), DEFAULT_LIMITS)
    [points] = facts.points
    assert (points.rule, points.amount, points.value) == ("pledge", 10, 11)


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(-5, 5)), max_size=40), st.integers(3, 9)
)
def test_however_many_points_there_are_they_stay_few_and_no_score_changes(
    given_: list[tuple[str, int]], most: int
) -> None:
    points: tuple[Points, ...] = ()
    for at, (score, amount) in enumerate(given_):
        points = bounded((*points, Points(score, amount, at, "R")), most)
    assert len(points) <= most
    assert list(points) == sorted(points, key=lambda one: one.at)
    for name in "abc":
        assert added(name, points) == sum(amount for score, amount in given_ if score == name)


def test_the_limit_of_points_is_a_setting() -> None:
    events = [("claim.noted", NOW + n * DAY) for n in range(6)]
    facts = folded(book(TEXT), *events, limits=Limits(points=3))
    assert [one.amount for one in facts.points] == [-16, -4, -4]
    assert facts.points[0].rule == ""
