"""Rulebooks as an author would write them, in the language: every effect of a message rule, conditional situations,
promises, quiet and forbidden hours, caps, topics with keys.

The vocabulary is one for all, so that a history can be told to any of them. A rulebook follows from a seed: that makes
them dense and quick to write, and a failing law prints both.
"""

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st

from tests.simulation.pieces import (
    ATOMS,
    CALL,
    CATEGORIES,
    CHANNELS,
    CLAIM,
    DEBT,
    EVENT_ATOMS,
    EXPERIMENT,
    FIGURES,
    GROUPS,
    HEAD,
    HUSH,
    PARAMETERS,
    SENDS,
    TOPICS,
    WORDS,
    WORK,
    ZONES,
)


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
        work = WORK.format(self.one("Monday to Friday", "Sunday to Thursday"))
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
        return "\n".join([*lines, f"  when {self.condition(ATOMS)}", f"  then {effect}", "end"])

    def company(self, name: str) -> list[str]:
        """In half of the rulebooks much goes together, whatever else is so."""
        into = self.one(*GROUPS)
        rule = f'message rule "{name}"\n  for {GROUPS[into]}\n  then group into {into}\nend'
        return [rule] if self.number(0, 1) else []

    def experiment(self) -> str:
        shares = self.number(0, 60), self.number(0, 10)
        return EXPERIMENT.format(shares[0], self.some(CHANNELS), self.postpone(), shares[1])

    # ---- what follows from what

    def event_rule(self, number: int) -> str:
        on = self.one("claim.opened", "claim.moved", "claim.closed")
        when = self.one("", f"  when {self.condition(EVENT_ATOMS)}")
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
            CLAIM.format(if_open, if_moved, self.span("days", most=20)),
            DEBT.format(self.span("days", most=20)),
            CALL.format(*self.promised(), broken),
            HUSH.format(
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
            FIGURES.format(self.number(12, 20), self.one("first", "the only one", "the most important")),
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
