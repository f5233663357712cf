"""A plan in the making: what a move touched is undone, and stages are drawn as early as they can begin."""

from __future__ import annotations

import numpy as np
from benchmarks._plan_instances import instance

from safeground.plan.arrays import Arrays, build
from safeground.plan.board import State, copy_state, copy_touched, empty_state, new_queue, settle, take_task
from safeground.plan.check import check_plan
from safeground.plan.solve import first_plan, plan_of
from safeground.records.planning import PlanProblem
from support.brute_plan import small_problem

FREE = np.zeros(0, dtype=np.int32)


def with_holes(problem: PlanProblem) -> tuple[Arrays, State]:
    """The first plan with every third planned task taken out again, beside an empty one."""
    a = build(problem)
    state = first_plan(a)
    for task in np.flatnonzero(state.is_in)[::3]:
        take_task(a, state, int(task))
    return a, state


def test_what_a_move_touched_is_undone_and_nothing_else_is_needed() -> None:
    a, state = with_holes(instance(20, 8, 3))
    trial = empty_state(a)
    copy_state(state, trial)
    for task in np.flatnonzero(trial.is_in)[:2]:
        take_task(a, trial, int(task))
    settle(a, trial, FREE, new_queue(a))
    assert not np.array_equal(trial.start, state.start)
    copy_touched(a, trial, state, trial)
    for name in ("size", "start", "end", "mode", "crew", "is_in", "used", "totals", "bundle_in", "district_in"):
        assert np.array_equal(getattr(trial, name), getattr(state, name)), name
    for team, count in enumerate(state.size):
        assert np.array_equal(trial.line[team, :count], state.line[team, :count])
    assert trial.touched[-1] == 0
    assert not trial.is_touched.any()


def test_drawn_to_the_left_a_plan_keeps_the_rules_and_is_worth_more() -> None:
    gained = 0
    for problem in (instance(20, 8, 3), instance(50, 10, 1), *(small_problem(seed) for seed in (1, 4, 7, 8))):
        a, state = with_holes(problem)
        before, stages = float(state.totals[0]), int((state.mode >= 0).sum())
        settle(a, state, FREE, new_queue(a))
        report = check_plan(problem, plan_of(problem, a, state))
        assert not [v for v in report.violations if v.kind != "district_minimum"]
        assert abs(report.value - state.totals[0]) < 1e-6
        assert int((state.mode >= 0).sum()) == stages
        assert state.totals[0] >= before - 1e-9
        gained += state.totals[0] > before + 1e-9
        again = state.start.copy()
        settle(a, state, FREE, new_queue(a))
        assert np.array_equal(state.start, again)
    assert gained >= 2


def test_published_days_and_tasks_that_must_stay_are_not_drawn() -> None:
    a, state = with_holes(instance(20, 8, 3))
    kept = state.start.copy()
    settle(a, state, kept, new_queue(a))
    assert np.array_equal(state.start, kept)
    state.is_in[state.is_in > 0] = 2
    settle(a, state, FREE, new_queue(a))
    assert np.array_equal(state.start, kept)
