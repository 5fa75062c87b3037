"""The rooms are the folders, the floors and the wheel alike, and nobody else lives in them."""

import ast
import tempfile
import zipfile
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from tests.house.project import ROOMS, ROOT, files, modules, pyproject


def test_no_other_distribution_owns_the_name_of_a_room() -> None:
    # With such a distribution beside us the tests would pass and the installed service would not start.
    owners = packages_distributions()
    strangers = {room: set(owners.get(room, ())) - {"memento-service"} for room in ROOMS}
    assert not {room: names for room, names in strangers.items() if names}


def test_folders_floors_types_and_wheel_name_the_same_rooms() -> None:
    tools = pyproject()["tool"]
    floors = next(c for c in tools["importlinter"]["contracts"] if c["id"] == "floors")
    layered = chain.from_iterable(layer.split(" | ") for layer in floors["layers"])
    folders = {
        path.parent.name for path in files() if path.name == "__init__.py" and path.parent.parent == ROOT
    }
    assert folders - {"tests", "benchmarks", "examples"} == set(ROOMS)
    assert set(layered) == set(ROOMS)
    assert set(tools["importlinter"]["root_packages"]) == set(ROOMS)
    assert set(tools["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(ROOMS)
    assert tools["mypy"]["files"] == ["."]
    assert set(ROOMS) <= set(tools["ruff"]["lint"]["isort"]["known-first-party"])


def test_the_wheel_carries_every_file_of_every_room() -> None:
    expected = {path.relative_to(ROOT).as_posix() for path in files()}
    expected = {name for name in expected if name.split("/", 1)[0] in ROOMS}
    with tempfile.TemporaryDirectory() as folder:
        [built] = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
        with zipfile.ZipFile(Path(built)) as wheel:
            shipped = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert expected - shipped == set()
    assert {name.split("/", 1)[0] for name in shipped} == set(ROOMS)


def test_nothing_imports_the_database_stand_in() -> None:
    # It is under GPL-2.0: the tests may run it as a process of its own, and that is all.
    guilty = []
    for name, text in modules().items():
        for node in ast.walk(ast.parse(text)):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            origin = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if any(module.lower().startswith("secantus") for module in (origin, *named)):
                guilty.append(name)
    assert guilty == []
