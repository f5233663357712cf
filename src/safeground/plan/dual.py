"""Lagrangian bound: teams are hired by the day at a price, each task then picks its own best plan, or none.

Relaxed are the limits on the teams of each pool and day.  For any prices of at least 0 the sum over tasks of the best
worth less hire, plus what the teams earn, is at least the worth of every feasible plan; the prices are moved by
subgradient steps.  Cumulative resources, corridors (their bonus is shared out), equity floors and the cap on
casualties are relaxed by leaving them out, which can only raise the bound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import Arrays
from safeground.plan.compiled import compiled

Ints = NDArray[np.int32]
Array = NDArray[np.float64]


@compiled
def price_stage(a: Arrays, stage: int, hire: Array, after: Array, value: Array, pick_mode: Ints, pick_day: Ints) -> None:
    """One stage of a task's dynamic programme, backwards in days.

    Parameters
    ----------
    hire : (modes, H + 1) price of one crew member for a mode begun on a day, or (pools, H + 1) sums up to a day.
    after : (H + 2,) worth of what follows, by the day the stage is over.
    value, pick_mode, pick_day : (H + 2,) out: best worth if the stage begins on the day or later, and with what.
    """
    days = a.worth.shape[1] - 1
    for day in range(days, -1, -1):
        value[day] = value[day + 1] if day < days else -1e300
        pick_mode[day] = pick_mode[day + 1] if day < days else -1
        pick_day[day] = pick_day[day + 1] if day < days else -1
        if day == days:
            continue
        for mode in range(a.mode_first[stage], a.mode_first[stage + 1]):
            end = a.finish[mode, day]
            if end > days or after[end] <= -1e299:
                continue
            pool = a.mode_pool[mode]
            gain = after[end] - a.mode_crew[mode] * (hire[pool, end] - hire[pool, day])
            if gain > value[day]:
                value[day] = gain
                pick_mode[day] = mode
                pick_day[day] = day


@compiled
def task_plans(a: Arrays, worth: Array, hire: Array, gain: Array, use: Array, chosen_mode: Ints,
               chosen_day: Ints) -> float:
    """Return the sum over tasks of the best worth less hire, 0 where none is worth it; fill the use of each pool.

    Parameters
    ----------
    worth : (tasks, H + 1).  hire : (pools, H + 1) price of a team up to each day.
    gain : (tasks,) out: best worth less hire, also below 0.
    use : (pools, H) out: teams hired on each day by the tasks that are worth it.
    chosen_mode, chosen_day : (stages,) out: the best plan of each task.
    """
    days = a.worth.shape[1] - 1
    use[:] = 0
    total = 0.0
    longest = 1
    for task in range(len(worth)):
        longest = max(longest, a.stage_first[task + 1] - a.stage_first[task])
    value = np.empty((longest, days + 2))
    pick_mode = np.empty((longest, days + 2), dtype=np.int32)
    pick_day = np.empty((longest, days + 2), dtype=np.int32)
    after = np.empty(days + 2)
    for task in range(len(worth)):
        first, count = a.stage_first[task], a.stage_first[task + 1] - a.stage_first[task]
        for k in range(count - 1, -1, -1):
            stage = first + k
            if k == count - 1:
                after[: days + 1] = worth[task]
            else:
                lag = a.stage_lag[stage + 1]
                for day in range(days + 1):
                    after[day] = value[k + 1, day + lag] if day + lag <= days else -1e300
            price_stage(a, stage, hire, after, value[k], pick_mode[k], pick_day[k])
        start = min(days, a.open_day[task] + a.stage_lag[first])
        gain[task] = value[0, start]
        day = start
        for k in range(count):
            mode = pick_mode[k, day] if day <= days else -1
            chosen_mode[first + k] = mode
            chosen_day[first + k] = pick_day[k, day] if mode >= 0 else -1
            if mode < 0:
                day = days + 1
                continue
            begin, end = pick_day[k, day], a.finish[mode, pick_day[k, day]]
            if gain[task] > 0:
                pool, works = a.mode_pool[mode], a.mode_works[mode]
                for d in range(begin, end):
                    use[pool, d] += a.mode_crew[mode]
            day = end + (a.stage_lag[first + k + 1] if k + 1 < count else 0)
        if gain[task] > 0:
            total += gain[task]
    return total
