"""Why a task is not in a plan: a gate, the window, its price, a cap, or teams and resources that others hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safeground.plan.arrays import CREW_LIMIT, Arrays
from safeground.plan.board import State, empty_state, put_stage, take_stage
from safeground.plan.bound import Bound, lifted_worth, pool_workdays
from safeground.plan.dual import fees, price_task
from safeground.plan.load import state_of
from safeground.plan.timeline import Desk, best_start, choose_crew, new_desk, put_task
from safeground.plan.tolls import Tolls
from safeground.records.planning import FULL_DAY, Plan, PlanProblem, PlanTask

Array = NDArray[np.float64]
Kind = Literal["gate", "never_fits", "price", "casualties", "teams", "resource", "fits"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A task that a plan leaves out.

    Attributes
    ----------
    kind : which sort of reason.  reason : in words, with figures.
    worth, hire : of the task at the prices, in the objective's unit; 0 where prices say nothing.
    """

    task_id: str
    kind: Kind
    reason: str
    worth: float = 0.0
    hire: float = 0.0


@dataclass(frozen=True, slots=True)
class MethodPrice:
    """What one more team-day of a method would be worth, a mean over the working days of its teams."""

    method: str
    teams: int
    price: float


@dataclass(frozen=True, slots=True)
class ResourcePrice:
    """What one more unit-day of a resource would be worth, a mean over the days on which some team works.

    Attributes
    ----------
    units : most that there are on any day.
    """

    resource: str
    units: int
    price: float


def method_prices(problem: PlanProblem, a: Arrays, prices: Bound) -> tuple[MethodPrice, ...]:
    """Return the mean price of a team-day of each method, the dearest first."""
    works, size = pool_workdays(a), np.diff(a.pool_first)
    methods = pool_methods(problem, a)
    out = []
    for method in sorted(set(methods)):
        mine = np.array([m == method for m in methods])
        days = (works * size[:, None])[mine]
        price = float((prices.price[mine] * days).sum() / max(float(days.sum()), 1.0))
        teams = {int(t) for p in np.flatnonzero(mine) for t in a.pool_team[a.pool_first[p] : a.pool_first[p + 1]]}
        out.append(MethodPrice(method, len(teams), price))
    return tuple(sorted(out, key=lambda m: (-m.price, m.method)))


def resource_prices(problem: PlanProblem, a: Arrays, prices: Bound) -> tuple[ResourcePrice, ...]:
    """Return the mean price of a unit-day of each resource, the dearest first; 0 where no stage needs it."""
    works = a.works.any(axis=0)
    known = prices.resource_price.size > 0
    out = [ResourcePrice(name, int(a.capacity[r].max()),
                         float(prices.resource_price[r, works].mean()) if known and works.any() else 0.0)
           for r, name in enumerate(sorted(problem.resources))]
    return tuple(sorted(out, key=lambda p: (-p.price, p.resource)))


def pool_methods(problem: PlanProblem, a: Arrays) -> list[str]:
    """Return the method of each pool."""
    names = [""] * (len(a.pool_first) - 1)
    stages = [stage for task in problem.tasks for stage in task.stages]
    for row, stage in enumerate(stages):
        for mode in range(a.mode_first[row], a.mode_first[row + 1]):
            names[a.mode_pool[mode]] = stage.method
    return names


def explain(problem: PlanProblem, a: Arrays, plan: Plan, prices: Bound) -> tuple[LeftOut, ...]:
    """Return the reason for each task that a plan leaves out, in the order of the problem."""
    state, planned = state_of(problem, a, plan), {x.task_id for x in plan.assignments}
    return tuple(_why(problem, a, state, prices, i) for i, task in enumerate(problem.tasks) if task.id not in planned)


def _why(problem: PlanProblem, a: Arrays, state: State, prices: Bound, i: int) -> LeftOut:
    task = problem.tasks[i]
    if task.unmet_gates:
        return LeftOut(task.id, "gate", f"gate not met: {', '.join(task.unmet_gates)}")
    cap = problem.casualties_max
    if cap is not None and task.casualties > cap:
        return LeftOut(task.id, "casualties", f"it alone expects {task.casualties:.2g} casualties; the cap is "
                       f"{cap:.2g}")
    free, fee, desk = _nothing(a)
    if not put_task(a, empty_state(a), i, free, fee, 0.0, desk, _chance()):
        return LeftOut(task.id, "never_fits", _never(problem, a, task, i))
    worth, hire, dearest = _hire(problem, a, prices, i)
    if worth <= 0:
        return LeftOut(task.id, "price", "it has no worth in this objective")
    if hire >= worth:
        return LeftOut(task.id, "price", f"its hire of about {hire:,.1f} at today's prices is more than its worth of "
                       f"{worth:,.1f}; dearest: {dearest}", worth, hire)
    if cap is not None and state.totals[1] + task.casualties > cap:
        return LeftOut(task.id, "casualties", f"its {task.casualties:.2g} expected casualties do not fit under the cap "
                       f"of {cap:.2g} beside the planned tasks", worth, hire)
    kind, reason = _crowded(problem, a, state, i)
    return LeftOut(task.id, kind, reason, worth, hire)


def _nothing(a: Arrays) -> tuple[Array, Array, Desk]:
    """Prices of 0, and room to work in."""
    pools, days = len(a.pool_first) - 1, a.worth.shape[1] - 1
    free = np.zeros((pools, days + 1))
    return free, np.zeros(pools), new_desk(a, free)


def _chance() -> NDArray[np.uint64]:
    """A generator that nothing draws from."""
    return np.ones(1, dtype=np.uint64)


def _never(problem: PlanProblem, a: Arrays, task: PlanTask, i: int) -> str:
    """Say how many working days a task needs at least, and how many there are."""
    need = 0
    for k, stage in enumerate(task.stages):
        row = int(a.stage_first[i]) + k
        crew = max((int(c) for c in a.mode_crew[a.mode_first[row] : a.mode_first[row + 1]]), default=1)
        need += math.ceil(math.ceil(stage.team_days * FULL_DAY / min(crew, CREW_LIMIT)) / FULL_DAY)
    lags = sum(stage.lag_days for stage in task.stages)
    there = max(sum(share > 0 for share in shares[task.earliest_day:]) for shares in problem.calendars.values())
    waits = f" and {lags} days of waiting" if lags else ""
    return (f"never fits: it needs {need} working days{waits} even with all teams free; the window has {there} for a "
            "team, before travel and seasons")


def _hire(problem: PlanProblem, a: Arrays, prices: Bound, i: int) -> tuple[float, float, str]:
    """Return a task's worth and hire in its best way at the prices, and the method or resource that is dearest."""
    days = a.worth.shape[1] - 1
    hire = np.zeros((days + 1, prices.price.shape[0]))
    np.cumsum(prices.price.T, axis=0, out=hire[1:])
    first, end = int(a.stage_first[i]), int(a.stage_first[i + 1])
    value = np.zeros((end - first, days + 1))
    mode, start = (np.zeros((end - first, days + 1), dtype=np.int32) for _ in range(2))
    worth = lifted_worth(a)
    finish = np.ascontiguousarray(a.finish.T)
    fee = np.zeros(finish.shape)
    fees(finish, a.mode_pool, hire, fee)
    tolls = Tolls(a)
    if prices.resource_price.size:
        fee = tolls.pay(finish, fee, np.ascontiguousarray(prices.resource_price[tolls.names].T))
    price_task(a, worth, finish, fee, i, value, mode, start)
    low = int(a.open_day[i])
    costs: dict[str, float] = {}
    for k in range(end - first):
        low = min(days, low + int(a.stage_lag[first + k]))
        m, day = int(mode[k, low]), int(start[k, low])
        if m < 0:
            return 0.0, 0.0, ""
        low = int(a.finish[m, day])
        pool = a.mode_pool[m]
        method = problem.tasks[i].stages[k].method
        costs[method] = costs.get(method, 0.0) + float(a.mode_crew[m] * (hire[low, pool] - hire[day, pool]))
        if prices.resource_price.size:
            unit = prices.resource_price[:, day:low] @ a.works[a.mode_works[m], day:low]
            for r, name in enumerate(sorted(problem.resources)):
                costs[name] = costs.get(name, 0.0) + float(a.stage_needs[first + k, r] * unit[r])
    return float(worth[i, low]), math.fsum(costs.values()), max(costs, key=lambda name: costs[name])


def _crowded(problem: PlanProblem, a: Arrays, state: State, i: int) -> tuple[Kind, str]:
    """Say which stage of a task does not fit beside the plan, and for want of what; the state is left as it was."""
    task, low = problem.tasks[i], int(a.open_day[i])
    first, end = int(a.stage_first[i]), int(a.stage_first[i + 1])
    free, fee, desk = _nothing(a)
    done: list[int] = []
    kind: Kind = "fits"
    reason = "it fits beside the plan; a longer search may take it in"
    for stage in range(first, end):
        low += int(a.stage_lag[stage])
        mode, day = best_start(a, state, stage, low, free, fee, 0.0, desk, _chance())
        if mode < 0 or not choose_crew(a, state, stage, mode, day, 0.0, desk, _chance()):
            kind, reason = _shortage(problem, a, state, stage, low, task.stages[stage - first].method)
            break
        put_stage(a, state, stage, mode, day)
        done.append(stage)
        low = int(state.end[stage])
    for stage in done:
        take_stage(a, state, stage)
    return kind, reason


def _shortage(problem: PlanProblem, a: Arrays, state: State, stage: int, low: int, method: str) -> tuple[Kind, str]:
    free, fee, desk = _nothing(a)
    for r, name in enumerate(sorted(problem.resources)):
        if a.stage_needs[stage, r] > 0:
            capacity = a.capacity.copy()
            capacity[r] = np.iinfo(np.int32).max // 2
            if best_start(a._replace(capacity=capacity), state, stage, low, free, fee, 0.0, desk, _chance())[0] >= 0:
                return "resource", f"crowded out: {name} is held by better tasks"
    return "teams", f"crowded out: the {method} teams are with tasks worth more, or too far away"
