"""Find short schedules: islands that breed, then an exact solver from the best of them, then islands again.

The engine asks a rule when to stop, never a clock: with a rule that counts, the same seed gives the same schedule.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from safeground.foundation.errors import RequestError
from safeground.foundation.invariant import invariant
from safeground.foundation.seeds import stream
from safeground.plan.compiled import IS_COMPILED
from safeground.plan.rcpsp import Rcpsp, Schedule
from safeground.plan.rcpsp_check import faults_of
from safeground.plan.rcpsp_decode import Desk
from safeground.plan.rcpsp_evolve import PENALTY, Crowd, breed, settle
from safeground.plan.rcpsp_exact import has_exact, improve_exactly
from safeground.plan.rcpsp_net import make_desk, prepare

ISLAND_SIZE = 200
#: An activity takes a better mode on the way this often in a thousand.
MODE_PERMILLE = 100
#: Shares of the time: first search, exact solver from its best; the rest goes to search again.
FIRST_SHARE, EXACT_SHARE = 0.25, 0.35


class Stop(Protocol):
    """A rule when to stop, asked again and again: True ends the search."""

    def __call__(self, iterations: int, best: int) -> bool:
        """Say whether to stop after so many children, at so good a score (days, or more while stocks are short)."""
        ...


def max_iterations(count: int) -> Stop:
    """Return a rule that stops after at least so many children of all islands together."""
    return lambda iterations, best: iterations >= count


def max_seconds(seconds: float) -> Stop:
    """Return a rule that stops when so much wall time has passed since this call."""
    end = time.perf_counter() + seconds
    return lambda iterations, best: time.perf_counter() >= end


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a search found.

    Attributes
    ----------
    schedule : passed the checker.
    lower_bound_days : no schedule is shorter.
    iterations : children that were bred.
    """

    schedule: Schedule
    lower_bound_days: int
    iterations: int

    @property
    def is_optimal(self) -> bool:
        """Whether the makespan meets the lower bound."""
        return self.schedule.makespan_days == self.lower_bound_days


class Search:
    """Islands of schedules of one problem; `run` goes on where the last run ended.

    Parameters
    ----------
    problem : what is to be scheduled.
    seed : any integer >= 0.
    islands : how many breed side by side, each in a thread of its own; part of what the result depends on.
    """

    def __init__(self, problem: Rcpsp, *, seed: int = 0, islands: int = 2) -> None:
        self.prepared = prepare(problem)
        self.iterations = 0
        self._best: Schedule | None = None
        self.score = np.iinfo(np.int64).max
        self._permille = 0 if problem.is_single_mode else MODE_PERMILLE
        count = problem.activity_count
        self._chunk = max(20, min(2000, 200_000 // count)) if IS_COMPILED else max(1, 400 // count)
        self._places = []
        for island in range(islands):
            start = int(stream(seed, "rcpsp", island).integers(1, 2**31 - 1))
            size = ISLAND_SIZE if IS_COMPILED else 10
            crowd = Crowd(*(np.zeros((size, count), np.int64) for _ in range(3)),
                          *(np.zeros(size, np.int64) for _ in range(2)))
            self._places.append((make_desk(self.prepared, start), crowd))
        self._is_settled = False

    @property
    def best(self) -> Schedule | None:
        """The shortest schedule seen that keeps every rule; None before there is one."""
        return self._best

    def run(self, stop: Stop) -> None:
        """Breed until the rule says stop, or a schedule as short as the lower bound is found."""
        with ThreadPoolExecutor(len(self._places)) as pool:
            self._begin(pool)
            while self.score > self.prepared.lower_bound_days and not stop(self.iterations, self.score):
                list(pool.map(self._breed, self._places))
                self.iterations += self._chunk * len(self._places)
                self._gather()

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        if not self._is_settled:
            list(pool.map(self._settle, self._places))
            self._is_settled = True
            self._gather()

    def _settle(self, place: tuple[Desk, Crowd]) -> None:
        settle(self.prepared.net, *place, self._permille)

    def _breed(self, place: tuple[Desk, Crowd]) -> None:
        breed(self.prepared.net, *place, self._chunk, self._permille)

    def _gather(self) -> None:
        for _, crowd in self._places:
            at = int(crowd.score.argmin())
            if crowd.score[at] < self.score:
                self.score = int(crowd.score[at])
                if self.score < PENALTY:
                    self._best = self.prepared.schedule(crowd.start[at], crowd.row[at])

    def offer(self, schedule: Schedule) -> None:
        """Let a schedule from elsewhere take the place of the worst on each island, if it is shorter than the best."""
        with ThreadPoolExecutor(len(self._places)) as pool:
            self._begin(pool)
        if schedule.makespan_days >= self.score:
            return
        rank = np.argsort(np.array(self.prepared.problem.topological_order()))
        order = np.lexsort((rank, schedule.start_day))
        for _, crowd in self._places:
            at = int(crowd.score.argmax())
            crowd.order[at], crowd.start[at] = order, schedule.start_day
            crowd.row[at] = self.prepared.rows_of(schedule)
            crowd.span[at] = crowd.score[at] = schedule.makespan_days
        self._gather()


def solve_rcpsp(problem: Rcpsp, stop: Stop, *, seed: int = 0, islands: int = 2) -> Answer:
    """Return the shortest schedule that breeding finds before the rule says stop.

    Parameters
    ----------
    stop : asked after every few thousand children; see :func:`max_iterations` and :func:`max_seconds`.
    seed, islands : as in :class:`Search`; with :func:`max_iterations` they decide the result.

    Raises
    ------
    RequestError : the problem is too large, or no choice of modes within the non-renewable resources was found.
    """
    search = Search(problem, seed=seed, islands=islands)
    search.run(stop)
    return _answer(problem, search.best, search.prepared.lower_bound_days, search.iterations)


def solve_within(problem: Rcpsp, seconds: float, *, seed: int = 0, workers: int = 2) -> Answer:
    """Return the shortest schedule found within a wall time by search and, where installed, by CP-SAT.

    A quarter of the time breeds a start, 35 % is the exact solver's, and what is left breeds on from the best; each
    part ends early when a schedule meets the lower bound.

    Parameters
    ----------
    seconds : wall time; a last handful of children may overrun it by some tenths of a second.
    workers : threads at any time.

    Raises
    ------
    RequestError : as :func:`solve_rcpsp`.
    """
    whole = max_seconds(seconds)
    search = Search(problem, seed=seed, islands=workers)
    search.run(max_seconds(FIRST_SHARE * seconds))
    bound, best = search.prepared.lower_bound_days, search.best
    if has_exact() and (best is None or best.makespan_days > bound):
        best, bound = improve_exactly(search.prepared, best, bound, seconds=EXACT_SHARE * seconds, workers=workers,
                                      seed=seed)
        if best is not None:
            search.offer(best)
    search.run(lambda iterations, score: score <= bound or whole(iterations, score))
    return _answer(problem, search.best, bound, search.iterations)


def _answer(problem: Rcpsp, best: Schedule | None, bound: int, iterations: int) -> Answer:
    if best is None:
        raise RequestError("SG-PLAN-034", "scheduling problem", "no modes were found that keep within the "
                           "non-renewable resources.", "Search longer, or raise a capacity.")
    faults = faults_of(problem, best)
    invariant(not faults, "; ".join(faults[:3]), subject="schedule")
    invariant(best.makespan_days >= bound, f"makespan {best.makespan_days} below the bound {bound}", subject="schedule")
    return Answer(best, bound, iterations)
