"""What may happen to one customer: several sources that tell, ask, correct and withdraw, people of the brand, outcomes.

A history is data; what it points at (the third delivery that has left) is found while it is played.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hypothesis import strategies as st

from artifact.instant import DAY, HOUR, MINUTE, SECOND, Instant, format_instant, parse_instant
from artifact.limits import DEFAULT_LIMITS, Limits
from engine.pipeline.kernel import Job
from tests.scenarios.stage import Sent, Stage, accepts
from tests.simulation.rulebooks import SENDS, TOPICS, ZONES

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


History: TypeAlias = list[Step]
Told: TypeAlias = tuple[str, dict[str, Any]]
"""What happens, and its data."""

_references = st.sampled_from(["S1", "S2"])
_amounts = st.integers(0, 3)
news = st.one_of(
    st.tuples(
        st.sampled_from(["claim.opened", "claim.moved"]),
        st.fixed_dictionaries({"claim_id": _references, "amount": _amounts}),
    ),
    st.tuples(
        st.just("claim.closed"), st.fixed_dictionaries({"claim_id": _references, "mood": st.integers(0, 10)})
    ),
    st.tuples(
        st.just("bill.returned"),
        st.fixed_dictionaries({"bill_id": st.sampled_from(["B1", "B2"]), "amount": _amounts}),
    ),
    st.tuples(st.just("bill.paid"), st.fixed_dictionaries({"bill_id": st.sampled_from(["B1", "B2"])})),
    st.tuples(
        st.just("customer.updated"),
        st.fixed_dictionaries(
            {}, optional={"tier": st.sampled_from(["basic", "gold"]), "debt": st.integers(0, 30)}
        ),
    ),
    st.tuples(
        st.sampled_from(["consent.given", "consent.given", "consent.refused", "consent.withdrawn"]),
        st.fixed_dictionaries(
            {"category": st.sampled_from(["marketing", "service", "*"])},
            optional={"channel": st.sampled_from(["SMS", "EMAIL"])},
        ),
    ),
    st.tuples(
        st.just("preference.set"),
        st.fixed_dictionaries(
            {},
            optional={
                "zone": st.sampled_from(ZONES),
                "favouriteChannels": st.lists(
                    st.sampled_from(["SMS", "EMAIL", "APP"]), min_size=1, unique=True
                ),
            },
        ),
    ),
    st.tuples(
        st.just("interaction.started"), st.fixed_dictionaries({"channel": st.sampled_from(["WEB", "PHONE"])})
    ),
)
_elsewhere = st.tuples(
    st.just("message.sent_elsewhere"),
    st.fixed_dictionaries({"topic": st.sampled_from(TOPICS), "channel": st.sampled_from(["SMS", "EMAIL"])}),
)
_requests = st.tuples(
    st.just("ask"),
    st.fixed_dictionaries(
        {"topic": st.sampled_from([*TOPICS, "never_declared"]), "data": st.fixed_dictionaries(
            {"claim_id": _references, "bill_id": st.sampled_from(["B1", "B2"]), "amount": st.integers(1, 2)}
        )},
        optional={
            "expires": st.sampled_from([2 * HOUR, DAY, 4 * DAY]),
            "not_before": st.sampled_from([HOUR, 9 * HOUR, 2 * DAY]),
            "channels": st.lists(st.sampled_from([c.upper() for c in SENDS]), min_size=1, max_size=3, unique=True),
            "lowerUrgency": st.just("LOW"),
            "about": st.builds(lambda reference: ("claim", reference), _references),
        },
    ),
)  # fmt: skip
_people: st.SearchStrategy[Told] = st.tuples(
    st.sampled_from(
        [
            "delivery.seen",
            "delivery.delivered",
            "delivery.failed",
            "delivery.told",
            "staff.cancelled",
            "staff.released",
            "staff.conflict_resolved",
            "message.retracted",
            "event.corrected",
        ]
    ),
    st.just({}),
)
_death: st.SearchStrategy[Told] = st.tuples(st.just("customer.deceased"), st.just({}))
_gaps = st.sampled_from([0, 0, SECOND, 7 * MINUTE, HOUR, 5 * HOUR, 11 * HOUR, DAY, 3 * DAY])
_lates = st.sampled_from([0, 0, 0, 30 * MINUTE, 6 * HOUR, 2 * DAY])


def steps(*, people: bool = True) -> st.SearchStrategy[Step]:
    """One step of a history."""
    told = [news, news, news, _requests, _requests, _requests, _elsewhere]
    told += [_people, _people, _people, _death] if people else []
    return st.builds(
        lambda gap, told, source, pick, late: Step(gap, told[0], told[1], source, pick, late),
        _gaps,
        st.one_of(told),
        st.sampled_from(["policies", "claims", "billing"]),
        st.integers(0, 5),
        _lates,
    )


def histories(*, most: int = 14, people: bool = True) -> st.SearchStrategy[History]:
    """A history of one customer. She has agreed to be written to, as most have."""
    agreed = Step(0, "consent.given", {"category": "*"})
    return st.lists(steps(people=people), min_size=min(4, most), max_size=most).map(
        lambda told: [agreed, *told]
    )


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

__all__ = [
    "MONDAY",
    "History",
    "Provider",
    "Step",
    "answers",
    "histories",
    "perform",
    "play_on",
    "played",
    "steps",
]
