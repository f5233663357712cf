"""Schedules: tiny problems whose shortest schedule is known, a checker that sees through false ones, bad problems."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest

from safeground.foundation.errors import RequestError
from safeground.plan.compiled import IS_COMPILED
from safeground.plan.rcpsp import Rcpsp, Schedule, make_rcpsp
from safeground.plan.rcpsp_check import faults_of
from safeground.plan.rcpsp_decode import pack
from safeground.plan.rcpsp_exact import improve_exactly
from safeground.plan.rcpsp_net import prepare
from safeground.plan.rcpsp_search import Search, max_iterations, max_seconds, solve_rcpsp, solve_within

SHORT = max_iterations(4000 if IS_COMPILED else 200)
needs_ortools = pytest.mark.skipif(importlib.util.find_spec("ortools") is None, reason="needs the extra `plan`")


def two_teams() -> Rcpsp:
    """Survey, then two lanes of which only one fits at a time beside a third, then inspection: 8 days."""
    single = [(1, 1), (3, 2), (3, 2), (2, 1), (1, 2)]
    return make_rcpsp([[(days, [units], [])] for days, units in single], [[1, 2, 3], [4], [4], [4], []], [2 + 1])


def with_budget() -> Rcpsp:
    """Two activities, fast and dear or slow and cheap; the budget pays for one fast mode: 6 days, one team."""
    modes = [(2, [1], [5]), (4, [1], [1])]
    return make_rcpsp([modes, modes], [[], []], [1], [6])


def random_problem(seed: int) -> Rcpsp:
    """Five or six activities with two resources, now and then two modes and a budget."""
    random = Random(seed)
    count = random.choice([5, 6])
    successors = [[j for j in range(i + 1, count) if random.random() < 0.3] for i in range(count)]
    modes = [[(random.randint(0, 4), [random.randint(0, 3), random.randint(0, 2)], [random.randint(0, 3)])
              for _ in range(1 if seed % 2 else random.choice([1, 2]))] for _ in range(count)]
    return make_rcpsp(modes, successors, [4, 2], [max(3 * count - seed % 4, 12)])


def orders(problem: Rcpsp, head: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every order of activities in which each stands after its predecessors."""
    if len(head) == problem.activity_count:
        yield head
    for activity in range(problem.activity_count):
        if activity not in head and all(before in head for before in range(problem.activity_count)
                                        if activity in problem.successors[before]):
            yield from orders(problem, (*head, activity))


def shortest(problem: Rcpsp) -> int:
    """Makespan of the best of all orders in all modes, each activity as early as it can: the optimum (Kolisch 1996)."""
    best = 10**9
    choices = [range(problem.first_mode[i], problem.first_mode[i + 1]) for i in range(problem.activity_count)]
    for rows in product(*choices):
        if (problem.nonrenewable[list(rows)].sum(axis=0) > problem.nonrenewable_capacity).any():
            continue
        best = min([best, *(span_of(problem, order, rows) for order in orders(problem))])
    return best


def span_of(problem: Rcpsp, order: tuple[int, ...], rows: tuple[int, ...]) -> int:
    """Makespan of one order, by a plain walk over days."""
    free = np.tile(problem.renewable_capacity, (40, 1))
    end: dict[int, int] = {}
    for activity in order:
        days, need = int(problem.duration_days[rows[activity]]), problem.renewable[rows[activity]]
        day = max([0, *(end[before] for before in end if activity in problem.successors[before])])
        while (free[day:day + days] < need).any():
            day += 1
        free[day:day + days] -= need
        end[activity] = day + days
    return max(end.values())


def test_two_lanes_that_cannot_run_together_follow_each_other() -> None:
    answer = solve_rcpsp(two_teams(), SHORT)
    assert answer.schedule.makespan_days == 8
    assert answer.lower_bound_days == 7
    assert not answer.is_optimal
    assert faults_of(two_teams(), answer.schedule) == []


def test_the_budget_pays_for_one_fast_mode_only() -> None:
    answer = solve_rcpsp(with_budget(), SHORT)
    assert answer.schedule.makespan_days == 6
    assert sorted(answer.schedule.mode.tolist()) == [0, 1]


@pytest.mark.parametrize("seed", range(16))
def test_the_search_finds_the_shortest_of_all_schedules(seed: int) -> None:
    problem = random_problem(seed)
    answer = solve_rcpsp(problem, SHORT, seed=seed)
    assert answer.schedule.makespan_days == shortest(problem)
    assert faults_of(problem, answer.schedule) == []
    assert answer.lower_bound_days <= answer.schedule.makespan_days


@needs_ortools
@pytest.mark.parametrize("seed", range(6))
def test_the_exact_solver_proves_the_shortest_of_all_schedules(seed: int) -> None:
    problem = random_problem(seed)
    schedule, bound = improve_exactly(prepare(problem), None, 0, seconds=5, workers=1)
    assert schedule is not None
    assert bound == schedule.makespan_days == shortest(problem)
    assert faults_of(problem, schedule) == []


def test_search_and_exact_solver_together_keep_to_their_time() -> None:
    answer = solve_within(random_problem(3), 1.0, seed=1, workers=1)
    assert answer.schedule.makespan_days == shortest(random_problem(3))
    assert max_seconds(0.0)(0, 1)
    assert not max_seconds(60.0)(0, 1)


def test_the_same_seed_gives_the_same_schedule() -> None:
    random = Random(1)
    problem = make_rcpsp([[(random.randint(1, 9), [random.randint(0, 3)], []) for _ in range(1)] for _ in range(30)],
                         [[j for j in (i + 3, i + 5) if j < 30] for i in range(30)], [4])
    first, second = (solve_rcpsp(problem, SHORT, seed=5).schedule for _ in range(2))
    assert first.start_day.tolist() == second.start_day.tolist()
    assert first.mode.tolist() == second.mode.tolist()


def test_a_schedule_from_elsewhere_is_taken_over_if_it_is_shorter() -> None:
    search = Search(two_teams(), islands=1)
    search.run(max_iterations(0))
    assert search.best is not None
    assert search.best.makespan_days == 8
    search.score = 9  # as if the search had found no better
    other = broken([0, 1, 4, 1, 7])
    search.offer(other)
    assert search.best.start_day.tolist() == other.start_day.tolist()
    search.offer(broken([0, 2, 5, 2, 8], makespan=9))
    assert search.best.start_day.tolist() == other.start_day.tolist()


def broken(start: list[int], mode: list[int] | None = None, makespan: int = 8) -> Schedule:
    return Schedule(np.array(start, np.int64), np.array(mode or [0] * len(start), np.int64), makespan)


@pytest.mark.parametrize(("schedule", "words"), [
    (broken([0, 1, 4, 1]), "4 starts"),
    (broken([0, 1, 4, 1, 7], [0, 0, 1, 0, 0]), "runs in mode 1, it has 1"),
    (broken([-1, 1, 4, 1, 7]), "starts on day -1"),
    (broken([0, 0, 4, 3, 7]), "before activity 0 has finished at 1"),
    (broken([0, 1, 3, 1, 7]), "renewable resource 0 are in use on day 3"),
    (broken([0, 1, 4, 1, 7], makespan=7), "said to be 7, it is 8"),
    (broken([0, 1, 4, 1, 6]), "before activity 2 has finished at 7"),
])
def test_the_checker_names_what_is_wrong(schedule: Schedule, words: str) -> None:
    assert faults_of(two_teams(), broken([0, 1, 4, 1, 7])) == []
    assert any(words in fault for fault in faults_of(two_teams(), schedule))


def test_the_checker_adds_up_what_is_used_up() -> None:
    found = faults_of(with_budget(), broken([0, 2], [0, 0], 4))
    assert found == ["10 of non-renewable resource 0 are used up, there are 6"]


@pytest.mark.parametrize(("code", "words", "modes", "successors", "daily", "once"), [
    ("SG-PLAN-030", "does not share out 0 modes", [], [], [1], []),
    ("SG-PLAN-030", "at least one each", [[(1, [1], [])], []], [[], []], [1], []),
    ("SG-PLAN-030", "states 2", [[(1, [1, 1], [])]], [[]], [1], []),
    ("SG-PLAN-031", "value -1", [[(-1, [1], [])]], [[]], [1], []),
    ("SG-PLAN-031", "value -2", [[(1, [-2], [])]], [[]], [1], []),
    ("SG-PLAN-031", "value -3", [[(1, [0], [])]], [[]], [-3], []),
    ("SG-PLAN-032", "precedes activity 4", [[(1, [1], [])]], [[4]], [1], []),
    ("SG-PLAN-032", "circle", [[(1, [1], [])], [(1, [1], [])]], [[1], [0]], [1], []),
    ("SG-PLAN-033", "there are [1]", [[(1, [2], []), (2, [3], [])]], [[]], [1], []),
    ("SG-PLAN-034", "at least 8", [[(1, [1], [4])], [(1, [1], [4])]], [[], []], [1], [7]),
])
def test_a_bad_problem_is_refused(code: str, words: str, modes: list[list[tuple[int, list[int], list[int]]]],
                                  successors: list[list[int]], daily: list[int], once: list[int]) -> None:
    with pytest.raises(RequestError) as refused:
        make_rcpsp(modes, successors, daily, once)
    assert refused.value.code == code
    assert words in str(refused.value)


def test_arrays_of_another_shape_or_kind_are_refused() -> None:
    problem = two_teams()
    for change in ({"duration_days": problem.duration_days.astype(float)}, {"first_mode": problem.first_mode[:-1]}):
        with pytest.raises(RequestError, match="SG-PLAN-030"):
            replace(problem, **change)


def test_a_horizon_that_no_calendar_holds_is_refused() -> None:
    with pytest.raises(RequestError, match="SG-PLAN-035"):
        prepare(make_rcpsp([[(10**7, [1], [])]], [[]], [1]))


def test_modes_that_conflict_in_two_stocks_are_said_to_be_unmet() -> None:
    modes = [(1, [1], [2, 0]), (1, [1], [0, 2])]
    problem = make_rcpsp([modes, modes], [[], []], [1], [1, 1])
    with pytest.raises(RequestError, match="SG-PLAN-034"):
        solve_rcpsp(problem, max_iterations(100))


def test_a_mode_that_never_pays_is_left_out() -> None:
    prepared = prepare(make_rcpsp([[(3, [2], [1]), (2, [1], [1]), (2, [1], [1])]], [[]], [2], [5]))
    assert prepared.row_mode.tolist() == [1]


def test_many_resources_are_packed_into_several_integers() -> None:
    capacity = np.array([2**30, 5, 7, 2**20], np.int64)
    need, full, guard = pack(np.array([[2**30, 5, 7, 2**20], [1, 0, 0, 1]], np.int64), capacity)
    assert full.shape == (4,)
    assert (((full - need[0]) & guard) == guard).all()
    assert not (((full - need[0] - need[1]) & guard) == guard).all()


BREED = """
import sys
if sys.argv[1] == "plain":
    sys.modules["numba"] = None
import numpy as np
from safeground.plan.compiled import IS_COMPILED
from safeground.plan.rcpsp import make_rcpsp
from safeground.plan.rcpsp_evolve import Crowd, breed, settle
from safeground.plan.rcpsp_net import make_desk, prepare
modes = [[(i % 4 + 1, [i % 3], [i % 2]), (i % 3 + 2, [1], [0])] for i in range(12)]
prepared = prepare(make_rcpsp(modes, [[j for j in (i + 2, i + 5) if j < 12] for i in range(12)], [3], [4]))
desk = make_desk(prepared, 7)
crowd = Crowd(*(np.zeros((6, 12), np.int64) for _ in range(3)), *(np.zeros(6, np.int64) for _ in range(2)))
settle(prepared.net, desk, crowd, 200)
breed(prepared.net, desk, crowd, 60, 200)
print(IS_COMPILED, desk.state[0], crowd.score.tolist(), crowd.start.tolist(), crowd.row.tolist())
"""


@pytest.mark.skipif(not IS_COMPILED, reason="needs the extra `plan` (numba)")
def test_machine_code_and_plain_python_breed_the_same_schedules() -> None:
    said = [subprocess.run([sys.executable, "-c", BREED, kind], check=True, capture_output=True, text=True).stdout
            for kind in ("compiled", "plain")]
    assert said[0].startswith("True ")
    assert said[1] == said[0].replace("True ", "False ")
