"""How long the command takes to answer ``--help``: ``python -m benchmarks.startup [--json]``; median of nine.

Byte code is cached before the clock starts, as after any installation.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 9


def seconds(*command: str) -> float:
    """Return the median of nine runs of a command."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    taken = []
    for number in range(RUNS + 2):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        if number >= 2:
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    command = str(Path(sys.executable).with_name("safeground"))
    code = ("import sys; from safeground.cli.main import main; main(['--help']); "
            "sys.stderr.write(','.join(sorted({'geopandas', 'pandas', 'shapely', 'numpy'} & set(sys.modules))))")
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stderr.strip()
    figures = {
        "schema": "safeground/benchmark/1", "name": "startup", "help_s": seconds(command, "--help"),
        "version_s": seconds(command, "--version"), "python_alone_s": seconds(sys.executable, "-c", "pass"),
        "import_geopandas_s": seconds(sys.executable, "-c", "import geopandas"), "heavy_libraries_loaded": loaded}
    json.dump(figures, sys.stdout, indent=None if asked.json else 1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
