"""Windows made anew by CP-SAT: never worse, never a fault, the optimum where everything can be tried."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from benchmarks._plan_instances import instance

from safeground.foundation.errors import InvariantBroken, RequestError
from safeground.plan import polish as room
from safeground.plan.arrays import build
from safeground.plan.check import check_plan
from safeground.plan.polish import polish, polished
from safeground.plan.solve import SolveSettings, first_plan, neighbours, plan_of, solve
from safeground.plan.stops import after_moves
from safeground.records.planning import Plan, PlanProblem
from support.brute_plan import best_plan, small_problem

pytest.importorskip("ortools")


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "FREE", 6)
    monkeypatch.setattr(room, "EFFORT", 1.0)


def _skilled(seed: int, objective: str, *, needs: bool = False) -> PlanProblem | None:
    problem = small_problem(seed, objective)
    if not needs:
        problem = dataclasses.replace(problem, tasks=tuple(dataclasses.replace(
            t, stages=tuple(dataclasses.replace(s, needs=()) for s in t.stages)) for t in problem.tasks))
    held = {m for team in problem.teams for m in team.methods}
    return problem if all(s.method in held for t in problem.tasks for s in t.stages) else None


@pytest.mark.parametrize("objective", ["benefit_days", "corridors"])
def test_a_window_of_all_tasks_is_the_optimum_of_everything_tried(objective: str) -> None:
    tried = 0
    for seed in range(16):
        problem = _skilled(seed, objective)
        best = best_plan(problem) if problem else None
        if problem is None or best is None:
            continue
        found = polish(problem, build(problem), Plan(()), neighbours(problem), after_moves(2), 1)
        assert found.value == pytest.approx(best[0], rel=1e-5, abs=1e-9), seed
        assert found.value == check_plan(problem, found.plan).value
        tried += 1
    assert tried >= 5


def test_resources_are_never_held_by_more_than_there_are() -> None:
    better = 0
    for seed in range(16):
        problem = _skilled(seed, "benefit_days", needs=True)
        if problem is None or not any(s.needs for t in problem.tasks for s in t.stages):
            continue
        best = best_plan(problem)
        found = polish(problem, build(problem), Plan(()), neighbours(problem), after_moves(2), 1)
        assert "resource_exceeded" not in {v.kind for v in check_plan(problem, found.plan).violations}, seed
        assert best is None or found.value <= best[0] + 1e-6, seed
        better += found.better
    assert better >= 3


@pytest.mark.usefixtures("small_windows")
def test_windows_fill_a_thinned_plan_around_fixed_work_and_the_same_seed_gives_the_same() -> None:
    problem = instance(20, 8, 3)
    a = build(problem)
    whole = plan_of(problem, a, first_plan(a))
    half = sorted({x.task_id for x in whole.assignments})[::2]
    plan = Plan(tuple(x for x in whole.assignments if x.task_id in half))
    before = check_plan(problem, plan).value
    one, two = (polish(problem, a, plan, neighbours(problem), after_moves(3), 5, effort=1.0) for _ in range(2))
    assert one == two
    assert one.value > before * 1.02
    assert check_plan(problem, one.plan).is_feasible


@pytest.mark.usefixtures("small_windows")
def test_a_cap_on_casualties_and_a_minimum_hold_across_windows() -> None:
    problem = instance(20, 8, 1)
    tasks = tuple(dataclasses.replace(t, casualties=0.1) for t in problem.tasks)
    bound = dataclasses.replace(problem, tasks=tasks, casualties_max=0.45, district_minimum={tasks[0].district: 2})
    solution = solve(bound, after_moves(200), SolveSettings(price_steps=80, way_steps=20, slice_moves=100))
    better, found = polished(bound, solution, after_moves(2), 1)
    assert better.report.is_feasible
    assert len(better.report.released) <= 4
    assert better.value == found.value >= solution.value
    assert better.value <= better.bound


@pytest.mark.usefixtures("small_windows")
def test_a_plan_above_its_bound_is_given_to_nobody() -> None:
    problem = instance(20, 8, 3)
    solution = solve(problem, after_moves(100), SolveSettings(price_steps=80, way_steps=20, slice_moves=100))
    with pytest.raises(InvariantBroken, match="above the bound"):
        polished(problem, dataclasses.replace(solution, bound=solution.value * 0.5), after_moves(1), 1)


def test_without_or_tools_it_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = instance(20, 8, 3)
    monkeypatch.setattr(room, "has_exact", lambda: False)
    with pytest.raises(RequestError, match="OR-Tools") as caught:
        polish(problem, build(problem), Plan(()), np.zeros((20, 1), dtype=np.int32), after_moves(1), 1)
    assert caught.value.code == "SG-PLAN-009"
