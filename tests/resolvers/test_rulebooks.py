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
BACK = """
mutation Back($input: RollbackRulebookInput!) {
  rollbackRulebook(input: $input) { publication { epoch versionId } userErrors { code path } }
}
"""
PREVIEW = """
query Preview($id: ID!, $first: Int!, $after: Cursor) {
  previewRulebook(versionId: $id, first: $first, after: $after) {
    customers messages changed endCursor
    moves { before after count } causes { reason rule count }
    examples {
      customerId messageId label because
      before { state reason rule explanation } after { state reason rule explanation }
    }
  }
}
"""
WAIT = """
message rule "News waits"
  for topic claim_update
  then postpone for 2 days because "News has to settle"
end
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


def in_force(world: World, id: str, text: str) -> None:
    save(world, id, text)
    assert publish(world, id)["userErrors"] == []


def swept(world: World) -> None:
    while world.run(world.engine.sweep()):
        pass


def test_a_text_that_was_begun_from_an_older_one_is_not_kept(world: World) -> None:
    save(world, "mine")
    save(world, "theirs", actor="bob")
    input = {"id": "late", "text": MANNERS, "baseVersionId": "mine"}
    late = world.ask(SAVE, input=input)["saveRulebook"]
    assert late["rulebookVersion"] is None
    assert late["userErrors"] == [{"code": "EDIT_CONFLICT", "path": ["input", "baseVersionId"]}]
    kept = world.ask(SAVE, input={**input, "baseVersionId": "theirs"})["saveRulebook"]
    assert kept["rulebookVersion"]["id"] == "late"
    assert world.ask(SAVE, input={**input, "baseVersionId": "mine"})["saveRulebook"] == kept, "a retry"
    unknown = world.ask(SAVE, input={**input, "id": "x9", "baseVersionId": "nobody"})["saveRulebook"]
    assert unknown["userErrors"] == [{"code": "RULEBOOK_UNKNOWN", "path": ["input", "baseVersionId"]}]


def test_a_preview_counts_and_words_what_publishing_then_changes(world: World) -> None:
    in_force(world, "before", MANNERS)
    ids = [world.request(world.fresh("waiting"), data={"claim_id": "S-1"}) for _ in range(3)]
    save(world, "slower", MANNERS + WAIT)
    preview = world.ask(PREVIEW, id="slower", first=2)["previewRulebook"]
    assert preview["endCursor"] is None
    assert preview["changed"] >= 3
    assert {"reason": "rule", "rule": "News waits", "count": preview["changed"]} in preview["causes"]
    assert sum(move["count"] for move in preview["moves"]) == preview["changed"]
    assert len(preview["examples"]) == 2
    example = preview["examples"][0]
    assert (example["after"]["state"], example["because"]) == ("WAITING", "News has to settle")
    assert "News has to settle".lower() in example["after"]["explanation"].lower()
    assert example["before"]["explanation"] != example["after"]["explanation"]
    assert world.ask("{ rulebook { live { id } } }")["rulebook"]["live"]["id"] == "before", "nothing changed"

    published = publish(world, "slower")
    assert published["userErrors"] == []
    swept(world)
    rollout = world.ask("{ rulebook { rollout { versionId state total done changed } } }")["rulebook"][
        "rollout"
    ]
    assert rollout["versionId"] == "slower"
    assert (rollout["state"], rollout["done"]) == ("DONE", rollout["total"])
    assert rollout["changed"] == preview["changed"]
    assert all(world.run(world.engine.store.message(id)).message.rule == "News waits" for id in ids)  # type: ignore[union-attr]


def test_a_preview_of_what_cannot_go_live_says_why(world: World) -> None:
    save(world, "hopeless", BROKEN)
    assert world.code_of(PREVIEW, id="hopeless", first=1) == "RULEBOOK_INVALID"
    (unknown,) = world.post(PREVIEW, id="nowhere", first=1)["errors"]
    assert (unknown["extensions"]["code"], unknown["extensions"]["path"]) == (
        "RULEBOOK_UNKNOWN",
        ["versionId"],
    )
    assert world.code_of(PREVIEW, id="hopeless", first=0) == "PAGE_SIZE"
    save(world, "fine")
    assert world.code_of(PREVIEW, id="fine", first=1, after="zzz") == "CURSOR_INVALID"


def test_going_back_is_a_publication_too(world: World) -> None:
    in_force(world, "good", MANNERS)
    in_force(world, "mistaken", MANNERS + WAIT)
    epoch = world.ask("{ rulebook { epoch } }")["rulebook"]["epoch"]
    stale = world.ask(BACK, input={"id": world.fresh("b"), "expectedEpoch": epoch - 1})["rollbackRulebook"]
    assert stale["userErrors"] == [{"code": "EDIT_CONFLICT", "path": ["input", "expectedEpoch"]}]
    input = {"id": world.fresh("b"), "expectedEpoch": epoch}
    back = world.ask(BACK, input=input)["rollbackRulebook"]
    assert back["publication"] == {"epoch": epoch + 1, "versionId": "good"}
    assert world.ask(BACK, input=input)["rollbackRulebook"] == back, "a retry goes back once"
    save(world, "unborn")
    never = world.ask(BACK, input={"id": world.fresh("b"), "versionId": "unborn"})["rollbackRulebook"]
    assert never["userErrors"] == [{"code": "RULEBOOK_NEVER_PUBLISHED", "path": ["input", "versionId"]}]


def test_a_version_to_come_is_scheduled_and_the_one_in_force_stays_live(world: World) -> None:
    in_force(world, "today", MANNERS)
    save(world, "tomorrow", MANNERS + WAIT)
    at = world.at(3_600)
    input = {"id": world.fresh("p"), "versionId": "tomorrow", "effectiveAt": at}
    answer = world.ask(PUBLISH, input=input)["publishRulebook"]
    assert answer["userErrors"] == []
    nodes = world.ask("{ rulebook { live { id } versions(first: 2) { nodes { id state publishedAt } } } }")
    assert nodes["rulebook"]["live"]["id"] == "today"
    first, second = nodes["rulebook"]["versions"]["nodes"]
    assert (first["id"], first["state"]) == ("tomorrow", "SCHEDULED")
    assert first["publishedAt"] == answer["publication"]["effectiveAt"]
    assert (second["id"], second["state"]) == ("today", "LIVE")
    world.now += 7_200 * 1_000_000
    world.run(world.engine.refresh())
    assert world.ask("{ rulebook { live { id } } }")["rulebook"]["live"]["id"] == "tomorrow"
    past = world.ask(
        PUBLISH, input={**input, "id": world.fresh("p"), "versionId": "today", "effectiveAt": at}
    )
    (error,) = past["publishRulebook"]["userErrors"]
    assert (error["code"], error["path"]) == ("INSTANT_INVALID", ["input", "effectiveAt"])


def test_tests_are_run_when_asked_for_and_before_publishing(world: World) -> None:
    test = """
test "News waits"
  at 2 March 2026 10:00
  when message about claim_update with (claim_id = "S1")
  expect postpone by rule "News waits"
end
"""
    save(world, "tested", MANNERS + WAIT + test)
    query = """query Tests($text: String!) { checkRulebook(text: $text) { tests { name passed detail } } }"""
    passed = world.ask(query, text=MANNERS + WAIT + test)["checkRulebook"]["tests"]
    assert passed == [{"name": "News waits", "passed": True, "detail": None}]
    failing = MANNERS + WAIT.replace("then", "when message.urgency is critical\n  then") + test
    assert world.ask(query, text=failing)["checkRulebook"]["tests"][0]["passed"] is False
    save(world, "failing", failing)
    (error,) = publish(world, "failing")["userErrors"]
    assert (error["code"], error["path"]) == ("RULEBOOK_TESTS_FAILED", ["input", "versionId"])
    input = {"id": world.fresh("p"), "versionId": "failing", "evenIfTestsFail": True}
    assert world.ask(PUBLISH, input=input)["publishRulebook"]["userErrors"] == []


def test_a_rollout_is_followed_until_it_is_done(world: World) -> None:
    in_force(world, "followed", MANNERS + WAIT.replace("2 days", "5 days"))
    with world.socket() as client:
        client.subscribe("1", 'subscription { rollout(versionId: "followed") { state total done changed } }')
        first = client.next()["payload"]["data"]["rollout"]
        assert first["state"] == "RUNNING"
        assert first["done"] < first["total"]
        swept(world)
        last = first
        while last["state"] != "DONE":
            last = client.next()["payload"]["data"]["rollout"]
        assert last["done"] == last["total"]
        assert client.next() == {"id": "1", "type": "complete"}
        client.subscribe("2", 'subscription { rollout(versionId: "nothing") { state } }')
        assert client.next()["payload"][0]["extensions"]["code"] == "RULEBOOK_NEVER_PUBLISHED"
