"""Room on each channel, so that one that hangs fills its own room and no other's.

Room is taken before an intent is committed: an intent never waits in a queue while its time runs out. Room that
somebody is called up for is kept until her turn is over: nobody comes for what another has taken meanwhile.
"""

from collections import Counter, defaultdict
from itertools import islice

from artifact.channel import Channel


class Slots:
    """How many hand-overs each channel has under way, and which customers wait for one to end."""

    def __init__(self, each: int) -> None:
        self._each = each
        self._taken: Counter[Channel] = Counter()
        self._waiting: dict[Channel, dict[str, None]] = {}
        self._kept: defaultdict[Channel, set[str]] = defaultdict(set)

    def take(self, channel: Channel, customer_id: str) -> bool:
        """Take room for one, if there is any, or if it is kept for her."""
        kept = self._kept[channel]
        if customer_id in kept:
            kept.discard(customer_id)
        elif self._free(channel) <= 0:
            return False
        self._taken[channel] += 1
        return True

    def _free(self, channel: Channel) -> int:
        return self._each - self._taken[channel] - len(self._kept[channel])

    def wait(self, channel: Channel, customer_id: str) -> None:
        """Queue for the next room, once."""
        self._waiting.setdefault(channel, {})[customer_id] = None

    def is_queued(self, channel: Channel, customer_id: str) -> bool:
        """Whether she waits for room on this channel."""
        return customer_id in self._waiting.get(channel, ())

    def give_back(self, channel: Channel) -> None:
        """Leave."""
        self._taken[channel] -= 1

    def called_up(self) -> list[str]:
        """Customers whose turn it is, as many as there is room for. It is kept for them; they leave the queue."""
        called = []
        for channel, queue in self._waiting.items():
            for customer_id in tuple(islice(queue, max(self._free(channel), 0))):
                del queue[customer_id]
                self._kept[channel].add(customer_id)
                called.append(customer_id)
        return called

    def turn_over(self, customer_id: str) -> None:
        """Keep no more room for her: she has taken what she needs."""
        for kept in self._kept.values():
            kept.discard(customer_id)

    @property
    def waiting(self) -> int:
        """How many customers wait."""
        return sum(map(len, self._waiting.values()))
