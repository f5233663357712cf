"""The certificate: no plan is worth more than the bound, whatever the search did.

Two steps of one Lagrangian relaxation.  First the teams of a pool have one price each day (a quick start).  Then each
task has its own prices for each pool, and every team takes the way through days and places that earns most, so that
travel counts.  The price multipliers are moved by subgradient steps with a smoothed direction (Polyak's step length;
Held, Wolfe and Crowder 1974).  Any multipliers give a valid bound; more steps make it tighter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import Arrays
from safeground.plan.dual import task_plans
from safeground.plan.paths import best_ways, follow

Ints = NDArray[np.int32]
Array = NDArray[np.float64]
#: Added to every bound for the rounding of sums in double precision, as a share of it.
ROUNDING = 1e-9
Stop = Callable[[int, float], bool]


@dataclass(frozen=True, slots=True, eq=False)
class TeamKind:
    """Teams alike in all but their base.

    Attributes
    ----------
    pools : pools they belong to.  calendar : their wave.
    first_day, last_day : day from which and day before which they work.
    task_first, modes : modes they may take part in, task by task.  once : (tasks,) 1 where no two visits may follow.
    bases : place and number of teams.
    """

    pools: tuple[int, ...]
    calendar: int
    first_day: int
    last_day: int
    task_first: Ints
    modes: Ints
    once: Ints
    bases: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A valid upper bound and the prices that give it.

    Attributes
    ----------
    value : no feasible plan is worth more.
    price : (pools, H) of a team on each day.
    gain : (tasks,) best worth less hire at these prices.
    plan_worth : (tasks,) worth of that best plan before hire.
    steps : subgradient steps taken.
    """

    value: float
    price: Array
    gain: Array
    plan_worth: Array
    steps: int


def lifted_worth(a: Arrays) -> Array:
    """Return the worth with each corridor's bonus shared out among its tasks: never below that of any plan."""
    worth = a.worth.copy()
    for bundle, bonus in enumerate(a.bundle_bonus):
        worth[a.bundle == bundle] += bonus / a.bundle_size[bundle]
    return worth


def team_kinds(a: Arrays) -> list[TeamKind]:
    """Group teams by pools, wave and days of use."""
    pools_of: list[list[int]] = [[] for _ in a.team_base]
    for pool in range(len(a.pool_first) - 1):
        for team in a.pool_team[a.pool_first[pool] : a.pool_first[pool + 1]]:
            pools_of[team].append(pool)
    groups: dict[tuple[tuple[int, ...], int, int, int], list[int]] = {}
    for k, pools in enumerate(pools_of):
        key = (tuple(pools), int(a.team_calendar[k]), int(a.team_from[k]), int(a.team_to[k]))
        groups.setdefault(key, []).append(k)
    stage_of_mode = np.repeat(np.arange(len(a.stage_task)), np.diff(a.mode_first))
    task_of_mode = a.stage_task[stage_of_mode]
    tasks = len(a.worth)
    kinds = []
    for (in_pools, calendar, first_day, last_day), members in groups.items():
        if not in_pools:
            continue
        modes = np.flatnonzero(np.isin(a.mode_pool, in_pools)).astype(np.int32)
        pairs = np.unique(np.stack([task_of_mode[modes], stage_of_mode[modes]]), axis=1)
        once = (np.bincount(pairs[0], minlength=tasks) < 2).astype(np.int32)
        bases, numbers = np.unique(a.team_base[members], return_counts=True)
        kinds.append(TeamKind(in_pools, calendar, first_day, last_day,
                              np.searchsorted(task_of_mode[modes], np.arange(tasks + 1)).astype(np.int32), modes, once,
                              tuple(zip(bases.tolist(), numbers.tolist(), strict=True))))
    return kinds


@dataclass(eq=False)
class _Descent:
    """Subgradient steps on multipliers of at least 0, at the best point seen."""

    price: Array
    works: NDArray[np.bool_]
    theta: float
    smooth: float
    patience: int
    best: float = np.inf
    best_price: Array = field(default_factory=lambda: np.zeros(0))
    direction: Array = field(default_factory=lambda: np.zeros(0))
    since: int = 0

    def take(self, value: float, slope: Array, target: float) -> None:
        """Note a value at the present price and move on; ``slope`` is demand less supply."""
        if value < self.best * (1 - 1e-7) if np.isfinite(self.best) else True:
            self.best, self.best_price, self.since = value, self.price.copy(), 0
        else:
            self.since += 1
            if self.since >= self.patience:
                self.theta *= 0.7
                self.since, self.price = 0, self.best_price.copy()
        if self.direction.size:
            self.direction *= self.smooth
            self.direction += (1 - self.smooth) * slope
        else:
            self.direction = slope.copy()
        length = float((self.direction**2).sum())
        step = self.theta * max(value - target, 1e-9 * abs(value)) / max(length, 1e-12)
        self.price = np.maximum(0.0, self.price + step * self.direction) * self.works


def _hire(price: Array) -> Array:
    hire = np.zeros((price.shape[0], price.shape[1] + 1))
    np.cumsum(price, axis=1, out=hire[:, 1:])
    return hire


def pool_workdays(a: Arrays) -> NDArray[np.bool_]:
    """Return on which days a pool's wave works at all, (pools, H)."""
    days = a.worth.shape[1] - 1
    moved = a.arrive[:, :days, 1] if a.arrive.shape[2] > 1 else np.tile(np.arange(1, days + 1), (len(a.arrive), 1))
    return np.asarray((moved == np.arange(1, days + 1))[a.pool_calendar])


def day_prices(a: Arrays, target: float, stop: Stop) -> Bound:
    """Return the bound with one price for each pool and day; travel is left out.

    Parameters
    ----------
    target : worth of a plan that is known, or a guess of the best.
    stop : asked with steps taken and the bound so far.
    """
    worth, kinds, works = lifted_worth(a), team_kinds(a), pool_workdays(a)
    pools, days = len(a.pool_first) - 1, a.worth.shape[1] - 1
    tasks, stages = len(a.worth), len(a.stage_task)
    gain, use = np.zeros(tasks), np.zeros((pools, days))
    mode, day = np.full(stages, -1, dtype=np.int32), np.full(stages, -1, dtype=np.int32)
    start = max(target, 1e-9) / max(1.0, float(len(a.team_base) * days)) * 1.5
    descent = _Descent(np.where(works, start, 0.0), works, 1.0, 0.7, 20)
    steps = 0
    while not stop(steps, descent.best):
        use[:] = 0
        value = task_plans(a, worth, _hire(descent.price), a.mode_pool, gain, use, mode, day)
        for kind in kinds:
            number = sum(n for _, n in kind.bases)
            span = slice(kind.first_day, kind.last_day)
            offered = descent.price[list(kind.pools), span]
            value += number * float(offered.max(axis=0, initial=0.0).sum())
            use[np.array(kind.pools)[offered.argmax(axis=0)], np.arange(kind.first_day, kind.last_day)] -= number
        descent.take(value, use * works, target)
        steps += 1
    return _priced(a, worth, descent, a.mode_pool, np.arange(pools), steps)


def way_prices(a: Arrays, target: float, start: Array, stop: Stop) -> Bound:
    """Return the bound in which every team's travel counts.

    Parameters
    ----------
    target : worth of the best plan known.
    start : (pools, H) prices to begin with, of :func:`day_prices`.
    stop : asked with steps taken and the bound so far.
    """
    worth, kinds = lifted_worth(a), team_kinds(a)
    row_of, pool_of_row = _rows(a)
    days, tasks, places = a.worth.shape[1] - 1, len(a.worth), len(a.travel)
    gain = np.zeros(tasks)
    mode, day = np.full(len(a.stage_task), -1, dtype=np.int32), np.full(len(a.stage_task), -1, dtype=np.int32)
    after, visit = np.zeros((days + 1, places)), np.zeros((days + 1, tasks))
    pick, go, when = (np.zeros((days + 1, n), dtype=np.int32) for n in (tasks, places, places))
    descent = _Descent(start[pool_of_row].copy(), pool_workdays(a)[pool_of_row], 0.5, 0.8, 15)
    steps = 0
    while not stop(steps, descent.best):
        hire, use = _hire(descent.price), np.zeros((len(pool_of_row), days))
        value = task_plans(a, worth, hire, row_of, gain, use, mode, day)
        for kind in kinds:
            best_ways(a.finish, hire, kind.task_first, kind.modes, row_of[kind.modes], a.arrive[kind.calendar],
                      a.travel, kind.last_day, kind.once, after, visit, pick, go, when)
            for base, number in kind.bases:
                value += number * after[kind.first_day, base]
                follow(kind.first_day, base, a.finish, pick, go, when, row_of, float(number), use)
        descent.take(value, use, target)
        steps += 1
    return _priced(a, worth, descent, row_of, pool_of_row, steps)


def _rows(a: Arrays) -> tuple[Ints, Ints]:
    """Rows of prices, one for each task and pool: row of each mode, pool of each row."""
    stage_of_mode = np.repeat(np.arange(len(a.stage_task)), np.diff(a.mode_first))
    key = a.stage_task[stage_of_mode].astype(np.int64) * len(a.pool_first) + a.mode_pool
    keys, row_of = np.unique(key, return_inverse=True)
    return row_of.astype(np.int32), (keys % len(a.pool_first)).astype(np.int32)


def _priced(a: Arrays, worth: Array, descent: _Descent, row_of: Ints, pool_of_row: NDArray[Any], steps: int) -> Bound:
    """The bound at the best multipliers, with the mean price of each pool weighted by what tasks hire at it."""
    tasks, stages, days = len(worth), len(a.stage_task), a.worth.shape[1] - 1
    gain, use = np.zeros(tasks), np.zeros((len(pool_of_row), days))
    mode, day = np.full(stages, -1, dtype=np.int32), np.full(stages, -1, dtype=np.int32)
    task_plans(a, worth, _hire(descent.best_price), row_of, gain, use, mode, day)
    pools = len(a.pool_first) - 1
    price, weight = np.zeros((pools, days)), np.zeros((pools, days))
    np.add.at(price, pool_of_row, descent.best_price * (use + 1e-6))
    np.add.at(weight, pool_of_row, use + 1e-6)
    last = a.stage_first[1:] - 1
    end = a.finish[np.maximum(mode[last], 0), np.maximum(day[last], 0)]
    plan_worth = np.where(mode[last] >= 0, worth[np.arange(tasks), np.minimum(end, days)], 0.0)
    return Bound(descent.best * (1 + ROUNDING), price / weight, gain, plan_worth, steps)
