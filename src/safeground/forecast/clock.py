"""Calendars beyond the plan's window, and the working days of moves, as tables by day."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from safeground.records.planning import FULL_DAY, PlanProblem

Ints = NDArray[np.int64]
Array = NDArray[np.float64]


def extend(values: tuple[int, ...], days: int) -> Ints:
    """Return a calendar continued to so many days by its shortest exact period, or by the whole window if it has none.

    A period counts when it occurs at least twice in the window, so that leave waves go on in step.
    """
    own = np.array(values, dtype=np.int64)
    period = next((p for p in range(1, len(own) // 2 + 1) if np.array_equal(own[p:], own[:-p])), len(own))
    return own[np.arange(days) % period] if days > len(own) else own[:days]


class Clock:
    """Working days of a problem from day 0 to a horizon beyond its window.

    Attributes
    ----------
    horizon : last day that is told apart; a day ``horizon + 1`` means never.
    """

    def __init__(self, problem: PlanProblem, horizon: int) -> None:
        self.problem, self.horizon = problem, horizon
        self._works: dict[tuple[str, str], Ints] = {}
        self._arrive: dict[tuple[str, int], Ints] = {}
        self._start: dict[tuple[tuple[str, ...], str], Ints] = {}

    @cached_property
    def thresholds(self) -> Array:
        """Return the distances that a move takes ever more days beyond, km."""
        return np.array(self.problem.relocation_km, dtype=np.float64)

    def works(self, calendar: str, season: str = "") -> Ints:
        """Return the share of a full day's work on each day, thousandths, shape (horizon,)."""
        key = (calendar, season)
        if key not in self._works:
            day = extend(self.problem.calendars[calendar], self.horizon)
            if season:
                day = day * extend(self.problem.seasons[season], self.horizon) // FULL_DAY
            self._works[key] = day
        return self._works[key]

    def arrive(self, calendar: str, travel_days: int) -> Ints:
        """Return the first day for work after being free on each day 0 … horizon + 1 and a move, working days."""
        key = (calendar, travel_days)
        if key not in self._arrive:
            days = np.arange(self.horizon + 2)
            work = np.flatnonzero(self.works(calendar) > 0)
            last = np.searchsorted(work, days) + travel_days - 1
            fits = (last < len(work)) & (days <= self.horizon)
            there = work[np.minimum(last, len(work) - 1)] + 1 if travel_days and len(work) else days
            self._arrive[key] = np.where(fits | (travel_days == 0), there, self.horizon + 1)
        return self._arrive[key]

    def next_start(self, calendars: tuple[str, ...], season: str) -> Ints:
        """Return the first day not before each day 0 … horizon + 1 on which all calendars work."""
        key = (calendars, season)
        if key not in self._start:
            open_days = np.all([self.works(c, season) > 0 for c in sorted(set(calendars))], axis=0)
            day = np.where(np.append(open_days, [False, True]), np.arange(self.horizon + 2), self.horizon + 1)
            self._start[key] = np.minimum.accumulate(day[::-1])[::-1]
        return self._start[key]

    def travel_days(self, a: tuple[float, float], b: tuple[float, float]) -> int:
        """Return working days of a move between two places, km; 0 on the spot."""
        gap = float(np.hypot(a[0] - b[0], a[1] - b[1]))
        return 0 if gap == 0 else int(np.searchsorted(self.thresholds, gap, side="right"))
