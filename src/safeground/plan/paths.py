"""The teams' side of the Lagrangian bound: the way of a team through the window that earns most.

A team earns the fee that a task pays for its part in a stage, and nothing while it travels or waits.  The best way is a
longest path over days and places; a stage is done whole, by the durations its modes allow.  Tasks and places are those
of one kind of team: its tasks first, then its bases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safeground.plan.compiled import lean

Ints = NDArray[np.int32]
Shorts = NDArray[np.int16]
Array = NDArray[np.float64]


@lean
def visits(day: int, last: int, finish: Ints, fee: Array, first: Ints, modes: Ints, after: Array, visit: Array,
           pick: Ints, begin: Ints) -> None:
    """Fill what a visit to each task begun on a day or later earns in all, with which mode and when it begins.

    Parameters
    ----------
    last : day by which the team must be done.
    finish, fee : (H + 1, modes) day after the last, and pay of one team, for a mode begun on a day.
    first, modes : modes a team may take part in, task by task.
    after : (tasks, H + 1) earnings of a team that is free at a task from a day on.
    visit, pick, begin : (H + 1, tasks), filled for the day from those of the day after.
    """
    for task in range(len(first) - 1):
        best, best_mode, when = visit[day + 1, task], pick[day + 1, task], begin[day + 1, task]
        if day < last:
            for k in range(first[task], first[task + 1]):
                mode = modes[k]
                end = finish[day, mode]
                if end <= last:
                    gain = fee[day, mode] + after[task, end]
                    if gain > best:
                        best, best_mode, when = gain, mode, day
        visit[day, task], pick[day, task], begin[day, task] = best, best_mode, when


@lean
def leaders(visit: Array, top: Ints) -> None:
    """Fill the tasks whose visit earns most, the best first, as many as there is room for."""
    n, room = 0, len(top)
    for task in range(len(visit)):
        worth = visit[task]
        if n == room and worth <= visit[top[n - 1]]:
            continue
        at = min(n, room - 1)
        while at > 0 and visit[top[at - 1]] < worth:
            top[at] = top[at - 1]
            at -= 1
        top[at] = task
        n = min(n + 1, room)


@lean
def reached(place: int, kind: int, day: int, visit: Array, top: Ints, travel: Shorts, once: Ints, floor: float) -> int:
    """Return the task within ``kind`` days of travel whose visit earns most on a day, −1 if none more than ``floor``.

    Parameters
    ----------
    visit, top, travel, once : as of :func:`best_ways`.
    """
    room, tasks = top.shape[1], visit.shape[1]
    for position in range(room):
        task: int = top[day, position]
        if visit[day, task] <= floor:
            return -1
        if travel[place, task] <= kind and not (task == place and once[task]):
            return int(task)
    best, chosen = floor, -1
    if room < tasks:
        for task in range(tasks):
            if visit[day, task] > best and travel[place, task] <= kind and not (task == place and once[task]):
                best, chosen = visit[day, task], task
    return chosen


@lean
def best_ways(finish: Ints, fee: Array, first: Ints, modes: Ints, arrive: Ints, travel: Shorts, near_first: Ints,
              near: Ints, last: int, once: Ints, after: Array, ahead: Array, visit: Array, pick: Ints, begin: Ints,
              top: Ints, go: Ints, when: Ints) -> None:
    """Fill, for each day and place, the most a team earns that is free there, and where it goes next.

    Parameters
    ----------
    arrive : (H + 1, R + 1) of the team's calendar.  travel : (places, tasks) days of travel.
    near_first, near : tasks without travel of each place, place by place.
    once : (tasks,) 1 where a visit cannot follow itself.
    after : (H + 1, places) out.  ahead : (tasks, H + 1) out: the same of the tasks, turned round.
    visit, pick, begin : (H + 1, tasks) out: worth of a visit begun on a day or later (who arrives on a day of leave
        waits there), its mode and its first day.
    top : (H + 1, some) out: the tasks whose visits earn most on each day.
    go, when : (H + 1, places) out: next task and its first day; −1 for none.
    """
    days, places, tasks = after.shape[0] - 1, after.shape[1], visit.shape[1]
    kinds = arrive.shape[1]
    after[days] = 0.0
    ahead[:, days] = 0.0
    go[days] = -1
    when[days] = -1
    visit[days] = -1e300
    pick[days] = -1
    begin[days] = days
    for day in range(days - 1, -1, -1):
        visits(day, last, finish, fee, first, modes, ahead, visit, pick, begin)
        leaders(visit[day], top[day])
        for place in range(places):
            best, task_next, start = after[day + 1, place], go[day + 1, place], when[day + 1, place]
            for position in range(near_first[place], near_first[place + 1]):
                task = near[position]
                if visit[day, task] > best and not (task == place and once[task]):
                    best, task_next, start = visit[day, task], task, begin[day, task]
            for kind in range(1, kinds):
                there = arrive[day, kind]
                if there >= last:
                    break
                task = reached(place, kind, there, visit, top, travel, once, best)
                if task >= 0:
                    best, task_next, start = visit[there, task], task, begin[there, task]
            after[day, place], go[day, place], when[day, place] = best, task_next, start
            if place < tasks:
                ahead[place, day] = best


@lean
def follow(start_day: int, base: int, finish: Ints, pick: Ints, go: Ints, when: Ints, number: float,
           change: Array) -> None:
    """Take a team's work on its best way from what tasks hire, ``number`` teams at once.

    Parameters
    ----------
    change : (H + 1, modes) change of teams hired from one day to the next.
    """
    days = go.shape[0] - 1
    day, place = start_day, base
    while day < days and go[day, place] >= 0:
        task, begin = go[day, place], when[day, place]
        mode = pick[begin, task]
        day, place = finish[begin, mode], task
        change[begin, mode] -= number
        change[day, mode] += number
