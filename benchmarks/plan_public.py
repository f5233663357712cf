"""Public scheduling instances against their best known makespans: PSPLIB j30 to j120, RG300, MMLIB50 and MMLIB100.

    python -m benchmarks.plan_public --instances DIR --best-known BEST.csv --seconds 60 --json

The files are not part of the repository; PyJobShop/Experiments publishes them with the best known values.  DIR is
searched through all its folders; BEST.csv has columns instance and best_known_makespan.  Every schedule passes the
checker before it counts.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import psplib

from safeground.plan.rcpsp import Rcpsp, make_rcpsp
from safeground.plan.rcpsp_check import faults_of
from safeground.plan.rcpsp_search import max_iterations, solve_rcpsp, solve_within

KINDS = (("j30", r"j30\D"), ("j60", r"j60\D"), ("j90", r"j90\D"), ("j120", r"j120\D"), ("mmlib50", r"j50\d"),
         ("mmlib100", r"j100\d"), ("rg300", r"rg300"))
SUFFIXES = {".txt", ".sm", ".mm", ".rcp"}


def kind_of(path: Path) -> str:
    """Return the family of an instance, told by its file's name; "other" where the name tells nothing.

    PSPLIB's own files are called j6010_5.sm: the number of activities, then that of the parameter setting.
    """
    name = path.name.lower()
    if path.suffix.lower() == ".sm" and (found := re.match(r"j(30|60|90|120)\d+_\d+", name)):
        return f"j{found[1]}"
    return next((kind for kind, pattern in KINDS if re.match(pattern, name)), "other")


def read_instance(path: Path) -> Rcpsp:
    """Read a file in the format of PSPLIB and MMLIB (.sm, .mm) or of Patterson, whichever its first lines show."""
    is_psplib = "PRECEDENCE RELATIONS" in path.read_text(encoding="utf-8", errors="replace")
    raw = psplib.parse(path, "psplib" if is_psplib else "patterson")
    daily = [index for index, resource in enumerate(raw.resources) if resource.renewable]
    once = [index for index, resource in enumerate(raw.resources) if not resource.renewable]
    return make_rcpsp(
        [[(mode.duration, [mode.demands[i] for i in daily], [mode.demands[i] for i in once]) for mode in own.modes]
         for own in raw.activities],
        [own.successors for own in raw.activities],
        [raw.resources[i].capacity for i in daily], [raw.resources[i].capacity for i in once])


def best_known(path: Path) -> dict[str, int]:
    """Return the best known makespan by the file's name without its ending."""
    with path.open(newline="", encoding="utf-8") as file:
        return {Path(row["instance"]).stem.lower(): int(row["best_known_makespan"]) for row in csv.DictReader(file)}


def solve(path: Path, known: int, seconds: float, seed: int) -> dict[str, Any]:
    """Solve one instance and return its row."""
    problem = read_instance(path)
    wall, cpu = time.perf_counter(), time.process_time()
    answer = solve_within(problem, seconds, seed=seed, workers=2)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if faults := faults_of(problem, answer.schedule):
        raise SystemExit(f"{path.name}: {faults}")
    span = answer.schedule.makespan_days
    return {"instance": path.name, "kind": kind_of(path), "makespan": span, "best_known": known,
            "gap": span / known - 1, "lower_bound": answer.lower_bound_days, "seconds": round(wall, 2),
            "cpu_seconds": round(cpu, 2), "iterations": answer.iterations}


def summary(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return by family how many instances, mean and largest gap, and the shares at best known and proven."""
    out = {}
    for kind in sorted({row["kind"] for row in rows}):
        own = [row for row in rows if row["kind"] == kind]
        out[kind] = {
            "instances": len(own), "mean_gap": sum(row["gap"] for row in own) / len(own),
            "max_gap": max(row["gap"] for row in own),
            "at_best_known": sum(row["makespan"] <= row["best_known"] for row in own) / len(own),
            "proven": sum(row["makespan"] == row["lower_bound"] for row in own) / len(own),
            "mean_seconds": sum(row["seconds"] for row in own) / len(own)}
    return out


def main() -> int:
    """Run the benchmark and print its table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=Path, required=True, help="folder, searched through")
    parser.add_argument("--best-known", type=Path, required=True, help="table of best known makespans")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall time for each instance")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="one family, e.g. j60 or mmlib50")
    parser.add_argument("--limit", type=int, help="at most so many instances of each family")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    known, rows, seen = best_known(args.best_known), [], {}
    for path in sorted(args.instances.rglob("*")):
        kind = kind_of(path)
        if path.suffix.lower() not in SUFFIXES or path.stem.lower() not in known or args.only not in (None, kind):
            continue
        seen[kind] = seen.get(kind, 0) + 1
        if args.limit is not None and seen[kind] > args.limit:
            continue
        if not rows:
            solve_rcpsp(read_instance(path), max_iterations(1))  # machine code is made, or read, before the clock runs
        rows.append(solve(path, known[path.stem.lower()], args.seconds, args.seed))
        row = rows[-1]
        sys.stderr.write(f"{row['instance']:16s} {row['makespan']:5d}  best known {row['best_known']:5d}  gap "
                         f"{row['gap']:6.2%}  bound {row['lower_bound']:5d}  {row['seconds']:6.1f} s\n")
    values = {"schema": "safeground/bench-plan-public/1", "seed": args.seed, "seconds": args.seconds, "rows": rows,
              "summary": summary(rows)}
    if args.json:
        print(json.dumps(values))
        return 0
    for kind, figures in values["summary"].items():
        print(f"{kind:10s} " + "  ".join(f"{name} {value:.4g}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
