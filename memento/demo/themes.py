"""What happens to customers on the demo's day, one function a theme. Each draws from dice of its own, so that a new
theme changes nothing about the others.
"""

from collections.abc import Callable, Iterator
from random import Random

from artifact.instant import MINUTE, Instant
from memento.demo.action import Action, at, call, consent, event, later, look, request
from memento.demo.people import Person

Theme = Callable[[Person, Random], Iterator[Action]]

OPENING, CLOSING = at(9), at(20)


def working_hour(chance: Random, first: Instant = OPENING, last: Instant = CLOSING) -> Instant:
    """A minute of the day."""
    return first + chance.randrange((last - first) // MINUTE) * MINUTE


def register(person: Person, chance: Random) -> Iterator[Action]:
    """What was known before the day, told to Memento when its store is new."""
    c, known, now = person.id, at(12, days=-60), at(6, 30)
    yield event(c, "register", f"{c}-facts", "customer.updated", known, person.facts, arrives=now)
    for kind, value in (("PHONE", person.phone), ("EMAIL", person.email)):
        data = {"kind": kind, "value": value}
        yield event(c, "register", f"{c}-{kind}", "customer.alias_added", known, data, arrives=now)
    tongue = {"language": person.language, "zone": person.zone}
    yield event(c, "register", f"{c}-tongue", "preference.set", known, tongue, arrives=now)
    if person.agrees is not None:
        type_ = "consent.given" if person.agrees else "consent.refused"
        data = {"category": "marketing", "proof": "paper form"}
        yield event(c, "register", f"{c}-marketing", type_, known, data, arrives=now)


def holdings(person: Person, chance: Random) -> Iterator[Action]:
    """The policies she has, as the register tells them: some end soon, and then she is offered to stay."""
    if chance.random() > 0.7:
        return
    c, now = person.id, at(6, 35)
    products = chance.sample(("home", "motor", "life"), chance.choice((1, 1, 2)))
    policies = [
        {
            "product": product,
            "province": person.province,
            "expires": f"2026-{chance.randrange(3, 13):02}-{chance.randrange(3, 28):02}",
            "premium": f"{chance.randrange(150, 900)}.00",
        }
        for product in products
    ]
    told = {"policies": policies}
    yield event(c, "register", f"{c}-held", "customer.updated", at(12, days=-50), told, arrives=now)
    ends = min(policy["expires"] for policy in policies)
    if ends < "2026-04-15":
        old = chance.randrange(200, 700)
        rise = {"old_premium": f"{old}.00", "premium": f"{old + chance.randrange(80)}.00"}
        due = {"policy_id": f"P-{c}-9", "expires": ends, **rise}
        when = working_hour(chance, last=at(15))
        yield event(c, "policies", f"{c}-due", "policy.due", when, due)
        if chance.random() < 0.4:
            renewed = {"policy_id": due["policy_id"]}
            yield event(c, "policies", f"{c}-ren", "policy.renewed", later(when, 180), renewed)


def new_policy(person: Person, chance: Random) -> Iterator[Action]:
    """A policy of two weeks ago, signed or forgotten; and one of today."""
    c, share = person.id, chance.random()
    if share < 0.06:
        data = {"policy_id": f"P-{c}-8", "product": "home"}
        yield event(c, "policies", f"{c}-i8", "policy.issued", at(11, days=-14), data, arrives=at(6, 50))
        if share < 0.03:
            signed = {"policy_id": f"P-{c}-8"}
            yield event(c, "policies", f"{c}-s8", "policy.signed", working_hour(chance), signed)
    elif share < 0.12:
        data = {"policy_id": f"P-{c}-7", "product": "motor"}
        yield event(c, "policies", f"{c}-i7", "policy.issued", working_hour(chance), data)


def bills(person: Person, chance: Random) -> Iterator[Action]:
    """A receipt, sent back by her bank, and put right: three bills of one policy within the day."""
    if chance.random() > 0.05:
        return
    policy, when = f"P-{person.id}-6", working_hour(chance, last=at(14))
    for number, topic in enumerate(("premium_receipt", "payment_returned", "premium_receipt")):
        data = {"policy_id": policy, "amount": f"{40 + number}.00"}
        asked = later(when, 50 * number)
        yield request(person.id, "billing", f"{person.id}-w{number}", topic, asked, data=data)


def old_claim(person: Person, chance: Random) -> Iterator[Action]:
    """A claim of the days before; its adjuster may have forgotten to call, and it may be closed today."""
    if chance.random() > 0.25:
        return
    c, claim = person.id, {"claim_id": f"S-{person.id}-1"}
    opened, now = at(chance.randrange(9, 18), days=-2), at(6, 40)
    kind = chance.choice(("water", "theft", "motor"))
    data = {**claim, "kind": kind, "amount": f"{chance.randrange(200, 14_000)}.00"}
    yield event(c, "claims", f"{c}-o1", "claim.opened", opened, data, arrives=now)
    if chance.random() < 0.5:
        yield event(c, "claims", f"{c}-a1", "adjuster.called", working_hour(chance), claim)
    if chance.random() < 0.5:
        outcome = {**claim, "outcome": chance.choice(("accepted", "accepted", "refused"))}
        yield event(c, "claims", f"{c}-d1", "claim.decided", at(9, 30), outcome)
        yield request(c, "claims", f"{c}-u1", "claim_update", at(9, 31), about=_about(claim), data=claim)
    if chance.random() < 0.4:
        closed = working_hour(chance, at(14))
        ended = {**claim, "satisfaction": chance.randrange(2, 11)}
        yield event(c, "claims", f"{c}-c1", "claim.closed", closed, ended)
        yield request(c, "surveys", f"{c}-s1", "survey", later(closed, 20), data=claim)


def new_claim(person: Person, chance: Random) -> Iterator[Action]:
    """A claim of today, with a document missing; assessed, and told of out of order."""
    if chance.random() > 0.12:
        return
    c, claim = person.id, {"claim_id": f"S-{person.id}-2"}
    opened = working_hour(chance, last=at(13))
    data = {**claim, "kind": chance.choice(("water", "theft", "motor", "storm")), "amount": "950.00"}
    slow = later(opened, 90) if chance.random() < 0.3 else opened
    yield event(c, "claims", f"{c}-o2", "claim.opened", opened, data, arrives=slow)
    assessed = later(opened, 60)
    amount = f"{chance.randrange(500, 13_000)}.00"
    yield event(c, "claims", f"{c}-v2", "claim.assessed", assessed, {**claim, "amount": amount})
    if chance.random() < 0.6:
        missing = later(opened, 75)
        data = {**claim, "document": chance.choice(("the invoice", "a photo", "the police report"))}
        yield event(c, "paperwork", f"{c}-m2", "document.missing", missing, data)
        if chance.random() < 0.5:
            yield event(c, "paperwork", f"{c}-r2", "document.received", later(missing, 150), claim)


def returned_payment(person: Person, chance: Random) -> Iterator[Action]:
    """Two systems tell her of the same returned payment, 40 minutes apart; now and then they disagree."""
    if chance.random() > 0.08:
        return
    c, policy, when = person.id, f"P-{person.id}", working_hour(chance, last=at(17))
    amount = chance.randrange(12, 400)
    other = amount + 5 if chance.random() < 0.25 else amount
    returned = {"policy_id": policy, "amount": f"{amount}.00"}
    yield event(c, "bank", f"{c}-b", "payment.returned", when, returned)
    for system, said, wait in (("policies", amount, 5), ("billing", other, 45)):
        data = {"policy_id": policy, "amount": f"{said}.00"}
        yield request(c, system, "1001", "payment_returned", later(when, wait), key=policy, data=data)
    if chance.random() < 0.3:
        yield event(c, "bank", f"{c}-p", "payment.received", later(when, 150), returned)


def offers(person: Person, chance: Random) -> Iterator[Action]:
    """Campaigns ask for more than anybody wants to hear; one shouts."""
    for number, product in enumerate(("home", "life", "travel")):
        if chance.random() < (0.6, 0.3, 0.15)[number]:
            when = working_hour(chance)
            data = {"product": product}
            yield request(person.id, "campaigns", f"{person.id}-{product}", "cross_sell", when, data=data)
    if chance.random() < 0.04:
        wanted = ["SMS", "PUSH", "PHONE", "EMAIL"]
        yield request(
            person.id, "old-crm", f"{person.id}-shout", "act_now", working_hour(chance), channels=wanted
        )


def receipts(person: Person, chance: Random) -> Iterator[Action]:
    """The premium of the month; some by the system that only knows text messages, in the night."""
    if chance.random() > 0.25:
        return
    data = {"policy_id": f"P-{person.id}", "amount": f"{chance.randrange(15, 90)}.40"}
    night = chance.random() < 0.4
    when = at(22, chance.randrange(30)) if night else working_hour(chance)
    narrow = {"channels": ["SMS"]} if night else {}
    yield request(person.id, "billing", f"{person.id}-r", "premium_receipt", when, data=data, **narrow)


def complaint(person: Person, chance: Random) -> Iterator[Action]:
    """A complaint of today or of a month ago, answered or forgotten."""
    if chance.random() > 0.06:
        return
    c, filed = person.id, {"complaint_id": f"Q-{person.id}"}
    if chance.random() < 0.3:
        when, now = at(10, days=-30), at(6, 45)
        yield event(
            c, "complaints", f"{c}-q", "complaint.filed", when, {**filed, "subject": "delay"}, arrives=now
        )
    else:
        when = working_hour(chance, last=at(15))
        yield event(c, "complaints", f"{c}-q", "complaint.filed", when, {**filed, "subject": "tone"})
    if chance.random() < 0.5:
        answered = working_hour(chance, at(16))
        yield event(c, "complaints", f"{c}-qa", "complaint.answered", answered, filed)
        yield request(c, "complaints", f"{c}-qr", "complaint_reply", later(answered, 1), data=filed)


def blows(person: Person, chance: Random) -> Iterator[Action]:
    """What is rare and comes before everything else: a death, a fraud, the storm over Valencia."""
    c = person.id
    if chance.random() < 0.02:
        yield event(
            c, "service", f"{c}-dead", "death.notified", working_hour(chance), {"deceased": "husband"}
        )
    if chance.random() < 0.03:
        when = at(chance.choice((3, 11, 23)), chance.randrange(60))
        data = {"case_id": f"F-{c}", "amount": "400.00"}
        yield event(c, "fraud", f"{c}-f", "fraud.suspected", when, data)
        if chance.random() < 0.5:
            yield event(c, "fraud", f"{c}-fc", "fraud.cleared", later(when, 50), {"case_id": f"F-{c}"})
    data = {"province": "Valencia", "level": "orange"}
    yield event(c, "weather", f"{c}-storm", "weather.warning", at(16), data)


def presence(person: Person, chance: Random) -> Iterator[Action]:
    """She opens the app, she calls, she changes her mind."""
    if chance.random() < 0.4:
        yield look(person.id, working_hour(chance, at(12), at(22)))
    if chance.random() < 0.08:
        yield call(person.id, working_hour(chance))
    if chance.random() < 0.03:
        yield consent(person.id, f"{person.id}-no", "marketing", "WITHDRAWN", working_hour(chance))


def _about(claim: dict[str, str]) -> dict[str, str]:
    return {"kind": "claim", "reference": claim["claim_id"]}


THEMES: tuple[Theme, ...] = (
    *(register, old_claim, new_claim, returned_payment, offers),
    *(receipts, complaint, blows, presence),
    *(holdings, new_policy, bills),
)
