"""Plays a day through the public API, on virtual time.

The service does not know it: its store was opened with a clock that only the player moves. Between two instants at
which somebody does something, the clock goes from one due instant to the next and dispatch does what is due at each,
so that what leaves, leaves at its very minute, however fast the machine is. That makes the same seed end the same.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from artifact.instant import Instant, format_instant
from memento.client import Client
from memento.clock import VirtualClock
from memento.demo.action import Action, Kind
from memento.serving import Serving

INGEST = """mutation($inputs: [EventInput!]!) {
  ingestEvents(inputs: $inputs) { results { status userErrors { code } } userErrors { code message } }
}"""
REQUEST = """mutation($inputs: [MessageRequestInput!]!) {
  requestMessages(inputs: $inputs) { results { status userErrors { code } } userErrors { code message } }
}"""
CONSENT = (
    """mutation($input: SetConsentInput!) { setConsent(input: $input) { userErrors { code message } } }"""
)
INBOX = """query($id: ID!, $channel: Channel!) {
  customer(id: $id) { inbox(channel: $channel) { id state message { id state } } }
}"""
SEEN = """mutation($input: AcknowledgeDeliveriesInput!) {
  acknowledgeDeliveries(input: $input) { userErrors { code message } }
}"""
TELL = (
    """mutation($input: TellMessageInput!) { tellMessage(input: $input) { userErrors { code message } } }"""
)

BATCH = 100
_DUE_AT_ONCE = 1_000


class Player:
    """Moves the clock of one service and does what the day says. It counts how its calls were answered."""

    def __init__(self, service: Serving, client: Client, clock: VirtualClock) -> None:
        self._service = service
        self._client = client
        self._clock = clock
        self._calls: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.done = 0

    async def play(self, actions: Iterable[Action], end: Instant, on_step: Callable[[Instant], None]) -> None:
        """The whole day, in its order."""
        for instant, group in groupby(actions, key=lambda action: action.at):
            await self._pass_time(instant)
            for kind, same in groupby(group, key=lambda action: action.kind):
                await self._do(kind, [action.body for action in same])
            await self._service.dispatcher.drain()
            on_step(instant)
        await self._pass_time(end)
        on_step(end)

    async def _pass_time(self, until: Instant) -> None:
        """Stop at every instant at which something is due."""
        while (due := await self._next_due(until)) is not None:
            self._clock.move_to(due)
            await self._service.dispatcher.drain()
        self._clock.move_to(until)
        await self._service.dispatcher.drain()

    async def _next_due(self, until: Instant) -> Instant | None:
        # Who is put off stands in front with an instant that has passed; what is ahead is what counts.
        found = await self._service.store.due(until, _DUE_AT_ONCE)
        return next((one.due for one in found if one.due > self._clock()), None)

    async def _do(self, kind: Kind, bodies: list[dict[str, Any]]) -> None:
        self.done += len(bodies)
        match kind:
            case Kind.EVENT:
                await self._in_batches(INGEST, "ingestEvents", bodies)
            case Kind.REQUEST:
                await self._in_batches(REQUEST, "requestMessages", bodies)
            case Kind.CONSENT:
                for body in bodies:
                    self._note(await self._call(CONSENT, input=body))
            case Kind.LOOK:
                for body in bodies:
                    await self._look(body["customerId"])
            case Kind.TELL:
                for body in bodies:
                    await self._tell(body["customerId"])

    async def _in_batches(self, mutation: str, field: str, bodies: list[dict[str, Any]]) -> None:
        for start in range(0, len(bodies), BATCH):
            answer = (await self._call(mutation, inputs=bodies[start : start + BATCH]))[field]
            self._note({field: answer})
            for result in answer["results"]:
                self.statuses[result["status"]] += 1
                self.refused.update(error["code"] for error in result["userErrors"])

    async def _look(self, customer: str) -> None:
        """She opens the app: what is shown there is seen."""
        session = self._named(customer, "look")
        await self._interaction(customer, session, "APP")
        shown = await self._inbox(customer, "APP")
        seen = [d["id"] for d in shown if d["state"] in {"HANDED_OVER", "DELIVERED"}]
        if seen:
            outcomes = [{"deliveryId": id, "outcome": "SEEN"} for id in seen]
            call = {"id": session, "customerId": customer, "deliveries": outcomes}
            self._note(await self._call(SEEN, input=call))

    async def _tell(self, customer: str) -> None:
        """She calls: the agent tells her the first thing that has not left."""
        session = self._named(customer, "call")
        await self._interaction(customer, session, "CONTACT_CENTRE")
        waiting = [d["message"] for d in await self._inbox(customer, "CONTACT_CENTRE")]
        tellable = [m["id"] for m in waiting if m["state"] in {"WAITING", "READY"}]
        if tellable:
            told = {"id": f"{session}-told", "messageId": tellable[0], "interactionId": session}
            self._note(await self._call(TELL, input=told))

    async def _interaction(self, customer: str, session: str, channel: str) -> None:
        body = {
            "source": "front-desk",
            "id": session,
            "customerId": customer,
            "type": "interaction.started",
            "at": format_instant(self._clock()),
            "data": {"channel": channel, "session": session},
        }
        await self._in_batches(INGEST, "ingestEvents", [body])

    async def _inbox(self, customer: str, channel: str) -> list[dict[str, Any]]:
        found = (await self._call(INBOX, id=customer, channel=channel))["customer"]
        inbox: list[dict[str, Any]] = found["inbox"] if found is not None else []
        return inbox

    def _named(self, customer: str, what: str) -> str:
        """An id of our own: the same day names the same calls."""
        self._calls[f"{customer}-{what}"] += 1
        return f"{customer}-{what}-{self._calls[f'{customer}-{what}']}"

    async def _call(self, operation: str, **variables: Any) -> dict[str, Any]:
        return await asyncio.to_thread(self._client.execute, operation, variables)

    def _note(self, answer: dict[str, Any]) -> None:
        for payload in answer.values():
            self.refused.update(error["code"] for error in payload["userErrors"])
