"""The actual plan carried out day by day in many drawn worlds at once.

A stage begins when the stage before has ended and its lag passed, when every member of its crew is free and has moved,
on a day on which all their calendars and the season work; it ends when the crew's output has covered its work.  The
order on each team's line stays as planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from safeground.forecast.clock import Clock
from safeground.forecast.lines import Lines, PlannedStage
from safeground.records.planning import FULL_DAY, PlanProblem

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: Hundredth of a thousandth of a team-day: sums of thousandths are told apart far better than that.
SLACK = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class DrawnWorlds:
    """What is uncertain about carrying out a plan, drawn.

    Attributes
    ----------
    growth : (draws, tasks) true over planned area.
    stage_ratio : (draws, stages) factor on the rate of all crews at a stage; 1 = as planned.
    team_day : (draws, teams, horizon) factor on a team's output on each day: own skill, the week's noise, 0 when down.
    """

    growth: Array
    stage_ratio: Array
    team_day: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Execution:
    """Many executions of one plan.

    Attributes
    ----------
    horizon : day from which on nothing is told apart; an end of ``horizon + 1`` means not within it.
    task_ids, team_ids, methods : names of columns.
    start, end : (draws, stages) first day of work and the day after the last, in the order of the plan's lines.
    task_end : (draws, tasks) day after a task's last stage.  task_m2 : (draws, tasks) true area, m².
    worked_m2 : by method, (draws, weeks + 1) area done since the day of the forecast until each week's end, m².
    stage_team_days : (draws, stages) crew × calendar working days from the day of the forecast on.
    critical : (draws, stages) whether the stage is on the critical chain of the last completion.
    """

    horizon: int
    task_ids: tuple[str, ...]
    team_ids: tuple[str, ...]
    methods: tuple[str, ...]
    start: Ints
    end: Ints
    task_end: Ints
    task_m2: Array
    worked_m2: dict[str, Array]
    stage_team_days: Array
    critical: Bools

    def completion_day(self) -> Ints:
        """Return the day on which the last task is done, shape (draws,)."""
        done: Ints = self.task_end.max(axis=1)
        return done

    def released_m2(self, days: Sequence[int]) -> Array:
        """Return the area of tasks done by each of the days, m², shape (draws, days)."""
        return np.stack([(self.task_m2 * (self.task_end <= d)).sum(axis=1) for d in days], axis=1)


def planned_worlds(lines: Lines, team_count: int, horizon: int) -> DrawnWorlds:
    """Return one world in which all goes as planned."""
    return DrawnWorlds(np.ones((1, len(lines.tasks))), np.ones((1, len(lines.stages))),
                       np.ones((1, team_count, horizon), dtype=np.float32))


def join(parts: Sequence[Execution]) -> Execution:
    """Return executions of the same plan in different worlds as one."""
    first = parts[0]
    arrays = {f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Execution)
              if isinstance(getattr(first, f.name), np.ndarray)}
    worked = {m: np.concatenate([p.worked_m2[m] for p in parts]) for m in first.methods}
    return Execution(horizon=first.horizon, task_ids=first.task_ids, team_ids=first.team_ids, methods=first.methods,
                     worked_m2=worked, **arrays)


class _Output:
    """Cumulated output of teams by day, thousandths of a planned team-day; rows are draws, kept apart by an offset."""

    def __init__(self, problem: PlanProblem, clock: Clock, worlds: DrawnWorlds) -> None:
        self.clock, self.worlds = clock, worlds
        self.index = {t.id: k for k, t in enumerate(problem.teams)}
        self.kept: dict[tuple[str, str], Array] = {}

    def team(self, item: PlannedStage, k: int) -> Array:
        team, season = item.crew[k], item.stage.season
        if (team.id, season) not in self.kept:
            works = self.clock.works(team.calendar, season).astype(np.float64)
            works[: team.first_day] = 0
            if team.last_day is not None:
                works[team.last_day + 1 :] = 0
            out = np.zeros((len(self.worlds.growth), self.clock.horizon + 1))
            np.cumsum(self.worlds.team_day[:, self.index[team.id]] * works, axis=1, out=out[:, 1:])
            self.kept[team.id, season] = out
        return self.kept[team.id, season]

    def crew(self, item: PlannedStage) -> Array:
        total = self.team(item, 0)
        for k in range(1, len(item.crew)):
            total = total + self.team(item, k)
        return total / len(item.crew) if len(item.crew) > 1 else total


class _Run:
    """The state of one pass over the plan's stages."""

    def __init__(self, problem: PlanProblem, lines: Lines, worlds: DrawnWorlds, today: int,
                 known_m2: Mapping[str, float], may_start_early: bool) -> None:
        self.lines, self.worlds, self.today, self.early = lines, worlds, today, may_start_early
        self.clock = Clock(problem, worlds.team_day.shape[2])
        self.output = _Output(problem, self.clock, worlds)
        self.draws, self.never = len(worlds.growth), self.clock.horizon + 1
        shape = (len(lines.stages), self.draws)
        self.start, self.end = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        self.work_days = np.zeros(shape)
        self.binds: list[list[tuple[int, Bools]]] = []
        self.task_at = {t.id: k for k, t in enumerate(lines.tasks)}
        self.methods = tuple(sorted({s.stage.method for s in lines.stages}))
        self.weeks = np.arange(today, problem.days + 7, 7)
        self.worked = {m: np.zeros((self.draws, len(self.weeks))) for m in self.methods}
        self.growth = worlds.growth.copy()
        for task in lines.tasks:
            if task.id in known_m2 and task.area_m2 > 0:
                self.growth[:, self.task_at[task.id]] = known_m2[task.id] / task.area_m2

    def begin(self, at: int, item: PlannedStage) -> Ints:
        """First day of a stage's (remaining) work in each draw; notes what it waited for."""
        plan_start = 0 if self.early else item.assignment.start_day
        low = np.full(self.draws, max(self.today, item.task.earliest_day, plan_start), dtype=np.int64)
        waits: list[tuple[int, Ints]] = []
        for f in item.follows:
            if f.team is None:
                wait = np.minimum(self.end[f.earlier] + f.lag_days, self.never)
                wait[self.end[f.earlier] == self.never] = self.never
            else:
                free = self.end[f.earlier] if f.earlier >= 0 else np.full(self.draws, max(0, f.team.first_day))
                moved = self.clock.travel_days(f.place_km, (item.task.x_km, item.task.y_km))
                wait = self.clock.arrive(f.team.calendar, moved)[np.minimum(free, self.never)]
            waits.append((f.earlier, wait))
            low = np.maximum(low, wait)
        self.binds.append([(earlier, wait == low) for earlier, wait in waits if earlier >= 0])
        return self.clock.next_start(tuple(t.calendar for t in item.crew), item.stage.season)[low]

    def carry_out(self, at: int, item: PlannedStage) -> None:
        """Start and end of a stage in each draw, and the area it brings by week."""
        state, task_index = item.state, self.task_at[item.task.id]
        if state is not None and state.end_day is not None:
            self.binds.append([])
            self.start[at], self.end[at] = state.start_day, state.end_day
            return
        growth, area = self.growth[:, task_index], item.task.area_m2
        left = growth.copy()
        if state is not None:
            self.binds.append([])
            first = self.clock.next_start(tuple(t.calendar for t in item.crew), item.stage.season)
            begin = np.full(self.draws, first[min(self.today, self.never)], dtype=np.int64)
            left = np.maximum(growth - (state.done_m2 / area if area > 0 else 0.0), 1e-9)
        else:
            begin = self.begin(at, item)
        whole = np.ceil(item.stage.team_days * FULL_DAY / len(item.crew) - 1e-6)
        need = whole * left / self.worlds.stage_ratio[:, at]
        cum = self.output.crew(item)
        end = self.ends(cum, begin, need)
        self.start[at] = begin if state is None else state.start_day
        self.end[at] = end
        self.count_work(at, item, cum, begin, end, need, left * area)

    def ends(self, cum: Array, begin: Ints, need: Array) -> Ints:
        """Day after the last for work begun on each day; ``never`` where the horizon is too short."""
        rows = np.arange(self.draws)
        step = float(cum[:, -1].max()) + float(need.max()) + 2 * FULL_DAY
        base = cum[rows, np.minimum(begin, self.clock.horizon)]
        flat = (cum + (rows * step)[:, None]).ravel()
        at = np.searchsorted(flat, base + need - SLACK + rows * step) - rows * cum.shape[1]
        at = np.maximum(at, begin + 1)
        return np.where((begin >= self.never) | (at > self.clock.horizon), self.never, at)

    def count_work(self, at: int, item: PlannedStage, cum: Array, begin: Ints, end: Ints, need: Array,
                   area: Array) -> None:
        rows, horizon = np.arange(self.draws), self.clock.horizon
        days = np.concatenate([[0], np.cumsum(self.clock.works(item.crew[0].calendar, item.stage.season) > 0)])
        first, last = np.minimum(begin, horizon), np.minimum(end, horizon)
        self.work_days[at] = len(item.crew) * (days[last] - days[first])
        when = np.clip(self.weeks[None, :], first[:, None], last[:, None])
        share = (cum[rows[:, None], when] - cum[rows, first][:, None]) / need[:, None]
        self.worked[item.stage.method] += np.minimum(share, 1.0) * area[:, None]

    def critical(self, task_end: Ints) -> Bools:
        """Stages on the chain that the last completion waited for; ties are all on it."""
        out = np.zeros((len(self.lines.stages), self.draws), dtype=np.bool_)
        last = task_end.max(axis=1)
        for at in range(len(self.lines.stages) - 1, -1, -1):
            item = self.lines.stages[at]
            if item.assignment.stage == len(item.task.stages) - 1:
                out[at] |= self.end[at] == last
            for earlier, bound in self.binds[at]:
                out[earlier] |= out[at] & bound
        done = [k for k, s in enumerate(self.lines.stages) if s.state is not None and s.state.end_day is not None]
        out[done] = False
        return out


def execute(problem: PlanProblem, lines: Lines, worlds: DrawnWorlds, *, today: int = 0,
            known_m2: Mapping[str, float] | None = None, may_start_early: bool = False) -> Execution:
    """Carry out a plan in every drawn world.

    Parameters
    ----------
    lines : the plan as :func:`~safeground.forecast.lines.draw_lines` returns it, with the state of work.
    today : day of the forecast; nothing that has not begun begins before it.
    known_m2 : true areas of tasks where they are known by now, m².
    may_start_early : whether crews that are done go on at once, or wait for the planned day (right shift).

    Notes
    -----
    With factors of 1 all planned days come out as planned.  The critical chain of a draw is found backwards from its
    last completion: a stage is on it when a later one on it began the moment this one, with lag and travel, let it.
    Calendars go on beyond the window by their own period (:func:`~safeground.forecast.clock.extend`).
    """
    run = _Run(problem, lines, worlds, today, known_m2 or {}, may_start_early)
    for at, item in enumerate(lines.stages):
        run.carry_out(at, item)
    task_end = np.zeros((run.draws, len(lines.tasks)), dtype=np.int64)
    for at, item in enumerate(lines.stages):
        column = run.task_at[item.task.id]
        task_end[:, column] = np.maximum(task_end[:, column], run.end[at])
    area = np.array([t.area_m2 for t in lines.tasks]) * run.growth
    return Execution(run.clock.horizon, tuple(t.id for t in lines.tasks), tuple(t.id for t in problem.teams),
                     run.methods, run.start.T.copy(), run.end.T.copy(), task_end, area, run.worked,
                     run.work_days.T.copy(), run.critical(task_end).T.copy())
