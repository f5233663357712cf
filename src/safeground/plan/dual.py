"""Lagrangian bound: teams are hired by the day at a price, each task then picks its own best plan, or none.

Relaxed are the limits on the teams of each pool and day, and on the units of each resource and day (``tolls.py``).  For
any prices of at least 0 the sum over tasks of the best worth less hire, plus what teams and resources earn, is at least
the worth of every feasible plan; the prices are moved by subgradient steps.  Corridors (their bonus is shared out),
equity floors and the cap on casualties are relaxed by leaving them out, which can only raise the bound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import Arrays
from safeground.plan.compiled import compiled

Ints = NDArray[np.int32]
Array = NDArray[np.float64]


@compiled
def fees(finish: Ints, row_of: Ints, hire: Array, fee: Array) -> None:
    """Fill the pay of one team for each mode begun on each day, (H + 1, modes); 0 where the mode does not fit.

    Parameters
    ----------
    finish : (H + 1, modes).
    hire : (H + 1, rows) price of one team from the start up to each day.  row_of : (modes,) row of each mode.
    """
    days = finish.shape[0] - 1
    for day in range(days + 1):
        for mode in range(finish.shape[1]):
            end, row = finish[day, mode], row_of[mode]
            fee[day, mode] = hire[end, row] - hire[day, row] if end <= days else 0.0


@compiled
def price_stage(finish: Ints, mode_crew: Ints, fee: Array, first: int, end_mode: int, after: Array, value: Array,
                pick_mode: Ints, pick_day: Ints) -> None:
    """One stage of a task's dynamic programme, backwards in days.

    Parameters
    ----------
    finish, fee : (H + 1, modes) day after the last, and pay of one team, for a mode begun on a day.
    first, end_mode : modes of the stage.
    after : (H + 1,) worth of what follows, by the day the stage is over; −1e300 where nothing can.
    value, pick_mode, pick_day : (H + 1,) out: best worth if the stage begins on the day or later, and with what.
    """
    days = len(after) - 1
    value[days], pick_mode[days], pick_day[days] = -1e300, -1, -1
    for day in range(days - 1, -1, -1):
        best, mode_now, day_now = value[day + 1], pick_mode[day + 1], pick_day[day + 1]
        for mode in range(first, end_mode):
            end = finish[day, mode]
            if end > days or after[end] <= -1e299:
                continue
            gain = after[end] - mode_crew[mode] * fee[day, mode]
            if gain > best:
                best, mode_now, day_now = gain, mode, day
        value[day], pick_mode[day], pick_day[day] = best, mode_now, day_now


@compiled
def price_task(a: Arrays, worth: Array, finish: Ints, fee: Array, task: int, value: Array, pick_mode: Ints,
               pick_day: Ints) -> None:
    """Fill the dynamic programme of one task: (stages, H + 1) each, from its last stage to its first."""
    days = a.worth.shape[1] - 1
    after = np.empty(days + 1)
    first, end = a.stage_first[task], a.stage_first[task + 1]
    for stage in range(end - 1, first - 1, -1):
        k = stage - first
        if stage == end - 1:
            after[:] = worth[task]
        else:
            lag = a.stage_lag[stage + 1]
            for day in range(days + 1):
                after[day] = value[k + 1, day + lag] if day + lag <= days else -1e300
        price_stage(finish, a.mode_crew, fee, a.mode_first[stage], a.mode_first[stage + 1], after,
                    value[k], pick_mode[k], pick_day[k])


@compiled
def task_plans(a: Arrays, worth: Array, finish: Ints, fee: Array, row_of: Ints, gain: Array, change: Array,
               chosen_mode: Ints, chosen_day: Ints) -> float:
    """Return the sum over tasks of the best worth less hire, 0 where none is worth it; fill who is hired when.

    Parameters
    ----------
    worth : (tasks, H + 1).  finish, fee, row_of : as of :func:`fees`.
    gain : (tasks,) out: best worth less hire, also below 0.
    change : (H + 1, rows) to which the change of teams hired from one day to the next is added, for tasks that are
        worth it.
    chosen_mode, chosen_day : (stages,) out: the best plan of each task, −1 where it has none.
    """
    days, total, longest = a.worth.shape[1] - 1, 0.0, 1
    for task in range(len(worth)):
        longest = max(longest, a.stage_first[task + 1] - a.stage_first[task])
    value = np.empty((longest, days + 1))
    pick_mode = np.empty((longest, days + 1), dtype=np.int32)
    pick_day = np.empty((longest, days + 1), dtype=np.int32)
    crew = a.mode_crew
    for task in range(len(worth)):
        first, end = a.stage_first[task], a.stage_first[task + 1]
        price_task(a, worth, finish, fee, task, value, pick_mode, pick_day)
        day = min(days, a.open_day[task] + a.stage_lag[first])
        gain[task] = value[0, day]
        chosen_mode[first:end] = -1
        chosen_day[first:end] = -1
        if gain[task] <= -1e299:
            continue
        for stage in range(first, end):
            mode, begin = pick_mode[stage - first, day], pick_day[stage - first, day]
            chosen_mode[stage], chosen_day[stage] = mode, begin
            if gain[task] > 0:
                change[begin, row_of[mode]] += crew[mode]
                change[finish[begin, mode], row_of[mode]] -= crew[mode]
            day = finish[begin, mode] + (a.stage_lag[stage + 1] if stage + 1 < end else 0)
        total += max(0.0, gain[task])
    return total
