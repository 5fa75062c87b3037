"""What no committed file may say: a registry's host, a path of one machine, a note to self."""

import re

import pytest

from tests.house.project import texts

# Put together from parts, so that this file may pass its own test.
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "yarnpkg" + ".com",
    "crates" + ".io",
    "proxy.golang" + ".org",
    "rubygems" + ".org",
    "conda" + ".anaconda.org",
    "--index" + "-url",
    "--find" + "-links",
]
PATHS = "|".join("/" + name for name in ("work", "root", "home", "Users", "tmp", "opt"))
MACHINE_PATH = re.compile(rf"(?<![\w.~$}})\]-])(?<!:/)(?:{PATHS})/\w")
LEFTOVER = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
BREAKPOINT = re.compile(r"\b(?:break" + r"point\(|pdb\.set" + r"_trace)")


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(re.compile("|".join(map(re.escape, HOSTS))), id="registry host"),
        pytest.param(MACHINE_PATH, id="path of one machine"),
        pytest.param(LEFTOVER, id="leftover marker"),
        pytest.param(BREAKPOINT, id="breakpoint"),
    ],
)
def test_no_committed_file_says(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for name, text in texts().items()
        for match in pattern.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "said", ["cd /" + "work/main", '"/' + 'tmp/x"', "(/" + "root/x)", "file:///" + "tmp/x"]
)
def test_a_path_of_one_machine_is_seen(said: str) -> None:
    assert MACHINE_PATH.search(said)


@pytest.mark.parametrize(
    "said", ["docs/" + "work/x", "/workers/1", "https://host/" + "home/x", "$DIR/" + "tmp/x"]
)
def test_another_path_is_let_be(said: str) -> None:
    assert not MACHINE_PATH.search(said)
