"""Windows of a plan made anew by CP-SAT: some neighbouring tasks are free, everything else stays where it is.

What ruin and recreate cannot do in one move, such as three tasks that change their teams and days together, is a small
exact problem.  Each window's answer is taken where the independent checker finds it better and without a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.foundation.invariant import invariant
from safeground.foundation.seeds import stream
from safeground.plan.arrays import Arrays
from safeground.plan.check import check_plan
from safeground.plan.rcpsp_exact import has_exact
from safeground.plan.solve import Solution, neighbours
from safeground.plan.stops import Progress, Stop
from safeground.records.planning import Assignment, Plan, PlanProblem

Ints = NDArray[np.int32]
Tell = Callable[[str, float | None], None]
#: Tasks that are free in a window, and CP-SAT's deterministic seconds for it (about those of one core).
FREE, EFFORT = 16, 10.0


@dataclass(frozen=True, slots=True)
class Polished:
    """A plan after its windows.

    Attributes
    ----------
    plan : the best plan.  value : its worth by the checker.
    windows, better : windows tried, and those that made it better.
    """

    plan: Plan
    value: float
    windows: int
    better: int


def polish(problem: PlanProblem, a: Arrays, plan: Plan, near: Ints, stop: Stop, seed: int, tell: Tell | None = None,
           effort: float = EFFORT) -> Polished:
    """Return a plan at least as good: window after window of neighbouring tasks is solved anew.

    Parameters
    ----------
    plan : a plan without a fault.
    near : (tasks, some) nearest tasks of each task, itself first.
    stop : asked after each window, which it counts as a move.
    effort : CP-SAT's deterministic seconds for a window; one thread, so that the same seed gives the same plan.

    Raises
    ------
    RequestError : OR-Tools is not installed (SG-PLAN-009).
    """
    if not has_exact():
        raise RequestError("SG-PLAN-009", "--polish", "needs OR-Tools, which is not installed.",
                           "Install the extra 'plan', or leave --polish out.")
    say = tell or (lambda text, share: None)
    before = check_plan(problem, plan)
    value, known = before.value, {v.kind for v in before.violations}
    order = stream(seed, "plan", "polish")
    windows = better = 0
    seeds: list[int] = []
    while not stop(Progress(windows, value, float("inf"))):
        if not seeds:
            seeds = order.permutation(len(problem.tasks)).tolist()
        free = _free(problem, a, plan, near, seeds.pop(), by_team=windows % 2 == 0)
        windows += 1
        if free:
            found = _solved(problem, a, plan, free, seed + windows, effort)
            report = check_plan(problem, found) if found is not None else None
            if found is not None and report is not None and report.value > value * (1 + 1e-9) and (
                    {v.kind for v in report.violations} <= known):  # a minimum that cannot be met stays
                plan, value, better = found, report.value, better + 1
        say(f"windows: {value:,.0f} after {windows}, {better} better", min(1.0, stop.share(
            Progress(windows, value, float("inf")))))
    return Polished(plan, value, windows, better)


def polished(problem: PlanProblem, solution: Solution, stop: Stop, seed: int, tell: Tell | None = None
             ) -> tuple[Solution, Polished]:
    """Return a solution whose plan has gone through windows, and what they did; the bound stays.

    Raises
    ------
    RequestError : OR-Tools is not installed (SG-PLAN-009).
    InvariantBroken : the plan is worth more than the bound: a fault of ours.
    """
    found = polish(problem, solution.arrays, solution.plan, neighbours(problem), stop, seed, tell, EFFORT)
    invariant(found.value <= solution.bound + 1e-9 * abs(solution.bound),
              f"worth {found.value} is above the bound {solution.bound}")
    return replace(solution, plan=found.plan, report=check_plan(problem, found.plan), value=found.value), found


def _free(problem: PlanProblem, a: Arrays, plan: Plan, near: Ints, seed: int, by_team: bool) -> list[int]:
    """Return the tasks that become free: planned ones, nearest by place or by shared teams, some left out near by."""
    work: dict[str, list[Assignment]] = {}
    for x in plan.assignments:
        work.setdefault(x.task_id, []).append(x)
    around = [int(t) for t in near[seed] if a.open_day[t] < a.worth.shape[1] - 1]
    inside = [t for t in around if problem.tasks[t].id in work]
    outside = [t for t in around if problem.tasks[t].id not in work]
    if by_team and inside:
        mine = work[problem.tasks[inside[0]].id]
        teams, middle = {name for x in mine for name in x.team_ids}, mine[0].start_day
        every = [t for t in range(len(problem.tasks)) if problem.tasks[t].id in work]
        inside = sorted(every, key=lambda t: (not any(teams & set(x.team_ids) for x in work[problem.tasks[t].id]),
                                              abs(work[problem.tasks[t].id][0].start_day - middle), t))
    rest = outside[: max(FREE - len(inside), FREE // 2)]
    return sorted(inside[: FREE - len(rest)] + rest)


def _solved(problem: PlanProblem, a: Arrays, plan: Plan, free: Iterable[int], seed: int, effort: float) -> Plan | None:
    """Return the plan with the free tasks planned as CP-SAT does it, None where it finds nothing."""
    from ortools.sat.python import cp_model

    from safeground.plan.polish_model import Window, window_model

    window = Window(problem, a, plan, tuple(free))
    model = window_model(window)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = effort
    solver.parameters.cp_model_probing_level = 0  # it would take most of a window's effort
    if solver.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    made: list[Assignment] = []
    for stage in model.stages:
        for k in model.modes[stage]:
            if not solver.boolean_value(model.modes[stage][k]):
                continue
            task = int(a.stage_task[stage])
            number = int(stage - a.stage_first[task])
            crew = [t for (s, t), on in model.crew.items() if s == stage and solver.boolean_value(on)]
            made.append(Assignment(task_id=problem.tasks[task].id, stage=number,
                                   method=problem.tasks[task].stages[number].method,
                                   team_ids=tuple(sorted(problem.teams[t].id for t in crew)),
                                   start_day=solver.value(model.start[stage]), end_day=solver.value(model.end[stage])))
    rest = [x for x in plan.assignments if x.task_id not in window.free_ids]
    return Plan(tuple(sorted(rest + made, key=lambda x: (x.start_day, x.task_id, x.stage))))
