"""Learned rates: how many m² a team-day brings, by method and terrain, shrunk to the plan where returns are few.

The logarithm of a team's weekly rate over the planned rate is a programme factor + a cell effect (method × terrain) +
a team effect + the week's own noise, all normal.  Effects given the variances are normal in closed form
(:func:`pool`); the variances are drawn by Gibbs steps.  No returns give the prior.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]
Cell = tuple[str, str]
CHAINS, BURN_IN = 16, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyReturn:
    """What one team reported for one week in one terrain.

    Attributes
    ----------
    week : whole weeks since the plan's start, >= 0.
    m2 : area done, m².
    team_days : days on which the team worked.  lost_days : days it should have worked and could not.
    lost_runs : separate stand-downs behind the lost days; None when not recorded.
    ended : stages that the team finished in the week.  Their last day is on average half a day of work [A], which
        would else be taken for a slow rate and be paid a second time when the forecast rounds up to whole days.
    """

    method: str
    terrain: str
    team_id: str
    week: int
    m2: float
    team_days: float
    lost_days: int = 0
    lost_runs: int | None = None
    ended: int = 0

    def __post_init__(self) -> None:
        numbers = (self.week, self.m2, self.team_days, self.lost_days, self.lost_runs or 0,
                   self.ended)
        runs_fit = self.lost_runs is None or (self.lost_days > 0) == (0 < self.lost_runs <= self.lost_days)
        if not all(map(math.isfinite, numbers)) or min(numbers) < 0 or not runs_fit or (
                self.m2 > 0 and self.team_days == 0) or self.ended > self.team_days:
            raise RequestError(
                "SG-FORECAST-001", f"team {self.team_id}, week {self.week}",
                f"it reports {self.m2} m2 in {self.team_days} team-days, {self.lost_days} days lost in "
                f"{self.lost_runs} stand-downs, {self.ended} stages ended.",
                "Give numbers of at least 0, area and ends only with days worked, no more stand-downs than lost days.")

    def log_rate(self) -> float:
        """Return the log of m² per full team-day."""
        return math.log(self.m2 / (self.team_days - 0.5 * self.ended))

    def log_rate_var(self) -> float:
        """Return the variance of that log from not knowing how much of the last days was worked (uniform)."""
        return self.ended / 12 / (self.team_days - 0.5 * self.ended) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePrior:
    """What is held about rates before any return; standard deviations of logarithms.

    Attributes
    ----------
    programme_log_sd : of the factor common to all, [A] 0.5 (``forecast.prior.programme_log_sd``).
    team_log_sd : of a team's weekly rate, [A] 0.35 (``forecast.prior.team_log_sd``).
    persistent_share : part of that variance that stays with the team, the rest is the week's, [A] 0.5.
    cell_log_sd : of a method × terrain about the programme's factor, [A] 0.3.
    drift_log_sd : step of the programme's factor from week to week; 0 keeps it level, [A] 0.
    weight : returns that each variance's prior is worth, [A] 4.
    """

    programme_log_sd: float = 0.5
    team_log_sd: float = 0.35
    persistent_share: float = 0.5
    cell_log_sd: float = 0.3
    drift_log_sd: float = 0.0
    weight: float = 4.0

    def __post_init__(self) -> None:
        sizes = (self.programme_log_sd, self.team_log_sd, self.cell_log_sd, self.weight)
        if not all(math.isfinite(v) and v > 0 for v in sizes) or not 0 < self.persistent_share < 1 or not (
                math.isfinite(self.drift_log_sd) and self.drift_log_sd >= 0):
            raise RequestError("SG-FORECAST-004", "prior of rates", f"it holds {self}.",
                               "Give standard deviations and weight above 0, a share between 0 and 1.")


@dataclass(frozen=True, slots=True, eq=False)
class LearnedRates:
    """Joint posterior draws of the rate model; a draw is one possible programme.

    Attributes
    ----------
    planned : planned m² per team-day by (method, terrain).
    cells, teams : names of the columns of ``cell`` and ``team``.
    programme : (draws,) log factor in the last week seen.  drift_log_sd : its step a week from then on.
    cell, team : (draws, cells), (draws, teams) log effects.
    cell_log_sd, team_log_sd, week_log_sd : (draws,) spread of effects and of the week's own noise.
    """

    planned: Mapping[Cell, float]
    cells: tuple[Cell, ...]
    teams: tuple[str, ...]
    programme: Array
    cell: Array
    team: Array
    cell_log_sd: Array
    team_log_sd: Array
    week_log_sd: Array
    drift_log_sd: float = 0.0

    def log_ratio(self, cell: Cell, team_id: str | None = None) -> Array:
        """Return draws of the log of actual over planned rate; an average team when none is named, shape (draws,)."""
        out = self.programme + self.cell[:, self.cells.index(cell)]
        return out if team_id is None else out + self.team[:, self.teams.index(team_id)]

    def log_rate(self, cell: Cell, team_id: str | None = None) -> tuple[float, float]:
        """Return posterior mean and standard deviation of the log of m² per team-day."""
        draws = math.log(self.planned[cell]) + self.log_ratio(cell, team_id)
        return float(draws.mean()), float(draws.std())

    def predict_weeks(self, cell: Cell, team_id: str, weeks: int, rng: np.random.Generator) -> Array:
        """Return draws of m² per team-day in each of the coming weeks, week's noise included, shape (draws, weeks)."""
        count = len(self.programme)
        walk = np.cumsum(self.drift_log_sd * rng.standard_normal((count, weeks)), axis=1)
        noise = self.week_log_sd[:, None] * rng.standard_normal((count, weeks))
        rate: Array = self.planned[cell] * np.exp(self.log_ratio(cell, team_id)[:, None] + walk + noise)
        return rate


def pool(design: Array, y: Array, noise_var: Array, prior_var: Array) -> tuple[Array, Array]:
    """Return mean and covariance of normal effects with prior mean 0 (normal-normal pooling).

    Parameters
    ----------
    design : (returns, effects).  y : (returns,) log of actual over planned rate.
    noise_var : (chains,) variance of a return.  prior_var : (chains, effects).

    Notes
    -----
    Precision XᵀX / s² + diag(1 / v), mean = precision⁻¹ Xᵀy / s²; one effect and n returns shrink their average by
    n v / (n v + s²).
    """
    gram, moment = design.T @ design, design.T @ y
    precision = gram / noise_var[:, None, None] + np.eye(design.shape[1]) / prior_var[:, :, None]
    cov: Array = np.linalg.inv(precision).astype(np.float64)
    mean: Array = np.einsum("kij,j->ki", cov, moment) / noise_var[:, None]
    return mean, cov


def _scaled_inverse_chi2(rng: np.random.Generator, weight: float, var: float, squares: Array, count: int) -> Array:
    """Variances; with nothing counted their median is ``var``."""
    drawn: Array = (chdtri(weight, 0.5) * var + squares) / rng.chisquare(weight + count, size=squares.shape)
    return drawn


def _design(returns: Sequence[WeeklyReturn], cells: tuple[Cell, ...], teams: tuple[str, ...], walk: int) -> Array:
    """Columns: programme in the last week, cells, teams, steps of the walk back from the last week."""
    x = np.zeros((len(returns), 1 + len(cells) + len(teams) + walk))
    last = max((r.week for r in returns), default=0)
    x[:, 0] = 1.0
    for row, item in enumerate(returns):
        x[row, 1 + cells.index((item.method, item.terrain))] = 1.0
        x[row, 1 + len(cells) + teams.index(item.team_id)] = 1.0
        x[row, 1 + len(cells) + len(teams) : 1 + len(cells) + len(teams) + min(walk, last - item.week)] = -1.0
    return x


def learn_rates(returns: Sequence[WeeklyReturn], planned: Mapping[Cell, float], teams: Sequence[str],
                prior: RatePrior, draws: int, rng: np.random.Generator) -> LearnedRates:
    """Learn the rates from the returns so far.

    Parameters
    ----------
    planned : m² per team-day by (method, terrain), all > 0; every cell of the plan, seen or not.
    teams : ids of all teams of the plan, seen or not.

    Raises
    ------
    RequestError : a return of an unknown team, or of a method × terrain without planned rate.

    Notes
    -----
    A return whose last days are half known counts for less, by its variance beside the prior's of a week.
    A week with days worked and no area at all has no logarithm: it counts as lost days (:mod:`downtime`), not here.
    """
    for cell, rate in planned.items():
        if not (math.isfinite(rate) and rate > 0):
            raise RequestError("SG-FORECAST-004", f"rate of {cell}", f"it is {rate} m2 per team-day.",
                               "Give a planned rate above 0.")
    cells, names = tuple(sorted(planned)), tuple(teams)
    for item in returns:
        if item.team_id not in names:
            raise RequestError("SG-FORECAST-002", f"team {item.team_id}", "it reports, and the plan has no such team.",
                               "Name a team of the plan.")
        if (item.method, item.terrain) not in planned:
            raise RequestError("SG-FORECAST-005", f"{item.method} in {item.terrain!r}", "a return has it and no rate "
                               "was planned for it.", "Give its planned m2 per team-day.")
    used = [r for r in returns if r.m2 > 0]
    walk = max((r.week for r in used), default=0) - min((r.week for r in used), default=0) if prior.drift_log_sd else 0
    x = _design(used, cells, names, walk)
    y = np.array([r.log_rate() - math.log(planned[r.method, r.terrain]) for r in used])
    week_var = (1 - prior.persistent_share) * prior.team_log_sd**2
    sharp = np.array([1 / math.sqrt(1 + r.log_rate_var() / week_var) for r in used])
    effects, spreads = _gibbs(x * sharp[:, None], y * sharp, len(cells), len(names), prior, draws, rng)
    first_team = 1 + len(cells)
    cell_sd, team_sd, week_sd = np.sqrt(spreads.T)
    return LearnedRates(dict(planned), cells, names, effects[:, 0], effects[:, 1:first_team],
                        effects[:, first_team : first_team + len(names)], cell_sd, team_sd, week_sd,
                        prior.drift_log_sd)


def _gibbs(x: Array, y: Array, cells: int, teams: int, prior: RatePrior, draws: int,
           rng: np.random.Generator) -> tuple[Array, Array]:
    """Effects (draws, effects) and variances (draws, 3) of cell, team and week."""
    keep = -(-draws // CHAINS)
    var = (prior.cell_log_sd**2, prior.persistent_share * prior.team_log_sd**2,
           (1 - prior.persistent_share) * prior.team_log_sd**2)
    none = np.zeros(CHAINS)
    cell, team, week = (_scaled_inverse_chi2(rng, prior.weight, v, none, 0) for v in var)
    prior_var = np.full((CHAINS, x.shape[1]), max(prior.drift_log_sd, 1e-6) ** 2)
    prior_var[:, 0] = prior.programme_log_sd**2
    kept, spread = [], []
    for step in range(BURN_IN + keep):
        prior_var[:, 1 : 1 + cells] = cell[:, None]
        prior_var[:, 1 + cells : 1 + cells + teams] = team[:, None]
        mean, cov = pool(x, y, week, prior_var)
        noise = rng.standard_normal((CHAINS, x.shape[1], 1))
        effects = mean + (np.linalg.cholesky(cov) @ noise)[:, :, 0]
        if step >= BURN_IN:
            kept.append(effects)
            spread.append(np.stack([cell, team, week], axis=1))
        squares = effects**2
        cell = _scaled_inverse_chi2(rng, prior.weight, var[0], squares[:, 1 : 1 + cells].sum(axis=1), cells)
        team = _scaled_inverse_chi2(rng, prior.weight, var[1],
                                    squares[:, 1 + cells : 1 + cells + teams].sum(axis=1), teams)
        left = ((y - effects @ x.T) ** 2).sum(axis=1)
        week = _scaled_inverse_chi2(rng, prior.weight, var[2], left, len(y))
    order = rng.permutation(CHAINS * keep)[:draws]
    return np.concatenate(kept)[order], np.concatenate(spread)[order]
