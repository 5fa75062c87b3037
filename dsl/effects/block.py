"""`block`: this message is not said."""

import msgspec


class Block(msgspec.Struct, frozen=True):
    """The message is blocked for as long as the rule matches. `because` is the author's reason by language."""

    because: dict[str, str] = {}
