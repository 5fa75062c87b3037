"""What publishing and rolling back have in common: who orders, what is answered, and where an error belongs."""

from collections.abc import Awaitable

import strawberry

from artifact.errors import InputError
from engine.pipeline import Engine
from engine.pipeline import rollout as engine_rollout
from schema.enums import RolloutState
from schema.rollout import Rollout
from schema.rulebook_version import Publication, RolloutPayload
from schema.scalars import DateTime
from schema.user_error import UserError
from store import port


async def answered(engine: Engine, work: Awaitable[port.Publication]) -> RolloutPayload:
    """The publication that comes of it, with its rollout; or what was wrong."""
    try:
        publication = await work
        rollout = await engine.rollout(publication)
    except InputError as error:
        return RolloutPayload(publication=None, rollout=None, user_errors=[UserError.of(_placed(error))])
    return RolloutPayload(
        publication=Publication.of(publication), rollout=rollout_of(rollout), user_errors=[]
    )


def rollout_of(rollout: engine_rollout.Rollout) -> Rollout:
    """As the contract shows it."""
    return Rollout(
        version_id=strawberry.ID(rollout.publication.rulebook_id),
        epoch=rollout.publication.epoch,
        effective_at=DateTime(rollout.publication.effective_at),
        state=RolloutState(rollout.state),
        total=rollout.total,
        done=rollout.done,
        changed=rollout.changed,
    )


def _placed(error: InputError) -> InputError:
    """The error at the field of the input that it is about; the engine names the field."""
    path = error.path if error.path[:1] == ("input",) else ("input", *error.path)
    return InputError(error.code, error.message, help=error.help, path=path)
