"""The search's moves: what is taken out around a place, in which order tasks go in, and when teams are free."""

from __future__ import annotations

import numpy as np
from benchmarks._plan_instances import instance

from safeground.plan.arrays import Arrays, build
from safeground.plan.board import FROM, TASK, TO, State, copy_state, empty_state, new_queue
from safeground.plan.check import check_plan
from safeground.plan.ruin import STRING, recreate, ruin_strings, search
from safeground.plan.solve import first_plan, neighbours, plan_of
from safeground.plan.timeline import new_desk
from safeground.records.planning import PlanProblem

FREE = np.zeros(0, dtype=np.int32)


def searched(problem: PlanProblem, moves: int, seed: int = 7) -> tuple[Arrays, State, State]:
    """The plan that the search stands at and the one that it tries, after some warm moves of all kinds."""
    a = build(problem)
    state, trial, best = first_plan(a), empty_state(a), empty_state(a)
    copy_state(state, best)
    hire, fee = np.zeros((len(a.pool_first) - 1, a.worth.shape[1])), np.ones(len(a.pool_first) - 1)
    steer = np.array([200.0, 50.0, 0.6, 1.0, 0.25, 0.1, 0.5, 0.5])
    with np.errstate(over="ignore"):
        search(a, state, trial, best, neighbours(problem), np.ones(len(a.worth)), hire, fee, moves, steer, 8, 4, 0.0,
               FREE, 0, new_desk(a, hire), new_queue(a), np.array([seed], dtype=np.uint64))
    return a, state, trial


def free_times(a: Arrays, state: State, team: int) -> list[tuple[int, ...]]:
    """Place, first day, day after the last, where before and after, and days between, counted from the timeline."""
    stays = [(int(row[FROM]), int(row[TO]), int(row[TASK])) for row in state.line[team, :state.size[team]]]
    ends = [(int(a.team_from[team]), int(a.team_base[team])), *((to, task) for _, to, task in stays)]
    nexts = [*((begin, task) for begin, _, task in stays), (int(a.team_to[team]), -1)]
    return [(at, free, done, before, after, int(a.travel[before, after]) if after >= 0 else 0)
            for at, ((free, before), (done, after)) in enumerate(zip(ends, nexts, strict=True)) if done > free]


def test_free_times_that_are_noted_are_those_of_the_timelines() -> None:
    noted = 0
    for number, moves in ((3, 40), (4, 41), (5, 42)):
        a, state, trial = searched(instance(20, 8, number), moves)
        for plan in (state, trial):
            for team in np.flatnonzero(plan.holes >= 0):
                found = [tuple(int(v) for v in row) for row in plan.hole[team, :plan.holes[team]]]
                assert found == free_times(a, plan, int(team))
                noted += len(found)
    assert noted > 20


def test_moves_of_all_kinds_leave_a_plan_that_keeps_the_rules() -> None:
    for seed in (1, 2):
        problem = instance(20, 8, seed)
        a, state, _ = searched(problem, 60, seed)
        report = check_plan(problem, plan_of(problem, a, state))
        assert not report.violations
        assert abs(report.value - state.totals[0]) < 1e-6


def test_runs_around_a_place_are_consecutive_stages_of_the_teams_of_near_tasks() -> None:
    problem = instance(50, 10, 1)
    a, near = build(problem), neighbours(problem)
    longest = 0
    for seed in range(1, 30):
        state = first_plan(a)
        before = [[int(t) for t in state.line[k, :state.size[k], TASK]] for k in range(len(state.size))]
        out = np.full(len(a.worth), -1, dtype=np.int32)
        place = int(np.flatnonzero(state.is_in)[seed % int(state.is_in.sum())])
        with np.errstate(over="ignore"):
            n = ruin_strings(a, state, near, place, 3, STRING, out, np.array([seed * 977], dtype=np.uint64))
        taken = [int(t) for t in out[:n]]
        assert 1 <= n <= 3
        assert len(set(taken)) == n
        assert not state.is_in[taken].any()
        assert any(set(run) <= set(taken) and place in run for line in before
                   for run in [line[i:j] for i in range(len(line)) for j in range(i + 1, len(line) + 1)])
        longest = max(longest, n)
    assert longest == 3


def test_tasks_go_in_by_merit_and_in_a_share_of_moves_in_other_orders() -> None:
    a = build(instance(20, 8, 3))
    hire, fee = np.zeros((len(a.pool_first) - 1, a.worth.shape[1])), np.zeros(len(a.pool_first) - 1)
    merit = np.linspace(1.0, 3.0, len(a.worth))
    by_worth = np.argsort(-a.worth[:, a.worth.shape[1] // 2] , kind="stable")
    by_merit = np.argsort(-merit, kind="stable")

    def order(share: float, seed: int) -> list[int]:
        state, out = empty_state(a), np.arange(len(a.worth), dtype=np.int32)
        with np.errstate(over="ignore"):
            recreate(a, state, out, len(out), merit, hire, fee, 0.0, 0.0, share, new_desk(a, hire),
                     np.array([seed * 7919], dtype=np.uint64))
        return [int(task) for task in out]

    def likeness(found: list[int], wanted: np.ndarray) -> float:
        return float(np.corrcoef(np.argsort(found), np.argsort(wanted))[0, 1])

    usual = [order(0.0, seed) for seed in range(1, 13)]
    assert min(likeness(found, by_merit) for found in usual) > 0.3
    other = [order(1.0, seed) for seed in range(1, 25)]
    worth_like = [likeness(found, by_worth) > 0.5 for found in other]
    assert 5 <= sum(worth_like) <= 19
    assert any(likeness(found, by_worth) < 0.3 and likeness(found, by_merit) < 0.3 for found in other)
