"""What tests of the language share: a rulebook to write rules into, customers to judge, worlds to draw from."""

from typing import Any

from msgspec.structs import replace

from artifact.channel import Channel, Urgency
from artifact.event import Event, Subject
from artifact.facts import (
    Commitment,
    CommitmentState,
    CustomerKind,
    Fact,
    Facts,
    Interaction,
    Preferences,
    Situation,
)
from artifact.instant import DAY, HOUR, Instant, parse_instant
from dsl.book import CompiledRulebook
from dsl.compile import Checked, compile_rulebook
from dsl.verdict import Asked, Verdict

NOW: Instant = parse_instant("2026-03-02T10:00:00Z")
ZONE = "Europe/Madrid"
FOR_AGES = " ".join(["+ 200 years"] * 40)
"""Runs beyond the calendar, whenever it begins."""

PRELUDE = """rulebook manners zone "Europe/Madrid" currency EUR end
vocabulary
  customer.name: text
  customer.age: whole number from 0 to 120
  customer.churn: number
  customer.tier: one of (basic, silver, gold, platinum)
  customer.value: money
  customer.city: text
  customer.born: date
  customer.last_visit: date and time
  customer.patience: duration
  preferences.marketing: yes or no
  list policies, each policy, at most 4: (product: one of (home, motor), expires: date, premium: money, people: whole number, since: date and time)
  event claim.opened: (claim_id: text, kind: one of (water, theft, storm), amount: money, until: date and time)
  event claim.decided: (claim_id: text, outcome: one of (accepted, refused))
  event claim.closed: (claim_id: text, satisfaction: whole number from 0 to 10)
  event claim.noted: (claim_id: text, amount: money)
  event adjuster.called: (claim_id: text)
  event death.notified
  event estate.settled
  event care.needed: (reason: text, amount: money)
end
parameters
  senior is 65
  steep is 0.6 from 1 January 2026
  steep is 0.4 from 3 March 2026
end
category marketing basis consent urgency low channels app, email, sms end
category service basis contract channels app, sms, email, phone end
topic cross_sell category marketing expires after 90 days one per product with (product: text, amount: money) end
topic survey category marketing with (product: text, amount: money) end
topic claim_update category service one per claim_id template words end
topic apology category service template words with (product: text, amount: money) end
situation claim
  one per claim_id
  opens on claim.opened
  becomes refused on claim.decided when event.outcome is refused
  updates on claim.noted
  closes on claim.closed
  expires after 2 years
  remembers kind, amount, satisfaction, until
end
situation bereavement opens on death.notified closes on estate.settled end
commitment adjuster_call "The adjuster calls" in Spanish "El perito llama"
  one per claim_id
  made on claim.opened when event.kind is not storm
  within 2 days
  kept on adjuster.called
  dropped on claim closes
  if broken raise task call_today for claims_desk, due in 4 hours and send apology by app
end
group together  waits 1 day from the first  template words end
template words in English text "News." end
"""


def checked(text: str) -> Checked:
    """Compile declarations inside the shared rulebook."""
    return compile_rulebook(PRELUDE + text)


def book(text: str = "") -> CompiledRulebook:
    """The same, where nothing may be wrong with it."""
    found = checked(text)
    assert found.diagnostics == ()
    assert found.rulebook is not None
    return found.rulebook


def codes(text: str) -> list[str]:
    """What is wrong with declarations inside the shared rulebook."""
    return [diagnostic.code.value for diagnostic in checked(text).diagnostics]


def asked(topic: str = "cross_sell", about: Subject | None = None, **data: Any) -> Asked:
    """A message that is being decided."""
    category = "marketing" if topic in ("cross_sell", "survey") else "service"
    return Asked("m1", topic, category, Urgency.LOW, NOW, "crm", about, None, data)


def happened(type_: str, about: Subject | None = None, at: Instant = NOW, **data: Any) -> Event:
    """An event."""
    return Event("c1", "core", "e1", type_, at, at, about=about, data=data)


def claim(
    reference: str,
    state: str = "open",
    *,
    opened: Instant = NOW - 3 * DAY,
    closed: Instant | None = None,
    **data: Any,
) -> Situation:
    """A claim; closed if it says when."""
    running = closed is None
    return Situation(
        "claim",
        reference,
        state if running else "closed",
        running,
        opened,
        closed or opened,
        closed,
        None,
        data,
    )


def customer(*situations: Situation, **attributes: Any) -> Facts:
    """A customer of whom this is remembered."""
    return Facts(
        situations=situations,
        attributes={name.replace("__", "."): Fact(value, NOW) for name, value in attributes.items()},
        preferences=Preferences(language="en"),
    )


def judged(text: str, facts: Facts = Facts(), message: Asked | None = None, now: Instant = NOW) -> Verdict:
    """What rules say about a message, with a row for every candidate."""
    rulebook = book(text)
    verdict = rulebook.judge(message or asked(), facts, ZONE, now)
    return replace(verdict, rows=rulebook.rows(verdict))


def rule(condition: str, then: str = "deliver by sms", *, name: str = "R", meta: str = "") -> str:
    """A message rule about cross_sell."""
    return f'message rule "{name}" {meta} for topic cross_sell when {condition} then {then} end\n'


def truth(condition: str, facts: Facts = Facts(), now: Instant = NOW) -> bool | None:
    """Whether a condition holds, by the row that its rule gets."""
    [row] = judged(rule(condition), facts, now=now).rows
    return {"FIRED": True, "NOT_MET": False, "UNKNOWN": None}[row.result]


__all__ = [
    "DAY",
    "HOUR",
    "NOW",
    "PRELUDE",
    "ZONE",
    "Channel",
    "Commitment",
    "CommitmentState",
    "CustomerKind",
    "Event",
    "Fact",
    "Facts",
    "Interaction",
    "Situation",
    "Subject",
    "asked",
    "book",
    "checked",
    "claim",
    "codes",
    "customer",
    "happened",
    "judged",
    "rule",
    "truth",
]
