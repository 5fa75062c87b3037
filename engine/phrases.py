"""The words of explanations, by language: which there are, and which one a reader gets.

A language is one more table (engine.phrases_en, engine.phrases_es). Nothing here decides; a phrase that a table lacks
is a defect, and a test walks all tables.
"""

from collections.abc import Mapping

import msgspec

from artifact.channel import Channel
from artifact.message import GateName, HoldKind, MessageState

Reason = tuple[str, str]
"""Why, and what would change it."""


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is what the sentence speaks of; predicates follow the quoted name of a message.

    `channels` bring their preposition: `by letter`, `in the app`. `days` begin on Monday. `hours` wear the article that an hour has: `a las 8:00`.
    `taken_back` has the reasons of RETRACTED other than a department's wish; `unclassified` is a topic of no rulebook.
    `refused` says why an agent may not do something with a message, `refused_closed` so of one that is over.
    """

    quoted: str
    also: str
    channels: Mapping[Channel, str]
    a_channel: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    at_one: str
    at_hour: str
    today: str
    tomorrow: str
    this_week: str
    some_day: str
    until: str
    at_latest: str
    because: str
    because_of_rule: str
    because_of_a_rule: str
    waits: str
    waits_for_morning: str
    may_come: str
    dissolved: str
    not_sent: str
    ready: str
    in_doubt: str
    gone: str
    follows: str
    rule_over: str
    rule_ends: str
    may_release: str
    closed: Mapping[MessageState, str]
    taken_back: Mapping[str, str]
    too_late: str
    unclassified: Reason
    blocked: Mapping[str, Reason]
    holds: Mapping[HoldKind, Reason]
    refused: Mapping[str, str]
    refused_closed: str
    passed: Mapping[GateName, str]
    by_rulebook_zone: str
    untold: str
    held: Mapping[GateName, str]
    reasons: Mapping[str, str]
