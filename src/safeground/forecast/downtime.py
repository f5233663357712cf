"""Days lost to rain, security, breakdown and stand-down: a process apart from the rate, in runs.

Each team is up or down; on a working day an up team goes down with probability p, a down one comes back with q.  Lost
days and stand-downs of the returns update Beta priors of both by method, so that lost days are Beta-binomial in runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.forecast.rates import WeeklyReturn
from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimePrior:
    """Lost days before any return.

    Attributes
    ----------
    lost_share : share of working days that are lost, [A] 0.08; machines [A] 0.35 (availability 0.65).
    run_days : mean working days of one stand-down, [A] 2.
    weight_days : working days that the prior is worth, [A] 30.
    """

    lost_share: float = 0.08
    run_days: float = 2.0
    weight_days: float = 30.0

    def __post_init__(self) -> None:
        if not (0 <= self.lost_share < 1 and 1 <= self.run_days < np.inf and 0 < self.weight_days < np.inf):
            raise RequestError("SG-FORECAST-004", "prior of lost days", f"it holds {self}.",
                               "Give a share from 0 to below 1, runs of at least 1 day, a weight above 0.")

    def beta(self) -> tuple[float, float, float, float]:
        """Return the Beta parameters of going down (first two) and of coming back, in days and stand-downs."""
        lost = self.lost_share * self.weight_days
        up, runs = self.weight_days - lost, lost / self.run_days
        return runs, max(up - runs, 0.0), runs, lost - runs


NO_DOWNTIME = DowntimePrior(lost_share=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class LearnedDowntime:
    """Posterior of the two-state chain by method.

    Attributes
    ----------
    beta : by method, parameters of the Beta of going down on an up day and of coming back on a down day.
    """

    beta: Mapping[str, tuple[float, float, float, float]]

    def draw_chain(self, method: str, draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return draws of p and q, each shape (draws,)."""
        a, b, c, d = self.beta[method]
        down = rng.beta(a, b, draws) if a > 0 and b > 0 else np.full(draws, 1.0 if a > 0 else 0.0)
        back = rng.beta(c, d, draws) if c > 0 and d > 0 else np.ones(draws)
        return down, back

    def lost_share(self, method: str, draws: int, rng: np.random.Generator) -> Array:
        """Return draws of the long-run share of days lost, p / (p + q), shape (draws,)."""
        down, back = self.draw_chain(method, draws, rng)
        return np.asarray(down / (down + back))


def learn_downtime(returns: Sequence[WeeklyReturn], methods: Sequence[str],
                   prior: Mapping[str, DowntimePrior]) -> LearnedDowntime:
    """Learn how often each method stands down and for how long.

    Parameters
    ----------
    prior : by method; "" for methods without their own.

    Notes
    -----
    A week with days worked and no area is lost days.  Where the number of stand-downs is not recorded it is taken as
    lost days over the prior's mean run.  Stand-downs that cross a week's end count in each week, which shortens runs.
    """
    out = {}
    for method in methods:
        own = prior.get(method) or prior.get("") or DowntimePrior()
        a, b, c, d = own.beta()
        for item in (r for r in returns if r.method == method):
            idle = item.team_days if item.m2 == 0 else 0.0
            lost, up = item.lost_days + idle, item.team_days - idle
            runs = lost / own.run_days if item.lost_runs is None else float(item.lost_runs + (idle > 0))
            into = min(runs, up + runs)
            a, b, c, d = a + into, b + max(up - into, 0.0), c + runs, d + max(lost - runs, 0.0)
        out[method] = (a, b, c, d)
    return LearnedDowntime(out)


def draw_up(down: Array, back: Array, teams: int, days: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return on which of their coming working days teams are up, shape (draws, teams, days), begun in the long run.

    Parameters
    ----------
    down, back : (draws,) chances a working day of going down when up and of coming back when down.
    """
    total = down + back
    lost = np.divide(down, total, out=np.zeros_like(down), where=total > 0)
    up = rng.random((teams, len(down))) >= lost
    luck = rng.random((days, teams, len(down)), dtype=np.float32)
    stays, comes = luck >= down.astype(np.float32), luck < back.astype(np.float32)
    out = np.empty((days, teams, len(down)), dtype=np.bool_)
    for day in range(days):
        up = (up & stays[day]) | (~up & comes[day])
        out[day] = up
    return out.transpose(2, 1, 0)
