"""What this process has in its head and may lose: every bit of it follows anew from the store after a crash (I4).

Who is put off and until when, who gets nowhere, and what channels answered about attempts that are still open.
"""

from collections.abc import Iterable

from artifact.instant import Instant
from artifact.message import Delivery
from dispatch.outcome import Answer

LAST_VERSION = 2**63


class Desk:
    """A customer that is put off is left alone until her instant, or until she changes.

    `_news` holds the newest version heard of each customer that is looked at or put off; for one put off it begins
    at the version that was looked at, so that our own commits are no news.
    """

    def __init__(self) -> None:
        self._until: dict[str, Instant] = {}
        self._news: dict[str, int] = {}
        self._stumbles: dict[str, int] = {}
        self._answers: dict[str, dict[str, Answer]] = {}

    # -- whose turn it is ---------------------------------------------------------------------------------

    def looking_at(self, customer_id: str) -> None:
        """Her turn has come: whatever she changes from now on is news."""
        self._until.pop(customer_id, None)
        self._news[customer_id] = 0

    def looked_at(self, customer_id: str) -> None:
        """Forget her, unless she is put off."""
        if customer_id not in self._until:
            self._news.pop(customer_id, None)

    def put_off(self, customer_id: str, until: Instant, version: int) -> None:
        """Leave her alone until then, unless she is past `version` already or somebody hurries."""
        fresh = version >= self._news.get(customer_id, 0) and customer_id not in self._until
        self._until[customer_id] = until if fresh else 0
        self._news[customer_id] = version

    def hurry(self, customer_id: str) -> None:
        """Look at her as soon as may be."""
        self._until[customer_id] = 0

    def knows(self, customer_id: str) -> bool:
        """Whether it is news here when she changes."""
        return customer_id in self._news

    def changed(self, customer_id: str, version: int) -> bool:
        """She changed: what was known when she was put off no longer counts. Answers whether she was."""
        if version <= self._news.get(customer_id, LAST_VERSION):
            return False
        self._news[customer_id] = version
        if customer_id not in self._until:
            return False
        self.hurry(customer_id)
        return True

    def changed_all(self) -> None:
        """Anyone may have changed."""
        self._until = dict.fromkeys(self._until, 0)
        self._news = dict.fromkeys(self._news, LAST_VERSION)

    def is_put_off(self, customer_id: str, now: Instant) -> bool:
        """Whether to leave her alone."""
        return self._until.get(customer_id, now) > now

    def turns(self, now: Instant) -> list[str]:
        """Those whose instant has come."""
        return [customer_id for customer_id, until in self._until.items() if until <= now]

    def next_turn(self, now: Instant) -> Instant | None:
        """The next instant after `now` at which someone's comes."""
        return min((until for until in self._until.values() if until > now), default=None)

    @property
    def put_off_count(self) -> int:
        """How many are put off."""
        return len(self._until)

    # -- getting nowhere ----------------------------------------------------------------------------------

    def stumbled(self, customer_id: str) -> int:
        """Nothing came of looking at her; how often in a row."""
        self._stumbles[customer_id] = count = self._stumbles.get(customer_id, 0) + 1
        return count

    def went_well(self, customer_id: str) -> None:
        """Something did."""
        self._stumbles.pop(customer_id, None)

    # -- what channels answered ---------------------------------------------------------------------------

    def answered(self, customer_id: str, key: str, answer: Answer) -> None:
        """Keep what a channel said about an attempt that stays open."""
        self._answers.setdefault(customer_id, {})[key] = answer

    def answer(self, customer_id: str, delivery: Delivery) -> Answer | None:
        """What a channel said about this very attempt."""
        found = self._answers.get(customer_id, {}).get(delivery.id)
        return found if found is not None and found.attempt == delivery.attempts else None

    def settled(self, customer_id: str, key: str) -> None:
        """The attempt has an outcome. Who is looked at or put off as if it had none is looked at again."""
        self.keep_answers(customer_id, self._answers.get(customer_id, {}).keys() - {key})
        if customer_id in self._news:
            self.hurry(customer_id)

    def keep_answers(self, customer_id: str, open_keys: Iterable[str]) -> None:
        """Forget what was said about attempts that have an outcome."""
        answers = self._answers.pop(customer_id, {})
        kept = {key: answers[key] for key in open_keys if key in answers}
        if kept:
            self._answers[customer_id] = kept
