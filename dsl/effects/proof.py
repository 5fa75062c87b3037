"""`require proof by letter`: a delivery demanded as proof is never withdrawn because another was seen."""

import msgspec

from artifact.channel import Channel


class RequireProof(msgspec.Struct, frozen=True):
    """`channels` empty: the first of the plan."""

    channels: tuple[Channel, ...] = ()
    because: dict[str, str] = {}
