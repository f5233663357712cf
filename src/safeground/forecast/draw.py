"""Worlds drawn from what was learned: areas that grow or shrink, rates, weeks' noise, days lost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtr, ndtri

from safeground.forecast.clock import Clock
from safeground.forecast.downtime import LearnedDowntime, draw_up
from safeground.forecast.execute import DrawnWorlds, Execution, execute, join
from safeground.forecast.lines import Lines
from safeground.forecast.rates import LearnedRates
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream
from safeground.records.planning import PlanProblem

Array = NDArray[np.float64]
BLOCK = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPrior:
    """How true areas differ from planned ones, as logarithms.

    Attributes
    ----------
    task_log_sd : spread from task to task, [A] 0.2.  common_log_sd : of the factor common to all, [A] 0.1.
    weight : finished tasks that the prior of the spread is worth, [A] 4.
    """

    task_log_sd: float = 0.2
    common_log_sd: float = 0.1
    weight: float = 4.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) and v >= 0 for v in (self.task_log_sd, self.common_log_sd)) or self.weight <= 0:
            raise RequestError("SG-FORECAST-004", "prior of areas", f"it holds {self}.",
                               "Give standard deviations of at least 0 and a weight above 0.")

    def learn(self, ratios: Sequence[float], draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return draws of the common log factor and of the spread, given true over planned areas of finished tasks."""
        logs, prior_var = np.log(np.array(ratios, dtype=np.float64)), self.common_log_sd**2
        squares = float(((logs - logs.mean()) ** 2).sum()) if len(logs) > 1 else 0.0
        count = max(len(logs) - 1, 0)
        var = (chdtri(self.weight, 0.5) * self.task_log_sd**2 + squares) / rng.chisquare(self.weight + count, draws)
        if self.task_log_sd == 0:
            var = np.zeros(draws)
        if prior_var == 0 or not len(logs):
            return self.common_log_sd * rng.standard_normal(draws), np.sqrt(var)
        keep = prior_var * len(logs) / (prior_var * len(logs) + np.maximum(var, 1e-12))
        mean = keep * logs.mean()
        return mean + np.sqrt(prior_var * (1 - keep)) * rng.standard_normal(draws), np.sqrt(var)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outlook:
    """All that worlds are drawn from, and the state of work.

    Attributes
    ----------
    terrain : by task; "" for tasks not named.
    known_m2 : true areas by task, where known, m².
    lines : the plan with its state on day ``today``.
    """

    problem: PlanProblem
    lines: Lines
    rates: LearnedRates
    downtime: LearnedDowntime
    growth: GrowthPrior
    terrain: Mapping[str, str]
    known_m2: Mapping[str, float]
    today: int = 0
    may_start_early: bool = False
    horizon: int = 0

    def days(self) -> int:
        """Return the horizon, days: four windows or two years beyond the window, the longer, when not given."""
        return self.horizon or max(4 * self.problem.days, self.problem.days + 730)


def _least_growth(outlook: Outlook) -> Array:
    """Least true over planned area that the area done so far leaves possible, shape (tasks,)."""
    out = np.zeros(len(outlook.lines.tasks))
    index = {t.id: k for k, t in enumerate(outlook.lines.tasks)}
    for item in outlook.lines.stages:
        if item.state is not None and item.task.area_m2 > 0:
            k = index[item.task.id]
            out[k] = max(out[k], item.state.done_m2 / item.task.area_m2)
    return out


def draw_growth(outlook: Outlook, common: Array, spread: Array, rng: np.random.Generator) -> Array:
    """Return true over planned areas, shape (draws, tasks), never below what has been done already.

    Notes
    -----
    Lognormal, cut off below at the share done: a task at 110 % of its planned area has at least that.
    """
    least = _least_growth(outlook)
    scale = np.maximum(spread, 1e-9)[:, None]
    below = ndtr((np.log(np.maximum(least, 1e-12))[None, :] - common[:, None]) / scale)
    rank = np.clip(below + (1 - below) * rng.random((len(common), len(least))), 1e-12, 1 - 1e-12)
    drawn = np.exp(common[:, None] + scale * ndtri(rank))
    return np.asarray(np.maximum(drawn, least[None, :]))


def _team_days(outlook: Outlook, rates: LearnedRates, rows: slice, rng: np.random.Generator) -> NDArray[np.float32]:
    horizon, teams = outlook.days(), outlook.problem.teams
    count = len(rates.programme[rows])
    out = np.zeros((count, len(teams), horizon), dtype=np.float32)
    weeks = -(-horizon // 7)
    ahead = np.arange(weeks) > outlook.today // 7
    walk = np.cumsum(rates.drift_log_sd * rng.standard_normal((count, weeks)) * ahead, axis=1)
    for k, team in enumerate(teams):
        noise = rates.week_log_sd[rows][:, None] * rng.standard_normal((count, weeks))
        skill = rates.team[rows, rates.teams.index(team.id)]
        factor = np.exp(skill[:, None] + walk + noise).astype(np.float32)
        out[:, k] = np.repeat(factor, 7, axis=1)[:, :horizon]
    clock = Clock(outlook.problem, horizon)
    known = outlook.downtime.beta
    for method in sorted(known):
        own = [k for k, t in enumerate(teams) if next((m for m in t.methods if m in known), "") == method]
        up = draw_up(*outlook.downtime.draw_chain(method, count, rng), len(own), horizon, rng)
        for column, k in enumerate(own):
            day = np.maximum(np.cumsum(clock.works(teams[k].calendar) > 0) - 1, 0)
            out[:, k] *= up[:, column, day]
    return out


def simulate(outlook: Outlook, seed: int) -> Execution:
    """Return the plan carried out once in each draw of the learned rates, blocks of draws one after the other.

    Raises
    ------
    RequestError : a stage's method and task's terrain have no planned rate.
    """
    rates, lines = outlook.rates, outlook.lines
    cells = [(s.stage.method, outlook.terrain.get(s.task.id, "")) for s in lines.stages]
    for cell in cells:
        if cell not in rates.planned:
            raise RequestError("SG-FORECAST-005", f"{cell[0]} in {cell[1]!r}", "the plan needs it and no rate was "
                               "planned for it.", "Give its planned m2 per team-day.")
    columns = [rates.cells.index(c) for c in cells]
    draws = len(rates.programme)
    closed = [outlook.known_m2[t.id] / t.area_m2 for t in lines.tasks if t.id in outlook.known_m2 and t.area_m2 > 0]
    common, spread = outlook.growth.learn(closed, draws, stream(seed, "forecast", "growth"))
    parts = []
    for first in range(0, draws, BLOCK):
        rows, rng = slice(first, first + BLOCK), stream(seed, "forecast", "worlds", first)
        worlds = DrawnWorlds(
            draw_growth(outlook, common[rows], spread[rows], rng),
            np.exp(rates.programme[rows][:, None] + rates.cell[rows][:, columns]),
            _team_days(outlook, rates, rows, rng))
        parts.append(execute(outlook.problem, lines, worlds, today=outlook.today, known_m2=outlook.known_m2,
                             may_start_early=outlook.may_start_early))
    return join(parts)
