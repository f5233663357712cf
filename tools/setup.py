"""Make or refresh ``.venv``: the package in editable form, at the versions of ``constraints.txt``.

Runs on a bare Python 3.11 with nothing installed.  A second run with nothing changed takes a moment only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
#: Files that decide what is installed.
INPUTS = ("pyproject.toml", "constraints.txt", "hatch_build.py", "tools/setup.py")


def fingerprint(extras: str) -> str:
    """Return a hash over everything that decides what the environment holds, the page's sources included."""
    digest = hashlib.sha256(f"{sys.version}{extras}{ENVIRONMENT}".encode())
    ui = sorted(p for p in (ROOT / "ui").rglob("*") if p.is_file() and "node_modules" not in p.parts)
    for path in [*(ROOT / name for name in INPUTS), *ui]:
        digest.update(path.read_bytes() if path.is_file() else b"-")
    return digest.hexdigest()


def run(*command: str | Path, **environment: str) -> None:
    """Run one step; stop with its words if it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **environment},
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:] + done.stderr[-4000:])
        raise SystemExit(f"set-up stopped: {' '.join(str(part) for part in command)} gave {done.returncode}")


def main() -> None:
    """Make the environment, or say that it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what the tests, checks and benchmarks need")
    extras = "postgis,plan,places,dev" if parser.parse_args().dev else "postgis,plan,places"
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is run by whatever Python the machine has
        raise SystemExit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    stamp = ENVIRONMENT / f"set-up-{extras.replace(',', '-')}"
    wanted = fingerprint(extras)
    everything = "postgis,plan,places,dev"
    stamps = {stamp: wanted, ENVIRONMENT / f"set-up-{everything.replace(',', '-')}": fingerprint(everything)}
    if any(path.is_file() and path.read_text() == text for path, text in stamps.items()):
        return
    started = time.perf_counter()
    sys.stderr.write(f"Setting up {ENVIRONMENT.name} (the first time takes a minute or two) …\n")
    python = BIN / "python"
    if not python.is_file():
        venv.create(ENVIRONMENT, with_pip=True)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt", "uv")
    run(BIN / "uv", "pip", "install", "--quiet", "--python", python, "-c", "constraints.txt", "-e", f".[{extras}]")
    stamp.write_text(wanted)
    sys.stderr.write(f"Set up in {time.perf_counter() - started:.0f} s.\n")


if __name__ == "__main__":
    main()
