"""A request for a message, read from the event `message.requested` that carries it. The border has validated it."""

from artifact.channel import Channel, Urgency
from artifact.event import Event
from artifact.instant import Instant, parse_instant
from artifact.message import Content, Request


def request_of(event: Event) -> Request:
    """The request of an event whose data engine.intake has accepted."""
    data = event.data
    channels = data.get("channels")
    urgency = data.get("lowerUrgency")
    return Request(
        source=event.source,
        id=event.id,
        at=event.at,
        topic=data["topic"],
        about=event.about,
        key=data.get("key"),
        seq=event.seq,
        expires_at=_instant(data.get("expiresAt")),
        not_before=_instant(data.get("notBefore")),
        channels=tuple(Channel(c) for c in channels) if channels is not None else None,
        lower_urgency=Urgency(urgency) if urgency else None,
        data=data.get("data") or {},
        content=tuple(_content(c) for c in data.get("content") or ()),
    )


def said_of(event: Event) -> Request:
    """What a source said by itself (`message.sent_elsewhere`), as the request it would have made."""
    data = event.data
    return Request(
        source=event.source,
        id=event.id,
        at=event.at,
        topic=data["topic"],
        about=event.about,
        key=data["key"],
        seq=event.seq,
        data=data,
    )


def _instant(text: str | None) -> Instant | None:
    return parse_instant(text) if text else None


def _content(given: dict[str, str | None]) -> Content:
    channel = given.get("channel")
    return Content(
        body=given["body"] or "",
        channel=Channel(channel) if channel else None,
        language=given.get("language"),
        subject=given.get("subject"),
        short=given.get("short"),
    )
