"""Small plans written out by hand, for tests of the forecast."""

from __future__ import annotations

from datetime import date

from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage

FULL = (1000,) * 20


def task(name: str, *stages: Stage, x_km: float = 0.0, area_m2: float = 100.0, **more: object) -> PlanTask:
    return PlanTask(id=name, district="D", x_km=x_km, y_km=0.0, stages=stages, benefit_per_day=1.0, area_m2=area_m2,
                    **more)


def stage(method: str, team_days: float, **more: object) -> Stage:
    return Stage(method=method, team_days=team_days, **more)


def team(name: str, calendar: str = "all", **more: object) -> PlanTeam:
    return PlanTeam(id=name, methods=(name.split("-")[0],), calendar=calendar, x_km=0.0, y_km=0.0, **more)


def problem(tasks: tuple[PlanTask, ...], teams: tuple[PlanTeam, ...], **more: object) -> PlanProblem:
    calendars = {"all": FULL} | dict(more.pop("calendars", {}))
    return PlanProblem(start=date(2026, 3, 2), days=20, tasks=tasks, teams=teams, calendars=calendars, **more)


def planned(*rows: tuple[str, int, str, str, int, int]) -> Plan:
    """A plan from rows of task, stage, method, teams with spaces between, start, end."""
    return Plan(tuple(Assignment(task_id=t, stage=k, method=m, team_ids=tuple(crew.split()), start_day=a, end_day=b)
                      for t, k, m, crew, a, b in rows))
