"""How much the brand presses on a customer, and what waits to go together, as clients see it."""

from typing import Any

from artifact.instant import DAY, format_instant
from tests.resolvers.world import World

BUDGET = 'contactBudget { cap label(language: "es") used planned limit freesAt }'
MESSAGE = """
query One($id: ID!) { message(id: $id) {
  state label explanation bundle { id label state items { id } } items { id topic }
  holds { kind gate because until } decisions(first: 1) { nodes { gates { name outcome reason sentence } } }
} }
"""


def budget(world: World, customer: str) -> Any:
    found = world.ask(f"query One($id: ID!) {{ customer(id: $id) {{ {BUDGET} }} }}", id=customer)
    return found["customer"]["contactBudget"]


def test_a_cap_tells_what_is_used_and_planned_and_when_there_is_room_again(world: World) -> None:
    id = world.fresh()
    world.tell(world.event(id, "consent.given", category="marketing"))
    empty = {"cap": "monthly_offers", "label": "Ofertas al mes", "limit": 2}
    assert budget(world, id) == [{**empty, "used": 0, "planned": 0, "freesAt": None}]
    sent = {"topic": "offer", "channel": "SMS"}
    world.tell(world.event(id, "message.sent_elsewhere", **sent))
    later = format_instant(world.now + DAY)
    world.request(id, "offer", channels=["SMS"], notBefore=later)
    [full] = budget(world, id)
    assert (full["used"], full["planned"]) == (1, 1)
    assert full["freesAt"] is not None
    world.tell(world.event(id, "consent.withdrawn", category="marketing"))
    assert budget(world, id) == [{**empty, "used": 1, "planned": 0, "freesAt": None}]


def test_a_bundle_shows_its_items_and_an_item_its_bundle_and_why_it_waits(world: World) -> None:
    id = world.fresh()
    first, second = (
        world.request(id, "claim_paper", data={"title": title}) for title in ("photo", "invoice")
    )
    item = world.ask(MESSAGE, id=first)["message"]
    assert (item["state"], item["bundle"]["label"]) == ("WAITING", "Papers of your claim")
    assert item["bundle"]["items"] == [{"id": first}, {"id": second}]
    [hold] = item["holds"]
    assert (hold["kind"], hold["gate"], hold["because"]) == ("GROUP", "GROUP", "More papers may come")
    gates = {gate["name"]: gate for gate in item["decisions"]["nodes"][0]["gates"]}
    assert (gates["GROUP"]["outcome"], gates["GROUP"]["reason"]) == ("HELD", "group")
    assert "goes together with others" in item["explanation"]
    bundle = world.ask(MESSAGE, id=item["bundle"]["id"])["message"]
    assert bundle["items"] == [{"id": first, "topic": "claim_paper"}, {"id": second, "topic": "claim_paper"}]
    gates = {gate["name"]: gate for gate in bundle["decisions"]["nodes"][0]["gates"]}
    assert gates["GROUP"]["sentence"].startswith("It waits for others to go with until")
