"""What every endpoint of one service shares. Made once, when the service starts; there are no globals."""

import msgspec

from artifact.limits import Limits
from engine.pipeline import Engine
from resolvers.context import Context
from resolvers.executor import Executor
from resolvers.hub import Hub
from resolvers.reader import EngineReader
from resolvers.surface import Surface


class Service(msgspec.Struct, frozen=True):
    """An engine, and how it is served."""

    engine: Engine
    hub: Hub
    executor: Executor
    surface: Surface

    @property
    def limits(self) -> Limits:
        """The installation's limits."""
        return self.engine.limits

    def context(self, actor: str | None) -> Context:
        """A context for one operation."""
        return Context(self.engine, self.hub, EngineReader(self.engine), actor)
