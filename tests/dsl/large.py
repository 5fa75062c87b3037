"""A rulebook as large as a brand's, for what must stay quick at that size: everything from a seed, no two rules alike."""

from random import Random

KINDS = ("claim", "complaint", "renewal", "payment", "fraud", "move", "policy", "storm", "loan", "visit")
CATEGORIES = ("service", "marketing", "billing", "safety")
TIERS = ("basic", "silver", "gold", "platinum")
EFFECTS = (
    "avoid sms",
    "set the urgency to low",
    'block because "Not now"',
    "postpone for 3 days, at most 2 times, otherwise block",
    "propagate to letter if unseen after 5 days",
    "rephrase with plain",
)

HEAD = """rulebook large zone "Europe/Madrid" currency EUR end
vocabulary
  customer.tier: one of (basic, silver, gold, platinum)
  customer.age: whole number from 0 to 120
  customer.churn: number
  customer.segment: text
  customer.last_visit: date and time
  define loyal as customer.tier is one of (gold, platinum)
{events}
end
calendar quiet hours for sms, push 22:00 to 8:00 end
cap daily at most 3 contacts by sms per day, otherwise postpone end
template plain by email, sms, push, letter, app in English text "News of {{{{ message.topic }}}}." end
"""


def rulebook_text(rules: int = 1_000, topics: int = 300, *, about: bool = True, seed: int = 7) -> str:
    """`about` False: no rule names a topic or a category before its conditions."""
    chance = Random(seed)
    events = "\n".join(
        f"  event {kind}.opened: ({kind}_id: text, amount: money)\n  event {kind}.closed: ({kind}_id: text)"
        for kind in KINDS
    )
    parts = [HEAD.format(events=events)]
    parts += [f"category {name} basis contract channels email, sms, app end" for name in CATEGORIES]
    parts += [_topic(number) for number in range(topics)]
    parts += [_situation(kind) for kind in KINDS]
    parts += [_event_rule(number, chance, topics) for number in range(rules // 20)]
    parts += [message_rule(number, chance, topics, about=about) for number in range(rules)]
    parts += [_test(number, topics) for number in range(rules // 50)]
    return "\n".join(parts)


def edited(text: str, round_: int) -> str:
    """The text with the limit of one rule changed, each round to another."""
    before, mark, after = text.partition("customer.age is at least ")
    return f"{before}{mark}{round_ % 100 + 10}{after[2:]}"


def _topic(number: int) -> str:
    category = CATEGORIES[number % len(CATEGORIES)]
    return (
        f"topic topic_{number} category {category} template plain expires after {number % 80 + 1} days\n"
        f"  with (product: text, amount: money)\nend"
    )


def _situation(kind: str) -> str:
    return (
        f"situation {kind} one per {kind}_id opens on {kind}.opened closes on {kind}.closed\n"
        f"  expires after 2 years remembers amount\nend"
    )


def _event_rule(number: int, chance: Random, topics: int) -> str:
    return (
        f'event rule "Event {number}" on {chance.choice(KINDS)}.opened when event.amount is more than {number + 10} EUR\n'
        f"  then send topic_{chance.randrange(topics)} by email\nend"
    )


def message_rule(number: int, chance: Random, topics: int, *, about: bool = True) -> str:
    """One message rule: most are for one topic, with one to three conditions."""
    lot = chance.random()
    of = f"for topic topic_{chance.randrange(topics)}"
    if lot > 0.99:
        of = f"for category {chance.choice(CATEGORIES)}"
    conditions = " and ".join(chance.sample(_conditions(chance), chance.choice((1, 2, 3))))
    return (
        f'message rule "Rule {number}"\n  if unknown ignore\n  {of if about else ""}\n'
        f"  when {conditions}\n  then {chance.choice(EFFECTS)}\nend"
    )


def _conditions(chance: Random) -> list[str]:
    return [
        f"customer.tier is one of ({', '.join(chance.sample(TIERS, 2))})",
        f"{chance.choice(KINDS)} is open",
        f"{chance.choice(KINDS)}.amount is more than {chance.randrange(50, 5_000)} EUR",
        f"customer.churn is less than 0.{chance.randrange(1, 10)}",
        f"customer.age is at least {chance.choice((25, 40, 65, 75))}",
        f"customer.last_visit is in the last {chance.randrange(1, 30)} days",
        "not loyal",
    ]


def _test(number: int, topics: int) -> str:
    return (
        f'test "Test {number}"\n  at 2 March 2026 10:00\n  given customer.age is 70\n'
        f"  when message about topic_{number % topics}\n  expect customer.age is 70\nend"
    )
