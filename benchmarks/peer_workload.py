"""The workload of docs/benchmarks.md on which rule engines are compared: the same rules and contexts for all of them.

Rules of two to four conditions, most of them for one topic; contexts of some 3 KB as JSON. Everything comes from a seed.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

NOW = 1_800_000_000
DAY = 86_400
TIERS = ("basic", "silver", "gold", "platinum")
KINDS = (
    *("claim_open", "claim_disputed", "payment_overdue", "renewal_due", "complaint", "fraud_review"),
    *("bereavement", "address_change", "new_policy", "cancellation_risk", "storm_alert", "loan_arrears"),
)
CATEGORIES = ("service", "marketing", "legal", "billing", "claims", "retention")
CHANNELS = ("email", "sms", "push", "letter", "portal")
PRODUCTS = ("home", "motor", "life", "health", "mortgage")

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PeerRule:
    """`conditions` are pairs of what is tested and against what."""

    number: int
    conditions: tuple[tuple[str, Any], ...]

    @property
    def key(self) -> tuple[str, Any] | None:
        """The condition by which whoever embeds an engine would find the rule."""
        return next((one for one in self.conditions if one[0] in ("topic", "category")), None)


def topics_of(rules: int) -> int:
    """How many topics so many rules speak of."""
    return max(5, {10: 5, 100: 20, 1_000: 100, 10_000: 500}.get(rules, rules // 20))


def rules_of(count: int, seed: int = 7) -> list[PeerRule]:
    """Rules: 85 of 100 for a topic, 10 for a category, 5 for any message."""
    chance = Random(seed)
    return [_rule(number, chance, topics_of(count)) for number in range(count)]


def _rule(number: int, chance: Random, topics: int) -> PeerRule:
    lot = chance.random()
    head: list[tuple[str, Any]] = []
    if lot < 0.85:
        head = [("topic", f"topic_{chance.randrange(topics)}")]
    elif lot < 0.95:
        head = [("category", chance.choice(CATEGORIES))]
    others: list[tuple[str, Any]] = [
        ("tier", tuple(chance.sample(TIERS, chance.choice([1, 2, 2, 3])))),
        ("open", chance.choice(KINDS)),
        ("recent", chance.randrange(0, 5)),
        ("churn", round(chance.uniform(0.2, 0.9), 2)),
        ("age", chance.choice([25, 40, 65, 75])),
        ("channel", chance.choice(CHANNELS)),
        ("quiet", None),
    ]
    wanted = chance.choice([1, 2, 3]) if head else chance.choice([3, 4])
    chosen: list[tuple[str, Any]] = []
    while len(chosen) < wanted:
        (one,) = chance.choices(others, [4, 3, 3, 3, 1, 2, 2])
        if one not in chosen:
            chosen.append(one)
    return PeerRule(number, (*head, *chosen))


def contexts_of(rules: int, count: int, seed: int = 11) -> list[Context]:
    """Customers, each with a message that is being decided."""
    chance = Random(seed)
    return [_context(number, chance, topics_of(rules)) for number in range(count)]


def _context(number: int, chance: Random, topics: int) -> Context:
    return {
        "now": NOW,
        "messages": [_message(chance, topics) for _ in range(12)],
        "situations": [_situation(kind, chance) for kind in chance.sample(KINDS, 5)],
        "message": {
            "id": f"in{number:05}",
            "topic": f"topic_{chance.randrange(topics)}",
            "category": chance.choice(CATEGORIES),
            "channel": chance.choice(CHANNELS),
            "priority": chance.randrange(1, 9),
            "amount": round(chance.uniform(5, 900), 2),
            "body": "Dear customer, there is news about your contract with us. " * 3,
        },
        "customer": {
            "id": f"c{chance.randrange(9_999_999):07}",
            "tier": chance.choice(TIERS),
            "age": chance.randrange(18, 90),
            "churn": round(chance.random(), 3),
            "language": chance.choice(["es", "en"]),
            "province": "Sevilla",
            "products": chance.sample(PRODUCTS, 3),
            "since": "2011-04-02",
        },
        "preferences": {"marketing": chance.random() < 0.5, "quiet_from": 22, "quiet_to": 8, "opt_out": []},
        "scores": {"satisfaction": chance.randrange(100), "value": chance.randrange(5000)},
    }


def _message(chance: Random, topics: int) -> Context:
    return {
        "id": f"m{chance.randrange(99_999):05}",
        "topic": f"topic_{chance.randrange(topics)}",
        "category": chance.choice(CATEGORIES),
        "channel": chance.choice(CHANNELS),
        "at": NOW - chance.randrange(0, 5 * DAY),
        "read": chance.random() < 0.6,
        "status": "delivered",
    }


def _situation(kind: str, chance: Random) -> Context:
    return {
        "id": f"s{chance.randrange(9999):04}",
        "kind": kind,
        "status": chance.choice(["open", "open", "closed"]),
        "opened": NOW - chance.randrange(0, 90 * DAY),
        "product": chance.choice(PRODUCTS),
    }


def recent(context: Context) -> int:
    """How many messages there were in the last 24 hours."""
    since, count = context["now"] - DAY, 0
    for message in context["messages"]:
        if message["at"] > since:
            count += 1
    return count


def flat(context: Context) -> Context:
    """What an engine without quantifiers is given. Making it counts as its time, as it does for ours."""
    message, customer = context["message"], context["customer"]
    return {
        "topic": message["topic"],
        "category": message["category"],
        "channel": message["channel"],
        "tier": customer["tier"],
        "age": customer["age"],
        "churn": customer["churn"],
        "marketing": context["preferences"]["marketing"],
        "recent": recent(context),
        "open_kinds": [one["kind"] for one in context["situations"] if one["status"] == "open"],
    }


def matches(rule: PeerRule, facts: Context) -> bool:
    """Whether a rule matches, as plainly as it can be said: what every engine must agree with."""
    return all(_holds(what, wanted, facts) for what, wanted in rule.conditions)


def _holds(what: str, wanted: Any, facts: Context) -> bool:
    match what:
        case "tier":
            return facts["tier"] in wanted
        case "open":
            return wanted in facts["open_kinds"]
        case "recent":
            return bool(facts["recent"] > wanted)
        case "churn":
            return bool(facts["churn"] < wanted)
        case "age":
            return bool(facts["age"] >= wanted)
        case "quiet":
            return not facts["marketing"]
        case _:
            return bool(facts[what] == wanted)
