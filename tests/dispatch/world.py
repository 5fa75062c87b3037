"""A small world: one store, a rulebook in force, engines and dispatchers as processes would have them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from artifact.channel import PLACES, SENDS, Channel
from artifact.customer import Artifact, encode_body
from artifact.decision import EventStatus
from artifact.event import Event
from artifact.instant import Instant, format_instant
from artifact.message import Delivery, Message
from channels.place import Place
from channels.port import Certainty, ChannelPort
from dispatch import Dispatcher, DispatchSettings
from dsl.compile import Checked, compile_rulebook
from engine.intake import event_from, request_event_from
from engine.pipeline import Engine, Outcome
from engine.pipeline.replay import Replay
from store.port import Store
from tests.dispatch.clock import StandingClock, madrid
from tests.dispatch.far_side import FarSide

MANNERS = """
rulebook manners
  zone "Europe/Madrid"
end
vocabulary
  customer.silent: yes or no
end
calendar
  quiet hours for sms, push 22:00 to 8:00
end
category service basis contract urgency normal channels sms, email, letter end
category marketing basis consent urgency low channels sms end
topic notice category service template notice end
topic offer category marketing template notice end
topic shown category service template notice channels web end
topic mail category service template notice channels email end
topic post category service template notice channels letter end
topic broken category service template broken channels sms, email end
template notice
  in English text "Hello {{ message.word }}"
end
template broken
  by sms in English text "Hello {{ message.nothing_there }}"
  by email in English subject "News" body << Hello {{ message.word }} >>
end
message rule "Silence is kept"
  if unknown ignore
  for topic notice
  when customer.silent is yes
  then block because "She asked for silence"
end
"""


@lru_cache
def compiled(text: str) -> Checked:
    checked = compile_rulebook(text)
    assert checked.rulebook is not None, checked.diagnostics
    return checked


async def check(text: str) -> Checked:
    return compiled(text)


class World:
    """`sides` are the far sides of the send channels; places are real."""

    def __init__(self, store: Store, clock: StandingClock) -> None:
        self.store, self.clock = store, clock
        self.sides = {channel: FarSide(channel) for channel in SENDS}
        self.channels: dict[Channel, ChannelPort] = {
            **self.sides,
            **{channel: Place(channel) for channel in PLACES},
        }
        self._engines: list[Engine] = []

    @property
    def sms(self) -> FarSide:
        return self.sides[Channel.SMS]

    def becomes(self, channel: Channel, certainty: Certainty) -> FarSide:
        """Give a channel a far side of another certainty."""
        side = FarSide(channel, certainty)
        self.sides[channel] = self.channels[channel] = side
        return side

    async def engine(self, kind: type[Engine] = Engine) -> Engine:
        """One more process on the store; the first one publishes the manners."""
        engine = kind(self.store, check, environment="test")
        await engine.start()
        self._engines.append(engine)
        if engine.books.live is None:
            await self.publish(engine, MANNERS)
        return engine

    async def publish(self, engine: Engine, text: str) -> None:
        row, _ = await engine.save_rulebook(text, "ana", f"r{len(await self.store.rulebooks(99))}")
        await engine.publish_rulebook(row.id, "ana")

    def dispatcher(
        self, engine: Engine, channels: dict[Channel, ChannelPort] | None = None, **settings: Any
    ) -> Dispatcher:
        return Dispatcher(engine, channels or self.channels, DispatchSettings(**settings), self.clock)

    async def stop(self) -> None:
        for side in self.sides.values():
            await side.close()
        for engine in self._engines:
            await Engine.stop(engine)
        await self.store.close()

    # -- what happens -------------------------------------------------------------------------------------

    async def tell(self, engine: Engine, event: Event) -> Outcome:
        [outcome] = await engine.submit([event])
        return outcome

    async def ask(self, engine: Engine, topic: str = "notice", customer: str = "ada", **given: Any) -> str:
        """Ask for a message; its id."""
        asked = {
            "id": given.pop("id", topic),
            "customerId": customer,
            "topic": topic,
            "source": "claims",
            "at": format_instant(self.clock.now()),
            "data": {"word": "you"},
            **given,
        }
        outcome = await self.tell(engine, request_event_from(asked, engine.limits, self.clock.now()))
        assert outcome.status is EventStatus.ACCEPTED, outcome.error
        assert outcome.message_id is not None
        return outcome.message_id

    async def happen(self, engine: Engine, type: str, customer: str = "ada", **data: Any) -> Outcome:
        """Something happens, by a mutation of ours or a system's event."""
        given = {"id": f"{type}-{self.clock.now()}", "customerId": customer, "source": "crm", "type": type}
        event = event_from(
            {**given, "at": format_instant(self.clock.now()), "data": data},
            engine.limits,
            self.clock.now(),
            internal=True,
        )
        return await self.tell(engine, event)

    # -- what is so ---------------------------------------------------------------------------------------

    async def artifact(self, customer: str = "ada") -> Artifact:
        artifact = await self.store.artifact(customer)
        assert artifact is not None
        return artifact

    async def message(self, id: str) -> Message:
        row = await self.store.message(id)
        assert row is not None
        return row.message

    async def delivery(self, id: str, channel: Channel = Channel.SMS) -> Delivery:
        return next(d for d in (await self.message(id)).deliveries if d.channel is channel)

    async def is_what_its_log_says(self, engine: Engine, customer: str = "ada") -> bool:
        """I3: the log run again gives the artifact's body, byte for byte."""
        again, replay = Artifact(customer), Replay(self.store, engine.books, engine.limits)
        for entry in await self.store.history(customer):
            again = (await replay.step(again, entry)).artifact
        return encode_body(again.body) == encode_body((await self.artifact(customer)).body)

    async def settle_all(self, dispatcher: Dispatcher, until: Instant) -> None:
        """Let time pass, from one due instant to the next, until then or until nothing is due any more."""
        await dispatcher.drain()
        while coming := await self._coming(until):
            self.clock.go(coming)
            await dispatcher.drain()

    async def _coming(self, until: Instant) -> Instant | None:
        """The next instant, a second ahead at least: what is due and cannot be done yet is waited for."""
        due = await self.store.due(until, 1)
        at = max(due[0].due, self.clock.now() + 1_000_000) if due else None
        return at if at is not None and at <= until else None


@asynccontextmanager
async def world_on(store: Store, clock: StandingClock) -> AsyncIterator[World]:
    world = World(store, clock)
    try:
        yield world
    finally:
        await world.stop()


NOON = madrid("12:00:00")
