"""From a planning problem to a plan with its bound: greedy, prices, ruin and recreate, bound with travel, check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.invariant import invariant
from safeground.foundation.seeds import stream
from safeground.plan.arrays import Arrays, Ints, build, places_of
from safeground.plan.board import State, copy_state, empty_state, new_queue, settle
from safeground.plan.bound import Bound, day_prices, pool_workdays, way_prices
from safeground.plan.check import CheckReport, check_plan
from safeground.plan.ruin import fill, quality, search
from safeground.plan.stops import Progress, Stop, after_moves
from safeground.plan.timeline import new_desk
from safeground.records.planning import Assignment, Plan, PlanProblem

Array = NDArray[np.float64]
Tell = Callable[[str, float | None], None]
NEAR = 60
#: From so many tasks on a window's allowance is short for each task: smaller and cooler moves do better (measured).
LARGE = 500


@dataclass(frozen=True, slots=True)
class SolveSettings:
    """Numbers that steer the search; the defaults were measured on the published set.

    Attributes
    ----------
    seed : of all chance.
    price_steps, way_steps : subgradient steps of the quick bound and of the one with travel.
    slice_moves : moves between two questions to the stop rule.
    run_moves, runs_most : moves for each pair of tasks that one cooling takes, and most coolings from the first
        plan; of several the best counts.
    out_most, in_most : most tasks taken out, and most other tasks tried, in a move.
    warmth, cold : temperature at the start and at the end, as shares of the mean worth of a planned task.
    hire_weight, travel_weight : most that prices count in a move.
    blink : share of the ways to do a stage passed over at random in every fifth move.
    pull : share of moves after which stages begin as early as crews and order allow.
    orders : share of moves that put tasks in by worth or at random, not by merit.
    strings : share of moves that take out runs of several teams' stages around a place.
    """

    seed: int = 1
    price_steps: int = 500
    way_steps: int = 300
    slice_moves: int = 500
    run_moves: int = 60
    runs_most: int = 8
    out_most: int = 8
    in_most: int = 4
    warmth: float = 0.1
    cold: float = 0.005
    hire_weight: float = 0.6
    travel_weight: float = 1.0
    blink: float = 0.25
    pull: float = 0.03
    orders: float = 0.5
    strings: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A plan, what it is worth by an independent count, and the proof of how good it is.

    Attributes
    ----------
    plan : crews and days.  report : of the checker, with the worth recomputed.
    value, bound : worth of the plan, and no plan is worth more than the bound.
    prices : the multipliers.  greedy : worth of the first plan.  moves : search moves made.
    arrays : the problem's tables.
    """

    plan: Plan
    report: CheckReport
    value: float
    bound: float
    prices: Bound
    greedy: float
    moves: int
    arrays: Arrays

    @property
    def gap(self) -> float:
        """Share of the bound by which the plan may fall short of the best, 0 to 1."""
        return max(0.0, (self.bound - self.value) / self.bound) if self.bound > 0 else 0.0


def sized(rules: SolveSettings, tasks: int) -> SolveSettings:
    """Return the settings for a number of tasks: smaller moves and a cooler start from :data:`LARGE` tasks on."""
    if tasks < LARGE:
        return rules
    return replace(rules, out_most=min(rules.out_most, 4), in_most=min(rules.in_most, 3),
                   warmth=0.5 * rules.warmth, cold=0.6 * rules.cold)


def first_plan(a: Arrays) -> State:
    """Return the plan that puts tasks in by worth for each team-day of work, the best first."""
    return _filled(a, _density(a), np.zeros((len(a.pool_first) - 1, a.worth.shape[1])), np.zeros(len(a.pool_first) - 1))


def _density(a: Arrays) -> Array:
    days = a.worth.shape[1] - 1
    least = np.array([a.mode_work[f:e].min() if e > f else days
                      for f, e in zip(a.mode_first[:-1], a.mode_first[1:], strict=True)], dtype=np.float64)
    work = np.add.reduceat(least, a.stage_first[:-1]) if len(least) else np.ones(0)
    return np.asarray(a.worth[:, days // 2] / np.maximum(work, 1e-9), dtype=np.float64)


def _filled(a: Arrays, merit: Array, hire: Array, fee: Array) -> State:
    state = empty_state(a)
    fill(a, state, np.argsort(-merit, kind="stable").astype(np.int32), hire, fee, new_desk(a, hire),
         np.ones(1, dtype=np.uint64))
    return state


def neighbours(problem: PlanProblem, count: int = NEAR) -> Ints:
    """Return the nearest tasks of each task, itself first, shape (tasks, at most count)."""
    xy = places_of(problem)[0][: len(problem.tasks)]
    away = ((xy[:, None, :] - xy[None, :, :]) ** 2).sum(axis=2)
    return np.ascontiguousarray(np.argsort(away, axis=1, kind="stable")[:, :count].astype(np.int32))


def merit_of(prices: Bound) -> Array:
    """Return worth for each unit of hire at the prices, 1 for a task at the margin; within 0.4 and 10, (tasks,)."""
    cost = prices.plan_worth - prices.gain
    return np.asarray(np.where(prices.plan_worth > 0, prices.plan_worth / np.maximum(cost, 1e-9), 0.0).clip(0.4, 10))


def travel_prices(a: Arrays, prices: Bound) -> Array:
    """Return the mean price of a team-day of each pool on the days that it works, (pools,)."""
    works = pool_workdays(a)
    return np.asarray((prices.price * works).sum(axis=1) / np.maximum(works.sum(axis=1), 1))


def flat_hire(a: Arrays, fee: Array) -> Array:
    """Return the price of a team from the start up to each day, the same on each day its wave works, (pools, H + 1).

    The prices of the bound fall towards the end, where days are plenty; a crew must not wait for that.
    """
    hire = np.zeros((len(fee), a.worth.shape[1]))
    np.cumsum(pool_workdays(a) * fee[:, None], axis=1, out=hire[:, 1:])
    return hire


def solve(problem: PlanProblem, stop: Stop, settings: SolveSettings | None = None,
          tell: Tell | None = None) -> Solution:
    """Return the best plan found, its bound and the prices behind it.

    Parameters
    ----------
    stop : asked after every slice of moves.
    tell : told what goes on, with the share done where it is known.

    Raises
    ------
    RequestError : no team is accredited for a method that a task needs.
    InvariantBroken : the checker found a rule broken, or a worth above the bound: a fault of ours, nothing is returned.
    """
    rules = settings or SolveSettings()
    say = tell or (lambda text, share: None)
    a = build(problem)
    say("first plan", None)
    state = first_plan(a)
    greedy = float(state.totals[0])
    say("prices of a team-day", None)
    quick = day_prices(a, max(greedy, 1e-9) * 1.08, after_moves(rules.price_steps))
    state, moves = improve(problem, a, state, quick, stop, rules, say)
    say("bound with travel", None)
    ways = way_prices(a, quick.price, after_moves(rules.way_steps))
    best = ways if ways.value <= quick.value else quick
    return _checked(problem, a, state, best, greedy, moves)


def improve(problem: PlanProblem, a: Arrays, state: State, prices: Bound, stop: Stop, rules: SolveSettings,
            say: Tell) -> tuple[State, int]:
    """Search from a plan with ruin and recreate until the rule says stop; return the best plan and the moves made.

    The temperature falls by a constant factor with the share used up of a run.  How many runs from the first plan the
    allowance holds is told from the moves of the first slice: where moves are plenty, the best of several coolings
    does better than one long one, else one long one does better (measured).
    """
    rules = sized(rules, len(problem.tasks))
    trial, best = empty_state(a), empty_state(a)
    fee, merit, near = travel_prices(a, prices), merit_of(prices), neighbours(problem)
    hire = flat_hire(a, fee)
    for weight in (0.0, 0.1, 0.2):
        other = _filled(a, merit, hire * weight, fee * min(1.0, 5 * weight))
        if quality(a, other, penalty_of(a)) > quality(a, state, penalty_of(a)):
            state = other
    copy_state(state, best)
    first = empty_state(a)
    copy_state(state, first)
    box = np.array([stream(rules.seed, "plan", "search").integers(1, 2**62)], dtype=np.uint64)
    mean = float(state.totals[0]) / max(1, int((state.is_in > 0).sum()))
    desk, queue = new_desk(a, hire), new_queue(a)
    done, progress = 0, Progress(0, float(best.totals[0]), prices.value)
    runs, run = 1, 0
    while (share := stop.share(progress)) < 1.0:
        if done == 1:
            runs = runs_of(progress.moves / max(share, 1e-9), len(problem.tasks), rules)
        if int(share * runs) > run:
            run = int(share * runs)
            copy_state(first, state)
        share = share * runs - run
        heat = mean * rules.warmth * (rules.cold / rules.warmth) ** share
        steer = np.array([heat, heat, rules.hire_weight, rules.travel_weight, rules.blink, rules.pull,
                          rules.orders, rules.strings])
        with np.errstate(over="ignore"):  # the generator's product wraps around, in plain Python with a warning
            search(a, state, trial, best, near, merit, hire, fee, rules.slice_moves, steer, rules.out_most,
                   rules.in_most, penalty_of(a), _FREE, 0, desk, queue, box)
        done += 1
        progress = Progress(done * rules.slice_moves, float(best.totals[0]), prices.value)
        say(f"search: {best.totals[0]:,.0f} after {progress.moves:,} moves", min(1.0, stop.share(progress)))
    settle(a, best, _FREE, queue)
    return best, progress.moves


def runs_of(moves: float, tasks: int, rules: SolveSettings) -> int:
    """Return how many coolings from the first plan a number of moves is worth, 1 to ``runs_most``."""
    return max(1, min(rules.runs_most, round(moves / (rules.run_moves * max(1, tasks) ** 2))))


#: No published day is to be kept.
_FREE = np.zeros(0, dtype=np.int32)


def penalty_of(a: Arrays) -> float:
    """Return what one task missing in a district costs in the search: more than any task is worth."""
    return float(a.worth.max(initial=0.0) + a.bundle_bonus.sum()) + 1.0


def plan_of(problem: PlanProblem, a: Arrays, state: State) -> Plan:
    """Return a search state as a plan in the nouns."""
    out = []
    for stage in np.flatnonzero(state.mode >= 0):
        task = problem.tasks[a.stage_task[stage]]
        k = int(stage - a.stage_first[a.stage_task[stage]])
        crew = state.crew[stage][: a.mode_crew[state.mode[stage]]]
        out.append(Assignment(task_id=task.id, stage=k, method=task.stages[k].method,
                              team_ids=tuple(sorted(problem.teams[t].id for t in crew)),
                              start_day=int(state.start[stage]), end_day=int(state.end[stage])))
    return Plan(tuple(sorted(out, key=lambda x: (x.start_day, x.task_id, x.stage))))


def _checked(problem: PlanProblem, a: Arrays, state: State, prices: Bound, greedy: float, moves: int) -> Solution:
    plan = plan_of(problem, a, state)
    report = check_plan(problem, plan)
    faults = [v for v in report.violations if v.kind != "district_minimum"]
    invariant(not faults, f"the plan breaks {len(faults)} rules, first: {faults[0].message if faults else ''}")
    value = report.value
    invariant(abs(value - state.totals[0]) <= 1e-6 * max(1.0, abs(value)),
              f"the search counts a worth of {state.totals[0]}, the checker {value}")
    invariant(value <= prices.value + 1e-9 * abs(prices.value), f"worth {value} is above the bound {prices.value}")
    return Solution(plan, report, value, prices.value, prices, greedy, moves, a)
