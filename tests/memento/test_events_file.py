"""Files of events: what can be read is read, what cannot is told with its line, and the rest goes on."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from artifact.errors import ErrorCode, InputError
from artifact.instant import DAY, parse_instant
from artifact.limits import Limits
from memento.events_file import EventsFile, numbered, read_customers, read_events

LIMITS = Limits()
GOOD: dict[str, Any] = {
    "id": "1",
    "customerId": "c",
    "type": "visited",
    "at": "2026-03-02T10:00:00+01:00",
    "source": "web",
    "data": {"n": 1},
}


def line(**changes: Any) -> bytes:
    fields = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    return json.dumps(fields).encode()


def read(folder: Path, *lines: bytes, end: bytes = b"\n") -> EventsFile:
    file = folder / "events.ndjson"
    file.write_bytes(b"\n".join(lines) + end)
    return read_events(file, LIMITS)


def only_fault(found: EventsFile) -> tuple[int, InputError]:
    [bad] = found.bad
    return bad.line, bad.error


def test_payload_is_another_name_for_data(tmp_path: Path) -> None:
    found = read(tmp_path, line(data=..., payload={"n": 2}))
    assert [one.event.data for one in found.events] == [{"n": 2}]


def test_a_mark_of_byte_order_and_blank_lines_mean_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, b"\xef\xbb\xbf" + line(), b"", b"  \r", line(id="2"))
    assert [one.line for one in found.events] == [1, 4]
    assert found.bad == []


def test_a_file_may_be_empty(tmp_path: Path) -> None:
    assert read(tmp_path, end=b"") == EventsFile([], [])


def test_gzip_is_recognised_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "events.txt").write_bytes(gzip.compress(line() + b"\n"))
    assert len(read_events(tmp_path / "events.txt", LIMITS).events) == 1


def test_a_gzip_file_cut_short_is_told_and_what_came_before_is_kept(tmp_path: Path) -> None:
    packed = gzip.compress(b"\n".join(line(id=str(n), data={"x": str(hash(str(n)))}) for n in range(5_000)))
    (tmp_path / "cut.gz").write_bytes(packed[: len(packed) // 2])
    found = read_events(tmp_path / "cut.gz", LIMITS)
    number, error = only_fault(found)
    assert error.code is ErrorCode.LINE_INVALID
    assert number == len(found.events) + 1 > 1


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    assert len(read(tmp_path, line(), line(id="2"), end=b"").events) == 2


def test_half_a_line_at_the_end_is_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    found = read(tmp_path, line(), line(id="2")[:40], end=b"")
    number, error = only_fault(found)
    assert (number, error.code) == (2, ErrorCode.LINE_INVALID)
    assert "ends in the middle" in error.message
    assert len(found.events) == 1


FAULTS = [
    (b"{", ErrorCode.LINE_INVALID),
    (b"not json", ErrorCode.LINE_INVALID),
    (b"\xff\xfe{}", ErrorCode.LINE_INVALID),
    (b'{"id": NaN}', ErrorCode.LINE_INVALID),
    (b"[" * 100_000, ErrorCode.LINE_INVALID),
    (b'{"x": "' + b"y" * LIMITS.batch_bytes + b'"}', ErrorCode.LINE_INVALID),
    (b"[]", ErrorCode.TYPE_INVALID),
    (b"3", ErrorCode.TYPE_INVALID),
    (line(colour="red"), ErrorCode.UNKNOWN_FIELD),
    (line(payload={}), ErrorCode.UNKNOWN_FIELD),
    (line(type=...), ErrorCode.REQUIRED),
    (line(id=""), ErrorCode.ID_INVALID),
    (line(id="x" * 10_000), ErrorCode.ID_INVALID),
    (line(id=7), ErrorCode.TYPE_INVALID),
    (line(customerId="\ud800"), ErrorCode.TEXT_INVALID),
    (line(data={"x": "\udfff"}), ErrorCode.TEXT_INVALID),
    (line(data=[1]), ErrorCode.TYPE_INVALID),
    (line(data={"n": 2**63}), ErrorCode.NUMBER_INVALID),
    (line(data={"x": "y" * LIMITS.data_bytes}), ErrorCode.DATA_TOO_LARGE),
    (line(data=json.loads('{"x":' * 30 + "1" + "}" * 30)), ErrorCode.DATA_TOO_DEEP),
    (line(at="2026-03-02T10:00:00"), ErrorCode.INSTANT_WITHOUT_OFFSET),
    (line(at="2 March 2026"), ErrorCode.INSTANT_INVALID),
    (line(at=1_772_442_000), ErrorCode.TYPE_INVALID),
    (line(seq="1"), ErrorCode.TYPE_INVALID),
    (line(seq=2**63), ErrorCode.NUMBER_INVALID),
    (line(source="memento.dispatch"), ErrorCode.EVENT_RESERVED),
    (line(type="timer.due"), ErrorCode.EVENT_RESERVED),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[f"{n}-{code}" for n, (_, code) in enumerate(FAULTS)])
def test_a_line_at_fault_is_told_with_its_number_and_the_rest_goes_on(
    tmp_path: Path, fault: bytes, code: ErrorCode
) -> None:
    found = read(tmp_path, line(), fault, line(id="2"))
    number, error = only_fault(found)
    assert (number, error.code) == (2, code)
    assert [one.event.id for one in found.events] == ["1", "2"]


@pytest.mark.shared
def test_hostile_strings_are_kept_or_told_and_never_break_the_reading(tmp_path: Path, shared: Path) -> None:
    with gzip.open(shared / "data" / "naughty_strings.ndjson.gz", "rt", encoding="utf-8") as file:
        strings = [json.loads(text)["text"] for text in file]
    lines = [line(id=f"n{n}", data={"text": text, text: n}) for n, text in enumerate(strings)]
    lines += [line(id=text) for text in strings]
    found = read(tmp_path, *lines)
    assert len(found.events) + len(found.bad) == len(lines)
    kept = [one.event.data["text"] for one in found.events if "text" in one.event.data]
    assert len(kept) > len(strings) * 0.9
    assert {bad.error.code for bad in found.bad} <= {ErrorCode.TEXT_INVALID, ErrorCode.ID_INVALID}


def test_a_file_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_events(tmp_path / "none", LIMITS)
    assert caught.value.code is ErrorCode.FILE_UNREADABLE


def test_events_of_one_instant_are_numbered_by_their_lines_and_others_are_left_alone(tmp_path: Path) -> None:
    found = read(tmp_path, line(), line(id="2"), line(id="3", seq=9), line(id="4", at="2026-03-03T10:00:00Z"))
    assert [one.event.seq for one in numbered(found.events)] == [1, 2, 9, None]


def test_the_same_line_again_is_the_same_event(tmp_path: Path) -> None:
    found = read(tmp_path, line(), line(id="2"), line())
    first, _, again = numbered(found.events)
    assert first.event == again.event


def test_a_day_begins_at_midnight_of_the_clock_it_was_read_from(tmp_path: Path) -> None:
    texts = (
        "2026-03-02T00:30:00+05:30",
        "2026-03-02T23:59:59.5-0800",
        "2026-03-02T12:00:00Z",
        "2026-03-02 00:00+01",
    )
    found = read(tmp_path, *(line(id=str(n), at=text) for n, text in enumerate(texts)))
    midnights = ("2026-03-02T00:00:00+05:30", "2026-03-02T00:00:00-08:00", "2026-03-02T00:00:00Z")
    days = [parse_instant(text) for text in (*midnights, "2026-03-02T00:00:00+01:00")]
    read_days = [one.day for one in found.events]
    assert read_days == days[: len(read_days)]
    assert all(0 <= one.event.at - one.day < DAY for one in found.events)


def test_customers_are_known_from_the_instant_before_the_first_event(tmp_path: Path) -> None:
    file = tmp_path / "customers.ndjson"
    file.write_text('{"id": "c", "attributes": {"age": 3}}\n{"id": "d"}\n{"id": "e", "age": 3}\n[]\n')
    found = read_customers(file, 1_000, LIMITS)
    [known, bare] = [one.event for one in found.events]
    assert (known.type, known.at, known.data) == ("customer.updated", 999, {"age": 3})
    assert bare.data == {}
    assert [(bad.line, bad.error.code) for bad in found.bad] == [
        (3, ErrorCode.UNKNOWN_FIELD),
        (4, ErrorCode.TYPE_INVALID),
    ]
