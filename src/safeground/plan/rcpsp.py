"""The resource-constrained project scheduling problem with modes (RCPSP, MRCPSP), and its schedules, as arrays.

Activities take days and resources; each runs in one of its modes, without a break, after all its predecessors.
Renewable resources (teams, machines) are there again every day, non-renewable ones (budget, explosives) are used up.
The first day is day 0; an activity that starts on day 3 and takes 2 days works on days 3 and 4 and finishes at 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rcpsp:
    """A scheduling problem; checked as a whole when it is made.

    Attributes
    ----------
    first_mode : shape (activities + 1,); the modes of activity i are rows first_mode[i] to first_mode[i + 1] - 1.
    duration_days : shape (modes,), >= 0.
    renewable : shape (modes, renewable resources), units in use on each day that the mode works, >= 0.
    nonrenewable : shape (modes, non-renewable resources), units used up by the mode, >= 0.
    renewable_capacity, nonrenewable_capacity : units there on each day, units there in all.
    successors : for each activity the indices of those that may start only when it has finished.

    Raises
    ------
    RequestError : shapes do not fit, values are negative, precedences form a circle, an activity fits in no mode, or
        even the most sparing modes use up more than there is.
    """

    first_mode: Ints
    duration_days: Ints
    renewable: Ints
    nonrenewable: Ints
    renewable_capacity: Ints
    nonrenewable_capacity: Ints
    successors: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_signs(self)
        self.topological_order()
        _check_fit(self)

    @property
    def activity_count(self) -> int:
        """How many activities there are, those without work at both ends counted too."""
        return len(self.successors)

    @property
    def is_single_mode(self) -> bool:
        """Whether no activity has a choice of modes."""
        return len(self.duration_days) == self.activity_count

    def topological_order(self) -> list[int]:
        """Return the activities so that each stands after its predecessors; lower indices first where both may stand.

        Raises
        ------
        RequestError : precedences form a circle; names an activity in it.
        """
        waits = [0] * self.activity_count
        for after in self.successors:
            for activity in after:
                waits[activity] += 1
        ready = [activity for activity, count in enumerate(waits) if not count]
        order: list[int] = []
        while ready:
            order.append(min(ready))
            ready.remove(order[-1])
            for activity in self.successors[order[-1]]:
                waits[activity] -= 1
                if not waits[activity]:
                    ready.append(activity)
        if len(order) < self.activity_count:
            stuck = next(activity for activity, count in enumerate(waits) if count)
            raise RequestError("SG-PLAN-032", f"activity {stuck}", "its precedences form a circle, or it waits for "
                               "one.", "Remove a precedence of the circle.")
        return order


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """When each activity starts and in which of its modes.

    Attributes
    ----------
    start_day : shape (activities,), day 0 is the first.
    mode : shape (activities,), position of the chosen mode among the activity's own, from 0.
    makespan_days : the day on which the last activity has finished.
    """

    start_day: Ints
    mode: Ints
    makespan_days: int


def make_rcpsp(
    modes: Sequence[Sequence[tuple[int, Sequence[int], Sequence[int]]]],
    successors: Iterable[Iterable[int]],
    renewable_capacity: Sequence[int],
    nonrenewable_capacity: Sequence[int] = (),
) -> Rcpsp:
    """Return a problem from rows as a file or a person states them.

    Parameters
    ----------
    modes : for each activity its modes as (duration in days, renewable demands, non-renewable demands).
    successors : for each activity the indices of its direct successors; a pair stated twice counts once.
    renewable_capacity, nonrenewable_capacity : units, as in :class:`Rcpsp`.

    Raises
    ------
    RequestError : as :class:`Rcpsp`; also where a mode states another number of demands than there are capacities.
    """
    flat = [mode for own in modes for mode in own]
    for index, (_, daily, once) in enumerate(flat):
        if len(daily) != len(renewable_capacity) or len(once) != len(nonrenewable_capacity):
            raise RequestError(
                "SG-PLAN-030", f"mode {index}", f"states {len(daily)} + {len(once)} demands, there are "
                f"{len(renewable_capacity)} + {len(nonrenewable_capacity)} capacities.", "State one for each resource.")
    return Rcpsp(
        first_mode=np.cumsum([0, *(len(own) for own in modes)], dtype=np.int64),
        duration_days=np.array([mode[0] for mode in flat], dtype=np.int64),
        renewable=np.array([mode[1] for mode in flat], dtype=np.int64).reshape(len(flat), len(renewable_capacity)),
        nonrenewable=np.array([mode[2] for mode in flat], dtype=np.int64).reshape(
            len(flat), len(nonrenewable_capacity)),
        renewable_capacity=np.array(renewable_capacity, dtype=np.int64),
        nonrenewable_capacity=np.array(nonrenewable_capacity, dtype=np.int64),
        successors=tuple(tuple(sorted(set(after))) for after in successors),
    )


def _check_shapes(problem: Rcpsp) -> None:
    activities, modes = len(problem.successors), len(problem.duration_days)
    wanted = {
        "first_mode": (activities + 1,), "duration_days": (modes,),
        "renewable": (modes, len(problem.renewable_capacity)),
        "nonrenewable": (modes, len(problem.nonrenewable_capacity)),
        "renewable_capacity": (len(problem.renewable_capacity),),
        "nonrenewable_capacity": (len(problem.nonrenewable_capacity),),
    }
    for name, shape in wanted.items():
        values = getattr(problem, name)
        if values.shape != shape or values.dtype != np.int64:
            raise RequestError("SG-PLAN-030", name, f"has shape {values.shape} of {values.dtype}, expected {shape} of "
                               "int64.", "Give one row for each mode and one column for each resource.")
    ends = problem.first_mode
    if not activities or ends[0] != 0 or ends[-1] != modes or (np.diff(ends) < 1).any():
        raise RequestError("SG-PLAN-030", "first_mode", f"does not share out {modes} modes among {activities} "
                           "activities, at least one each.", "Give every activity at least one mode.")


def _check_signs(problem: Rcpsp) -> None:
    for name in ("duration_days", "renewable", "nonrenewable", "renewable_capacity", "nonrenewable_capacity"):
        values = getattr(problem, name)
        if (values < 0).any():
            raise RequestError("SG-PLAN-031", name, f"has the value {values.min()}, expected 0 or more.", "Correct it.")
    for activity, after in enumerate(problem.successors):
        wrong = [other for other in after if not 0 <= other < problem.activity_count]
        if wrong:
            raise RequestError("SG-PLAN-032", f"activity {activity}", f"precedes activity {wrong[0]}, expected 0 to "
                               f"{problem.activity_count - 1}.", "Name an activity that exists.")


def _check_fit(problem: Rcpsp) -> None:
    fits = np.asarray((problem.renewable <= problem.renewable_capacity).all(axis=1))
    for activity in range(problem.activity_count):
        own = slice(int(problem.first_mode[activity]), int(problem.first_mode[activity + 1]))
        if not fits[own].any():
            least = problem.renewable[own].min(axis=0)
            raise RequestError("SG-PLAN-033", f"activity {activity}", f"needs {least} or more in each mode, there are "
                               f"{problem.renewable_capacity}.",
                               "Raise a capacity or add a mode that needs less.")
    big = np.iinfo(np.int64).max
    usable = np.where(fits[:, None], problem.nonrenewable, big)
    used = np.minimum.reduceat(usable, problem.first_mode[:-1], axis=0).sum(axis=0)
    for resource in np.flatnonzero(used > problem.nonrenewable_capacity):
        raise RequestError("SG-PLAN-034", f"non-renewable resource {resource}", f"at least {used[resource]} are used "
                           f"up, there are {problem.nonrenewable_capacity[resource]}.", "Raise the capacity.")
