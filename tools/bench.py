"""Run every benchmark at its small size and print each one's JSON line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run ``python -m benchmarks.NAME --json`` for each module of the folder."""
    names = sorted(p.stem for p in (ROOT / "benchmarks").glob("*.py") if not p.stem.startswith("_"))
    failed = []
    for name in names:
        sys.stderr.write(f"benchmarks.{name}\n")
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--json"], cwd=ROOT, check=False).returncode:
            failed.append(name)
    raise SystemExit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
