"""A published plan in a changed world: what still holds is kept, what does not is planned anew.

Of the plan, every task stays whose stages still keep the rules of the new problem; the search may then take out and put
in what it likes, as long as no more published first days change than allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.invariant import invariant
from safeground.foundation.seeds import stream
from safeground.plan.arrays import Arrays, build
from safeground.plan.board import State, copy_state, empty_state, new_queue
from safeground.plan.bound import day_prices, way_prices
from safeground.plan.check import CheckReport, check_plan
from safeground.plan.load import state_of
from safeground.plan.ruin import search
from safeground.plan.solve import (
    Solution,
    SolveSettings,
    flat_hire,
    merit_of,
    neighbours,
    penalty_of,
    plan_of,
    travel_prices,
)
from safeground.plan.stops import Progress, Stop, after_moves
from safeground.plan.timeline import new_desk
from safeground.records.planning import Plan, PlanProblem

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Replan:
    """The new plan beside the published one.

    Attributes
    ----------
    plan, report : the new plan and what the checker says.
    dropped : tasks whose published stages no longer keep the rules.
    kept_share : share of the other tasks' stages that begin on their published day.
    moves : search moves made.
    """

    plan: Plan
    report: CheckReport
    dropped: tuple[str, ...]
    kept_share: float
    moves: int = 0


def replan(problem: PlanProblem, published: Plan, today: int, stop: Stop, settings: SolveSettings | None = None,
           changes_share: float = 0.1) -> Replan:
    """Return a plan for the changed problem that keeps what it can of the published one.

    Parameters
    ----------
    problem : the world as it is now, teams that are lost left out or with an earlier last day.
    today : nothing that has begun before this day moves, nothing else may begin before it.
    changes_share : most published first days that may change, as a share of those that still hold.

    Notes
    -----
    A task that is dropped although it has begun is planned again from its first stage: give it with the stages that are
    left.  A team with no task kept starts from its base.
    """
    rules = settings or SolveSettings()
    a = build(problem)
    state, kept, dropped = _loaded(problem, a, published, today)
    a.open_day[:] = np.maximum(a.open_day, today)
    prices = day_prices(a, max(1e-9, float(state.totals[0])), after_moves(60))
    trial, best = empty_state(a), empty_state(a)
    copy_state(state, best)
    box = np.array([stream(rules.seed, "plan", "replan").integers(1, 2**62)], dtype=np.uint64)
    warm = 0.25 * rules.warmth * float(state.totals[0]) / max(1, int((state.is_in > 0).sum()))
    steer = np.array([warm, 0.5 * warm, rules.hire_weight, rules.travel_weight, rules.blink, rules.pull,
                      rules.orders, rules.strings])
    near, merit, fee, moves = neighbours(problem), merit_of(prices), travel_prices(a, prices), 0
    hire = flat_hire(a, fee)
    desk, queue = new_desk(a, hire), new_queue(a)
    most = int(changes_share * (kept >= 0).sum())
    while not stop(Progress(moves, float(best.totals[0]), prices.value)):
        with np.errstate(over="ignore"):
            search(a, state, trial, best, near, merit, hire, fee, 100, steer, 4, rules.in_most, penalty_of(a), kept,
                   most, desk, queue, box)
        moves += 100
    plan = plan_of(problem, a, best)
    held = kept >= 0
    same = float((best.start[held] == kept[held]).mean()) if held.any() else 1.0
    return Replan(plan, check_plan(problem, plan), dropped, same, moves)


def with_bound(problem: PlanProblem, found: Replan, settings: SolveSettings | None = None) -> Solution:
    """Return the new plan with a bound that no plan of the changed problem can beat, whatever it keeps.

    Raises
    ------
    InvariantBroken : the checker found a rule broken, or a worth above the bound: a fault of ours.
    """
    rules, value = settings or SolveSettings(), found.report.value
    faults = [v for v in found.report.violations if v.kind != "district_minimum"]
    invariant(not faults, f"the plan breaks {len(faults)} rules, first: {faults[0].message if faults else ''}")
    a = build(problem)
    quick = day_prices(a, max(value, 1e-9) * 1.08, after_moves(rules.price_steps))
    ways = way_prices(a, quick.price, after_moves(rules.way_steps))
    prices = ways if ways.value <= quick.value else quick
    invariant(value <= prices.value + 1e-9 * abs(prices.value), f"worth {value} is above the bound {prices.value}")
    return Solution(found.plan, found.report, value, prices.value, prices, value, found.moves, a)


def _loaded(problem: PlanProblem, a: Arrays, published: Plan, today: int) -> tuple[State, Ints, tuple[str, ...]]:
    """Put the published plan in; take out tasks that break a rule; pin those begun before today."""
    violations = check_plan(problem, published).violations
    broken = {v.task_id for v in violations if v.task_id}
    teams = {v.team_id for v in violations if v.team_id and not v.task_id}
    broken |= {x.task_id for x in published.assignments if set(x.team_ids) & teams}
    state = state_of(problem, a, published, broken)
    kept = np.where(state.mode >= 0, state.start, -1).astype(np.int32)
    for i in range(len(problem.tasks)):
        first = a.stage_first[i]
        if state.is_in[i] and 0 <= state.start[first] < today:
            state.is_in[i] = 2
    return state, kept, tuple(sorted(broken))
