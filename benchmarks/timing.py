"""How long something takes: CPU time of this process, the median of several rounds.

CPU time and not the clock on the wall, so that others on the machine disturb less; where waiting is what counts
(an fsync, another process), the module that measures says so.
"""

from collections.abc import Callable
from statistics import median
from time import process_time


def cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    """CPU seconds of one run of `work`, the median of `rounds`."""
    return median(_once(work) for _ in range(rounds))


def _once(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def cpu_each(work: Callable[[], object], calls: int, rounds: int) -> float:
    """CPU seconds of one call of `work`, from `calls` in a row, the median of `rounds`."""

    def all_of_them() -> None:
        for _ in range(calls):
            work()

    return cpu_seconds(all_of_them, rounds) / calls


def loop_speed(rounds: int) -> float:
    """Nanoseconds of one round of a plain loop: what this machine is worth at this moment."""
    steps = 200_000

    def spin() -> int:
        total = 0
        for step in range(steps):
            total += step & 7
        return total

    return cpu_seconds(spin, rounds) / steps * 1e9
