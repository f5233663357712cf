"""A source tree as the house rules see it: modules, their syntax and whom they import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from support.needs import ROOT

SOURCE = ROOT / "src"
PACKAGE = "safeground"


@dataclass(frozen=True)
class Module:
    """One module: its dotted name, its file and its syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """First package under the root package; "" for the root's own modules."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 2 or (self.is_package and len(parts) == 2) else ""

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    def where(self, line: int) -> str:
        return f"{self.name}:{line}"


@lru_cache(maxsize=8)
def modules(source: Path = SOURCE) -> tuple[Module, ...]:
    """All modules below `source`, which holds the package's folder; sorted by name."""
    found = []
    for path in sorted((source / PACKAGE).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, path, text, ast.parse(text, filename=str(path))))
    return tuple(found)


def make_tree(folder: Path, files: dict[str, str]) -> Path:
    """Write a small tree (paths below the package's folder) for a rule to be tried on, and return its source folder."""
    for name, text in {"__init__.py": "", **files}.items():
        path = folder / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for parent in path.relative_to(folder).parents:
            if parent.parts and not (folder / parent / "__init__.py").exists():
                (folder / parent / "__init__.py").write_text("")
        path.write_text(text, encoding="utf-8")
    return folder


def _target(module: Module, node: ast.ImportFrom, names: frozenset[str]) -> Iterator[str]:
    base = node.module or ""
    if node.level:
        parts = module.name.split(".")
        keep = len(parts) - node.level + (1 if module.is_package else 0)
        base = ".".join([*parts[:keep], *([node.module] if node.module else [])])
    for alias in node.names:
        whole = f"{base}.{alias.name}"
        yield whole if whole in names else base


def imports_of(module: Module, names: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield each import inside the package as (module imported, line): deferred and type-checking ones too."""
    for node in ast.walk(module.tree):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = list(_target(module, node, names))
        elif isinstance(node, ast.Call) and _callee(node) in ("import_module", "__import__"):
            found = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        for target in found:
            if target == PACKAGE or target.startswith(PACKAGE + "."):
                yield target, node.lineno


def external_imports(module: Module) -> Iterator[tuple[str, int]]:
    """Yield the top-level name of each import from outside the package, with its line."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0], node.lineno


def _callee(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
