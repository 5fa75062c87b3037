"""`saveRulebook`: keep a text. With errors it can be kept, never published."""

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from engine.plain import expect_id, expect_text
from resolvers.context import Info, acting
from resolvers.reader import standing
from schema.rulebook_version import RulebookVersion, RulebookVersionPayload, SaveRulebookInput
from schema.user_error import UserError


async def save_rulebook(info: Info, input: SaveRulebookInput) -> RulebookVersionPayload:
    """Who acts is its author."""
    engine = info.context.engine
    try:
        actor = acting(info.context)
        id = expect_id(input.id, ("input", "id"), engine.limits)
        text = _text(input.text, engine.limits)
        row, _ = await engine.save_rulebook(text, actor, id, input.base_version_id)
        saved = standing(row, await engine.store.publications(), engine.now())
    except InputError as error:
        return RulebookVersionPayload(rulebook_version=None, user_errors=[UserError.of(_placed(error))])
    return RulebookVersionPayload(rulebook_version=RulebookVersion.of(saved), user_errors=[])


def _placed(error: InputError) -> InputError:
    if error.code not in {ErrorCode.EDIT_CONFLICT, ErrorCode.RULEBOOK_UNKNOWN}:
        return error
    return InputError(error.code, error.message, help=error.help, path=("input", "baseVersionId"))


def _text(text: str, limits: Limits) -> str:
    """A text that can be kept; what its author got wrong in it is the checker's business."""
    if len(text.encode(errors="replace")) > limits.rulebook_bytes:
        raise InputError(
            ErrorCode.RULEBOOK_TOO_LARGE,
            f"a rulebook has up to {limits.rulebook_bytes} bytes",
            path=("input", "text"),
        )
    return expect_text(text, ("input", "text"), limits.rulebook_bytes)
