"""Public scheduling instances: schedules pass the checker and come near the best known makespans in half a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from safeground.plan.compiled import IS_COMPILED
from safeground.plan.rcpsp_check import faults_of
from safeground.plan.rcpsp_search import max_iterations, max_seconds, solve_rcpsp
from support.needs import SHARED

INSTANCES = SHARED / "instances"
pytestmark = [
    pytest.mark.skipif(not INSTANCES.is_dir(), reason="needs shared data (instances, beside the repository)"),
    pytest.mark.skipif(not IS_COMPILED, reason="needs the extra `plan` (numba)"),
]
NAMES = ["J60_1.txt", "J60_142.txt", "J60_401.txt", "J120_1.txt", "J120_180.txt", "J120_342.txt", "J5011_5.txt",
         "J5017_2.txt", "J5080_3.txt"]


@pytest.mark.parametrize("name", NAMES)
def test_a_short_search_comes_within_a_tenth_of_the_best_known(name: str) -> None:
    from benchmarks.plan_public import best_known, read_instance

    path: Path = next(INSTANCES.rglob(name))
    problem = read_instance(path)
    solve_rcpsp(problem, max_iterations(1))  # machine code is made before the clock runs
    answer = solve_rcpsp(problem, max_seconds(0.5), seed=1)
    known = best_known(INSTANCES / "best_known.csv")[path.stem.lower()]
    assert faults_of(problem, answer.schedule) == []
    assert known <= answer.schedule.makespan_days <= 1.1 * known
    assert answer.lower_bound_days <= known
