"""Public scheduling instances: schedules pass the checker and come near the best known makespans in half a second."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.plan_public import best_known, kind_of, read_instance

from safeground.plan.compiled import IS_COMPILED
from safeground.plan.rcpsp_check import faults_of
from safeground.plan.rcpsp_search import max_iterations, max_seconds, solve_rcpsp
from support.needs import SHARED

INSTANCES = SHARED / "instances"
needs_instances = pytest.mark.skipif(not INSTANCES.is_dir(),
                                     reason="needs shared data (instances, beside the repository)")
needs_numba = pytest.mark.skipif(not IS_COMPILED, reason="needs the extra `plan` (numba)")
#: Our own three activities between a source and a sink, in the layout of PSPLIB's .sm files.
SM = """\
************************************************************************
file with basedata            : OWN.BAS
jobs (incl. supersource/sink ):  5
horizon                       :  9
RESOURCES
  - renewable                 :  2   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           5
   4        1          1           5
   5        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     4       2    0
  3      1     3       2    1
  4      1     2       0    1
  5      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    3    1
************************************************************************
"""
NAMES = ["J60_1.txt", "J60_142.txt", "J60_401.txt", "J120_1.txt", "J120_180.txt", "J120_342.txt", "J5011_5.txt",
         "J5017_2.txt", "J5080_3.txt"]


@needs_instances
@needs_numba
@pytest.mark.parametrize("name", NAMES)
def test_a_short_search_comes_within_a_tenth_of_the_best_known(name: str) -> None:
    path: Path = next(INSTANCES.rglob(name))
    problem = read_instance(path)
    solve_rcpsp(problem, max_iterations(1))  # machine code is made before the clock runs
    answer = solve_rcpsp(problem, max_seconds(0.5), seed=1)
    known = best_known(INSTANCES / "best_known.csv")[path.stem.lower()]
    assert faults_of(problem, answer.schedule) == []
    assert known <= answer.schedule.makespan_days <= 1.1 * known
    assert answer.lower_bound_days <= known


def test_a_file_of_psplib_s_own_layout_is_read(tmp_path: Path) -> None:
    path = tmp_path / "j601_1.sm"
    path.write_text(SM)
    problem = read_instance(path)
    assert problem.successors == ((1, 2), (3,), (4,), (4,), ())
    assert problem.renewable_capacity.tolist() == [3, 1]
    assert solve_rcpsp(problem, max_iterations(100)).schedule.makespan_days == 9


@pytest.mark.parametrize(("name", "kind"), [
    ("J60_1.txt", "j60"), ("j6010_5.sm", "j60"), ("j12060_10.sm", "j120"), ("J120_1.txt", "j120"), ("j301_1.sm", "j30"),
    ("J50100_1.txt", "mmlib50"), ("J501_1.mm", "mmlib50"), ("J100108_5.mm", "mmlib100"), ("J1001_1.txt", "mmlib100"),
    ("RG300_1.rcp", "rg300"), ("notes.txt", "other"),
])
def test_the_family_is_told_by_the_name(name: str, kind: str) -> None:
    assert kind_of(Path(name)) == kind
