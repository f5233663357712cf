"""The forecast of a plan as one record of quantiles, and as a plain dictionary for a face to print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.forecast.casualties import CasualtyFigure, CasualtyForecast, CasualtyLaw, forecast_casualties
from safeground.forecast.draw import Outlook, simulate
from safeground.forecast.execute import Execution
from safeground.forecast.streams import STREAMS, ItemsOutlook, StreamPrior, items_by_day, stream_m2
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream

LEVELS = (0.1, 0.5, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Values that the figure stays below with probability 10, 50, 80 and 90 %; None = beyond the horizon."""

    p10: float | None
    p50: float | None
    p80: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Critical:
    """How often the end of the plan waits for something.

    Attributes
    ----------
    kind : team, method or task.  share : of draws in which a stage of it is on the critical chain.
    """

    kind: str
    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When the plan is done, what it releases and finds, and whom it may hurt.

    Attributes
    ----------
    completion : day of the last completion, days from the plan's start.
    probability_by_deadline : that all tasks are done by ``deadline_day``; None without a deadline.
    cleared_m2 : area released by the window's end by stream, and in all (``released``), m².
    items : items in the tasks done by the window's end.
    casualties : among the teams until the window's end.  casualties_left_out : exposures without a rate.
    criticality : most often first; shares of teams, methods and tasks do not add up to 1.
    burn_up_days, burn_up_m2 : area released by each of the days, m².
    task_days : day of completion by task.
    unfinished : share of draws in which some task is not done within the horizon.
    draws, seed : how many executions were simulated, and from which seed.
    """

    today: int
    deadline_day: int | None
    completion: Quantiles
    probability_by_deadline: float | None
    cleared_m2: Mapping[str, Quantiles]
    items: Quantiles
    casualties: CasualtyFigure
    casualties_by_exposure: Mapping[str, CasualtyFigure]
    casualties_left_out: tuple[str, ...]
    criticality: tuple[Critical, ...]
    burn_up_days: tuple[int, ...]
    burn_up_m2: tuple[Quantiles, ...]
    task_days: Mapping[str, Quantiles]
    unfinished: float
    draws: int
    seed: int

    def to_json(self) -> dict[str, object]:
        """Return the record as a dictionary of plain values."""
        return asdict(self)


def quantiles_of(values: NDArray[np.generic], beyond: float = math.inf) -> Quantiles:
    """Return the four quantiles of draws; None for those at or above ``beyond``."""
    drawn = np.quantile(np.asarray(values, dtype=np.float64), LEVELS, method="inverted_cdf")
    return Quantiles(*(None if v >= beyond else float(v) for v in drawn))


def criticality_of(outlook: Outlook, execution: Execution) -> tuple[Critical, ...]:
    """Return the share of draws in which each team, method and task is on the critical chain, most often first."""
    rows: dict[tuple[str, str], NDArray[np.bool_]] = {}
    for at, item in enumerate(outlook.lines.stages):
        names = [("task", item.task.id), ("method", item.stage.method), *(("team", t.id) for t in item.crew)]
        for name in names:
            seen = rows.get(name, np.zeros(len(execution.critical), dtype=np.bool_))
            rows[name] = seen | execution.critical[:, at]
    shares = [Critical(kind, name, float(seen.mean())) for (kind, name), seen in rows.items()]
    return tuple(sorted((c for c in shares if c.share > 0), key=lambda c: (-c.share, c.kind, c.name)))


def _deadline(outlook: Outlook, deadline_day: int | None) -> None:
    if deadline_day is not None and (deadline_day < 0 or deadline_day < outlook.today):
        raise RequestError("SG-FORECAST-003", "deadline", f"it is day {deadline_day}; the plan starts on day 0 and the "
                           f"forecast is made on day {outlook.today}.", "Give a deadline that lies ahead.")


def _casualties(outlook: Outlook, execution: Execution, items: NDArray[np.int64], law: CasualtyLaw, deminers: float,
                hours: float, vehicle_km: float, seed: int) -> CasualtyForecast:
    end = outlook.problem.days
    draws = len(execution.task_end)
    begun = np.minimum(np.maximum(execution.start, outlook.today), execution.end)
    span = np.maximum(execution.end - begun, 1)
    inside = np.clip((np.minimum(execution.end, end) - begun) / span, 0.0, 1.0)
    team_days = (execution.stage_team_days * inside).sum(axis=1)
    open_tasks = (execution.task_end > outlook.today) & (execution.task_end <= end)
    units = {"items": (items * open_tasks).sum(axis=1).astype(np.float64),
             "deminer_hours": team_days * deminers * hours, "vehicle_km": np.full(draws, vehicle_km)}
    given = {n: u for n, u in units.items() if n in law.given()}
    return forecast_casualties(law, given, draws, stream(seed, "forecast", "casualties"))


def forecast_plan(outlook: Outlook, *, seed: int, deadline_day: int | None = None, streams: StreamPrior | None = None,
                  items: ItemsOutlook | None = None, casualties: CasualtyLaw | None = None,
                  deminers_per_team: float = 10.0, hours_per_day: float = 6.0, vehicle_km: float = 0.0,
                  burn_up_days: Sequence[int] | None = None) -> Forecast:
    """Simulate the plan in all draws of the outlook and sum it up.

    Parameters
    ----------
    deadline_day : day from the plan's start by which all should be done.
    items : None takes the tasks' own ``expected_items``.
    deminers_per_team : people exposed on a working day of a team, [A] 10.  hours_per_day : at most 6 on the line [V].
    vehicle_km : km driven from today until the window's end; counts only where the law has a rate for it.
    burn_up_days : days of the fan; None takes every week of the window.

    Raises
    ------
    RequestError : the deadline lies before the start or before the day of the forecast.
    """
    _deadline(outlook, deadline_day)
    execution = simulate(outlook, seed)
    draws, end, ids = len(execution.task_end), outlook.problem.days, execution.task_ids
    when = tuple(burn_up_days) if burn_up_days is not None else (*range(0, end, 7), end)
    shares = (streams or StreamPrior()).draw_shares(ids, draws, stream(seed, "forecast", "streams"))
    own = ItemsOutlook(expected={t.id: t.expected_items for t in outlook.lines.tasks})
    found = (items or own).draw_items(ids, draws, stream(seed, "forecast", "items"))
    split = stream_m2(execution, shares, [end])[:, 0]
    hurt = _casualties(outlook, execution, found, casualties or CasualtyLaw(), deminers_per_team, hours_per_day,
                       vehicle_km, seed)
    released = execution.released_m2(when)
    done, beyond = execution.completion_day(), execution.horizon + 1
    by_deadline = None if deadline_day is None else float((done <= deadline_day).mean())
    area = {name: quantiles_of(split[:, k]) for k, name in enumerate(STREAMS)}
    return Forecast(
        today=outlook.today, deadline_day=deadline_day, completion=quantiles_of(done, beyond),
        probability_by_deadline=by_deadline,
        cleared_m2={**area, "released": quantiles_of(split.sum(axis=1))},
        items=quantiles_of(items_by_day(execution, found, [end])[:, 0]), casualties=hurt.total,
        casualties_by_exposure=hurt.by_exposure, casualties_left_out=hurt.left_out,
        criticality=criticality_of(outlook, execution), burn_up_days=when,
        burn_up_m2=tuple(quantiles_of(released[:, k]) for k in range(len(when))),
        task_days={t: quantiles_of(execution.task_end[:, k], beyond) for k, t in enumerate(ids)},
        unfinished=float((done >= beyond).mean()), draws=draws, seed=seed)
