"""The subscription `rollout`: how far a publication has got, each time it has got further, until it is done.

Progress is asked of the store once in a while, whoever does the work: so it is true behind several processes too.
"""

import asyncio
from collections.abc import AsyncGenerator

from artifact.errors import ErrorCode, InputError
from engine.pipeline import Engine
from engine.pipeline.rollout import Rollout, RolloutState

ASK_SECONDS = 0.5
_OVER = frozenset({RolloutState.DONE, RolloutState.REPLACED})


async def rollouts(engine: Engine, version_id: str) -> AsyncGenerator[Rollout, None]:
    """First where it stands. Raises InputError RULEBOOK_NEVER_PUBLISHED."""
    told = None
    while told is None or told.state not in _OVER:
        found = await _rollout(engine, version_id)
        if found != told:
            told = found
            yield found
        else:
            await asyncio.sleep(ASK_SECONDS)


async def _rollout(engine: Engine, version_id: str) -> Rollout:
    for publication in reversed(await engine.store.publications()):
        if publication.rulebook_id == version_id:
            return await engine.rollout(publication)
    raise InputError(
        ErrorCode.RULEBOOK_NEVER_PUBLISHED,
        f"`{version_id}` was never published",
        help="publish it first; the payload of publishRulebook says how far it has got",
        path=("versionId",),
    )
