"""`customer`: the working memory of one customer, field by field."""

from typing import Any

import pytest

from artifact.instant import DAY, format_instant, parse_instant
from dsl.groups import LAYOUT
from tests.resolvers.world import World


def customer(world: World, id: str, fields: str, **more: Any) -> Any:
    query = f"query One($id: ID!, $asOf: DateTime, $knownAt: DateTime) {{ customer(id: $id, asOf: $asOf, knownAt: $knownAt) {{ {fields} }} }}"
    return world.ask(query, id=id, **more)["customer"]


def test_a_customer_nobody_knows_is_nothing(world: World) -> None:
    assert customer(world, "nobody", "id") is None
    assert customer(world, "", "id") is None
    assert customer(world, "x" * 10_000, "id") is None


def test_who_she_is_and_what_is_known_of_her(world: World) -> None:
    id = world.fresh()
    world.tell(
        world.event(id, "customer.updated", name="Ana"),
        world.event(id, "customer.alias_added", kind="EMAIL", value="ana@example.org"),
        world.event(id, "customer.kind_changed", kind="LEAD"),
        world.event(
            id, "preference.set", language="es", zone="Atlantic/Canary", favouriteChannels=["WEB", "SMS"]
        ),
        world.event(id, "consent.refused", category="marketing", channel="SMS"),
    )
    found = customer(
        world,
        id,
        "id kind version asOf facts aliases { kind value } consents { category channel state }"
        " preferences { language timeZone favouriteChannels pausedUntil }",
    )
    assert (found["id"], found["kind"], found["version"]) == (id, "LEAD", 5)
    assert found["facts"] == {"name": "Ana"}
    assert found["aliases"] == [{"kind": "EMAIL", "value": "ana@example.org"}]
    assert found["consents"] == [{"category": "marketing", "channel": "SMS", "state": "REFUSED"}]
    preferences = {"language": "es", "timeZone": "Atlantic/Canary", "favouriteChannels": ["WEB", "SMS"]}
    assert found["preferences"] == {**preferences, "pausedUntil": None}


def test_situations_are_shown_by_kind_and_whether_they_are_open(world: World) -> None:
    id = world.fresh()
    world.tell(
        world.event(id, "claim.opened", claim_id="S-1", kind="water"),
        world.event(id, "claim.opened", claim_id="S-2", kind="theft"),
        world.event(id, "claim.closed", claim_id="S-1"),
    )
    fields = "kind reference state open label closedAt data"
    everything = customer(world, id, f"situations {{ {fields} }}")["situations"]
    assert [(one["reference"], one["open"]) for one in everything] == [("S-1", False), ("S-2", True)]
    assert everything[1]["data"] == {"kind": "theft"}
    assert everything[1]["closedAt"] is None
    assert everything[0]["closedAt"] is not None
    open_ones = customer(world, id, 'situations(open: true, kind: "claim") { reference }')["situations"]
    assert open_ones == [{"reference": "S-2"}]
    assert customer(world, id, 'situations(kind: "debt") { reference }')["situations"] == []


def test_what_an_offer_waits_for_is_told_in_words_and_codes(world: World) -> None:
    id = world.fresh()
    world.tell(
        world.event(id, "consent.given", category="marketing"),
        world.event(id, "claim.opened", claim_id="S-1", kind="water"),
    )
    message = world.request(id, "offer")
    found = customer(
        world,
        id,
        """messages {
          nodes {
            id state reason rule label explanation
            holds { kind gate rule because since until }
            allowedActions { action allowed because }
            decisions(first: 5) {
              nodes {
                state cause reason rulebookVersionId reads { fact value known }
                gates { name outcome } rules { rule result because failedCondition detail }
              }
            }
          }
        }""",
    )
    (node,) = found["messages"]["nodes"]
    rule = "Nobody is sold anything while we settle a claim"
    assert (node["id"], node["state"]) == (message, "WAITING")
    (hold,) = [one for one in node["holds"] if one["rule"]]
    assert (hold["kind"], hold["gate"], hold["rule"]) == ("WHILE", "RULES", rule)
    assert hold["because"] == "A claim is being settled"
    assert "a claim is being settled" in node["explanation"]
    assert [one["action"] for one in node["allowedActions"]] == ["TELL"]
    decision = node["decisions"]["nodes"][0]
    assert decision["rulebookVersionId"].startswith("book")
    (trace,) = decision["rules"]
    assert (trace["rule"], trace["result"], trace["because"]) == (rule, "FIRED", "A claim is being settled")
    assert "RULES" in [gate["name"] for gate in decision["gates"]]


def test_of_a_rule_that_was_not_met_the_failed_condition_is_told_and_those_before_it_that_nobody_asked(
    world: World,
) -> None:
    id = world.fresh()
    world.tell(world.event(id, "claim.opened", claim_id="S-1", kind="water"))
    world.request(id, "claim_update", data={"claim_id": "S-1"})
    traced = "decisions(first: 1) { nodes { rules { rule result failedCondition unaskedConditions } } }"
    (node,) = customer(world, id, f"messages {{ nodes {{ {traced} }} }}")["messages"]["nodes"]
    assert node["decisions"]["nodes"][0]["rules"] == [
        {
            "rule": "No flood of news of a theft",
            "result": "NOT_MET",
            "failedCondition": "claim.kind is theft",
            "unaskedConditions": ["number of messages in the last 24 hours is at least 50"],
        }
    ]


def test_a_decision_owns_that_rules_it_once_looked_at_can_no_longer_be_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = world.fresh()
    world.request(id, "claim_update", data={"claim_id": "S-1"})
    told = 'decisions(first: 1) { nodes { rules { rule } untold spanish: untold(language: "es") } }'

    def decision() -> dict[str, Any]:
        (node,) = customer(world, id, f"messages {{ nodes {{ {told} }} }}")["messages"]["nodes"]
        found: dict[str, Any] = node["decisions"]["nodes"][0]
        return found

    assert decision() == {"rules": [{"rule": "No flood of news of a theft"}], "untold": None, "spanish": None}
    monkeypatch.setattr("dsl.judge.LAYOUT", LAYOUT + 1)
    later = decision()
    assert later["rules"] == []
    assert later["untold"].startswith("Which rules were looked at and not met can no longer be told")
    assert later["spanish"].startswith("Ya no se puede decir")


def test_a_place_shows_what_was_handed_over_until_it_was_seen(world: World) -> None:
    id = world.fresh()
    delivery = world.show(id)
    fields = "id channel state subject body short language data proof plannedAt message { id state }"
    query = f"unreadCount(channel: WEB) inbox(channel: WEB) {{ {fields} }}"
    before = customer(world, id, query)
    assert before["unreadCount"] == 1
    (shown,) = before["inbox"]
    assert (shown["id"], shown["state"], shown["language"]) == (delivery, "HANDED_OVER", "en")
    assert shown["body"] == f"Your claim {shown['data']['claim_id']} moves on."
    world.tell(world.event(id, "delivery.seen", delivery=delivery))
    assert customer(world, id, query)["unreadCount"] == 0
    assert customer(world, id, "unreadCount(channel: SMS)")["unreadCount"] == 0


def test_what_waits_may_be_told_by_an_agent_with_its_words(world: World) -> None:
    id = world.fresh()
    message = world.request(id, data={"claim_id": "S-7"})
    (item,) = customer(world, id, "inbox(channel: CONTACT_CENTRE) { body message { id explanation } }")[
        "inbox"
    ]
    assert item["message"]["id"] == message
    assert item["body"], "words or at least a name"
    assert item["message"]["explanation"]


def test_her_messages_are_paged_newest_first_and_filtered(world: World) -> None:
    id = world.fresh()
    asked = [world.request(id, data={"claim_id": f"S-{number}"}) for number in range(5)]
    seen: list[str] = []
    after = None
    for _ in range(3):
        query = """query Page($id: ID!, $after: Cursor) {
          customer(id: $id) { messages(first: 2, after: $after) {
            edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          } }
        }"""
        page = world.ask(query, id=id, after=after)["customer"]["messages"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        after = page["pageInfo"]["endCursor"]
    assert page["pageInfo"]["hasNextPage"] is False
    assert seen == asked[::-1]
    query = 'messages(where: { topic: "offer" }) { nodes { id } }'
    assert customer(world, id, query)["messages"]["nodes"] == []


def test_her_timeline_is_her_log_newest_first(world: World) -> None:
    id = world.fresh()
    for number in range(4):
        world.tell(world.event(id, "note.taken", number=number))
    world.request(id, data={"claim_id": "S-1"})
    query = """query Timeline($id: ID!, $after: Cursor) {
      customer(id: $id) { timeline(first: 2, after: $after) {
        nodes { version kind status event { type data source actor } decisions { state message { id } } }
        pageInfo { hasNextPage endCursor }
      } }
    }"""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        page = world.ask(query, id=id, after=after)["customer"]["timeline"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [node["version"] for node in nodes] == [5, 4, 3, 2, 1]
    assert nodes[0]["event"]["type"] == "message.requested"
    assert len(nodes[0]["decisions"]) == 1
    assert nodes[-1]["event"]["data"] == {"number": 0}


def test_she_is_read_as_of_an_instant_as_we_knew_it_then(world: World) -> None:
    id = world.fresh()
    world.tell(world.event(id, "customer.updated", name="Before"))
    between = world.now
    world.days_pass(1)
    late = world.event(id, "customer.updated", name="After")
    world.tell(late)
    world.now += 10
    first = format_instant(between)
    assert customer(world, id, "facts asOf", asOf=first) == {"facts": {"name": "Before"}, "asOf": first}
    assert customer(world, id, "facts", knownAt=first)["facts"] == {"name": "Before"}
    assert customer(world, id, "facts")["facts"] == {"name": "After"}
    world.now -= DAY


@pytest.mark.parametrize("argument", ["asOf", "knownAt"])
@pytest.mark.parametrize(
    ("text", "code"),
    [("2026-11-21T09:00:00", "INSTANT_WITHOUT_OFFSET"), ("soon", "INSTANT_INVALID"), ("", "INSTANT_INVALID")],
)
def test_an_instant_that_cannot_be_read_is_told_with_its_argument(
    world: World, argument: str, text: str, code: str
) -> None:
    (error,) = world.post(f'{{ customer(id: "c", {argument}: "{text}") {{ id }} }}')["errors"]
    assert (error["extensions"]["code"], error["extensions"]["path"]) == (code, [argument])
    assert error["extensions"]["docs"] == f"docs/errors/{code}.md"
    assert error["path"] == ["customer"]


def test_scores_are_worked_out_with_their_reasons_and_keep_what_events_made_of_them(world: World) -> None:
    id = world.fresh()
    world.tell(
        world.event(id, "preference.set", language="es"),
        world.event(id, "claim.opened", claim_id="S-1", kind="water"),
    )
    fields = "scores { name value at reasons history { at value } }"
    [score] = customer(world, id, fields)["scores"]
    assert (score["name"], score["value"], score["reasons"]) == ("trust", 3, ["Hay un siniestro abierto"])
    assert score["history"] == []
    closed = world.event(id, "claim.closed", claim_id="S-1")
    world.tell(closed)
    [score] = customer(world, id, fields)["scores"]
    assert (score["value"], score["reasons"]) == (8.5, ["Se resolvió un siniestro"])
    [point] = score["history"]
    assert point["value"] == 8.5
    later = f'scores {{ history(since: "{format_instant(parse_instant(point["at"]) + 1)}") {{ value }} }}'
    assert customer(world, id, later)["scores"] == [{"history": []}]
