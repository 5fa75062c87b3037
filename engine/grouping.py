"""Who goes with whom: the places of messages in groups, found anew in each deciding.

A message is in a group while it could go by itself and nothing else holds it; what is blocked, expired, taken back or
held leaves, and has its place again only in the same bundle. A place is anchored like a hold: it outlives its rule's
condition and another rulebook, and as long as the rulebook says the same there is one in all groups of a name. Nothing of the contact budget is
read here: what would come too late in company is told by the planning, and decided alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from msgspec.structs import replace

from artifact.canonical import derived_id
from artifact.channel import Channel
from artifact.customer import Gathering
from artifact.instant import Instant
from artifact.message import Message, Place
from artifact.span import Span, add_span
from artifact.states import LEFT_STATES
from dsl.effects import GroupInto
from dsl.rulebook import Group, Rulebook
from engine.doubt import may_be_out
from engine.draft import Draft
from engine.judging import Merged
from engine.placing import has_words
from engine.planning import Way, approach
from engine.talking import Talking

LIFTED = "group"
"""What an agent's release of a group hold is called among the released."""

MOST_PLACES = 4
"""A message has more than one only where rulebooks were changed under it; older ones are forgotten."""


@dataclass(slots=True)
class Guest:
    """One message that a group has to do with, as far as it gets by itself. `place` is where it sits."""

    message: Message
    merged: Merged
    draft: Draft
    way: Way | None
    place: Place | None = None

    @property
    def order(self) -> tuple[Instant, int, str]:
        """Who came first."""
        since = self.place.since if self.place is not None else self.message.received_at
        return since, self.message.number, self.message.id


@dataclass(slots=True)
class Party:
    """Those who go together: a gathering that has not left, or (None) what a bundle that has left carries.

    `channels` are those that all of them may take, in the order of the first.
    """

    id: str
    group: str
    gathering: Gathering | None
    guests: list[Guest] = field(default_factory=list)
    channels: tuple[Channel, ...] = ()

    def shared(self, own: tuple[Channel, ...]) -> tuple[Channel, ...]:
        """What is left in common with one more."""
        return tuple(c for c in self.channels if c in own) if self.guests else own

    def add(self, guest: Guest, own: tuple[Channel, ...]) -> None:
        """One more goes with them."""
        self.channels = self.shared(own)
        self.guests.append(guest)


@dataclass(slots=True)
class Seating:
    """All guests of one deciding. `out` are decided alone this time, `pushed` by a full cap: cap and group."""

    talking: Talking
    book: Rulebook
    zone: str
    out: set[str] = field(default_factory=set)
    pushed: dict[str, tuple[str, str]] = field(default_factory=dict)
    gatherings: dict[str, Gathering] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)

    def concerns(self, message: Message, merged: Merged) -> bool:
        """Whether a group may have to do with this message."""
        return bool(message.places) or merged.ruling.may_group or message.id in self.pushed

    def seat(self, judged: Iterable[tuple[Message, Merged]], draft_of: Callable[..., Draft]) -> list[Guest]:
        """Every guest, with a place or without; `parties` and `gatherings` are then those of this deciding."""
        self.gatherings = {g.id: self._closing(g) for g in self.talking.gatherings.values() if self._waits(g)}
        self.parties = {g.id: Party(g.id, g.group, g) for g in self.gatherings.values()}
        guests = []
        for message, merged in judged:
            draft = draft_of(message, merged)
            guests.append(Guest(message, merged, draft, approach(draft)))
        free = [guest for guest in guests if not self._travels(guest)]
        staying = [(g, p) for g in free if (p := self._stands(g)) is not None]
        for guest, place in staying:
            guest.place = place
        for guest, _ in sorted(staying, key=lambda one: one[0].order):
            self._stay(guest)
        for guest in sorted((g for g in free if g.place is None), key=lambda one: one.order):
            self._come(guest)
        return guests

    # ---- what has gathered

    def _waits(self, gathering: Gathering) -> bool:
        """Whether nothing of its bundle has left, or may have."""
        bundle = self.talking.messages.get(gathering.id)
        return bundle is None or not has_set_out(bundle)

    def _closing(self, gathering: Gathering) -> Gathering:
        """An agent may let it go at once."""
        bundle = self.talking.messages.get(gathering.id)
        released = bundle is not None and LIFTED in bundle.released
        until = min(gathering.until, self.talking.now) if released else gathering.until
        return replace(gathering, until=until)

    def _travels(self, guest: Guest) -> bool:
        """Whether it is part of a bundle that has set out; then it shares what becomes of that."""
        bundle = self.talking.messages.get(guest.message.bundle or "")
        if bundle is None or bundle.id in self.gatherings or guest.message.id not in bundle.items:
            return False
        party = self.parties.setdefault(bundle.id, Party(bundle.id, bundle.group or "", None))
        guest.place = next((p for p in guest.message.places if p.bundle == bundle.id), None)
        party.add(guest, own_channels(guest, self.book, self.book.groups.get(party.group)))
        return True

    # ---- who may sit

    def _free(self, guest: Guest) -> bool:
        """Whether nothing but company keeps it: it passes every gate by itself, and nothing of it has left."""
        message = guest.message
        left = any(d.state in LEFT_STATES or may_be_out(d) for d in message.deliveries)
        alone = left or message.id in self.out or LIFTED in message.released
        return not alone and guest.way is not None and not guest.draft.holds

    def _stands(self, guest: Guest) -> Place | None:
        """Its place in what has not left, if the rule that gave it is still there and says the same."""
        if not guest.message.places or not self._free(guest):
            return None
        places = [p for p in guest.message.places if p.bundle in self.gatherings]
        return next((p for p in places if self._said_still(p, guest)), None)

    def _said_still(self, place: Place, guest: Guest) -> bool:
        group = self.book.groups.get(place.group)
        return (
            group is not None
            and group.takes(guest.merged.topic)
            and place.said == said_of(self.book, place.rule, group)
        )

    def _stay(self, guest: Guest) -> None:
        place = guest.place
        if place is None or not self._sit(guest, self.parties[place.bundle]):
            guest.place = None

    def _come(self, guest: Guest) -> None:
        """A message that a group is asked to take for the first time."""
        wish = self._wish(guest)
        if wish is None or not self._free(guest):
            return
        rule, name = wish
        group = self.book.groups.get(name)
        if group is None or not group.takes(guest.merged.topic):
            return
        if any(p.group == name and self._said_still(p, guest) for p in guest.message.places):
            return
        said = said_of(self.book, rule, group)
        gathering = self._open(guest, group)
        guest.place = Place(name, gathering.id, self.talking.now, rule, said)
        party = self.parties.setdefault(gathering.id, Party(gathering.id, name, gathering))
        if not self._sit(guest, party):
            guest.place = None
            if not party.guests:
                del self.parties[gathering.id]
            return
        self._let_in(group, party)

    def _wish(self, guest: Guest) -> tuple[str, str] | None:
        """The rule or cap that puts it there, and the group."""
        limits = guest.draft.limits
        by_limit = next(((rule, o.group) for rule, o in limits if isinstance(o, GroupInto)), None)
        return guest.merged.ruling.group or by_limit or self.pushed.get(guest.message.id)

    def _open(self, guest: Guest, group: Group) -> Gathering:
        """The gathering that takes it: the first that is open, else one of its own."""
        key, said = key_of(guest.message, group), window_of(group)
        own = own_channels(guest, self.book, group)
        for gathering in self.gatherings.values():
            same = (gathering.group, gathering.key, gathering.said) == (group.name, key, said)
            if same and self.talking.now < gathering.until:
                party = self.parties[gathering.id]
                if len(party.guests) < self._most(group) and party.shared(own):
                    return gathering
        now = self.talking.now
        id = derived_id("m", self.talking.customer_id, "group", group.name, said, guest.message.id)
        return Gathering(id, group.name, key, now, add_span(now, group.waits, self.zone), said)

    def _let_in(self, group: Group, party: Party) -> None:
        """The window after one more has come."""
        gathering = party.gathering
        if gathering is None:
            return
        now = self.talking.now
        if group.at_most is not None:
            latest = add_span(gathering.since, group.at_most, self.zone)
            gathering = replace(gathering, until=min(add_span(now, group.waits, self.zone), latest))
        if len(party.guests) >= self._most(group):
            gathering = replace(gathering, until=now)
        party.gathering = self.gatherings[gathering.id] = gathering

    def _most(self, group: Group) -> int:
        most = self.talking.limits.bundle_messages
        return min(group.leaves_at or most, most)

    def _sit(self, guest: Guest, party: Party) -> bool:
        """Whether there is a channel that all of them may take."""
        own = own_channels(guest, self.book, self.book.groups[party.group])
        if not party.shared(own):
            return False
        party.add(guest, own)
        return True


def has_set_out(bundle: Message) -> bool:
    """Whether a hand-over of it was tried, or it was told."""
    return any(d.attempts or d.state in LEFT_STATES for d in bundle.deliveries)


def said_of(book: Rulebook, rule: str, group: Group) -> str:
    """A name of what a rule, or a cap, says of a group, and when, and of the group's window; "" where it says nothing."""
    face = book.rules.get(rule)
    if face is not None and face.group == group.name:
        return _named(group.name, window_of(group), face.meaning)
    caps = (cap for cap in book.caps if cap.name == rule)
    into = any(isinstance(c.otherwise, GroupInto) and c.otherwise.group == group.name for c in caps)
    return _named(group.name, window_of(group)) if into else ""


def window_of(group: Group) -> str:
    """A name of how long a group waits: under another one a new gathering begins."""
    return _window(group.waits, group.at_most, group.leaves_at, group.one_per)


# Each message of each deciding asks for the names of the same few groups.
@lru_cache(maxsize=1_024)
def _window(*said: Span | int | str | None) -> str:
    return _named(repr(said))


@lru_cache(maxsize=1_024)
def _named(*said: str) -> str:
    return derived_id("w", *said)


def key_of(message: Message, group: Group) -> str:
    """What keeps those apart that the group keeps apart; what does not say it goes together."""
    request = message.request
    if group.one_per is None:
        return ""
    value = request.data.get(group.one_per)
    if value is None and request.about is not None:
        value = request.about.reference
    return "" if value is None else str(value)


def own_channels(guest: Guest, book: Rulebook, group: Group | None) -> tuple[Channel, ...]:
    """The channels that it may take and for which it and the group have words."""
    if guest.way is None or group is None:
        return ()
    language = guest.draft.moment.language
    return tuple(
        c
        for c in guest.way.candidates
        if has_words(guest.draft, c) and book.has_template(group.template, c, language)
    )
