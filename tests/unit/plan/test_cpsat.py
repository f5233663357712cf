"""The CP-SAT model that the planner is compared with is the same problem: it takes our plans, at the same worth."""

from __future__ import annotations

import dataclasses

import pytest
from benchmarks._plan_instances import instance

from safeground.plan.arrays import build
from safeground.plan.check import check_plan
from safeground.plan.load import state_of
from safeground.plan.solve import SolveSettings, solve
from safeground.plan.stops import after_moves

pytest.importorskip("ortools")
from benchmarks._plan_cpsat import model_of, run

QUICK = SolveSettings(price_steps=80, way_steps=1, slice_moves=100)


def test_the_model_takes_the_planners_plan_at_its_worth() -> None:
    problem = instance(20, 8, 3)
    plan = solve(problem, after_moves(500), QUICK).plan
    state = state_of(problem, build(problem), plan, set())
    row = run(problem, 60.0, 1, state, fixed=True)
    assert row["status"] == "OPTIMAL"
    assert row["violations"] == 0
    assert row["value"] == pytest.approx(check_plan(problem, plan).value, rel=1e-9)


def test_the_model_refuses_a_plan_that_saves_a_move() -> None:
    problem = instance(20, 8, 3)
    near = dataclasses.replace(problem, relocation_km=(300.0,))
    plan = solve(near, after_moves(500), QUICK).plan
    assert not check_plan(problem, plan).is_feasible
    state = state_of(near, build(near), plan, set())
    assert run(problem, 60.0, 1, state, fixed=True)["status"] in ("INFEASIBLE", "MODEL_INVALID")


def test_what_the_model_cannot_say_is_refused() -> None:
    problem = instance(20, 8, 3)
    with pytest.raises(ValueError, match="resources"):
        model_of(dataclasses.replace(problem, resources={"ambulance": (1,) * problem.days}))
