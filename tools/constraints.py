"""Pin the newest versions that fit into ``constraints.txt``: names and versions only, no addresses."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Resolve all extras and write the pins."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "uv"), "pip", "compile", "pyproject.toml", "--all-extras", "--quiet",
         "--no-header", "--no-annotate", "--no-emit-index-url", "--universal", "--python-version", "3.11"],
        cwd=ROOT, capture_output=True, text=True, check=True)
    pins = sorted({*done.stdout.splitlines(), f"uv=={version('uv')}"})
    (ROOT / "constraints.txt").write_text("\n".join(pins) + "\n")


if __name__ == "__main__":
    main()
