"""A compiled rulebook, as the engine sees it: immutable, named by its revision, without I/O, clock or randomness.

`dsl.compile` makes one from text; the plain interpreter of the typed tree implements the same protocol and is its
oracle.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.channel import Channel, Urgency
from artifact.decision import RuleRow
from artifact.errors import InputError
from artifact.event import Event, Subject
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.span import Span
from dsl.effects import Block, Deliver, GroupInto, Postpone
from dsl.numbering import Numbering
from dsl.verdict import SILENCE, Asked, Reaction, RenderContext, Rendered, Scored, Spoken, Verdict

if TYPE_CHECKING:
    from dsl.change import Change
    from dsl.seen import Seen


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic with everything its category gives it filled in.

    `channels` in order of preference; `lives_for` bounds a message without `expiresAt`; `expires_after` gives one
    an end; `one_per` names the data field whose value is the business key where the request has none;
    `must_agree` the data fields in which two sources must not differ. `display` is the name by language code.
    """

    name: str
    category: str
    basis: str
    urgency: Urgency
    channels: tuple[Channel, ...]
    lives_for: Span
    expires_after: Span | None = None
    template: str | None = None
    one_per: str | None = None
    must_agree: tuple[str, ...] = ()
    critical: bool = False
    proof: bool = False
    passes_quiet_hours: bool = False
    passes_caps: bool = False
    classified: bool = True
    display: dict[str, str] = {}


class RuleFace(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What an explanation and the engine need to know of a message rule without running it.

    `conditions` are the author's words; `meaning` is what they say, however and in whichever tongue it is written.
    """

    name: str
    because: dict[str, str] = {}
    agent_may_release: bool = False
    owner: str | None = None
    postpone: Postpone | None = None
    group: str | None = None
    conditions: tuple[str, ...] = ()
    meaning: str = ""
    holdout: bool = False

    @cached_property
    def wait_said(self) -> str:
        """A name of what the rule says of waiting, and when: equal where it says the same, in whatever words."""
        if self.postpone is None:
            return ""
        return derived_id("w", repr(replace(self.postpone, otherwise=None, because={})), self.meaning)


class QuietHours(msgspec.Struct, frozen=True):
    """`quiet hours for sms on Saturday 22:00 to 8:00`, or (`statutory`) forbidden hours that nobody may lift.

    Minutes after midnight on the customer's wall clock; an end at or before the start is on the next day. 0 to
    1440 is all day. `weekdays` (1 Monday .. 7) are the days on which the window starts; empty: every day.
    """

    channels: tuple[Channel, ...]
    start_minute: int
    end_minute: int
    weekdays: tuple[int, ...] = ()
    statutory: bool = False


class Cap(msgspec.Struct, frozen=True):
    """`cap daily_sms at most 2 contacts by sms per day, otherwise deliver by app end`.

    Counts contacts that match all of `categories`, `topics`, `channels` that are not empty. The window rolls over
    `span`, or (`calendar`) is one day, week or month of the customer's calendar. `otherwise` None: postpone.
    """

    name: str
    limit: int
    span: Span
    calendar: bool = False
    categories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    otherwise: Block | Deliver | GroupInto | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """`group digest  takes category billing  one per policy_id  waits 2 days from the first  leaves at 5 messages end`.

    Takes messages of the topics or categories named (None: of any). They wait `waits` from the first, or (`at_most`
    given) from the last, but no longer than that from the first; `leaves_at` messages end the waiting at once. `shows`
    bounds the messages that the text shows; further ones are counted.
    """

    name: str
    waits: Span
    template: str
    at_most: Span | None = None
    leaves_at: int | None = None
    shows: int | None = None
    one_per: str | None = None
    categories: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    display: dict[str, str] = {}

    def takes(self, topic: Topic) -> bool:
        """Whether messages of this topic may go into it. What is critical never waits for others."""
        named = self.topics is None or topic.name in self.topics
        return named and (self.categories is None or topic.category in self.categories) and not topic.critical


class Counted(msgspec.Struct, frozen=True):
    """What rules count of one type of events: the fields they read, the windows they look at; `ever`: without one too."""

    fields: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    ever: bool = False


class Listening(msgspec.Struct, frozen=True):
    """What message rules read of all that is being said, and how far back: the windows they count messages in."""

    messages: bool = False
    contacts: bool = False
    spans: tuple[Span, ...] = ()


class Rulebook(Protocol):
    """One revision of the manners.

    `zone` is the zone of customers whose own is unknown, `languages` the template languages, first the default.
    `event_types` are the declared types: events of others change nothing. `awaited` are the types until which message
    rules wait, with those rules.
    """

    revision: str
    name: str
    text: str
    language: str
    zone: str
    currency: str
    topics: Mapping[str, Topic]
    rules: Mapping[str, RuleFace]
    caps: tuple[Cap, ...]
    groups: Mapping[str, Group]
    event_types: frozenset[str]
    awaited: Mapping[str, frozenset[str]]

    @property
    def counted(self) -> Mapping[str, Counted]:
        """The types of events that rules count: these are kept in the memory."""

    @property
    def listens(self) -> Listening:
        """What message rules read of the talk."""

    @property
    def numbers(self) -> Numbering:
        """Numbers of message rules, and of what they may read by the name in `Verdict.reads`, for records that must be
        small. They follow from the text alone."""

    def topic(self, name: str) -> Topic:
        """The topic of that name; for an unknown one `unclassified`: needs consent, breaks nothing."""

    def hours_of(self, facts: Facts) -> tuple[QuietHours, ...]:
        """When this customer is left in peace: by the calendar that is hers, else by the one of everyone.

        Reads facts of the customer alone, and no clock.
        """

    def concerns(self, event: Event, about: Subject | None) -> bool:
        """Whether an event is about a subject as far as it says: what names none, or has no such key, is about any."""

    def same(self, topic: str, field: str, one: Any, other: Any) -> bool:
        """Whether two sources say the same in a field of a topic, by its declared type; as plain JSON without one."""

    def label(self, kind: str, name: str, language: str) -> str:
        """The display name of a declaration (`topic`, `situation`, `commitment`), or its own name in words."""

    def problems(self, event: Event) -> list[InputError]:
        """Fields of a declared event type whose values are not of the declared type; paths begin at `data`."""

    def hears(self, type: str) -> bool:
        """Whether anything may come of events of this type; where not, `react` need not be asked."""

    def react(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """What this event does. Conditions on time are read at `event.at`; reads no clock.

        Events that the engine makes come here too: `situation.opened`, `.closed`, `.moved`, `.expired` (about the
        situation, data of the event that caused it), `commitment.made`, `.kept`, `.broken`, `.dropped`.
        """

    def change_from(self, before: "Rulebook") -> "Change | None":
        """How the rules about messages differ from those of `before`; None where more than these may differ."""

    def seen(self, facts: Facts) -> "Seen":
        """What is seen of a customer while messages are judged: nothing yet. It fits this rulebook and these facts."""

    def judge(
        self,
        asked: Asked,
        facts: Facts,
        zone: str,
        now: Instant,
        said: Spoken = SILENCE,
        seen: "Seen | None" = None,
    ) -> Verdict:
        """What all message rules say about one message. Never raises for what an author wrote."""

    def ruled_out(self, looked: tuple[int, ...]) -> tuple[RuleRow, ...] | None:
        """The rows of candidates that have none in a verdict and did not fire, from what was found (Verdict.looked).

        None where that was kept in another form: by a version that laid its rules out otherwise.
        """

    def scores(self, facts: Facts, zone: str, now: Instant) -> tuple[Scored, ...]:
        """What every scorecard comes to, in the order of the text. Never raises for what an author wrote."""

    def has_template(self, name: str, channel: Channel, language: str) -> bool:
        """Whether words exist for this channel in this or the default language."""

    def render(self, name: str, context: RenderContext) -> Rendered:
        """The words. Raises dsl.template.TemplateError when the template fails or passes a limit."""
