"""What comes of a project's plan when rates, downtime, areas and finds are uncertain; with a burn-up chart and page."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from safeground.forecast.downtime import DowntimePrior, learn_downtime
from safeground.forecast.draw import GrowthPrior, Outlook
from safeground.forecast.lines import draw_lines
from safeground.forecast.rates import Cell, RatePrior, WeeklyReturn, learn_rates
from safeground.forecast.streams import StreamPrior
from safeground.forecast.summary import Forecast, forecast_plan
from safeground.foundation.canonical import canonical_json
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stable_id, stream
from safeground.operations.context import Caller
from safeground.operations.forecast_returns import LearnedFrom, weekly_returns
from safeground.operations.plan import stored_plan
from safeground.operations.project import opened
from safeground.operations.whole_file import write_whole
from safeground.progress.returns import sort_out
from safeground.records.land import EntryKind, EntryState, LandEntry
from safeground.records.planning import Plan, PlanProblem
from safeground.records.vocabulary import RELEASED_STATUSES
from safeground.report.forecast_page import forecast_html
from safeground.report.forecast_plots import BurnUp, Steps, burn_up_png
from safeground.store.project import Project

#: Days of the fan at most; a longer horizon takes every second, third … day.
FAN_DAYS = 400
#: Entries of these kinds say what was so before the book began, or what a publisher claims: no work of this plan.
NO_WORK = (EntryKind.OPENING, EntryKind.LEGACY, EntryKind.ASSERTION_GAP)
NOTES = ("The land book's line counts posted entries of the planned areas from the plan's start on.",)


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
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """The forecast of a project's latest plan.

    Attributes
    ----------
    planned, actual : day from the plan's start and area released by then, m²; the second from the land book.
    page, chart : files written, "" = none.
    """

    project: str
    problem: PlanProblem
    forecast: Forecast
    deadline: date
    seconds: float
    plan: Plan = field(default_factory=lambda: Plan(()))
    planned: Steps = ()
    actual: Steps = ()
    page: str = ""
    chart: str = ""
    learned: LearnedFrom = field(default_factory=LearnedFrom)


def run_forecast(project: Project | str, request: ForecastRequest, caller: Caller) -> ForecastResult:
    """Carry out the stored plan in drawn worlds; write chart and page beside the project and register them.

    Files lie in ``NAME.forecast``, on disk before the journal names them.  Rates and lost days are learned from the
    daily returns that hold; without any they are the plan's with their priors.

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
            entries = reader.entries()
            plan_id = str(reader.setting("plan/latest")["id"])
            returns = sort_out(reader.records("progress_return")).effective
        if not plan.assignments:
            raise RequestError("SG-OPS-044", held.name, "its latest plan releases nothing.",
                               "Plan again with more teams or a longer window.")
        deadline = request.deadline or problem.start + timedelta(days=problem.days - 1)
        caller.progress("the plan in drawn worlds", None)
        learned = weekly_returns(returns, problem, plan)
        outlook = _outlook(problem, plan, request, learned.weeks)
        deadline_day = (deadline - problem.start).days + 1
        forecast = forecast_plan(outlook, seed=request.seed, deadline_day=deadline_day, streams=_streams(plan),
                                 vehicle_km=request.vehicle_km, burn_up_days=fan_days(problem.days, deadline_day))
        result = ForecastResult(
            held.name, problem, forecast, deadline, time.perf_counter() - begun, plan, planned_steps(problem, plan),
            actual_steps(problem, plan, entries, caller.clock().date()), learned=learned)
        return result if request.dry_run else _keep(held, request, result, plan_id, caller)


def fan_days(window_days: int, deadline_day: int) -> tuple[int, ...]:
    """Return the days of the fan: each day to the window's end and half of it beyond, or to a later deadline."""
    last = max(window_days + window_days // 2, deadline_day)
    return tuple(sorted({*range(0, last + 1, -(-last // FAN_DAYS)), window_days, last}))


def planned_steps(problem: PlanProblem, plan: Plan) -> Steps:
    """Return day and area released by then, m², at each release that the plan has."""
    ends: dict[str, int] = {}
    for part in plan.assignments:
        ends[part.task_id] = max(ends.get(part.task_id, 0), part.end_day)
    area = {task.id: task.area_m2 for task in problem.tasks}
    return _summed((day, area[task_id]) for task_id, day in ends.items())


def actual_steps(problem: PlanProblem, plan: Plan, entries: Iterable[LandEntry], today: date) -> Steps:
    """Return day and area released by then, m², as the land book has it for the planned areas up to today.

    Posted entries from the plan's start on; an entry of a day counts from that day's end, as the plan's releases do.
    The last step is today's.  Empty before the window.
    """
    if today < problem.start:
        return ()
    planned = {part.task_id for part in plan.assignments}
    moved: list[tuple[int, float]] = [((today - problem.start).days + 1, 0.0)]
    for entry in entries:
        if entry.state is not EntryState.POSTED or entry.kind in NO_WORK:
            continue
        if problem.start <= entry.effective_date <= today:
            cm2 = sum(p.amount_cm2 for p in entry.postings
                      if p.account.status in RELEASED_STATUSES and p.account.hazardous_area_id in planned)
            if cm2:
                moved.append(((entry.effective_date - problem.start).days + 1, cm2 / 1e4))
    return _summed(moved)


def _summed(steps: Iterable[tuple[int, float]]) -> Steps:
    by_day: dict[int, float] = {}
    for day, m2 in steps:
        by_day[day] = by_day.get(day, 0.0) + m2
    total, out = 0.0, []
    for day in sorted(by_day):
        total += by_day[day]
        out.append((day, total))
    return tuple(out)


def burn_up(result: ForecastResult) -> BurnUp:
    """Return what the burn-up chart draws; it ends a week after nine draws in ten are done."""
    forecast, total = result.forecast, result.planned[-1][1]
    last = max(result.problem.days, forecast.deadline_day or 0, result.actual[-1][0] if result.actual else 0)
    done = forecast.completion.p90
    last = max(last, int(done) + 7) if done is not None else max(forecast.burn_up_days)
    shown = [(day, q) for day, q in zip(forecast.burn_up_days, forecast.burn_up_m2, strict=True) if day <= last]
    columns = ([getattr(q, name) or 0.0 for _, q in shown] for name in ("p10", "p50", "p90"))
    low, middle, high = (tuple(column) for column in columns)
    return BurnUp(start=result.problem.start, days=tuple(day for day, _ in shown), low=low, middle=middle, high=high,
                  planned=result.planned, actual=result.actual, deadline_day=forecast.deadline_day,
                  window_days=result.problem.days, total_m2=total)


def _keep(project: Project, request: ForecastRequest, result: ForecastResult, plan_id: str, caller: Caller
          ) -> ForecastResult:
    """Write chart and page, then register them with the forecast's figures in one journal event."""
    caller.progress("burn-up chart", None)
    folder = project.path.with_suffix(".forecast") if project.path is not None else Path(f"{project.name}.forecast")
    folder.mkdir(exist_ok=True)
    chart, page = folder / "burn-up.png", folder / "forecast.html"
    result = replace(result, chart=str(chart), page=str(page))
    picture = burn_up_png(burn_up(result))
    values = forecast_json(result)
    data = {chart: picture, page: forecast_html(values, picture)}
    for path, content in data.items():
        write_whole(path, content)
    hashes = {path.name: hashlib.sha256(content).hexdigest() for path, content in sorted(data.items())}
    kept = {"plan": plan_id, "deadline": result.deadline.isoformat(), "draws": request.draws, "seed": request.seed,
            "completion_dates": values["completion_dates"], "files": hashes,
            "probability_by_deadline": result.forecast.probability_by_deadline}
    digest = hashlib.sha256(canonical_json(kept)).hexdigest()
    info = caller.info("forecast", seed=request.seed, input_hashes=tuple(sorted(hashes.values())), parameters=(
        ("draws", str(request.draws)), ("deadline", result.deadline.isoformat()), ("digest", digest)))
    with project.write(info) as writer:
        writer.set_setting("forecast/latest", {**kept, "id": stable_id("forecast", digest)})
    return result


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
    problem = result.problem
    return {"project": result.project, "start": problem.start.isoformat(),
            "end": (problem.start + timedelta(days=problem.days - 1)).isoformat(),
            "deadline": result.deadline.isoformat(), **plain, "planned_areas": len(result.forecast.task_days),
            "planned_m2": result.planned[-1][1] if result.planned else 0.0,
            "actual_m2": result.actual[-1][1] if result.actual else 0.0,
            "planned_steps": [list(step) for step in result.planned],
            "actual_steps": [list(step) for step in result.actual], "critical": _critical(result),
            "areas": _areas(result), "notes": _notes(result), "page": result.page, "chart": result.chart,
            "learned_from": {"returns": result.learned.returns, "weeks": len(result.learned.weeks),
                             "left_out": dict(result.learned.left_out)},
            "completion_dates": {name: day_of(result, getattr(result.forecast.completion, name))
                                 for name in ("p10", "p50", "p80", "p90")}, "seconds": result.seconds}


def _notes(result: ForecastResult) -> list[str]:
    """Return what a reader must know; items that nobody has estimated are not passed off as none."""
    planned = {part.task_id for part in result.plan.assignments}
    learned = result.learned
    notes = ["Rates, downtime and area growth are priors: no daily return of the plan's teams is held."
             if not learned.returns else f"Rates and lost days are learned from {learned.returns:,} daily returns "
             f"({len(learned.weeks):,} team-weeks); area growth is a prior."]
    notes += [f"Not learned from: {count:,} returns {reason}." for reason, count in learned.left_out]
    notes += NOTES
    if any(task.expected_items for task in result.problem.tasks if task.id in planned):
        return notes
    return [*notes, "The plan rests on no result of the hazard stage: items, and casualties by items, count as 0."]


def _critical(result: ForecastResult) -> list[dict[str, Any]]:
    """Return the criticality lines with the names and methods of teams and areas."""
    teams, tasks = {t.id: t for t in result.problem.teams}, {t.id: t for t in result.problem.tasks}
    used: dict[str, dict[str, None]] = {}
    for part in result.plan.assignments:
        for key in (part.task_id, *part.team_ids):
            used.setdefault(key, {})[part.method] = None
    lines = []
    for line in result.forecast.criticality:
        known = {"team": teams, "task": tasks}.get(line.kind, {})
        noun = known.get(line.name)  # type: ignore[attr-defined]
        lines.append({"kind": line.kind, "id": line.name, "name": (getattr(noun, "name", "") or line.name),
                      "methods": ", ".join(used.get(line.name, ())), "share": line.share})
    return lines


def _areas(result: ForecastResult) -> list[dict[str, Any]]:
    names = {t.id: t.name or t.id for t in result.problem.tasks}
    ends: dict[str, int] = {}
    for part in result.plan.assignments:
        ends[part.task_id] = max(ends.get(part.task_id, 0), part.end_day)

    def day(count: float | None) -> str | None:
        return None if count is None else day_of(result, count)

    return [{"id": task_id, "name": names[task_id], "planned": day_of(result, end),
             **{name: day(getattr(result.forecast.task_days[task_id], name)) for name in ("p10", "p50", "p90")}}
            for task_id, end in sorted(ends.items(), key=lambda item: item[1])]


def day_of(result: ForecastResult, days: float | None) -> str | None:
    """Return the date on which work of so many days from the start ends; None beyond the horizon."""
    if days is None or days != days or days in (float("inf"), float("-inf")):
        return None
    return (result.problem.start + timedelta(days=max(0, int(days) - 1))).isoformat()
