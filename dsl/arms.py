"""In which arm of an experiment a customer is: a hash of two names, which nothing can move."""

from functools import lru_cache
from hashlib import blake2b

from dsl.reading import Env
from dsl.typed import InArm


@lru_cache(maxsize=65_536)
def share_of(experiment: str, customer: str) -> int:
    """Where a customer stands in an experiment: from 0, below dsl.program.WHOLE_SHARE.

    It follows from the two names alone, so neither a new version of the rulebook, nor another process, nor the order
    of anything moves her; in another experiment she stands elsewhere.
    """
    digest = blake2b(f"{experiment}\0{customer}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")


def in_arm(env: Env, arm: InArm) -> bool | None:
    """Whether the customer is in an arm of an experiment; where none is at hand, nobody knows."""
    customer = env.asked.customer if env.asked is not None else ""
    return arm.low <= share_of(arm.experiment, customer) < arm.high if customer else None
