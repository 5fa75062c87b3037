"""May we write at all: the truth table written out, and which of several entries counts.

The table is copied from nothing: it says what the law and the brand's word to the customer say.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.facts import Consent, ConsentState, CustomerKind, Facts
from engine.consent import ANY_CATEGORY, CONSENT_TABLE, consent_state, permitted

GIVEN, REFUSED, WITHDRAWN, UNKNOWN = ConsentState
SMS, EMAIL = Channel.SMS, Channel.EMAIL

TABLE = """
basis              kind       GIVEN  UNKNOWN  REFUSED  WITHDRAWN
consent            ANONYMOUS  yes    no       no       no
consent            LEAD       yes    no       no       no
consent            CUSTOMER   yes    no       no       no
consent            FORMER     yes    no       no       no
existing_customer  ANONYMOUS  yes    no       no       no
existing_customer  LEAD       yes    no       no       no
existing_customer  CUSTOMER   yes    yes      no       no
existing_customer  FORMER     yes    no       no       no
contract           ANONYMOUS  no     no       no       no
contract           LEAD       no     no       no       no
contract           CUSTOMER   yes    yes      yes      yes
contract           FORMER     yes    yes      yes      yes
pre_contract       ANONYMOUS  yes    yes      no       no
pre_contract       LEAD       yes    yes      no       no
pre_contract       CUSTOMER   yes    yes      no       no
pre_contract       FORMER     yes    no       no       no
legal              ANONYMOUS  yes    yes      yes      yes
legal              LEAD       yes    yes      yes      yes
legal              CUSTOMER   yes    yes      yes      yes
legal              FORMER     yes    yes      yes      yes
vital_interest     ANONYMOUS  yes    yes      yes      yes
vital_interest     LEAD       yes    yes      yes      yes
vital_interest     CUSTOMER   yes    yes      yes      yes
vital_interest     FORMER     yes    yes      yes      yes
"""


def rows() -> list[tuple[str, CustomerKind, ConsentState, bool]]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (basis, CustomerKind(kind), ConsentState(state), answer == "yes")
        for basis, kind, *answers in lines
        for state, answer in zip(head[2:], answers, strict=True)
    ]


def entry(
    state: ConsentState, category: str = "marketing", channel: Channel | None = None, since: int = 0
) -> Consent:
    return Consent(category, state, since, "web", channel)


@pytest.mark.parametrize(("basis", "kind", "state", "answer"), rows())
def test_the_truth_table(basis: str, kind: CustomerKind, state: ConsentState, answer: bool) -> None:
    said = () if state is UNKNOWN else (entry(state),)
    assert permitted(Facts(kind=kind, consents=said), basis, "marketing", SMS) is answer


def test_the_table_is_whole() -> None:
    assert len(rows()) == 6 * len(CustomerKind) * len(ConsentState)
    assert {basis for basis, *_ in rows()} == set(CONSENT_TABLE)


@pytest.mark.parametrize("kind", CustomerKind)
def test_an_objection_beats_every_basis_but_contract_law_and_life(kind: CustomerKind) -> None:
    for objection in (REFUSED, WITHDRAWN):
        passing = {
            b
            for b in CONSENT_TABLE
            if permitted(Facts(kind=kind, consents=(entry(objection),)), b, "marketing", SMS)
        }
        assert passing <= {"contract", "legal", "vital_interest"}


@pytest.mark.parametrize(
    ("entries", "sms", "email"),
    [
        ([], UNKNOWN, UNKNOWN),
        ([entry(GIVEN)], GIVEN, GIVEN),
        # The most specific wins: channel and category, before one of the two, before neither.
        ([entry(GIVEN), entry(REFUSED, channel=SMS)], REFUSED, GIVEN),
        ([entry(REFUSED), entry(GIVEN, channel=SMS)], GIVEN, REFUSED),
        ([entry(WITHDRAWN, ANY_CATEGORY), entry(GIVEN)], GIVEN, GIVEN),
        ([entry(WITHDRAWN, ANY_CATEGORY, SMS), entry(GIVEN, channel=SMS)], GIVEN, UNKNOWN),
        ([entry(GIVEN, ANY_CATEGORY), entry(WITHDRAWN, ANY_CATEGORY, SMS)], WITHDRAWN, GIVEN),
        # At equal specificity the strictest, whichever came later.
        ([entry(WITHDRAWN, ANY_CATEGORY, SMS), entry(GIVEN, since=9)], WITHDRAWN, GIVEN),
        ([entry(GIVEN, ANY_CATEGORY, SMS, 9), entry(REFUSED)], REFUSED, REFUSED),
        ([entry(REFUSED), entry(WITHDRAWN, ANY_CATEGORY, SMS)], WITHDRAWN, REFUSED),
        # What she said of other categories and channels does not bear.
        ([entry(WITHDRAWN, "surveys"), entry(WITHDRAWN, channel=Channel.PUSH)], UNKNOWN, UNKNOWN),
    ],
)
def test_which_entry_counts(entries: list[Consent], sms: ConsentState, email: ConsentState) -> None:
    for order in (entries, entries[::-1]):
        facts = Facts(consents=tuple(order))
        assert consent_state(facts, "marketing", SMS) is sms
        assert consent_state(facts, "marketing", EMAIL) is email


entries = st.builds(
    entry,
    st.sampled_from([GIVEN, REFUSED, WITHDRAWN]),
    st.sampled_from(["marketing", "surveys", ANY_CATEGORY]),
    st.sampled_from([None, SMS, EMAIL]),
)
_STRICT = {GIVEN: 0, UNKNOWN: 1, REFUSED: 2, WITHDRAWN: 3}


@given(st.lists(entries, max_size=6), st.permutations(range(6)))
def test_the_order_in_which_she_spoke_of_different_things_does_not_matter(
    said: list[Consent], order: list[int]
) -> None:
    other = [said[i] for i in order if i < len(said)]
    assert consent_state(Facts(consents=tuple(said)), "marketing", SMS) is consent_state(
        Facts(consents=tuple(other)), "marketing", SMS
    )


@given(st.lists(entries, max_size=5), st.sampled_from([REFUSED, WITHDRAWN]))
def test_an_objection_as_specific_as_can_be_is_never_outdone(
    said: list[Consent], state: ConsentState
) -> None:
    facts = Facts(consents=(*said, entry(state, "marketing", SMS)))
    assert _STRICT[consent_state(facts, "marketing", SMS)] >= _STRICT[state]
