"""One text for one content: equal things have equal hashes, different ones do not, and ids can be derived again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from artifact.canonical import canonical_json, content_hash, derived_id, digest_of, most_bytes
from artifact.event import Event, Subject, event_content
from artifact.instant import parse_instant

numbers = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


def shuffled(value: Any) -> Any:
    """The same content with its keys the other way round and its lists as tuples."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return tuple(shuffled(item) for item in value) if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e20, "1e20"),
        (True, "true"),
        (None, "null"),
        ({"b": [1.0, {"d": 1, "c": 2}], "a": "é"}, '{"a":"é","b":[1,{"c":2,"d":1}]}'),
        ({}, "{}"),
    ],
)
def test_the_canonical_text_has_sorted_keys_no_space_and_whole_numbers_whole(value: Any, text: str) -> None:
    assert canonical_json(value).decode() == text


@given(values)
def test_the_order_of_keys_and_the_kind_of_list_do_not_count(value: Any) -> None:
    assert content_hash(value) == content_hash(shuffled(value))


@given(values)
def test_the_canonical_text_is_json_for_the_same_content(value: Any) -> None:
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)


@given(st.integers(-(2**53), 2**53))
def test_a_whole_float_is_the_integer(number: int) -> None:
    assert content_hash([float(number)]) == content_hash([number])


@given(values, values)
def test_different_content_has_a_different_hash(one: Any, other: Any) -> None:
    assert (canonical_json(one) == canonical_json(other)) == (content_hash(one) == content_hash(other))


def test_true_is_not_one_and_a_number_is_not_its_text() -> None:
    assert len({content_hash(v) for v in (True, 1, "1", [1], None, 0, False, "")}) == 8


# -- events ---------------------------------------------------------------------------------------------------

EVENT = Event(
    customer_id="c-7",
    source="claims",
    id="e-1",
    type="claim.opened",
    at=parse_instant("2026-11-21T09:30:00+01:00"),
    received_at=0,
    about=Subject("claim", "S-1"),
    seq=4,
    data={"amount": 1, "lines": [{"a": 1, "b": 2}]},
)


def test_the_same_event_told_with_another_offset_order_or_number_form_is_a_duplicate() -> None:
    again = replace(
        EVENT,
        at=parse_instant("2026-11-21T08:30:00Z"),
        received_at=99,
        actor="ana",
        data={"lines": [{"b": 2.0, "a": 1.0}], "amount": 1.0},
    )
    assert event_content(again) == event_content(EVENT)
    assert event_content(replace(EVENT, at=parse_instant("2026-11-21T08:30:00+00:00"))) == event_content(
        EVENT
    )


@pytest.mark.parametrize(
    "change",
    [
        {"type": "claim.closed"},
        {"at": EVENT.at + 1},
        {"about": None},
        {"about": Subject("claim", "S-2")},
        {"about": Subject("policy", "S-1")},
        {"seq": None},
        {"seq": 5},
        {"data": {}},
        {"data": {"amount": 1, "lines": [{"a": 1, "b": 3}]}},
        {"data": {"amount": "1", "lines": [{"a": 1, "b": 2}]}},
    ],
)
def test_any_other_field_makes_another_content(change: dict[str, Any]) -> None:
    assert event_content(replace(EVENT, **change)) != event_content(EVENT)


# -- ids ------------------------------------------------------------------------------------------------------

parts = st.lists(texts, max_size=4)


@given(parts, parts)
def test_ids_are_equal_for_equal_parts_only(one: list[str], other: list[str]) -> None:
    assert (derived_id("m", *one) == derived_id("m", *other)) == (one == other)


def test_the_border_between_parts_counts_and_so_does_the_prefix() -> None:
    assert derived_id("m", "ab", "c") != derived_id("m", "a", "bc")
    assert derived_id("m", "a").removeprefix("m") == derived_id("t", "a").removeprefix("t")


@given(
    st.lists(st.binary(max_size=6), max_size=6).flatmap(
        lambda lines: st.tuples(st.just(lines), st.permutations(lines))
    )
)
def test_a_digest_does_not_depend_on_the_order_of_its_lines(both: tuple[list[bytes], list[bytes]]) -> None:
    one, other = both
    assert digest_of(one) == digest_of(other)
    assert digest_of([*one, b""]) != digest_of(one)


@given(st.floats(-(2.0**63), 2.0**63, exclude_min=True, exclude_max=True).map(float.__trunc__).map(float))
def test_a_whole_float_of_any_size_is_the_integer(number: float) -> None:
    assert canonical_json({"n": number}) == canonical_json({"n": int(number)})


@given(values)
def test_the_canonical_text_is_never_longer_than_is_said_quickly(value: Any) -> None:
    assert len(canonical_json(value)) <= most_bytes(value)
