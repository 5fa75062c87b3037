"""Brings an outcome back to the engine, as an event like any other: there is no second door.

Tells again until it is answered; the event's id makes that safe (I1). Gives up in the end without harm: the attempt
then runs out like one whose process died.
"""

import logging

from artifact.decision import EventStatus
from artifact.errors import ErrorCode, InputError
from artifact.event import Event
from dispatch.clock import Clock
from dispatch.tally import Tally
from engine.pipeline import Engine, Outcome

log = logging.getLogger(__name__)

_TIMES = 60
_TIMES_WHEN_STOPPING = 3
_LONGEST_SECONDS = 5.0


class Teller:
    """Submits outcomes and counts those that the log took in."""

    def __init__(self, engine: Engine, tally: Tally, clock: Clock) -> None:
        self._engine, self._tally, self._clock = engine, tally, clock
        self.stopping = False

    async def tell(self, event: Event) -> None:
        """Tell it until the engine has answered."""
        for attempt in range(_TIMES):
            outcome = await self._submitted(event)
            if outcome is not None:
                self._count(event, outcome)
                return
            if self.stopping and attempt >= _TIMES_WHEN_STOPPING:
                break
            await self._clock.sleep(min(0.05 * 2**attempt, _LONGEST_SECONDS))
        log.error("the outcome %s could not be told; its attempt runs out", event.id)

    async def _submitted(self, event: Event) -> Outcome | None:
        """The answer; None where it is worth telling again."""
        try:
            [outcome] = await self._engine.submit([event])
        except InputError as error:
            log.warning("the outcome %s must wait: %s", event.id, error)
            return None
        except Exception:
            log.exception("the outcome %s was not taken", event.id)
            return None
        return None if outcome.error is not None and outcome.error.retryable else outcome

    def _count(self, event: Event, outcome: Outcome) -> None:
        if outcome.status is EventStatus.ACCEPTED:
            self._tally.told(event.type)
        elif outcome.error is not None and outcome.error.code is not ErrorCode.EVENT_CONFLICT:
            # A conflict only says that another process told this attempt's outcome at another instant.
            log.warning("the outcome %s was refused: %s", event.id, outcome.error)
