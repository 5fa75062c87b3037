"""One delivery to its channel: words, address, a call with a deadline, and what is known afterwards.

Called only for what an intent has taken (I6). Refuses to call anyone when the intent is about to run out, and
never raises: whatever a template or a far side does is an answer.
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import msgspec

from artifact.canonical import content_hash
from artifact.channel import Channel
from artifact.customer import Artifact
from artifact.errors import InputError
from artifact.instant import SECOND
from artifact.message import Delivery, Message
from channels.port import ChannelPort, Handover, HandoverState, Parcel
from dispatch.agenda import address_of
from dispatch.clock import Clock
from dispatch.deadline import within
from dispatch.outcome import Answer, Report, after_hand_over, after_look_up, no_words, not_called, settled
from dispatch.settings import DispatchSettings
from dsl.template import TemplateError
from dsl.verdict import Rendered
from engine.pipeline import Engine
from engine.view import words

log = logging.getLogger(__name__)


class Errand(msgspec.Struct, frozen=True):
    """A delivery under a committed intent, and what was asked for before it was committed (a monotonic instant)."""

    artifact: Artifact
    message: Message
    delivery: Delivery
    asked_at: float


class Courier:
    """Knows the channels, and the deadlines that calls to them keep."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[Channel, ChannelPort],
        settings: DispatchSettings,
        clock: Clock,
    ) -> None:
        self._engine, self._channels = engine, channels
        self._settings, self._clock = settings, clock

    async def hand_over(self, errand: Errand) -> Report | Answer:
        """Word it and hand it over, once."""
        delivery, channel = errand.delivery, self._channels[errand.delivery.channel]
        text = await self._words(errand)
        if isinstance(text, Report):
            return text
        left = self._left(errand)
        if left < self._settings.least_seconds:
            return not_called(delivery, "no_time")
        seconds = min(self._settings.send_seconds, left - self._settings.spare_seconds)
        call = partial(channel.hand_over, _parcel(errand, text), seconds)
        handover = await self._called(call, seconds) or _unknown("no answer")
        report = after_hand_over(handover, delivery, channel.certainty, hash_of(text), self._settings)
        return report or Answer(delivery.attempts, handover)

    async def settle(self, delivery: Delivery, answer: Answer | None) -> Report | Answer:
        """Bring an attempt without an outcome to one, asking the far side where it can be asked."""
        channel, settings = self._channels[delivery.channel], self._settings
        seconds = settings.send_seconds
        report = settled(delivery, channel.certainty, answer, settings)
        if report is not None:
            return report
        asked = 1 + (answer.asked if answer is not None else 0)
        found = await self._called(partial(channel.look_up, delivery.id, seconds), seconds)
        report = after_look_up(found, delivery, asked, settings)
        ask_at = self._engine.now() + settings.delay(asked)
        return report or Answer(delivery.attempts, found or _unknown(""), asked, ask_at)

    async def _words(self, errand: Errand) -> Rendered | Report:
        """The words under the rulebook and at the instant of the intent, so that they can be made again."""
        body, channel = errand.artifact.body, errand.delivery.channel
        try:
            book = await self._engine.books.get(body.talk.revision)
        except InputError as error:
            log.warning("delivery %s must wait for its rulebook: %s", errand.delivery.id, error)
            return not_called(errand.delivery, "no_rulebook")
        try:
            text = words(book, body, errand.message, channel, None, errand.artifact.now)
        except TemplateError as error:
            return no_words(errand.delivery, str(error))
        except Exception as fault:
            log.exception("delivery %s cannot be worded", errand.delivery.id)
            return no_words(errand.delivery, type(fault).__name__)
        return text or no_words(errand.delivery, f"there are no words for {channel}")

    def _left(self, errand: Errand) -> float:
        """Seconds that are left of the intent, by whichever clock says less: one of them may have been set back."""
        by_store = ((errand.delivery.valid_until or 0) - self._engine.now()) / SECOND
        since = self._clock.monotonic() - errand.asked_at
        return min(by_store, self._engine.limits.intent_seconds - since)

    async def _called(
        self, call: Callable[[], Coroutine[Any, Any, Handover | None]], seconds: float
    ) -> Handover | None:
        try:
            return await within(call(), seconds, self._clock)
        except TimeoutError:
            return _unknown("no answer in time")
        except Exception as fault:
            log.exception("a channel raised, which it promises not to")
            return _unknown(type(fault).__name__)


def hash_of(text: Rendered) -> str:
    """What tells later which words went out."""
    return content_hash([text.subject, text.body, text.short, text.language]).hex()


def _unknown(detail: str) -> Handover:
    return Handover(HandoverState.UNKNOWN, detail)


def _parcel(errand: Errand, text: Rendered) -> Parcel:
    return Parcel(
        key=errand.delivery.id,
        customer_id=errand.artifact.customer_id,
        channel=errand.delivery.channel,
        language=text.language,
        body=text.body,
        subject=text.subject,
        short=text.short,
        address=address_of(errand.artifact.body.facts, errand.delivery.channel),
    )
