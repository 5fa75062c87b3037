"""How large a run is: full, for figures; tiny, to see that every benchmark still works."""

from dataclasses import dataclass

from resolvers.surface import DEFAULT_SURFACE


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of a run, how long a service rests before it is measured, and its deadline for a reader. A tiny run's figures mean nothing."""

    rounds: int = 5
    calls: int = 300
    rules: int = 1_000
    many_rules: int = 10_000
    customers: int = 10_000
    events: int = 20_000
    deep: int = 9_900
    requests: int = 2_000
    sockets: int = 1_000
    settle_seconds: float = 1
    send_seconds: float = DEFAULT_SURFACE.send_seconds


FULL = Scale()
TINY = Scale(
    rounds=1,
    calls=2,
    rules=20,
    many_rules=40,
    customers=12,
    events=120,
    deep=70,
    requests=4,
    sockets=3,
    settle_seconds=0,
    send_seconds=0.1,
)
