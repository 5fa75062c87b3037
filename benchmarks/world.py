"""A brand made up for measuring: rulebooks of any size, a customer with a full memory, messages that wait.

Everything comes from a seed, so that two runs measure the same work. Sizes are those of docs/benchmarks.md: an artifact of
about 3 KB, five messages open.
"""

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any

from artifact.customer import Artifact
from artifact.event import Event, Subject
from artifact.instant import DAY, MINUTE, Instant, format_instant, parse_instant
from artifact.limits import DEFAULT_LIMITS
from dsl.book import CompiledRulebook
from dsl.compile import compile_rulebook
from engine.books import Books
from engine.judging import Memo
from engine.past import Past
from engine.pipeline.run import Run
from engine.scene import Scene

START = parse_instant("2026-03-02T09:00:00Z")
KINDS = ("claim", "complaint", "renewal", "payment", "fraud", "address", "policy", "storm", "loan", "visit")
TIERS = ("basic", "silver", "gold", "platinum")
CATEGORIES = {
    "service": "contract",
    "marketing": "existing_customer",
    "billing": "contract",
    "claims": "contract",
}
OPEN_MESSAGES = 5

_EFFECTS = {
    "avoid sms": 30,
    "set the urgency to low": 30,
    "propagate to letter if unseen after 5 days": 20,
    "postpone for 3 days": 20,
    'block because "Not now"': 1,
}
"""What rules do, and how often: few of them forbid."""

_HEAD = """
rulebook benchmark
  zone "Europe/Madrid"
  currency EUR
  owner "Nobody"
end
vocabulary
  customer.tier: one of (basic, silver, gold, platinum)
  customer.age: whole number
  customer.churn: number
  customer.segment: text
  event step.taken: (step_id: text, amount: money)
  event page.viewed: (page: text)
{events}
end
template plain
  by email, sms, push, letter, app in English text "News of {{ message.topic }}."
end
"""


def topics_of(rules: int) -> int:
    """How many topics a rulebook of so many rules speaks of."""
    return max(5, min(500, rules // 10))


@lru_cache(maxsize=8)
def rulebook_text(rules: int, seed: int = 7) -> str:
    """A rulebook of `rules` message rules, as authors write them: most are for one topic, with one to three conditions."""
    chance = Random(seed)
    events = "\n".join(
        f"  event {kind}.opened: ({kind}_id: text, amount: money)\n  event {kind}.closed: ({kind}_id: text)"
        for kind in KINDS
    )
    parts = [_HEAD.replace("{events}", events)]
    parts += [
        f"category {name} basis {basis} channels email, sms, app end" for name, basis in CATEGORIES.items()
    ]
    names = list(CATEGORIES)
    parts += [
        f"topic topic_{n} category {names[n % len(names)]} template plain end"
        for n in range(topics_of(rules))
    ]
    parts += [_situation(kind) for kind in KINDS]
    parts += [rule_text(n, chance, topics_of(rules)) for n in range(rules)]
    return "\n".join(parts)


def _situation(kind: str) -> str:
    return (
        f"situation {kind} one per {kind}_id opens on {kind}.opened "
        f"closes on {kind}.closed remembers amount end"
    )


def rule_text(number: int, chance: Random, topics: int) -> str:
    """One message rule."""
    lot = chance.random()
    about = (
        f"for topic topic_{chance.randrange(topics)}"
        if lot < 0.85
        else f"for category {chance.choice(list(CATEGORIES))}"
        if lot < 0.95
        else ""
    )
    conditions = " and ".join(chance.sample(_conditions(chance), chance.choice((1, 2, 3)) + (not about)))
    (effect,) = chance.choices(list(_EFFECTS), list(_EFFECTS.values()))
    return f'message rule "Rule {number}"\n  if unknown ignore\n  {about}\n  when {conditions}\n  then {effect}\nend'


def _conditions(chance: Random) -> list[str]:
    tiers = ", ".join(chance.sample(TIERS, 2))
    return [
        f"customer.tier is one of ({tiers})",
        f"{chance.choice(KINDS)} is open",
        f"{chance.choice(KINDS)}.amount is more than {chance.randrange(50, 5_000)} EUR",
        f"customer.churn is less than 0.{chance.randrange(1, 10)}",
        f"customer.age is at least {chance.choice((25, 40, 65, 75))}",
        f"message.at is in the last {chance.randrange(1, 30)} days",
    ]


@lru_cache(maxsize=8)
def rulebook(rules: int) -> CompiledRulebook:
    """The same, compiled."""
    return compiled(rulebook_text(rules))


def compiled(text: str) -> CompiledRulebook:
    """A text that has no errors, compiled."""
    checked = compile_rulebook(text)
    if checked.rulebook is None:
        raise AssertionError(checked.diagnostics[:3])
    return checked.rulebook


def books_of(book: CompiledRulebook, epoch: int = 1) -> Books:
    """Books with this one in force."""
    books = Books(_no_text, _no_book)
    books.put_in_force(book, epoch)
    return books


async def _no_text(revision: str) -> str | None:
    return None


async def _no_book(text: str) -> CompiledRulebook:
    raise AssertionError("every rulebook is at hand")


def event(customer_id: str, id: str, type: str, at: Instant, data: dict[str, Any], **more: Any) -> Event:
    """An event that reaches us as it happens."""
    return Event(customer_id, "core", id, type, at, at, data=data, **more)


def biography(customer_id: str, topics: int, open_messages: int = OPEN_MESSAGES) -> Iterator[Event]:
    """What fills a memory: who she is, what goes on with her, and messages that wait for a date far off."""
    chance = Random(customer_id)
    facts = {"tier": chance.choice(TIERS), "age": chance.randrange(18, 90), "churn": 0.4, "segment": "retail"}
    facts |= {f"field_{n}": f"value {n} of the core system" for n in range(15)}
    yield event(customer_id, "who", "customer.updated", START, facts)
    for n, kind in enumerate(KINDS[:6]):
        data = {f"{kind}_id": f"{kind}-{n}", "amount": chance.randrange(10, 9_000)}
        yield event(customer_id, f"open {kind}", f"{kind}.opened", START + n * MINUTE, data)
    for n in range(open_messages):
        yield request(
            customer_id, f"wait {n}", f"topic_{chance.randrange(topics)}", START + (10 + n) * MINUTE
        )


def request(customer_id: str, id: str, topic: str, at: Instant) -> Event:
    """A message asked for, not to leave within the year of the benchmark."""
    data = {
        "topic": topic,
        "notBefore": format_instant(START + 300 * DAY),
        "expiresAt": format_instant(START + 330 * DAY),
    }
    return event(customer_id, id, "message.requested", at, data, about=Subject("claim", "claim-0"))


class NoPast:
    """Where no event is late and no other rulebook comes."""

    async def of_event(self, run: Run, event: Event) -> Past:
        raise AssertionError("an event is late")

    async def of_rulebook(self, run: Run) -> None:
        raise AssertionError("another rulebook comes")


def scene_of(book: CompiledRulebook) -> Scene:
    """The setting of a step."""
    return Scene(book, book.revision, DEFAULT_LIMITS, "benchmark")


async def grown(book: CompiledRulebook, rules: int, customer_id: str = "c0") -> Run:
    """A customer with a full memory and her messages waiting, nothing committed."""
    run = Run(Artifact(customer_id), scene_of(book), 1, NoPast(), Memo())
    for one in biography(customer_id, topics_of(rules)):
        await run.take(one, one.at)
    return run
