"""What a commit must look like before a store touches it, and what a closed store answers.

A commit that breaks this is our own fault, never a person's, so it is a plain ValueError. Refuses a commit without
entries: a version that does not move could not be compared and set.
"""

from artifact.customer import encode_body
from artifact.errors import ErrorCode, InputError
from store.port import Change, Commit


def check_commit(commit: Commit) -> None:
    """Raise ValueError unless artifact, entries and versions belong together (I7: versions grow by one)."""
    numbers = [entry.n for entry in commit.entries]
    first = commit.expected_version + 1
    if not numbers or numbers != list(range(first, first + len(numbers))):
        raise ValueError(f"entries {numbers} do not follow version {commit.expected_version}")
    if commit.artifact.version != numbers[-1]:
        raise ValueError(f"artifact of version {commit.artifact.version} after entry {numbers[-1]}")
    if commit.artifact.customer_id != commit.customer_id:
        raise ValueError("artifact and commit name two customers")


def body_of(commit: Commit) -> bytes:
    """The artifact's body as it is kept."""
    return commit.body if commit.body is not None else encode_body(commit.artifact.body)


def change_of(commit: Commit) -> Change:
    """What watchers are told once the commit is durable."""
    artifact = commit.artifact
    return Change(commit.customer_id, commit.expected_version, artifact.version, due=artifact.due)


def outdated() -> InputError:
    """What saving a text raises whose author had not seen the newest one."""
    return InputError(
        ErrorCode.EDIT_CONFLICT,
        "another text was saved since the one you began from",
        help="read the newest version, bring your changes into it, and save that",
    )


def closed() -> InputError:
    """What every method of a closed store raises."""
    return InputError(ErrorCode.STORE_UNAVAILABLE, "the store is closed")
