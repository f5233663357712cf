"""Ranking and working down gives a plan that can be carried out, always the same, and no better than the best."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from benchmarks._plan_instances import instance

from safeground.plan.check import check_plan
from safeground.plan.practice import dispatch
from safeground.records.planning import Plan, PlanProblem, PlanTask, PlanTeam, Stage
from support.brute_plan import small_problem


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("order", ["score", "density"])
def test_the_plan_passes_the_checker_and_releases_land(order: Any, seed: int) -> None:
    problem = instance(50, 10, seed)
    plan = dispatch(problem, order)
    report = check_plan(problem, plan)
    assert report.violations == ()
    assert len(report.released) >= 10
    assert plan == dispatch(problem, order)


def test_the_order_of_the_list_matters() -> None:
    problem = instance(50, 10, 0)
    assert dispatch(problem, "score") != dispatch(problem, "density")


@pytest.mark.parametrize("seed", range(60))
def test_resources_seasons_lags_gates_and_caps_are_kept(seed: int) -> None:
    problem = small_problem(seed, limits=seed % 3 == 0)
    for order in ("score", "density"):
        broken = check_plan(problem, dispatch(problem, order)).violations
        assert {v.kind for v in broken} <= {"district_minimum"}


def test_moves_stay_long_enough_when_tasks_between_drop_out() -> None:
    """Two moves of 9 km take no day, one of 18 km takes four: the team may not gain by a task that is left out."""
    far = tuple(PlanTask(id=id, district="d", x_km=km, y_km=0, benefit_per_day=1, score=score,
                         stages=tuple(Stage(method=m, team_days=1) for m in methods))
                for id, km, score, methods in (("between", 9, 2, ("manual", "dog")), ("last", 18, 1, ("manual",))))
    team = PlanTeam(id="h", methods=("manual",), calendar="c", x_km=0, y_km=0)
    problem = PlanProblem(start=date(2026, 3, 2), days=9, tasks=far, teams=(team,), calendars={"c": (1000,) * 9},
                          relocation_km=(10.0, 11.0, 12.0, 13.0))
    plan = dispatch(problem)
    assert [(a.task_id, a.start_day, a.end_day) for a in plan.assignments] == [("last", 4, 5)]
    assert check_plan(problem, plan).violations == ()


def test_a_task_with_an_unmet_gate_is_left_out_and_a_district_minimum_comes_first() -> None:
    problem = instance(50, 10, 0)
    least = min(problem.tasks, key=lambda t: (sum(s.team_days for s in t.stages), t.id))
    asked = replace(problem, district_minimum={least.district: 9})
    share = [sum(t.id in check_plan(p, dispatch(p)).released for t in p.tasks if t.district == least.district)
             for p in (problem, asked)]
    assert share[1] > share[0]
    best = max(problem.tasks, key=lambda t: t.score)
    closed = replace(problem, tasks=tuple(replace(t, unmet_gates=("no access",)) if t is best else t
                                          for t in problem.tasks))
    assert best.id not in check_plan(closed, dispatch(closed)).released


def test_no_team_gives_an_empty_plan() -> None:
    assert dispatch(replace(instance(50, 10, 0), teams=())) == Plan(())
