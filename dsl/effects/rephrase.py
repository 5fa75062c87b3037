"""`rephrase with gentle`: another template around, or instead of, the message's own words."""

import msgspec


class Rephrase(msgspec.Struct, frozen=True):
    template: str
    because: dict[str, str] = {}
