"""A scheduling problem made ready for search: modes worth trying, packed demands, neighbours, a lower bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.plan.rcpsp import Rcpsp, Schedule
from safeground.plan.rcpsp_decode import Desk, Net, pack

Ints = NDArray[np.int64]
#: Beyond these the packed integers, or the calendar of one desk, would not hold.
CAPACITY_MAX, HORIZON_DAYS_MAX = 2**40, 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem with what the engines need of it.

    Attributes
    ----------
    net : for the compiled loops.
    row_mode : for each row of the net the position of that mode among its activity's own.
    horizon_days : no schedule that serial generation makes lasts longer.
    lower_bound_days : no schedule is shorter.
    """

    problem: Rcpsp
    net: Net
    row_mode: Ints
    horizon_days: int
    lower_bound_days: int

    def schedule(self, start: Ints, row: Ints) -> Schedule:
        """Return starts and rows of the net as a schedule of the problem."""
        ends = start + self.net.days[row]
        return Schedule(start.copy(), self.row_mode[row], int(ends.max()))

    def rows_of(self, schedule: Schedule) -> Ints:
        """Return the net's rows of a schedule's modes; a mode that was left out has none and raises ValueError."""
        first = self.net.first.tolist()
        return np.array([first[activity] + self.row_mode[first[activity]:first[activity + 1]].tolist().index(mode)
                         for activity, mode in enumerate(schedule.mode.tolist())], dtype=np.int64)


def prepare(problem: Rcpsp) -> Prepared:
    """Return a problem made ready: modes that never fit or never pay are left out, demands are packed.

    A mode never pays where another of the same activity takes no more days and no more of anything (Sprecher, Hartmann
    and Drexl 1997, OR Spektrum 19: 195-203).

    Raises
    ------
    RequestError : capacities or durations are larger than the loops can hold.
    """
    horizon = int(np.maximum.reduceat(problem.duration_days, problem.first_mode[:-1]).sum())
    if horizon > HORIZON_DAYS_MAX or problem.renewable_capacity.max(initial=0) > CAPACITY_MAX:
        raise RequestError("SG-PLAN-035", "scheduling problem", f"spans {horizon} days with up to "
                           f"{problem.renewable_capacity.max(initial=0)} units, at most {HORIZON_DAYS_MAX} and "
                           f"{CAPACITY_MAX} can be held.", "State it in larger units.")
    kept = [_worth_trying(problem, activity) for activity in range(problem.activity_count)]
    rows = np.array([row for own in kept for row in own], dtype=np.int64)
    first = np.cumsum([0, *(len(own) for own in kept)], dtype=np.int64)
    daily = problem.renewable[rows]
    need, full, guard = pack(daily, problem.renewable_capacity)
    share = daily * 1000 // np.maximum(problem.renewable_capacity, 1)
    predecessors: list[list[int]] = [[] for _ in problem.successors]
    for activity, after in enumerate(problem.successors):
        for other in after:
            predecessors[other].append(activity)
    days = problem.duration_days[rows]
    net = Net(first, days, need, days * share.sum(axis=1), problem.nonrenewable[rows],
              problem.nonrenewable_capacity.copy(), *_flat(predecessors), *_flat(problem.successors), full, guard)
    owner = np.repeat(np.arange(problem.activity_count), np.diff(first))
    return Prepared(problem, net, rows - problem.first_mode[owner], horizon, _lower_bound(problem, first, days, daily))


def make_desk(prepared: Prepared, seed: int) -> Desk:
    """Return a working space with all activities in their first mode.

    Parameters
    ----------
    seed : state of the random numbers, 1 to 2**31 - 2.
    """
    net, count = prepared.net, prepared.problem.activity_count
    row = net.first[:-1].copy()
    return Desk(
        order=np.array(prepared.problem.topological_order(), dtype=np.int64), other=np.zeros(count, np.int64),
        start=np.zeros(count, np.int64), row=row, days=net.days[row], need=net.need[row],
        left=net.stock_capacity - net.stock[row].sum(axis=0), free=np.zeros((prepared.horizon_days + 1, len(net.full)),
                                                                             np.int64),
        counts=np.zeros(prepared.horizon_days + 3, np.int64), state=np.array([seed], dtype=np.int64))


def _worth_trying(problem: Rcpsp, activity: int) -> list[int]:
    own = range(int(problem.first_mode[activity]), int(problem.first_mode[activity + 1]))
    fits = [row for row in own if (problem.renewable[row] <= problem.renewable_capacity).all()]
    cost = {row: np.concatenate([[problem.duration_days[row]], problem.renewable[row], problem.nonrenewable[row]])
            for row in fits}

    def beats(one: int, other: int) -> bool:
        return bool((cost[one] <= cost[other]).all()) and (one < other or bool((cost[one] < cost[other]).any()))

    return [row for row in fits if not any(beats(other, row) for other in fits if other != row)]


def _flat(lists: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    at = np.cumsum([0, *(len(own) for own in lists)], dtype=np.int64)
    return at, np.array([value for own in lists for value in own], dtype=np.int64)


def _lower_bound(problem: Rcpsp, first: Ints, days: Ints, daily: Ints) -> int:
    """Return the larger of the critical path and, for each resource, work between earliest starts and latest tails."""
    least = np.minimum.reduceat(days, first[:-1])
    work = np.minimum.reduceat(days[:, None] * daily, first[:-1], axis=0)
    head, tail = np.zeros(len(least), np.int64), np.zeros(len(least), np.int64)
    order = problem.topological_order()
    for activity in order:
        for after in problem.successors[activity]:
            head[after] = max(head[after], head[activity] + least[activity])
    for activity in reversed(order):
        for after in problem.successors[activity]:
            tail[activity] = max(tail[activity], least[after] + tail[after])
    bound = int((head + least + tail).max())
    for resource, units in enumerate(problem.renewable_capacity.tolist()):
        if units == 0:
            continue
        for begin in np.unique(head):
            for end in np.unique(tail):
                inside = int(work[(head >= begin) & (tail >= end), resource].sum())
                if inside:
                    bound = max(bound, int(begin) + int(end) - (-inside // units))
    return bound
