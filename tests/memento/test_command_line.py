"""The command line as a whole: exit codes, help, and errors that a person can act on."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from artifact.errors import ErrorCode, InputError
from memento.__main__ import main
from memento.commands import COMMANDS
from memento.exits import Exit
from memento.serving import Place, listen
from memento.version import VERSION
from tests.house.project import ROOT, pyproject
from tests.memento.process import INSURER, memento, write_day


def run(capfdbinary: pytest.CaptureFixture[bytes], *words: str | Path) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    out, err = capfdbinary.readouterr()
    return code, out.decode(), err.decode()


def test_the_version_is_that_of_the_project() -> None:
    assert pyproject()["project"]["version"] == VERSION


def test_every_command_has_a_file_and_every_file_is_a_command() -> None:
    files = {path.stem.replace("_", "-") for path in (ROOT / "memento" / "commands").glob("*.py")}
    assert files - {"--init--", "shared"} == set(COMMANDS)


def test_without_a_command_the_list_is_shown(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, _ = run(capfdbinary)
    assert code == Exit.INPUT
    assert [name for name in COMMANDS if f"  {name} " not in out] == []
    assert run(capfdbinary, "--help")[0] == Exit.OK


def test_a_slip_in_a_command_is_answered_with_the_nearest(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, _, err = run(capfdbinary, "backtets")
    assert code == Exit.INPUT
    assert "did you mean `backtest`?" in err


def test_the_page_about_the_command_line_has_the_same_exit_codes() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == set(map(int, Exit))


def test_the_page_about_the_command_line_names_every_command() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)", page, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check", "nowhere.rules"), "FILE_UNREADABLE"),
        (("check", "."), "FILE_UNREADABLE"),
        (("backtest", INSURER, "nowhere.ndjson"), "FILE_UNREADABLE"),
        (("backtest", INSURER, INSURER, "--scramble", "1"), "REQUIRED"),
        (("backtest", INSURER, INSURER, "--until", "2026-03-02T10:00:00"), "INSTANT_WITHOUT_OFFSET"),
        (("serve", "--host", "0.0.0.0", "--store", "memory"), "ADDRESS_REFUSED"),
        (("serve", "--store", "postgres://here", "--port", "0"), "VALUE_UNKNOWN"),
        (("verify", "--store", "memory"), "VALUE_UNKNOWN"),
        (("verify", "--store", INSURER), "STORE_INVALID"),
        (("customer", "C1", "--as-of", "yesterday", "--store", "x"), "INSTANT_INVALID"),
        (("ingest", INSURER, "--url", "here"), "VALUE_UNKNOWN"),
    ],
)
def test_a_persons_fault_is_told_with_its_code_and_ends_with_two(
    capfdbinary: pytest.CaptureFixture[bytes], words: tuple[str | Path, ...], code: str
) -> None:
    done, _, err = run(capfdbinary, *words)
    assert done == Exit.INPUT
    assert f"{code}: " in err
    assert f"docs/errors/{code}.md" in err
    assert "Traceback" not in err


def test_a_store_that_is_not_there_may_come(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, _, err = run(capfdbinary, "verify", "--store", "nowhere.memento")
    assert code == Exit.UNAVAILABLE
    assert "STORE_UNAVAILABLE: there is no store at nowhere.memento yet" in err
    assert "check the name" in err


def test_a_service_that_is_not_there_may_come(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    write_day(tmp_path / "day.ndjson", customers=1)
    code, _, err = run(capfdbinary, "ingest", tmp_path / "day.ndjson", "--url", "http://127.0.0.1:1/graphql")
    assert code == Exit.UNAVAILABLE
    assert "no service answers" in err


def test_a_program_reads_the_error_as_json(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, _ = run(capfdbinary, "check", "nowhere.rules", "--json")
    assert code == Exit.INPUT
    assert json.loads(out)["error"]["code"] == "FILE_UNREADABLE"


def test_a_wrong_option_is_a_usage_error() -> None:
    done = memento("check", INSURER, "--frobnicate")
    assert done.returncode == Exit.INPUT
    assert done.stderr.startswith("usage: memento check")


def test_a_reader_who_has_had_enough_is_no_fault(tmp_path: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m memento export-schema | head -1"
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_there_is_not_is_refused_as_an_input(port: int) -> None:
    with pytest.raises(InputError) as caught:
        listen(Place(port=port))
    assert (caught.value.code, caught.value.path) == (ErrorCode.NUMBER_INVALID, ("port",))


def test_the_exported_contract_is_the_committed_one(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, out, _ = run(capfdbinary, "export-schema")
    assert out == (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")
