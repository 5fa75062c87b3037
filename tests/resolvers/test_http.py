"""GraphQL over HTTP: media types, methods, who may ask, and what of us never shows."""

import logging

import pytest

from artifact.errors import ErrorCode, InputError
from memento.address import check_address, is_loopback
from tests.resolvers.world import World

NEWER = "application/graphql-response+json"


def test_the_media_type_is_the_one_that_is_wished_for(world: World) -> None:
    query = {"query": "{ viewer { actor } }"}
    for accept, expected in [
        (NEWER, NEWER),
        (f"application/json;q=0.5, {NEWER}", NEWER),
        (f"application/json, {NEWER};q=0.9", "application/json"),
        ("*/*", "application/json"),
    ]:
        answer = world.http.post("/graphql", json=query, headers={"accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"{expected}; charset=utf-8")
    assert world.http.post("/graphql", json=query, headers={"accept": "text/html"}).status_code == 406


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "DOCUMENT_INVALID"),
        ({"query": "{ nothing }"}, "DOCUMENT_INVALID"),
        ({"query": "query Q($id: ID!) { message(id: $id) { id } }"}, "VARIABLES_INVALID"),
        ({"query": "query A { viewer { actor } } query B { viewer { actor } }"}, "DOCUMENT_INVALID"),
        (
            {"query": 'subscription { channelMessages(customerId: "c", channel: WEB) { __typename } }'},
            "OPERATION_REFUSED",
        ),
        ({"query": 5}, "REQUEST_INVALID"),
        ({}, "REQUEST_INVALID"),
        ([{"query": "{ viewer { actor } }"}], "REQUEST_INVALID"),
        ({"query": "{ viewer { actor } }", "variables": [1]}, "REQUEST_INVALID"),
        ({"query": "{ viewer { actor } }", "operationName": 1}, "REQUEST_INVALID"),
        ({"query": "{ viewer { actor } }", "extensions": "x"}, "REQUEST_INVALID"),
    ],
)
def test_an_operation_that_never_began_has_no_data(world: World, body: object, code: str) -> None:
    answer = world.http.post("/graphql", json=body, headers={"accept": NEWER})
    assert answer.status_code == 400
    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["extensions"]["code"] == code


def test_get_only_asks(world: World) -> None:
    assert world.http.get("/graphql", params={"query": "{ viewer { actor } }"}).status_code == 200
    variables = {"query": "query Q($id: ID!) { message(id: $id) { id } }", "variables": '{"id": "m"}'}
    assert world.http.get("/graphql", params=variables).json() == {"data": {"message": None}}
    mutation = 'mutation { setConsent(input: {id: "1", customerId: "c", category: "m", state: GIVEN}) { userErrors { code } } }'
    refused = world.http.get("/graphql", params={"query": mutation}, headers={"X-Memento-Actor": "ana"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert world.http.put("/graphql", json={"query": "{ viewer { actor } }"}).status_code == 405
    assert world.http.delete("/graphql").status_code == 405


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_page_of_another_site_cannot_act_through_a_form(world: World, media: str) -> None:
    headers = {"content-type": media} if media else {}
    answer = world.http.post("/graphql", content='{"query": "{ viewer { actor } }"}', headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_who_comes_under_another_name_is_refused(world: World, headers: dict[str, str]) -> None:
    answer = world.http.post("/graphql", json={"query": "{ viewer { actor } }"}, headers=headers)
    assert answer.status_code in {400, 403}
    assert world.http.get("/health", headers=headers).status_code in {400, 403}


def test_pages_of_this_machine_may_ask(world: World) -> None:
    for host in (f"localhost:{world.port}", f"127.0.0.1:{world.port}", f"[::1]:{world.port}"):
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert (
            world.http.post("/graphql", json={"query": "{ viewer { actor } }"}, headers=headers).status_code
            == 200
        )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", "", "127.0.0.1.nip.io"])
def test_only_addresses_of_this_machine_are_listened_on(host: str) -> None:
    with pytest.raises(InputError) as refused:
        check_address(host)
    assert refused.value.code is ErrorCode.ADDRESS_REFUSED
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]", "LOCALHOST."])
def test_every_name_of_this_machine_is_its_own(host: str) -> None:
    check_address(host)


def test_health_says_alive_and_ready_says_that_the_store_answers(world: World) -> None:
    assert world.http.get("/health").json() == {"status": "alive"}
    assert world.http.get("/ready").json() == {"status": "ready"}


def test_a_store_that_is_gone_is_not_ready_and_says_so_in_every_answer() -> None:
    world = World()
    world.start()
    try:
        world.run(world.engine.store.close())
        assert world.http.get("/ready").status_code == 503
        answer = world.post('{ customer(id: "c") { id } }')
        assert answer["errors"][0]["extensions"]["code"] == "STORE_UNAVAILABLE"
        assert answer["errors"][0]["extensions"]["retryable"] is True
    finally:
        world.stop()


def test_a_fault_of_ours_is_logged_and_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(world.engine, "artifact", broken)
    with caplog.at_level(logging.ERROR):
        answer = world.post('{ customer(id: "c") { id } viewer { actor } }')
    assert answer["data"] == {"customer": None, "viewer": {"actor": "ana"}}
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "INTERNAL"}
    assert "secret" not in str(answer)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "quoted", ["half", "\\ud800", '", "x": 1e999, "y": "'], ids=["plain", "half", "endless"]
)
def test_json_nested_without_end_is_refused_whatever_else_it_holds(world: World, quoted: str) -> None:
    deep = f'{{"query": "{quoted}", "variables": {"[" * 100_000}{"]" * 100_000}}}'
    answer = world.http.post("/graphql", content=deep, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "REQUEST_INVALID"
