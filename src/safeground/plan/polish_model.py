"""The CP-SAT model of one window of a plan: free tasks among teams whose other work is fixed.

Days, seasons and leave are read from the planner's tables by element constraints, so that the model knows no calendar.
Shared resources are held from a stage's first day to its last, days of leave in between too: stricter than the rule,
never looser.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from safeground.plan.arrays import Arrays
from safeground.records.planning import Assignment, Plan, PlanProblem

#: The worth of the dearest task, and the casualties of the cap, in the model's whole units.
UNITS, CASUALTY_UNITS = 1_000_000, 1_000_000_000


@dataclass(frozen=True)
class Window:
    """A plan with the tasks that are free; all days are those of the planner's tables.

    Attributes
    ----------
    free : indices of the free tasks.
    """

    problem: PlanProblem
    a: Arrays
    plan: Plan
    free: tuple[int, ...]

    @cached_property
    def free_ids(self) -> frozenset[str]:
        """Ids of the free tasks."""
        return frozenset(self.problem.tasks[t].id for t in self.free)

    @cached_property
    def fixed(self) -> list[Assignment]:
        """Work that stays where it is."""
        return [x for x in self.plan.assignments if x.task_id not in self.free_ids]

    @cached_property
    def lines(self) -> dict[int, list[tuple[int, int, int]]]:
        """First day, day after the last and task of each team's fixed work, in order of days, by team."""
        team = {t.id: k for k, t in enumerate(self.problem.teams)}
        task = {t.id: i for i, t in enumerate(self.problem.tasks)}
        lines: dict[int, list[tuple[int, int, int]]] = {k: [] for k in range(len(self.problem.teams))}
        for x in self.fixed:
            for name in x.team_ids:
                lines[team[name]].append((x.start_day, x.end_day, task[x.task_id]))
        return {k: sorted(line) for k, line in lines.items()}

    @cached_property
    def now(self) -> dict[int, tuple[int, int, frozenset[int]]]:
        """First day, day after the last and teams of each stage of a free task that is in the plan, by stage."""
        team = {t.id: k for k, t in enumerate(self.problem.teams)}
        task = {self.problem.tasks[i].id: i for i in self.free}
        return {int(self.a.stage_first[task[x.task_id]]) + x.stage:
                (x.start_day, x.end_day, frozenset(team[name] for name in x.team_ids))
                for x in self.plan.assignments if x.task_id in task}

    def at(self, stage: int) -> tuple[int, int, frozenset[int]]:
        """Return first day, day after the last and teams of a free task's stage in the plan; 0, 0, none if left out."""
        return self.now.get(stage, (0, 0, frozenset()))

    def gaps(self, team: int, task: int) -> list[tuple[int, int]]:
        """Return first day and day by which it must be over of each gap in which a team could work at a task."""
        a = self.a
        wave, line = int(a.team_calendar[team]), self.lines[team]
        out, free, place = [], int(a.team_from[team]), int(a.team_base[team])
        for start, end, there in [*line, (-1, -1, -1)]:
            first = int(a.arrive[wave, free, a.travel[place, task]])
            last = int(a.team_to[team]) if start < 0 else int(a.depart[wave, start, a.travel[task, there]])
            if first < last:
                out.append((first, last))
            free, place = end, there
        return out


@dataclass(eq=False)
class WindowModel:
    """The model and the variables that a plan is read from.

    Attributes
    ----------
    stages : stages of the free tasks.  done : by task.  start, end : by stage.  modes : by stage, by mode.
    crew : by stage and team.
    """

    window: Window
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    stages: list[int] = field(default_factory=list)
    done: dict[int, Any] = field(default_factory=dict)
    start: dict[int, Any] = field(default_factory=dict)
    end: dict[int, Any] = field(default_factory=dict)
    modes: dict[int, dict[int, Any]] = field(default_factory=dict)
    crew: dict[tuple[int, int], Any] = field(default_factory=dict)


    def flag(self, now: bool) -> Any:
        """Return a new yes or no, with what it is in the plan as it is."""
        made = self.cp.new_bool_var("")
        self.cp.add_hint(made, now)
        return made

    def number(self, most: int, now: int) -> Any:
        """Return a new whole number of 0 to ``most``, with what it is in the plan as it is."""
        made = self.cp.new_int_var(0, most, "")
        self.cp.add_hint(made, min(max(now, 0), most))
        return made


def window_model(window: Window) -> WindowModel:
    """Return the model of a window, hinted with the plan as it is."""
    m, a = WindowModel(window), window.a
    for task in window.free:
        m.done[task] = m.flag(int(a.stage_first[task]) in window.now)
        for stage in range(a.stage_first[task], a.stage_first[task + 1]):
            m.stages.append(stage)
            _days(m, stage)
            _crew(m, stage)
    for wave in sorted(set(a.team_calendar.tolist())):
        _ways(m, wave)
    _resources(m)
    _limits(m)
    _objective(m)
    return m


def _days(m: WindowModel, stage: int) -> None:
    """One mode if the task is done, its days by the planner's table, after the stage before."""
    cp, a = m.cp, m.window.a
    task, days = int(a.stage_task[stage]), a.worth.shape[1] - 1
    first, over_now, crew = m.window.at(stage)
    start, end = m.start[stage], m.end[stage] = m.number(days, first), m.number(days, over_now)
    chosen = m.modes[stage] = {}
    for k in range(a.mode_first[stage], a.mode_first[stage + 1]):
        fits = np.flatnonzero(a.finish[k, :days] <= days)
        if not len(fits):
            continue
        pool = int(a.mode_pool[k])
        teams = set(a.pool_team[a.pool_first[pool] : a.pool_first[pool + 1]].tolist())
        on = chosen[k] = m.flag(bool(crew) and len(crew) == a.mode_crew[k] and crew <= teams)
        cp.add_linear_expression_in_domain(start, cp_model.Domain.from_values(fits.tolist())).only_enforce_if(on)
        over = m.number(days + 1, int(a.finish[k, first]))
        cp.add_element(start, a.finish[k].tolist(), over)
        cp.add(end == over).only_enforce_if(on)
    cp.add(sum(chosen.values()) == m.done[task])
    if stage == a.stage_first[task]:
        cp.add(start >= min(days, int(a.open_day[task] + a.stage_lag[stage]))).only_enforce_if(m.done[task])
    else:
        cp.add(start >= m.end[stage - 1] + int(a.stage_lag[stage])).only_enforce_if(m.done[task])


def _crew(m: WindowModel, stage: int) -> None:
    """Teams of the mode's pool, each in a gap of its fixed work."""
    cp, a, window = m.cp, m.window.a, m.window
    task = int(a.stage_task[stage])
    begins, ends, members = window.at(stage)
    for pool in sorted({int(a.mode_pool[k]) for k in m.modes[stage]}):
        of_pool = []
        for team in a.pool_team[a.pool_first[pool] : a.pool_first[pool + 1]].tolist():
            gaps = window.gaps(team, task)
            if not gaps:
                continue
            on = m.crew[stage, team] = m.flag(team in members)
            of_pool.append(on)
            inside = [m.flag(team in members and first <= begins and ends <= last) for first, last in gaps]
            cp.add(sum(inside) == on)
            for here, (first, last) in zip(inside, gaps, strict=True):
                cp.add(m.start[stage] >= first).only_enforce_if(here)
                cp.add(m.end[stage] <= last).only_enforce_if(here)
        cp.add(sum(of_pool) == sum(int(a.mode_crew[k]) * on for k, on in m.modes[stage].items()
                                   if a.mode_pool[k] == pool))


def _ways(m: WindowModel, wave: int) -> None:
    """Two free stages that share a team of a wave are in one order or the other, with the days of the move between."""
    cp, a = m.cp, m.window.a
    days = a.worth.shape[1] - 1
    arrived: dict[tuple[int, int], Any] = {}

    def there(stage: int, moves: int) -> Any:
        if not moves:
            return m.end[stage]
        if (stage, moves) not in arrived:
            over = m.window.at(stage)[1]
            arrived[stage, moves] = m.number(days, int(a.arrive[wave, over, moves]))
            cp.add_element(m.end[stage], a.arrive[wave, :, moves].tolist(), arrived[stage, moves])
        return arrived[stage, moves]

    crew = {s: {t: on for (of, t), on in m.crew.items() if of == s and a.team_calendar[t] == wave} for s in m.stages}
    for at, one in enumerate(m.stages):
        for two in m.stages[at + 1 :]:
            shared = crew[one].keys() & crew[two].keys()
            if not shared:
                continue
            mine, theirs = (m.window.at(k) for k in (one, two))
            both, first = m.flag(bool(mine[2] & theirs[2] & shared)), m.flag(mine[0] <= theirs[0])
            for t in sorted(shared):
                cp.add_bool_or(both, ~crew[one][t], ~crew[two][t])
            here, other = int(a.stage_task[one]), int(a.stage_task[two])
            cp.add(m.start[two] >= there(one, int(a.travel[here, other]))).only_enforce_if(both, first)
            cp.add(m.start[one] >= there(two, int(a.travel[other, here]))).only_enforce_if(both, ~first)


def _resources(m: WindowModel) -> None:
    """Shared resources less what fixed work holds on each day."""
    cp, a, window = m.cp, m.window.a, m.window
    days, names = a.worth.shape[1] - 1, sorted(window.problem.resources)
    for r, name in enumerate(names):
        free = a.capacity[r].copy()
        for x in window.fixed:
            task = next(t for t in window.problem.tasks if t.id == x.task_id)
            free[x.start_day : x.end_day] -= sum(units for n, units in task.stages[x.stage].needs if n == name)
        most = int(max(free.max(initial=0), 0))
        taken = [cp.new_fixed_size_interval_var(d, 1, "") for d in range(days)]
        load = [most - max(0, int(v)) for v in free]
        for s in m.stages:
            if a.stage_needs[s, r]:
                begins, ends, _ = window.at(s)
                held, on = m.number(days, ends - begins), m.done[int(a.stage_task[s])]
                taken.append(cp.new_optional_interval_var(m.start[s], held, m.end[s], on, ""))
                load.append(int(a.stage_needs[s, r]))
        cp.add_cumulative(taken, load, most)


def _limits(m: WindowModel) -> None:
    """Keep the cap on casualties, and a district's minimum as far as the plan meets it now."""
    cp, a, window = m.cp, m.window.a, m.window
    tasks = window.problem.tasks
    planned = {x.task_id for x in window.plan.assignments}
    fixed = [i for i, t in enumerate(tasks) if t.id in planned and t.id not in window.free_ids]
    if np.isfinite(a.casualties_max):
        left = a.casualties_max - a.casualties[fixed].sum()
        cp.add(sum(int(np.ceil(CASUALTY_UNITS * a.casualties[t])) * m.done[t] for t in window.free)
               <= int(CASUALTY_UNITS * max(0.0, left)))
    for d, least in enumerate(a.district_minimum.tolist()):
        mine = [t for t in window.free if a.district[t] == d]
        if least and mine:
            now = sum(tasks[t].id in planned for t in mine)
            cp.add(sum(m.done[t] for t in mine) >= min(now, least - sum(a.district[i] == d for i in fixed)))


def _objective(m: WindowModel) -> None:
    """Worth by the day of release, and the bonus of corridors that are complete."""
    cp, a, window = m.cp, m.window.a, m.window
    scale = UNITS / max(float(a.worth.max(initial=0.0)), float(a.bundle_bonus.max(initial=0.0)), 1e-9)
    terms = []
    for task in window.free:
        row = np.maximum(np.floor(a.worth[task] * scale), 0.0).astype(int)
        last = int(a.stage_first[task + 1]) - 1
        worth = int(row[window.at(last)[1]])
        by_day, gets = m.number(int(row.max()), worth), m.number(int(row.max()), worth * (last in window.now))
        cp.add_element(m.end[last], row.tolist(), by_day)
        cp.add(gets <= by_day)
        cp.add(gets <= int(row.max()) * m.done[task])
        terms.append(gets)
    planned = {x.task_id for x in window.plan.assignments}
    for bundle, bonus in enumerate(a.bundle_bonus):
        of = np.flatnonzero(a.bundle == bundle).tolist()
        if all(t in window.free or window.problem.tasks[t].id in planned for t in of):
            whole = m.flag(all(window.problem.tasks[t].id in planned for t in of))
            for t in of:
                if t in window.free:
                    cp.add_implication(whole, m.done[t])
            terms.append(int(bonus * scale) * whole)
    cp.maximize(sum(terms))

