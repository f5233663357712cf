"""What programmes do today: rank the tasks and work down the list, day by day."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from safeground.plan.rules import (
    CREW_MOST,
    distance_km,
    end_of_work,
    need_of,
    relocation_days,
    work_by_day,
    worth_of_release,
)
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage

Order = Literal["score", "density"]


def dispatch(problem: PlanProblem, order: Order = "score") -> Plan:
    """Return the plan of a programme that ranks its tasks and sends idle teams to the first one that can use them.

    Parameters
    ----------
    order : ``score`` ranks by the authority's priority score, as programmes do; ``density`` by worth per team-day.

    Notes
    -----
    The baseline that an optimised plan is measured against.  On each day the list is gone through from the top.  A
    task whose next stage is ready gets the idle, accredited teams of the leave wave that fills its crew best, nearest
    first, up to the crew's size; they travel, then work.  A stage is begun only if it ends within the window and its
    resources are free; a task only if its gates are met and its casualties fit under the cap.  Nobody looks ahead: a
    task that is begun may wait for its next method until the window is over, and is then left out of the plan.
    District minimums come first in the list, but nothing makes sure that they are reached.  No randomness.
    """
    yard = _Yard(problem)
    ranked = _rank(problem, order)
    for day in range(problem.days):
        idle = yard.idle_teams(day)
        for task in ranked:
            if not idle:
                break
            k, ready = yard.progress[task.id]
            if k == len(task.stages):
                continue
            stage = task.stages[k]
            if ready + stage.lag_days > day or not yard.may_begin(task):
                continue
            crew = yard.send(task, stage, day, idle.get(stage.method, []))
            if crew:
                idle = {method: rest for method, teams in idle.items() if (rest := [t for t in teams if t not in crew])}
        ranked = [t for t in ranked if yard.progress[t.id][0] < len(t.stages)]
    return yard.plan()


def _rank(problem: PlanProblem, order: Order) -> list[PlanTask]:
    """Return the tasks whose gates are met, first the one to do first; ties keep the order of the problem."""
    def density(task: PlanTask) -> float:
        work = sum(s.team_days for s in task.stages)
        soonest = task.earliest_day + sum(s.lag_days + s.team_days / min(s.crew_max, CREW_MOST) for s in task.stages)
        return worth_of_release(problem, task, round(soonest)) / work

    open_tasks = [t for t in problem.tasks if not t.unmet_gates]
    ranked = sorted(open_tasks, key=density if order == "density" else lambda t: t.score, reverse=True)
    asked, first = Counter(dict(problem.district_minimum)), set()
    for task in ranked:
        if asked[task.district] > 0:
            asked[task.district] -= 1
            first.add(task.id)
    return sorted(ranked, key=lambda t: t.id not in first)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A place where a team has been, and the day from which it was free to leave."""

    place: tuple[float, float]
    free_day: int


@dataclass(slots=True)
class _Yard:
    """Where all teams, tasks and resources stand on the day that is being dispatched."""

    problem: PlanProblem
    progress: dict[str, tuple[int, int]] = field(init=False)
    stops: dict[str, list[_Stop]] = field(init=False)
    left: dict[str, list[int]] = field(init=False)
    working: dict[str, list[int]] = field(init=False)
    work: dict[tuple[str, str], tuple[int, ...]] = field(init=False)
    assignments: list[Assignment] = field(init=False)
    casualties: float = field(init=False)

    def __post_init__(self) -> None:
        problem = self.problem
        self.progress = {t.id: (0, t.earliest_day) for t in problem.tasks}
        self.stops = {t.id: [_Stop((t.x_km, t.y_km), max(0, t.first_day))] for t in problem.teams}
        self.left = {name: list(units) for name, units in problem.resources.items()}
        self.working = {name: [d for d, share in enumerate(shares) if share > 0]
                        for name, shares in problem.calendars.items()}
        self.work = {(c, s): work_by_day(problem, c, s) for c in problem.calendars for s in ("", *problem.seasons)}
        self.assignments, self.casualties = [], 0.0

    def idle_teams(self, day: int) -> dict[str, list[PlanTeam]]:
        """Return the teams that are at work on a day and have nothing to do, by method."""
        idle: dict[str, list[PlanTeam]] = {}
        for team in self.problem.teams:
            at_work = self.problem.calendars[team.calendar][day] > 0
            if at_work and self.stops[team.id][-1].free_day <= day and (team.last_day is None or day <= team.last_day):
                for method in dict.fromkeys(team.methods):
                    idle.setdefault(method, []).append(team)
        return idle

    def may_begin(self, task: PlanTask) -> bool:
        """Whether a task is under way, or would not break the cap on casualties."""
        cap = self.problem.casualties_max
        return cap is None or self.progress[task.id][0] > 0 or self.casualties + task.casualties <= cap

    def send(self, task: PlanTask, stage: Stage, day: int, teams: list[PlanTeam]) -> list[PlanTeam]:
        """Send a crew out of the teams given to a stage; return it, empty if none can do it now."""
        if not teams:
            return []
        place, most = (task.x_km, task.y_km), min(stage.crew_max, CREW_MOST)
        waves: dict[str, list[tuple[float, int, PlanTeam]]] = {}
        for k, team in enumerate(teams):
            waves.setdefault(team.calendar, []).append((distance_km(self.stops[team.id][-1].place, place), k, team))
        crews = []
        for wave, members in waves.items():
            size = min(most, len(members))
            end = end_of_work(self.work[wave, stage.season], day, need_of(stage, size))
            if end is not None:
                nearest = sorted(members)[:size]
                crews.append((-size, nearest[0][0], wave, [team for _, _, team in nearest]))
        for _, _, wave, crew in sorted(crews):
            span = self._span(task, stage, day, crew)
            if span and self._has_resources(stage, self.work[wave, stage.season], span):
                self._book(task, stage, crew, span)
                return crew
        return []

    def _span(self, task: PlanTask, stage: Stage, day: int, crew: list[PlanTeam]) -> tuple[int, int] | None:
        """Return first day of work and the day after the last of a crew sent today; None if it cannot be done."""
        work = self.work[crew[0].calendar, stage.season]
        arrival = max(self._arrival(team, task, day) for team in crew)
        at_work = self.working[crew[0].calendar]
        k = bisect_left(at_work, arrival)
        if k == len(at_work) or work[at_work[k]] == 0:
            return None
        end = end_of_work(work, at_work[k], need_of(stage, len(crew)))
        if end is None or any(team.last_day is not None and end - 1 > team.last_day for team in crew):
            return None
        return at_work[k], end

    def _arrival(self, team: PlanTeam, task: PlanTask, day: int) -> int:
        """Return the first day on which a team sent today may work at a task.

        A task may drop out of the plan in the end, so the way from each earlier place must be long enough as well.
        """
        at_work, days = self.working[team.calendar], []
        for stop in self.stops[team.id]:
            takes = relocation_days(self.problem, distance_km(stop.place, (task.x_km, task.y_km)))
            leaves = day if stop is self.stops[team.id][-1] else stop.free_day
            last = bisect_left(at_work, leaves) + takes - 1
            days.append(leaves if takes == 0 else at_work[last] + 1 if last < len(at_work) else self.problem.days)
        return max(days)

    def _has_resources(self, stage: Stage, work: tuple[int, ...], span: tuple[int, int]) -> bool:
        needs = Counter[str]()
        for name, units in stage.needs:
            needs[name] += units
        return all(self.left[name][d] >= units for name, units in needs.items() for d in range(*span) if work[d] > 0)

    def _book(self, task: PlanTask, stage: Stage, crew: list[PlanTeam], span: tuple[int, int]) -> None:
        k = self.progress[task.id][0]
        work = self.work[crew[0].calendar, stage.season]
        for name, units in stage.needs:
            for d in range(*span):
                self.left[name][d] -= units if work[d] > 0 else 0
        for team in crew:
            self.stops[team.id].append(_Stop((task.x_km, task.y_km), span[1]))
        self.casualties += task.casualties if k == 0 else 0.0
        self.progress[task.id] = (k + 1, span[1])
        self.assignments.append(Assignment(task_id=task.id, stage=k, method=stage.method,
                                           team_ids=tuple(t.id for t in crew), start_day=span[0], end_day=span[1]))

    def plan(self) -> Plan:
        """Return what is done by the end: tasks whose chain is not complete are left out."""
        whole = {t.id for t in self.problem.tasks if self.progress[t.id][0] == len(t.stages)}
        return Plan(tuple(a for a in self.assignments if a.task_id in whole))
