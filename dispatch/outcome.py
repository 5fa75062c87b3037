"""From what a channel said to what the engine is told: one table of truths, pure.

A key that may be out there is never called failed, and one that certainly is not is never called in doubt (I4).
Refuses to guess: what can be found out later gives no report now.
"""

from typing import Any

import msgspec

from artifact.event import Event
from artifact.instant import Instant
from artifact.message import Delivery
from channels.port import OTHER_WORDS, Certainty, Handover, HandoverState
from dispatch.settings import DispatchSettings
from engine.doubt import NO_OUTCOME
from engine.intake import DISPATCH_SOURCE

HANDED_OVER = "delivery.handed_over"
DELIVERED = "delivery.delivered"
FAILED = "delivery.failed"
IN_DOUBT = "delivery.in_doubt"
RETRY = "delivery.retry"


class Report(msgspec.Struct, frozen=True):
    """What the engine is to be told about one attempt. `data` goes into the event."""

    type: str
    data: dict[str, Any] = {}

    @property
    def arrived(self) -> bool:
        """Whether it tells that something left: true however late it is told."""
        return self.type in (HANDED_OVER, DELIVERED)


class Answer(msgspec.Struct, frozen=True):
    """What a channel said about an attempt that is still open, and how often it was asked what became of it."""

    attempt: int
    handover: Handover
    asked: int = 0
    ask_at: Instant = 0

    @property
    def certainly_not(self) -> bool:
        """The far side itself said that it has nothing."""
        return self.handover.state is HandoverState.FAILED


def in_question(delivery: Delivery) -> bool:
    """Whether an earlier attempt of it may have arrived: the reason of the last retry said so."""
    return delivery.because == NO_OUTCOME


def no_words(delivery: Delivery, detail: str) -> Report:
    """The template failed: nothing was sent, and another channel may have words."""
    if in_question(delivery):
        return Report(IN_DOUBT, {"detail": detail})
    return Report(FAILED, {"reason": "template_failed", "detail": detail})


def not_called(delivery: Delivery, reason: str) -> Report:
    """The channel was certainly not called under this intent, so another may be made at once."""
    return _retry(delivery, reason)


def after_hand_over(
    handover: Handover, delivery: Delivery, certainty: Certainty, text: str, settings: DispatchSettings
) -> Report | None:
    """What is known right after a channel answered; None where that has to wait."""
    last = delivery.attempts >= settings.attempts
    match handover.state:
        case HandoverState.HANDED_OVER | HandoverState.DELIVERED:
            return _arrived(handover, text)
        case HandoverState.FAILED:
            return None if handover.temporary and not last else _gave_up(delivery, handover)
        case HandoverState.UNKNOWN:
            return _in_doubt(handover) if certainty is Certainty.NONE or _hopeless(certainty, last) else None


def _hopeless(certainty: Certainty, last: bool) -> bool:
    """An idempotent far side that never answers is not tried for ever. One that can be asked still is."""
    return last and certainty is Certainty.IDEMPOTENT


def settle_at(
    delivery: Delivery, certainty: Certainty, answer: Answer | None, settings: DispatchSettings
) -> Instant:
    """When something is to be done about an attempt without an outcome.

    Follows from the artifact, so that another process, or this one after a crash, waits as long. Whoever does not
    honour a key is left alone until the intent has run out: a call under way has had its time by then.
    """
    ended, again = delivery.valid_until or 0, (delivery.intent_at or 0) + settings.delay(delivery.attempts)
    if answer is not None and (answer.certainly_not or certainty is Certainty.IDEMPOTENT):
        return again
    if certainty is Certainty.IDEMPOTENT:
        return max(ended, again)
    return max(ended, answer.ask_at if answer is not None else 0)


def settled(
    delivery: Delivery, certainty: Certainty, answer: Answer | None, settings: DispatchSettings
) -> Report | None:
    """What is done about it then; None: the far side must be asked what became of the key."""
    last = delivery.attempts >= settings.attempts
    if answer is not None and answer.certainly_not:
        return _gave_up(delivery, answer.handover) if last else _retry(delivery, "channel_failed")
    if certainty is Certainty.LOOKUP:
        return None
    said = answer.handover if answer is not None else Handover(HandoverState.UNKNOWN)
    if certainty is Certainty.NONE or last:
        return _in_doubt(said)
    return Report(RETRY, {"reason": NO_OUTCOME})


def after_look_up(
    found: Handover | None, delivery: Delivery, asked: int, settings: DispatchSettings
) -> Report | None:
    """What a far side knows of a key; None: it did not say, ask again later."""
    if found is None:
        last = delivery.attempts >= settings.attempts
        return _failed(Handover(HandoverState.FAILED)) if last else Report(RETRY, {"reason": "never_seen"})
    if found.state is HandoverState.UNKNOWN:
        return _in_doubt(found) if asked >= settings.attempts else None
    return _failed(found) if found.state is HandoverState.FAILED else _arrived(found, None)


def _arrived(handover: Handover, text: str | None) -> Report:
    """With the hash of the words, unless other words than these are what she got."""
    said = {"text": text} if text is not None and handover.detail != OTHER_WORDS else {}
    type = HANDED_OVER if handover.state is HandoverState.HANDED_OVER else DELIVERED
    return Report(type, {**said, **_detail(handover)})


def _gave_up(delivery: Delivery, handover: Handover) -> Report:
    """A far side that is busy to the end says nothing of an earlier attempt; one that refuses says it all."""
    return _in_doubt(handover) if handover.temporary and in_question(delivery) else _failed(handover)


def _retry(delivery: Delivery, reason: str) -> Report:
    """Once it may have arrived, no later attempt makes that untrue."""
    return Report(RETRY, {"reason": NO_OUTCOME if in_question(delivery) else reason})


def _failed(handover: Handover) -> Report:
    return Report(FAILED, {"reason": "channel_failed", **_detail(handover)})


def _in_doubt(handover: Handover) -> Report:
    return Report(IN_DOUBT, _detail(handover))


def _detail(handover: Handover) -> dict[str, str]:
    return {"detail": handover.detail} if handover.detail else {}


def event_of(customer_id: str, delivery: Delivery, report: Report, now: Instant) -> Event:
    """The event that tells it. Its id follows from the attempt: told twice is told once, by whichever process."""
    return Event(
        customer_id=customer_id,
        source=DISPATCH_SOURCE,
        id=f"{delivery.id}/{delivery.attempts}/{report.type.partition('.')[2]}",
        type=report.type,
        at=now,
        received_at=now,
        data={"delivery": delivery.id, "attempt": delivery.attempts, **report.data},
    )
