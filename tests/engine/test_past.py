"""What nothing hears of is passed over when a past is folded, and nobody can tell."""

from hypothesis import given
from hypothesis import strategies as st

from artifact.event import Event
from artifact.instant import DAY, HOUR
from engine.past import Part, history_of
from tests.engine.handmade import Handmade, handmade
from tests.engine.histories import END, histories, shuffled
from tests.engine.world import MONDAY, Customer, event


class Attentive(Handmade):
    """Hears of everything, so that every event is folded by itself."""

    def hears(self, type: str) -> bool:
        return True


def attentive() -> Attentive:
    return Attentive(written=(), rules={}, topics=handmade().topics)


@given(shuffled())
def test_whether_events_are_passed_over_shows_in_no_byte(both: tuple[list[Event], list[Event]]) -> None:
    _, arrivals = both
    passing, attending = Customer(now=END), Customer(now=END, book=attentive())
    for one in arrivals:
        passing.fold(one)
        attending.fold(one)
    assert passing.bytes == attending.bytes


@given(histories(), st.data())
def test_nor_where_several_happened_at_one_instant_and_one_is_taken_back(
    history: list[Event], data: st.DataObject
) -> None:
    arrivals = data.draw(st.permutations(history))
    wrong = data.draw(st.sampled_from(history))
    passing, attending = Customer(now=END), Customer(now=END, book=attentive())
    for one in (*arrivals, event("event.corrected", END, data={"source": wrong.source, "id": wrong.id})):
        passing.fold(one)
        attending.fold(one)
    assert passing.bytes == attending.bytes


def test_a_deadline_that_falls_among_what_is_passed_over_fires_at_its_place() -> None:
    """The promise of the late claim was broken while nothing but pages were left; what was told then stands."""
    customer = Customer(now=END)
    for day in range(6):
        customer.fold(event("page.left", MONDAY + day * DAY + HOUR, f"left {day}"))
    customer.fold(event("claim.opened", MONDAY, "late", data={}))
    assert customer.facts.attributes["broken"].value == 1
    assert customer.facts.high_water is not None
    assert customer.facts.high_water.at == MONDAY + 5 * DAY + HOUR
    parts = [item.part for item in history_of(customer.past(event("page.left", END))).items]
    assert parts == [Part.HEARD, *[Part.PASSED] * 6]
