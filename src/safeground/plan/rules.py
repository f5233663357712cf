"""What the nouns of planning mean in days and worth, one plain function a rule; slow, and open to any reader."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping

from safeground.records.planning import FULL_DAY, Plan, PlanProblem, PlanTask, Stage

#: Most teams in any crew, whatever the stage allows.
CREW_MOST = 8
DAYS_OF_YEAR = 365


def work_by_day(problem: PlanProblem, calendar: str, season: str) -> tuple[int, ...]:
    """Return what a team of a leave wave gets done on each day of the window at a stage with a season.

    Returns
    -------
    thousandths of a full day's work; the calendar alone where the season is "".
    """
    shares = problem.calendars[calendar]
    if not season:
        return tuple(shares)
    return tuple(share * factor // FULL_DAY for share, factor in zip(shares, problem.seasons[season], strict=True))


def need_of(stage: Stage, crew_size: int) -> int:
    """Return the work of each team of a crew at a stage, thousandths of a full day, rounded up."""
    return math.ceil(stage.team_days * FULL_DAY / crew_size)


def end_of_work(work: tuple[int, ...], start_day: int, need: int) -> int | None:
    """Return the day after the one on which work begun on ``start_day`` is done; None if the window ends before.

    Parameters
    ----------
    work : thousandths of a full day's work on each day of the window.
    need : thousandths that must be done, > 0.
    """
    done = 0
    for day in range(start_day, len(work)):
        done += work[day]
        if done >= need:
            return day + 1
    return None


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the straight line between two places, km."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def relocation_days(problem: PlanProblem, km: float) -> int:
    """Return how many of a team's working days a move takes: one more for each distance reached."""
    return bisect_right(problem.relocation_km, km)


def worth_of_release(problem: PlanProblem, task: PlanTask, day: int) -> float:
    """Return what the release of one task on a day adds to the objective, without the bonus of a whole corridor.

    Parameters
    ----------
    day : release day, the day after the last day of work, counted from the plan's start.
    """
    in_season = day <= task.bonus_day
    if problem.objective == "score":
        return task.score
    if problem.objective == "net_present_value":
        rate = math.log1p(problem.discount_per_year) / DAYS_OF_YEAR
        days = float(problem.deferral_days - day)
        if rate != 0:
            days = (math.exp(-rate * day) - math.exp(-rate * problem.deferral_days)) / rate
        return task.benefit_per_day * days + (task.bonus * math.exp(-rate * task.bonus_day) if in_season else 0.0)
    return task.benefit_per_day * (problem.deferral_days - day) + (task.bonus if in_season else 0.0)


def release_days(problem: PlanProblem, plan: Plan) -> dict[str, int]:
    """Return the release day of each task whose stages are all in the plan, by id, in the order of the problem.

    Notes
    -----
    The release day is the end of the last stage.  Nothing is checked here; a stage given twice counts with the end
    that comes last.
    """
    ends: dict[str, dict[int, int]] = {}
    for a in plan.assignments:
        stages = ends.setdefault(a.task_id, {})
        stages[a.stage] = max(a.end_day, stages.get(a.stage, a.end_day))
    return {task.id: ends[task.id][len(task.stages) - 1] for task in problem.tasks
            if all(k in ends.get(task.id, {}) for k in range(len(task.stages)))}


def value_of(problem: PlanProblem, released: Mapping[str, int]) -> float:
    """Return the objective of releasing tasks on given days.

    Parameters
    ----------
    released : release day by task id.

    Returns
    -------
    in the unit of the objective: worth of benefit-days, points of the authority's score, or present value.
    """
    parts = [worth_of_release(problem, task, released[task.id]) for task in problem.tasks if task.id in released]
    if problem.objective == "corridors":
        left_out = {task.bundle for task in problem.tasks if task.id not in released}
        whole = {task.bundle for task in problem.tasks if task.bundle} - left_out
        parts += [bonus for bundle, bonus in problem.bundle_bonus.items() if bundle in whole]
    return math.fsum(parts)
