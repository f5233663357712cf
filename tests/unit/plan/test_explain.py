"""Each sort of reason is given where it is the true one, and looking for it leaves the plan as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from safeground.plan.arrays import build
from safeground.plan.bound import Bound
from safeground.plan.explain import explain, method_prices, state_of
from safeground.plan.solve import Solution, SolveSettings, solve
from safeground.plan.stops import after_moves
from safeground.records.planning import FULL_DAY, Plan, PlanProblem, PlanTask, PlanTeam, Stage

DAYS = 30
MANUAL, QC = Stage(method="manual", team_days=8.0), Stage(method="qc", team_days=1.0)


def task(name: str, benefit: float, **values: object) -> PlanTask:
    given: dict[str, object] = {"stages": (MANUAL, QC), "x_km": 0.0, "y_km": 0.0, "district": "D"}
    return PlanTask(id=name, benefit_per_day=benefit, **(given | values))  # type: ignore[arg-type]


def problem(*tasks: PlanTask, **values: object) -> PlanProblem:
    teams = tuple(PlanTeam(id=i, methods=(m,), calendar="A", x_km=0.0, y_km=0.0)
                  for i, m in (("M", "manual"), ("Q", "qc")))
    given: dict[str, object] = {"start": date(2030, 1, 1), "days": DAYS, "calendars": {"A": (FULL_DAY,) * DAYS}}
    return PlanProblem(tasks=tasks, teams=teams, **(given | values))  # type: ignore[arg-type]


def made(asked: PlanProblem) -> Solution:
    return solve(asked, after_moves(500), SolveSettings(price_steps=150, way_steps=60))


def reasons(asked: PlanProblem) -> dict[str, tuple[str, str]]:
    solution = made(asked)
    left = explain(asked, solution.arrays, solution.plan, solution.prices)
    return {x.task_id: (x.kind, x.reason) for x in left}


def free(asked: PlanProblem) -> Bound:
    """Prices of 0."""
    a = build(asked)
    none = np.zeros(len(asked.tasks))
    return Bound(0.0, np.zeros((len(a.pool_first) - 1, DAYS)), none, none, 0)


def test_a_gate_is_named_and_a_task_too_long_says_how_many_days_it_needs() -> None:
    long = task("long", 9.0, stages=(Stage(method="manual", team_days=40.0), QC))
    found = reasons(problem(task("done", 1.0), task("gated", 9.0, unmet_gates=("owner has not agreed",)), long))
    assert found.keys() == {"gated", "long"}
    assert found["gated"] == ("gate", "gate not met: owner has not agreed")
    assert found["long"][0] == "never_fits"
    assert "41 working days" in found["long"][1]
    assert "has 30" in found["long"][1]


def test_a_task_worth_less_than_its_hire_names_both_and_the_dearest_method() -> None:
    found = reasons(problem(*(task(f"good {k}", 10.0) for k in range(3)), task("poor", 0.1), task("none", 0.0)))
    assert found["poor"][0] == "price"
    assert "dearest: manual" in found["poor"][1]
    assert found["none"] == ("price", "it has no worth in this objective")


def test_casualties_over_the_cap_are_told() -> None:
    found = reasons(problem(task("a", 5.0, casualties=0.4), task("b", 1.0, casualties=0.9), casualties_max=0.5))
    assert found["b"][0] == "casualties"
    two = problem(task("a", 5.0, casualties=0.4), task("b", 1.0, casualties=0.4), casualties_max=0.5)
    assert "beside the planned tasks" in reasons(two)["b"][1]


def test_crowding_names_the_method_or_the_resource_and_leaves_the_plan_alone() -> None:
    asked = problem(*(task(f"t{k}", 10.0) for k in range(4)))
    solution = made(asked)
    left = explain(asked, solution.arrays, solution.plan, free(asked))
    assert [(x.kind, "manual teams" in x.reason) for x in left] == [("teams", True)]
    few = replace(asked, tasks=tuple(replace(t, stages=(replace(MANUAL, needs=(("ambulance", 1),)), QC))
                                     for t in asked.tasks),
                  teams=(*asked.teams, replace(asked.teams[0], id="M2")), resources={"ambulance": (1,) * DAYS})
    solution = made(few)
    left = explain(few, solution.arrays, solution.plan, free(few))
    assert [(x.kind, "ambulance" in x.reason) for x in left] == [("resource", True)]


def test_a_task_that_still_fits_is_not_called_crowded_out() -> None:
    asked = problem(task("a", 1.0))
    left = explain(asked, build(asked), Plan(()), free(asked))
    assert [x.kind for x in left] == ["fits"]


def test_a_plan_becomes_timelines_of_the_same_worth() -> None:
    asked = problem(*(task(f"t{k}", 10.0 + k) for k in range(4)))
    solution = made(asked)
    state = state_of(asked, solution.arrays, solution.plan)
    assert abs(state.totals[0] - solution.value) < 1e-6
    assert int(state.is_in.sum()) == len(solution.report.released)


def test_the_price_of_a_method_is_a_mean_over_its_teams_working_days() -> None:
    asked = problem(task("a", 1.0))
    a = build(asked)
    price = np.zeros((2, DAYS))
    price[0, : DAYS // 2] = 4.0
    found = method_prices(asked, a, Bound(0.0, price, np.zeros(1), np.zeros(1), 0))
    assert [(m.method, m.teams, m.price) for m in found] == [("manual", 1, 2.0), ("qc", 1, 0.0)]
