"""Lint, strict types, house rules and docs: everything that must hold before a commit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = (
    ("lint", ("ruff", "check", "src", "tests", "tools", "benchmarks")),
    ("types", ("mypy",)),
    ("house rules and docs", ("pytest", "tests/house", "tests/docs")),
)


def main() -> None:
    """Run every step, and fail if one did."""
    failed = [name for name, command in STEPS
              if subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode]
    raise SystemExit(f"check failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
