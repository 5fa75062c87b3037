"""The three customers whose day is written by hand, because their stories are told at the end."""

from collections.abc import Callable, Iterator

from memento.demo.action import Action, at, call, consent, event, look, request


def ana() -> Iterator[Action]:
    """She loses her husband; who wants to sell her something, or to be paid, learns manners."""
    c = "C001"
    yield request(c, "campaigns", "A-1", "cross_sell", at(9, 5), data={"product": "travel"})
    yield look(c, at(9, 40))
    yield event(c, "service", "A-2", "death.notified", at(11, 20), {"deceased": "husband"})
    yield request(c, "campaigns", "A-3", "cross_sell", at(12), data={"product": "life"})
    bill = {"policy_id": "P-C001", "amount": "48.20"}
    yield request(c, "billing", "A-4", "premium_receipt", at(13, 15), data=bill)


def bruno() -> Iterator[Action]:
    """Water in the kitchen. What he has seen in the app does not follow him as a text; the offer waits for the claim."""
    c, claim = "C002", {"claim_id": "S-2041"}
    data = {**claim, "kind": "water", "amount": "1900.00"}
    yield event(c, "claims", "B-1", "claim.opened", at(8, 30), data)
    yield event(
        c, "paperwork", "B-2", "document.missing", at(9), {**claim, "document": "the plumber's invoice"}
    )
    yield request(c, "campaigns", "B-3", "cross_sell", at(9, 30), data={"product": "home"})
    yield look(c, at(10, 10))
    yield event(c, "claims", "B-4", "adjuster.called", at(12), claim)
    yield event(c, "paperwork", "B-5", "document.received", at(15), claim)
    yield event(c, "claims", "B-6", "claim.decided", at(16, 30), {**claim, "outcome": "accepted"})
    yield event(c, "claims", "B-7", "claim.closed", at(17, 45), {**claim, "satisfaction": 9})


def carla() -> Iterator[Action]:
    """Two systems have the same news; she calls before the text may leave; then she has had enough of offers."""
    c, policy = "C003", "P-C003"
    yield event(c, "bank", "D-1", "payment.returned", at(7, 10), {"policy_id": policy, "amount": "72.00"})
    data = {"policy_id": policy, "amount": "72.00"}
    fields = {"key": policy, "data": data, "channels": ["SMS"]}
    yield request(c, "policies", "1001", "payment_returned", at(7, 12), **fields)
    yield request(c, "billing", "1001", "payment_returned", at(7, 40), **fields)
    yield call(c, at(7, 50))
    yield event(c, "bank", "D-2", "payment.received", at(10), data)
    yield consent(c, "D-3", "marketing", "WITHDRAWN", at(11))
    yield request(c, "campaigns", "D-4", "cross_sell", at(12, 30), data={"product": "home"})


SCRIPTS: dict[str, Callable[[], Iterator[Action]]] = {"C001": ana, "C002": bruno, "C003": carla}
