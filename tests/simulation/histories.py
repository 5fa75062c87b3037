"""What may happen to one customer: several sources that tell, ask, correct and withdraw, people of the brand, outcomes.

A history is data; what it points at (the third delivery that has left) is found while it is played.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st

from artifact.instant import DAY, HOUR, MINUTE, SECOND, Instant, format_instant, parse_instant
from artifact.limits import DEFAULT_LIMITS, Limits
from engine.pipeline.kernel import Job
from tests.scenarios.stage import Sent, Stage, accepts
from tests.simulation.pieces import SENDS, TOPICS, ZONES

MONDAY: Instant = parse_instant("2027-03-22T09:00:00+01:00")
"""Six days before the clocks of Europe go forward."""


@dataclass(frozen=True)
class Step:
    """After `gap`, `what` happens. `pick` chooses among what is there; `late` is how long the news was on its way."""

    gap: Instant
    what: str
    data: dict[str, Any] = field(default_factory=dict)
    source: str = "policies"
    pick: int = 0
    late: Instant = 0


T = TypeVar("T")
History: TypeAlias = list[Step]
Told: TypeAlias = tuple[str, dict[str, Any]]
"""What happens, and its data."""


class Chronicler:
    """Makes up what happens, with the dice of a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)

    def one(self, *choices: T) -> T:
        return self.dice.choice(choices)

    def maybe(self, **fields: Any) -> dict[str, Any]:
        """Some of the fields."""
        return {name: value for name, value in fields.items() if self.dice.random() < 0.3}

    def news(self) -> Told:
        """What belongs to the memory."""
        claim, bill = self.one("S1", "S1", "S2"), self.one("B1", "B2")
        amount = self.dice.randint(0, 3)
        told: list[Told] = [
            ("claim.opened", {"claim_id": claim, "amount": amount}),
            ("claim.opened", {"claim_id": claim, "amount": 3}),
            ("claim.moved", {"claim_id": claim, "amount": amount}),
            ("claim.closed", {"claim_id": claim, "mood": self.dice.randint(0, 10)}),
            ("bill.returned", {"bill_id": bill, "amount": amount}),
            ("bill.paid", {"bill_id": bill}),
            ("customer.updated", {"tier": self.one("basic", "gold"), "debt": self.dice.randint(0, 30)}),
            ("customer.updated", self.maybe(tier="basic", debt=0)),
            (
                self.one("consent.given", "consent.given", "consent.refused", "consent.withdrawn"),
                {
                    "category": self.one("marketing", "service", "*"),
                    **self.maybe(channel=self.one("SMS", "EMAIL")),
                },
            ),
            (
                "preference.set",
                self.maybe(zone=self.one(*ZONES), favouriteChannels=self.one(["SMS"], ["EMAIL", "APP"])),
            ),
            ("interaction.started", {"channel": self.one("WEB", "PHONE")}),
        ]
        return self.one(*told)

    def request(self) -> Told:
        """What a back-end asks for."""
        data = {
            "claim_id": self.one("S1", "S2"),
            "bill_id": self.one("B1", "B2"),
            "amount": self.one(1, 1, 2),
        }
        some = self.dice.sample([c.upper() for c in SENDS], self.dice.randint(2, 5))
        return "ask", {
            "topic": self.one(*TOPICS, *TOPICS, "never_declared"),
            "data": data,
            **self.maybe(
                expires=self.one(2 * HOUR, DAY, 4 * DAY),
                not_before=self.one(HOUR, 9 * HOUR, 2 * DAY),
                channels=some,
                about=("claim", data["claim_id"]),
            ),
            **({"lowerUrgency": "LOW"} if self.dice.random() < 0.1 else {}),
        }

    def people(self) -> Told:
        """What becomes of messages and deliveries, and what people of the brand do about them."""
        return self.one(*_PEOPLE), {}

    def elsewhere(self) -> Told:
        return "message.sent_elsewhere", {"topic": self.one(*TOPICS), "channel": self.one("SMS", "EMAIL")}

    def step(self, *, people: bool) -> Step:
        tell = self.one(*[self.request] * 5, *[self.news] * 4, self.elsewhere, *[self.people] * 3 * people)
        what, data = tell()
        return Step(
            gap=self.one(0, 0, SECOND, 7 * MINUTE, HOUR, 5 * HOUR, 11 * HOUR, DAY),
            what=what,
            data=data,
            source=self.one("policies", "claims", "billing"),
            pick=self.dice.randint(0, 5),
            late=self.one(0, 0, 0, 0, 30 * MINUTE, 6 * HOUR, 2 * DAY),
        )

    def history(self, length: int, *, people: bool) -> History:
        """Mostly she has agreed to be written to; rarely she dies in the middle."""
        told = [self.step(people=people) for _ in range(length)]
        if people and self.dice.random() < 0.1:
            told.insert(self.dice.randint(0, length), Step(HOUR, "customer.deceased"))
        if self.dice.random() < 0.85:
            told.insert(0, Step(0, "consent.given", {"category": "*"}))
        return told


_PEOPLE = (
    "delivery.seen",
    "delivery.delivered",
    "delivery.failed",
    "delivery.told",
    "delivery.told",
    "staff.cancelled",
    "staff.released",
    "staff.conflict_resolved",
    "message.retracted",
    "event.corrected",
    "event.corrected",
)


def histories(*, most: int = 24, people: bool = True) -> st.SearchStrategy[History]:
    """A history of one customer. It follows from a seed; a shorter one is the beginning of a longer one."""
    seeds, lengths = st.integers(0, 2**32), st.integers(1, most)
    return st.builds(lambda seed, length: Chronicler(seed).history(length, people=people), seeds, lengths)


@dataclass
class Provider:
    """Answers hand-overs in turn from a list: the world at its most ordinary, if the list is empty."""

    answers: list[str | None]
    asked: int = 0

    def __call__(self, sent: Sent) -> str | None:
        if not self.answers:
            return accepts(sent)
        self.asked += 1
        return self.answers[self.asked % len(self.answers)]


answers = st.lists(
    st.sampled_from(
        ["delivery.handed_over", "delivery.handed_over", None, "delivery.failed", "delivery.in_doubt"]
    ),
    max_size=4,
)
"""What a provider does, hand-over by hand-over; None: it hangs."""


def played(
    text: str,
    history: History,
    *,
    provider: list[str | None] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    begin: Callable[[Stage], object] = lambda stage: None,
) -> Stage:
    """A history played under a rulebook. `begin` sees the stage before anything happens on it."""
    stage = Stage(text, MONDAY, limits)
    stage.provider = Provider(provider or [])
    begin(stage)
    play_on(stage, history)
    return stage


def play_on(stage: Stage, history: History, prefix: str = "s") -> None:
    """Let a history happen from now on."""
    for number, step in enumerate(history):
        stage.at(stage.now + step.gap)
        perform(stage, step, f"{prefix}{number}")
        stage.work()


def perform(stage: Stage, step: Step, id: str) -> Job | None:
    """Do one step; None where there is nothing it could point at."""
    if step.what == "ask":
        return _ask(stage, step, id)
    data = _pointed(stage, step)
    if data is None:
        return None
    at = format_instant(stage.now - step.late)
    source = "audit" if step.what == "event.corrected" else step.source
    return stage.event(step.what, source=source, id=id, at=at, data=data)


def _ask(stage: Stage, step: Step, id: str) -> Job:
    given = dict(step.data)
    expires, not_before = given.pop("expires", None), given.pop("not_before", None)
    if expires is not None:
        given["expiresAt"] = format_instant(stage.now + expires)
    if not_before is not None:
        given["notBefore"] = format_instant(stage.now + not_before)
    return stage.asking(
        given.pop("topic"), source=step.source, id=id, at=format_instant(stage.now - step.late), **given
    )


def _pointed(stage: Stage, step: Step) -> dict[str, Any] | None:
    """The data of a step, with what it points at."""
    talk = stage.artifact().body.talk
    if step.what == "event.corrected":
        told = [
            line.event for line in stage.script if line.event is not None and line.event.source in _SOURCES
        ]
        return (
            {"source": told[step.pick % len(told)].source, "id": told[step.pick % len(told)].id}
            if told
            else None
        )
    if step.what in ("delivery.seen", "delivery.delivered", "delivery.failed"):
        deliveries = [s.delivery for s in stage.sent]
        return {"delivery": deliveries[step.pick % len(deliveries)]} if deliveries else None
    if step.what.startswith(("staff.", "delivery.told", "message.retracted")):
        return {"message": talk.messages[step.pick % len(talk.messages)].id} if talk.messages else None
    return step.data


_SOURCES = ("policies", "claims", "billing")
