"""The order of the memory: by instant, then by `seq` within source and subject, then by arrival."""

from hypothesis import given
from hypothesis import strategies as st

from artifact.event import Event, Subject
from artifact.facts import Facts, Stamp
from engine.order import after_event, in_order, is_late
from tests.engine.world import event

subjects = st.sampled_from([None, Subject("claim", "S-1"), Subject("claim", "S-2")])


@st.composite
def arrivals(draw: st.DrawFn) -> list[Event]:
    """Events with many ties: three instants, two sources, three subjects, four numbers."""
    size = draw(st.integers(0, 8))
    return [
        event(
            "page.viewed",
            draw(st.integers(0, 2)),
            f"e-{n}",
            source=draw(st.sampled_from(["a", "b"])),
            about=draw(subjects),
            seq=draw(st.one_of(st.none(), st.integers(0, 3))),
        )
        for n in range(size)
    ]


def ids(events: list[Event]) -> list[str]:
    return [e.id for e in events]


@given(arrivals())
def test_the_order_holds_every_event_once_and_never_goes_back_in_time(events: list[Event]) -> None:
    ordered = in_order(events)
    assert sorted(ids(ordered)) == sorted(ids(events))
    assert [e.at for e in ordered] == sorted(e.at for e in events)


@given(arrivals())
def test_the_order_does_not_depend_on_when_it_is_made(events: list[Event]) -> None:
    """Putting events in one by one, or all at once, or what is in order again, gives the same."""
    one_by_one: list[Event] = []
    for one in events:
        one_by_one = in_order([*one_by_one, one])
    assert ids(one_by_one) == ids(in_order(events))
    assert ids(in_order(in_order(events))) == ids(in_order(events))


@given(arrivals().filter(lambda es: len({e.at for e in es}) == len(es)), st.randoms(use_true_random=False))
def test_with_distinct_instants_the_arrival_does_not_matter(events: list[Event], random: object) -> None:
    other = list(events)
    random.shuffle(other)  # type: ignore[attr-defined]
    assert ids(in_order(other)) == ids(in_order(events))


@given(st.permutations([event("page.viewed", 0, f"e-{n}", seq=n) for n in range(6)]))
def test_within_one_source_and_subject_the_numbers_decide(events: list[Event]) -> None:
    assert ids(in_order(events)) == [f"e-{n}" for n in range(6)]


def test_without_numbers_the_first_to_arrive_is_the_first() -> None:
    events = [event("page.viewed", 0, name) for name in "cab"]
    assert ids(in_order(events)) == list("cab")


def test_numbers_of_other_sources_and_subjects_do_not_count() -> None:
    first = event("page.viewed", 0, "first", seq=9, source="a")
    assert ids(in_order([first, event("page.viewed", 0, "second", seq=1, source="b")])) == ["first", "second"]
    about = event("page.viewed", 0, "second", seq=1, source="a", about=Subject("claim", "S-1"))
    assert ids(in_order([first, about])) == ["first", "second"]


def test_numbers_that_contradict_each_other_through_arrival_still_give_one_order() -> None:
    """b1 arrives between a2 and a1: a1 goes before a2, b1 stays behind it, whatever b0 then says."""
    events = [
        event("page.viewed", 0, "a2", source="a", seq=2),
        event("page.viewed", 0, "b1", source="b", seq=1),
        event("page.viewed", 0, "a1", source="a", seq=1),
        event("page.viewed", 0, "b0", source="b", seq=0),
    ]
    assert ids(in_order(events)) == ["a1", "a2", "b0", "b1"]


@given(arrivals())
def test_an_event_is_late_exactly_where_it_would_not_stand_last(events: list[Event]) -> None:
    facts, so_far = Facts(), list[Event]()
    for one in events:
        ordered = in_order([*so_far, one])
        assert is_late(facts, one) == (ordered[-1] is not one)
        so_far.append(one)
        facts = Facts()
        for known in ordered:
            high, seats = after_event(facts, known)
            facts = Facts(high_water=high, seats=seats)


def test_what_happened_at_the_instant_of_a_deadline_that_fired_is_late() -> None:
    assert is_late(Facts(high_water=Stamp(5, 1)), event("page.viewed", 5))
    assert not is_late(Facts(high_water=Stamp(5, 0)), event("page.viewed", 5))
    assert not is_late(Facts(high_water=Stamp(5, 1)), event("page.viewed", 6))
