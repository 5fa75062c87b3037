"""Every limit is a setting, from a file or the environment; a name or number at fault is told."""

import re
from pathlib import Path

import pytest

from artifact.errors import ErrorCode, InputError
from artifact.limits import Limits
from memento.settings import SECTIONS, read_settings
from resolvers.surface import Surface
from tests.house.project import ROOT


def refused(environment: dict[str, str], file: Path | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read_settings(environment, file)
    return caught.value


def test_without_settings_everything_is_as_it_comes() -> None:
    settings = read_settings({})
    assert settings.limits == Limits()
    assert settings.surface == Surface()


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_every_limit_can_be_set_in_the_environment(name: str) -> None:
    wanted = getattr(Limits(), name) + 1
    settings = read_settings({f"MEMENTO_LIMIT_{name.upper()}": str(wanted)})
    assert getattr(settings.limits, name) == wanted


@pytest.mark.parametrize("name", Surface.__struct_fields__)
def test_every_limit_of_the_api_can_be_set_in_the_environment(name: str) -> None:
    value = getattr(Surface(), name)
    wanted = (not value) if isinstance(value, bool) else value + 1
    settings = read_settings({f"MEMENTO_API_{name.upper()}": str(wanted)})
    assert getattr(settings.surface, name) == wanted


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "memento.toml"
    file.write_text("[limit]\nopen_messages = 100\ntasks = 7\n[api]\ndepth = 8\n")
    settings = read_settings({"MEMENTO_LIMIT_OPEN_MESSAGES": "50"}, file)
    assert (settings.limits.open_messages, settings.limits.tasks, settings.surface.depth) == (50, 7, 8)


def test_a_file_may_be_json(tmp_path: Path) -> None:
    file = tmp_path / "memento.json"
    file.write_text('{"limit": {"tasks": 7}}')
    assert read_settings({}, file).limits.tasks == 7


def test_a_slip_in_a_name_is_told_with_the_nearest() -> None:
    error = refused({"MEMENTO_LIMIT_OPEN_MESAGES": "50"})
    assert error.code is ErrorCode.UNKNOWN_FIELD
    assert error.help == "did you mean `open_messages`?"


@pytest.mark.parametrize("value", ["", "many", "0", "-1", "1.5", "1e300", "NaN"])
def test_a_limit_is_a_positive_whole_number(value: str) -> None:
    error = refused({"MEMENTO_LIMIT_TASKS": value})
    assert error.code is ErrorCode.NUMBER_INVALID
    assert error.path == ("limit", "tasks")


def test_a_switch_is_on_or_off() -> None:
    error = refused({"MEMENTO_API_INTROSPECTION": "maybe"})
    assert (error.code, error.path) == (ErrorCode.TYPE_INVALID, ("api", "introspection"))


def test_reserved_room_leaves_room_for_others() -> None:
    assert refused({"MEMENTO_LIMIT_RESERVED_MESSAGES": "256"}).path == ("limit", "reserved_messages")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[limits]\n", ErrorCode.UNKNOWN_FIELD),
        ("limit = 3\n", ErrorCode.TYPE_INVALID),
        ("[limit\n", ErrorCode.FILE_UNREADABLE),
        ("\udcff", ErrorCode.FILE_UNREADABLE),
        ("[limit]\n" + "# tasks\n" * 40_000 + "tasks = 3\n", ErrorCode.FILE_UNREADABLE),
    ],
)
def test_a_file_at_fault_is_told(tmp_path: Path, text: str, code: ErrorCode) -> None:
    file = tmp_path / "memento.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    assert refused({}, file).code is code


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert refused({}, tmp_path / "none.toml").code is ErrorCode.FILE_UNREADABLE


def test_the_page_about_operating_lists_every_setting_with_its_default() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `MEMENTO_([A-Z_]+)` \| (\S+) \|", page, re.MULTILINE))
    wanted = {
        f"{section.upper()}_{name.upper()}": str(getattr(struct(), name))
        for section, struct in SECTIONS.items()
        for name in struct.__struct_fields__
    }
    assert listed == wanted
