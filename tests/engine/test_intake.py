"""The one door: whatever a person or a network sends becomes an event, or a typed error that names the place."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.errors import ErrorCode, InputError
from artifact.event import Event, Subject, event_content
from artifact.instant import MINUTE, parse_instant
from artifact.limits import Limits
from engine.builtin import CORRECTION, FACT_TABLE, TALK_TYPES
from engine.intake import event_from, request_event_from
from engine.requests import request_of
from tests.conftest import ROOT

LIMITS = Limits()
NOW = parse_instant("2026-11-21T09:00:00Z")
EVENT = {
    "source": "claims",
    "id": "e-1",
    "customerId": "c-7",
    "type": "claim.opened",
    "at": "2026-11-21T08:58:00Z",
}
REQUEST = {
    "source": "billing",
    "id": "r-1",
    "customerId": "c-7",
    "topic": "receipt",
    "at": "2026-11-21T08:58:00Z",
}
DEEP: Any = {"a": 1}
for _ in range(LIMITS.data_depth):
    DEEP = {"a": DEEP}


def read(given: dict[str, Any], *, internal: bool = False) -> Event:
    return event_from(given, LIMITS, NOW, None, ("inputs", "3"), internal=internal)


def refused(given: Any, *, request: bool = False) -> tuple[str, str]:
    """Code and place, from the input on, of the error that this is answered with."""
    with pytest.raises(InputError) as caught:
        (request_event_from if request else event_from)(given, LIMITS, NOW, None, ("inputs", "3"))
    error = caught.value
    assert error.path[:2] == ("inputs", "3")
    assert error.message
    str(error).encode()  # it can be sent: what it quotes is whole
    json.dumps([error.message, error.help, *error.path], ensure_ascii=False).encode()
    return error.code.value, ".".join(error.path[2:])


def with_(base: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {k: v for k, v in {**base, **change}.items() if v != "LEFT OUT"}


# -- good -----------------------------------------------------------------------------------------------------


def test_an_event_is_read_field_by_field() -> None:
    given = with_(
        EVENT, about={"kind": "claim", "reference": "S-1"}, seq=4, data={"amount": 1.5, "tags": ["a"]}
    )
    read_ = event_from(given, LIMITS, NOW, "ana")
    assert read_ == Event(
        *("c-7", "claims", "e-1", "claim.opened", NOW - 2 * MINUTE, NOW, Subject("claim", "S-1"), 4),
        {"amount": 1.5, "tags": ["a"]},
        "ana",
    )


def test_what_may_be_missing_may_be_null() -> None:
    assert read(with_(EVENT, about=None, seq=None, data=None)) == read(EVENT)


def test_a_request_is_the_event_that_carries_it() -> None:
    given = with_(
        REQUEST,
        key="77",
        seq=2,
        about={"kind": "contract", "reference": "77"},
        expiresAt="2026-11-22T00:00:00+01:00",
        notBefore="2026-11-21T10:00:00Z",
        channels=["SMS", "APP"],
        lowerUrgency="LOW",
        data={"amount": 5},
        content=[{"body": "Hola", "channel": "SMS", "language": "es"}],
    )
    told = request_event_from(given, LIMITS, NOW)
    assert told.type == "message.requested"
    request = request_of(told)
    assert (request.source, request.id, request.topic, request.key, request.seq) == (
        *("billing", "r-1", "receipt", "77", 2),
    )
    assert request.expires_at == parse_instant("2026-11-21T23:00:00Z")
    assert request.channels == (Channel.SMS, Channel.APP)
    assert request.content[0].body == "Hola"
    assert request.data == {"amount": 5}


def test_an_event_five_minutes_ahead_is_accepted_and_one_a_moment_later_is_not() -> None:
    assert read(with_(EVENT, at="2026-11-21T09:05:00Z")).at == NOW + 5 * MINUTE
    error = refused(with_(EVENT, at="2026-11-21T09:05:00.000001Z"))
    assert error == ("EVENT_FROM_FUTURE", "at")


@pytest.mark.parametrize(
    "data", [{"n": 2**63 - 1}, {"n": -(2**63)}, {"n": 1.7e308}, {"é": "𝄞"}, {"a" * 9_000: 1}]
)
def test_what_fits_is_taken_as_it_is(data: dict[str, Any]) -> None:
    assert read(with_(EVENT, data=data)).data == data


# -- bad ------------------------------------------------------------------------------------------------------

BAD_EVENTS: list[tuple[dict[str, Any], str, str]] = [
    *[({name: "LEFT OUT"}, "REQUIRED", name) for name in EVENT],
    *[({name: None}, "REQUIRED", name) for name in EVENT],
    *[({name: 5}, "TYPE_INVALID", name) for name in EVENT],
    *[({name: ""}, "ID_INVALID", name) for name in ("id", "source", "customerId", "type")],
    *[({name: "x" * 201}, "ID_INVALID", name) for name in ("id", "source", "customerId", "type")],
    *[({name: "x" * 10_000}, "ID_INVALID", name) for name in ("id", "source", "customerId", "type")],
    *[({name: "a\nb"}, "ID_INVALID", name) for name in ("id", "source", "customerId", "type")],
    *[({name: "a\x7f"}, "ID_INVALID", name) for name in ("id", "source", "customerId", "type")],
    *[({name: "a\ud800"}, "TEXT_INVALID", name) for name in ("id", "source", "customerId", "type", "at")],
    *[({name: "a\x00"}, "TEXT_INVALID", name) for name in ("id", "source", "customerId", "type", "at")],
    ({"payload": {}}, "UNKNOWN_FIELD", ""),
    ({"receivedAt": "2026-11-21T08:58:00Z"}, "UNKNOWN_FIELD", ""),
    ({"\ud800": 1}, "UNKNOWN_FIELD", ""),
    ({"at": ""}, "INSTANT_INVALID", "at"),
    ({"at": "yesterday"}, "INSTANT_INVALID", "at"),
    ({"at": "2026-11-21T08:58:00"}, "INSTANT_WITHOUT_OFFSET", "at"),
    ({"at": "2026-11-21T08:58:00Z" * 9}, "TEXT_INVALID", "at"),
    ({"at": True}, "TYPE_INVALID", "at"),
    ({"at": 1_763_717_400}, "TYPE_INVALID", "at"),
    ({"at": 1e9}, "TYPE_INVALID", "at"),
    ({"at": "9999-12-30T00:00:00Z"}, "EVENT_FROM_FUTURE", "at"),
    ({"seq": "4"}, "TYPE_INVALID", "seq"),
    ({"seq": 4.0}, "TYPE_INVALID", "seq"),
    ({"seq": True}, "TYPE_INVALID", "seq"),
    ({"seq": 2**63}, "NUMBER_INVALID", "seq"),
    ({"seq": -(2**63) - 1}, "NUMBER_INVALID", "seq"),
    ({"about": "S-1"}, "TYPE_INVALID", "about"),
    ({"about": []}, "TYPE_INVALID", "about"),
    ({"about": {"kind": "claim"}}, "REQUIRED", "about.reference"),
    ({"about": {"kind": "claim", "reference": ""}}, "ID_INVALID", "about.reference"),
    ({"about": {"kind": "claim", "reference": "S-1", "id": 1}}, "UNKNOWN_FIELD", "about"),
    ({"about": {"kind": "claim", "reference": "S-1", "\udfff": 1}}, "UNKNOWN_FIELD", "about"),
    *[({"data": data}, "TYPE_INVALID", "data") for data in ([], [1], "", "text", 0, 5, False, True, 0.0)],
    ({"data": {"a": float("nan")}}, "NUMBER_INVALID", "data.a"),
    ({"data": {"a": [1, float("inf")]}}, "NUMBER_INVALID", "data.a.1"),
    ({"data": {"a": {"b": 2**63}}}, "NUMBER_INVALID", "data.a.b"),
    ({"data": {"a": {"b": 10**400}}}, "NUMBER_INVALID", "data.a.b"),
    ({"data": {"a": "\ud83d"}}, "TEXT_INVALID", "data.a"),
    ({"data": {"a": "\x00"}}, "TEXT_INVALID", "data.a"),
    ({"data": {"\ud83d": 1}}, "TEXT_INVALID", "data"),
    ({"data": {1: 1}}, "TYPE_INVALID", "data"),
    ({"data": {"a": {1, 2}}}, "TYPE_INVALID", "data.a"),
    ({"data": {"a": b"bytes"}}, "TYPE_INVALID", "data.a"),
    ({"data": DEEP}, "DATA_TOO_DEEP", "data.a.a.a"),
    ({"data": {"a": "x" * 65_536}}, "DATA_TOO_LARGE", "data"),
    ({"data": {"a": "é" * 40_000}}, "DATA_TOO_LARGE", "data"),
    ({"source": "memento"}, "EVENT_RESERVED", "source"),
    ({"source": "memento.api"}, "EVENT_RESERVED", "source"),
    *[
        ({"type": type}, "EVENT_RESERVED", "type")
        for type in (
            *("timer.due", "rulebook.activated", "commitment.broken", "situation.closed", "score.changed"),
            *("delivery.handed_over", "delivery.retry", "delivery.in_doubt"),
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "place"), BAD_EVENTS, ids=range(len(BAD_EVENTS)))
def test_a_bad_event_is_refused_with_its_place(change: dict[str, Any], code: str, place: str) -> None:
    assert refused(with_(EVENT, **{str(k): v for k, v in change.items()})) == (code, place)


@pytest.mark.parametrize("given", [None, 5, "text", [], [EVENT], b"{}"])
def test_what_is_no_object_is_refused(given: Any) -> None:
    assert refused(given) == ("TYPE_INVALID", "")


BAD_REQUESTS: list[tuple[dict[str, Any], str, str]] = [
    *[({name: "LEFT OUT"}, "REQUIRED", name) for name in REQUEST],
    ({"topic": ""}, "ID_INVALID", "topic"),
    ({"topic": 5}, "TYPE_INVALID", "topic"),
    ({"type": "claim.opened"}, "UNKNOWN_FIELD", ""),
    ({"urgency": "HIGH"}, "UNKNOWN_FIELD", ""),
    ({"key": ""}, "ID_INVALID", "key"),
    ({"key": 77}, "TYPE_INVALID", "key"),
    ({"expiresAt": "tomorrow"}, "INSTANT_INVALID", "expiresAt"),
    ({"expiresAt": "2026-11-21T08:58:00"}, "INSTANT_WITHOUT_OFFSET", "expiresAt"),
    ({"expiresAt": 5}, "TYPE_INVALID", "expiresAt"),
    ({"notBefore": "tomorrow"}, "INSTANT_INVALID", "notBefore"),
    ({"channels": []}, "TYPE_INVALID", "channels"),
    ({"channels": "SMS"}, "TYPE_INVALID", "channels"),
    ({"channels": ["SMS", "FAX"]}, "VALUE_UNKNOWN", "channels.1"),
    ({"channels": [["SMS"]]}, "VALUE_UNKNOWN", "channels.0"),
    ({"lowerUrgency": "CALM"}, "VALUE_UNKNOWN", "lowerUrgency"),
    ({"lowerUrgency": ["LOW"]}, "VALUE_UNKNOWN", "lowerUrgency"),
    ({"data": []}, "TYPE_INVALID", "data"),
    ({"data": {"a": float("nan")}}, "NUMBER_INVALID", "data.a"),
    ({"content": "Hola"}, "TYPE_INVALID", "content"),
    ({"content": ["Hola"]}, "TYPE_INVALID", "content.0"),
    ({"content": [{"subject": "Hola"}]}, "REQUIRED", "content.0.body"),
    ({"content": [{"body": 5}]}, "TYPE_INVALID", "content.0.body"),
    ({"content": [{"body": "Hola", "channel": "FAX"}]}, "VALUE_UNKNOWN", "content.0.channel"),
    ({"content": [{"body": "Hola", "html": "x"}]}, "UNKNOWN_FIELD", "content.0"),
    ({"content": [{"body": "x" * 20_001}]}, "TEXT_INVALID", "content.0.body"),
    ({"content": [{"body": "\ud83d"}]}, "TEXT_INVALID", "content.0.body"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "place"), BAD_REQUESTS, ids=range(len(BAD_REQUESTS)))
def test_a_bad_request_is_refused_where_its_field_stands(
    change: dict[str, Any], code: str, place: str
) -> None:
    assert refused(with_(REQUEST, **change), request=True) == (code, place)


BAD_BUILTINS: list[tuple[str, dict[str, Any], str, str]] = [
    ("customer.alias_added", {"kind": "FAX", "value": "x"}, "VALUE_UNKNOWN", "data.kind"),
    ("customer.alias_added", {"kind": "PHONE"}, "REQUIRED", "data.value"),
    ("customer.kind_changed", {}, "REQUIRED", "data.kind"),
    ("consent.given", {"channel": "SMS"}, "REQUIRED", "data.category"),
    ("consent.withdrawn", {"category": "marketing", "channel": "FAX"}, "VALUE_UNKNOWN", "data.channel"),
    ("preference.set", {"zone": "Madrid"}, "VALUE_UNKNOWN", "data.zone"),
    ("preference.set", {"zone": ["Europe/Madrid"]}, "VALUE_UNKNOWN", "data.zone"),
    ("preference.set", {"zone": 5}, "VALUE_UNKNOWN", "data.zone"),
    ("preference.set", {"favouriteChannels": ["FAX"]}, "VALUE_UNKNOWN", "data.favouriteChannels.0"),
    ("preference.set", {"pausedUntil": "soon"}, "INSTANT_INVALID", "data.pausedUntil"),
    ("preference.set", {"language": 5}, "TYPE_INVALID", "data.language"),
    ("interaction.started", {"channel": None}, "REQUIRED", "data.channel"),
    ("interaction.ended", {}, "REQUIRED", "data.session"),
    ("message.requested", {}, "REQUIRED", "data.topic"),
    ("message.sent_elsewhere", {"topic": "offer"}, "REQUIRED", "data.channel"),
    ("delivery.seen", {}, "REQUIRED", "data.delivery"),
    ("delivery.told", {}, "REQUIRED", "data.message"),
    ("staff.cancelled", {"message": 5}, "TYPE_INVALID", "data.message"),
    ("staff.task_completed", {}, "REQUIRED", "data.task"),
    ("event.corrected", {"source": "claims"}, "REQUIRED", "data.id"),
]


@pytest.mark.parametrize(("type", "data", "code", "place"), BAD_BUILTINS)
def test_a_built_in_event_with_bad_data_is_refused(
    type: str, data: dict[str, Any], code: str, place: str
) -> None:
    assert refused(with_(EVENT, type=type, data=data)) == (code, place)


def test_our_own_doors_alone_may_use_our_sources_and_bare_instants() -> None:
    own = with_(EVENT, source="memento.api", at=NOW)
    assert read(own, internal=True).at == NOW
    assert refused(with_(EVENT, at=NOW)) == ("TYPE_INVALID", "at")


# -- anything at all --------------------------------------------------------------------------------------------

json_like = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.text(st.characters(categories=["Cs"]), max_size=1),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
types = st.sampled_from(sorted({*FACT_TABLE, *TALK_TYPES, CORRECTION, "claim.opened"}))
NAMES = ["kind", "value", "category", "channel", "zone", "favouriteChannels", "pausedUntil", "topic", "content", "channels", "data", "expiresAt", "delivery", "message"]  # fmt: skip


@given(types, st.dictionaries(st.sampled_from(NAMES), json_like, max_size=6))
def test_no_data_of_a_built_in_event_raises_anything_but_a_typed_error(
    type: str, data: dict[str, Any]
) -> None:
    accepted_or_typed(with_(EVENT, type=type, data=data))


@given(st.dictionaries(st.sampled_from([*EVENT, "about", "seq", "data"]), json_like))
def test_no_event_raises_anything_but_a_typed_error(change: dict[str, Any]) -> None:
    accepted_or_typed({**EVENT, **change})


@given(st.dictionaries(st.sampled_from([*REQUEST, *NAMES, "key", "lowerUrgency"]), json_like))
def test_no_request_raises_anything_but_a_typed_error(change: dict[str, Any]) -> None:
    accepted_or_typed({**REQUEST, **change}, request=True)


def accepted_or_typed(given: dict[str, Any], *, request: bool = False) -> None:
    try:
        told = (request_event_from if request else event_from)(given, LIMITS, NOW, None, ("inputs", "3"))
    except InputError:
        refused(given, request=request)
        return
    event_content(told)
    if told.type == "message.requested":
        request_of(told)


@pytest.mark.shared
def test_every_naughty_string_is_taken_whole_or_refused_with_its_place(shared: Path) -> None:
    with gzip.open(shared / "data" / "naughty_strings.ndjson.gz", "rt", encoding="utf-8") as lines:
        naughty = [json.loads(line)["text"] for line in lines]
    assert len(naughty) > 500
    for text in naughty:
        for field in ("id", "source", "customerId", "type"):
            given = with_(EVENT, **{field: text})
            if 1 <= len(text) <= 200 and all(ord(c) >= 32 and ord(c) != 127 for c in text):
                told = read(given)
                assert text in {told.id, told.source, told.customer_id, told.type}
            else:
                assert refused(given)[1] == field
        accepted_or_typed(with_(EVENT, data={"text": text, text: [text]}))
        assert read(with_(EVENT, data={"text": text})).data["text"] == text or "\x00" in text
        accepted_or_typed(with_(REQUEST, topic=text, key=text, content=[{"body": text}]), request=True)
        accepted_or_typed(with_(EVENT, at=text))


# -- the pages about errors -------------------------------------------------------------------------------------

EXAMPLE = re.compile(r"```json (event|request)\n(.*?)```.*?```json answer\n(.*?)```", re.DOTALL)
PAGES = [
    page
    for page in sorted((ROOT / "docs" / "errors").glob("*.md"))
    if EXAMPLE.search(page.read_text(encoding="utf-8"))
]


def test_there_are_pages_with_examples() -> None:
    assert len(PAGES) > 10


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_an_example_on_a_page_is_answered_as_the_page_says(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for kind, example, answer in EXAMPLE.findall(text):
        said = json.loads(answer)
        with pytest.raises(InputError) as caught:
            reader = request_event_from if kind == "request" else event_from
            reader(json.loads(example), LIMITS, NOW, None, ("inputs", "0"))
        error = caught.value
        assert said == {
            "code": page.stem,
            "message": error.message,
            "path": list(error.path),
            **({"help": error.help} if error.help else {}),
            "retryable": error.retryable,
        }


@pytest.mark.parametrize("code", ErrorCode)
def test_the_page_of_a_code_says_whether_it_is_retryable(code: ErrorCode) -> None:
    text = (ROOT / "docs" / "errors" / f"{code}.md").read_text(encoding="utf-8")
    retryable = InputError(code, "").retryable
    assert f"**Retryable:** {'yes' if retryable else 'no'}. " in text
