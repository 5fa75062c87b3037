"""Room on each channel, so that one that hangs fills its own room and no other's.

Room is taken before an intent is committed: an intent never waits in a queue while its time runs out.
"""

from collections import Counter
from itertools import islice

from artifact.channel import Channel


class Slots:
    """How many hand-overs each channel has under way, and which customers wait for one to end."""

    def __init__(self, each: int) -> None:
        self._each = each
        self._taken: Counter[Channel] = Counter()
        self._waiting: dict[Channel, dict[str, None]] = {}

    def take(self, channel: Channel) -> bool:
        """Take room for one, if there is any."""
        if self._taken[channel] >= self._each:
            return False
        self._taken[channel] += 1
        return True

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
        """Customers whose turn it is, as many as there is room for. Who is called leaves the queue."""
        called = []
        for channel, queue in self._waiting.items():
            for customer_id in tuple(islice(queue, self._each - self._taken[channel])):
                del queue[customer_id]
                called.append(customer_id)
        return called

    @property
    def waiting(self) -> int:
        """How many customers wait."""
        return sum(map(len, self._waiting.values()))
