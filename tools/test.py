"""Run the tests that this machine can run, with the slow ones side by side on all cores."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run pytest; its summary names what was skipped and the one line that enables it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="the long campaigns too")
    arguments, rest = parser.parse_known_args()
    marks = [] if arguments.long else ["-m", "not long"]
    cores = str(min(os.cpu_count() or 1, 8))
    command = [sys.executable, "-m", "pytest", *marks, "-n", cores, "--dist", "loadfile", *rest]
    raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
