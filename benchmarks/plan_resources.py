"""Problems of the published set with a scarce casevac: the bound with and without the price of a resource.

    python -m benchmarks.plan_resources --json       # 50x10 and 200x30, seeds 0 and 1, capacity 15 and 30 %

Every manual and dog stage holds one casevac unit; there are as many units as a share of the manual teams.  "Without" is
the bound that leaves resources out; both are asked on the same tables, for the same number of steps.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from typing import Any

import numpy as np
from benchmarks._plan_instances import instance

from safeground.plan.arrays import Arrays, build
from safeground.plan.bound import Bound, day_prices, way_prices
from safeground.plan.explain import resource_prices
from safeground.plan.solve import SolveSettings, solve
from safeground.plan.stops import after_moves
from safeground.records.planning import PlanProblem, PlanTask

SIZES = ((50, 10), (200, 30))
#: Search moves for each task, and steps of the two bounds.
MOVES, QUICK, WAYS = 600, 500, 300


def scarce(tasks: int, teams: int, seed: int, share: float) -> PlanProblem:
    """One problem of the set with casevac units for a share of the manual teams."""
    made = instance(tasks, teams, seed)
    units = max(1, round(share * sum(t.methods == ("manual",) for t in made.teams)))

    def held(task: PlanTask) -> PlanTask:
        return replace(task, stages=tuple(replace(s, needs=(("casevac", 1),) if s.method in ("manual", "dog") else ())
                                          for s in task.stages))

    return replace(made, tasks=tuple(map(held, made.tasks)), resources={"casevac": (units,) * made.days})


def bounds(a: Arrays, target: float) -> tuple[Bound, Bound, float]:
    """Return the quick bound, the one with travel, and the seconds of the processor of both."""
    start = time.process_time()
    quick = day_prices(a, target, after_moves(QUICK))
    return quick, way_prices(a, quick.price, after_moves(WAYS)), time.process_time() - start


def one(tasks: int, teams: int, seed: int, share: float) -> dict[str, Any]:
    """One problem: a plan, and its bound with and without resources."""
    problem = scarce(tasks, teams, seed, share)
    a = build(problem)
    found = solve(problem, after_moves(MOVES * tasks), SolveSettings(seed=seed, way_steps=1))
    quick, ways, seconds = bounds(a, found.value * 1.08)
    blind_quick, blind, blind_seconds = bounds(a._replace(stage_needs=np.zeros_like(a.stage_needs)), found.value * 1.08)
    bound, before = min(quick.value, ways.value), min(blind_quick.value, blind.value)
    best = ways if ways.value <= quick.value else quick
    return {"tasks": tasks, "teams": teams, "seed": seed, "units": problem.resources["casevac"][0],
            "value": found.value, "bound_without": before, "bound": bound, "gap_without": 1 - found.value / before,
            "gap": 1 - found.value / bound, "price": resource_prices(problem, a, best)[0].price,
            "seconds_without": blind_seconds, "seconds": seconds, "violations": len(found.report.violations)}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="50,200")
    parser.add_argument("--seeds", default="0,1")
    parser.add_argument("--shares", default="0.15,0.3")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    sizes = {int(v) for v in args.sizes.split(",")}
    rows = [one(n, k, int(s), float(share)) for n, k in SIZES if n in sizes for s in args.seeds.split(",")
            for share in args.shares.split(",")]
    if args.json:
        print(json.dumps({"schema": "safeground/bench-plan-resources/1", "rows": rows}, indent=1))
        return
    for row in rows:
        print("%(tasks)4d x %(teams)2d s%(seed)d, %(units)d units: worth %(value).0f, bound %(bound_without).0f -> "
              "%(bound).0f" % row, "gap %.1f -> %.1f %%, a unit-day %.1f, %.1f -> %.1f s" % (
                  100 * row["gap_without"], 100 * row["gap"], row["price"], row["seconds_without"], row["seconds"]))


if __name__ == "__main__":
    main()
