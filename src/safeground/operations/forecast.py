"""What comes of a project's plan when rates, downtime, areas and finds are uncertain."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from safeground.forecast.downtime import DowntimePrior, learn_downtime
from safeground.forecast.draw import GrowthPrior, Outlook
from safeground.forecast.lines import draw_lines
from safeground.forecast.rates import Cell, RatePrior, WeeklyReturn, learn_rates
from safeground.forecast.streams import StreamPrior
from safeground.forecast.summary import Forecast, forecast_plan
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream
from safeground.operations.context import Caller
from safeground.operations.forecast_returns import LearnedFrom, weekly_returns
from safeground.operations.plan import stored_plan
from safeground.operations.project import opened
from safeground.progress.returns import sort_out
from safeground.records.planning import Plan, PlanProblem
from safeground.store.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRequest:
    """What is asked of the forecast.

    Attributes
    ----------
    deadline : day by which all planned areas should be released; the end of the window when None.
    draws : simulated executions of the plan, at least 50.
    vehicle_km : km that the teams will drive in the window; their casualties need a rate of the programme's own.
    """

    deadline: date | None = None
    draws: int = 2000
    seed: int = 1
    vehicle_km: float = 0.0


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """The forecast of a project's latest plan."""

    project: str
    problem: PlanProblem
    forecast: Forecast
    deadline: date
    seconds: float
    learned: LearnedFrom


def run_forecast(project: Project | str, request: ForecastRequest, caller: Caller) -> ForecastResult:
    """Carry out the stored plan in drawn worlds; nothing is written.

    Rates and lost days are learned from the daily returns that hold; without any they are the plan's with their priors.

    Raises
    ------
    RequestError : the project holds no plan, the plan is empty, or the request makes no sense.
    """
    begun = time.perf_counter()
    if request.draws < 50:
        raise RequestError("SG-OPS-044", "--draws", f"is {request.draws}.", "Give 50 or more; 2,000 is the default.")
    with opened(project, caller) as held:
        with held.read() as reader:
            problem, plan = stored_plan(reader)
            returns = sort_out(reader.records("progress_return")).effective
        if not plan.assignments:
            raise RequestError("SG-OPS-044", held.name, "its latest plan releases nothing.",
                               "Plan again with more teams or a longer window.")
        deadline = request.deadline or problem.start + timedelta(days=problem.days - 1)
        caller.progress("the plan in drawn worlds", None)
        learned = weekly_returns(returns, problem, plan)
        outlook = _outlook(problem, plan, request, learned.weeks)
        forecast = forecast_plan(outlook, seed=request.seed, deadline_day=(deadline - problem.start).days + 1,
                                 streams=_streams(plan),
                                 vehicle_km=request.vehicle_km)
        return ForecastResult(held.name, problem, forecast, deadline, time.perf_counter() - begun, learned)


def _streams(plan: Plan) -> StreamPrior:
    """The plan works each area whole, so all of it counts as cleared until shares by survey are known."""
    return StreamPrior(fixed={x.task_id: (0.0, 0.0, 1.0) for x in plan.assignments})


def _outlook(problem: PlanProblem, plan: Plan, request: ForecastRequest, weeks: tuple[WeeklyReturn, ...]) -> Outlook:
    stages = {(t.id, k): (t, s) for t in problem.tasks for k, s in enumerate(t.stages)}
    area: dict[Cell, float] = {}
    work: dict[Cell, float] = {}
    for x in plan.assignments:
        task, stage = stages[x.task_id, x.stage]
        cell = (stage.method, "")
        area[cell] = area.get(cell, 0.0) + max(task.area_m2, 1.0)
        work[cell] = work.get(cell, 0.0) + stage.team_days
    planned = {cell: area[cell] / work[cell] for cell in sorted(area)}
    rng = stream(request.seed, "forecast", "rates")
    rates = learn_rates(weeks, planned, [t.id for t in problem.teams], RatePrior(), request.draws, rng)
    downtime = learn_downtime(weeks, sorted({m for m, _ in planned}), {"": DowntimePrior()})
    return Outlook(problem=problem, lines=draw_lines(problem, plan), rates=rates, downtime=downtime,
                   growth=GrowthPrior(), terrain={}, known_m2={})


def forecast_json(result: ForecastResult) -> dict[str, Any]:
    """Return the forecast stage's JSON; days of completion are given as dates too."""
    plain = result.forecast.to_json()
    return {"project": result.project, "start": result.problem.start.isoformat(),
            "deadline": result.deadline.isoformat(), **plain,
            "learned_from": {"returns": result.learned.returns, "weeks": len(result.learned.weeks),
                             "left_out": dict(result.learned.left_out)},
            "completion_dates": {name: day_of(result, getattr(result.forecast.completion, name))
                                 for name in ("p10", "p50", "p80", "p90")}, "seconds": result.seconds}


def day_of(result: ForecastResult, days: float | None) -> str | None:
    """Return the date on which work of so many days from the start ends; None beyond the horizon."""
    if days is None or days != days or days in (float("inf"), float("-inf")):
        return None
    return (result.problem.start + timedelta(days=max(0, int(days) - 1))).isoformat()
