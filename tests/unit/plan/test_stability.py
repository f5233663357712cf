"""Rank stability: weights doubted in draws, the search's own noise told apart, and what changed between two plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from safeground.foundation.errors import RequestError
from safeground.plan.check import check_plan
from safeground.plan.compare import plan_changes
from safeground.plan.replan import replan, with_bound
from safeground.plan.solve import solve
from safeground.plan.stability import perturbed, rank_stability
from safeground.plan.stops import after_moves
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage


def small(worths: tuple[float, ...], days: int = 40, teams: int = 1) -> PlanProblem:
    """Tasks of ten days each for teams that can do so many of them."""
    tasks = tuple(PlanTask(id=f"T{k}", name=f"Field {k}", district="D", x_km=0.0, y_km=0.0, benefit_per_day=worth,
                           stages=(Stage(method="manual", team_days=10),)) for k, worth in enumerate(worths))
    crew = tuple(PlanTeam(id=f"M{k}", methods=("manual",), calendar="a", x_km=0, y_km=0) for k in range(teams))
    return PlanProblem(start=date(2030, 3, 1), days=days, tasks=tasks, teams=crew, calendars={"a": (1000,) * days})


def test_an_area_worth_far_more_is_always_planned_and_one_worth_far_less_never() -> None:
    problem = small((100, 100, 10, 10.5, 0.1), days=30)  # room for three
    plan = solve(problem, after_moves(500)).plan
    found = rank_stability(problem, plan, 30, noise=0.3, seed=3, moves=300)
    by_id = {t.task_id: t for t in found.tasks}
    assert by_id["T0"].share == by_id["T1"].share == 1.0
    assert by_id["T4"].share == 0.0
    assert 0.2 < by_id["T2"].share < 0.8
    assert by_id["T2"].share + by_id["T3"].share == pytest.approx(1.0)
    assert by_id["T4"].mean_rank == 4.5 > by_id["T3"].mean_rank > by_id["T0"].mean_rank
    assert {t.task_id for t in found.tasks if t.planned} == {"T0", "T1", "T3"}
    assert found.agreement_without == 1.0 > found.agreement
    assert 0.0 <= found.regret[0] <= found.regret[1] < 0.3
    assert rank_stability(problem, plan, 30, noise=0.3, seed=3, moves=300) == found


def test_noise_in_a_weight_is_common_to_all_areas_and_stays_within_its_bounds() -> None:
    problem = small((3.0, 3.0, 5.0))
    parts = {"T0": (3.0, 0.0), "T1": (0.0, 3.0)}
    factors = np.array([[t.benefit_per_day for t in perturbed(problem, parts, 0.2, np.random.default_rng(k)).tasks]
                        for k in range(300)]) / (3.0, 3.0, 5.0)
    assert factors.min() >= 0.8**2
    assert factors.max() <= 1.2**2
    assert factors[:, 2].max() <= 1.2  # no parts: its own factor alone
    assert factors[:, 0].max() > 1.2  # the weight's factor times its own
    both = {"T0": (3.0, 0.0), "T1": (3.0, 0.0)}
    common = np.array([[t.benefit_per_day for t in perturbed(problem, both, 0.2, np.random.default_rng(k)).tasks[:2]]
                       for k in range(300)])
    assert np.corrcoef(common.T)[0, 1] > 0.3 > abs(np.corrcoef(factors[:, :2].T)[0, 1])


@pytest.mark.parametrize("given", [{"draws": 1}, {"noise": 0.0}, {"noise": 1.0}, {"moves": 0}])
def test_draws_and_noise_that_make_no_sense_are_refused(given: dict[str, float]) -> None:
    problem = small((1.0,))
    with pytest.raises(RequestError, match="SG-PLAN-040"):
        rank_stability(problem, Plan(()), **{"draws": 5, "moves": 10} | given)  # type: ignore[arg-type]


def test_a_replanned_problem_has_a_bound_and_every_change_its_reason() -> None:
    problem = small((9, 8, 7, 6), days=30, teams=2)
    published = solve(problem, after_moves(500)).plan
    assert len(published.assignments) == 4
    lost = published.assignments[-1].team_ids[0]
    changed = replace(problem, tasks=problem.tasks[1:], teams=tuple(
        replace(t, last_day=9) if t.id == lost else t for t in problem.teams))
    found = replan(changed, published, 0, after_moves(500))
    solution = with_bound(changed, found)
    assert solution.report.is_feasible
    assert solution.value <= solution.bound
    assert solution.value == pytest.approx(check_plan(changed, solution.plan).value)
    changes = {c.task_id: c for c in plan_changes({"T0": "Field 0"}, published, changed, found.plan, 0)}
    assert changes["T0"].kind == "gone"
    assert changes["T0"].name == "Field 0"
    for name in found.dropped:
        assert changes[name].reason.startswith("it is no open area" if name == "T0" else "its published stages no")
    now = {a.task_id: a for a in found.plan.assignments}
    same = {a.task_id for a in published.assignments if now.get(a.task_id) == a}
    assert set(changes) == {a.task_id for a in (*published.assignments, *found.plan.assignments)} - same


def test_each_kind_of_change_is_named() -> None:
    problem = small((1, 1, 1, 1), teams=2)

    def part(task: str, team: str, start: int) -> Assignment:
        return Assignment(task_id=task, stage=0, method="manual", team_ids=(team,), start_day=start, end_day=start + 10)

    before = Plan((part("T0", "M0", 0), part("T1", "M0", 10), part("T2", "M1", 0)))
    after = Plan((part("T0", "M0", 0), part("T1", "M1", 10), part("T3", "M0", 20)))
    kinds = {c.task_id: c.kind for c in plan_changes({}, before, problem, after, 0)}
    assert kinds == {"T1": "new crew", "T2": "taken out", "T3": "taken in"}
    moved = plan_changes({}, before, problem, Plan((part("T0", "M0", 3), *before.assignments[1:])), 0)
    assert [(c.task_id, c.kind) for c in moved] == [("T0", "moved")]
    assert plan_changes({}, before, problem, before, 0) == ()


def test_work_that_had_begun_and_no_longer_holds_is_told() -> None:
    problem = small((1,), teams=1)
    part = Assignment(task_id="T0", stage=0, method="manual", team_ids=("M9",), start_day=0, end_day=10)
    now = replace(part, team_ids=("M0",), start_day=12, end_day=22)
    change, = plan_changes({}, Plan((part,)), problem, Plan((now,)), 5)
    assert "M9" in change.reason
    assert "had begun" in change.reason
