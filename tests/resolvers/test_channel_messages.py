"""`channelMessages`: what a place shows, step by step; no hole and no double, whatever happens meanwhile (I7)."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.surface import Surface
from tests.resolvers.test_socket import eventually
from tests.resolvers.world import Client, World

FEED = """
subscription Feed($customer: ID!, $channel: Channel!, $after: Cursor) {
  channelMessages(customerId: $customer, channel: $channel, after: $after) {
    __typename
    ... on DeliveryShown { cursor delivery { id state body } }
    ... on DeliveryChanged { cursor delivery { id state body } }
    ... on DeliveryWithdrawn { cursor deliveryId because }
    ... on CaughtUp { cursor }
    ... on FeedGap { cursor missedFrom reason }
  }
}
"""


class Follower:
    """A client that keeps what it is told to show, and checks that nothing is told twice or out of turn."""

    def __init__(self, client: Client, id: str, customer: str, after: str | None = None) -> None:
        self.client = client
        self.id = id
        self.view: dict[str, str] = {}
        self.items: list[dict[str, Any]] = []
        client.subscribe(id, FEED, customer=customer, channel="WEB", after=after)

    def next(self, timeout: float = 5) -> dict[str, Any]:
        answer = self.client.next(timeout)
        assert (answer["id"], answer["type"]) == (self.id, "next"), answer
        item = answer["payload"]["data"]["channelMessages"]
        self.items.append(item)
        apply(self.view, item)
        return item  # type: ignore[no-any-return]

    def until_caught_up(self) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["__typename"] != "CaughtUp":
            seen.append(self.next())
        return seen


def apply(view: dict[str, str], item: dict[str, Any]) -> None:
    """One step of a client that refuses doubles and holes."""
    match item["__typename"]:
        case "DeliveryShown":
            assert item["delivery"]["id"] not in view
            view[item["delivery"]["id"]] = item["delivery"]["state"]
        case "DeliveryChanged":
            assert item["delivery"]["id"] in view
            view[item["delivery"]["id"]] = item["delivery"]["state"]
        case "DeliveryWithdrawn":
            del view[item["deliveryId"]]
        case "FeedGap":
            view.clear()
        case _:
            pass


def shown(world: World, customer: str) -> dict[str, str]:
    """What the place shows, as a query tells it."""
    query = "query V($id: ID!) { customer(id: $id) { messages(first: 100) { nodes { deliveries { id channel state } } } } }"
    in_place = {"HANDED_OVER", "DELIVERED", "SEEN", "CLICKED"}
    found = world.ask(query, id=customer)["customer"]
    nodes = found["messages"]["nodes"] if found else []
    deliveries = [one for node in nodes for one in node["deliveries"] if one["channel"] == "WEB"]
    return {one["id"]: one["state"] for one in deliveries if one["state"] in in_place}


def test_what_is_shown_comes_first_then_what_changes(world: World) -> None:
    customer = world.fresh()
    first = world.show(customer)
    with world.socket() as client:
        follower = Follower(client, "f", customer)
        shown_first, caught_up = follower.until_caught_up()
        assert shown_first["delivery"] == {
            "id": first,
            "state": "HANDED_OVER",
            "body": shown_first["delivery"]["body"],
        }
        assert "moves on" in shown_first["delivery"]["body"]
        assert caught_up["__typename"] == "CaughtUp"

        second = world.show(customer)
        assert follower.next()["delivery"]["id"] == second
        world.tell(world.event(customer, "delivery.seen", delivery=first))
        changed = follower.next()
        assert (changed["__typename"], changed["delivery"]["state"]) == ("DeliveryChanged", "SEEN")
        world.tell(world.event(customer, "delivery.dismissed", delivery=second))
        gone = follower.next()
        assert (gone["__typename"], gone["deliveryId"], gone["because"]) == (
            "DeliveryWithdrawn",
            second,
            "DISMISSED",
        )


def test_a_place_waits_for_a_customer_nobody_knows_yet(world: World) -> None:
    customer = world.fresh()
    with world.socket() as client:
        follower = Follower(client, "f", customer)
        assert follower.next()["__typename"] == "CaughtUp"
        delivery = world.show(customer)
        assert follower.next()["delivery"]["id"] == delivery


@pytest.mark.parametrize(
    ("end", "because"),
    [
        ("delivery.told", "TOLD"),
        ("message.retracted", "RETRACTED"),
        ("newer", "SUPERSEDED"),
    ],
)
def test_why_something_is_withdrawn_is_told(world: World, end: str, because: str) -> None:
    customer = world.fresh()
    message = world.request(customer, data={"claim_id": "S-1"})
    world.hand_over(customer, message)
    with world.socket() as client:
        follower = Follower(client, "f", customer)
        follower.until_caught_up()
        if end == "newer":
            world.now += 1_000_000
            world.request(customer, data={"claim_id": "S-1"})
        else:
            world.tell(world.event(customer, end, message=message))
        gone = follower.next()
        assert (gone["__typename"], gone["because"]) == ("DeliveryWithdrawn", because)


def test_events_that_concern_no_place_are_not_told(world: World) -> None:
    customer = world.fresh()
    with world.socket() as client:
        follower = Follower(client, "f", customer)
        follower.until_caught_up()
        for _ in range(5):
            world.tell(world.event(customer, "note.taken"))
            world.show(world.fresh())
        delivery = world.show(customer)
        assert follower.next()["delivery"]["id"] == delivery


def test_a_cursor_belongs_to_one_customer_and_channel(world: World) -> None:
    customer = world.fresh()
    world.show(customer)
    with world.socket() as client:
        cursor = Follower(client, "f", customer).until_caught_up()[-1]["cursor"]
        for other, channel in ((world.fresh(), "WEB"), (customer, "APP")):
            client.subscribe("g", FEED, customer=other, channel=channel, after=cursor)
            answer = client.next()
            assert answer["type"] == "error"
            assert answer["payload"][0]["extensions"]["code"] == "CURSOR_INVALID"


def test_a_cursor_from_a_lost_future_is_told_and_a_snapshot_follows(world: World) -> None:
    from artifact.customer import SCHEMA
    from resolvers.feed_steps import FeedPlace
    from schema.cursor import Listing

    customer = world.fresh()
    delivery = world.show(customer)
    for place in (FeedPlace(SCHEMA, 900, 900), FeedPlace(SCHEMA, 1, 900), FeedPlace(SCHEMA + 1, 1, 1)):
        cursor = Listing("channelMessages", [customer, "WEB"]).seal(place)
        with world.socket() as client:
            follower = Follower(client, "f", customer, cursor)
            gap, snapshot, caught_up = follower.until_caught_up()
            assert (gap["__typename"], gap["missedFrom"]) == ("FeedGap", cursor)
            assert snapshot["delivery"]["id"] == delivery
            assert caught_up["__typename"] == "CaughtUp"


def test_a_gap_among_commits_is_told_and_a_snapshot_follows(world: World) -> None:
    customer = world.fresh()
    delivery = world.show(customer)
    with world.socket() as client:
        follower = Follower(client, "f", customer)
        follower.until_caught_up()
        from store.feed import GAP

        world.run(_told(world, GAP))
        gap, snapshot, caught_up = (follower.next() for _ in range(3))
        assert gap["__typename"] == "FeedGap"
        assert snapshot["delivery"]["id"] == delivery
        assert caught_up["__typename"] == "CaughtUp"


async def _told(world: World, change: Any) -> None:
    world.service.hub._told(change)


def test_a_store_that_closes_ends_the_subscription_and_says_so() -> None:
    world = World()
    world.start()
    try:
        with world.socket() as client:
            Follower(client, "f", "c").until_caught_up()
            world.run(world.engine.store.close())
            answer = client.next()
            assert answer["type"] == "error"
            assert answer["payload"][0]["extensions"]["code"] == "STORE_UNAVAILABLE"
    finally:
        world.stop()


STEPS = st.lists(st.sampled_from(["show", "see", "dismiss", "tell", "other"]), min_size=1, max_size=12)


def play(world: World, customer: str, step: str) -> None:
    view = sorted(shown(world, customer)) if step not in {"other", "show"} else []
    if step == "show" or not view:
        world.show(customer) if step == "show" else world.tell(world.event(customer, "note.taken"))
    elif step == "see":
        world.tell(world.event(customer, "delivery.seen", delivery=view[0]))
    elif step == "dismiss":
        world.tell(world.event(customer, "delivery.dismissed", delivery=view[-1]))
    else:
        message = view[0].removesuffix("-WEB")
        world.run(
            world.engine.submit([world.event(customer, "delivery.told", "memento.api", message=message)])
        )


@given(before=STEPS, after=STEPS, cut=st.integers(0, 40))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_going_on_from_any_cursor_ends_where_never_leaving_ends(
    world: World, before: list[str], after: list[str], cut: int
) -> None:
    customer = world.fresh()
    for step in before:
        play(world, customer, step)
    with world.socket() as client:
        follower = Follower(client, "f", customer)
        items = follower.until_caught_up()
        for step in after[: len(after) // 2]:
            play(world, customer, step)
        client.subscribe("mark", "{ viewer { actor } }")
        items += _drained(follower, client)
    cut_at = cut % len(items)
    view: dict[str, str] = {}
    for item in items[: cut_at + 1]:
        apply(view, item)
    for step in after[len(after) // 2 :]:
        play(world, customer, step)
    with world.socket() as client:
        resumed = Follower(client, "f", customer, items[cut_at]["cursor"])
        resumed.view = view
        for item in resumed.until_caught_up():
            assert item["__typename"] != "FeedGap"
    assert resumed.view == shown(world, customer)


def _drained(follower: Follower, client: Client) -> list[dict[str, Any]]:
    """What was told of the commits so far: the feed reads after each commit, so wait until it stands still."""
    items: list[dict[str, Any]] = []
    while True:
        try:
            answer = client.next(0.15)
        except TimeoutError:
            return items
        if answer["id"] == follower.id:
            item = answer["payload"]["data"]["channelMessages"]
            apply(follower.view, item)
            items.append(item)


def test_commits_that_race_the_subscription_leave_no_hole_and_no_double(world: World) -> None:
    customer = world.fresh()
    stop = threading.Event()

    def commit() -> None:
        while not stop.is_set():
            world.show(customer)

    for round_ in range(5):
        thread = threading.Thread(target=commit)
        stop.clear()
        thread.start()
        try:
            with world.socket() as client:
                followers = []
                for number in range(4):
                    follower = Follower(client, f"{round_}-{number}", customer)
                    followers.append(follower)
                    # Each is read to its CaughtUp while the others are told of commits as well.
                by_id = {follower.id: follower for follower in followers}
                caught: set[str] = set()
                while len(caught) < 4:
                    answer = client.next()
                    item = answer["payload"]["data"]["channelMessages"]
                    apply(by_id[answer["id"]].view, item)
                    if item["__typename"] == "CaughtUp":
                        caught.add(answer["id"])
                stop.set()
                thread.join()
                expected = shown(world, customer)
                while any(follower.view != expected for follower in followers):
                    answer = client.next()
                    apply(by_id[answer["id"]].view, answer["payload"]["data"]["channelMessages"])
        finally:
            stop.set()
            thread.join()
        for delivery in shown(world, customer):
            world.tell(world.event(customer, "delivery.dismissed", delivery=delivery))


@pytest.fixture(scope="module")
def hasty() -> Iterator[World]:
    """A service that lets slow readers go soon."""
    world = World(Surface(send_seconds=0.5, unread_commits=20))
    world.start()
    world.publish()
    yield world
    world.stop()


def test_a_reader_that_stops_reading_is_let_go_and_nothing_is_left(hasty: World) -> None:
    customer = hasty.fresh()
    body = "x" * 15_000
    content = [{"body": body, "channel": "WEB"}]
    with hasty.socket(max_queue=1, max_size=None, close_timeout=0.2) as client:
        client.subscribe("f", FEED, customer=customer, channel="WEB")
        eventually(lambda: len(hasty.service.hub) == 1)
        for _ in range(20):
            message = hasty.request(customer, data={"claim_id": hasty.fresh("S-")}, content=content)
            hasty.hand_over(customer, message)
        # All of it again and again, until the buffers of both kernels are full.
        for number in range(80):
            try:
                client.subscribe(f"again{number}", FEED, customer=customer, channel="WEB")
            except Exception:
                break
        eventually(lambda: len(hasty.service.hub) == 0, seconds=15)
    assert hasty.ask("{ viewer { actor } }"), "everybody else is served"


async def _flood(world: World, customer: str, count: int) -> None:
    for _ in range(count):
        follower_group = world.service.hub._followers[customer]
        for follower in follower_group:
            follower.tell(gap=False)


def test_a_reader_too_far_behind_is_told_where_to_go_on(hasty: World) -> None:
    customer = hasty.fresh()
    delivery = hasty.show(customer)
    with hasty.socket() as client:
        follower = Follower(client, "f", customer)
        caught_up = follower.until_caught_up()[-1]
        hasty.run(_flood(hasty, customer, 21))
        answer = client.next()
        assert (answer["id"], answer["type"]) == ("f", "error")
        (error,) = answer["payload"]
        assert error["extensions"]["code"] == "SUBSCRIBER_LAGGED"
        assert error["extensions"]["cursor"] == caught_up["cursor"]
        again = Follower(client, "g", customer, error["extensions"]["cursor"])
        assert [item["__typename"] for item in again.until_caught_up()] == ["CaughtUp"]
        hasty.tell(hasty.event(customer, "delivery.seen", delivery=delivery))
        assert client.next()["payload"]["data"]["channelMessages"]["__typename"] == "DeliveryChanged"
