"""What mutations about a customer or her messages answer: the thing as it now is, or what was wrong."""

import strawberry

from schema.customer import Customer
from schema.message import Message
from schema.scalars import DateTime
from schema.user_error import UserError


@strawberry.type(description="The customer as she now is.")
class CustomerPayload:
    customer: Customer | None
    user_errors: list[UserError]


@strawberry.type(description="The message as it now is.")
class MessagePayload:
    message: Message | None
    user_errors: list[UserError]


@strawberry.type(description="The messages that were touched, as they now are.")
class MessagesPayload:
    messages: list[Message]
    user_errors: list[UserError]


@strawberry.input(description="That a person of the brand told the customer.")
class TellMessageInput:
    id: strawberry.ID = strawberry.field(description="The same id again is answered, not done again.")
    message_id: strawberry.ID
    interaction_id: strawberry.ID | None = strawberry.field(
        default=None, description="The call or visit in which it was told."
    )
    wording_shown: str | None = strawberry.field(default=None, description="The words she saw on her screen.")
    at: DateTime | None = strawberry.field(default=None, description="When it was told; without it, now.")
