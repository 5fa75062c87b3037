"""A spool keeps one whole file for each key, whatever happens to the folder, the disk or the process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact.channel import Channel
from channels.file_name import file_name
from channels.port import OTHER_WORDS, Handover, HandoverState
from channels.spool import Spool
from tests.channels.contract import HOSTILE, parcel

KEY = "m_0a1b2c-SMS"


@pytest.fixture
async def spool(tmp_path: Path) -> AsyncIterator[Spool]:
    spool = Spool.open(Channel.SMS, tmp_path / "sms")
    yield spool
    await spool.close()


def content(spool: Spool, key: str) -> dict[str, object]:
    found = json.loads((spool.folder / file_name(key)).read_bytes())
    assert isinstance(found, dict)
    return found


async def test_the_file_is_named_by_the_key_and_says_everything(spool: Spool) -> None:
    await spool.hand_over(parcel(spool, KEY, "Grüße, 宝"), 10)
    assert [p.name for p in spool.folder.iterdir()] == [f"{KEY}.json"]
    assert content(spool, KEY) == {
        "key": KEY,
        "customer_id": "ada",
        "channel": "SMS",
        "language": "en",
        "body": "Grüße, 宝",
        "subject": "News",
        "short": None,
        "address": "ada@example.com",
    }


async def test_the_same_key_again_leaves_one_file(spool: Spool) -> None:
    for _ in range(3):
        assert await spool.hand_over(parcel(spool, KEY), 10) == Handover(HandoverState.HANDED_OVER)
    assert len(list(spool.folder.iterdir())) == 1


async def test_a_key_with_other_words_is_reported_and_the_first_words_stand(spool: Spool) -> None:
    await spool.hand_over(parcel(spool, KEY, "first"), 10)
    again = await spool.hand_over(parcel(spool, KEY, "second"), 10)
    assert again == Handover(HandoverState.HANDED_OVER, OTHER_WORDS)
    assert content(spool, KEY)["body"] == "first"


async def test_no_hostile_key_leaves_the_folder_or_meets_another(spool: Spool) -> None:
    outside = {p for p in spool.folder.parent.rglob("*") if p.parent != spool.folder}
    keys = [key for key in HOSTILE if "\ud800" not in key]
    for key in keys:
        assert (await spool.hand_over(parcel(spool, key), 10)).state is HandoverState.HANDED_OVER
    assert {p for p in spool.folder.parent.rglob("*") if p.parent != spool.folder} == outside
    assert [content(spool, key)["key"] for key in keys] == keys
    assert len(list(spool.folder.iterdir())) == len(keys)


@given(st.text(), st.text())
def test_two_keys_never_share_a_file_on_any_file_system(one: str, other: str) -> None:
    names = {file_name(key).lower() for key in (one, other)}
    assert len(names) == len({one, other})


async def test_a_key_of_half_a_character_fails_for_good(spool: Spool) -> None:
    for hostile in (parcel(spool, "\ud800"), parcel(spool, KEY, "\ud800")):
        answer = await spool.hand_over(hostile, 10)
        assert (answer.state, answer.temporary) == (HandoverState.FAILED, False)
    assert list(spool.folder.iterdir()) == []


async def test_a_folder_that_is_gone_fails_and_may_be_tried_again(spool: Spool) -> None:
    spool.folder.rmdir()
    answer = await spool.hand_over(parcel(spool, KEY), 10)
    assert (answer.state, answer.temporary) == (HandoverState.FAILED, True)
    assert answer.detail
    assert str(spool.folder) not in answer.detail
    spool.folder.mkdir()
    assert (await spool.hand_over(parcel(spool, KEY), 10)).state is HandoverState.HANDED_OVER


async def test_a_file_in_the_place_of_the_folder_fails_and_may_be_tried_again(spool: Spool) -> None:
    spool.folder.rmdir()
    spool.folder.write_text("in the way")
    answer = await spool.hand_over(parcel(spool, KEY), 10)
    assert (answer.state, answer.temporary) == (HandoverState.FAILED, True)


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="NOT RUN: needs a file system nobody may write to"
)
async def test_a_folder_that_nobody_may_write_to_fails_and_may_be_tried_again() -> None:
    spool = Spool(Channel.SMS, Path("/proc"))
    answer = await spool.hand_over(parcel(spool, KEY), 10)
    assert (answer.state, answer.temporary) == (HandoverState.FAILED, True)
    await spool.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT RUN: needs a device that is always full")
async def test_a_full_disk_fails_and_may_be_tried_again_and_leaves_nothing(spool: Spool) -> None:
    (spool.folder / f".{file_name(KEY)}.{os.getpid()}").symlink_to("/dev/full")
    answer = await spool.hand_over(parcel(spool, KEY), 10)
    assert (answer.state, answer.temporary) == (HandoverState.FAILED, True)
    assert list(spool.folder.iterdir()) == []
    assert (await spool.hand_over(parcel(spool, KEY), 10)).state is HandoverState.HANDED_OVER


async def test_once_it_has_its_name_nothing_is_called_a_failure(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as disk:
        disk.setattr("channels.spool._sync", broken)
        for _ in range(2):
            answer = await spool.hand_over(parcel(spool, KEY), 10)
            assert answer == Handover(HandoverState.UNKNOWN, "Input/output error")
    assert (await spool.hand_over(parcel(spool, KEY), 10)).state is HandoverState.HANDED_OVER


async def test_a_closed_spool_fails_and_may_be_tried_again(spool: Spool) -> None:
    await spool.close()
    answer = await spool.hand_over(parcel(spool, KEY), 10)
    assert (answer.state, answer.temporary) == (HandoverState.FAILED, True)


_WRITER = """
import sys
from pathlib import Path
from artifact.channel import Channel
from channels.port import Parcel
from channels.spool import write_once
print("ready", flush=True)
for n in range(100_000):
    write_once(Path(sys.argv[1]), Parcel(f"m_{n:x}-SMS", "ada", Channel.SMS, "en", "x" * 50_000))
    print(n, flush=True)
"""


def test_a_process_killed_while_writing_leaves_whole_files_only(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(30)]
        writer.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    found = {p.name: json.loads(p.read_bytes())["body"] for p in tmp_path.glob("[!.]*.json")}
    assert set(found.values()) == {"x" * 50_000}
    assert {f"m_{int(n):x}-SMS.json" for n in told[1:]} <= set(found)
