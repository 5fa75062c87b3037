"""What the built-in events do to the memory: one row an event type, the whole behaviour at a glance.

Refuses to look at messages: what an event means for what is being said stands in engine.talk_table.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from artifact.channel import Channel
from artifact.event import Event
from artifact.facts import (
    Alias,
    AliasKind,
    Consent,
    ConsentState,
    CustomerKind,
    Fact,
    Facts,
    Interaction,
    Preferences,
)
from artifact.instant import parse_instant
from artifact.limits import Limits

Fold = Callable[[Facts, Event, Limits], Facts]


def flat(data: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested objects by their dotted path: {"preferences": {"marketing": true}} is `preferences.marketing`."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and value:
            found.update(flat(value, f"{path}."))
        else:
            found[path] = value
    return found


def _updated(facts: Facts, event: Event, limits: Limits) -> Facts:
    given = sorted(flat(event.data).items())  # what finds room must not depend on the order of its keys
    attributes = {**facts.attributes, **{name: Fact(value, event.at) for name, value in given}}
    kept = dict(list(attributes.items())[: limits.attributes])
    return replace(facts, attributes=kept)


def _alias_added(facts: Facts, event: Event, limits: Limits) -> Facts:
    alias = Alias(AliasKind(event.data["kind"]), event.data["value"])
    if alias in facts.aliases:
        return facts
    return replace(facts, aliases=(*facts.aliases, alias)[-limits.aliases :])


def _kind_changed(facts: Facts, event: Event, limits: Limits) -> Facts:
    return replace(facts, kind=CustomerKind(event.data["kind"]))


def _deceased(facts: Facts, event: Event, limits: Limits) -> Facts:
    return replace(facts, deceased_at=event.at)


def _consent(state: ConsentState) -> Fold:
    def fold(facts: Facts, event: Event, limits: Limits) -> Facts:
        channel = event.data.get("channel")
        entry = Consent(
            category=event.data["category"],
            state=state,
            since=event.at,
            source=event.source,
            channel=Channel(channel) if channel else None,
            proof=event.data.get("proof"),
        )
        others = [c for c in facts.consents if (c.category, c.channel) != (entry.category, entry.channel)]
        return replace(facts, consents=_within((*others, entry), limits.consents))

    return fold


def _within(consents: tuple[Consent, ...], limit: int) -> tuple[Consent, ...]:
    """Past the limit the oldest consent given is forgotten; an objection only where nothing else is left."""
    surplus = len(consents) - limit
    if surplus <= 0:
        return consents
    order = sorted(range(len(consents)), key=lambda i: (consents[i].state is not ConsentState.GIVEN, i))
    gone = set(order[:surplus])
    return tuple(c for i, c in enumerate(consents) if i not in gone)


def _preference_set(facts: Facts, event: Event, limits: Limits) -> Facts:
    old, data = facts.preferences, event.data
    paused = data.get("pausedUntil")
    new = Preferences(
        language=data.get("language", old.language),
        zone=data.get("zone", old.zone),
        favourite_channels=tuple(Channel(c) for c in data["favouriteChannels"])
        if "favouriteChannels" in data
        else old.favourite_channels,
        paused_until=(parse_instant(paused) if paused else None)
        if "pausedUntil" in data
        else old.paused_until,
        at=event.at,
    )
    return replace(facts, preferences=new)


def _interaction_started(facts: Facts, event: Event, limits: Limits) -> Facts:
    started = Interaction(
        id=event.data.get("session", event.id),
        channel=Channel(event.data["channel"]),
        started_at=event.at,
        agent=event.data.get("agent"),
    )
    others = tuple(i for i in facts.interactions if i.id != started.id)
    return replace(facts, interactions=(*others, started)[-limits.interactions :])


def _interaction_ended(facts: Facts, event: Event, limits: Limits) -> Facts:
    session = event.data.get("session")
    ended = tuple(
        replace(i, ended_at=event.at) if i.id == session and i.ended_at is None else i
        for i in facts.interactions
    )
    return replace(facts, interactions=ended)


FACT_TABLE: dict[str, Fold] = {
    "customer.updated": _updated,
    "customer.alias_added": _alias_added,
    "customer.kind_changed": _kind_changed,
    "customer.deceased": _deceased,
    "consent.given": _consent(ConsentState.GIVEN),
    "consent.refused": _consent(ConsentState.REFUSED),
    "consent.withdrawn": _consent(ConsentState.WITHDRAWN),
    "preference.set": _preference_set,
    "interaction.started": _interaction_started,
    "interaction.ended": _interaction_ended,
}
"""Built-in events that are part of the memory."""

CORRECTION = "event.corrected"
"""Takes another event out of the memory; engine.refold does it."""

TALK_TYPES = frozenset(
    {
        "message.requested",
        "message.retracted",
        "message.sent_elsewhere",
        "delivery.handed_over",
        "delivery.delivered",
        "delivery.seen",
        "delivery.clicked",
        "delivery.dismissed",
        "delivery.told",
        "delivery.failed",
        "delivery.retry",
        "delivery.in_doubt",
        "staff.released",
        "staff.cancelled",
        "staff.task_completed",
        "staff.conflict_resolved",
        "staff.doubt_resolved",
    }
)
"""Built-in events about what is being said: no part of the memory, never late (engine.talk_table)."""

ALWAYS_ADMITTED = frozenset(
    {
        *("consent.given", "consent.refused", "consent.withdrawn", "customer.deceased", CORRECTION),
        *(TALK_TYPES - {"message.requested", "message.sent_elsewhere"}),
    }
)
"""Never refused for lack of room; neither is a request on a critical topic."""
