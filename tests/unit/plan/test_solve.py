"""The planner against everything tried: worth, bound, rules, same seed same plan, re-planning."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from benchmarks._plan_instances import instance

from safeground.foundation.errors import RequestError
from safeground.plan.arrays import build
from safeground.plan.bound import day_prices, way_prices
from safeground.plan.check import check_plan
from safeground.plan.practice import dispatch
from safeground.plan.replan import replan
from safeground.plan.solve import SolveSettings, first_plan, plan_of, solve
from safeground.plan.stops import after_moves, after_seconds, either
from safeground.records.planning import Plan, PlanProblem
from support.brute_plan import best_plan, scarce_problem, small_problem

QUICK = SolveSettings(price_steps=80, way_steps=60, slice_moves=100)


def _with_teams(seeds: Iterable[int]) -> Iterator[int]:
    """Seeds whose problem has a team for every method."""
    for seed in seeds:
        problem = small_problem(seed)
        held = {m for team in problem.teams for m in team.methods}
        if all(stage.method in held for task in problem.tasks for stage in task.stages):
            yield seed


@pytest.mark.parametrize("objective", ["benefit_days", "score", "net_present_value", "corridors"])
def test_small_problems_reach_the_optimum_of_everything_tried(objective: str) -> None:
    missed = []
    for seed in _with_teams(range(12)):
        problem = small_problem(seed, objective)
        best = best_plan(problem)
        solution = solve(problem, after_moves(1500), QUICK)
        optimum = best[0] if best else 0.0
        assert solution.value <= optimum + 1e-6, seed
        assert solution.bound >= optimum - 1e-6, seed
        missed += [(seed, solution.value, optimum)] if solution.value < optimum - 1e-6 else []
    assert len(missed) <= 1, missed


def test_no_bound_is_below_a_feasible_plan_on_many_small_problems() -> None:
    for seed in _with_teams(range(1000, 1300)):
        problem = small_problem(seed)
        a = build(problem)
        worth = float(first_plan(a).totals[0])
        quick = day_prices(a, max(worth, 1.0), after_moves(15))
        ways = way_prices(a, quick.price, after_moves(10))
        assert min(quick.value, ways.value) >= worth - 1e-6, seed


@pytest.mark.long
@pytest.mark.parametrize("make", [small_problem, scarce_problem])
def test_no_bound_is_below_the_optimum_of_everything_tried(make: Callable[[int], PlanProblem]) -> None:
    for seed in _with_teams(range(10_000)):
        problem = make(seed)
        a = build(problem)
        worth = float(first_plan(a).totals[0])
        quick = day_prices(a, max(worth, 1.0), after_moves(15))
        ways = way_prices(a, quick.price, after_moves(10))
        best = best_plan(problem) if seed % 20 == 0 else None
        assert min(quick.value, ways.value) >= max(worth, best[0] if best else 0.0) - 1e-6, seed


def test_a_bound_with_its_supply_forgotten_is_caught() -> None:
    problem = small_problem(3)
    a = build(problem)
    lost = a._replace(team_to=np.zeros_like(a.team_to))
    quick = day_prices(lost, 1.0, after_moves(200))
    assert quick.value < float(first_plan(a).totals[0])


def test_same_seed_gives_the_same_plan_and_passes_the_checker() -> None:
    problem = instance(50, 10, 1)
    one, two = (solve(problem, after_moves(1000), QUICK) for _ in range(2))
    assert one.plan == two.plan
    assert one.report.is_feasible
    assert one.value > check_plan(problem, dispatch(problem)).value
    assert one.value <= one.bound


def test_resources_casualties_and_districts_bind() -> None:
    problem = instance(50, 10, 2)
    tasks = tuple(dataclasses.replace(t, casualties=0.1, stages=tuple(
        dataclasses.replace(s, needs=(("ambulance", 1),)) for s in t.stages)) for t in problem.tasks)
    remote = tasks[3].district
    bound = dataclasses.replace(problem, tasks=tasks, resources={"ambulance": (3,) * problem.days}, casualties_max=0.55,
                                district_minimum={remote: 2})
    solution = solve(bound, after_moves(1000), QUICK)
    assert solution.report.is_feasible
    assert len(solution.report.released) <= 5
    assert sum(t.district == remote for t in tasks if t.id in solution.report.released) >= 2


def test_a_lost_team_leaves_most_of_the_published_plan_as_it_is() -> None:
    problem = instance(50, 10, 0)
    published = solve(problem, after_moves(2000), QUICK).plan
    lost = next(x.team_ids[0] for x in published.assignments if x.method == "manual")
    teams = tuple(dataclasses.replace(t, last_day=30) if t.id == lost else t for t in problem.teams)
    after = replan(dataclasses.replace(problem, teams=teams), published, 30, after_moves(1000))
    assert after.report.is_feasible, after.report.violations[:3]
    assert after.kept_share >= 0.9
    assert after.dropped
    begun = {(x.task_id, x.stage): x for x in published.assignments
             if x.start_day < 30 and x.task_id not in after.dropped}
    now = {(x.task_id, x.stage): x for x in after.plan.assignments}
    assert all(now[key] == x for key, x in begun.items())


def test_work_begun_before_today_never_moves_however_much_may_change() -> None:
    problem = instance(50, 10, 0)
    published = plan_of(problem, build(problem), first_plan(build(problem)))
    after = replan(problem, published, 40, after_moves(3000), changes_share=1.0)
    begun = {x.task_id for x in published.assignments if x.start_day < 40}
    now = {(x.task_id, x.stage): x for x in after.plan.assignments}
    assert all(now.get((x.task_id, x.stage)) == x for x in published.assignments if x.task_id in begun)
    assert after.kept_share < 1.0
    assert after.report.is_feasible


def test_no_team_for_a_method_is_refused() -> None:
    problem = instance(50, 10, 0)
    without = dataclasses.replace(problem, teams=tuple(t for t in problem.teams if t.methods != ("qc",)))
    with pytest.raises(RequestError, match="no team is accredited") as caught:
        solve(without, after_moves(1))
    assert caught.value.code == "SG-PLAN-005"


@pytest.mark.parametrize("km", [(8.0, 9.0, 10.0), (60.0, 8.0)])
def test_distances_of_which_a_detour_saves_days_are_refused(km: tuple[float, ...]) -> None:
    with pytest.raises(RequestError, match="relocation_km") as caught:
        build(dataclasses.replace(instance(20, 8, 0), relocation_km=km))
    assert caught.value.code == "SG-PLAN-006"


def test_stop_rules() -> None:
    problem = instance(50, 10, 0)
    assert solve(problem, either(after_seconds(0.0), after_moves(10**9)), QUICK).moves == 0
    a = build(problem)
    assert plan_of(problem, a, first_plan(a)) != Plan(())


def test_plain_python_gives_the_same_plan_as_compiled_code() -> None:
    code = ("from benchmarks._plan_instances import instance\n"
            "from safeground.plan.compiled import IS_COMPILED\n"
            "from safeground.plan.solve import SolveSettings, solve\n"
            "from safeground.plan.stops import after_moves\n"
            "few = SolveSettings(price_steps=8, way_steps=2, slice_moves=20)\n"
            "from support.brute_plan import scarce_problem\n"
            "print(IS_COMPILED)\n"
            "for problem in (instance(20, 8, 3), scarce_problem(0)):\n"
            "    s = solve(problem, after_moves(40), few)\n"
            "    print(repr(s.value), repr(float(s.bound)), hash(s.plan.assignments) != 0)")
    root = Path(__file__).resolve().parents[3]
    said = []
    for plain in ("", "1"):
        env = {**os.environ, "SAFEGROUND_PLAIN": plain, "PYTHONPATH": f"{root}:src:tests"}
        done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=root, capture_output=True, text=True,
                              check=True, env=env)
        said.append(done.stdout.split())
    assert said[1][0] == "False"
    assert said[0][1:] == said[1][1:]
