"""Codes of findings and errors: each one that is used is explained once, and each one that is explained is used."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.needs import ROOT
from support.source_tree import SOURCE, Module, make_tree, modules

CODE = re.compile(r"SG-[A-Z]+-\d{3}")


def _is_list(module: Module) -> bool:
    return module.path.stem.startswith("codes")


def _docstrings(tree: ast.Module) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, holders) and node.body
            and isinstance(node.body[0], ast.Expr)}


def used(module: Module) -> Iterator[tuple[str, int]]:
    """Yield each code in a module's texts, docstrings apart."""
    skip = _docstrings(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            yield from ((code, node.lineno) for code in CODE.findall(node.value))


def listed(module: Module) -> dict[str, str]:
    """Code -> sentence, of every dictionary written out in a list of codes."""
    return {key.value: getattr(value, "value", "") for node in ast.walk(module.tree) if isinstance(node, ast.Dict)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and CODE.fullmatch(str(key.value))}


def code_violations(source: Path) -> list[str]:
    """Codes that are not listed, listed twice, never used or not explained."""
    lists = [module for module in modules(source) if _is_list(module)]
    times = Counter(code for module in lists for code in listed(module))
    uses = {code: module.where(line) for module in modules(source) if not _is_list(module)
            for code, line in used(module)}
    found = [f"{code}, used at {where}, is listed nowhere" for code, where in sorted(uses.items()) if code not in times]
    found += [f"{code} is listed {count} times" for code, count in sorted(times.items()) if count > 1]
    found += [f"{code} is listed and never used" for code in sorted(set(times) - set(uses))]
    found += [f"{module.name}: {code} is not explained by a sentence" for module in lists
              for code, words in listed(module).items() if len(str(words).split()) < 4 or not words.endswith(".")]
    return found


def test_each_code_is_listed_once_and_used() -> None:
    assert code_violations(SOURCE) == []


def test_each_room_gathers_its_codes_in_one_list() -> None:
    rooms: dict[str, dict[str, str]] = {}
    for module in modules(SOURCE):
        if _is_list(module):
            rooms.setdefault(module.room, {}).update(listed(module))
    for room, codes in rooms.items():
        assert codes == importlib.import_module(f"safeground.{room}.codes").CODES


def test_each_code_is_in_the_reference() -> None:
    page = ROOT / "docs" / "reference" / "errors.md"
    if not page.is_file():
        pytest.skip("docs/reference/errors.md is not written yet")
    text = page.read_text(encoding="utf-8")
    codes = {code for module in modules(SOURCE) if _is_list(module) for code in listed(module)}
    assert sorted(code for code in codes if code not in text) == []


LIST = 'CODES = {"SG-GROUND-001": "A coordinate system is not known."}\n'
USE = 'x = f("SG-GROUND-001")\n'


@pytest.mark.parametrize(("files", "words"), [
    ({"ground/a.py": USE}, "listed nowhere"),
    ({"ground/codes.py": LIST}, "never used"),
    ({"ground/codes.py": LIST, "ground/a.py": '"""Says SG-GROUND-001 only in its docstring."""\n'}, "never used"),
    ({"ground/codes.py": LIST, "records/codes.py": LIST, "ground/a.py": USE}, "2 times"),
    ({"ground/codes.py": 'CODES = {"SG-GROUND-001": "Unknown."}\n', "ground/a.py": USE}, "not explained"),
])
def test_a_stray_code_turns_the_rule_red(tmp_path: Path, files: dict[str, str], words: str) -> None:
    found = code_violations(make_tree(tmp_path, files))
    assert len(found) == 1
    assert words in found[0]


def test_a_code_that_is_listed_and_used_is_fine(tmp_path: Path) -> None:
    assert code_violations(make_tree(tmp_path, {"ground/codes.py": LIST, "ground/a.py": USE})) == []
