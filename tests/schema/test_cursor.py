"""Cursors come back as they went, and only where they came from."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.errors import ErrorCode, InputError
from schema.cursor import Listing, Number

PLACES = st.tuples(
    st.integers(-(2**63), 2**63 - 1), st.text(alphabet=st.characters(codec="utf-8"), max_size=200)
)
CONDITIONS = st.lists(st.none() | st.text(alphabet=st.characters(codec="utf-8"), max_size=10), max_size=3)


@given(place=PLACES, conditions=CONDITIONS)
def test_a_cursor_leads_back_to_its_place(place: tuple[int, str], conditions: list[str | None]) -> None:
    cursor = Listing("listing", conditions).seal(place)
    assert Listing("listing", conditions).unseal(cursor, tuple[int, str]) == place
    assert cursor.isascii()


@given(place=PLACES, conditions=CONDITIONS, other=CONDITIONS)
def test_a_cursor_of_another_listing_is_refused(
    place: tuple[int, str], conditions: list[str | None], other: list[str | None]
) -> None:
    cursor = Listing("listing", conditions).seal(place)
    refused(cursor, "another", conditions)
    if other != conditions:
        refused(cursor, "listing", other)


@given(text=st.text(max_size=300))
def test_text_that_is_no_cursor_is_refused(text: str) -> None:
    refused(text, "listing", None)


@given(place=PLACES, data=st.data())
def test_a_cursor_that_was_tampered_with_is_refused_or_still_a_place(
    place: tuple[int, str], data: st.DataObject
) -> None:
    cursor = Listing("listing").seal(place)
    at = data.draw(st.integers(0, len(cursor) - 1))
    changed = cursor[:at] + data.draw(st.sampled_from("AZaz09-_%")) + cursor[at + 1 :]
    with suppress(InputError):
        assert isinstance(Listing("listing").unseal(changed, tuple[int, str])[0], int)


@pytest.mark.parametrize("place", [0, -1, 2**63, 2**64 - 1])
def test_a_place_that_no_listing_has_is_refused(place: int) -> None:
    cursor = Listing("listing").seal(place)
    with pytest.raises(InputError) as error:
        Listing("listing").unseal(cursor, Number, "after")
    assert error.value.code is ErrorCode.CURSOR_INVALID


def refused(cursor: str, listing: str, conditions: object) -> None:
    with pytest.raises(InputError) as error:
        Listing(listing, conditions).unseal(cursor, tuple[int, str], "after")
    assert error.value.code is ErrorCode.CURSOR_INVALID
    assert error.value.path == ("after",)
