"""How far a publication has got on its way to all customers."""

import strawberry

from schema.enums import RolloutState
from schema.scalars import DateTime


@strawberry.type(description="A publication on its way to all customers.")
class Rollout:
    version_id: strawberry.ID
    epoch: int
    effective_at: DateTime
    state: RolloutState
    total: int = strawberry.field(description="Customers there are.")
    done: int = strawberry.field(description="Of these, decided under this publication or a later one.")
    changed: int = strawberry.field(
        description="Messages that it changed, of the customers who stand under it now."
    )
