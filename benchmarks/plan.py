"""The planner on its published set: worth, bound, today's practice and CP-SAT in one run.

    python -m benchmarks.plan --json                 # 50x10, 200x30 and 1000x100, five seeds each
    python -m benchmarks.plan --sizes 50 --seeds 0
    python -m benchmarks.plan --sizes 50 --scale 6   # six times the seconds: how much of a gap is the search's
    python -m benchmarks.plan --replan --seeds 0,1,2
    python -m benchmarks.plan --polish 20 --sizes 50                # windows by CP-SAT behind the search
    python -m benchmarks.plan --cpsat --sizes 50 --seeds 0,1        # needs OR-Tools
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks._plan_instances import SEEDS, SIZES, instance

from safeground.plan.arrays import build
from safeground.plan.board import State
from safeground.plan.bound import day_prices, way_prices
from safeground.plan.check import check_plan
from safeground.plan.polish import polish
from safeground.plan.practice import dispatch
from safeground.plan.replan import replan
from safeground.plan.solve import SolveSettings, first_plan, improve, neighbours, plan_of, solve
from safeground.plan.stops import after_moves, after_seconds, either

#: Seconds of the processor for search and bound together, and the share of the search.
BUDGET = {50: (10.0, 0.7), 200: (60.0, 0.6), 1000: (180.0, 0.6)}


#: Seconds of a re-plan after which it stops, all told: of the processor, and of the clock however busy the machine is.
REPLAN = (0.6, 1.6)
#: Best worth and least bound seen so far of each problem of the set, to whole units.
BEST_KNOWN = Path(__file__).with_name("plan_best_known.csv")


def best_known(tasks: int, teams: int, seed: int) -> tuple[float | None, float | None]:
    """Return the best worth and the least bound on record, None where there is none."""
    with BEST_KNOWN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (int(row["tasks"]), int(row["teams"]), int(row["seed"])) == (tasks, teams, seed):
                return float(row["best_known"]), float(row["bound"])
    return None, None


def warm_up() -> None:
    """Compile everything before the clock starts."""
    problem = instance(20, 8, 99)
    a = build(problem)
    quick = day_prices(a, 1000.0, after_moves(2))
    improve(problem, a, first_plan(a), quick, after_moves(10), SolveSettings(slice_moves=5), lambda text, share: None)
    way_prices(a, quick.price, after_moves(2))


def one(tasks: int, teams: int, seed: int, scale: float = 1.0) -> dict[str, Any]:
    """One problem: plan and bound within a multiple of the budget, and the practice beside it."""
    problem = instance(tasks, teams, seed)
    seconds, share = BUDGET[tasks]
    seconds *= scale
    start = time.process_time()
    a = build(problem)
    state = first_plan(a)
    first_seconds, greedy = time.process_time() - start, float(state.totals[0])
    quick = day_prices(a, greedy * 1.08, after_moves(500))
    left = seconds * share - (time.process_time() - start)
    state, moves = improve(problem, a, state, quick, after_seconds(left), SolveSettings(seed=seed),
                           lambda text, share: None)
    ways = way_prices(a, quick.price, after_seconds(seconds - (time.process_time() - start)))
    cpu = time.process_time() - start
    report = check_plan(problem, plan_of(problem, a, state))
    practice = check_plan(problem, dispatch(problem)).value
    density = check_plan(problem, dispatch(problem, "density")).value
    bound = min(quick.value, ways.value)
    known, known_bound = best_known(tasks, teams, seed)
    return {"tasks": tasks, "teams": teams, "seed": seed, "value": report.value, "bound": bound,
            "gap": (bound - report.value) / bound, "practice_value": practice, "density_value": density,
            "uplift": report.value / practice - 1, "greedy_value": greedy, "first_plan_seconds": first_seconds,
            "released": len(report.released), "violations": len(report.violations), "moves": moves,
            "best_known": known, "best_bound": known_bound,
            "bound_steps": ways.steps, "quick_bound": quick.value, "cpu_seconds": cpu}


def lost_team(seed: int, tasks: int = 200, teams: int = 30, today: int = 40) -> dict[str, Any]:
    """A manual team is lost on a day of a published plan: re-planned at once, and beside it freely in 10 seconds."""
    problem = instance(tasks, teams, seed)
    published = solve(problem, after_seconds(10.0), SolveSettings(seed=seed, way_steps=1)).plan
    crews = Counter(team for x in published.assignments if x.method == "manual" for team in x.team_ids)
    lost = max(sorted(crews), key=lambda team: crews[team])
    changed = replace(problem, teams=tuple(replace(t, last_day=today) if t.id == lost else t for t in problem.teams))
    start, cpu = time.perf_counter(), time.process_time()
    stop = either(after_seconds(REPLAN[0]), after_seconds(REPLAN[1], time.perf_counter))
    kept = replan(changed, published, today, stop)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    free = replan(changed, published, today, after_seconds(10.0), changes_share=1.0)
    return {"tasks": tasks, "teams": teams, "seed": seed, "seconds": seconds, "cpu_seconds": cpu,
            "load": os.getloadavg()[0], "moves": kept.moves, "kept_share": kept.kept_share,
            "dropped": len(kept.dropped), "value": kept.report.value, "free_value": free.report.value,
            "loss": 1 - kept.report.value / free.report.value, "free_kept_share": free.kept_share,
            "violations": len(kept.report.violations) + len(free.report.violations)}


def windows(tasks: int, teams: int, seed: int, count: int) -> dict[str, Any]:
    """Windows of a searched plan made anew by CP-SAT, beside a search with as many more seconds of the processor."""
    problem = instance(tasks, teams, seed)
    a = build(problem)
    first, (seconds, share) = first_plan(a), BUDGET[tasks]
    quick = day_prices(a, float(first.totals[0]) * 1.08, after_moves(500))

    def searched(most: float) -> State:
        return improve(problem, a, first_plan(a), quick, after_seconds(most), SolveSettings(seed=seed),
                       lambda text, share: None)[0]

    state = searched(seconds * share)
    start = time.process_time()
    found = polish(problem, a, plan_of(problem, a, state), neighbours(problem), after_moves(count), seed)
    spent = time.process_time() - start
    longer = searched(seconds * share + spent)
    return {"tasks": tasks, "teams": teams, "seed": seed, "searched": float(state.totals[0]), "polished": found.value,
            "windows": found.windows, "better": found.better, "polish_cpu_seconds": spent,
            "searched_longer": float(longer.totals[0]), "violations": len(check_plan(problem, found.plan).violations)}


def against_cpsat(tasks: int, teams: int, seed: int, seconds: float = 240.0, workers: int = 8) -> dict[str, Any]:
    """The planner, and CP-SAT with 8 workers and 4 minutes of the clock: cold, and from the greedy first plan."""
    from benchmarks._plan_cpsat import run

    problem = instance(tasks, teams, seed)
    ours = one(tasks, teams, seed)
    return {"tasks": tasks, "teams": teams, "seed": seed, "cores": len(os.sched_getaffinity(0)),
            "load": os.getloadavg()[1], "planner": ours, "cold": run(problem, seconds, workers),
            "from_greedy": run(problem, seconds, workers, first_plan(build(problem)))}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="50,200,1000")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--scale", type=float, default=1.0, help="multiple of the seconds")
    parser.add_argument("--replan", action="store_true", help="only: a team is lost at 200x30")
    parser.add_argument("--polish", type=int, default=0, metavar="N", help="only: N windows by CP-SAT after the search")
    parser.add_argument("--cpsat", action="store_true", help="only: planner and CP-SAT side by side")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    sizes = {int(v) for v in args.sizes.split(",")}
    warm_up()
    if args.replan:
        lost = [lost_team(int(s)) for s in args.seeds.split(",")]
        print(json.dumps({"schema": "safeground/bench-replan/1", "rows": lost}, indent=1))
        return
    if args.polish:
        made = [windows(n, k, int(s), args.polish) for n, k in SIZES if n in sizes for s in args.seeds.split(",")]
        print(json.dumps({"schema": "safeground/bench-plan-polish/1", "rows": made}, indent=1))
        return
    if args.cpsat:
        pairs = [(n, k, int(s)) for n, k in SIZES if n in sizes for s in args.seeds.split(",")]
        print(json.dumps({"schema": "safeground/bench-plan-cpsat/1", "rows": [against_cpsat(*p) for p in pairs]},
                         indent=1))
        return
    rows = []
    for tasks, teams in SIZES:
        for seed in [int(s) for s in args.seeds.split(",")] if tasks in sizes else []:
            rows.append(one(tasks, teams, seed, args.scale))
            sys.stderr.write("%(tasks)dx%(teams)d s%(seed)d: worth %(value).0f, bound %(bound).0f, practice "
                             "%(practice_value).0f, %(cpu_seconds).1f CPU-s\n" % rows[-1])
            sys.stderr.write("   gap %.2f %%, uplift %.1f %%\n" % (100 * rows[-1]["gap"], 100 * rows[-1]["uplift"]))
    summary = [{"tasks": n, "teams": k, "gap": float(np.mean([r["gap"] for r in rows if r["tasks"] == n])),
                "uplift": float(np.mean([r["uplift"] for r in rows if r["tasks"] == n])),
                "first_plan_seconds": max(r["first_plan_seconds"] for r in rows if r["tasks"] == n)}
               for n, k in SIZES if any(r["tasks"] == n for r in rows)]
    if args.json:
        print(json.dumps({"schema": "safeground/bench-plan/1", "rows": rows, "summary": summary}, indent=1))
    else:
        for line in summary:
            print("%(tasks)5d x %(teams)3d: mean gap %(gap).4f, uplift %(uplift).3f, first plan "
                  "%(first_plan_seconds).2f s" % line)


if __name__ == "__main__":
    main()
