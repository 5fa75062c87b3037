"""The bundle: a message of our own that says several others together, and what becomes of those.

It goes on from gate WHEN: its items have passed the others by themselves. It goes where all of them may go, presses as
much as the most urgent, passes quiet hours and caps only if all do, and is one contact in each category it contains.
Once it has set out it is one thing: what one item may not, it may not.
"""

from msgspec.structs import replace

from artifact.channel import URGENCY_RANK
from artifact.instant import Instant
from artifact.message import DeliveryState, Message, MessageState, Request
from artifact.span import Span, Unit
from dsl.rulebook import Group, Rulebook, Topic
from dsl.verdict import Verdict
from engine.draft import MUST_BE_SAID
from engine.grouping import Guest, Party
from engine.judging import Merged, rank_of
from engine.placing import has_words
from engine.planning import Way
from engine.ruling import Extra, Ruling, earliest
from engine.settled import BUNDLED, UNSETTLED
from engine.talking import Talking

SOURCE = "memento"
DISSOLVED = "group_dissolved"
"""The reason of a bundle that nobody, or only one, is left to go in."""

_LIFE = Span(30, Unit.DAY)


def bundle_of(party: Party, talking: Talking) -> Message:
    """The bundle of a party as it stands, with its items of now; else a new one under the id it will always have."""
    items = tuple(guest.message.id for guest in party.guests)
    known = talking.messages.get(party.id)
    if known is not None:
        return known if known.items == items else replace(known, items=items)
    since = party.gathering.since if party.gathering is not None else talking.now
    request = Request(source=SOURCE, id=party.id, at=since, topic=party.group)
    return Message(party.id, talking.n, since, request, group=party.group, items=items)


def merged_of(party: Party, book: Rulebook) -> Merged:
    """What is to be said of the whole, from what is said of its items."""
    all_of = [guest.merged for guest in party.guests]
    pairs = tuple(dict.fromkeys((m.topic.category, m.topic.name) for m in all_of))
    proofs = [m.ruling.proof for m in all_of if m.ruling.proof is not None]
    ruling = Ruling(
        topic=_topic(party, book.groups.get(party.group), [m.topic for m in all_of]),
        proof=tuple(dict.fromkeys(c for proof in proofs for c in proof)) if proofs else None,
        also=pairs,
    )
    urgency = max((m.urgency for m in all_of), key=URGENCY_RANK.__getitem__)
    first = min(party.guests, key=lambda guest: guest.order)
    mark = BUNDLED if all(m.mark for m in all_of) else UNSETTLED
    return Merged(ruling.topic, Verdict(), ruling, urgency, rank_of(first.message, urgency), mark=mark)


def _topic(party: Party, group: Group | None, topics: list[Topic]) -> Topic:
    categories = {topic.category for topic in topics}
    bases = [topic.basis for topic in topics]
    return Topic(
        name=party.group,
        category=categories.pop() if len(categories) == 1 else "",
        basis=next((basis for basis in bases if basis in MUST_BE_SAID), bases[0]),
        urgency=max((topic.urgency for topic in topics), key=URGENCY_RANK.__getitem__),
        channels=(),
        lives_for=_LIFE,
        template=group.template if group is not None else None,
        proof=any(topic.proof for topic in topics),
        passes_quiet_hours=all(topic.passes_quiet_hours for topic in topics),
        passes_caps=all(topic.passes_caps for topic in topics),
    )


def way_of(party: Party, bundle: Message, book: Rulebook) -> Way:
    """Where all of them may go: the channels in common, and followers that one demands and all permit."""
    group = book.groups.get(party.group)
    ways = [guest.way for guest in party.guests if guest.way is not None]
    if group is None or len(ways) < len(party.guests):
        return Way([], [], 0)
    barred = {d.channel for d in bundle.deliveries if d.state is not DeliveryState.PLANNED}
    candidates = [c for c in party.channels if c not in barred]
    extras = [e for way in ways for e in way.extras if e[0] not in barred and _all_may(party.guests, e)]
    bases = [way.base for way in ways]
    known = [base for base in bases if base is not None]
    return Way(candidates, earliest(extras), max(known, default=0) if len(known) == len(bases) else None)


def _all_may(guests: list[Guest], extra: Extra) -> bool:
    channel = extra[0]
    return all(
        guest.way is not None
        and has_words(guest.draft, channel)
        and channel in (*guest.way.candidates, *(c for c, _ in guest.way.extras))
        for guest in guests
    )


def bounds_of(party: Party) -> tuple[Instant | None, Instant | None]:
    """Until when the whole may be said, once it has set out: as long as every item. Before, items leave by themselves."""
    if party.gathering is not None:
        return None, None
    ends = [guest.draft.expires for guest in party.guests if guest.draft.expires is not None]
    return min(ends, default=None), min((guest.draft.end for guest in party.guests), default=None)


_SHARED = frozenset({MessageState.UNDER_WAY, MessageState.REACHED, MessageState.FAILED, MessageState.EXPIRED})


def shared_state(bundle: Message) -> tuple[MessageState, str]:
    """State and reason of the items of a bundle: they wait until it leaves, and then share what becomes of it."""
    if bundle.state in _SHARED or bundle.state is MessageState.BLOCKED:
        return bundle.state, bundle.reason
    return MessageState.WAITING, "group"
