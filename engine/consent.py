"""May we write at all? The truth table basis x state x kind of customer, and which consent entry counts.

An objection (REFUSED, WITHDRAWN) beats every basis but contract, legal and vital interest.
"""

from artifact.channel import Channel
from artifact.facts import Consent, ConsentState, CustomerKind, Facts

ANY_CATEGORY = "*"
"""A consent entry for all categories."""

_G, _R, _W, _U = ConsentState
_ANONYMOUS, _LEAD, _CUSTOMER, _FORMER = CustomerKind
_ALL_STATES = frozenset(ConsentState)
_NO_OBJECTION = frozenset({_G, _U})
_ONLY_GIVEN = frozenset({_G})
_NEVER: frozenset[ConsentState] = frozenset()

CONSENT_TABLE: dict[str, dict[CustomerKind, frozenset[ConsentState]]] = {
    "consent": {_ANONYMOUS: _ONLY_GIVEN, _LEAD: _ONLY_GIVEN, _CUSTOMER: _ONLY_GIVEN, _FORMER: _ONLY_GIVEN},
    "existing_customer": {
        _ANONYMOUS: _ONLY_GIVEN,
        _LEAD: _ONLY_GIVEN,
        _CUSTOMER: _NO_OBJECTION,
        _FORMER: _ONLY_GIVEN,
    },
    "contract": {_ANONYMOUS: _NEVER, _LEAD: _NEVER, _CUSTOMER: _ALL_STATES, _FORMER: _ALL_STATES},
    "pre_contract": {
        _ANONYMOUS: _NO_OBJECTION,
        _LEAD: _NO_OBJECTION,
        _CUSTOMER: _NO_OBJECTION,
        _FORMER: _ONLY_GIVEN,
    },
    "legal": {_ANONYMOUS: _ALL_STATES, _LEAD: _ALL_STATES, _CUSTOMER: _ALL_STATES, _FORMER: _ALL_STATES},
    "vital_interest": {
        _ANONYMOUS: _ALL_STATES,
        _LEAD: _ALL_STATES,
        _CUSTOMER: _ALL_STATES,
        _FORMER: _ALL_STATES,
    },
}
"""basis -> kind of customer -> states of consent under which a message may go."""

_STRICTNESS = {_G: 0, _U: 1, _R: 2, _W: 3}


def consent_state(facts: Facts, category: str, channel: Channel) -> ConsentState:
    """What she said that bears on this: the most specific entry, at equal specificity the strictest."""
    if not facts.consents:
        return ConsentState.UNKNOWN
    bearing = [
        c for c in facts.consents if c.category in (category, ANY_CATEGORY) and c.channel in (channel, None)
    ]
    if not bearing:
        return ConsentState.UNKNOWN
    return max(bearing, key=lambda c: (_specificity(c), _STRICTNESS[c.state])).state


def _specificity(consent: Consent) -> int:
    return (consent.category != ANY_CATEGORY) + (consent.channel is not None)


def permitted(facts: Facts, basis: str, category: str, channel: Channel) -> bool:
    """Whether a message of this category and basis may go to this customer on this channel."""
    return consent_state(facts, category, channel) in CONSENT_TABLE[basis][facts.kind]


def freely(facts: Facts, basis: str) -> bool:
    """Whether a message of this basis may go to this customer on every channel: she has said nothing, or need not."""
    states = CONSENT_TABLE[basis][facts.kind]
    return states is _ALL_STATES or (not facts.consents and _U in states)
