"""Cumulative resources in the Lagrangian bound: what a stage pays for casevac, EOD or a transporter while it works.

Relaxed is the limit on the units of each resource and day.  A unit has a price of at least 0 on each day; a stage pays
its units times the sum of the prices over the days on which it works, and the bound adds capacity times price.  What a
stage pays is spread over its crew, so that the tasks' side knows one pay of a team; teams earn none of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import Arrays
from safeground.plan.compiled import compiled

Ints = NDArray[np.int32]
Array = NDArray[np.float64]


@compiled
def add_tolls(finish: Ints, crew: Ints, need: Ints, row: Ints, till: Array, fee: Array, pay: Array) -> None:
    """Fill the pay of one team with its part of the tolls for each mode begun on each day; 0 where it does not fit.

    Parameters
    ----------
    finish, fee : (H + 1, modes).  crew, row : (modes,), row of ``works``.  need : (modes, resources) units held.
    till : (H + 1, rows, resources) price of one unit on the working days before each day.
    pay : (H + 1, modes) out.
    """
    days, resources = finish.shape[0] - 1, need.shape[1]
    for day in range(days + 1):
        for mode in range(finish.shape[1]):
            end, toll = finish[day, mode], 0.0
            if end <= days:
                for r in range(resources):
                    if need[mode, r] > 0:
                        toll += need[mode, r] * (till[end, row[mode], r] - till[day, row[mode], r])
            pay[day, mode] = fee[day, mode] + toll / crew[mode]


@compiled
def units_held(gain: Array, stage_task: Ints, mode_of: Ints, day_of: Ints, finish: Ints, need: Ints, row: Ints,
               works: Ints, held: Array) -> None:
    """Fill the units that the tasks' plans hold on each day, (H, resources), of tasks that are worth their pay.

    Parameters
    ----------
    gain : (tasks,).  mode_of, day_of : (stages,) of the plans, −1 where a task has none.
    finish : (H + 1, modes).  need : (modes, resources).  row : (modes,).  works : (rows, H).
    """
    held[:] = 0.0
    for stage in range(len(stage_task)):
        mode = mode_of[stage]
        if mode < 0 or gain[stage_task[stage]] <= 0:
            continue
        for r in range(need.shape[1]):
            if need[mode, r] > 0:
                for day in range(day_of[stage], finish[day_of[stage], mode]):
                    if works[row[mode], day]:
                        held[day, r] += need[mode, r]


class Tolls:
    """The resources that stages need, with their prices turned into pay.

    Attributes
    ----------
    names : rows of ``Arrays.capacity`` that some stage needs, (R,).
    capacity : (H, R).
    need : (modes, R) units held by each mode's stage.
    """

    def __init__(self, a: Arrays) -> None:
        self.a = a
        self.names = np.flatnonzero((a.stage_needs > 0).any(axis=0))
        self.capacity = np.ascontiguousarray(a.capacity[self.names].T.astype(np.float64))
        stage = np.repeat(np.arange(len(a.stage_task)), np.diff(a.mode_first))
        self.need = np.ascontiguousarray(a.stage_needs[stage][:, self.names])
        self.held = np.zeros(self.capacity.shape)

    @property
    def count(self) -> int:
        """Number of resources with a price, R."""
        return len(self.names)

    def pay(self, finish: Ints, fee: Array, price: Array) -> Array:
        """Return the pay of one team, tolls included, for each mode and day; the fee itself where nothing is needed.

        Parameters
        ----------
        finish, fee : (H + 1, modes).  price : (H, R).
        """
        if not self.count:
            return fee
        works = self.a.works.T.astype(np.float64)
        till = np.zeros((len(works) + 1, works.shape[1], self.count))
        np.cumsum(works[:, :, None] * price[:, None, :], axis=0, out=till[1:])
        pay = np.empty(fee.shape)
        add_tolls(finish, self.a.mode_crew, self.need, self.a.mode_works, till, fee, pay)
        return pay

    def short(self, gain: Array, mode_of: Ints, day_of: Ints, finish: Ints) -> Array:
        """Return the units that tasks' plans hold beyond those there are, (H, R): the slope of the bound, negated."""
        units_held(gain, self.a.stage_task, mode_of, day_of, finish, self.need, self.a.mode_works, self.a.works,
                   self.held)
        return np.asarray(self.held - self.capacity)

    def spread(self, price: Array) -> Array:
        """Return prices of all the problem's resources, (resources, H), 0 for those that no stage needs."""
        out = np.zeros(self.a.capacity.shape)
        out[self.names] = price.T
        return out
