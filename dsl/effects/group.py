"""`group into billing_digest`: the message goes together with others. When and how is said by the group."""

import msgspec


class GroupInto(msgspec.Struct, frozen=True):
    group: str
    because: dict[str, str] = {}
