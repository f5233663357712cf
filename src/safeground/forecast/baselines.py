"""The forecasts to beat: the average of the last four weeks drawn on, and straight-line earned value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]
LAST_WEEKS = 4


@dataclass(frozen=True, slots=True)
class WeeklyTrend:
    """Output a week taken as normal about its average.

    Attributes
    ----------
    mean, sd : of one week's output.  weeks : how many weeks it is the average of.
    """

    mean: float
    sd: float
    weeks: int

    def total(self, ahead: float, levels: Sequence[float], most: float = math.inf) -> Array:
        """Return quantiles of the output of the coming weeks, between 0 and ``most``.

        Notes
        -----
        Variance sd² (h + h² / n): the weeks' own and that of the average of n weeks.
        """
        spread = self.sd * math.sqrt(ahead + ahead**2 / self.weeks)
        drawn: Array = np.clip(self.mean * ahead + spread * norm.ppf(list(levels)), 0.0, most)
        return drawn

    def weeks_until(self, work: float, levels: Sequence[float], most: float) -> Array:
        """Return quantiles of the weeks until so much more is done, at most ``most``.

        Notes
        -----
        P(T <= h) = P(output of h weeks >= work).
        """
        grid = np.linspace(1e-3, most, 2000)
        spread = np.maximum(self.sd * np.sqrt(grid + grid**2 / self.weeks), 1e-12)
        done = np.maximum.accumulate(norm.cdf((self.mean * grid - work) / spread))
        at = np.searchsorted(done, list(levels))
        return np.where(at < len(grid), grid[np.minimum(at, len(grid) - 1)], most)


def _trend(output: Sequence[float] | Array) -> WeeklyTrend:
    if len(output) == 0 or not all(math.isfinite(v) and v >= 0 for v in output):
        raise RequestError("SG-FORECAST-001", "weekly output", f"it is {list(output)}.",
                           "Give one number of at least 0 for each week, at least one week.")
    values = np.array(output, dtype=np.float64)
    sd = float(values.std(ddof=1)) if len(values) > 1 else float(values[0])
    return WeeklyTrend(float(values.mean()), sd, len(values))


def last_four_weeks(output: Sequence[float] | Array) -> WeeklyTrend:
    """Return the average of the last four weeks' output, with their spread, to be drawn on for ever."""
    return _trend(output[-LAST_WEEKS:])


def straight_line(output: Sequence[float] | Array) -> WeeklyTrend:
    """Return earned value as a straight line: all output so far over all weeks so far.

    Parameters
    ----------
    output : earned value of each week, in m² or in planned team-days.
    """
    return _trend(output)


def pinball_loss(levels: Sequence[float], quantiles: Array, truth: Array | float) -> Array:
    """Return the loss of stated quantiles, averaged over levels; 0 when all meet the truth, in the truth's unit.

    Parameters
    ----------
    quantiles : (..., levels).  truth : (...,).

    Notes
    -----
    (q − 1[y < x]) (y − x) for level q, stated x and truth y.
    """
    gap = np.asarray(truth)[..., None] - np.asarray(quantiles)
    level = np.asarray(levels)
    return np.asarray(np.maximum(level * gap, (level - 1) * gap).mean(axis=-1))
