"""Rulebooks over the public API, for the command line: saved, previewed, published, followed, listed.

It knows no secret door. What the service says is wrong is raised as it says it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import Any

import msgspec

from artifact.canonical import derived_id
from artifact.errors import ErrorCode, InputError
from memento.client import Client
from memento.terminal import Advance

ASK_SECONDS = 0.2
PATIENCE_SECONDS = 30.0
"""How long to watch a rollout that does not move: it goes on without us."""

_ERRORS = "userErrors { code message help path }"
_ROLLOUT = "rollout { versionId epoch effectiveAt state total done changed }"
SAVE = f"""mutation Save($input: SaveRulebookInput!) {{
  saveRulebook(input: $input) {{ rulebookVersion {{ id number }} {_ERRORS} }}
}}"""
PUBLISH = f"""mutation Publish($input: PublishRulebookInput!) {{
  publishRulebook(input: $input) {{ {_ROLLOUT} {_ERRORS} }}
}}"""
ROLLBACK = f"""mutation Rollback($input: RollbackRulebookInput!) {{
  rollbackRulebook(input: $input) {{ {_ROLLOUT} {_ERRORS} }}
}}"""
STANDING = f"{{ rulebook {{ epoch live {{ id number }} {_ROLLOUT} }} }}"
VERSIONS = """query Versions($after: Cursor) {
  rulebook { versions(first: 100, after: $after) {
    nodes { id number state author savedAt publishedAt }
    pageInfo { hasNextPage endCursor }
  } }
}"""
TEXT = "query Text($id: ID!) { rulebookVersion(id: $id) { id number state author savedAt publishedAt text } }"
TESTS = "query Tests($id: ID!) { rulebookVersion(id: $id) { check { tests { name passed } } } }"
PREVIEW = """query Preview($id: ID!, $first: Int!, $after: Cursor) {
  previewRulebook(versionId: $id, first: $first, after: $after) {
    customers messages changed failed endCursor
    moves { before after count } causes { reason rule count }
    examples {
      customerId messageId label because
      before { state reason rule explanation } after { state reason rule explanation }
    }
  }
}"""


class Preview(msgspec.Struct, kw_only=True, rename="camel"):
    """All pages of a preview, added up. `failing_tests` are those that would keep it from being published."""

    version_id: str
    customers: int = 0
    messages: int = 0
    changed: int = 0
    failed: int = 0
    moves: list[dict[str, Any]] = []
    causes: list[dict[str, Any]] = []
    examples: list[dict[str, Any]] = []
    failing_tests: list[str] = []


def save(client: Client, text: str, revision: str) -> str:
    """Keep a text; the id of its version. The same text again is the same version."""
    given = {"id": derived_id("rulebook", revision), "text": text}
    return str(_payload(client, SAVE, "saveRulebook", given)["rulebookVersion"]["id"])


def publish(client: Client, version_id: str, **options: Any) -> dict[str, Any]:
    """Publish what nobody else has published since we looked; how it stands."""
    epoch = standing(client)["epoch"]
    call = {"id": derived_id("publish", version_id, str(epoch)), "versionId": version_id}
    given = {**call, "expectedEpoch": epoch, **options}
    return dict(_payload(client, PUBLISH, "publishRulebook", given)["rollout"])


def roll_back(client: Client, version_id: str | None) -> dict[str, Any]:
    """Go back to a version, or to what the newest publication replaced; how it stands."""
    epoch = standing(client)["epoch"]
    call = {"id": derived_id("rollback", version_id or "", str(epoch)), "expectedEpoch": epoch}
    given = {**call, "versionId": version_id}
    return dict(_payload(client, ROLLBACK, "rollbackRulebook", given)["rollout"])


def standing(client: Client) -> dict[str, Any]:
    """The newest epoch, what is in force, and how far the newest publication has got."""
    return dict(client.execute(STANDING)["rulebook"])


def versions(client: Client) -> Iterator[dict[str, Any]]:
    """All saved versions, newest first, without their texts."""
    after = None
    while True:
        page = client.execute(VERSIONS, {"after": after})["rulebook"]["versions"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def version(client: Client, number: int | None) -> dict[str, Any]:
    """A version by its number, with its text; None: the one in force. Raises InputError RULEBOOK_UNKNOWN."""
    if number is None:
        live = standing(client)["live"]
        number = live["number"] if live is not None else 0
    for one in versions(client):
        if one["number"] == number:
            return dict(client.execute(TEXT, {"id": one["id"]})["rulebookVersion"])
    raise InputError(
        ErrorCode.RULEBOOK_UNKNOWN,
        f"no version {number} was saved" if number else "no rulebook is in force",
        help="`memento rulebook list` shows them all",
    )


def preview(client: Client, version_id: str, first: int, advance: Advance) -> Preview:
    """What would change, all pages of it; at most `first` examples."""
    tests = client.execute(TESTS, {"id": version_id})["rulebookVersion"]["check"]["tests"]
    whole = Preview(version_id=version_id, failing_tests=[one["name"] for one in tests if not one["passed"]])
    moves: Counter[tuple[str, str]] = Counter()
    causes: Counter[tuple[str, str | None]] = Counter()
    after = None
    while True:
        asked = {"id": version_id, "first": max(1, first - len(whole.examples)), "after": after}
        page = client.execute(PREVIEW, asked)["previewRulebook"]
        whole.customers += page["customers"]
        whole.messages += page["messages"]
        whole.changed += page["changed"]
        whole.failed += page["failed"]
        moves.update({(one["before"], one["after"]): one["count"] for one in page["moves"]})
        causes.update({(one["reason"], one["rule"]): one["count"] for one in page["causes"]})
        whole.examples = (whole.examples + page["examples"])[:first]
        advance(whole.customers)
        after = page["endCursor"]
        if after is None:
            break
    whole.moves = [{"before": b, "after": a, "count": n} for (b, a), n in _ranked(moves)]
    whole.causes = [{"reason": reason, "rule": rule, "count": n} for (reason, rule), n in _ranked(causes)]
    return whole


def follow(client: Client, rollout: dict[str, Any], hear: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Watch a rollout until it is done, replaced, scheduled, or has not moved for long; how it stands then."""
    moved_at = monotonic()
    while rollout["state"] == "RUNNING" and monotonic() - moved_at < PATIENCE_SECONDS:
        sleep(ASK_SECONDS)
        found = standing(client)["rollout"]
        if found["epoch"] != rollout["epoch"]:
            return {**rollout, "state": "REPLACED"}
        if found["done"] != rollout["done"]:
            moved_at = monotonic()
        rollout = found
        hear(rollout)
    return rollout


def _payload(client: Client, query: str, field: str, given: dict[str, Any]) -> dict[str, Any]:
    payload = client.execute(query, {"input": given})[field]
    for error in payload["userErrors"]:
        path = tuple(error["path"][-1:])
        raise InputError(ErrorCode(error["code"]), error["message"], help=error["help"], path=path)
    return dict(payload)


def _ranked(counts: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
