"""`setConsent`: a customer gave, refused or withdrew consent."""

from typing import cast

from artifact.errors import InputError
from resolvers.context import Info, acting
from resolvers.door import Own, as_input, submit_own
from schema.consent import SetConsentInput
from schema.customer import Customer
from schema.payloads import CustomerPayload
from schema.user_error import UserError


async def set_consent(info: Info, input: SetConsentInput) -> CustomerPayload:
    """For a category, on one channel or on all."""
    context = info.context
    errors: list[UserError] = []
    try:
        actor = acting(context)
        own = Own(
            input.customer_id,
            input.id,
            f"consent.{input.state.lower()}",
            _data(input),
            cast(str | None, input.at),
        )
        (outcome,) = await submit_own(context.engine, [own], actor)
        if outcome.error is not None:
            errors = [UserError.of(as_input(outcome.error).under("input"))]
    except InputError as error:
        return CustomerPayload(customer=None, user_errors=[UserError.of(error)])
    reading = await context.reader.customer(input.customer_id)
    return CustomerPayload(customer=None if reading is None else Customer.of(reading), user_errors=errors)


def _data(input: SetConsentInput) -> dict[str, object]:
    data: dict[str, object] = {"category": input.category}
    if input.channel is not None:
        data["channel"] = str(input.channel)
    if input.proof is not None:
        data["proof"] = input.proof
    return data
