"""Docstrings: every public thing says what it means, in more than the words of its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.source_tree import SOURCE, Module, make_tree, modules

EMPTY_WORDS = {"a", "an", "and", "class", "for", "from", "function", "get", "gets", "given", "in", "is", "it", "its",
               "method", "module", "of", "on", "return", "returns", "set", "sets", "that", "the", "this", "to"}
Holder = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public_things(module: Module) -> Iterator[tuple[str, Holder]]:
    """Yield the module, its public classes and functions, and the public methods of those classes."""
    yield module.name, module.tree
    open_bodies: list[tuple[str, ast.Module | ast.ClassDef]] = [(module.name, module.tree)]
    while open_bodies:
        owner, holder = open_bodies.pop()
        for node in holder.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
                yield f"{owner}.{node.name}", node
                if isinstance(node, ast.ClassDef):
                    open_bodies.append((f"{owner}.{node.name}", node))


def _words(text: str) -> set[str]:
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", text)
    return {part.lower().removesuffix("s") for part in parts} - {w.removesuffix("s") for w in EMPTY_WORDS}


def docstring_violations(source: Path) -> list[str]:
    """Public things without a docstring, or with one that repeats the name."""
    found = []
    for module in modules(source):
        if module.name == "safeground" and not module.text.strip():
            continue
        for name, node in public_things(module):
            says = ast.get_docstring(node)
            short = name.rsplit(".", 1)[-1]
            if not says:
                found.append(f"{name}: no docstring")
            elif not _words(says) - _words(short) or re.search(r"\b(TODO|FIXME|TBD)\b", says):
                found.append(f"{name}: {says.splitlines()[0]!r} says no more than the name")
    return found


def test_every_public_thing_says_what_it_means() -> None:
    assert docstring_violations(SOURCE) == []


HEAD = '"""Areas on the ellipsoid."""\n'


@pytest.mark.parametrize("text", [
    "x = 1\n",
    HEAD + "def area():\n    return 1\n",
    HEAD + 'def read_csv():\n    """Read the CSV."""\n',
    HEAD + 'class LandEntry:\n    """The land entry."""\n',
    HEAD + 'class Entry:\n    """A movement of area."""\n    def total(self):\n        return 1\n',
    HEAD + 'def area():\n    """TODO: measure."""\n',
])
def test_a_missing_or_empty_docstring_turns_the_rule_red(tmp_path: Path, text: str) -> None:
    init = {"__init__.py": '"""The public face."""\n', "ground/__init__.py": '"""Geometry without nouns."""\n'}
    assert len(docstring_violations(make_tree(tmp_path, {**init, "ground/a.py": text}))) == 1


def test_private_and_inner_functions_need_none(tmp_path: Path) -> None:
    init = {"__init__.py": '"""The public face."""\n', "ground/__init__.py": '"""Geometry without nouns."""\n'}
    text = HEAD + 'def area():\n    """Return m² on the ellipsoid."""\n    def inner(): pass\n\ndef _own(): pass\n'
    assert docstring_violations(make_tree(tmp_path, {**init, "ground/a.py": text})) == []
