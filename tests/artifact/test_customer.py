"""The bytes of an artifact: what is encoded comes back, and equal content has equal bytes however it was built."""

import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.customer import (
    Body,
    Contact,
    LateMark,
    StaffTask,
    Talk,
    decode_body,
    encode_body,
    memory_bytes,
    rolled,
)
from artifact.event import Subject
from artifact.facts import (
    Alias,
    AliasKind,
    Commitment,
    Consent,
    ConsentState,
    Fact,
    Facts,
    Interaction,
    Preferences,
    Seat,
    Situation,
    Stamp,
)
from artifact.message import Anchor, Content, Delivery, DeliveryState, Hold, HoldKind, Message, Request

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
plain: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
data = st.dictionaries(texts, plain, max_size=4)
subjects = st.builds(Subject, texts, texts)

FULL = Facts(
    aliases=(Alias(AliasKind.PHONE, "+34600000000"),),
    attributes={"city": Fact("Madrid", 1), "gone": Fact(None, 2)},
    situations=(Situation("claim", "S-1", "open", True, 1, 1, expires_at=9, data={"amount": 1.5}),),
    commitments=(Commitment("answer", "S-1", 1, 5, about=Subject("claim", "S-1")),),
    consents=(Consent("marketing", ConsentState.GIVEN, 1, "web", Channel.SMS),),
    preferences=Preferences("es", "Europe/Madrid", (Channel.APP,), 7, 1),
    interactions=(Interaction("i-1", Channel.BRANCH, 1),),
    deceased_at=None,
    high_water=Stamp(9, 1),
    seats=(Seat("claims", None, 4),),
)
MESSAGE = Message(
    id="m_1",
    number=1,
    received_at=1,
    request=Request(
        "crm",
        "r-1",
        1,
        "offer",
        Subject("claim", "S-1"),
        data={"a": [1, "é", None]},
        content=(Content("hola"),),
    ),
    anchors=(Anchor("cool_off", 1, 5, 2),),
    holds=(Hold(HoldKind.QUIET_HOURS, 1, 5, channel=Channel.SMS),),
    deliveries=(Delivery("m_1-SMS", Channel.SMS, DeliveryState.SENDING, intent_at=1, valid_until=2),),
)
TALK = Talk(
    messages=(MESSAGE,),
    contacts=(Contact(1, Channel.SMS, "marketing", "offer", "m_1-SMS"),),
    tasks=(StaffTask("t_1", "call", 1, "by hand", due=2),),
    broken=("answer/S-1",),
    lates=(LateMark(3, 1),),
    fold_floor=2,
    revision="r1",
    records_hash=b"0123456789abcdef",
)


def test_a_body_with_something_of_everything_comes_back() -> None:
    body = Body(FULL, TALK)
    assert decode_body(encode_body(body)) == body


@given(data, st.one_of(st.none(), subjects))
def test_any_plain_data_comes_back(data: dict[str, Any], about: Subject | None) -> None:
    facts = Facts(
        attributes={"x": Fact(data, 1)},
        situations=(Situation("claim", "S-1", "open", True, 1, 1, data=data),),
    )
    request = Request("crm", "r-1", 1, "offer", about, data=data)
    body = Body(facts, Talk(messages=(Message("m_1", 1, 1, request),)))
    assert decode_body(encode_body(body)) == body
    assert encode_body(decode_body(encode_body(body))) == encode_body(body)


@given(st.dictionaries(texts, plain, min_size=2, max_size=5))
def test_memory_bytes_do_not_depend_on_the_order_in_which_keys_came(attributes: dict[str, Any]) -> None:
    one = Facts(attributes={k: Fact({**attributes}, 1) for k in attributes})
    turned = {k: attributes[k] for k in reversed(attributes)}
    other = Facts(attributes={k: Fact(turned, 1) for k in turned})
    assert memory_bytes(one) == memory_bytes(other)


def test_an_empty_body_has_next_to_no_bytes() -> None:
    assert len(encode_body(Body())) < 30


def test_other_bytes_are_no_body() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_body(msgspec.msgpack.encode({"facts": 5}))


def test_the_rolling_hash_tells_order_and_borders_apart() -> None:
    def roll(*pieces: bytes) -> bytes:
        total = b""
        for piece in pieces:
            total = rolled(total, piece)
        return total

    assert len({roll(b"a", b"b"), roll(b"b", b"a"), roll(b"ab"), roll(b"a"), roll()}) == 5


def test_nothing_of_an_artifact_is_looked_through_for_cycles() -> None:
    """Frozen data cannot be in one, and a thousand customers at hand are not walked through again and again."""
    rooms = [module for name, module in sys.modules.items() if name.startswith("artifact.")]
    structs = {
        value
        for room in rooms
        for value in vars(room).values()
        if isinstance(value, type) and issubclass(value, msgspec.Struct)
    }
    assert len(structs) > 30
    assert [one.__name__ for one in structs if one.__struct_config__.gc] == []
