"""The teams' side of the Lagrangian bound: the way of a team through the window that earns most.

A team earns the hire that tasks pay for each day of a stage it takes part in, and nothing while it travels or waits.
The best way is a longest path over days and places; a stage is done whole, by the durations its modes allow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safeground.plan.compiled import compiled

Ints = NDArray[np.int32]
Array = NDArray[np.float64]


@compiled
def visit_worth(day: int, finish: Ints, hire: Array, first: Ints, modes: Ints, rows: Ints, after: Array, value: Array,
                pick: Ints) -> None:
    """Fill what a visit to each task begun on a day earns in all, and with which mode; −1e300 where none fits.

    Parameters
    ----------
    first, modes, rows : modes a team may take part in, task by task, and their rows of ``hire``.
    after : (days + 1, places) earnings of a team that is free at a place from a day on.
    """
    days = after.shape[0] - 1
    for task in range(len(first) - 1):
        best, best_mode = -1e300, -1
        for k in range(first[task], first[task + 1]):
            end = finish[modes[k], day]
            if end <= days:
                gain = hire[rows[k], end] - hire[rows[k], day] + after[end, task]
                if gain > best:
                    best, best_mode = gain, modes[k]
        value[task] = best
        pick[task] = best_mode


@compiled
def best_ways(finish: Ints, hire: Array, first: Ints, modes: Ints, rows: Ints, arrive: Ints, travel: Ints, last: int,
              once: Ints, after: Array, visit: Array, pick: Ints, go: Ints, when: Ints) -> None:
    """Fill, for each day and place, the most a team earns that is free there, and where it goes next.

    Parameters
    ----------
    arrive : (H + 1, R + 1) of the team's calendar.  last : day by which the team must be done.
    once : (tasks,) 1 where a visit cannot follow itself.
    after : (H + 1, places) out.
    visit, pick : (H + 1, tasks) out: worth of a visit begun on a day or later (who arrives on a day of leave waits
        there), and its mode.
    go, when : (H + 1, places) out: next task and its first day; −1 for none.
    """
    days, places, tasks = after.shape[0] - 1, after.shape[1], len(first) - 1
    kinds = arrive.shape[1]
    after[:] = 0.0
    visit[:] = -1e300
    go[:] = -1
    order = np.empty((days + 1, tasks), dtype=np.int32)
    begin = np.empty((days + 1, tasks), dtype=np.int32)
    begin[days] = days
    for day in range(days - 1, -1, -1):
        after[day] = after[day + 1]
        go[day] = go[day + 1]
        when[day] = when[day + 1]
        if day < last:
            visit_worth(day, finish, hire, first, modes, rows, after[: last + 1], visit[day], pick[day])
        begin[day] = day
        for task in range(tasks):
            if visit[day + 1, task] > visit[day, task]:
                visit[day, task] = visit[day + 1, task]
                pick[day, task] = pick[day + 1, task]
                begin[day, task] = begin[day + 1, task]
        order[day] = np.argsort(-visit[day])
        for kind in range(kinds):
            there = arrive[day, kind]
            if there >= last:
                break
            for place in range(places):
                best = after[day, place]
                for position in range(tasks):
                    task = order[there, position]
                    if visit[there, task] <= best:
                        break
                    if travel[place, task] <= kind and not (task == place and once[task]):
                        after[day, place] = visit[there, task]
                        go[day, place] = task
                        when[day, place] = begin[there, task]
                        break


@compiled
def follow(start_day: int, base: int, finish: Ints, pick: Ints, go: Ints, when: Ints, row_of: Ints, number: float,
           work: Array) -> None:
    """Take the days that a team works on its best way from those that tasks hire, ``number`` teams at once."""
    days = go.shape[0] - 1
    day, place = start_day, base
    while day < days and go[day, place] >= 0:
        task, begin = go[day, place], when[day, place]
        mode = pick[begin, task]
        end = finish[mode, begin]
        for d in range(begin, end):
            work[row_of[mode], d] -= number
        day, place = end, task
