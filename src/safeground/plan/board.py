"""A plan in the making: the teams' timelines, putting stages on them, taking them off, drawing them to the left.

A timeline is the ordered list of a team's stages with their first day and the day after the last.  Every change is
noted, so that a move that is not kept is undone by copying back only what it touched.  All rules are read from the
tables of :class:`~safeground.plan.arrays.Arrays`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import CREW_LIMIT, Arrays
from safeground.plan.compiled import compiled, lean

Ints = NDArray[np.int32]
Array = NDArray[np.float64]

#: Columns of a timeline.
FROM, TO, TASK, STAGE = 0, 1, 2, 3


class State(NamedTuple):
    """A plan in the making.

    Attributes
    ----------
    size : (teams,) stages on each timeline.  line : (teams, room, 4) first day, day after the last, task and stage,
        ordered by day.
    holes : (teams,) how often a team is free for a day or more between two stays, −1 where it is to be counted anew.
        hole : (teams, room, 6) the place on the timeline of each such time, its first day and the day after its last,
        where the team is before and after it (−1 for nowhere), and the days of travel between the two.
    start, end, mode : (stages,), −1 where the stage is not planned.  crew : (stages, CREW_LIMIT) teams.
    is_in : (tasks,) 1 for planned tasks, 2 for those that must stay.  used : (resources, H).
    totals : worth, casualties.  bundle_in : (bundles,) planned tasks.  district_in : (districts,).
    touched : (teams + stages + 1,) teams and, after them, stages that were changed since the last copy; the last entry
        counts them.  is_touched : (teams + stages,).
    """

    size: Ints
    line: Ints
    holes: Ints
    hole: Ints
    start: Ints
    end: Ints
    mode: Ints
    crew: Ints
    is_in: Ints
    used: Ints
    totals: Array
    bundle_in: Ints
    district_in: Ints
    touched: Ints
    is_touched: NDArray[np.int8]


def empty_state(a: Arrays) -> State:
    """Return a plan with nothing in it."""
    teams, stages, days = len(a.team_base), len(a.stage_task), a.worth.shape[1] - 1

    def none(*shape: int) -> Ints:
        return np.full(shape, -1, dtype=np.int32)

    def zero(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int32)

    return State(zero(teams), zero(teams, days + 1, 4), none(teams), zero(teams, days + 1, 6), none(stages),
                 none(stages), none(stages), none(stages, CREW_LIMIT), zero(len(a.worth)), zero(*a.capacity.shape),
                 np.zeros(2), zero(len(a.bundle_size)), zero(len(a.district_minimum)), zero(teams + stages + 1),
                 np.zeros(teams + stages, dtype=np.int8))


@compiled
def copy_state(source: State, target: State) -> None:
    """Overwrite one plan with another; what was touched in either is forgotten."""
    for k in range(len(source.size)):
        n = source.size[k]
        target.line[k, :n] = source.line[k, :n]
    target.size[:] = source.size
    target.holes[:] = -1
    target.start[:] = source.start
    target.end[:] = source.end
    target.mode[:] = source.mode
    target.crew[:] = source.crew
    target.is_in[:] = source.is_in
    copy_sums(source, target)
    for state in (source, target):
        state.touched[-1] = 0
        state.is_touched[:] = 0


@lean
def copy_sums(source: State, target: State) -> None:
    """Overwrite what is counted of a plan."""
    for r in range(len(source.used)):
        for day in range(source.used.shape[1]):
            target.used[r, day] = source.used[r, day]
    target.totals[0], target.totals[1] = source.totals[0], source.totals[1]
    for k in range(len(source.bundle_in)):
        target.bundle_in[k] = source.bundle_in[k]
    for k in range(len(source.district_in)):
        target.district_in[k] = source.district_in[k]


@lean
def touch(st: State, what: int) -> None:
    """Note that a team, or a stage counted after the teams, is changed."""
    if st.is_touched[what] == 0:
        n = st.touched[-1]
        st.is_touched[what] = 1
        st.touched[n] = what
        st.touched[-1] = n + 1


@lean
def copy_touched(a: Arrays, trial: State, source: State, target: State) -> None:
    """Overwrite in one plan what was touched in ``trial``, one of the two, since they were the same; forget it then."""
    teams, line, size = len(trial.size), target.line, target.size
    for k in range(trial.touched[-1]):
        what = trial.touched[k]
        trial.is_touched[what] = 0
        if what < teams:
            size[what], target.holes[what] = source.size[what], source.holes[what]
            for at in range(source.holes[what]):
                for column in range(6):
                    target.hole[what, at, column] = source.hole[what, at, column]
            for at in range(size[what]):
                for column in range(4):
                    line[what, at, column] = source.line[what, at, column]
        else:
            stage = what - teams
            task = a.stage_task[stage]
            target.start[stage], target.end[stage] = source.start[stage], source.end[stage]
            target.mode[stage], target.is_in[task] = source.mode[stage], source.is_in[task]
            for member in range(CREW_LIMIT):
                target.crew[stage, member] = source.crew[stage, member]
    trial.touched[-1] = 0
    copy_sums(source, target)


@lean
def find_holes(a: Arrays, st: State, team: int) -> int:
    """Note when a team is free for a day or more, travel included; return how often."""
    free, place, n, line, hole = a.team_from[team], a.team_base[team], 0, st.line, st.hole
    for at in range(st.size[team] + 1):
        done, after = a.team_to[team], -1
        if at < st.size[team]:
            done, after = line[team, at, FROM], line[team, at, TASK]
        if done > free:
            hole[team, n, 0], hole[team, n, 1], hole[team, n, 2] = at, free, done
            hole[team, n, 3], hole[team, n, 4] = place, after
            hole[team, n, 5] = a.travel[place, after] if after >= 0 else 0
            n += 1
        if at < st.size[team]:
            free, place = line[team, at, TO], after
    st.holes[team] = n
    return n


@lean
def book(a: Arrays, st: State, stage: int, units: int) -> None:
    """Book what a stage on the timelines needs of each cumulative resource, 1, or give it back, −1."""
    works, needs = a.mode_works[st.mode[stage]], a.stage_needs
    for r in range(needs.shape[1]):
        if needs[stage, r] > 0:
            for day in range(st.start[stage], st.end[stage]):
                if a.works[works, day] > 0:
                    st.used[r, day] += units * needs[stage, r]


@lean
def put_stage(a: Arrays, st: State, stage: int, mode: int, day: int) -> None:
    """Write a stage with its chosen crew into the timelines."""
    end, task, line = a.finish[mode, day], a.stage_task[stage], st.line
    for member in range(a.mode_crew[mode]):
        team = st.crew[stage, member]
        touch(st, team)
        st.holes[team] = -1
        at = st.size[team]
        while at > 0 and line[team, at - 1, FROM] >= day:
            for column in range(4):
                line[team, at, column] = line[team, at - 1, column]
            at -= 1
        line[team, at, FROM], line[team, at, TO] = day, end
        line[team, at, TASK], line[team, at, STAGE] = task, stage
        st.size[team] += 1
    touch(st, len(st.size) + stage)
    st.start[stage] = day
    st.end[stage] = end
    st.mode[stage] = mode
    book(a, st, stage, 1)


@lean
def take_stage(a: Arrays, st: State, stage: int) -> None:
    """Take a stage out of the timelines."""
    mode, line = st.mode[stage], st.line
    if mode < 0:
        return
    book(a, st, stage, -1)
    for member in range(a.mode_crew[mode]):
        team = st.crew[stage, member]
        touch(st, team)
        st.holes[team] = -1
        n = st.size[team]
        at = 0
        while line[team, at, STAGE] != stage:
            at += 1
        for later in range(at, n - 1):
            for column in range(4):
                line[team, later, column] = line[team, later + 1, column]
        st.size[team] = n - 1
        st.crew[stage, member] = -1
    touch(st, len(st.size) + stage)
    st.start[stage] = st.end[stage] = st.mode[stage] = -1


@lean
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


@lean
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


@lean
def resources_free(a: Arrays, st: State, stage: int, mode: int, start: int, end: int) -> bool:
    """Tell whether every cumulative resource that a stage needs is there on each of its working days."""
    needs, works = a.stage_needs, a.mode_works[mode]
    for r in range(needs.shape[1]):
        if needs[stage, r] > 0:
            for day in range(start, end):
                if a.works[works, day] > 0 and st.used[r, day] + needs[stage, r] > a.capacity[r, day]:
                    return False
    return True


class Queue(NamedTuple):
    """Stages that may begin earlier, by the day on which they begin.

    Attributes
    ----------
    first : (H + 1,) a stage that begins on each day, −1 for none.  other : (stages,) another one of the same day, −1
        for none, −2 for a stage that is not in the queue.
    """

    first: Ints
    other: Ints


def new_queue(a: Arrays) -> Queue:
    """Return an empty queue."""
    return Queue(np.full(a.worth.shape[1], -1, dtype=np.int32), np.full(len(a.stage_task), -2, dtype=np.int32))


@lean
def ask(st: State, stage: int, queue: Queue) -> None:
    """Put a stage into the queue unless it is there."""
    if queue.other[stage] == -2:
        day = st.start[stage]
        queue.other[stage], queue.first[day] = queue.first[day], stage


@lean
def place_on(st: State, team: int, stage: int) -> int:
    """Return the place of a stage on a team's timeline."""
    at = 0
    while st.line[team, at, STAGE] != stage:
        at += 1
    return at


@lean
def earliest(a: Arrays, st: State, stage: int) -> int:
    """Return the first day on which a stage could begin with its crew after what comes before, at most its own."""
    task, mode, line = a.stage_task[stage], st.mode[stage], st.line
    calendar, days, start = a.pool_calendar[a.mode_pool[mode]], a.worth.shape[1] - 1, st.start[stage]
    low = a.open_day[task] + a.stage_lag[stage]
    if stage > a.stage_first[task]:
        low = st.end[stage - 1] + a.stage_lag[stage]
    for member in range(a.mode_crew[mode]):
        team = st.crew[stage, member]
        at = place_on(st, team, stage)
        if at == 0:
            free, place = a.team_from[team], a.team_base[team]
        else:
            free, place = line[team, at - 1, TO], line[team, at - 1, TASK]
        low = max(low, a.arrive[calendar, free, a.travel[task, place]])
        if low >= start:
            return int(start)
    book(a, st, stage, -1)
    for day in range(low, start):
        end = a.finish[mode, day]
        if end <= days and resources_free(a, st, stage, mode, day, end):
            start = day
            break
    book(a, st, stage, 1)
    return int(start)


@lean
def pull(a: Arrays, st: State, kept: Ints, queue: Queue) -> None:
    """Let stages begin as early as crews, order and tasks allow, on the touched timelines and what follows from them.

    Worth never rises with the day of release.  Tasks that must stay, and stages with a published day, stay.
    """
    teams = len(st.size)
    for k in range(st.touched[-1]):
        if st.touched[k] < teams:
            for at in range(st.size[st.touched[k]]):
                ask(st, st.line[st.touched[k], at, STAGE], queue)
    for day in range(len(queue.first)):
        while queue.first[day] >= 0:
            stage = queue.first[day]
            queue.first[day], queue.other[stage] = queue.other[stage], -2
            task = a.stage_task[stage]
            if st.is_in[task] == 2 or (len(kept) > 0 and kept[stage] >= 0):
                continue
            start = earliest(a, st, stage)
            if start < day:
                move_stage(a, st, stage, start)
                ask_after(a, st, stage, queue)


def settle(a: Arrays, st: State, kept: Ints, queue: Queue) -> None:
    """Let all stages of a plan begin as early as they can, as :func:`pull` does for those touched."""
    for team in range(len(st.size)):
        touch(st, team)
    pull(a, st, kept, queue)


@lean
def ask_after(a: Arrays, st: State, stage: int, queue: Queue) -> None:
    """Put into the queue what follows a stage on its crew's timelines and in its task."""
    if stage + 1 < a.stage_first[a.stage_task[stage] + 1]:
        ask(st, stage + 1, queue)
    for member in range(a.mode_crew[st.mode[stage]]):
        team = st.crew[stage, member]
        at = place_on(st, team, stage) + 1
        if at < st.size[team]:
            ask(st, st.line[team, at, STAGE], queue)


@lean
def move_stage(a: Arrays, st: State, stage: int, start: int) -> None:
    """Let a stage begin on another day, at its place on its crew's timelines."""
    task, mode = a.stage_task[stage], st.mode[stage]
    end = a.finish[mode, start]
    for member in range(a.mode_crew[mode]):
        team = st.crew[stage, member]
        at = place_on(st, team, stage)
        st.line[team, at, FROM], st.line[team, at, TO] = start, end
        st.holes[team] = -1
        touch(st, team)
    if stage + 1 == a.stage_first[task + 1]:
        st.totals[0] += a.worth[task, end] - a.worth[task, st.end[stage]]
    book(a, st, stage, -1)
    st.start[stage], st.end[stage] = start, end
    book(a, st, stage, 1)
    touch(st, len(st.size) + stage)
