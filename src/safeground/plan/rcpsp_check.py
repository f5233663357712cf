"""A checker of schedules that shares no code with the engines: it walks day by day through what is claimed."""

from __future__ import annotations

from collections import Counter

from safeground.plan.rcpsp import Rcpsp, Schedule


def faults_of(problem: Rcpsp, schedule: Schedule) -> list[str]:
    """Return what is wrong with a schedule, in sentences; none where it keeps every rule of the problem.

    Checked are: one start and one mode for each activity, modes that exist, no start before day 0, each successor after
    its predecessor's end, each renewable resource on every day, each non-renewable resource in all, and the makespan
    computed anew.
    """
    count = len(problem.successors)
    starts, modes = [int(v) for v in schedule.start_day], [int(v) for v in schedule.mode]
    if len(starts) != count or len(modes) != count:
        return [f"{len(starts)} starts and {len(modes)} modes for {count} activities"]
    rows = []
    for activity, mode in enumerate(modes):
        there = int(problem.first_mode[activity + 1]) - int(problem.first_mode[activity])
        if not 0 <= mode < there:
            return [f"activity {activity} runs in mode {mode}, it has {there}"]
        rows.append(int(problem.first_mode[activity]) + mode)
    ends = [start + int(problem.duration_days[row]) for start, row in zip(starts, rows, strict=True)]
    found = [f"activity {activity} starts on day {start}" for activity, start in enumerate(starts) if start < 0]
    found += [f"activity {after} starts on day {starts[after]}, before activity {before} has finished at {ends[before]}"
              for before in range(count) for after in problem.successors[before] if starts[after] < ends[before]]
    found += _overloads(problem, starts, ends, rows)
    for resource, there in enumerate(problem.nonrenewable_capacity.tolist()):
        used = sum(int(problem.nonrenewable[row, resource]) for row in rows)
        if used > there:
            found.append(f"{used} of non-renewable resource {resource} are used up, there are {there}")
    if schedule.makespan_days != max(ends):
        found.append(f"the makespan is said to be {schedule.makespan_days}, it is {max(ends)}")
    return found


def _overloads(problem: Rcpsp, starts: list[int], ends: list[int], rows: list[int]) -> list[str]:
    """Say on which days more of a renewable resource is in use than there is."""
    found = []
    for resource, there in enumerate(problem.renewable_capacity.tolist()):
        in_use: Counter[int] = Counter()
        for start, end, row in zip(starts, ends, rows, strict=True):
            for day in range(start, end):
                in_use[day] += int(problem.renewable[row, resource])
        found += [f"{units} of renewable resource {resource} are in use on day {day}, there are {there}"
                  for day, units in sorted(in_use.items()) if units > there]
    return found
