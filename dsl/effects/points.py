"""`add 15 to churn`, `subtract 5 from churn`: points for a score of the customer."""

import msgspec


class AddPoints(msgspec.Struct, frozen=True):
    """`amount` is below zero where points are subtracted. `because` is the author's reason by language."""

    score: str
    amount: int | float
    because: dict[str, str] = {}
