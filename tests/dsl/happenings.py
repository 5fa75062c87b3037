"""Event rules, situations and commitments drawn at random, and events that they may hear."""

from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.event import Event, Subject
from artifact.facts import Facts, Situation
from artifact.instant import format_instant
from tests.dsl.support import FOR_AGES, happened
from tests.dsl.worlds import CALENDARS, conditions, customers, moments

_FIELDS: dict[str, list[str]] = {
    "claim.opened": [
        "event.kind is water",
        "event.kind is one of (water, theft)",
        "event.kind is not storm",
        "event.amount is more than 500 EUR",
        "event.amount is 9.50 EUR",
        "event.amount is unknown",
        "event.until is in the last 3 days",
        f"event.until {FOR_AGES} > now",
        "event.amount is more than customer.value",
    ],
    "claim.noted": [
        "event.amount is at least 9.50 EUR",
        "event.amount is between 1 EUR and 100 EUR",
        "event.amount is known",
        "event.amount is more than 2 * average of amount of claim.noted in the last 1 month",
    ],
    "claim.decided": ["event.outcome is refused", "event.outcome is known", 'event.claim_id is "S1"'],
    "care.needed": ['event.reason is "Lugo"', 'event.reason contains "ug"', "event.amount is not 9.50 EUR"],
}
_TYPES = [*_FIELDS, *["claim.opened"] * 4]
"""Mostly one, so that most rules of a rulebook hear of the same event."""

_ENGINE = ["claim opens", "claim closes", "trouble opens", "adjuster_call breaks", "bereavement closes"]

_told = conditions.filter(
    lambda text: not any(word in text for word in ("message", "contacts", "visiting", "interaction"))
)
"""Conditions that rules about events may have."""

_THEN = st.sampled_from(
    [
        "withdraw survey",
        "send apology and raise task look for desk",
        'send survey with (product = "car") and withdraw apology',
        "set customer.city to unknown and raise event care.needed",
        f"set customer.born to today {FOR_AGES}",
        "close trouble and withdraw survey",
    ]
)


@st.composite
def _when(draw: st.DrawFn, type_: str) -> str:
    fields = [st.sampled_from(_FIELDS[type_])] * 2 if type_ in _FIELDS else []
    parts = draw(st.lists(st.one_of(*fields, _told), max_size=3))
    return f"when {' and '.join(parts)}" if parts else ""


@st.composite
def event_rules(draw: st.DrawFn) -> str:
    """Some event rules, and a situation that moves by what happens."""
    texts = [CALENDARS]
    for number in range(draw(st.integers(2, 6))):
        type_ = draw(st.sampled_from([*_TYPES, *_TYPES, *_ENGINE]))
        meta = draw(st.sampled_from(["", "priority 90", "valid from 1 March 2026 to 3 March 2026"]))
        when, then = draw(_when(type_)), draw(_THEN)
        texts.append(f'event rule "rule {number}" {meta} on {type_} {when} then {then} end')
    key = draw(st.sampled_from(["one per claim_id", ""]))
    opens, becomes, updates, closes = (
        f"on {type_} {draw(_when(type_))}"
        for type_ in draw(st.lists(st.sampled_from(_TYPES), min_size=4, max_size=4))
    )
    texts.append(
        f"situation trouble {key} opens {opens} becomes worse {becomes} updates {updates} closes {closes} "
        "expires after 1 year remembers amount end"
    )
    return "\n".join(texts)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An event of any of these types, perhaps about something, with fields that may be missing or wrong."""
    type_ = draw(
        st.sampled_from([*_TYPES, *_TYPES, "situation.opened", "situation.expired", "commitment.broken"])
    )
    subjects = [
        None,
        None,
        *(Subject(kind, "S1") for kind in ("claim", "trouble", "adjuster_call", "nothing")),
    ]
    data: dict[str, object] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "claim_id": st.sampled_from(["S1", "S2", 17, ""]),
                "kind": st.sampled_from(["water", "theft", "storm", "hail", 3]),
                "outcome": st.sampled_from(["accepted", "refused"]),
                "amount": st.sampled_from([9.5, 10, 50, 501, "9.50", "much", True]),
                "until": st.one_of(moments.map(format_instant), st.just("soon")),
                "reason": st.sampled_from(["Lugo", "", 5]),
            },
        )
    )
    return replace(happened(type_, draw(st.sampled_from(subjects))), data=data)


@st.composite
def troubled(draw: st.DrawFn) -> Facts:
    """A customer, whose third claim is a trouble."""
    facts = draw(customers())
    reference = draw(st.sampled_from(["S1", "S2", ""]))
    return replace(facts, situations=tuple(_trouble(one, reference) for one in facts.situations))


def _trouble(one: Situation, reference: str) -> Situation:
    return replace(one, kind="trouble", reference=reference) if one.reference == "S3" else one
