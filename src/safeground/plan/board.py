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
        ordered by day.  widest : (teams,) most days between two stays on each timeline, travel included, −1 where it
        is to be counted anew.
    start, end, mode : (stages,), −1 where the stage is not planned.  crew : (stages, CREW_LIMIT) teams.
    is_in : (tasks,) 1 for planned tasks, 2 for those that must stay.  used : (resources, H).
    totals : worth, casualties.  bundle_in : (bundles,) planned tasks.  district_in : (districts,).
    touched : (teams + stages + 1,) teams and, after them, stages that were changed since the last copy; the last entry
        counts them.  is_touched : (teams + stages,).
    """

    size: Ints
    widest: Ints
    line: Ints
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

    return State(zero(teams), none(teams), zero(teams, days + 1, 4), none(stages), none(stages), none(stages),
                 none(stages, CREW_LIMIT), zero(len(a.worth)), zero(*a.capacity.shape), np.zeros(2),
                 zero(len(a.bundle_size)), zero(len(a.district_minimum)), zero(teams + stages + 1),
                 np.zeros(teams + stages, dtype=np.int8))


@compiled
def copy_state(source: State, target: State) -> None:
    """Overwrite one plan with another; what was touched in either is forgotten."""
    for k in range(len(source.size)):
        n = source.size[k]
        target.line[k, :n] = source.line[k, :n]
    target.size[:] = source.size
    target.widest[:] = source.widest
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
            size[what], target.widest[what] = source.size[what], source.widest[what]
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
def widest_gap(a: Arrays, st: State, team: int) -> int:
    """Return the most days that a team has between two stays, and note them."""
    free, most, line = a.team_from[team], 0, st.line
    for at in range(st.size[team]):
        most = max(most, line[team, at, FROM] - free)
        free = line[team, at, TO]
    most = max(most, a.team_to[team] - free)
    st.widest[team] = most
    return most


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
        st.widest[team] = -1
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
        st.widest[team] = -1
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
