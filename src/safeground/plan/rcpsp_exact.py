"""The scheduling problem for CP-SAT (OR-Tools, extra ``plan``): intervals, cumulative resources, one mode each.

It proves bounds and improves what the search found; where OR-Tools is not installed it says so and nothing is lost.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

from safeground.plan.rcpsp import Schedule
from safeground.plan.rcpsp_net import Prepared


def has_exact() -> bool:
    """Whether OR-Tools is installed."""
    return importlib.util.find_spec("ortools") is not None


def improve_exactly(
    prepared: Prepared, known: Schedule | None, bound_days: int, *, seconds: float, workers: int = 2, seed: int = 0
) -> tuple[Schedule | None, int]:
    """Return the best schedule that CP-SAT finds within a time, and the lower bound that it proves.

    Parameters
    ----------
    known : a schedule to start from; its makespan bounds the search.  None: any schedule is sought.
    bound_days : a lower bound known already.
    seconds : wall time, at most.  With a limit in time the result may differ from run to run.
    workers : threads.

    Returns
    -------
    the schedule (the known one where nothing better was found, None where nothing was found at all), and the bound.
    """
    from ortools.sat.python import cp_model

    longest = prepared.horizon_days if known is None else known.makespan_days
    model, starts, chosen = _model(prepared, bound_days, longest)
    if known is not None:
        for activity, day in enumerate(known.start_day.tolist()):
            model.add_hint(starts[activity], day)
        for row, literal in chosen.items():
            model.add_hint(literal, int(prepared.row_mode[row] == known.mode[_owner(prepared, row)]))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed % 2**31
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return known, bound_days
    rows = prepared.net.first[:-1].copy()
    for row, literal in chosen.items():
        if solver.value(literal):
            rows[_owner(prepared, row)] = row
    found = prepared.schedule(np.array([solver.value(start) for start in starts], dtype=np.int64), rows)
    bound = max(bound_days, int(np.ceil(solver.best_objective_bound - 1e-6)))
    return (found if known is None or found.makespan_days < known.makespan_days else known), bound


def _owner(prepared: Prepared, row: int) -> int:
    return int(np.searchsorted(prepared.net.first, row, side="right")) - 1


def _model(prepared: Prepared, shortest: int, longest: int) -> tuple[Any, list[Any], dict[int, Any]]:
    """Return the model, the start of each activity and the literal of each row that is one of several."""
    from ortools.sat.python import cp_model

    net, problem = prepared.net, prepared.problem
    model = cp_model.CpModel()
    span = model.new_int_var(shortest, longest, "makespan")
    starts, ends, chosen = [], [], {}
    intervals: dict[int, Any] = {}
    for activity in range(problem.activity_count):
        own = range(int(net.first[activity]), int(net.first[activity + 1]))
        start = model.new_int_var(0, longest, f"start {activity}")
        if len(own) == 1:
            end: Any = start + int(net.days[own[0]])
            intervals[own[0]] = model.new_fixed_size_interval_var(start, int(net.days[own[0]]), f"work {own[0]}")
        else:
            end = model.new_int_var(0, longest, f"end {activity}")
            days = model.new_int_var_from_domain(
                cp_model.Domain.from_values(sorted({int(net.days[row]) for row in own})), f"days {activity}")
            model.new_interval_var(start, days, end, f"activity {activity}")
            for row in own:
                chosen[row] = model.new_bool_var(f"mode {row}")
                model.add(days == int(net.days[row])).only_enforce_if(chosen[row])
                intervals[row] = model.new_optional_interval_var(start, int(net.days[row]), end, chosen[row],
                                                                 f"work {row}")
            model.add_exactly_one(chosen[row] for row in own)
        starts.append(start)
        ends.append(end)
    for activity, after in enumerate(problem.successors):
        for other in after:
            model.add(starts[other] >= ends[activity])
        if not after:
            model.add(span >= ends[activity])
    _add_resources(model, prepared, intervals, chosen)
    model.minimize(span)
    return model, starts, chosen


def _add_resources(model: Any, prepared: Prepared, intervals: dict[int, Any], chosen: dict[int, Any]) -> None:
    problem = prepared.problem
    owner = {row: _owner(prepared, row) for row in intervals}
    original = {row: int(problem.first_mode[owner[row]] + prepared.row_mode[row]) for row in intervals}
    for resource, units in enumerate(problem.renewable_capacity.tolist()):
        demand = {row: int(problem.renewable[original[row], resource]) for row in intervals}
        users = [row for row in intervals if demand[row] and prepared.net.days[row]]
        if users:
            model.add_cumulative([intervals[row] for row in users], [demand[row] for row in users], units)
    for resource, units in enumerate(problem.nonrenewable_capacity.tolist()):
        used = [int(problem.nonrenewable[original[row], resource]) * chosen.get(row, 1) for row in intervals]
        model.add(sum(used) <= units)
