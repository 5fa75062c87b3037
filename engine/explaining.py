"""One sentence that an agent can read aloud: what waits, why, until when, and what would change it.

Built on reading, from the message and the rulebook that decided it, in the reader's language where there are phrases of
it. It holds no identifier, no UTC instant and nothing of another customer.
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from artifact.customer import Body
from artifact.instant import Instant
from artifact.message import DeliveryState, Hold, HoldKind, Message, MessageState
from dsl.book import UNCLASSIFIED
from dsl.rulebook import Rulebook
from engine.bundles import DISSOLVED
from engine.decided import next_eligible
from engine.fold import zone_of_customer
from engine.phrases import Phrases
from engine.spoken import (
    LANGUAGES,
    in_language,
    phrases_of,
    spoken_instant,
    spoken_language,
    spoken_list,
)


class _Teller(NamedTuple):
    """Who speaks: the rulebook, the language and its phrases; and from where: `now`, and the customer's zone."""

    book: Rulebook | None
    language: str
    say: Phrases
    now: Instant
    zone: str

    def at(self, instant: Instant) -> str:
        return spoken_instant(instant, self.now, self.zone, self.say)

    def until(self, instant: Instant | None) -> str:
        return f" {self.say.until.format(self.at(instant))}" if instant is not None else ""

    def why(self, rule: str | None) -> str:
        """The author's reason, else the rule's name."""
        given = because(self.book, rule, self.language)
        if given:
            return self.say.because.format(_inside(given))
        return self.say.because_of_rule.format(rule) if rule else self.say.because_of_a_rule


def sentence(book: Rulebook | None, body: Body, message: Message, language: str, now: Instant) -> str:
    """The state of a message in words. `language` is a BCP 47 tag; what is not worded in it comes in the rulebook's."""
    spoken = spoken_language(language, book)
    say = LANGUAGES[spoken]
    name = say.quoted.format(name_of(book, message, spoken))
    told = _STATES.get(message.state)
    if told is None:
        return f"{name} {_over(say, message)}."
    teller = _Teller(book, spoken, say, now, zone_of_customer(body.facts, book))
    return f"{name} {told(teller, _in_company(body, message))}"


def _over(say: Phrases, message: Message) -> str:
    if message.group is not None and message.reason == DISSOLVED:
        return say.dissolved
    over = say.closed[message.state]
    if message.state is not MessageState.RETRACTED:
        return over
    over, gone = say.taken_back.get(message.reason, over), _gone(say, message)
    return say.too_late.format(over=over, gone=gone) if gone else over


def _gone(say: Phrases, message: Message) -> str:
    """By which channels it has surely left; empty where by none."""
    return spoken_list(
        [say.channels[d.channel] for d in message.deliveries if d.state in _SURELY_LEFT], say.also
    )


_SURELY_LEFT = frozenset(DeliveryState) - {
    DeliveryState.PLANNED,
    DeliveryState.WITHDRAWN,
    DeliveryState.SENDING,
    DeliveryState.IN_DOUBT,
    DeliveryState.FAILED,
}


def refused(book: Rulebook | None, message: Message, refusal: str, language: str) -> str:
    """Why an agent may not do something with a message, by the code that engine.view gives."""
    say = phrases_of(language, book)
    return say.refused.get(refusal) or say.refused_closed.format(_over(say, message))


def _in_company(body: Body, message: Message) -> Message:
    """What went with others went where the bundle went."""
    if message.bundle is None or message.state is not MessageState.UNDER_WAY:
        return message
    return next(
        (replace(message, deliveries=m.deliveries) for m in body.talk.messages if m.id == message.bundle),
        message,
    )


def name_of(book: Rulebook | None, message: Message, language: str) -> str:
    """What a message is called: by its topic; a bundle by its group."""
    if message.group is None or book is None:
        return label(book, message.request.topic, language)
    return book.label("group", message.group, language)


def label(book: Rulebook | None, topic: str, language: str) -> str:
    """The display name of a topic, else its name in plain words."""
    return book.label("topic", topic, language) if book is not None else topic.replace("_", " ")


def because(book: Rulebook | None, rule: str | None, language: str) -> str | None:
    """The author's reason of a rule: in this language, else the rulebook's, else any."""
    face = book.rules.get(rule) if book is not None and rule is not None else None
    return in_language(face.because, language, book.language) or None if book is not None and face else None


def _inside(text: str) -> str:
    """A sentence as a part of another: without its capital, unless it begins with `SMS` or the like."""
    return text[:1].lower() + text[1:] if text[1:2] == text[1:2].lower() else text


def _blocked(teller: _Teller, message: Message) -> str:
    say = teller.say
    if message.reason in say.blocked:
        unclassified = message.reason == "consent" and message.category == UNCLASSIFIED
        why, change = say.unclassified if unclassified else say.blocked[message.reason]
        return f"{say.not_sent} {say.because.format(why)}. {change}"
    return f"{say.not_sent} {teller.why(message.rule)}. {say.rule_over}"


def _ready(teller: _Teller, message: Message) -> str:
    planned = [d for d in message.deliveries if d.state is DeliveryState.PLANNED]
    names = [teller.say.channels[d.channel] for d in planned]
    return teller.say.ready.format(spoken_list(names, teller.say.also) or teller.say.a_channel)


def _under_way(teller: _Teller, message: Message) -> str:
    say = teller.say
    left = [d for d in message.deliveries if d.state not in (DeliveryState.PLANNED, DeliveryState.WITHDRAWN)]
    gone = spoken_list([say.channels[d.channel] for d in left], say.also)
    waiting = [d for d in message.deliveries if d.state is DeliveryState.PLANNED and d.planned_at is not None]
    if any(d.state is DeliveryState.IN_DOUBT for d in left):
        return say.in_doubt.format(gone)
    if not waiting:
        return say.gone.format(gone)
    first = min(waiting, key=lambda d: d.planned_at or 0)
    when = teller.at(first.planned_at or teller.now)
    return say.follows.format(gone=gone, channel=say.channels[first.channel], when=when)


def _waiting(teller: _Teller, message: Message) -> str:
    hold = _speaking(message.holds)
    until = teller.until(next_eligible(message) or (hold.until if message.bundle and hold else None))
    if hold is None:
        return f"{teller.say.waits}{until}."
    if hold.kind in (HoldKind.FIXED, HoldKind.WHILE):
        return _rule_hold(teller, hold, until)
    if hold.kind is HoldKind.QUIET_HOURS:
        until = until or f" {teller.say.waits_for_morning}"
    why, change = teller.say.holds[hold.kind]
    if hold.kind is HoldKind.GROUP and message.bundle is None:
        why = teller.say.may_come
    return f"{teller.say.waits}{until} {why}. {change}"


def _speaking(holds: tuple[Hold, ...]) -> Hold | None:
    """The hold that ends last is the one that matters; one without a known end before all."""
    return max(holds, key=lambda h: (h.kind is HoldKind.WHILE or h.until is None, h.until or 0), default=None)


def _rule_hold(teller: _Teller, hold: Hold, until: str) -> str:
    say, why = teller.say, teller.why(hold.rule)
    face = teller.book.rules.get(hold.rule) if teller.book is not None and hold.rule is not None else None
    release = f" {say.may_release}" if face is not None and face.agent_may_release else ""
    if hold.kind is HoldKind.WHILE:
        latest = say.at_latest.format(teller.at(hold.until)) if hold.until else ""
        return f"{say.waits} {why}{latest}. {say.rule_ends}{release}"
    return f"{say.waits}{until or teller.until(hold.until)} {why}.{release}"


_STATES: dict[MessageState, Callable[[_Teller, Message], str]] = {
    MessageState.WAITING: _waiting,
    MessageState.BLOCKED: _blocked,
    MessageState.READY: _ready,
    MessageState.UNDER_WAY: _under_way,
}
