"""Resources in the bound: tolls by hand, a bound that gets tighter and stays valid, prices that tell what is short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from benchmarks._plan_instances import instance

from safeground.plan.arrays import Arrays, build
from safeground.plan.bound import Bound, day_prices, way_prices
from safeground.plan.explain import explain, resource_prices
from safeground.plan.rules import work_by_day
from safeground.plan.solve import SolveSettings, first_plan, solve
from safeground.plan.stops import after_moves
from safeground.plan.tolls import Tolls
from safeground.records.planning import FULL_DAY, PlanProblem, PlanTask, PlanTeam, Stage
from support.brute_plan import best_plan, scarce_problem

DAYS = 12


def scarce(seed: int, units: int, **values: object) -> PlanProblem:
    """A problem of the published set whose manual and dog stages hold a casevac unit."""
    made = instance(50, 10, seed)
    tasks = tuple(replace(t, stages=tuple(
        replace(s, needs=(("casevac", 1),) if s.method in ("manual", "dog") else ()) for s in t.stages))
        for t in made.tasks)
    return replace(made, tasks=tasks, resources={"casevac": (units,) * made.days}, **values)  # type: ignore[arg-type]


def without(a: Arrays) -> Arrays:
    """The same problem with its needs forgotten: what the bound was before it knew resources."""
    return a._replace(stage_needs=np.zeros_like(a.stage_needs))


def bounds(a: Arrays, steps: int = 150) -> tuple[Bound, Bound]:
    quick = day_prices(a, float(first_plan(a).totals[0]) * 1.08, after_moves(2 * steps))
    return quick, way_prices(a, quick.price, after_moves(steps))


def two_fields(units: int, *, each: int = 1) -> PlanProblem:
    """Two like tasks of six team-days, a team for each, leave on days 3 and 4; each holds ambulances."""
    field = PlanTask(id="a", district="D", x_km=0.0, y_km=0.0, benefit_per_day=5.0,
                     stages=(Stage(method="manual", team_days=6.0, needs=(("ambulance", each),)),))
    teams = tuple(PlanTeam(id=i, methods=("manual",), calendar="c", x_km=0.0, y_km=0.0) for i in ("m", "n"))
    return PlanProblem(start=date(2030, 1, 1), days=DAYS, deferral_days=40, teams=teams,
                       tasks=(field, replace(field, id="b")),
                       resources={"ambulance": (units,) * DAYS, "eod": (1,) * DAYS},
                       calendars={"c": tuple(0 if day in (3, 4) else FULL_DAY for day in range(DAYS))})


def test_a_stage_pays_and_holds_its_units_on_its_working_days_alone() -> None:
    problem = two_fields(1, each=2)
    a = build(problem)
    tolls = Tolls(a)
    finish = np.ascontiguousarray(a.finish.T)
    price = np.arange(1.0, DAYS + 1)[:, None]
    pay = tolls.pay(finish, np.full(finish.shape, 7.0), price)
    work = work_by_day(problem, "c", "")
    for start in range(DAYS):
        end = int(finish[start, 0])
        worked = [d for d in range(start, min(end, DAYS)) if work[d]]
        assert pay[start, 0] == 7.0 + (2 * sum(price[d, 0] for d in worked) if end <= DAYS else 0.0)
        if end <= DAYS:
            short = tolls.short(np.array([1.0, 0.0]), np.array([0, 1]), np.array([start, start]), finish)
            assert np.array_equal(short[:, 0] + 1, [2.0 * (d in worked) for d in range(DAYS)])
    assert tolls.spread(price).shape == (2, DAYS)
    assert not tolls.spread(price)[1].any()


@pytest.mark.parametrize(("units", "least"), [(1, 0.3), (2, 0.1)])
def test_a_scarce_resource_makes_the_bound_clearly_tighter(units: int, least: float) -> None:
    problem = scarce(0, units)
    a = build(problem)
    value = solve(problem, after_moves(3000), SolveSettings(price_steps=200, way_steps=1)).value
    for known, unknown in zip(bounds(a), bounds(without(a)), strict=True):
        assert value <= known.value < (1 - least) * unknown.value


def test_the_bound_of_ways_starts_from_prices_that_suit_the_resource() -> None:
    quick, ways = bounds(build(scarce(0, 1)))
    assert ways.value < 1.02 * quick.value


def test_no_bound_with_resources_is_below_the_optimum_of_everything_tried() -> None:
    tighter = 0
    for seed in range(60):
        problem = scarce_problem(seed)
        held = {m for team in problem.teams for m in team.methods}
        if not all(stage.method in held for task in problem.tasks for stage in task.stages):
            continue
        a = build(problem)
        best = best_plan(problem)
        lowest = min(b.value for b in bounds(a, 40))
        assert lowest >= (best[0] if best else 0.0) - 1e-6, seed
        tighter += lowest < 0.98 * min(b.value for b in bounds(without(a), 40))
    assert tighter >= 15


def test_resources_that_no_stage_needs_leave_the_bound_as_it_is_to_the_last_bit() -> None:
    bare = instance(50, 10, 1)
    given = build(replace(bare, resources={"casevac": (1,) * bare.days}))
    for one, other in zip(bounds(build(bare), 30), bounds(given, 30), strict=True):
        assert one.value == other.value
        assert np.array_equal(one.price, other.price)
        assert not other.resource_price.any()
    finish = np.ascontiguousarray(given.finish.T)
    assert Tolls(given).pay(finish, fee := np.zeros(finish.shape), np.zeros((bare.days, 0))) is fee


def test_a_unit_more_has_a_price_only_where_units_are_short() -> None:
    prices = {}
    for units in (1, 2):
        problem = two_fields(units)
        a = build(problem)
        found = resource_prices(problem, a, bounds(a)[0])
        prices[units] = {p.resource: p.price for p in found}
        assert {(p.resource, p.units) for p in found} == {("ambulance", units), ("eod", 1)}
    assert prices[1]["ambulance"] > 1.0
    assert prices[2]["ambulance"] == pytest.approx(0.0, abs=0.05)
    assert prices[1]["eod"] == prices[2]["eod"] == 0.0


def test_a_task_that_cannot_pay_for_a_resource_names_it() -> None:
    problem = scarce(0, 1)
    solution = solve(problem, after_moves(1000), SolveSettings(price_steps=200, way_steps=40))
    left = explain(problem, solution.arrays, solution.plan, solution.prices)
    assert sum("dearest: casevac" in x.reason for x in left) > len(left) / 2
    assert resource_prices(problem, solution.arrays, Bound(0.0, solution.prices.price, solution.prices.gain,
                                                           solution.prices.gain, 0))[0].price == 0.0
