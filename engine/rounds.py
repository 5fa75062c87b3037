"""Phase two over all messages of one customer: in rank order, from scratch, with the contact budget that is left.

Where groups have a say it is done again with those apart who would come too late in company, and with those in a group
whom a full cap has put there. Each round lets at least one more go its own way, so there is an end to them.
"""

from collections.abc import Callable, Iterable
from functools import partial
from operator import itemgetter
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from artifact.channel import Channel
from artifact.decision import GateOutcome
from artifact.facts import Facts
from artifact.message import LIVE_STATES, DeliveryState, GateName, Message, MessageState, Place
from artifact.states import LEFT_STATES, first_planned
from dsl.effects import GroupInto
from dsl.rulebook import Rulebook, Topic
from engine.budget import Budget, plans_of
from engine.bundles import DISSOLVED, bounds_of, bundle_of, merged_of, way_of
from engine.decided import Decided, decided_of, item_decided, of_itself, planned
from engine.draft import Draft, draft_of
from engine.fold import zone_of_customer
from engine.grouping import MOST_PLACES, Guest, Party, Seating, has_set_out, said_of
from engine.judging import Merged, Rank, rank_of, topic_of
from engine.moment import Moment, moment_of
from engine.planning import Way, go, go_together
from engine.scene import Scene
from engine.settled import BUNDLED, UNSETTLED, Left, Marks
from engine.talking import Talking
from engine.traces import gate

Judged: TypeAlias = list[tuple[Message, Merged]]
Found: TypeAlias = list[tuple[Message, Decided]]
Ask: TypeAlias = Callable[[Message], Merged]

Unit: TypeAlias = tuple[Rank, Callable[[], None]]
"""What is planned at one place in the order of ranks."""


class Round(msgspec.Struct, gc=False):
    """One pass. `found` are the messages as they were, with what was decided; those that stand are not among them.

    `left` is what the deciding before left, `marks` are those of all that may stand from now on. `moved`: what is taken
    of the contact budget is not what it was then, so nothing that counts it stands. `ask` asks the rules about a message.
    """

    talking: Talking
    moment: Moment
    left: Left
    ask: Ask
    seating: Seating | None = None
    marks: Marks = {}
    found: Found = []
    moved: bool = False
    disturbed: bool = False

    def run(self, judged: Judged, resting: Marks) -> None:
        """Plan every message about which the rules were asked; of those that rest, whose share of the budget has moved."""
        if self.moment.budget.caps or self.seating is not None:
            self._in_turn(judged, resting)
        else:
            for message, merged in sorted(judged, key=_rank_of) if len(judged) > 1 else judged:
                self._alone(message, merged)

    def _in_turn(self, judged: Judged, resting: Marks) -> None:
        """Where the first may leave less to the next, or go with it."""
        caps, seating = self.moment.budget.caps, self.seating
        self.moved = bool(caps) and self._moved(judged)
        alone = judged if seating is None else [one for one in judged if not seating.concerns(*one)]
        units: list[Unit] = [(merged.rank, partial(self._alone, m, merged)) for m, merged in alone]
        if caps:
            units += [self._resting_unit(self.talking.messages[id]) for id in resting]
        if seating is not None:
            units += self._seated(judged, seating)
        for _, plan_one in sorted(units, key=_rank) if len(units) > 1 else units:
            plan_one()
        if seating is not None:
            self._dissolve(seating)

    def _seated(self, judged: Judged, seating: Seating) -> list[Unit]:
        """Those with whom groups have to do."""
        guests = seating.seat([one for one in judged if seating.concerns(*one)], self.draft)
        if self.moment.budget.caps and self._regrouped(seating):
            self.moved = True
        return [
            *[(g.merged.rank, partial(self._guest, g)) for g in guests if g.place is None],
            *[_of_party(party, self) for party in seating.parties.values() if party.guests],
        ]

    def draft(self, message: Message, merged: Merged) -> Draft:
        """A message before its planning."""
        return draft_of(message, merged, self.moment)

    def _alone(self, message: Message, merged: Merged) -> None:
        """A message with which no group has to do."""
        if self.seating is None:
            draft = planned(self.draft(message, merged))
        elif self._stands(message, merged):
            self.marks[message.id] = merged.mark
            self._reserve(message, merged.topic)
            return
        else:
            draft = self.draft(message, merged)
            draft.groups = self._pushable(message, merged)
            draft = planned(draft)
            self._push(draft)
        self._keep(message, draft, decided_of(draft))

    def _stands(self, message: Message, merged: Merged) -> bool:
        """Whether it stands after all, in the company that others keep."""
        counts = self.moved and not merged.topic.passes_caps
        return not counts and self.left.stands(message, merged.mark, self.moment.now)

    def _resting_unit(self, message: Message) -> Unit:
        return rank_of(message, message.urgency), partial(self._resting, message)

    def _resting(self, message: Message) -> None:
        """What was decided before stands, unless it counts what others take of the contact budget and that has moved."""
        topic = topic_of(message, self.moment.book)
        if self.moved and not topic.passes_caps:
            self._alone(message, self.ask(message))
        else:
            self._reserve(message, topic)

    # ---- the contact budget

    def _keep(self, message: Message, draft: Draft, decided: Decided) -> None:
        """What was decided. What it takes of the budget are its plans, not one that was dropped on the way."""
        self.found.append((message, decided))
        self.marks[decided.message.id] = mark_of(draft, decided.message)
        budget, ruling = self.moment.budget, draft.merged.ruling
        if not budget.caps:
            return
        known, plans = self.left.messages.get(message.id), plans_of(decided.message, self.moment.now)
        before = [] if known is None else plans_of(known, self.left.now)
        self.moved = self.moved or sorted(plans) != sorted(before)
        for at, channel in set(draft.reserved).difference(plans):
            budget.give_back(at, channel, ruling.topic.category, ruling.topic.name, ruling.also)

    def _reserve(self, message: Message, topic: Topic) -> None:
        """Take from the budget what a decision that stands takes."""
        for at, channel in plans_of(message, self.moment.now):
            self.moment.budget.take(at, channel, topic.category, topic.name)

    def _moved(self, judged: Judged) -> bool:
        """Whether contacts were made since, a message is gone, or one has another rank among the others."""
        known, talking = self.left.messages, self.talking
        return (
            talking.contacts != self.left.contacts
            or not known.keys() <= talking.messages.keys()
            or any(m.urgency is not merged.urgency for m, merged in judged if m.id in known)
        )

    def _regrouped(self, seating: Seating) -> bool:
        """Whether others go together than did."""
        before = {m.id: set(m.items) for m in self.left.messages.values() if m.items}
        now = {p.id: {g.message.id for g in p.guests} for p in seating.parties.values() if len(p.guests) > 1}
        return before != now

    # ---- groups

    def _guest(self, guest: Guest) -> None:
        """A message that has to do with a group and is decided alone this time."""
        message = guest.message
        draft = self.draft(message if message.bundle is None else replace(message, bundle=None), guest.merged)
        draft.groups = self._pushable(message, guest.merged)
        draft = planned(draft)
        self._push(draft)
        self._keep(message, draft, decided_of(draft))

    def lone(self, guest: Guest, party: Party) -> None:
        """Alone in a group: it waits until that closes, and then goes as itself."""
        draft = guest.draft
        if guest.way is None or party.gathering is None:  # states it for the type checker: a guest is seated
            raise AssertionError(guest.message.id)
        draft.message = replace(_placed(guest), bundle=None)
        if draft.message == guest.message:
            draft.message = guest.message
        waits = party.gathering.until > self.talking.now
        go(draft, guest.way, party.gathering)
        at = first_planned(draft.planned)
        if waits and (draft.state is MessageState.BLOCKED or (at is not None and at >= draft.end)):
            self._apart([guest])
        self._keep(guest.message, draft, decided_of(draft))

    def together(self, party: Party, merged: Merged) -> None:
        """Two or more that go as one, or what a bundle that has set out carries."""
        bundle = bundle_of(party, self.talking)
        way = way_of(party, bundle, self.moment.book)
        draft = planned(self.draft(bundle, merged), _run(party, way))
        if party.gathering is not None:
            self._apart(_who_cannot(party, draft, self.moment.budget))
        decided = decided_of(draft)
        for guest in party.guests:
            item = item_decided(guest.draft, _placed(guest), decided.message, party.gathering)
            self.found.append((guest.message, item))
            self.marks[item.message.id] = mark_of(guest.draft, item.message)
        self._keep(self.talking.messages.get(bundle.id, bundle), draft, decided)

    def _apart(self, guests: list[Guest]) -> None:
        """Decide these alone, in another round."""
        if self.seating is not None and guests:
            self.seating.out.update(guest.message.id for guest in guests)
            self.disturbed = True

    def _pushable(self, message: Message, merged: Merged) -> frozenset[str]:
        """The groups into which a full cap may put it: never one that it has been in, nor after anything has left."""
        if any(d.state in LEFT_STATES or d.attempts for d in message.deliveries):
            return frozenset()
        been = {p.group for p in message.places if self._is_said(p)}
        names = [cap.otherwise.group for cap in self.moment.book.caps if isinstance(cap.otherwise, GroupInto)]
        groups = [self.moment.book.groups[name] for name in names if name in self.moment.book.groups]
        return frozenset(g.name for g in groups if g.name not in been and g.takes(merged.topic))

    def _is_said(self, place: Place) -> bool:
        group = self.moment.book.groups.get(place.group)
        return group is not None and place.said == said_of(self.moment.book, place.rule, group)

    def _push(self, draft: Draft) -> None:
        seating, id = self.seating, draft.message.id
        if seating is not None and draft.into is not None and id not in seating.pushed:
            seating.pushed[id] = draft.into
            self.disturbed = True

    def _dissolve(self, seating: Seating) -> None:
        """Bundles in which nobody, or only one, is left to go."""
        going = {p.id for p in seating.parties.values() if p.gathering is None or len(p.guests) > 1}
        empty = [m for m in self.talking.messages.values() if m.group is not None and m.id not in going]
        over = {message.id for message, decided in self.found if decided.message.state not in LIVE_STATES}
        placed = {p.bundle for m in self.talking.messages.values() if m.id not in over for p in m.places}
        for bundle in empty:  # awaited while somebody lives who may come back to it
            awaited = bundle.id in placed and not has_set_out(bundle)
            decided = _dissolved(bundle, awaited)
            self.found.append((bundle, decided))
            self.marks[bundle.id] = BUNDLED


_IN_DOUBT = DeliveryState.IN_DOUBT


def mark_of(draft: Draft, decided: Message) -> int:
    """The mark of a decision. What it made of the message it would make of it again, unless it may not stand."""
    if decided.state not in LIVE_STATES or draft.restless or draft.alerts:
        return UNSETTLED
    if draft.passed is None:
        return UNSETTLED  # it got no further than LIFE, so nothing wakes it when the rules say otherwise
    if _IN_DOUBT in draft.fates:
        return UNSETTLED  # a doubt that comes up raises a task, and it may have come up in this very moment
    return draft.merged.mark


_rank = itemgetter(0)


def _rank_of(one: tuple[Message, Merged]) -> Rank:
    return one[1].rank


def _of_party(party: Party, round: Round) -> Unit:
    """A party comes as early as the first of it, and presses as much as the most urgent."""
    if party.gathering is not None and len(party.guests) == 1:
        [guest] = party.guests
        return guest.merged.rank, partial(round.lone, guest, party)
    merged = merged_of(party, round.moment.book)
    return merged.rank, partial(round.together, party, merged)


def _run(party: Party, way: Way) -> Callable[[Draft], None]:
    def run(draft: Draft) -> None:
        expires, end = bounds_of(party)
        if end is not None:
            draft.expires, draft.end = expires, end
        else:
            draft.end = max(guest.draft.end for guest in party.guests)
        base = None if way.base is None else max(way.base, draft.moment.now)
        go_together(draft, replace(way, base=base), party.gathering)

    return run


def _placed(guest: Guest) -> Message:
    """The message with its place."""
    message, place = guest.message, guest.place
    if place is None or place in message.places:
        return message
    return replace(message, places=(*message.places, place)[-MOST_PLACES:])


def _who_cannot(party: Party, draft: Draft, budget: Budget) -> list[Guest]:
    """Those for whom company comes too late, or whom it would keep from going at all."""
    if draft.state is MessageState.BLOCKED and draft.reason == "cap":
        return [guest for guest in party.guests if _bears(guest, draft.rule, budget)] or party.guests
    if draft.state is MessageState.BLOCKED:
        return party.guests
    at = first_planned(draft.planned)
    return [guest for guest in party.guests if at is not None and guest.draft.end <= at]


def _bears(guest: Guest, cap: str | None, budget: Budget) -> bool:
    topic = guest.merged.topic
    return any(
        one.name == cap for channel in Channel for one in budget.bearing(channel, topic.category, topic.name)
    )


def _dissolved(bundle: Message, awaited: bool) -> Decided:
    """What nobody goes in says nothing; it is over when nobody can come back."""
    kept = tuple(d for d in bundle.deliveries if d.state is not DeliveryState.PLANNED or d.attempts)
    new = replace(
        bundle,
        state=MessageState.BLOCKED if awaited else MessageState.RETRACTED,
        reason=DISSOLVED,
        rule=None,
        holds=(),
        items=() if awaited else bundle.items,
        deliveries=kept,
        next_at=None,
    )
    return of_itself(bundle if new == bundle else new, gate(GateName.GROUP, GateOutcome.BLOCKED, DISSOLVED))


def in_company(talking: Talking, book: Rulebook) -> bool:
    """Whether groups may have a say about any of her messages."""
    if book.groups or talking.gatherings:
        return True
    for message in talking.messages.values():
        if message.group is not None:
            return True
    return False


def _asked(messages: Iterable[Message], ask: Ask) -> Judged:
    return [(message, ask(message)) for message in messages]


def decide_all(
    talking: Talking,
    facts: Facts,
    scene: Scene,
    book: Rulebook,
    left: Left,
    judged: Judged,
    resting: Marks,
    ask: Ask,
    grouped: bool,
) -> Round:
    """The last round: with it everybody is where they belong. Those that are `resting` have nothing to do with groups."""
    zone = zone_of_customer(facts, book)
    seating = Seating(talking, book, zone) if grouped else None
    while True:
        moment = moment_of(facts, book, scene.limits, talking.now, zone, talking.contacts)
        round = Round(talking, moment, left, ask, seating, dict(resting))
        round.run(judged, resting)
        if not round.disturbed:
            break
        judged, resting = [*judged, *_asked(map(talking.messages.__getitem__, resting), ask)], {}
    if seating is not None:
        talking.gatherings = seating.gatherings
        if seating.out or seating.pushed:
            round.marks = {}  # who was put apart, or together, in an earlier round may not be a moment later
    return round
