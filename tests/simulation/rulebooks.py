"""Rulebooks as an author would write them, in the language: every effect of a message rule, conditional situations,
promises, quiet and forbidden hours, caps, topics with keys.

The vocabulary is one for all, so that a history can be told to any of them. A rulebook follows from a seed: that makes
them dense and quick to write, and a failing law prints both.
"""

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st

HEAD = """
rulebook generated
  zone "{zone}"
  currency EUR
  owner "Law"
end

vocabulary
  customer.tier: one of (basic, gold)
  customer.debt: whole number from 0 to 1000
  event claim.opened: (claim_id: text, amount: whole number)
  event claim.moved: (claim_id: text, amount: whole number)
  event claim.closed: (claim_id: text, mood: whole number from 0 to 10)
  event bill.returned: (bill_id: text, amount: whole number)
  event bill.paid: (bill_id: text)
  event care.needed: (amount: whole number)
end
"""

PARAMETERS = """
parameters
  large is 2
  large is 1 from 24 March 2027
  heavy is 15 from 23 March 2027
  heavy is 5 from 25 March 2027
end
"""

WORDS = """
template plain
  by email, sms, push, letter, phone, app, web in English text "News of {{ message.topic }}."
end
template gentle
  in English body "With care: {{ message.text }}"
end
template digest
  in English text "{{ count }} news:{% for item in items %} {{ item.text }}{% endfor %} and {{ more }} more."
end
template mail_only
  by email, letter in English text "In writing."
end
"""

TOPICS = ("offer", "survey", "claim_news", "bill", "notice", "alarm")
"""What a history may ask for; a rulebook may declare `correction` besides."""
SENDS = ("email", "sms", "push", "letter", "phone")
CHANNELS = (*SENDS, "app", "web")
CATEGORIES = {"marketing": "consent", "service": "existing_customer", "claims": "contract", "legal": "legal"}
GROUPS = {"news": "category marketing, service, claims", "offers": "topics offer, survey"}
"""Groups that every rulebook declares, with what they take."""
ZONES = (
    "Europe/Madrid",
    "Atlantic/Canary",
    "America/New_York",
    "America/Havana",  # its clocks change at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
)

_ATOMS = (
    "claim is open",
    "claim is not open",
    "claim is moved",
    "debt is open",
    "customer.tier is gold",
    "customer.tier is unknown",
    "customer.debt is more than 10",
    "customer.debt is more than heavy",
    "any claim with (closed is in the last 3 days)",
    "any claim with (closed is in the last 36 hours and mood is less than 5)",
    "any debt with (amount is at least 2)",
    "every claim with (mood is known or amount is between 1 and 3)",
    "customer.tier is not one of (gold, basic)",
    "customer.debt * 2 - 5 is more than heavy / 2",
    "customer.debt is not 20",
    "visiting is not web",
    "visiting is known",
    "call is broken",
    "call is pending",
    "hush is open",
    "claim.opened is older than 2 working days",
    "message.topic is offer",
    "the number of bill.returned in the last 3 days is at least 2",
    "any claim.opened in the last 36 hours with (amount is more than 1)",
    "latest amount of bill.returned is more than 1",
    "sum of amount of claim.opened in the last 5 days is more than 4",
    "the number of care.needed in the last 1 week is 0",
    "any messages in the last 2 days with (category is service)",
    "the number of messages in the last 36 hours with (topic is bill) is at least 2",
    "the number of contacts in the last 24 hours is at least 2",
    "no contacts in the last 5 hours with (channel is sms)",
    "latest topic of contacts is claim_news",
    "risk is over 12",
    "tone.level is high",
    "tone.marks is at least 3",
)
_EVENT_ATOMS = (
    "the number of claim.opened in the last 2 days is at least 2",
    "average of amount of claim.opened in the last 5 days is less than 2",
    "no bill.returned in the last 3 days",
    "any claim.moved in the last 30 hours with (claim_id is event.claim_id)",
    "sum of amount of bill.returned is at least 3",
    "claim is open",
    "claim is not open",
    "customer.tier is gold",
    "debt is open",
    "customer.debt is more than heavy",
    "any claim with (closed is in the last 3 days)",
    "risk is at most 12",
    "tone.level is high",
)

_FIGURES = """scorecard risk from 0 to {}, starting at 10
  add 5 when claim is open because "A claim"
  add tone.marks when customer.debt is known
  subtract 4 when any claim with (closed is in the last 36 hours)
end

table tone takes {}
  | claim        | customer.debt  | customer.tier | => level: one of (high, low) | marks |
  | open         | over 15        | -             | => high                      | 3     |
  | open, moved  | -              | gold, unknown | => high                      | 3     |
  | -            | under 10, 20   | basic         | => low                       | 1     |
  | otherwise                                    | => low                       | 0     |
end"""

_EXPERIMENT = """experiment words
  for topics offer, survey
  when customer.debt is unknown or customer.debt is at most 20
  variant plain {} % then deliver by {}
  variant soft 30 % then rephrase with gentle and {}
  holdout {} %  succeeds on bill.paid within 5 days
end"""
_CLAIM = """situation claim
  one per claim_id
  opens on claim.opened{}
  becomes moved on claim.moved{}
  closes on claim.closed
  expires after {}
  remembers amount, mood
end"""
_DEBT = """situation debt
  one per bill_id
  opens on bill.returned
  closes on bill.paid
  expires after {}
  remembers amount
end"""
_HUSH = """situation hush
  one per claim_id
  opens after {} without claim.opened, claim.moved{}
  closes on claim.opened, claim.moved
  remembers amount
end
event rule "A hush is noticed"
  on hush opens
  then {}
end"""
_WORK = """  working days {}
  working hours 9:00 to 13:30
  working hours on Monday to Wednesday 15:00 to 18:00
  holidays 25 March, 29 March 2027
  holidays of "ES-MD"
"""
_CALL = """commitment call "We call"
  one per claim_id
  made on claim.opened
  within {}
  kept on claim.moved
  dropped on claim.closed
  if still pending after {} raise task hurry for desk
  if broken {}
end"""


class Author:
    """Writes one rulebook, with the dice of its seed."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)

    def one(self, *choices: str) -> str:
        return self.dice.choice(choices)

    def some(self, names: Sequence[str], most: int = 3) -> str:
        return ", ".join(self.dice.sample(names, self.dice.randint(1, most)))

    def number(self, least: int, most: int) -> int:
        return self.dice.randint(least, most)

    def minutes(self) -> str:
        return f"{self.number(0, 23)}:{self.number(0, 3) * 15:02}"

    def span(self, *units: str, most: int = 30) -> str:
        return f"{self.number(1, most)} {self.one(*(units or ('minutes', 'hours', 'days')))}"

    # ---- when and how much

    def calendar(self) -> str:
        """That of everyone always counts working days; sometimes the golden ones have one of their own."""
        windows = [self.window() for _ in range(self.number(0, 3))]
        work = _WORK.format(self.one("Monday to Friday", "Sunday to Thursday"))
        own = f"calendar golden for customers with (customer.tier is gold)\n{self.window()}\nend"
        return "\n".join(["calendar", work, *windows, "end", self.one("", "", own)])

    def working(self, most: int = 4) -> str:
        return f"{self.number(1, most)} {self.one('working days', 'working hours', 'working hours')}"

    def window(self) -> str:
        kind = self.one("quiet hours", "quiet hours", "forbidden hours")
        days = self.one("", "", "", " on Saturday and Sunday", " on Monday to Friday")
        begin, end = self.minutes(), self.minutes()
        end = end if end != begin else "23:59"
        return f"  {kind} for {self.some(SENDS)}{days} {begin} to {end}"

    def cap(self, number: int) -> str:
        about = self.one("", " of category marketing", " of category marketing, service", " of topic offer")
        by = self.one("", " by sms", " by sms, email")
        period = self.one("per day", "per week", "in any 7 days", "in any 36 hours", "in any 3 days")
        otherwise = self.one(
            "postpone",
            "postpone",
            "postpone",
            "block",
            "deliver by email, app",
            f"group into {self.one(*GROUPS)}",
        )
        return f"cap cap{number} at most {self.number(1, 3)} contacts{about}{by} {period}, otherwise {otherwise} end"

    def group(self, name: str) -> str:
        """How its messages gather."""
        window = self.one(
            f"waits {self.span('hours', 'days', most=3)} from the first",
            f"waits {self.span('hours', most=5)} from the last, at most {self.number(1, 3)} days",
        )
        leaves = self.one("", "", f"  leaves at {self.number(2, 4)} messages")
        shows = self.one("", f"  shows at most {self.number(1, 3)}")
        key = self.one("", "", "  one per claim_id")
        return f"group {name}  takes {GROUPS[name]}{key}  {window}{leaves}{shows}  template digest end"

    # ---- what may be said

    def condition(self, atoms: Sequence[str]) -> str:
        """Every third one changes by the mere passing of time."""
        passing = [a for a in atoms if " in the last " in a or a.startswith("visiting")]
        atoms = passing if passing and self.number(1, 3) == 1 else atoms
        one, other = self.one(*atoms), self.one(*atoms)
        return self.one(one, one, one, f"{one} and {other}", f"({one} or {other})", f"not ({one})")

    def otherwise(self) -> str:
        return self.one("block", "deliver", "deliver by email, letter", f"group into {self.one(*GROUPS)}")

    def postpone(self) -> str:
        return self.one(
            f"postpone for {self.span()}, at most {self.number(1, 3)} times, otherwise {self.otherwise()}",
            f"postpone for {self.span()}",
            f"postpone until {self.minutes()}",
            f"postpone until {self.minutes()} on the next working day",
            f"postpone for {self.working()}, at most {self.number(1, 3)} times, otherwise {self.otherwise()}",
            f"postpone until claim.moved happens, at most {self.one(self.span('days'), self.working())}, "
            f"otherwise {self.otherwise()}",
            f"postpone until the claim closes, at most {self.span('days')}, otherwise {self.otherwise()}",
            f"postpone while {self.one('claim is open', 'debt is open', 'visiting is known')}, "
            f"at most {self.span('hours', 'days')}, otherwise {self.otherwise()}",
        )

    def effect(self) -> str:
        return self.one(
            "block",
            self.postpone(),
            self.postpone(),
            self.postpone(),
            f"deliver by {self.some(CHANNELS)}",
            f"avoid {self.some(CHANNELS, 2)}",
            f"propagate to {self.some(CHANNELS, 2)}",
            f"propagate to {self.some(CHANNELS, 2)} if unseen after {self.span('hours', 'days', most=5)}",
            "rephrase with gentle",
            f"set the urgency to {self.one('low', 'normal', 'high')}",
            f"require proof by {self.one('letter', 'email')}",
            f"group into {self.one(*GROUPS)}",
            f"group into {self.one(*GROUPS)}",
        )

    def about(self, effect: str) -> str:
        """What a rule of this effect speaks of: a group must take it."""
        if "group into" in effect:
            return GROUPS["offers"] if "into offers" in effect else GROUPS["news"]
        return self.one("topics " + self.some(TOPICS), "categories " + self.some(tuple(CATEGORIES), 2))

    def message_rule(self, name: str) -> str:
        lines = [f'message rule "{name}"', f"  if unknown {self.one('apply', 'ignore')}"]
        lines += [f"  priority {self.number(1, 99)}"] if self.number(0, 1) else []
        lines += ["  agent may release"] if self.number(0, 1) else []
        effect = self.effect()
        lines.append(f"  for {self.about(effect)}")
        return "\n".join([*lines, f"  when {self.condition(_ATOMS)}", f"  then {effect}", "end"])

    def company(self, name: str) -> list[str]:
        """In half of the rulebooks much goes together, whatever else is so."""
        into = self.one(*GROUPS)
        rule = f'message rule "{name}"\n  for {GROUPS[into]}\n  then group into {into}\nend'
        return [rule] if self.number(0, 1) else []

    def experiment(self) -> str:
        shares = self.number(0, 60), self.number(0, 10)
        return _EXPERIMENT.format(shares[0], self.some(CHANNELS), self.postpone(), shares[1])

    # ---- what follows from what

    def event_rule(self, number: int) -> str:
        on = self.one("claim.opened", "claim.moved", "claim.closed")
        when = self.one("", f"  when {self.condition(_EVENT_ATOMS)}")
        effect = self.one(
            "send claim_news with (claim_id = event.claim_id, amount = 1)",
            "send offer with (amount = 2)",
            "raise task look for desk, due in 2 days",
            "raise alert look for desk",
            "set customer.tier to gold",
            "set customer.debt to 20",
            "withdraw offer, survey",
            "raise event care.needed with (amount = 3)",
            'add 6 to risk because "So it goes" and raise event care.needed with (amount = 4)',
            "subtract 2.5 from risk",
        )
        return f'event rule "React {number}"\n  on {on}\n{when}\n  then {effect}\nend'

    def reactions(self) -> list[str]:
        """Situations and a promise whose transitions depend on what came before: the order of the memory shows."""
        if_open = self.one("", "", " when event.amount is more than large", " when customer.tier is not gold")
        if_moved = self.one("", " when claim is open and event.amount is at least 2")
        broken = self.one(
            "raise task sorry for desk", "send claim_news with (amount = 9)", "add 4 to risk", "add 1 to risk"
        )
        return [
            _CLAIM.format(if_open, if_moved, self.span("days", most=20)),
            _DEBT.format(self.span("days", most=20)),
            _CALL.format(*self.promised(), broken),
            _HUSH.format(
                self.one(self.span("hours", "days", most=8), self.working(6)),
                self.one("", " when event.amount is more than 0"),
                self.one("send offer with (amount = 4)", "raise task greet for desk, due in 2 working hours"),
            ),
        ]

    def promised(self) -> tuple[str, str]:
        """How long a promise has, and after how long somebody is to hurry."""
        if self.number(0, 1):
            return f"{self.number(2, 4)} days", f"{self.number(1, 30)} hours"
        return f"{self.number(2, 4)} working days", f"{self.number(1, 9)} working hours"

    def category(self, name: str, basis: str, extra: str = "") -> str:
        lives = self.one("2 days", "10 days", "30 days")
        return f"category {name}  basis {basis}  lives for {lives}  channels {self.some(CHANNELS)}{extra} end"

    def topics(self) -> list[str]:
        expires = self.one("", "", "  expires after 2 days", "  expires after 12 hours")
        return [
            self.category("marketing", "consent", "  urgency low"),
            self.category("service", "existing_customer"),
            self.category("claims", "contract", "  urgency high"),
            self.category("legal", "legal", self.one("", "  passes caps")),
            "category security  basis vital_interest  channels sms, push  passes quiet hours  passes caps end",
            f"topic offer  category marketing  template plain{expires} end",
            f"topic survey  category marketing  template {self.one('plain', 'mail_only')} end",
            "topic claim_news  category claims  template plain  one per claim_id end",
            f"topic bill  category service  template plain  one per bill_id  must agree in amount{expires} end",
            "topic notice  category legal  template plain end",
            "topic alarm  category security  critical  template plain end",
            self.one("", "topic correction  category claims  template plain end"),
        ]

    def rulebook(self, rules: int, zone: str | None, named: str) -> str:
        parts = [
            HEAD.format(zone=zone or self.one(*ZONES)),
            PARAMETERS,
            self.calendar(),
            *self.topics(),
            *(self.cap(n) for n in range(self.number(0, 2))),
            *(self.group(name) for name in GROUPS),
            _FIGURES.format(self.number(12, 20), self.one("first", "the only one", "the most important")),
            self.experiment(),
            *self.reactions(),
            *(self.event_rule(n) for n in range(self.number(0, 3))),
            *(self.message_rule(f"{named} {n}") for n in range(self.number(rules // 3, rules))),
            *self.company(f"{named} together"),
            WORDS,
        ]
        return "\n\n".join(part for part in parts if part)


def rulebooks(*, rules: int = 6, zone: str | None = None, named: str = "Rule") -> st.SearchStrategy[str]:
    """The text of a rulebook that compiles. `named` begins the names of its message rules."""
    return st.integers(0, 2**32).map(lambda seed: Author(seed).rulebook(rules, zone, named))
