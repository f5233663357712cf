"""Sizes: what a person can read in one sitting."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from support.needs import ROOT
from support.source_tree import SOURCE, make_tree, modules

MODULE_LINES, MODULE_MEDIAN = 500, 200
FUNCTION_LINES, FUNCTION_USUAL, FUNCTION_LONGER_SHARE = 70, 50, 0.05
LINE_WIDTH = 120
ROOM_LINES = 12
TARGETS = 14


def module_violations(source: Path) -> list[str]:
    """Modules that are too long, alone or in the middle of all."""
    lengths = {module.name: len(module.text.splitlines()) for module in modules(source) if not module.is_package}
    found = [f"{name}: {lines} lines, at most {MODULE_LINES}" for name, lines in lengths.items()
             if lines > MODULE_LINES]
    middle = median(lengths.values()) if lengths else 0
    if middle > MODULE_MEDIAN:
        found.append(f"the median module has {middle:g} lines, at most {MODULE_MEDIAN}")
    return found


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def function_violations(source: Path) -> list[str]:
    """Functions that are too long, and too many that are longer than usual."""
    lengths = {module.where(node.lineno) + f" {node.name}": body_lines(node) for module in modules(source)
               for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    found = [f"{name}: {lines} lines, at most {FUNCTION_LINES}" for name, lines in lengths.items()
             if lines > FUNCTION_LINES]
    longer = [name for name, lines in lengths.items() if lines > FUNCTION_USUAL]
    if len(longer) > FUNCTION_LONGER_SHARE * len(lengths):
        found.append(f"{len(longer)} of {len(lengths)} functions are over {FUNCTION_USUAL} lines: {', '.join(longer)}")
    return found


def width_violations(source: Path) -> list[str]:
    """Lines that are too wide."""
    return [f"{module.where(number)}: {len(line)} characters" for module in modules(source)
            for number, line in enumerate(module.text.splitlines(), 1) if len(line) > LINE_WIDTH]


def room_violations(source: Path) -> list[str]:
    """Rooms whose ``__init__`` does not say, shortly, what comes in, what goes out and what must never happen."""
    found = []
    for module in modules(source):
        if not module.is_package or module.name.count(".") != 1:
            continue
        says = ast.get_docstring(module.tree) or ""
        if len(module.text.splitlines()) > ROOM_LINES:
            found.append(f"{module.name}: more than {ROOM_LINES} lines")
        found += [f"{module.name}: does not say {word!r}" for word in ("In:", "Out:", "Must never:")
                  if not re.search(rf"\b{word}", says)]
    return found


def makefile_violations(text: str) -> list[str]:
    """Too many targets, or a recipe of more than one line."""
    found, recipe, targets = [], 0, []
    for line in text.splitlines():
        if target := re.match(r"([a-z][\w-]*)\s*:(?!=)", line):
            targets.append(target[1])
            recipe = 0
        elif line.startswith("\t"):
            recipe += 1
            if recipe == 2:
                found.append(f"{targets[-1]}: a recipe of more than one line; write it in tools/")
            if line.endswith("\\"):
                found.append(f"{targets[-1]}: a recipe that is continued")
    if len(targets) > TARGETS:
        found.append(f"{len(targets)} targets, at most {TARGETS}")
    return found


def test_modules_are_short() -> None:
    assert module_violations(SOURCE) == []


def test_functions_are_short() -> None:
    assert function_violations(SOURCE) == []


def test_lines_are_not_wide() -> None:
    assert width_violations(SOURCE) == []


def test_each_room_says_what_comes_in_and_out_and_what_it_must_never_do() -> None:
    assert room_violations(SOURCE) == []


def test_the_makefile_is_one_page_of_one_line_recipes() -> None:
    assert makefile_violations((ROOT / "Makefile").read_text(encoding="utf-8")) == []


ROOM = '"""A room.\n\nIn: a.  Out: b.\nMust never: c.\n"""\n'


def test_long_modules_turn_the_rule_red(tmp_path: Path) -> None:
    assert len(module_violations(make_tree(tmp_path, {"ground/a.py": "x = 1\n" * 501, "ground/b.py": ""}))) == 2
    fine = make_tree(tmp_path / "fine", {"ground/a.py": "x = 1\n" * 500, "ground/b.py": "", "ground/c.py": ""})
    assert module_violations(fine) == []


@pytest.mark.parametrize(("lines", "violations"), [(71, 2), (51, 1), (50, 0)])
def test_long_functions_turn_the_rule_red(tmp_path: Path, lines: int, violations: int) -> None:
    text = 'def f():\n    """Do it.\n\n    At length.\n    """\n' + "    x = 1\n" * lines
    assert len(function_violations(make_tree(tmp_path, {"ground/a.py": text}))) == violations


def test_a_wide_line_turns_the_rule_red(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"ground/a.py": "#" * 120 + "\n" + "#" * 121 + "\n"})
    assert width_violations(tree) == ["safeground.ground.a:2: 121 characters"]


def test_a_silent_or_talkative_room_turns_the_rule_red(tmp_path: Path) -> None:
    assert room_violations(make_tree(tmp_path / "good", {"ground/__init__.py": ROOM})) == []
    assert len(room_violations(make_tree(tmp_path / "silent", {"ground/__init__.py": '"""A room."""\n'}))) == 3
    assert len(room_violations(make_tree(tmp_path / "long", {"ground/__init__.py": ROOM + "x = 1\n" * 8}))) == 1


def test_a_crowded_makefile_turns_the_rule_red() -> None:
    assert makefile_violations("".join(f"t{n}:\n\t@true\n" for n in range(14))) == []
    assert len(makefile_violations("".join(f"t{n}:\n\t@true\n" for n in range(15)))) == 1
    assert len(makefile_violations("all:\n\t@true\n\t@true\n")) == 1
    assert len(makefile_violations("all:\n\t@true && \\\n")) == 1
