"""Checked message rules, remembered by their text and by everything else that they could have looked at.

Of a rulebook with one edited rule, one rule is checked. Only rules without any finding are kept, and none that names
another rule; what is remembered is a value, so nothing depends on whether it was.
"""

from hashlib import blake2b

from dsl.program import MessageRule

_MOST = 20_000
_kept: dict[tuple[bytes, str], MessageRule] = {}


def surroundings(texts: list[str], language: str) -> bytes:
    """A name for everything but the rules themselves."""
    digest = blake2b(language.encode(), digest_size=16)
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.digest()


def recalled(around: bytes, text: str) -> MessageRule | None:
    """The rule that this text was checked to be."""
    return _kept.get((around, text))


def remember(around: bytes, text: str, rule: MessageRule) -> None:
    """Keep a rule that was found to be good."""
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[around, text] = rule
