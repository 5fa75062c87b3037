"""What every resolver finds in `info.context`: one for each operation, made at the border."""

import strawberry
from msgspec import Struct

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from engine.pipeline import Engine
from resolvers.hub import Hub
from resolvers.reader import EngineReader


class Context(Struct, frozen=True):
    """Who acts, and everything an operation may use."""

    engine: Engine
    hub: Hub
    reader: EngineReader
    actor: str | None = None

    @property
    def limits(self) -> Limits:
        """The installation's limits."""
        return self.engine.limits


Info = strawberry.Info[Context, None]


def acting(context: Context) -> str:
    """Who acts. Raises InputError ACTOR_MISSING: what is done without a name cannot be accounted for."""
    if not context.actor:
        raise InputError(
            ErrorCode.ACTOR_MISSING,
            "nobody is named as acting",
            help="send the header `X-Memento-Actor` with the name of the person or system that acts",
        )
    return context.actor
