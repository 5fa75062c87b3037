"""What a condition is once it is ready to run, and what rules about events and about messages have in common besides."""

from collections.abc import Callable

from dsl.clock import inside
from dsl.program import Validity
from dsl.reading import Env
from dsl.typed import Condition
from dsl.values import day_start

Test = Callable[[Env], bool | None]
Compile = Callable[[Condition], Test]


def valid(validity: Validity, env: Env) -> bool:
    """Whether a rule is valid at the time of the evaluation; notes when that changes."""
    last = None if validity.last is None else day_start(validity.last + 1, env.zone)
    return inside(env, (day_start(validity.first, env.zone), last))


def fault_of(error: Exception) -> str:
    """An error of a rule in the author's words."""
    if isinstance(error, OverflowError | ValueError):
        return "a date beyond the calendar"
    return str(getattr(error, "message", "")) or "the calculation failed"
