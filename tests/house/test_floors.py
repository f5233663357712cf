"""Seven floors: a lower one never imports a higher one, no room imports another room, and nothing goes in circles."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from support.source_tree import SOURCE, Module, imports_of, make_tree, modules

ROOMS = ("intake", "evidence", "hazard", "plan", "task", "progress", "inspection", "release", "forecast", "ledger",
         "claims",
         "report", "store")
FLOORS: tuple[tuple[str, ...], ...] = (
    ("foundation",), ("ground",), ("records",), ROOMS, ("operations",), ("simulation",), ("cli", "web"))
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
#: The one door between two packages of one floor, and the one closed door between two floors.
DOORS = {("safeground.cli.server", "safeground.web.server")}
CLOSED = {("web", "simulation")}


def _room_of(name: str, by_name: dict[str, Module]) -> str:
    parts = name.split(".")
    return by_name[name].room if name in by_name else (parts[1] if len(parts) > 1 else "")


def floor_violations(source: Path) -> list[str]:
    """Imports that go upward, or sideways from room to room."""
    by_name = {module.name: module for module in modules(source)}
    found = []
    for module in by_name.values():
        if module.room and module.room not in FLOOR_OF:
            if module.is_package:
                found.append(f"{module.name} stands on no floor; decide which, with a decision record")
            continue
        for target, line in imports_of(module, frozenset(by_name)):
            room = _room_of(target, by_name)
            where = f"{module.where(line)} imports {target}"
            if not module.room:
                if room and module.name != "safeground.__main__":
                    found.append(f"{where}: the root stands under every floor")
            elif not room or room == module.room:
                continue
            elif room not in FLOOR_OF:
                found.append(f"{where}, which stands on no floor")
            elif FLOOR_OF[room] > FLOOR_OF[module.room]:
                found.append(f"{where}, which is higher")
            elif FLOOR_OF[room] == FLOOR_OF[module.room] and (module.name, target) not in DOORS:
                found.append(f"{where}: no door between {module.room} and {room}")
            elif (module.room, room) in CLOSED:
                found.append(f"{where}: {module.room} never needs {room}")
    return found


def circle(source: Path) -> list[str]:
    """One circle of modules that import each other, or nothing."""
    names = frozenset(module.name for module in modules(source))
    graph = {module.name: {target for target, _ in imports_of(module, names) if target in names} - {module.name}
             for module in modules(source)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_floor_imports_a_higher_one_and_no_room_another_room() -> None:
    assert floor_violations(SOURCE) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(SOURCE) == []


@pytest.mark.parametrize(("path", "text"), [
    ("ground/area.py", "from safeground.records.land import Parcel\n"),
    ("ground/area.py", "def f():\n    import safeground.records.land\n"),
    ("ground/area.py", "import typing\nif typing.TYPE_CHECKING:\n    from safeground.records import land\n"),
    ("ground/area.py", "from ..records import land\n"),
    ("ground/area.py", "import importlib\nimportlib.import_module('safeground.records.land')\n"),
    ("ledger/post.py", "from safeground.store.project import Project\n"),
    ("operations/report.py", "from safeground.simulation.world import World\n"),
    ("web/app.py", "from safeground.simulation.world import World\n"),
    ("web/app.py", "from safeground.cli.main import app\n"),
    ("cli/book.py", "from safeground.web.app import create_app\n"),
    ("attic/things.py", "x = 1\n"),
    ("__init__.py", "from safeground.operations.report import make_report\n"),
])
def test_a_bad_import_turns_the_rule_red(tmp_path: Path, path: str, text: str) -> None:
    others = {name: "" for name in ("records/land.py", "store/project.py", "simulation/world.py", "cli/main.py",
                                    "web/app.py", "operations/report.py")}
    assert len(floor_violations(make_tree(tmp_path, {**others, path: text}))) == 1


def test_the_door_to_the_web_server_is_open_to_one_module(tmp_path: Path) -> None:
    line = "from safeground.web.server import serve\n"
    tree = make_tree(tmp_path, {"web/server.py": "", "cli/server.py": line, "cli/book.py": line})
    assert [found.split(":")[0] for found in floor_violations(tree)] == ["safeground.cli.book"]


def test_a_deferred_circle_turns_the_rule_red(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"ground/a.py": "from safeground.ground import b\n",
                                "ground/b.py": "def f():\n    from safeground.ground.a import x\n"})
    assert {"safeground.ground.a", "safeground.ground.b"} == set(circle(tree))
