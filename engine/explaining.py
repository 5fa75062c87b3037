"""One sentence that an agent can read aloud: what waits, why, until when, and what would change it.

Built on reading, from the message and the rulebook that decided it. It holds no identifier, no UTC instant and
nothing of another customer.
"""

from collections.abc import Callable

from artifact.channel import Channel
from artifact.customer import Body
from artifact.instant import Instant
from artifact.message import DeliveryState, Hold, HoldKind, Message, MessageState
from dsl.rulebook import Rulebook
from engine.deciding import next_eligible
from engine.fold import zone_of_customer
from engine.spoken import spoken_instant, spoken_list

CHANNEL_NAMES = {
    Channel.EMAIL: "e-mail",
    Channel.SMS: "text message",
    Channel.PUSH: "push message",
    Channel.LETTER: "letter",
    Channel.PHONE: "phone",
    Channel.WEBHOOK: "webhook",
    Channel.WEB: "the website",
    Channel.APP: "the app",
    Channel.CONTACT_CENTRE: "the contact centre",
    Channel.BRANCH: "the branch",
}

_CLOSED = {
    MessageState.REACHED: "has reached the customer",
    MessageState.REACHED_ELSEWHERE: "has reached the customer in another way",
    MessageState.JOINED: "was joined to the same message from another department",
    MessageState.SUPERSEDED: "was replaced by newer news on the same matter",
    MessageState.EXPIRED: "was not said in time and has expired",
    MessageState.RETRACTED: "was taken back by the department that asked for it",
    MessageState.CANCELLED: "was cancelled by a colleague",
    MessageState.FAILED: "could not be delivered on any channel",
    MessageState.EVICTED: "made room for more important messages",
    MessageState.ERASED: "was erased",
}

_BLOCKED = {
    "consent": (
        "the customer has not agreed to messages of this kind",
        "It may go once the customer agrees.",
    ),
    "deceased": ("the customer is registered as deceased", "It may go if that notice is corrected."),
    "no_channel": ("no channel is left on which it may go", "It may go when a channel is permitted again."),
    "expires_before_window": (
        "it would be out of date before it may go",
        "It may still be told in person before it expires.",
    ),
    "no_window": ("there is no permitted time for it", "It may go when the permitted hours change."),
    "cap": ("the customer has had enough messages of this kind", "It may go when there is room again."),
    "template_failed": ("its wording could not be made", "It may go when the wording is mended."),
}


def sentence(book: Rulebook | None, body: Body, message: Message, language: str, now: Instant) -> str:
    """The state of a message in words. `language` is a BCP 47 tag; what is not worded in it comes in English."""
    name = label(book, message.request.topic, language)
    zone = zone_of_customer(body.facts, book)
    told = _STATES.get(message.state)
    if told is None:
        return f"“{name}” {_CLOSED[message.state]}."
    return f"“{name}” {told(book, message, language, now, zone)}"


def label(book: Rulebook | None, topic: str, language: str) -> str:
    """The display name of a topic, else its name in plain words."""
    return book.label("topic", topic, language) if book is not None else topic.replace("_", " ")


def because(book: Rulebook | None, rule: str | None, language: str) -> str | None:
    """The author's reason of a rule, in this language or any."""
    face = book.rules.get(rule) if book is not None and rule is not None else None
    if face is None or not face.because:
        return None
    return face.because.get(language) or next(iter(face.because.values()))


def _reason(book: Rulebook | None, rule: str | None, language: str) -> str:
    given = because(book, rule, language)
    if given:
        return given[:1].lower() + given[1:]
    return f"of the rule “{rule}”" if rule else "of a rule"


def _blocked(book: Rulebook | None, message: Message, language: str, now: Instant, zone: str) -> str:
    if message.reason in _BLOCKED:
        why, change = _BLOCKED[message.reason]
        return f"is not sent because {why}. {change}"
    why = _reason(book, message.rule, language)
    return f"is not sent because {why}. It may go when that no longer applies."


def _ready(book: Rulebook | None, message: Message, language: str, now: Instant, zone: str) -> str:
    return f"is about to go out by {_channels(message, DeliveryState.PLANNED)}."


def _under_way(book: Rulebook | None, message: Message, language: str, now: Instant, zone: str) -> str:
    left = [d for d in message.deliveries if d.state not in (DeliveryState.PLANNED, DeliveryState.WITHDRAWN)]
    gone = spoken_list([CHANNEL_NAMES[d.channel] for d in left])
    waiting = [d for d in message.deliveries if d.state is DeliveryState.PLANNED and d.planned_at is not None]
    if any(d.state is DeliveryState.IN_DOUBT for d in left):
        return f"may have gone out by {gone}; a colleague is finding out."
    if not waiting:
        return f"has gone out by {gone}; it has not been seen yet."
    first = min(waiting, key=lambda d: d.planned_at or 0)
    when = spoken_instant(first.planned_at or now, now, zone)
    return f"has gone out by {gone}; if it is not seen, it follows by {CHANNEL_NAMES[first.channel]} {when}."


def _waiting(book: Rulebook | None, message: Message, language: str, now: Instant, zone: str) -> str:
    at = next_eligible(message)
    when = f"until {spoken_instant(at, now, zone)}" if at is not None else ""
    hold = _speaking(message.holds)
    if hold is None:
        return f"waits {when}".rstrip() + "."
    return _HOLDS[hold.kind](book, hold, language, now, zone, when)


def _speaking(holds: tuple[Hold, ...]) -> Hold | None:
    """The hold that ends last is the one that matters; one without a known end before all."""
    return max(holds, key=lambda h: (h.kind is HoldKind.WHILE or h.until is None, h.until or 0), default=None)


def _rule_hold(book: Rulebook | None, hold: Hold, language: str, now: Instant, zone: str, when: str) -> str:
    why = _reason(book, hold.rule, language)
    if hold.kind is HoldKind.WHILE:
        latest = f", at the latest until {spoken_instant(hold.until, now, zone)}" if hold.until else ""
        return f"waits because {why}{latest}. It goes on when that ends."
    until = when or (f"until {spoken_instant(hold.until, now, zone)}" if hold.until else "")
    return f"waits {until} because {why}.".replace("  ", " ")


def _quiet(book: Rulebook | None, hold: Hold, language: str, now: Instant, zone: str, when: str) -> str:
    return f"waits {when or 'for the morning'} because of the customer's quiet hours. It may be told in person before."


def _simple(text: str, change: str) -> Callable[..., str]:
    def tell(book: Rulebook | None, hold: Hold, language: str, now: Instant, zone: str, when: str) -> str:
        return f"waits {when + ' ' if when else ''}because {text}. {change}"

    return tell


_HOLDS: dict[HoldKind, Callable[..., str]] = {
    HoldKind.FIXED: _rule_hold,
    HoldKind.WHILE: _rule_hold,
    HoldKind.QUIET_HOURS: _quiet,
    HoldKind.CONFLICT: _simple(
        "two departments say different things", "It goes on when a colleague has said which is right."
    ),
    HoldKind.NO_RULEBOOK: _simple("no rules are in force", "It is decided when rules are published."),
    HoldKind.NOT_BEFORE: _simple(
        "the department that asked wants it no earlier", "It may be told in person before."
    ),
    HoldKind.GROUP: _simple("it goes together with others", "It may be told in person before."),
    HoldKind.BUDGET: _simple(
        "the customer has had enough messages for now",
        "It goes when there is room, or may be told in person before.",
    ),
    HoldKind.PAUSED: _simple("the customer asked for a pause", "It goes on when the pause ends."),
}

_STATES: dict[MessageState, Callable[..., str]] = {
    MessageState.WAITING: _waiting,
    MessageState.BLOCKED: _blocked,
    MessageState.READY: _ready,
    MessageState.UNDER_WAY: _under_way,
}


def _channels(message: Message, state: DeliveryState) -> str:
    return (
        spoken_list([CHANNEL_NAMES[d.channel] for d in message.deliveries if d.state is state]) or "a channel"
    )
