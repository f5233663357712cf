"""Calls and names that the house does not use, and the one place where each exception lives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.source_tree import SOURCE, Module, external_imports, make_tree, modules

CATCH_ALL = {"safeground.cli.main", "safeground.web.errors"}
FACES = {"cli", "web"}
NEVER_IMPORTED = {"sqlite3", "pandas", "geopandas", "fiona", "osgeo", "pyogrio"}
ONLY_IN: dict[str, set[str]] = {"lxml": {"safeground.intake.xml", "safeground.intake.read_xlsx"}}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
CLOCK_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
               ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "strftime")}
Rule = Callable[[Module], Iterator[tuple[int, str]]]


def _calls(module: Module) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield each call with the last name before the dot ("" = no dot, "…" = no name) and the name called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                owner = node.func.value
                before = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "…")
                yield node, before, node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node, "", node.func.id


def bare_assert(module: Module) -> Iterator[tuple[int, str]]:
    """``assert`` is removed by ``-O``: use foundation.invariant."""
    yield from ((node.lineno, "assert") for node in ast.walk(module.tree) if isinstance(node, ast.Assert))


def prints(module: Module) -> Iterator[tuple[int, str]]:
    """Rooms return values; faces write through one module."""
    yield from ((node.lineno, "print") for node, before, name in _calls(module)
                if name == "print" and not before)


def catches_all(module: Module) -> Iterator[tuple[int, str]]:
    """Only the two faces catch what nobody foresaw; nobody catches without a name."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {getattr(kind, "id", getattr(kind, "attr", "")) for kind in kinds if kind is not None}
        if node.type is None:
            yield node.lineno, "except without a name"
        elif names & {"Exception", "BaseException"} and module.name not in CATCH_ALL:
            yield node.lineno, "except Exception"


def foreign_imports(module: Module) -> Iterator[tuple[int, str]]:
    """One SQLite library touches a project file, and drivers of foreign formats stay in the sandbox."""
    for name, line in external_imports(module):
        if name in NEVER_IMPORTED or module.name not in ONLY_IN.get(name, {module.name}):
            yield line, f"import of {name}"


def asks_the_clock(module: Module) -> Iterator[tuple[int, str]]:
    """Below the faces time is handed in, so that a run repeats to the byte.  A stopwatch (perf_counter) may run."""
    if module.room in FACES or module.name == "safeground.foundation.clock":
        return
    yield from ((node.lineno, f"{before}.{name}()") for node, before, name in _calls(module)
                if (before, name) in CLOCK_CALLS)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from ((node.lineno, f"from time import {alias.name}") for alias in node.names
                        if ("time", alias.name) in CLOCK_CALLS)


def repairs(module: Module) -> Iterator[tuple[int, str]]:
    """An outline is never repaired in passing; candidates are made in one place, for a person."""
    for node, _, name in _calls(module):
        if name == "make_valid" and module.name != "safeground.ground.shapes":
            yield node.lineno, "make_valid"
        distances = [*node.args, *(k.value for k in node.keywords if k.arg == "distance")]
        if name == "buffer" and any(isinstance(a, ast.Constant) and a.value == 0 and a.value is not False
                                    for a in distances):
            yield node.lineno, "buffer(0)"


def vague_name(module: Module) -> Iterator[tuple[int, str]]:
    """A module is named after what it holds."""
    if module.name.rsplit(".", 1)[-1] in VAGUE_NAMES:
        yield 1, "a name that says nothing"


RULES: tuple[Rule, ...] = (bare_assert, prints, catches_all, foreign_imports, asks_the_clock, repairs, vague_name)


def violations(rule: Rule, source: Path) -> list[str]:
    """Every place where a rule is broken."""
    return [f"{module.where(line)}: {what}" for module in modules(source) for line, what in rule(module)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_holds_to(rule: Rule) -> None:
    assert violations(rule, SOURCE) == []


BAD = [
    (bare_assert, "ground/a.py", "assert 1 == 1\n"),
    (prints, "cli/a.py", "def f():\n    print('x')\n"),
    (catches_all, "cli/book.py", "try:\n    pass\nexcept Exception:\n    pass\n"),
    (catches_all, "ground/a.py", "try:\n    pass\nexcept (ValueError, BaseException) as e:\n    pass\n"),
    (catches_all, "cli/main.py", "try:\n    pass\nexcept:\n    pass\n"),
    (foreign_imports, "store/a.py", "import sqlite3\n"),
    (foreign_imports, "store/a.py", "def f():\n    from geopandas import read_file\n"),
    (foreign_imports, "intake/readers.py", "import pyogrio\n"),
    (asks_the_clock, "operations/a.py", "from datetime import datetime\nx = datetime.now()\n"),
    (asks_the_clock, "ledger/a.py", "import datetime\nx = datetime.date.today()\n"),
    (asks_the_clock, "simulation/a.py", "import time\nx = time.time()\n"),
    (asks_the_clock, "simulation/a.py", "from time import time\n"),
    (repairs, "intake/a.py", "import shapely\nx = shapely.make_valid(y)\n"),
    (repairs, "ground/area.py", "x = y.buffer(0)\n"),
    (repairs, "ground/shapes.py", "x = shapely.buffer(y, 0.0)\n"),
    (repairs, "ground/shapes.py", "x = y.buffer(distance=0)\n"),
    (vague_name, "ground/utils.py", ""),
]
FINE = [
    (catches_all, "cli/main.py", "try:\n    pass\nexcept Exception:\n    pass\n"),
    (catches_all, "ground/a.py", "try:\n    pass\nexcept ValueError:\n    pass\n"),
    (foreign_imports, "intake/xml.py", "from lxml import etree\n"),
    (asks_the_clock, "foundation/clock.py", "from datetime import datetime\nx = datetime.now()\n"),
    (asks_the_clock, "cli/a.py", "from datetime import datetime\nx = datetime.now()\n"),
    (asks_the_clock, "operations/a.py", "import time\nx = time.perf_counter()\n"),
    (repairs, "ground/shapes.py", "import shapely\nx = shapely.make_valid(y)\nz = y.buffer(10)\n"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_a_bad_line_turns_the_rule_red(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    assert len(violations(rule, make_tree(tmp_path, {path: text}))) == 1


@pytest.mark.parametrize(("rule", "path", "text"), FINE)
def test_a_good_line_leaves_the_rule_green(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    assert violations(rule, make_tree(tmp_path, {path: text})) == []


def test_every_rule_has_a_line_that_turns_it_red() -> None:
    assert {rule for rule, _, _ in BAD} == set(RULES)
