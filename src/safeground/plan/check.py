"""Does a plan keep every rule of its problem, and what is it worth?  Answered without any code of the solver."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from safeground.plan.rules import (
    CREW_MOST,
    distance_km,
    end_of_work,
    need_of,
    release_days,
    relocation_days,
    value_of,
    work_by_day,
)
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage

ViolationKind = Literal[
    "unknown_task", "unknown_team", "unknown_stage", "wrong_method",
    "no_crew", "crew_too_large", "team_twice", "not_accredited", "mixed_calendars",
    "outside_window", "not_a_working_day", "wrong_end_day", "before_earliest_day", "stage_order", "lag_too_short",
    "team_overlap", "relocation_too_short", "team_unavailable", "resource_exceeded",
    "gate_unmet", "chain_incomplete", "stage_twice", "casualties_cap", "district_minimum",
]
#: Share by which a sum of casualties may miss its cap through rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a plan breaks.

    Attributes
    ----------
    kind : which rule.
    task_id, team_id : where it is broken, "" where no single task or team is meant.
    message : what is wrong, in the users' words, with days and figures.
    """

    kind: ViolationKind
    task_id: str
    team_id: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What an independent reading of a plan found.

    Attributes
    ----------
    violations : every rule that is broken; empty for a plan that can be carried out.
    value : the problem's objective, computed anew from the days of release.
    authority_score : sum of the authority's own scores of the released tasks.
    released : ids of the tasks whose stages are all in the plan, in the order of the problem.
    casualties : expected casualties among the teams over all tasks in the plan.
    """

    violations: tuple[Violation, ...]
    value: float
    authority_score: float
    released: tuple[str, ...]
    casualties: float

    @property
    def is_feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def check_plan(problem: PlanProblem, plan: Plan) -> CheckReport:
    """Hold a plan against every rule of its problem and compute its worth anew.

    Notes
    -----
    Value, score and casualties are those of the plan as it stands, also where rules are broken: look at
    ``violations`` first.  Shares no code with the solver.
    """
    reading = _Reading(problem, plan)
    violations: list[Violation] = []
    for a in plan.assignments:
        violations += _names(reading, a)
        violations += _crew(reading, a)
        violations += _days(reading, a)
    violations += _chains(reading)
    for team in problem.teams:
        violations += _ways(reading, team)
    violations += _resources(reading)
    released = release_days(problem, plan)
    violations += _limits(reading, released)
    return CheckReport(
        violations=tuple(violations), value=value_of(problem, released),
        authority_score=math.fsum(t.score for t in problem.tasks if t.id in released),
        released=tuple(released), casualties=reading.casualties)


class _Reading:
    """A plan beside its problem, with everything found by its id."""

    def __init__(self, problem: PlanProblem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.tasks = {t.id: t for t in problem.tasks}
        self.teams = {t.id: t for t in problem.teams}
        self.by_task: dict[str, list[Assignment]] = {}
        self.by_team: dict[str, list[Assignment]] = {}
        for a in plan.assignments:
            self.by_task.setdefault(a.task_id, []).append(a)
            for team_id in dict.fromkeys(a.team_ids):
                self.by_team.setdefault(team_id, []).append(a)
        self.casualties = math.fsum(self.tasks[i].casualties for i in self.by_task if i in self.tasks)
        self._work: dict[tuple[str, str], tuple[int, ...]] = {}

    def stage_of(self, a: Assignment) -> Stage | None:
        task = self.tasks.get(a.task_id)
        return task.stages[a.stage] if task and 0 <= a.stage < len(task.stages) else None

    def calendars_of(self, a: Assignment) -> list[str]:
        return sorted({self.teams[i].calendar for i in a.team_ids if i in self.teams})

    def work_of(self, a: Assignment) -> tuple[int, ...] | None:
        """Return the work of each day; None where crew or stage leave it open."""
        stage, calendars = self.stage_of(a), self.calendars_of(a)
        if stage is None or len(calendars) != 1:
            return None
        key = (calendars[0], stage.season)
        if key not in self._work:
            self._work[key] = work_by_day(self.problem, *key)
        return self._work[key]

    def day(self, day: int) -> str:
        """Return a day in words; only days near the window have a date."""
        if not 0 <= day <= self.problem.days:
            return f"day {day}"
        return f"{(self.problem.start + timedelta(days=day)).isoformat()} (day {day})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _where(a: Assignment) -> str:
    return f"Stage {a.stage + 1} ({a.method}) of task {a.task_id}"


def _names(reading: _Reading, a: Assignment) -> Iterator[Violation]:
    """Yield names and numbers that the problem does not have."""
    task, stage = reading.tasks.get(a.task_id), reading.stage_of(a)
    if task is None:
        yield Violation("unknown_task", a.task_id, "", f"Task {a.task_id} is not in the problem.")
    elif stage is None:
        yield Violation("unknown_stage", a.task_id, "", f"{_where(a)} does not exist; the task has "
                        f"{_count(len(task.stages), 'stage')}.")
    elif stage.method != a.method:
        yield Violation("wrong_method", a.task_id, "", f"{_where(a)} must be done by {stage.method}.")
    for team_id in a.team_ids:
        if team_id not in reading.teams:
            yield Violation("unknown_team", a.task_id, team_id, f"{_where(a)} is given to team {team_id}, which is "
                            "not in the problem.")


def _crew(reading: _Reading, a: Assignment) -> Iterator[Violation]:
    """Yield faults of the crew: size, skills, leave waves."""
    stage = reading.stage_of(a)
    if not a.team_ids:
        yield Violation("no_crew", a.task_id, "", f"{_where(a)} has no team.")
    for team_id, times in Counter(a.team_ids).items():
        if times > 1:
            yield Violation("team_twice", a.task_id, team_id, f"{_where(a)} names team {team_id} {times} times.")
    calendars = reading.calendars_of(a)
    if len(calendars) > 1:
        yield Violation("mixed_calendars", a.task_id, "", f"{_where(a)} has teams of {len(calendars)} leave waves: "
                        f"{', '.join(calendars)}.")
    if stage is None:
        return
    most = min(stage.crew_max, CREW_MOST)
    if len(a.team_ids) > most:
        yield Violation("crew_too_large", a.task_id, "", f"{_where(a)} has {_count(len(a.team_ids), 'team')}, at most "
                        f"{most} can work there.")
    for team_id in dict.fromkeys(a.team_ids):
        team = reading.teams.get(team_id)
        if team and stage.method not in team.methods:
            yield Violation("not_accredited", a.task_id, team_id, f"Team {team_id} is accredited for "
                            f"{', '.join(team.methods) or 'nothing'}, not for {stage.method}, stage {a.stage + 1} of "
                            f"task {a.task_id}.")


def _days(reading: _Reading, a: Assignment) -> Iterator[Violation]:
    """Yield a start or end that the work, the window or a team's time does not allow."""
    days, stage, work = reading.problem.days, reading.stage_of(a), reading.work_of(a)
    if a.start_day < 0 or a.end_day > days:
        yield Violation("outside_window", a.task_id, "", f"{_where(a)} runs from {reading.day(a.start_day)} to before "
                        f"{reading.day(a.end_day)}; the window is day 0 to before day {days}.")
    for team_id in dict.fromkeys(a.team_ids):
        team = reading.teams.get(team_id)
        last_day = max(days, a.end_day) - 1 if team is None or team.last_day is None else team.last_day
        if team and (a.start_day < team.first_day or a.end_day - 1 > last_day):
            yield Violation("team_unavailable", a.task_id, team_id, f"{_where(a)} needs team {team_id} from "
                            f"{reading.day(a.start_day)} to {reading.day(a.end_day - 1)}; it may be used from "
                            f"{reading.day(team.first_day)} to {reading.day(last_day)}.")
    if stage is None or work is None or not 0 <= a.start_day < days:
        return
    if work[a.start_day] <= 0:
        yield Violation("not_a_working_day", a.task_id, a.team_ids[0], f"{_where(a)} starts on "
                        f"{reading.day(a.start_day)}, on which leave or season allow no work.")
    end = end_of_work(work, a.start_day, need_of(stage, len(a.team_ids)))
    size = f"{stage.team_days:g} team-days for {_count(len(a.team_ids), 'team')}"
    if end is None and a.end_day <= days:
        yield Violation("wrong_end_day", a.task_id, "", f"{_where(a)} is not done when the window ends: {size} from "
                        f"{reading.day(a.start_day)}; the plan says {reading.day(a.end_day)}.")
    elif end is not None and end != a.end_day:
        yield Violation("wrong_end_day", a.task_id, "", f"{_where(a)} ends before {reading.day(end)}: {size} from "
                        f"{reading.day(a.start_day)}; the plan says {reading.day(a.end_day)}.")


def _chains(reading: _Reading) -> Iterator[Violation]:
    """Yield tasks whose gates are not met, or whose stages are not each done once, in order and far enough apart."""
    for task_id, assignments in reading.by_task.items():
        task = reading.tasks.get(task_id)
        if task is None:
            continue
        if task.unmet_gates:
            yield Violation("gate_unmet", task_id, "", f"No work may start at task {task_id}: "
                            f"{'; '.join(task.unmet_gates)}.")
        times = Counter(a.stage for a in assignments)
        missing = [k for k in range(len(task.stages)) if k not in times]
        if missing:
            yield Violation("chain_incomplete", task_id, "", f"Task {task_id} is begun but not released: "
                            f"{', '.join(f'stage {k + 1} ({task.stages[k].method})' for k in missing)} not planned.")
        for k, count in times.items():
            if count > 1:
                yield Violation("stage_twice", task_id, "", f"Stage {k + 1} of task {task_id} is planned {count} "
                                "times.")
        yield from _order(reading, task, {a.stage: a for a in assignments})


def _order(reading: _Reading, task: PlanTask, by_stage: dict[int, Assignment]) -> Iterator[Violation]:
    """Yield stages that start before the stage before, or the task's earliest day, and the lag allow."""
    for k, stage in enumerate(task.stages):
        a, before = by_stage.get(k), by_stage.get(k - 1)
        if a is None or (k > 0 and before is None):
            continue
        ready = task.earliest_day if before is None else before.end_day
        kind: ViolationKind = "before_earliest_day" if before is None else "stage_order"
        what = "work at the task may start" if before is None else f"stage {k} has ended"
        starts = f"{_where(a)} starts on {reading.day(a.start_day)}"
        if a.start_day < ready:
            yield Violation(kind, task.id, "", f"{starts}; {what} on {reading.day(ready)}.")
        elif a.start_day < ready + stage.lag_days:
            yield Violation("lag_too_short", task.id, "", f"{starts}; {what} on {reading.day(ready)} and "
                            f"{_count(stage.lag_days, 'day')} must pass, so "
                            f"{reading.day(ready + stage.lag_days)} is the first.")


def _ways(reading: _Reading, team: PlanTeam) -> Iterator[Violation]:
    """Yield where a team would be in two places at once, or has too few working days for a move."""
    problem, calendar = reading.problem, reading.problem.calendars[team.calendar]
    assignments = sorted(reading.by_team.get(team.id, ()), key=lambda a: (a.start_day, a.end_day))
    for before, after in pairwise(assignments):
        if after.start_day < before.end_day:
            yield Violation("team_overlap", after.task_id, team.id, f"Team {team.id} starts at task {after.task_id} on "
                            f"{reading.day(after.start_day)} but is at task {before.task_id} until before "
                            f"{reading.day(before.end_day)}.")
    place, free, origin = (team.x_km, team.y_km), max(0, team.first_day), "its base"
    for a in assignments:
        task = reading.tasks.get(a.task_id)
        if task is None:
            continue
        km = distance_km(place, (task.x_km, task.y_km))
        takes = relocation_days(problem, km)
        there = sum(share > 0 for share in calendar[max(0, free):max(0, a.start_day)])
        if there < takes and a.start_day >= free:
            yield Violation("relocation_too_short", task.id, team.id, f"Team {team.id} moves {km:.1f} km from {origin} "
                            f"to task {task.id}, which takes {_count(takes, 'working day')}; it is free on "
                            f"{reading.day(free)} and starts on {reading.day(a.start_day)}, {there} between.")
        place, free, origin = (task.x_km, task.y_km), max(free, a.end_day), f"task {task.id}"


def _resources(reading: _Reading) -> Iterator[Violation]:
    """Yield each resource of which more is held on some day than there is."""
    problem = reading.problem
    held = {name: [0] * problem.days for name in problem.resources}
    holders: dict[str, list[tuple[Assignment, list[int]]]] = {name: [] for name in problem.resources}
    for a in reading.plan.assignments:
        stage, work = reading.stage_of(a), reading.work_of(a)
        if stage is None or work is None:
            continue
        days = [d for d in range(max(0, a.start_day), min(problem.days, a.end_day)) if work[d] > 0]
        for name, units in stage.needs:
            for d in days:
                held[name][d] += units
            holders[name].append((a, days))
    for name, capacity in problem.resources.items():
        short = [d for d in range(problem.days) if held[name][d] > capacity[d]]
        if short:
            at = sorted({a.task_id for a, days in holders[name] if short[0] in days})
            yield Violation("resource_exceeded", at[0] if len(at) == 1 else "", "", f"Of {name} {held[name][short[0]]} "
                            f"are held on {reading.day(short[0])} by {', '.join(at)}, there are {capacity[short[0]]}; "
                            f"it is short on {_count(len(short), 'day')} in all.")


def _limits(reading: _Reading, released: dict[str, int]) -> Iterator[Violation]:
    """Yield caps and floors of the whole plan that are missed."""
    problem, cap = reading.problem, reading.problem.casualties_max
    if cap is not None and reading.casualties > cap * (1 + ROUNDING):
        yield Violation("casualties_cap", "", "", f"The plan expects {reading.casualties:.3g} casualties among the "
                        f"teams, at most {cap:.3g} are allowed.")
    by_district = Counter(t.district for t in problem.tasks if t.id in released)
    for district, least in problem.district_minimum.items():
        if by_district[district] < least:
            yield Violation("district_minimum", "", "", f"{_count(by_district[district], 'task')} released in "
                            f"district {district}, at least {least} are asked for.")
