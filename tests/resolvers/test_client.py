"""A public client, end to end: it reads the contract, asks, tells and follows, and checks each against the schema."""

from typing import Any

from gql import Client, GraphQLRequest
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.resolvers.world import World

INGEST = """
mutation Ingest($inputs: [EventInput!]!) {
  ingestEvents(inputs: $inputs) { results { status customerVersion userErrors { code } } userErrors { code } }
}
"""
SEEN = """
mutation Seen($input: AcknowledgeDeliveriesInput!) {
  acknowledgeDeliveries(input: $input) { messages { id state } userErrors { code } }
}
"""
FEED = """
subscription Feed($id: ID!) {
  channelMessages(customerId: $id, channel: WEB) {
    __typename
    ... on DeliveryShown { delivery { id body message { id label } } }
    ... on DeliveryChanged { delivery { id state } }
  }
}
"""


def asked(query: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(query, variable_values=variables)


async def test_a_client_of_others_asks_tells_and_follows(world: World) -> None:
    customer = world.fresh()
    delivery = world.show(customer)
    http = HTTPXAsyncTransport(
        url=f"http://127.0.0.1:{world.port}/graphql", headers={"X-Memento-Actor": "ana"}
    )
    socket = WebsocketsTransport(
        url=f"ws://127.0.0.1:{world.port}/graphql",
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        init_payload={"actor": "ana"},
    )
    async with (
        Client(transport=http, fetch_schema_from_transport=True) as asking,
        Client(transport=socket) as following,
    ):
        event = {"source": "crm", "id": "1", "customerId": customer, "type": "note.taken", "at": world.at()}
        told = await asking.execute(asked(INGEST, inputs=[event]))
        (result,) = told["ingestEvents"]["results"]
        assert (result["status"], result["userErrors"]) == ("ACCEPTED", [])
        kinds = []
        feed = asked(FEED, id=customer)
        async for answer in following.subscribe(feed):
            item = answer["channelMessages"]
            kinds.append(item["__typename"])
            if item["__typename"] == "DeliveryShown":
                assert item["delivery"]["id"] == delivery
            if item["__typename"] == "CaughtUp":
                report = {"deliveryId": delivery, "outcome": "SEEN"}
                input = {"id": "seen", "customerId": customer, "deliveries": [report]}
                seen = asked(SEEN, input=input)
                answered = await asking.execute(seen)
                assert answered["acknowledgeDeliveries"]["messages"][0]["state"] == "REACHED"
            if item["__typename"] == "DeliveryChanged":
                assert item["delivery"] == {"id": delivery, "state": "SEEN"}
                break
    assert kinds == ["DeliveryShown", "CaughtUp", "DeliveryChanged"]
