"""Ruin and recreate on the teams' timelines: take some related tasks out, put tasks in again, keep what is better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import Arrays
from safeground.plan.board import TASK, Array, Ints, Queue, State, copy_state, copy_touched, place_on, pull, take_task
from safeground.plan.compiled import lean
from safeground.plan.timeline import Desk, put_task, rand

#: Most stages of a team's timeline in one of the runs taken out around a place.
STRING = 4


@lean
def shortfall(a: Arrays, st: State) -> int:
    """Return how many tasks are missing for the districts' minima."""
    missing = 0
    for d in range(len(a.district_minimum)):
        missing += max(0, a.district_minimum[d] - st.district_in[d])
    return missing


@lean
def quality(a: Arrays, st: State, penalty: float) -> float:
    """Return the worth of a plan less the penalty for each task missing in a district."""
    left: float = st.totals[0] - penalty * shortfall(a, st)
    return left


@lean
def ruin_near(a: Arrays, st: State, near: Ints, seed: int, most: int, skip: float, out: Ints,
              box: NDArray[np.uint64]) -> int:
    """Take out the planned tasks nearest to a place, leaving some at random; return how many."""
    n = 0
    for position in range(near.shape[1]):
        task = near[seed, position]
        if st.is_in[task] == 1 and rand(box) >= skip:
            take_task(a, st, task)
            out[n] = task
            n += 1
            if n == most:
                break
    return n


@lean
def added(out: Ints, n: int, task: int) -> int:
    """Add a task to the first n of a list unless it is among them; return how many there are then."""
    for k in range(n):
        if out[k] == task:
            return n
    out[n] = task
    return n + 1


@lean
def take_run(a: Arrays, st: State, team: int, first: int, length: int, n: int, out: Ints) -> int:
    """Take out the tasks of consecutive stages on a team's timeline; return how many are out then."""
    begin = n
    for k in range(length):
        task = st.line[team, first + k, TASK]
        if st.is_in[task] == 1:
            n = added(out, n, task)
    for k in range(begin, n):
        take_task(a, st, out[k])
    return n


@lean
def ruin_line(a: Arrays, st: State, team: int, most: int, n: int, out: Ints, box: NDArray[np.uint64]) -> int:
    """Take out the tasks of a run of stages on one team's timeline; return how many are out then."""
    count = st.size[team]
    if count == 0:
        return n
    length = min(count, most)
    first = int(rand(box) * (count - length + 1))
    return take_run(a, st, team, first, length, n, out)


@lean
def ruin_days(a: Arrays, st: State, near: Ints, seed: int, most: int, out: Ints, box: NDArray[np.uint64]) -> int:
    """Take out planned tasks whose days overlap those of a seed task, nearest first; return how many."""
    low = st.start[a.stage_first[seed]]
    high = st.end[a.stage_first[seed + 1] - 1]
    n = 0
    for position in range(near.shape[1]):
        task = near[seed, position]
        if st.is_in[task] != 1:
            continue
        start, end = st.start[a.stage_first[task]], st.end[a.stage_first[task + 1] - 1]
        if start < high and end > low and rand(box) < 0.7:
            take_task(a, st, task)
            out[n] = task
            n += 1
            if n == most:
                break
    return n


@lean
def ruin_strings(a: Arrays, st: State, near: Ints, seed: int, most: int, length: int, out: Ints,
                 box: NDArray[np.uint64]) -> int:
    """Take out runs of stages of several teams around a place; return how many tasks are out.

    Each of the nearest planned tasks gives the run of up to ``length`` stages that holds one of its own on a team's
    timeline (Christiaens and Vanden Berghe 2020): room opens at the same place and time for several teams at once.
    """
    n = 0
    for position in range(near.shape[1]):
        task = near[seed, position]
        if st.is_in[task] != 1:
            continue
        stage = a.stage_first[task] + int(rand(box) * (a.stage_first[task + 1] - a.stage_first[task]))
        team = st.crew[stage, 0]
        count = st.size[team]
        run = min(count, most - n, 1 + int(rand(box) * length))
        at = place_on(st, team, stage)
        first = max(0, min(count - run, at - int(rand(box) * run)))
        n = take_run(a, st, team, first, run, n, out)
        if n >= most:
            break
    return n


@lean
def pick_planned(st: State, box: NDArray[np.uint64]) -> int:
    """Return a planned task at random, −1 if there is none after some tries."""
    n = len(st.is_in)
    for _ in range(50):
        task = int(rand(box) * n)
        if st.is_in[task] == 1:
            return task
    for task in range(n):
        if st.is_in[task] == 1:
            return task
    return -1


@lean
def ruin(a: Arrays, st: State, near: Ints, most: int, strings: float, out: Ints,
         box: NDArray[np.uint64]) -> tuple[int, int]:
    """Take out a random number of related tasks in a random way; return how many and the place they lie around."""
    seed = pick_planned(st, box)
    if seed < 0:
        return 0, int(rand(box) * len(st.is_in))
    q = 1 + int(rand(box) * most)
    way = rand(box)
    if way < strings:
        return ruin_strings(a, st, near, seed, q, STRING, out, box), seed
    way = rand(box)
    if way < 0.35:
        return ruin_near(a, st, near, seed, q, 0.3 * rand(box), out, box), seed
    if way < 0.55:
        return ruin_days(a, st, near, seed, q, out, box), seed
    stage = a.stage_first[seed] + int(rand(box) * (a.stage_first[seed + 1] - a.stage_first[seed]))
    pool = a.mode_pool[st.mode[stage]]
    n = ruin_line(a, st, st.crew[stage, 0], q, 0, out, box)
    if way < 0.85 and n < q:
        span = a.pool_first[pool + 1] - a.pool_first[pool]
        other = a.pool_team[a.pool_first[pool] + int(rand(box) * span)]
        n = ruin_line(a, st, other, q - n, n, out, box)
    return n, seed


@lean
def candidates(st: State, near: Ints, merit: Array, seed: int, removed: int, room: int, out: Ints,
               box: NDArray[np.uint64]) -> int:
    """Add tasks that are not planned to those just taken out: near ones first, then any; return how many there are."""
    n, tasks = removed, len(st.is_in)
    most = min(len(st.is_in), removed + room)
    half = removed + (most - removed) // 2
    for position in range(near.shape[1]):
        if n >= half:
            break
        task = near[seed, position]
        if st.is_in[task] or rand(box) > merit[task] * merit[task]:
            continue
        n = added(out, n, task)
    for _ in range(6 * room):
        if n >= most:
            break
        task = int(rand(box) * tasks)
        if st.is_in[task] or rand(box) > merit[task] * merit[task]:
            continue
        n = added(out, n, task)
    return n


@lean
def recreate(a: Arrays, st: State, out: Ints, n: int, merit: Array, prices: Array, fee: Array, noise: float,
             blink: float, orders: float, desk: Desk, box: NDArray[np.uint64]) -> None:
    """Put tasks in, in the order of their merit with noise; in a share ``orders`` of moves by worth or at random.

    Merit is worth for each unit of hire at the prices of the bound, which know nothing of what is free now.
    """
    keys, middle, way = desk.keys, a.worth.shape[1] // 2, rand(box)
    for k in range(n):
        task = out[k]
        key = -merit[task] * (1.0 + noise * (rand(box) - 0.5) * 2.0)
        if rand(box) < 0.05:
            key *= 0.3
        if way < 0.5 * orders:
            key = rand(box)
        elif way < orders:
            key *= a.worth[task, middle] / merit[task]
        at = k
        while at > 0 and keys[at - 1] > key:
            keys[at], out[at] = keys[at - 1], out[at - 1]
            at -= 1
        keys[at], out[at] = key, task
    for k in range(n):
        put_task(a, st, out[k], prices, fee, blink, desk, box)


@lean
def changed(st: State, kept: Ints) -> int:
    """Return how many stages no longer begin on their published day."""
    n = 0
    for stage in range(len(kept)):
        if kept[stage] >= 0 and st.start[stage] != kept[stage]:
            n += 1
    return n


@lean
def search(a: Arrays, st: State, trial: State, best: State, near: Ints, merit: Array, prices: Array, fee: Array,
           moves: int, heat: Array, most: int, room: int, penalty: float, kept: Ints, changes: int,
           desk: Desk, queue: Queue, box: NDArray[np.uint64]) -> int:
    """Make a number of moves; ``st`` goes on, ``best`` keeps the best plan; return how many moves were taken.

    Parameters
    ----------
    heat : (8,) temperature at the start and at the end of these moves, in worth; most that hire and travel count;
        share of modes passed over in every fifth move; share of moves after which stages are let begin earlier; share
        of moves that put tasks in by worth or at random; share that take out runs of several teams around a place.
    most : most tasks taken out in a move.  room : most other tasks tried in a move.
    desk, queue : room to work in, the desk made for these prices.
    kept, changes : (stages,) published first days, −1 for free; most of them that may change.
    """
    out, fees = desk.out, desk.fee
    taken = 0
    now, top = quality(a, st, penalty), quality(a, best, penalty)
    copy_state(st, trial)
    for move in range(moves):
        warmth = heat[0] + (heat[1] - heat[0]) * move / moves
        removed, seed = ruin(a, trial, near, most, heat[7], out, box)
        n = candidates(trial, near, merit, seed, removed, room, out, box)
        blink = heat[4] if rand(box) < 0.2 else 0.0
        desk.scale[0] = heat[2] * rand(box)
        travel = heat[3] * rand(box)
        for pool in range(len(fee)):
            fees[pool] = fee[pool] * travel
        recreate(a, trial, out, n, merit, prices, fees, 0.6 * rand(box), blink, heat[6], desk, box)
        if rand(box) < heat[5]:
            pull(a, trial, kept, queue)
        new = quality(a, trial, penalty)
        if new > now - warmth * -np.log(1.0 - rand(box)) and changed(trial, kept) <= changes:
            now = new
            taken += 1
            copy_touched(a, trial, trial, st)
            if new > top + 1e-9:
                top = new
                copy_state(st, best)
        else:
            copy_touched(a, trial, st, trial)
    return taken


@lean
def fill(a: Arrays, st: State, order: Ints, prices: Array, fee: Array, desk: Desk,
         box: NDArray[np.uint64]) -> None:
    """Put tasks in, in a given order: the greedy plan."""
    for task in order:
        if not st.is_in[task]:
            put_task(a, st, task, prices, fee, 0.0, desk, box)
