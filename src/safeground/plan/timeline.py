"""The teams' timelines in compiled form: what fits where, putting a task in, taking it out.

A timeline is the ordered list of a team's stages with their first day and the day after the last.  All rules are read
from the tables of :class:`~safeground.plan.arrays.Arrays`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import CREW_LIMIT, Arrays
from safeground.plan.compiled import compiled

Ints = NDArray[np.int32]
Array = NDArray[np.float64]


#: Days of extra travel that the search tells apart.
LEVELS = 5


class State(NamedTuple):
    """A plan in the making.

    Attributes
    ----------
    size : (teams,) stages on each timeline.  line_stage, line_start, line_end : (teams, room), ordered by day.
    start, end, mode : (stages,), −1 where the stage is not planned.  crew : (stages, CREW_LIMIT) teams.
    is_in : (tasks,) 1 for planned tasks.  used : (resources, H).
    totals : worth, casualties.  bundle_in : (bundles,) planned tasks.  district_in : (districts,).
    """

    size: Ints
    line_stage: Ints
    line_start: Ints
    line_end: Ints
    start: Ints
    end: Ints
    mode: Ints
    crew: Ints
    is_in: Ints
    used: Ints
    totals: Array
    bundle_in: Ints
    district_in: Ints


def empty_state(a: Arrays) -> State:
    """Return a plan with nothing in it."""
    teams, stages, days = len(a.team_base), len(a.stage_task), a.worth.shape[1] - 1

    def none(*shape: int) -> Ints:
        return np.full(shape, -1, dtype=np.int32)

    def zero(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int32)

    room = days + 1
    return State(zero(teams), none(teams, room), zero(teams, room), zero(teams, room), none(stages), none(stages),
                 none(stages), none(stages, CREW_LIMIT), zero(len(a.worth)), zero(*a.capacity.shape), np.zeros(2),
                 zero(len(a.bundle_size)), zero(len(a.district_minimum)))


class Desk(NamedTuple):
    """Room to work in, and what a mode costs at least.

    Attributes
    ----------
    change : (LEVELS, H + 3) change, from day to day, of the number of teams that could begin a mode.
    gaps : (3, room) first day, day to be done and days of extra travel of each gap on a pool's timelines.
    least : (modes,) least price of a team from a mode's start to its end, at the prices that the desk was made for.
    scale : (1,) share of those prices that counts now.
    """

    change: Ints
    gaps: Ints
    least: Array
    scale: Array


@compiled
def gap_room(a: Arrays) -> int:
    """Return how many gaps all timelines can have at most."""
    return len(a.team_base) + len(a.stage_task) * CREW_LIMIT


@compiled
def new_desk(a: Arrays, prices: Array) -> Desk:
    """Return room to work in at prices (pools, H + 1), all of which count."""
    modes, days = a.finish.shape[0], a.finish.shape[1] - 1
    least = np.zeros(modes, dtype=np.float64)
    for mode in range(modes):
        low, pool = 1e300, a.mode_pool[mode]
        for day in range(days):
            end = a.finish[mode, day]
            if end <= days:
                low = min(low, prices[pool, end] - prices[pool, day])
        least[mode] = max(0.0, low * (1.0 - 1e-9)) if low < 1e299 else 0.0
    return Desk(np.zeros((LEVELS, days + 3), dtype=np.int32), np.zeros((3, gap_room(a)), dtype=np.int32), least,
                np.ones(1, dtype=np.float64))


@compiled
def rand(box: NDArray[np.uint64]) -> float:
    """Return a number in [0, 1) of an xorshift64* generator, the same compiled and plain."""
    x = box[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    box[0] = x
    drawn: float = float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0
    return drawn


@compiled
def copy_state(source: State, target: State) -> None:
    """Overwrite one plan with another."""
    teams = len(source.size)
    for k in range(teams):
        n = max(source.size[k], target.size[k])
        target.line_stage[k, :n] = source.line_stage[k, :n]
        target.line_start[k, :n] = source.line_start[k, :n]
        target.line_end[k, :n] = source.line_end[k, :n]
    target.size[:] = source.size
    target.start[:] = source.start
    target.end[:] = source.end
    target.mode[:] = source.mode
    target.crew[:] = source.crew
    target.is_in[:] = source.is_in
    target.used[:] = source.used
    target.totals[:] = source.totals
    target.bundle_in[:] = source.bundle_in
    target.district_in[:] = source.district_in


@compiled
def window(arrive: Ints, depart: Ints, travel: Ints, latest: Ints, free: int, place: int, task: int, after: int,
           leave: int) -> tuple[int, int]:
    """Return first and last day on which a team could begin a mode between two stays (first > last: none).

    Parameters
    ----------
    arrive, depart : (H + 1, R + 1) of the team's calendar.  latest : (H + 1,) of the mode.
    free, place : day and place from which it comes.  after, leave : place and day it must be at next; place −1: the
        day by which it must be done.
    """
    first = arrive[free, travel[place, task]]
    done = leave if after < 0 else depart[leave, travel[task, after]]
    if done < 0:
        return 1, 0
    return first, latest[done]


@compiled
def find_gaps(pool: Ints, teams: tuple[Ints, Ints, Ints], lines: tuple[Ints, Ints, Ints, Ints], stage_task: Ints,
              arrive: Ints, depart: Ints, travel: Ints, task: int, low: int, gaps: Ints) -> int:
    """Fill where a pool's teams have time for a task from a day on; return how many places there are.

    Parameters
    ----------
    pool : the teams.  teams : base, first day, last day.  lines : count, stage, start, end of the timelines.
    arrive, depart : (H + 1, R + 1) of the pool's calendar.
    gaps : as of :class:`Desk`, out.
    """
    base, begin, finish = teams
    count, line_stage, line_start, line_end = lines
    top, found = LEVELS - 1, 0
    for team in pool:
        n = count[team]
        gap = n
        while gap > 0 and line_start[team, gap - 1] > low:
            gap -= 1
        while gap <= n:
            if gap == 0:
                free, place = begin[team], base[team]
            else:
                free, place = line_end[team, gap - 1], stage_task[line_stage[team, gap - 1]]
            first, extra = arrive[free, travel[place, task]], travel[place, task]
            if gap < n:
                after = stage_task[line_stage[team, gap]]
                done = depart[line_start[team, gap], travel[task, after]]
                extra += travel[task, after] - travel[place, after]
            else:
                done = finish[team]
            first = max(first, low)
            if first < done:
                gaps[0, found], gaps[1, found], gaps[2, found] = first, done, min(max(extra, 0), top)
                found += 1
            gap += 1
    return found


@compiled
def count_free(gaps: Ints, found: int, latest: Ints, mode: int, change: Ints) -> None:
    """Fill the change, from day to day, of the number of teams that could begin a mode, by the days of extra travel.

    Parameters
    ----------
    gaps, found : of :func:`find_gaps`.  latest : (modes, H + 1).
    change : as of :class:`Desk`, out; the last level holds all teams with so many days of extra travel or more.
    """
    change[:] = 0
    for g in range(found):
        first, last = gaps[0, g], latest[mode, gaps[1, g]]
        if first <= last:
            change[gaps[2, g], first] += 1
            change[gaps[2, g], last + 1] -= 1


@compiled
def resources_free(needs: Ints, capacity: Ints, used: Ints, works: Ints, start: int, end: int) -> bool:
    """Tell whether every cumulative resource that a stage needs is there on each of its working days."""
    for r in range(len(needs)):
        if needs[r] > 0:
            for day in range(start, end):
                if works[day] > 0 and used[r, day] + needs[r] > capacity[r, day]:
                    return False
    return True


@compiled
def best_start(a: Arrays, st: State, stage: int, low: int, prices: Array, fee: Array,
               blink: float, desk: Desk, box: NDArray[np.uint64]) -> tuple[int, int]:
    """Return the mode and first day with the best worth less the price of its team-days; (−1, −1) if nothing fits.

    Parameters
    ----------
    prices : (pools, H + 1) price of a team from the start of the window up to each day.
    fee : (pools,) price of a day of travel.
    blink : share of modes passed over at random.
    desk : made for these prices, or for prices of which they are a share.
    """
    task = a.stage_task[stage]
    days = a.worth.shape[1] - 1
    tail, worth = a.tail[stage], a.worth[task]
    finish, latest, mode_pool, mode_crew, span = a.finish, a.latest, a.mode_pool, a.mode_crew, a.mode_span
    pool_first, pool_team, pool_calendar = a.pool_first, a.pool_team, a.pool_calendar
    arrive, depart, travel, stage_task = a.arrive, a.depart, a.travel, a.stage_task
    teams = (a.team_base, a.team_from, a.team_to)
    lines = (st.size, st.line_stage, st.line_start, st.line_end)
    needs, capacity, used, works, mode_works = a.stage_needs[stage], a.capacity, st.used, a.works, a.mode_works
    free = np.zeros(LEVELS, dtype=np.int32)
    change, gaps, scale = desk.change, desk.gaps, desk.scale[0]
    best_mode, best_day, best = -1, -1, -1e300
    seen, found = -1, 0
    for mode in range(a.mode_first[stage], a.mode_first[stage + 1]):
        pool, crew, ends = mode_pool[mode], mode_crew[mode], finish[mode]
        if blink > 0.0 and rand(box) < blink:
            continue
        soonest, paid = low + span[mode] + tail, crew * desk.least[mode] * scale
        if soonest > days or worth[soonest] - paid <= best:
            continue
        if pool != seen:
            calendar = pool_calendar[pool]
            found = find_gaps(pool_team[pool_first[pool] : pool_first[pool + 1]], teams, lines, stage_task,
                              arrive[calendar], depart[calendar], travel, task, low, gaps)
            seen = pool
        if found < crew:
            continue
        count_free(gaps, found, latest, mode, change)
        hire, move = prices[pool], fee[pool]
        free[:] = 0
        for day in range(low, days - tail - span[mode] + 1):
            end = ends[day]
            if end + tail <= days and worth[end + tail] - paid <= best:
                break
            left, extra = crew, 0
            for level in range(LEVELS):
                free[level] += change[level, day]
                take = min(left, free[level])
                left -= take
                extra += take * level
            if left > 0 or end + tail > days:
                continue
            gain = worth[end + tail] - crew * (hire[end] - hire[day]) - extra * move
            if gain > best and resources_free(needs, capacity, used, works[mode_works[mode]], day, end):
                best_mode, best_day, best = mode, day, gain
    return best_mode, best_day


@compiled
def choose_crew(a: Arrays, st: State, stage: int, mode: int, day: int, blink: float, box: NDArray[np.uint64]) -> bool:
    """Pick the crew among the teams that are free: least extra travel and idle time, at random in moves that blink.

    Returns False, with no crew, if there are too few.
    """
    task, pool, crew = a.stage_task[stage], a.mode_pool[mode], a.mode_crew[mode]
    end, calendar = a.finish[mode, day], a.pool_calendar[pool]
    arrive, depart, travel, latest = a.arrive[calendar], a.depart[calendar], a.travel, a.latest[mode]
    line_stage, line_start, line_end, stage_task = st.line_stage, st.line_start, st.line_end, a.stage_task
    count, base, begin, until = st.size, a.team_base, a.team_from, a.team_to
    chosen, crew_of = 0, st.crew[stage]
    cost = np.empty(CREW_LIMIT, dtype=np.float64)
    for team in a.pool_team[a.pool_first[pool] : a.pool_first[pool + 1]]:
        gap, n = 0, count[team]
        while gap < n and line_start[team, gap] < day:
            gap += 1
        before, free, after, leave = base[team], begin[team], -1, until[team]
        if gap > 0:
            before, free = stage_task[line_stage[team, gap - 1]], line_end[team, gap - 1]
        if gap < n:
            after, leave = stage_task[line_stage[team, gap]], line_start[team, gap]
        first, last = window(arrive, depart, travel, latest, free, before, task, after, leave)
        if day < first or day > last:
            continue
        penalty = float(travel[before, task]) + 0.3 * (day - first)
        if after >= 0:
            penalty += travel[task, after] - travel[before, after] + 0.15 * max(0, leave - end)
        if blink > 0.0:
            penalty += 8.0 * rand(box)
        place = min(chosen, crew - 1)
        if chosen >= crew and cost[place] <= penalty:
            continue
        while place > 0 and cost[place - 1] > penalty:
            cost[place] = cost[place - 1]
            crew_of[place] = crew_of[place - 1]
            place -= 1
        cost[place] = penalty
        crew_of[place] = team
        chosen = min(chosen + 1, crew)
    if chosen < crew:
        crew_of[:] = -1
        return False
    return True


@compiled
def put_stage(a: Arrays, st: State, stage: int, mode: int, day: int) -> None:
    """Write a stage with its chosen crew into the timelines."""
    end = a.finish[mode, day]
    for member in range(a.mode_crew[mode]):
        team = st.crew[stage, member]
        at = st.size[team]
        while at > 0 and st.line_start[team, at - 1] >= day:
            st.line_stage[team, at] = st.line_stage[team, at - 1]
            st.line_start[team, at] = st.line_start[team, at - 1]
            st.line_end[team, at] = st.line_end[team, at - 1]
            at -= 1
        st.line_stage[team, at] = stage
        st.line_start[team, at] = day
        st.line_end[team, at] = end
        st.size[team] += 1
    st.start[stage] = day
    st.end[stage] = end
    st.mode[stage] = mode
    works = a.mode_works[mode]
    for r in range(a.stage_needs.shape[1]):
        for d in range(day, end):
            if a.works[works, d] > 0:
                st.used[r, d] += a.stage_needs[stage, r]


@compiled
def take_stage(a: Arrays, st: State, stage: int) -> None:
    """Take a stage out of the timelines."""
    mode = st.mode[stage]
    if mode < 0:
        return
    for member in range(a.mode_crew[mode]):
        team = st.crew[stage, member]
        n = st.size[team]
        at = 0
        while st.line_stage[team, at] != stage:
            at += 1
        for later in range(at, n - 1):
            st.line_stage[team, later] = st.line_stage[team, later + 1]
            st.line_start[team, later] = st.line_start[team, later + 1]
            st.line_end[team, later] = st.line_end[team, later + 1]
        st.size[team] = n - 1
    works = a.mode_works[mode]
    for r in range(a.stage_needs.shape[1]):
        for d in range(st.start[stage], st.end[stage]):
            if a.works[works, d] > 0:
                st.used[r, d] -= a.stage_needs[stage, r]
    st.start[stage] = st.end[stage] = st.mode[stage] = -1
    st.crew[stage, :] = -1


@compiled
def take_task(a: Arrays, st: State, task: int) -> None:
    """Take a task out of the plan."""
    last = a.stage_first[task + 1] - 1
    st.totals[0] -= a.worth[task, st.end[last]]
    st.totals[1] -= a.casualties[task]
    for stage in range(a.stage_first[task], a.stage_first[task + 1]):
        take_stage(a, st, stage)
    st.is_in[task] = 0
    st.district_in[a.district[task]] -= 1
    bundle = a.bundle[task]
    if bundle >= 0:
        if st.bundle_in[bundle] == a.bundle_size[bundle]:
            st.totals[0] -= a.bundle_bonus[bundle]
        st.bundle_in[bundle] -= 1


@compiled
def count_task(a: Arrays, st: State, task: int) -> None:
    """Count a task whose stages are all on the timelines as planned."""
    st.is_in[task] = 1
    st.totals[0] += a.worth[task, st.end[a.stage_first[task + 1] - 1]]
    st.totals[1] += a.casualties[task]
    st.district_in[a.district[task]] += 1
    bundle = a.bundle[task]
    if bundle >= 0:
        st.bundle_in[bundle] += 1
        if st.bundle_in[bundle] == a.bundle_size[bundle]:
            st.totals[0] += a.bundle_bonus[bundle]


@compiled
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
        if mode < 0 or not choose_crew(a, st, stage, mode, day, blink, box):
            for done in range(first, stage):
                take_stage(a, st, done)
            return False
        put_stage(a, st, stage, mode, day)
    count_task(a, st, task)
    return True
