"""The channels a message can take: sends leave for good, places are where a customer looks by herself."""

from enum import StrEnum


class Channel(StrEnum):
    """Every channel the contract knows."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    PUSH = "PUSH"
    LETTER = "LETTER"
    PHONE = "PHONE"
    WEBHOOK = "WEBHOOK"
    WEB = "WEB"
    APP = "APP"
    CONTACT_CENTRE = "CONTACT_CENTRE"
    BRANCH = "BRANCH"


PLACES = frozenset({Channel.WEB, Channel.APP, Channel.CONTACT_CENTRE, Channel.BRANCH})
"""Handed over = shown in the inbox at its instant; no quiet hours, no contact budget unless declared."""

SENDS = frozenset(Channel) - PLACES
"""What leaves for a provider and cannot be called back."""


class Urgency(StrEnum):
    """How much a message presses. A request may lower it, never raise it."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


URGENCY_RANK = {Urgency.LOW: 0, Urgency.NORMAL: 1, Urgency.HIGH: 2, Urgency.CRITICAL: 3}
