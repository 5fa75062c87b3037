"""Situations of a message and what an agent is told of each: transcripts in every language, recorded beside.

`python -m tests.engine.explained` writes them anew after a change that is meant; read the difference before committing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from artifact.channel import Channel
from artifact.customer import Body, Talk
from artifact.facts import Facts, Preferences
from artifact.instant import DAY, HOUR, Instant, parse_instant
from artifact.message import (
    LIVE_STATES,
    Delivery,
    DeliveryState,
    Hold,
    HoldKind,
    Message,
    MessageState,
    Request,
)
from dsl.book import CompiledRulebook
from dsl.compile import compile_rulebook
from engine.explaining import sentence
from engine.spoken import LANGUAGES

TRANSCRIPTS = Path(__file__).parent / "explanations"
NOW: Instant = parse_instant("2026-03-02T10:00:00Z")
"""A Monday, 11:00 in Madrid."""

MADRID = "Europe/Madrid"
RULES = """
rulebook manners zone "Europe/Madrid" currency EUR end
vocabulary
  event claim.opened: (claim_id: text)
  event claim.decided: (claim_id: text)
  event claim.closed: (claim_id: text)
end
calendar working days Monday to Friday end
category marketing basis consent end
topic offer category marketing called "Renewal offer" in Spanish "Oferta de renovación" end
topic news_of_claim category marketing end
situation claim opens on claim.opened closes on claim.closed end
message rule "While a claim is settled"
  for topic offer when claim is open
  then postpone until the claim closes, at most 60 days, otherwise block
    because "A claim is being settled" in Spanish "Hay un siniestro en curso"
end
message rule "A few days of rest"
  for topic offer when claim is open
  then postpone for 3 days, at most 1 time, otherwise block
    because "SMS are at rest" in Spanish "Los SMS descansan"
end
message rule "A rest that a colleague may end"
  agent may release
  for topic offer when claim is open
  then postpone for 3 days, at most 1 time, otherwise block
    because "The customer asked for rest" in Spanish "El cliente pidió descanso"
end
message rule "Nothing more"
  for topic offer when claim is open
  then block
end
message rule "Until it is decided"
  for topic offer when claim is open
  then postpone until claim.decided happens, at most 10 working days, otherwise block
    because "The claim is still to be decided" in Spanish "El siniestro está por decidir"
end
message rule "At work"
  for topic offer
  then postpone until 10:00 on the next working day
    because "Apologies are made at work" in Spanish "Las disculpas se piden en horas de trabajo"
end
experiment softer for topic offer variant soft 50 % then avoid sms holdout 10 % end
"""


def book() -> CompiledRulebook:
    """The rulebook of all situations."""
    found = compile_rulebook(RULES).rulebook
    assert found is not None
    return found


def _message(topic: str = "offer", **fields: Any) -> Message:
    return Message("m1", 1, NOW, Request("crm", "r1", NOW, topic), **fields)


def _held(kind: HoldKind, until: Instant | None = None, rule: str | None = None, **more: Any) -> Message:
    planned = () if until is None else (Delivery("d1", Channel.EMAIL, planned_at=until),)
    return _message(holds=(Hold(kind, NOW, until, rule),), deliveries=planned, next_at=until, **more)


def _blocked(reason: str, rule: str | None = None) -> Message:
    return _message(state=MessageState.BLOCKED, reason=reason, rule=rule)


def _sent(*deliveries: tuple[Channel, DeliveryState, Instant | None]) -> Message:
    made = tuple(Delivery(f"d{n}", c, s, planned_at=at) for n, (c, s, at) in enumerate(deliveries))
    return _message(state=MessageState.UNDER_WAY, deliveries=made)


def _ready(*channels: Channel) -> Message:
    made = tuple(Delivery(f"d{n}", c, planned_at=NOW) for n, c in enumerate(channels))
    return _message(state=MessageState.READY, deliveries=made)


GONE, PLANNED, DOUBT = DeliveryState.HANDED_OVER, DeliveryState.PLANNED, DeliveryState.IN_DOUBT
CLOSED_STATES = frozenset(MessageState) - LIVE_STATES
SITUATIONS: dict[str, Message] = {
    "quiet hours, until this evening": _held(HoldKind.QUIET_HOURS, NOW + 11 * HOUR),
    "quiet hours, until tomorrow": _held(HoldKind.QUIET_HOURS, NOW + 21 * HOUR),
    "quiet hours, until one o'clock": _held(HoldKind.QUIET_HOURS, NOW + 14 * HOUR),
    "quiet hours, until nobody knows when": _held(HoldKind.QUIET_HOURS),
    "budget, until later in the week": _held(HoldKind.BUDGET, NOW + 4 * DAY),
    "budget, until next month": _held(HoldKind.BUDGET, NOW + 30 * DAY),
    "budget, until next year": _held(HoldKind.BUDGET, NOW + 320 * DAY),
    "a group that goes tomorrow": _held(HoldKind.GROUP, NOW + DAY),
    "a group without a known end": _held(HoldKind.GROUP),
    "a conflict of two departments": _held(HoldKind.CONFLICT),
    "no rulebook": _held(HoldKind.NO_RULEBOOK),
    "asked for no earlier": _held(HoldKind.NOT_BEFORE, NOW + 2 * DAY),
    "a pause": _held(HoldKind.PAUSED, NOW + 6 * DAY),
    "a pause without an end": _held(HoldKind.PAUSED),
    "a rule that waits for a claim": _held(HoldKind.WHILE, NOW + 60 * DAY, "While a claim is settled"),
    "a rule that waits without a latest": _held(HoldKind.WHILE, None, "While a claim is settled"),
    "a rule that waits for some days": _held(HoldKind.FIXED, NOW + 3 * DAY, "A few days of rest"),
    "a rule that a colleague may release": _held(
        HoldKind.FIXED, NOW + 3 * DAY, "A rest that a colleague may end"
    ),
    "a rule that waits until something happens": _held(HoldKind.WHILE, NOW + 14 * DAY, "Until it is decided"),
    "a rule that waits for a working day": _held(HoldKind.FIXED, NOW + 23 * HOUR, "At work"),
    "a rule without a reason": _held(HoldKind.FIXED, NOW + 3 * DAY, "Nothing more"),
    "waiting for its hour": _message(
        deliveries=(Delivery("d1", Channel.EMAIL, planned_at=NOW + 5 * HOUR),), next_at=NOW + 5 * HOUR
    ),
    "blocked by a rule": _blocked("rule", "While a claim is settled"),
    "blocked by a rule without a reason": _blocked("rule", "Nothing more"),
    "blocked by a rule that is gone": _blocked("rule", "Of long ago"),
    "blocked after waiting long enough": _blocked("rule_limit", "A few days of rest"),
    "blocked for want of consent": _blocked("consent"),
    "blocked for want of a topic": _message(
        "ofer", state=MessageState.BLOCKED, reason="consent", category="unclassified"
    ),
    "blocked by death": _blocked("deceased"),
    "blocked without a channel": _blocked("no_channel"),
    "blocked, it would expire": _blocked("expires_before_window"),
    "blocked, never a permitted time": _blocked("no_window"),
    "blocked by the budget": _blocked("cap"),
    "blocked, in the holdout of an experiment": _blocked("holdout", "softer: holdout"),
    "blocked, a bundle that dissolved": _blocked("group_dissolved"),
    "blocked, no words": _blocked("template_failed"),
    "ready for one channel": _ready(Channel.EMAIL),
    "ready for three channels": _ready(Channel.APP, Channel.SMS, Channel.LETTER),
    "gone, unseen": _sent((Channel.SMS, GONE, NOW)),
    "gone, more follows": _sent((Channel.APP, GONE, NOW), (Channel.SMS, PLANNED, NOW + 2 * HOUR)),
    "gone, a letter follows later": _sent((Channel.WEB, GONE, NOW), (Channel.LETTER, PLANNED, NOW + 5 * DAY)),
    "in doubt": _sent((Channel.PUSH, DOUBT, NOW)),
    "told by phone and at the branch": _sent((Channel.PHONE, GONE, NOW), (Channel.BRANCH, GONE, NOW)),
    "a topic without a display name": _held(HoldKind.QUIET_HOURS, NOW + 21 * HOUR, topic="news_of_claim"),
    "taken back by a rule": _message(state=MessageState.RETRACTED, reason="withdrawn"),
    "taken back by a rule, too late": _message(
        state=MessageState.RETRACTED,
        reason="withdrawn",
        deliveries=(Delivery("d1", Channel.EMAIL, GONE), Delivery("d2", Channel.SMS, DeliveryState.FAILED)),
    ),
    "taken back by a correction": _message(state=MessageState.RETRACTED, reason="corrected"),
    **{f"closed: {state.lower()}": _message(state=state) for state in sorted(CLOSED_STATES)},
}


def told(message: Message, language: str, zone: str = MADRID) -> str:
    """The sentence about a message."""
    body = Body(Facts(preferences=Preferences(zone=zone)), Talk())
    live = None if message.holds and message.holds[0].kind is HoldKind.NO_RULEBOOK else book()
    return sentence(live, body, message, language, NOW)


def transcript(language: str) -> str:
    """All situations and their sentences."""
    return "\n".join(_lines(language)) + "\n"


def _lines(language: str) -> Iterator[str]:
    for name, message in SITUATIONS.items():
        yield f"{name}:\n    {told(message, language)}"


if __name__ == "__main__":
    for one in LANGUAGES:
        (TRANSCRIPTS / f"{one}.txt").write_text(transcript(one), encoding="utf-8")
