"""The demo's picture of a store: how many messages are in which state, and why. Drawn live on a terminal."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from rich.columns import Columns
from rich.console import Console, Group
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from artifact.message import DeliveryState
from store.port import MessageFilter, Store

LEFT = frozenset(DeliveryState) - {DeliveryState.PLANNED, DeliveryState.WITHDRAWN, DeliveryState.SENDING}


class Picture(msgspec.Struct):
    """Counts of messages by state and by reason, and of deliveries that left by channel."""

    messages: int = 0
    states: Counter[str] = msgspec.field(default_factory=Counter)
    reasons: Counter[str] = msgspec.field(default_factory=Counter)
    deliveries: Counter[str] = msgspec.field(default_factory=Counter)


async def picture_of(store: Store) -> Picture:
    """Count all messages of a store."""
    picture, after = Picture(), None
    while True:
        page = await store.messages(MessageFilter(), 1_000, after)
        for row in page.items:
            message = row.message
            picture.messages += 1
            picture.states[message.state.value] += 1
            picture.reasons[message.reason] += 1
            picture.deliveries.update(d.channel.value for d in message.deliveries if d.state in LEFT)
        after = page.after
        if after is None:
            return picture


class Canvas:
    """Where the picture is drawn; does nothing where stdout is no terminal."""

    def __init__(self, live: Live | None) -> None:
        self._live = live

    @property
    def shown(self) -> bool:
        """Whether anybody sees it."""
        return self._live is not None

    def draw(self, title: str, picture: Picture) -> None:
        """Draw it anew."""
        if self._live is not None:
            tables = [
                _table("messages", picture.states),
                _table("because", picture.reasons),
                _table("left by", picture.deliveries),
            ]
            self._live.update(Group(Text(title, style="bold"), Columns(tables, padding=(0, 4))))


@contextmanager
def canvas() -> Iterator[Canvas]:
    """A canvas on the terminal."""
    if not sys.stdout.isatty():
        yield Canvas(None)
        return
    with Live(console=Console(), refresh_per_second=8) as live:
        yield Canvas(live)


def _table(title: str, counts: Counter[str]) -> Table:
    table = Table(title, Column("", justify="right"), box=None)
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:12]:
        table.add_row(plain(name), str(count))
    return table


def plain(code: str) -> str:
    """A code of the contract as it is read on a screen."""
    return code.lower().replace("_", " ") or "-"
