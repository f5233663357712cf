"""Trying everything gives the answers worked out by hand, and never a plan that the checker refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from safeground.plan.check import check_plan
from safeground.plan.practice import dispatch
from safeground.records.planning import PlanProblem, PlanTask, PlanTeam, Stage
from support.brute_plan import best_plan, small_problem

OBJECTIVES: Any = ("benefit_days", "score", "net_present_value", "corridors")


def task(id: str, benefit: float, *stages: Stage, **more: Any) -> PlanTask:
    return PlanTask(**{"id": id, "district": "d", "x_km": 0, "y_km": 0, "benefit_per_day": benefit, "stages": stages,
                       **more})


def team(id: str, method: str = "manual", **more: Any) -> PlanTeam:
    return PlanTeam(**{"id": id, "methods": (method,), "calendar": "c", "x_km": 0, "y_km": 0, **more})


def problem(days: int, deferral: int, tasks: tuple[PlanTask, ...], teams: tuple[PlanTeam, ...],
            **more: Any) -> PlanProblem:
    return PlanProblem(**{"start": date(2026, 3, 2), "days": days, "deferral_days": deferral, "tasks": tasks,
                          "teams": teams, "calendars": {"c": (1000,) * days}, **more})


def manual(team_days: float, **more: Any) -> Stage:
    return Stage(method="manual", team_days=team_days, **more)


# One team, two tasks: the one worth most per day of work comes first, 3 · (10 - 2) + 2 · (10 - 5) = 34.
ORDER = problem(5, 10, (task("A", 2, manual(3)), task("B", 3, manual(2))), (team("h1"),))
# A crew of two waits a day for the one that moves, works two days and gets the bonus: (10 - 3) + 5 = 12; alone 10 - 4.
CREW = problem(6, 10, (task("A", 1, manual(4, crew_max=2), bonus=5.0, bonus_day=3),), (team("h1"), team("h2", x_km=10)))
# Leave on day 2, no ambulance on day 0, rain on day 3 for A's manual work, a day's lag after the machine.  B on days 1
# and 3 is worth 3 · (20 - 4); A, machine on day 0 and manual on days 4 and 5, is worth 20 - 6: together 62.
CHAIN = problem(
    8, 20, (task("A", 1, Stage(method="machine", team_days=1), manual(2, lag_days=1, season="dry")),
            task("B", 3, manual(2, needs=(("ambulance", 1),)))), (team("m1", "machine"), team("h1")),
    calendars={"c": (1000, 1000, 0, 1000, 1000, 1000, 1000, 1000)}, resources={"ambulance": (0, *(1,) * 7)},
    seasons={"dry": (1000, 1000, 1000, 0, 1000, 1000, 1000, 1000)})
# Both halves of a road, (10 - 2) + (10 - 4) + 100, beat the best single task, 10 · (10 - 2) + (10 - 4).
ROAD = problem(4, 10, (task("X", 10, manual(2)), task("Y", 1, manual(2), bundle="road"),
                       task("Z", 1, manual(2), bundle="road")), (team("h1"),), objective="corridors",
               bundle_bonus={"road": 100.0})


@pytest.mark.parametrize(("made", "value"), [(ORDER, 34), (CREW, 12), (CHAIN, 62), (ROAD, 114)],
                         ids=["order", "crew", "chain", "road"])
@pytest.mark.parametrize("every_start", [False, True])
def test_the_best_value_is_the_one_worked_out_by_hand(made: PlanProblem, value: float, every_start: bool) -> None:
    best = best_plan(made, every_start=every_start)
    assert best is not None
    assert best[0] == pytest.approx(value)
    report = check_plan(made, best[1])
    assert report.violations == ()
    assert report.value == pytest.approx(value)


def test_caps_and_minimums_are_kept_or_there_is_no_plan() -> None:
    risky = replace(ORDER, tasks=tuple(replace(t, casualties=0.1) for t in ORDER.tasks))
    capped = best_plan(replace(risky, casualties_max=0.15))
    assert capped is not None
    assert capped[0] == 24
    assert best_plan(replace(risky, casualties_max=0.15, district_minimum={"d": 2})) is None


@pytest.mark.parametrize("seed", range(40))
def test_the_best_plan_passes_the_checker_and_practice_is_no_better(seed: int) -> None:
    made = small_problem(seed, OBJECTIVES[seed % 4], limits=seed % 5 == 4)
    best, practice = best_plan(made), check_plan(made, dispatch(made))
    if best is None:
        assert not practice.is_feasible
        return
    report = check_plan(made, best[1])
    assert report.violations == ()
    assert report.value == pytest.approx(best[0])
    assert not practice.is_feasible or practice.value <= best[0] + 1e-9


@pytest.mark.parametrize("seed", range(60))
def test_the_earliest_start_of_each_stage_is_enough(seed: int) -> None:
    made = small_problem(seed, OBJECTIVES[seed % 4], limits=seed % 5 == 4)
    made = replace(made, tasks=made.tasks[:3])
    early, every = best_plan(made), best_plan(made, every_start=True)
    assert (early is None) == (every is None)
    assert early is None or every is None or early[0] == pytest.approx(every[0])


def test_small_problems_are_worth_solving() -> None:
    """Most leave something to choose: more than one task released, crews of two, practice beaten."""
    found = [(made, best[1]) for made in map(small_problem, range(30)) if (best := best_plan(made)) is not None]
    assert sum(len({a.task_id for a in plan.assignments}) > 1 for _, plan in found) > 15
    assert any(len(a.team_ids) > 1 for _, plan in found for a in plan.assignments)
    assert sum(check_plan(m, dispatch(m)).value < check_plan(m, p).value - 1e-9 for m, p in found) > 10
