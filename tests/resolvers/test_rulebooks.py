"""`rulebook`, `checkRulebook`, `saveRulebook`, `publishRulebook`: drafts, what is live, and who came first."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.resolvers.world import MANNERS, World

SAVE = """
mutation Save($input: SaveRulebookInput!) {
  saveRulebook(input: $input) {
    rulebookVersion { id number state author text savedAt publishedAt check { ok diagnostics { code line } } }
    userErrors { code path }
  }
}
"""
PUBLISH = """
mutation Publish($input: PublishRulebookInput!) {
  publishRulebook(input: $input) {
    publication { epoch versionId effectiveAt actor }
    userErrors { code path message help }
  }
}
"""
BROKEN = "rulebook x\n  zone nowhere\n"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A service of its own: what is live is one for all customers."""
    world = World()
    world.start()
    yield world
    world.stop()


def save(world: World, id: str, text: str = MANNERS, actor: str | None = "ana") -> dict[str, Any]:
    return world.ask(SAVE, input={"id": id, "text": text}, actor=actor)["saveRulebook"]  # type: ignore[no-any-return]


def publish(world: World, id: str, epoch: int | None = None, actor: str | None = "ana") -> dict[str, Any]:
    input = {"id": world.fresh("p"), "versionId": id, "expectedEpoch": epoch}
    return world.ask(PUBLISH, input=input, actor=actor)["publishRulebook"]  # type: ignore[no-any-return]


def test_a_rulebook_lives_from_draft_to_live_to_replaced(world: World) -> None:
    assert world.ask("{ rulebook { epoch live { id } } }") == {"rulebook": {"epoch": 0, "live": None}}
    saved = save(world, "one")["rulebookVersion"]
    assert (saved["state"], saved["author"], saved["text"], saved["publishedAt"]) == (
        "DRAFT",
        "ana",
        MANNERS,
        None,
    )
    assert saved["check"] == {"ok": True, "diagnostics": []}
    first = publish(world, "one", epoch=0)
    assert first["userErrors"] == []
    assert (first["publication"]["epoch"], first["publication"]["versionId"]) == (1, "one")
    live = world.ask("{ rulebook { epoch live { id state publishedAt } } }")["rulebook"]
    assert (live["epoch"], live["live"]["id"], live["live"]["state"]) == (1, "one", "LIVE")
    assert live["live"]["publishedAt"] == first["publication"]["effectiveAt"]

    assert publish(world, "one")["publication"] == first["publication"], "a retry publishes nothing"
    save(world, "two", MANNERS.replace("Something for you", "A gift"))
    late = publish(world, "two", epoch=0)
    assert late["publication"] is None
    (error,) = late["userErrors"]
    assert (error["code"], error["path"]) == ("EDIT_CONFLICT", ["input", "expectedEpoch"])
    assert publish(world, "two", epoch=1)["publication"]["epoch"] == 2
    states = world.ask("{ rulebook { versions(first: 10) { nodes { id state } } } }")["rulebook"]["versions"][
        "nodes"
    ]
    assert states == [{"id": "two", "state": "LIVE"}, {"id": "one", "state": "REPLACED"}]


def test_a_text_with_errors_is_kept_and_never_published(world: World) -> None:
    saved = save(world, "broken", BROKEN)
    assert saved["userErrors"] == []
    assert saved["rulebookVersion"]["check"]["ok"] is False
    assert saved["rulebookVersion"]["check"]["diagnostics"]
    (error,) = publish(world, "broken")["userErrors"]
    assert (error["code"], error["path"]) == ("RULEBOOK_INVALID", ["input", "versionId"])


def test_saving_again_under_an_id_keeps_the_first_text(world: World) -> None:
    save(world, "kept")
    again = save(world, "kept", BROKEN)["rulebookVersion"]
    assert again["text"] == MANNERS


def test_what_can_be_wrong_with_saving_and_publishing_is_told(world: World) -> None:
    assert publish(world, "nobody")["userErrors"][0]["code"] == "RULEBOOK_UNKNOWN"
    assert save(world, "")["userErrors"] == [{"code": "ID_INVALID", "path": ["input", "id"]}]
    assert save(world, "x" * 10_000)["userErrors"] == [{"code": "ID_INVALID", "path": ["input", "id"]}]
    assert save(world, "nul", "a\x00b")["userErrors"] == [{"code": "TEXT_INVALID", "path": ["input", "text"]}]
    large = save(world, "large", "x" * (2 * 1024 * 1024 + 1))
    assert large["userErrors"] == [{"code": "RULEBOOK_TOO_LARGE", "path": ["input", "text"]}]
    assert save(world, "mine", actor=None)["userErrors"] == [{"code": "ACTOR_MISSING", "path": []}]
    assert publish(world, "one", actor=None)["userErrors"][0]["code"] == "ACTOR_MISSING"


def test_checking_a_text_stores_nothing(world: World) -> None:
    query = """query Check($text: String!) {
      checkRulebook(text: $text) {
        ok cost diagnostics { code severity message help line column endLine endColumn }
      }
    }"""
    good = world.ask(query, text=MANNERS)["checkRulebook"]
    assert (good["ok"], good["diagnostics"]) == (True, [])
    bad = world.ask(query, text=BROKEN)["checkRulebook"]
    assert bad["ok"] is False
    assert all(one["line"] >= 1 and one["column"] >= 1 and one["message"] for one in bad["diagnostics"])


def test_versions_are_paged_newest_first(world: World) -> None:
    for number in range(3):
        save(world, f"paged{number}")
    query = """query Versions($after: Cursor) {
      rulebook { versions(first: 2, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } }
    }"""
    numbers: list[int] = []
    after = None
    while True:
        page = world.ask(query, after=after)["rulebook"]["versions"]
        numbers += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == len(set(numbers)) >= 3
