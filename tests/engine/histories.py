"""Histories for property tests: events of a few claims, payments, consents and preferences, in any order."""

from typing import Any, TypeAlias

from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.event import Event, Subject
from artifact.instant import DAY, HOUR, MINUTE
from tests.engine.world import CUSTOMER, MONDAY

Told: TypeAlias = tuple[str, Subject | None, dict[str, Any]]
"""Type, subject and data of an event."""

_references = st.sampled_from(["S-1", "S-2"])
_subjects = st.builds(Subject, st.just("claim"), _references)
_about_claims = st.sampled_from(
    ["claim.opened", "claim.moved", "claim.noted", "claim.settled", "claim.dropped", "payment.failed"]
)
_data = st.fixed_dictionaries(
    {}, optional={"amount": st.integers(1, 3), "state": st.sampled_from(["a", "b"])}
)
_claims = st.tuples(_about_claims, st.one_of(st.none(), _subjects), _data)
_others: st.SearchStrategy[Told] = st.one_of(
    st.tuples(
        st.sampled_from(["payment.made", "page.viewed", "page.left", "page.left", "loop.begun"]),
        st.none(),
        st.just({}),
    ),
    st.tuples(st.just("visit.made"), st.builds(Subject, st.just("visit"), _references), st.just({})),
    st.tuples(
        st.just("customer.updated"),
        st.none(),
        st.dictionaries(st.sampled_from(["city", "segment"]), st.integers(0, 2), min_size=1),
    ),
    st.tuples(
        st.sampled_from(["consent.given", "consent.refused", "consent.withdrawn"]),
        st.none(),
        st.fixed_dictionaries(
            {"category": st.sampled_from(["marketing", "*"])},
            optional={"channel": st.sampled_from([Channel.SMS.value, Channel.EMAIL.value])},
        ),
    ),
    st.tuples(
        st.just("preference.set"),
        st.none(),
        st.fixed_dictionaries({"zone": st.sampled_from(["Europe/Madrid", "Atlantic/Canary"])}),
    ),
)
_moments = st.one_of(
    st.integers(0, 8).map(lambda n: n * DAY // 2),
    st.integers(0, 4 * 24 * 60).map(lambda n: n * MINUTE),
    st.just(2 * DAY + 15 * MINUTE),  # the very instant at which the first promise is judged
)


@st.composite
def histories(draw: st.DrawFn, *, distinct: bool = False, most: int = 9) -> list[Event]:
    """Events in the order of their instants; `distinct` instants leave no tie to the order of arrival."""
    told = draw(st.lists(st.one_of(_claims, _claims, _others), min_size=1, max_size=most))
    moments = draw(st.lists(_moments, min_size=len(told), max_size=len(told), unique=distinct).map(sorted))
    return [
        Event(
            customer_id=CUSTOMER,
            source=draw(st.sampled_from(["claims", "billing"])),
            id=f"e-{number}",
            type=type,
            at=MONDAY + moment,
            received_at=MONDAY + moment,
            about=about,
            data=dict(data),
        )
        for number, ((type, about, data), moment) in enumerate(zip(told, moments, strict=True))
    ]


END = MONDAY + 9 * DAY
"""After every deadline of every history."""


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """A history in order, and the same events as they arrive."""
    history = draw(histories(distinct=True))
    return history, draw(st.permutations(history))


@st.composite
def interleavings(draw: st.DrawFn) -> tuple[list[Event], list[tuple[Event, int]]]:
    """A history in order, and each event with the instant at which it arrives: never before it happened."""
    history = draw(histories(distinct=True))
    delays = draw(st.lists(st.integers(0, 72), min_size=len(history), max_size=len(history)))
    arrivals = [(e, e.at + hours * HOUR) for e, hours in zip(history, delays, strict=True)]
    return history, sorted(arrivals, key=lambda a: a[1])
