"""What deciding may look at besides the artifact: the rulebook in force, the limits, the environment. No clock."""

from dataclasses import dataclass

from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Scene:
    """One setting of a step. `revision` is empty where no rulebook is live; `environment` goes into the log."""

    book: Rulebook | None
    revision: str = ""
    limits: Limits = DEFAULT_LIMITS
    environment: str = ""
