"""What others may see of a customer: the inbox of a channel, what a place shows, words, and what an agent may do.

Pure reading: nothing here changes anything, whatever is asked how often.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from artifact.channel import Channel
from artifact.customer import Body
from artifact.instant import Instant
from artifact.message import LIVE_STATES, Content, Delivery, DeliveryState, Message, delivery_id
from artifact.states import LEFT_STATES
from dsl.rulebook import Rulebook
from dsl.verdict import RenderContext, Rendered
from engine.consent import permitted
from engine.explaining import label, sentence
from engine.fold import zone_of_customer
from engine.grouping import has_set_out
from engine.scene import Scene
from engine.talk_table import telling_refused


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A message that may be told on a channel now; the delivery is virtual where none is planned there."""

    message: Message
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery that a place shows."""

    message: Message
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whether an agent may do something to a message; `refusal` is the code of why not (engine.explaining.refused)."""

    action: str
    allowed: bool
    refusal: str | None = None


_IN_A_PLACE = frozenset(
    {DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.SEEN, DeliveryState.CLICKED}
)


def shown(body: Body, channel: Channel) -> dict[str, Shown]:
    """What a place shows now, by delivery id: handed over and not taken back, also after it was seen."""
    return {
        d.id: Shown(m, d)
        for m in (*body.talk.tail, *body.talk.messages)
        for d in m.deliveries
        if d.channel is channel and d.state in _IN_A_PLACE
    }


def inbox(body: Body, channel: Channel, book: Rulebook | None, now: Instant) -> list[InboxItem]:
    """What may be told on this channel now, held or ready, the longest waiting first."""
    if book is None:
        return []
    scene = Scene(book, book.revision)
    bundles = {m.id: m for m in body.talk.messages if m.group is not None}
    items = []
    for message in body.talk.messages:
        own = next((d for d in message.deliveries if d.channel is channel), None)
        if own is not None and own.state in _IN_A_PLACE:
            items.append(InboxItem(message, own))
        elif _speaks_by_another(message, bundles):
            continue
        elif _tellable(message, channel, body, book, scene):
            items.append(
                InboxItem(message, own or Delivery(id=delivery_id(message.id, channel), channel=channel))
            )
    return items


def _speaks_by_another(message: Message, bundles: dict[str, Message]) -> bool:
    """Until a bundle has left its items are told one by one; then they are told with it."""
    if message.group is not None:
        return not has_set_out(message)
    bundle = bundles.get(message.bundle or "")
    return bundle is not None and has_set_out(bundle)


def _tellable(message: Message, channel: Channel, body: Body, book: Rulebook, scene: Scene) -> bool:
    if message.state not in LIVE_STATES or telling_refused(message, scene) is not None:
        return False
    if message.group is not None:
        return True
    topic = book.topic(message.request.topic)
    wanted = message.request.channels
    if wanted is not None and channel not in wanted and channel is not Channel.CONTACT_CENTRE:
        return False
    return permitted(body.facts, topic.basis, topic.category, channel)


def allowed(book: Rulebook | None, body: Body, message: Message) -> list[Allowed]:
    """What an agent may do with a message now. A rulebook that changes meanwhile decides, not this answer."""
    scene = Scene(book, book.revision if book is not None else "")
    if message.state not in LIVE_STATES:
        return [Allowed(action, False, "closed") for action in ("TELL", "RELEASE", "CANCEL")]
    refusal = telling_refused(message, scene)
    others = next((m.deliveries for m in body.talk.messages if m.id == message.bundle), ())
    spoken = (*message.deliveries, *others)
    left = any(d.state in LEFT_STATES and d.state is not DeliveryState.FAILED for d in spoken)
    gone = "left" if left else None
    release = refusal or gone or (None if message.holds else "free")
    return [
        Allowed("TELL", refusal is None, refusal),
        Allowed("RELEASE", release is None, release),
        Allowed("CANCEL", gone is None, gone),
    ]


def words(
    book: Rulebook | None, body: Body, message: Message, channel: Channel, language: str | None, now: Instant
) -> Rendered | None:
    """The words of a message on a channel: the back-end's own, else the topic's template; rephrased where a rule says.

    None where there are none. Raises dsl.template.TemplateError where a template fails.
    """
    wanted = language or body.facts.preferences.language or (book.language if book is not None else "en")
    if message.group is not None:
        return _bundled(book, body, message, channel, wanted, now)
    content = _content(message, channel, wanted)
    text = (
        Rendered(content.body, content.language or wanted, content.subject, content.short)
        if content is not None
        else _templated(book, body, message, channel, wanted, now)
    )
    if text is None or book is None or message.rephrase is None:
        return text
    if not book.has_template(message.rephrase, channel, wanted):
        return text
    again = book.render(message.rephrase, _context(book, body, message, channel, wanted, now, text.body))
    return Rendered(again.body, again.language, again.subject or text.subject, again.short or text.short)


def _bundled(
    book: Rulebook | None, body: Body, bundle: Message, channel: Channel, language: str, now: Instant
) -> Rendered | None:
    """The words of a bundle: those of its items in the template of its group, the ones past its limit counted."""
    group = book.groups.get(bundle.group or "") if book is not None else None
    if book is None or group is None or not book.has_template(group.template, channel, language):
        return None
    known = {m.id: m for m in (*body.talk.tail, *body.talk.messages)}
    shown = bundle.items if group.shows is None else bundle.items[: group.shows]
    found = [words(book, body, known[id], channel, language, now) for id in shown if id in known]
    texts = tuple(text for text in found if text is not None)
    context = _context(book, body, bundle, channel, language, now, "")
    return book.render(group.template, replace(context, items=texts, more=len(bundle.items) - len(texts)))


def _content(message: Message, channel: Channel, language: str) -> Content | None:
    """The back-end's own words: the channel's before any channel's, her language before any other."""
    fitting = [c for c in message.request.content if c.channel in (channel, None)]
    return max(
        fitting,
        key=lambda c: (c.channel is channel, c.language == language, c.language is None),
        default=None,
    )


def _templated(
    book: Rulebook | None, body: Body, message: Message, channel: Channel, language: str, now: Instant
) -> Rendered | None:
    if book is None:
        return None
    template = book.topic(message.request.topic).template
    if template is None or not book.has_template(template, channel, language):
        return None
    return book.render(template, _context(book, body, message, channel, language, now, ""))


def _context(
    book: Rulebook, body: Body, message: Message, channel: Channel, language: str, now: Instant, text: str
) -> RenderContext:
    about = message.request.about
    data = {**message.request.data, "topic": message.request.topic, "text": text}
    return RenderContext(
        facts=body.facts,
        message=data,
        about=about,
        channel=channel,
        language=language,
        zone=zone_of_customer(body.facts, book),
        now=now,
    )


__all__ = [
    "Allowed",
    "InboxItem",
    "Shown",
    "allowed",
    "inbox",
    "label",
    "sentence",
    "shown",
    "words",
]
