"""Where a stage could go on the teams' timelines, which way and crew is best, and putting a task in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import CREW_LIMIT, Arrays
from safeground.plan.board import (
    FROM,
    TASK,
    Array,
    Ints,
    State,
    count_task,
    find_holes,
    put_stage,
    resources_free,
    take_stage,
)
from safeground.plan.compiled import lean

#: Days of extra travel that the search tells apart.
LEVELS = 5
#: Columns of a gap.
FIRST, DONE, EXTRA, TEAM, PLACE = 0, 1, 2, 3, 4


class Desk(NamedTuple):
    """Room to work in, and what a mode costs at least.

    Attributes
    ----------
    levels : (LEVELS,) free teams by days of extra travel, the last with so many or more.
    hop : (places, places) working days of a move, the same both ways.
    gaps : (room, 5) first day, day to be done, days of extra travel, team and place on its timeline of each gap.
    order : (room,) the gaps of each pool by their first days.
    chosen : (2,) first of the gaps of the pool that was chosen, and the one after its last.
    row : (modes,) row of each mode in ``ends`` and ``lasts``, (rows, H + 1), which hold the tables ``finish`` and
        ``latest`` with each row once: few enough to stay near the processor.
    least : (modes,) least price of a team from a mode's start to its end, at the prices that the desk was made for.
    cost : (CREW_LIMIT,) of the teams chosen so far.
    scale : (1,) share of those prices that counts now.  fee : (pools,) the prices of travel that count now.
    out, keys : (tasks,) tasks to be put in, and their order.
    """

    levels: Ints
    hop: NDArray[np.int16]
    gaps: Ints
    order: Ints
    chosen: Ints
    row: Ints
    ends: Ints
    lasts: Ints
    cost: Array
    least: Array
    scale: Array
    out: Ints
    keys: Array
    fee: Array


def new_desk(a: Arrays, prices: Array) -> Desk:
    """Return room to work in at prices (pools, H + 1), all of which count."""
    days = a.finish.shape[1] - 1
    least = np.zeros(len(a.finish), dtype=np.float64)
    least_hire(a.finish, a.mode_pool, prices, least)
    seen: dict[bytes, int] = {}
    row = np.array([seen.setdefault(each.tobytes(), len(seen)) for each in a.finish], dtype=np.int32)
    kept = np.unique(row, return_index=True)[1]
    room = len(a.pool_team) * (1 + days)
    return Desk(
        levels=np.zeros(LEVELS, dtype=np.int32), hop=a.travel.astype(np.int16),
        gaps=np.zeros((room, 5), dtype=np.int32),
        order=np.zeros(room, dtype=np.int32), chosen=np.zeros(2, dtype=np.int32), row=row,
        ends=np.ascontiguousarray(a.finish[kept]), lasts=np.ascontiguousarray(a.latest[kept]),
        cost=np.zeros(CREW_LIMIT), least=least, scale=np.ones(1), out=np.zeros(len(a.worth), dtype=np.int32),
        keys=np.zeros(len(a.worth)), fee=np.zeros(len(prices)))


@lean
def least_hire(finish: Ints, mode_pool: Ints, prices: Array, least: Array) -> None:
    """Fill the least price of a team from start to end of each mode, (modes,), a little less for rounding."""
    days = finish.shape[1] - 1
    for mode in range(len(finish)):
        low, pool = 1e300, mode_pool[mode]
        for day in range(days):
            end = finish[mode, day]
            if end <= days:
                low = min(low, prices[pool, end] - prices[pool, day])
        least[mode] = max(0.0, low * (1.0 - 1e-9)) if low < 1e299 else 0.0


@lean
def rand(box: NDArray[np.uint64]) -> float:
    """Return a number in [0, 1) of an xorshift64* generator, the same compiled and plain."""
    x = box[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    box[0] = x
    drawn: float = float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0
    return drawn


@lean
def find_gaps(a: Arrays, st: State, task: int, pool: int, low: int, high: int, span: int, desk: Desk,
              found: int) -> int:
    """Add where a pool's teams have time for a task; return how many gaps there are then.

    Parameters
    ----------
    low, high : the work begins on the first day or later and is done by the second.
    span : least days of work that a gap must hold.
    desk : its gaps are added to, with their order.  found : how many there are already.
    """
    hop, hole, calendar = desk.hop, st.hole, a.pool_calendar[pool]
    gaps, begin = desk.gaps, found
    for k in range(a.pool_first[pool], a.pool_first[pool + 1]):
        team = a.pool_team[k]
        n = st.holes[team]
        if n < 0:
            n = find_holes(a, st, team)
        for h in range(n):
            free, done = hole[team, h, 1], min(high, hole[team, h, 2])
            if done - max(free, low) < span:
                continue
            extra, after = int(hop[task, hole[team, h, 3]]), hole[team, h, 4]
            first = a.arrive[calendar, free, extra]
            if after >= 0:
                done = min(high, a.depart[calendar, hole[team, h, 2], hop[task, after]])
                extra += int(hop[task, after]) - hole[team, h, 5]
            if done - max(first, low) >= span:
                gaps[found, FIRST], gaps[found, DONE] = first, done
                gaps[found, EXTRA] = min(max(extra, 0), LEVELS - 1)
                gaps[found, TEAM], gaps[found, PLACE] = team, hole[team, h, 0]
                found += 1
    sort_gaps(gaps, desk.order, begin, found)
    return found


@lean
def sort_gaps(gaps: Ints, order: Ints, begin: int, end: int) -> None:
    """Put gaps in the order of their first days."""
    for g in range(begin, end):
        first, at = gaps[g, FIRST], g
        while at > begin and gaps[order[at - 1], FIRST] > first:
            order[at] = order[at - 1]
            at -= 1
        order[at] = g


@lean
def best_alone(a: Arrays, st: State, stage: int, mode: int, low: int, prices: Array, move: float, desk: Desk,
               begin: int, stop: int, best: float) -> tuple[int, float]:
    """Return the first day with the best gain above ``best`` for a crew of one, with that gain; day −1 for none."""
    task, tail, pool, scale = a.stage_task[stage], a.tail[stage], a.mode_pool[mode], desk.scale[0]
    worth, ends, row, gaps, days = a.worth, desk.ends, desk.row[mode], desk.gaps, a.worth.shape[1] - 1
    paid, best_day = desk.least[mode] * scale, -1
    for k in range(begin, stop):
        g = desk.order[k]
        toll = gaps[g, EXTRA] * move
        for day in range(max(low, gaps[g, FIRST]), desk.lasts[row, gaps[g, DONE]] + 1):
            end = ends[row, day]
            if end > days:
                continue
            most = worth[task, end + tail] - paid - toll
            if most < best or (most == best and (best_day < 0 or day >= best_day)):
                break
            gain = worth[task, end + tail] - scale * (prices[pool, end] - prices[pool, day]) - toll
            if (gain > best or (gain == best and 0 <= day < best_day)) and resources_free(a, st, stage, mode, day, end):
                best_day, best = day, gain
    return best_day, best


@lean
def extra_travel(desk: Desk, begin: int, stop: int, day: int, end: int, crew: int) -> int:
    """Return the least days of extra travel of a crew that works from a day to a day, −1 if too few teams are free.

    Parameters
    ----------
    begin, stop : which of the desk's gaps.
    """
    n, gaps, levels = 0, desk.gaps, desk.levels
    levels[:] = 0
    for k in range(begin, stop):
        g = desk.order[k]
        if gaps[g, FIRST] > day:
            break
        if gaps[g, DONE] >= end:
            levels[gaps[g, EXTRA]] += 1
            n += 1
            if levels[0] == crew:
                return 0
    return taken(levels, crew) if n >= crew else -1


@lean
def taken(levels: Ints, crew: int) -> int:
    """Return the days of extra travel of a crew taken from those with least, given how many teams have so many."""
    left, extra = crew, 0
    for level in range(LEVELS):
        take = min(left, levels[level])
        left -= take
        extra += take * level
    return extra


@lean
def best_together(a: Arrays, st: State, stage: int, mode: int, low: int, prices: Array, move: float, desk: Desk,
                  begin: int, stop: int, best: float) -> tuple[int, float]:
    """As :func:`best_alone` for a crew of several teams, which can begin when the last of them is free."""
    task, tail, pool, crew = a.stage_task[stage], a.tail[stage], a.mode_pool[mode], a.mode_crew[mode]
    ends, row, gaps, order, scale = desk.ends, desk.row[mode], desk.gaps, desk.order, desk.scale[0]
    worth, days = a.worth, a.worth.shape[1] - 1
    desk.levels[:] = 0
    for g in range(begin, stop):
        desk.levels[gaps[g, EXTRA]] += 1
    paid = crew * desk.least[mode] * scale + taken(desk.levels, crew) * move
    best_day, past, last = -1, low, desk.lasts[row, days - tail]
    for k in range(begin + crew - 1, stop):
        day = max(past, gaps[order[k], FIRST])
        until = last + 1
        if k + 1 < stop:
            until = min(until, gaps[order[k + 1], FIRST])
        while day < until:
            end = ends[row, day]
            if end > days:
                day += 1
                continue
            if worth[task, end + tail] - paid <= best:
                return best_day, best
            extra = extra_travel(desk, begin, stop, day, end, crew)
            if extra < 0:
                break
            gain = worth[task, end + tail] - scale * crew * (prices[pool, end] - prices[pool, day]) - extra * move
            if gain > best and resources_free(a, st, stage, mode, day, end):
                best_day, best = day, gain
            day += 1
        past = max(past, until)
    return best_day, best


@lean
def best_start(a: Arrays, st: State, stage: int, low: int, prices: Array, fee: Array,
               blink: float, desk: Desk, box: NDArray[np.uint64]) -> tuple[int, int]:
    """Return the mode and first day with the best worth less the price of its team-days; (−1, −1) if nothing fits.

    Parameters
    ----------
    prices : (pools, H + 1) price of a team from the start of the window up to each day.
    fee : (pools,) price of a day of travel.
    blink : share of modes passed over at random.
    desk : made for these prices, or for prices of which they are a share; its ``chosen`` gaps are those of the mode.
    """
    task, tail, days = a.stage_task[stage], a.tail[stage], a.worth.shape[1] - 1
    mode_pool, mode_crew, span, scale = a.mode_pool, a.mode_crew, a.mode_span, desk.scale[0]
    best_mode, best_day, best = -1, -1, -1e300
    seen, begin, stop = -1, 0, 0
    for mode in range(a.mode_first[stage], a.mode_first[stage + 1]):
        pool, crew = mode_pool[mode], mode_crew[mode]
        if blink > 0.0 and rand(box) < blink:
            continue
        soonest = low + span[mode] + tail
        if soonest > days or a.worth[task, soonest] - crew * desk.least[mode] * scale <= best:
            continue
        if pool != seen:
            begin = stop
            stop = find_gaps(a, st, task, pool, low, days - tail, span[mode], desk, begin)
            seen = pool
        if stop - begin < crew:
            continue
        if crew == 1:
            day, gain = best_alone(a, st, stage, mode, low, prices, fee[pool], desk, begin, stop, best)
        else:
            day, gain = best_together(a, st, stage, mode, low, prices, fee[pool], desk, begin, stop, best)
        if day >= 0:
            best_mode, best_day, best = mode, day, gain
            desk.chosen[0], desk.chosen[1] = begin, stop
    return best_mode, best_day


@lean
def choose_crew(a: Arrays, st: State, stage: int, mode: int, day: int, blink: float, desk: Desk,
                box: NDArray[np.uint64]) -> bool:
    """Pick the crew among the teams that are free: least extra travel and idle time, at random in moves that blink.

    Parameters
    ----------
    desk : as :func:`best_start` left it.

    Returns
    -------
    False, with no crew, if there are too few.
    """
    task, crew, end, line = a.stage_task[stage], a.mode_crew[mode], desk.ends[desk.row[mode], day], st.line
    gaps, hop, chosen = desk.gaps, desk.hop, 0
    cost = desk.cost
    for g in range(desk.chosen[0], desk.chosen[1]):
        first, team, gap = gaps[g, FIRST], gaps[g, TEAM], gaps[g, PLACE]
        if day < first or end > gaps[g, DONE]:
            continue
        before = a.team_base[team]
        if gap > 0:
            before = line[team, gap - 1, TASK]
        penalty = float(hop[task, before]) + 0.3 * (day - first)
        if gap < st.size[team]:
            after = line[team, gap, TASK]
            penalty += float(hop[task, after]) - float(hop[before, after]) + 0.15 * max(0, line[team, gap, FROM] - end)
        if blink > 0.0:
            penalty += 8.0 * rand(box)
        place = min(chosen, crew - 1)
        if chosen >= crew and cost[place] <= penalty:
            continue
        while place > 0 and cost[place - 1] > penalty:
            cost[place] = cost[place - 1]
            st.crew[stage, place] = st.crew[stage, place - 1]
            place -= 1
        cost[place] = penalty
        st.crew[stage, place] = team
        chosen = min(chosen + 1, crew)
    if chosen < crew:
        st.crew[stage, :] = -1
        return False
    return True


@lean
def put_task(a: Arrays, st: State, task: int, prices: Array, fee: Array, blink: float, desk: Desk,
             box: NDArray[np.uint64]) -> bool:
    """Put a task in, each stage with the mode and day of the best worth less price; False if it fits nowhere."""
    if st.totals[1] + a.casualties[task] > a.casualties_max + 1e-12:
        return False
    low = a.open_day[task]
    first, end = a.stage_first[task], a.stage_first[task + 1]
    for stage in range(first, end):
        if stage > first:
            low = st.end[stage - 1] + a.stage_lag[stage]
        else:
            low += a.stage_lag[stage]
        mode, day = best_start(a, st, stage, low, prices, fee, blink, desk, box)
        if mode < 0 or not choose_crew(a, st, stage, mode, day, blink, desk, box):
            for done in range(first, stage):
                take_stage(a, st, done)
            return False
        put_stage(a, st, stage, mode, day)
    count_task(a, st, task)
    return True
