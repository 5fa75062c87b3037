"""`publishRulebook`: put a saved version into force. Returns at once; what waits is decided anew afterwards."""

from artifact.errors import ErrorCode, InputError
from resolvers.context import Info, acting
from schema.rulebook_version import Publication, PublishRulebookInput, RolloutPayload
from schema.user_error import UserError


async def publish_rulebook(info: Info, input: PublishRulebookInput) -> RolloutPayload:
    """Publishing what is live already answers with its publication, so that a retry does not publish twice."""
    engine = info.context.engine
    try:
        actor = acting(info.context)
        publications = await engine.store.publications()
        if publications and publications[-1].rulebook_id == input.version_id:
            return RolloutPayload(publication=Publication.of(publications[-1]), user_errors=[])
        publication = await engine.publish_rulebook(input.version_id, actor, input.expected_epoch)
    except InputError as error:
        return RolloutPayload(publication=None, user_errors=[UserError.of(_placed(error))])
    return RolloutPayload(publication=Publication.of(publication), user_errors=[])


_FIELDS = {
    ErrorCode.RULEBOOK_UNKNOWN: "versionId",
    ErrorCode.RULEBOOK_INVALID: "versionId",
    ErrorCode.EDIT_CONFLICT: "expectedEpoch",
}


def _placed(error: InputError) -> InputError:
    """The error at the field of this input that it is about."""
    path = ("input", _FIELDS[error.code]) if error.code in _FIELDS else error.path
    return InputError(error.code, error.message, help=error.help, path=path)
