"""The certificate: no plan is worth more than the bound, whatever the search did.

Two steps of one Lagrangian relaxation.  First the teams of a pool have one price each day (a quick start).  Then each
mode of each stage has its own prices, and every team takes the way through days and places that earns most, so that
travel counts and each member of a crew makes the journey.  In both, each unit of a resource that stages need has a
price on each day.  The price multipliers are moved by subgradient steps with a
smoothed direction (Polyak's step length; Held, Wolfe and Crowder 1974).  Any multipliers give a valid bound; more steps
make it tighter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import Arrays
from safeground.plan.dual import fees, task_plans
from safeground.plan.paths import best_ways, follow
from safeground.plan.stops import Progress, Stop
from safeground.plan.tolls import Tolls

Ints = NDArray[np.int32]
Array = NDArray[np.float64]
#: Added to every bound for the rounding of sums in double precision, as a share of it.
ROUNDING = 1e-9
#: What a step of the bound with travel reaches for, as a share of its value, at the start and the end of its allowance.
#: Polyak's step needs the optimum; where the gap is wide, steps towards a plan's worth are too long to settle.
REACH = (0.02, 0.0001)
#: How much of the slope that the modes of one stage and pool share, and that all modes of a pool share, each of them
#: moves with, beside its own (measured on the published set).
SHARED = (1.0, 0.3)
#: Steps on the prices of resources alone before the first way is priced.
TOLL_STEPS = 200
#: Tasks kept in order on each day as those to which a team would rather move; beyond them all are looked at.
LEADERS = 24


@dataclass(frozen=True, slots=True, eq=False)
class TeamKind:
    """Teams alike in all but their base.

    Attributes
    ----------
    pools : pools they belong to.  calendar : their wave.
    first_day, last_day : day from which and day before which they work.
    task_first, modes : modes they may take part in, by the tasks that have any.
    once : (tasks,) 1 where no two visits may follow.
    travel : (tasks and bases, tasks) days of travel.  near_first, near : tasks without travel of each of those places.
    bases : place and number of teams.
    """

    pools: tuple[int, ...]
    calendar: int
    first_day: int
    last_day: int
    task_first: Ints
    modes: Ints
    once: Ints
    travel: NDArray[np.int16]
    near_first: Ints
    near: Ints
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
    resource_price : (resources, H) of a unit on each day, 0 where no stage needs it; (0, 0) where none is known.
    """

    value: float
    price: Array
    gain: Array
    plan_worth: Array
    steps: int
    resource_price: Array = field(default_factory=lambda: np.zeros((0, 0)))


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
    return [_kind(a, *key, members) for key, members in groups.items() if key[0]]


def _kind(a: Arrays, pools: tuple[int, ...], calendar: int, first_day: int, last_day: int,
          members: list[int]) -> TeamKind:
    stage_of_mode = np.repeat(np.arange(len(a.stage_task)), np.diff(a.mode_first))
    modes = np.flatnonzero(np.isin(a.mode_pool, pools)).astype(np.int32)
    task_of_mode = a.stage_task[stage_of_mode][modes]
    tasks, first = np.unique(task_of_mode, return_index=True)
    pairs = np.unique(np.stack([task_of_mode, stage_of_mode[modes]]), axis=1)
    once = (np.bincount(pairs[0], minlength=len(a.worth))[tasks] < 2).astype(np.int32)
    bases, numbers = np.unique(a.team_base[members], return_counts=True)
    travel = a.travel[np.concatenate([tasks, bases])][:, tasks].astype(np.int16)
    place, near = np.nonzero(travel == 0)
    return TeamKind(pools, calendar, first_day, last_day, np.append(first, len(modes)).astype(np.int32), modes, once,
                    np.ascontiguousarray(travel), np.searchsorted(place, np.arange(len(travel) + 1)).astype(np.int32),
                    near.astype(np.int32), tuple((len(tasks) + k, int(n)) for k, n in enumerate(numbers)))


class _Shared:
    """What prices have in common: a slope's sum over the modes of a stage and pool, and over all modes of a pool.

    One more day of a pool's teams is dear for every stage alike, which steps on each mode's own price learn slowly.
    Adding the sums is a step in better co-ordinates (a positive definite matrix times the slope); every point it leads
    to is valid as before.  Columns behind those of the modes, the resources', share nothing.
    """

    def __init__(self, a: Arrays) -> None:
        stage = np.repeat(np.arange(len(a.stage_task)), np.diff(a.mode_first))
        new = np.ones(len(stage), dtype=bool)
        new[1:] = (np.diff(stage) != 0) | (np.diff(a.mode_pool) != 0)
        self.first = np.flatnonzero(new)
        self.size = np.diff(np.append(self.first, len(stage)))
        self.member = (a.mode_pool[self.first][:, None] == np.arange(len(a.pool_first) - 1)).astype(np.float64)

    def __call__(self, slope: Array) -> Array:
        """Return the slope with the shared parts added, (H, modes)."""
        if not self.first.size:
            return slope
        modes = int(self.size.sum())
        stage = np.add.reduceat(slope[:, :modes], self.first, axis=1)
        pool = (stage @ self.member) @ self.member.T
        shared = np.repeat(SHARED[0] * stage + SHARED[1] * pool, self.size, axis=1)
        if modes == slope.shape[1]:
            return np.asarray(slope + shared)
        return np.concatenate([slope[:, :modes] + shared, slope[:, modes:]], axis=1)


@dataclass(eq=False)
class _Descent:
    """Subgradient steps on multipliers of at least 0, at the best point seen."""

    price: Array
    works: NDArray[np.bool_]
    theta: float
    smooth: float
    patience: int
    shared: _Shared | None = None
    best: float = np.inf
    best_price: Array = field(default_factory=lambda: np.zeros(0))
    slope: Array = field(default_factory=lambda: np.zeros(0))
    since: int = 0

    def take(self, value: float, slope: Array, reach: float) -> None:
        """Note a value at the present price and move on by ``reach``; ``slope`` is demand less supply."""
        if value < self.best * (1 - 1e-7) if np.isfinite(self.best) else True:
            self.best, self.best_price, self.since = value, self.price.copy(), 0
        else:
            self.since += 1
            if self.since >= self.patience:
                self.theta *= 0.75
                self.since, self.price = 0, self.best_price.copy()
        if self.slope.size:
            self.slope *= self.smooth
            self.slope += (1 - self.smooth) * slope
        else:
            self.slope = slope.copy()
        direction = self.shared(self.slope) if self.shared else self.slope
        length = float(np.vdot(direction, self.slope))
        step = self.theta * max(reach, 1e-9 * abs(value)) / max(length, 1e-12)
        np.maximum(0.0, self.price + step * direction, out=self.price)
        self.price *= self.works


def _hire(price: Array) -> Array:
    hire = np.zeros((price.shape[0] + 1, price.shape[1]))
    np.cumsum(price, axis=0, out=hire[1:])
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
    stop : asked after each step, which it counts as a move.
    """
    worth, kinds, works = lifted_worth(a), team_kinds(a), pool_workdays(a).T
    days, pools = works.shape
    side = _TaskSide(a, worth, a.mode_pool, pools)
    start = max(target, 1e-9) / max(1.0, float(len(a.team_base) * days)) * 1.5
    descent = _Descent(side.tolls_behind(np.where(works, start, 0.0)), side.tolls_behind(works, True), 1.0, 0.7, 20)
    steps = 0
    while not stop(Progress(steps, 0.0, descent.best)):
        value = side.plans(descent.price)
        use = np.cumsum(side.change, axis=0)[:days]
        for kind in kinds:
            number = sum(n for _, n in kind.bases)
            span = np.arange(kind.first_day, kind.last_day)
            offered = descent.price[kind.first_day : kind.last_day, list(kind.pools)]
            value += number * float(offered.max(axis=1, initial=0.0).sum())
            use[span, np.array(kind.pools)[offered.argmax(axis=1)]] -= number
        descent.take(value, side.with_short(use * works), value - target)
        steps += 1
    return _priced(a, side, descent, a.mode_pool, np.arange(pools), steps)


def way_prices(a: Arrays, start: Array, stop: Stop) -> Bound:
    """Return the bound in which every team's travel counts.

    Prices are by mode, not by task alone: else one team for a long time could stand in for a large crew for a short
    one, and the crew would travel as one.

    Parameters
    ----------
    start : (pools, H) prices to begin with, of :func:`day_prices`.
    stop : how much of the allowance the steps taken, its ``moves``, have used; steps get shorter with it.
    """
    kinds, modes = team_kinds(a), len(a.finish)
    side = _TaskSide(a, lifted_worth(a), np.arange(modes, dtype=np.int32), modes)
    works = pool_workdays(a).T
    room = [_Room(len(works), kind) for kind in kinds]
    price = side.tolls_behind(start.T[:, a.mode_pool].copy())
    if side.tolls.count:
        price[:, modes:] = _first_tolls(side, price)
    descent = _Descent(price, side.tolls_behind(works[:, a.mode_pool], True), 1.0, 0.9, 40, _Shared(a))
    steps = 0
    while (share := stop.share(Progress(steps, 0.0, descent.best))) < 1.0:
        value = side.plans(descent.price)
        for kind, r in zip(kinds, room, strict=True):
            best_ways(side.finish, side.fee, kind.task_first, kind.modes, a.arrive[kind.calendar], kind.travel,
                      kind.near_first, kind.near, kind.last_day, kind.once, r.after, r.ahead, r.visit, r.pick, r.begin,
                      r.top, r.go, r.when)
            for base, number in kind.bases:
                value += number * r.after[kind.first_day, base]
                follow(kind.first_day, base, side.finish, r.pick, r.go, r.when, float(number), side.change)
        reach = REACH[0] * (REACH[1] / REACH[0]) ** share * abs(value)
        descent.take(value, side.with_short(np.cumsum(side.change, axis=0)[:-1]), reach)
        steps += 1
    return _priced(a, side, descent, np.arange(modes), a.mode_pool, steps)


def _first_tolls(side: _TaskSide, price: Array) -> Array:
    """Return the prices of resources, (H, R), that suit the prices of teams in (H, rows + R): a few quick steps."""
    at, rows = price.copy(), side.rows
    descent = _Descent(at[:, rows:].copy(), np.ones((len(at), side.tolls.count), dtype=np.bool_), 1.0, 0.7, 20)
    for step in range(TOLL_STEPS):
        at[:, rows:] = descent.price
        value = side.plans(at)
        reach = REACH[0] * (REACH[1] / REACH[0]) ** (step / TOLL_STEPS) * abs(value)
        descent.take(value, side.tolls.short(side.gain, side.mode, side.day, side.finish), reach)
    return descent.best_price


class _TaskSide:
    """The tasks' best plans at prices by row and by resource: what they earn in all, and what they hire and hold.

    Attributes
    ----------
    finish, fee : (H + 1, modes).  change : (H + 1, rows).  gain : (tasks,).  mode, day : (stages,) of the best plans.
    """

    def __init__(self, a: Arrays, worth: Array, row_of: Ints, rows: int) -> None:
        self.a, self.worth, self.row_of, self.rows, self.tolls = a, worth, row_of, rows, Tolls(a)
        self.finish = np.ascontiguousarray(a.finish.T)
        self.fee, self.change = np.zeros(self.finish.shape), np.zeros((len(self.finish), rows))
        self.gain = np.zeros(len(worth))
        self.mode, self.day = (np.full(len(a.stage_task), -1, dtype=np.int32) for _ in range(2))

    def plans(self, price: Array) -> float:
        """Return the sum over tasks of the best worth less pay, and what the resources earn.

        Parameters
        ----------
        price : (H, rows) of a team, and behind it (H, R) of a unit of each resource that stages need.
        """
        self.change[:] = 0.0
        fees(self.finish, self.row_of, _hire(price[:, : self.rows]), self.fee)
        unit = price[:, self.rows :]
        pay = self.tolls.pay(self.finish, self.fee, unit)
        return float(task_plans(self.a, self.worth, self.finish, pay, self.row_of, self.gain, self.change, self.mode,
                                self.day)) + float((self.tolls.capacity * unit).sum())

    def tolls_behind(self, table: NDArray[Any], fill: float = 0) -> NDArray[Any]:
        """Return a table (H, rows) with a column behind it for each resource that stages need."""
        if not self.tolls.count:
            return table
        more = np.full((len(table), self.tolls.count), fill, dtype=table.dtype)
        return np.concatenate([table, more], axis=1)

    def with_short(self, slope: Array) -> Array:
        """Return a slope (H, rows) with that of the resources behind it, at the plans made last."""
        if not self.tolls.count:
            return slope
        return np.concatenate([slope, self.tolls.short(self.gain, self.mode, self.day, self.finish)], axis=1)


class _Room:
    """Working space for the ways of one kind of team."""

    def __init__(self, days: int, kind: TeamKind) -> None:
        places, tasks = kind.travel.shape
        self.after, self.ahead = np.zeros((days + 1, places)), np.zeros((tasks, days + 1))
        self.go, self.when = (np.zeros((days + 1, places), dtype=np.int32) for _ in range(2))
        self.visit = np.zeros((days + 1, tasks))
        self.pick, self.begin = (np.zeros((days + 1, tasks), dtype=np.int32) for _ in range(2))
        self.top = np.zeros((days + 1, min(tasks, LEADERS)), dtype=np.int32)


def _priced(a: Arrays, side: _TaskSide, descent: _Descent, row_of: NDArray[Any], pool_of_row: NDArray[Any],
            steps: int) -> Bound:
    """The bound at the best multipliers, with the mean price of each pool weighted by what tasks hire at it."""
    side.plans(descent.best_price)
    use = np.cumsum(side.change, axis=0)[:-1] + 1e-6
    member = (pool_of_row[:, None] == np.arange(len(a.pool_first) - 1)).astype(np.float64)
    price = ((descent.best_price[:, : side.rows] * use) @ member) / (use @ member)
    tasks, days = len(side.worth), len(price)
    last = a.stage_first[1:] - 1
    end = side.finish[np.maximum(side.day[last], 0), np.maximum(side.mode[last], 0)]
    plan_worth = np.where(side.mode[last] >= 0, side.worth[np.arange(tasks), np.minimum(end, days)], 0.0)
    return Bound(descent.best * (1 + ROUNDING), np.ascontiguousarray(price.T), side.gain, plan_worth, steps,
                 side.tolls.spread(descent.best_price[:, side.rows :]))
