"""`withdraw cross_sell, survey`: messages of these topics that have not left are taken back."""

import msgspec


class Withdraw(msgspec.Struct, frozen=True):
    topics: tuple[str, ...]
