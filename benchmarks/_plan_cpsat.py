"""The whole deployment problem of the published set as one CP-SAT model, to compare the planner with.

A team's time is counted in its wave's working days, so that a stage lasts the same whenever it begins and a move of so
many working days is a plain gap; only the order of a task's stages needs days of the window.  Two stages that share a
team are in one order or the other, with the move between.  Nothing of the problem is relaxed; seasons and shared
resources, which the published set lacks, are refused.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from safeground.plan.arrays import Arrays, build
from safeground.plan.board import State
from safeground.plan.check import check_plan
from safeground.plan.solve import plan_of
from safeground.records.planning import Assignment, Plan, PlanProblem

#: Worth is counted in units of 1 / SCALE.
SCALE = 1000


@dataclass(eq=False)
class Model:
    """The model with the variables that a plan is read from and hinted by.

    Attributes
    ----------
    done : by task.  mode : by mode.  begin : by stage and pool, in working days of the wave.
    crew : by stage, pool and team.  shares, before : by pool and two stages.  release, in_season : by task.
    """

    problem: PlanProblem
    a: Arrays
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    done: list[Any] = field(default_factory=list)
    mode: list[Any] = field(default_factory=list)
    begin: dict[tuple[int, int], Any] = field(default_factory=dict)
    crew: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    shares: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    before: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    start_day: list[Any] = field(default_factory=list)
    end_day: list[Any] = field(default_factory=list)
    in_season: list[Any] = field(default_factory=list)

    def workdays(self, pool: int) -> NDArray[np.int64]:
        """Days of the window on which a pool's wave works."""
        names = sorted(self.problem.calendars)
        return np.flatnonzero(np.array(self.problem.calendars[names[self.a.pool_calendar[pool]]]) > 0)

    def pools(self, stage: int) -> list[int]:
        """Pools that can do a stage."""
        return sorted(set(self.a.mode_pool[self.a.mode_first[stage] : self.a.mode_first[stage + 1]].tolist()))

    def teams(self, pool: int) -> list[int]:
        """Teams of a pool."""
        return self.a.pool_team[self.a.pool_first[pool] : self.a.pool_first[pool + 1]].tolist()

    def need(self, mode: int) -> int:
        """Working days that a mode lasts."""
        return int(self.a.mode_work[mode] // self.a.mode_crew[mode])


def model_of(problem: PlanProblem) -> Model:
    """Return the model of a problem without seasons, lags, resources and other rules that the published set lacks."""
    a = build(problem)
    plain = not problem.resources and not problem.seasons and not a.stage_lag.any() and not a.open_day.any()
    whole = all(share in (0, 1000) for row in problem.calendars.values() for share in row)
    alone = len(a.pool_team) == len(np.unique(a.pool_team))
    if not (plain and whole and alone and (a.team_from == 0).all() and (a.team_to == problem.days).all()):
        raise ValueError("the model has no seasons, lags, resources, gates, part days or teams of several methods")
    m = Model(problem, a)
    m.done = [m.cp.new_bool_var(f"done {i}") for i in range(len(problem.tasks))]
    m.mode = [m.cp.new_bool_var(f"mode {k}") for k in range(len(a.finish))]
    for stage in range(len(a.stage_task)):
        _stage(m, stage)
    for pool in range(len(a.pool_first) - 1):
        _moves(m, pool)
    _objective(m)
    return m


def _stage(m: Model, stage: int) -> None:
    """One stage: one mode if its task is done, its crew, its first day and the day after its last."""
    cp, a, days = m.cp, m.a, m.problem.days
    task = int(a.stage_task[stage])
    modes = range(a.mode_first[stage], a.mode_first[stage + 1])
    cp.add(sum(m.mode[k] for k in modes) == m.done[task])
    start, end = cp.new_int_var(0, days, f"start {stage}"), cp.new_int_var(0, days, f"end {stage}")
    m.start_day.append(start)
    m.end_day.append(end)
    for pool in m.pools(stage):
        workdays = m.workdays(pool)
        begin = m.begin[stage, pool] = cp.new_int_var(0, len(workdays) - 1, f"begin {stage} {pool}")
        for team in m.teams(pool):
            on = m.crew[stage, pool, team] = cp.new_bool_var(f"crew {stage} {team}")
            cp.add(begin >= int(a.travel[a.team_base[team], task])).only_enforce_if(on)
        of_pool = [k for k in modes if a.mode_pool[k] == pool]
        cp.add(sum(m.crew[stage, pool, t] for t in m.teams(pool)) == sum(int(a.mode_crew[k]) * m.mode[k]
                                                                        for k in of_pool))
        cp.add_element(begin, workdays.tolist(), day := cp.new_int_var(0, days, ""))
        for k in of_pool:
            cp.add(start == day).only_enforce_if(m.mode[k])
            if m.need(k) > len(workdays):
                cp.add(m.mode[k] == 0)
                continue
            cp.add(begin <= len(workdays) - m.need(k)).only_enforce_if(m.mode[k])
            last = np.minimum(np.arange(len(workdays)) + m.need(k) - 1, len(workdays) - 1)
            cp.add_element(begin, (workdays[last] + 1).tolist(), over := cp.new_int_var(0, days, ""))
            cp.add(end == over).only_enforce_if(m.mode[k])
    if stage > a.stage_first[task]:
        cp.add(start >= m.end_day[stage - 1]).only_enforce_if(m.done[task])


def _moves(m: Model, pool: int) -> None:
    """No team in two places, and time for each move: two stages that share a team are in one order or the other."""
    cp, a = m.cp, m.a
    stages = [s for s in range(len(a.stage_task)) if (s, pool) in m.begin]
    size, over = {}, {}
    for s in stages:
        of_pool = [k for k in range(a.mode_first[s], a.mode_first[s + 1]) if a.mode_pool[k] == pool]
        size[s] = cp.new_int_var(0, max(m.need(k) for k in of_pool), "")
        cp.add(size[s] == sum(m.need(k) * m.mode[k] for k in of_pool))
        over[s] = m.begin[s, pool] + size[s]
    for at, s in enumerate(stages):
        for other in stages[at + 1 :]:
            one, two = int(a.stage_task[s]), int(a.stage_task[other])
            both, first = cp.new_bool_var(""), cp.new_bool_var("")
            m.shares[pool, s, other], m.before[pool, s, other] = both, first
            for team in m.teams(pool):
                cp.add_bool_or(both, ~m.crew[s, pool, team], ~m.crew[other, pool, team])
            cp.add(m.begin[other, pool] >= over[s] + int(a.travel[one, two])).only_enforce_if(both, first)
            cp.add(m.begin[s, pool] >= over[other] + int(a.travel[two, one])).only_enforce_if(both, ~first)
    for team in m.teams(pool):
        lines = []
        for s in stages:
            end = cp.new_int_var(0, 2 * m.problem.days, "")
            lines.append(cp.new_optional_interval_var(m.begin[s, pool], size[s], end, m.crew[s, pool, team], ""))
        cp.add_no_overlap(lines)


def _objective(m: Model) -> None:
    """Benefit-days and season bonus of the tasks that are done."""
    cp, terms = m.cp, []
    for i, task in enumerate(m.problem.tasks):
        last = int(m.a.stage_first[i + 1]) - 1
        cp.add(m.end_day[last] == 0).only_enforce_if(~m.done[i])
        season = cp.new_bool_var(f"in season {i}")
        cp.add_implication(season, m.done[i])
        cp.add(m.end_day[last] <= task.bonus_day).only_enforce_if(season)
        m.in_season.append(season)
        benefit = round(task.benefit_per_day * SCALE)
        terms.append(benefit * m.problem.deferral_days * m.done[i] - benefit * m.end_day[last]
                     + round(task.bonus * SCALE) * season)
    cp.maximize(sum(terms))


def hint(m: Model, state: State) -> None:
    """Give the solver a plan to start from."""
    a, cp = m.a, m.cp
    chosen = [int(k) for k in state.mode]
    crews = [set(state.crew[s][: a.mode_crew[k]].tolist()) if k >= 0 else set() for s, k in enumerate(chosen)]
    for i, task in enumerate(m.problem.tasks):
        last = int(a.stage_first[i + 1]) - 1
        cp.add_hint(m.done[i], chosen[last] >= 0)
        cp.add_hint(m.in_season[i], bool(chosen[last] >= 0 and state.end[last] <= task.bonus_day))
    for s, picked in enumerate(chosen):
        for k in range(a.mode_first[s], a.mode_first[s + 1]):
            cp.add_hint(m.mode[k], k == picked)
        cp.add_hint(m.start_day[s], max(0, int(state.start[s])))
        cp.add_hint(m.end_day[s], max(0, int(state.end[s])))
        for pool in m.pools(s):
            mine = picked >= 0 and a.mode_pool[picked] == pool
            cp.add_hint(m.begin[s, pool], int(np.searchsorted(m.workdays(pool), state.start[s])) if mine else 0)
            for team in m.teams(pool):
                cp.add_hint(m.crew[s, pool, team], bool(mine and team in crews[s]))
    for (pool, s, other), both in m.shares.items():
        cp.add_hint(both, bool(crews[s] & crews[other] & set(m.teams(pool))))
        cp.add_hint(m.before[pool, s, other], bool(state.start[s] <= state.start[other]))


def _plan(m: Model, solver: cp_model.CpSolver) -> Plan:
    out = []
    for s, task_index in enumerate(m.a.stage_task):
        for k in range(m.a.mode_first[s], m.a.mode_first[s + 1]):
            if not solver.boolean_value(m.mode[k]):
                continue
            task, number = m.problem.tasks[task_index], int(s - m.a.stage_first[task_index])
            pool = int(m.a.mode_pool[k])
            crew = [t for t in m.teams(pool) if solver.boolean_value(m.crew[s, pool, t])]
            out.append(Assignment(task_id=task.id, stage=number, method=task.stages[number].method,
                                  team_ids=tuple(sorted(m.problem.teams[t].id for t in crew)),
                                  start_day=solver.value(m.start_day[s]), end_day=solver.value(m.end_day[s])))
    return Plan(tuple(out))


def run(problem: PlanProblem, seconds: float, workers: int, start: State | None = None,
        fixed: bool = False) -> dict[str, Any]:
    """Solve with CP-SAT for so many seconds of the clock; the plan is checked like any other.

    Parameters
    ----------
    start : a plan to start from.
    fixed : only tell whether the model takes that plan as it is, and its worth there.
    """
    clock = time.perf_counter()
    m = model_of(problem)
    if start is not None:
        hint(m, start)
        given = check_plan(problem, plan_of(problem, m.a, start)).value
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.fix_variables_to_their_hinted_value = fixed
    built, cpu = time.perf_counter() - clock, time.process_time()
    status = solver.solve(m.cp)
    row = {"status": solver.status_name(status), "build_seconds": built, "wall_seconds": solver.wall_time,
           "cpu_seconds": time.process_time() - cpu, "workers": workers, "bound": solver.best_objective_bound / SCALE,
           "variables": len(m.cp.proto.variables), "constraints": len(m.cp.proto.constraints),
           "start_value": given if start is not None else None, "value": 0.0, "violations": 0}
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        report = check_plan(problem, _plan(m, solver))
        row |= {"value": report.value, "violations": len(report.violations), "released": len(report.released)}
    return row
