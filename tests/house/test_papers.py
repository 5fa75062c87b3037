"""Pins, changelog, README and script agree with each other."""

import re
import subprocess
from itertools import pairwise

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.project import ROOT, pyproject, texts

PIN_FILES = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)(?: ; (.+?))? \\$")


def pins(name: str) -> list[tuple[str, str, str]]:
    """Name, version and marker of every pin; a pin without a hash, or anything else, is an error."""
    lines = texts()[name].splitlines()
    result: list[tuple[str, str, str]] = []
    for line, following in pairwise([*lines, ""]):
        if line.startswith("    "):
            assert re.match(r"    (--hash=sha256:[0-9a-f]{64}( \\)?|#.*)$", line), line
            continue
        found = PIN.match(line)
        assert found, f"{name}: not a pin: {line!r}"
        assert following.startswith("    --hash=sha256:"), f"{name}: no hash: {line!r}"
        result.append((canonicalize_name(found[1]), found[2], found[3] or ""))
    return result


@pytest.mark.parametrize("name", PIN_FILES)
def test_every_pin_has_a_hash_and_one_version_for_each_environment(name: str) -> None:
    seen = [(distribution, marker) for distribution, _, marker in pins(name)]
    assert len(seen) == len(set(seen))
    bare = [distribution for distribution, marker in seen if not marker]
    names = [distribution for distribution, _ in seen]
    assert [distribution for distribution in bare if names.count(distribution) > 1] == []


def test_development_pins_include_the_runtime_ones() -> None:
    assert set(pins("requirements.txt")) - set(pins("requirements-dev.txt")) == set()


@pytest.mark.parametrize(("name", "groups"), [("requirements.txt", ()), ("requirements-dev.txt", ("dev",))])
def test_every_declared_dependency_is_pinned_within_its_bounds(name: str, groups: tuple[str, ...]) -> None:
    document = pyproject()
    declared = [*document["project"]["dependencies"]]
    for group in groups:
        declared += document["dependency-groups"][group]
    pinned: dict[str, set[str]] = {}
    for distribution, version, _ in pins(name):
        pinned.setdefault(distribution, set()).add(version)
    for requirement in (Requirement(" ".join(text.split())) for text in declared):
        versions = pinned.get(canonicalize_name(requirement.name), set())
        assert versions, f"{name} does not pin {requirement.name}: renew it (see pyproject.toml)"
        assert all(requirement.specifier.contains(v, prereleases=True) for v in versions), requirement


def test_no_dependency_is_declared_twice() -> None:
    document = pyproject()
    declared = [*document["project"]["dependencies"], *document["dependency-groups"]["dev"]]
    names = [canonicalize_name(Requirement(" ".join(text.split())).name) for text in declared]
    assert len(names) == len(set(names))


def test_the_changelog_has_unreleased_changes_first_and_names_the_version() -> None:
    headings = re.findall(r"^## (.+)$", texts()["CHANGELOG.md"], flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert pyproject()["project"]["version"] in texts()["CHANGELOG.md"]


def test_the_readme_names_only_commands_that_the_script_knows() -> None:
    usage = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^  (\w+)", usage, flags=re.MULTILINE))
    named = set(re.findall(r"\./run (\w+)", texts()["README.md"]))
    assert {"demo", "test"} <= named
    assert named - known == set()


def test_the_script_refuses_an_unknown_command() -> None:
    refused = subprocess.run([ROOT / "run", "no-such-command"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert refused.stderr.startswith("usage: ")
    assert refused.stdout == ""
