"""The checker passes a plan that can be carried out, names each broken rule, and computes the worth anew."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from benchmarks._plan_instances import instance

from safeground.plan.check import ViolationKind, check_plan
from safeground.plan.practice import dispatch
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage

LEAVE = tuple(0 if d in (5, 6) else 1000 for d in range(20))
ALWAYS = (1000,) * 20
DRY = tuple(0 if d == 4 else 1000 for d in range(20))
AMBULANCE = (("ambulance", 1),)
TASKS = (
    PlanTask(id="T1", district="north", x_km=0, y_km=0, benefit_per_day=2, bonus=10, bonus_day=12, score=7,
             bundle="road", casualties=0.1, stages=(
                 Stage(method="machine", team_days=2),
                 Stage(method="manual", team_days=6, crew_max=2, lag_days=1, needs=AMBULANCE),
                 Stage(method="qc", team_days=1))),
    PlanTask(id="T2", district="north", x_km=10, y_km=0, benefit_per_day=1, bonus=99, bonus_day=10, score=5,
             bundle="road", casualties=0.2, earliest_day=4,
             stages=(Stage(method="manual", team_days=3, season="dry", needs=AMBULANCE),)),
    PlanTask(id="T3", district="south", x_km=0, y_km=0, benefit_per_day=1, unmet_gates=("survey missing",),
             stages=(Stage(method="qc", team_days=1),)),
    PlanTask(id="T4", district="south", x_km=0, y_km=0, benefit_per_day=1, bundle="canal",
             stages=(Stage(method="qc", team_days=1),)),
)
TEAMS = (
    PlanTeam(id="m1", methods=("machine",), calendar="leave", x_km=0, y_km=0),
    PlanTeam(id="h1", methods=("manual",), calendar="leave", x_km=0, y_km=0),
    PlanTeam(id="h2", methods=("manual", "qc"), calendar="leave", x_km=0, y_km=0),
    PlanTeam(id="h3", methods=("manual",), calendar="always", x_km=0, y_km=0),
    PlanTeam(id="q1", methods=("qc",), calendar="always", x_km=0, y_km=0, first_day=2, last_day=18),
)
PROBLEM = PlanProblem(
    start=date(2026, 3, 2), days=20, deferral_days=100, tasks=TASKS, teams=TEAMS,
    calendars={"leave": LEAVE, "always": ALWAYS}, seasons={"dry": DRY}, resources={"ambulance": (1,) * 20},
    bundle_bonus={"road": 30.0, "canal": 500.0, "rail": 7.0}, casualties_max=0.3, district_minimum={"north": 2},
    discount_per_year=math.exp(0.365) - 1)


def work(task_id: str, stage: int, method: str, team_ids: str, start_day: int, end_day: int) -> Assignment:
    return Assignment(task_id=task_id, stage=stage, method=method, team_ids=tuple(team_ids.split()),
                      start_day=start_day, end_day=end_day)


# The machine works on days 0-1; after a day's lag two manual teams need three working days each, with leave on days
# 5 and 6 between; the second manual task is 10 km away, a day's move, and waits for the ambulance.
MACHINE = work("T1", 0, "machine", "m1", 0, 2)
MANUAL = work("T1", 1, "manual", "h1 h2", 3, 8)
QC = work("T1", 2, "qc", "q1", 8, 9)
SECOND = work("T2", 0, "manual", "h3", 8, 11)
PLAN = (MACHINE, MANUAL, QC, SECOND)


def task_changed(task_id: str, **changes: Any) -> PlanProblem:
    return replace(PROBLEM, tasks=tuple(replace(t, **changes) if t.id == task_id else t for t in TASKS))


def team_changed(team_id: str, **changes: Any) -> PlanProblem:
    return replace(PROBLEM, teams=tuple(replace(t, **changes) if t.id == team_id else t for t in TEAMS))


def test_a_plan_that_can_be_carried_out_passes() -> None:
    report = check_plan(PROBLEM, Plan(PLAN))
    assert report.violations == ()
    assert report.is_feasible
    assert report.released == ("T1", "T2")
    assert report.authority_score == 12
    assert report.casualties == pytest.approx(0.3)


def test_an_empty_plan_passes_where_nothing_is_asked_for() -> None:
    report = check_plan(replace(PROBLEM, district_minimum={}), Plan(()))
    assert (report.violations, report.value, report.released, report.casualties) == ((), 0.0, (), 0.0)


@pytest.mark.parametrize(("objective", "value"), [
    # T1 is released on day 9, with its bonus; T2 on day 11, a day too late for its own.
    ("benefit_days", 2 * (100 - 9) + 10 + 1 * (100 - 11)),
    ("score", 7 + 5),
    ("corridors", 2 * (100 - 9) + 10 + 1 * (100 - 11) + 30),
    # At 0.001 a day: 2 · (e^-0.009 - e^-0.1) / 0.001 + 10 · e^-0.012 + 1 · (e^-0.011 - e^-0.1) / 0.001.
    ("net_present_value", 2 * 86.202961 + 10 * 0.988071712 + 84.222861),
])
def test_the_value_is_the_one_worked_out_by_hand(objective: Any, value: float) -> None:
    assert check_plan(replace(PROBLEM, objective=objective), Plan(PLAN)).value == pytest.approx(value, rel=1e-7)


def test_present_value_without_discount_is_benefit_days() -> None:
    problem = replace(PROBLEM, objective="net_present_value", discount_per_year=0.0)
    assert check_plan(problem, Plan(PLAN)).value == pytest.approx(281)


def test_half_a_corridor_earns_no_bonus() -> None:
    report = check_plan(replace(PROBLEM, objective="corridors"), Plan(PLAN[:3]))
    assert report.value == 192
    assert report.released == ("T1",)


BROKEN: list[tuple[str, set[str], PlanProblem, tuple[Assignment, ...]]] = [
    ("unknown task", {"unknown_task", "district_minimum"}, PROBLEM, (*PLAN[:3], replace(SECOND, task_id="T9"))),
    ("unknown team", {"unknown_team"}, PROBLEM, (*PLAN[:3], replace(SECOND, team_ids=("h9",)))),
    ("unknown stage", {"unknown_stage", "chain_incomplete", "district_minimum"}, PROBLEM,
     (*PLAN[:3], replace(SECOND, stage=1))),
    ("negative stage", {"unknown_stage", "chain_incomplete", "district_minimum"}, PROBLEM,
     (*PLAN[:3], replace(SECOND, stage=-1))),
    ("other method", {"wrong_method"}, PROBLEM, (*PLAN[:3], replace(SECOND, method="dog"))),
    ("no crew", {"no_crew"}, PROBLEM, (*PLAN[:3], replace(SECOND, team_ids=()))),
    ("crew of two for one", {"crew_too_large"}, PROBLEM, (*PLAN[:3], work("T2", 0, "manual", "h1 h2", 9, 11))),
    ("same team twice", {"team_twice"}, PROBLEM, (MACHINE, replace(MANUAL, team_ids=("h1", "h1")), QC, SECOND)),
    ("manual team on the machine", {"not_accredited"}, PROBLEM, (replace(MACHINE, team_ids=("h3",)), *PLAN[1:])),
    ("two leave waves", {"mixed_calendars"}, PROBLEM,
     (MACHINE, replace(MANUAL, team_ids=("h1", "h3")), QC, replace(SECOND, team_ids=("h2",)))),
    ("beyond the window", {"outside_window"}, PROBLEM, (*PLAN[:3], replace(SECOND, start_day=18, end_day=21))),
    ("before the window", {"outside_window", "team_unavailable", "before_earliest_day"}, PROBLEM,
     (replace(MACHINE, start_day=-1, end_day=1), *PLAN[1:])),
    ("start on leave", {"not_a_working_day"}, PROBLEM,
     (MACHINE, replace(MANUAL, start_day=5, end_day=10), work("T1", 2, "qc", "q1", 10, 11),
      replace(SECOND, start_day=10, end_day=13))),
    ("start out of season", {"not_a_working_day"}, task_changed("T1", stages=(TASKS[0].stages[0],)),
     (MACHINE, replace(SECOND, start_day=4, end_day=8))),
    ("a day too long", {"wrong_end_day"}, PROBLEM, (*PLAN[:3], replace(SECOND, end_day=12))),
    ("a day too short", {"wrong_end_day"}, PROBLEM, (*PLAN[:3], replace(SECOND, end_day=10))),
    ("leave worked through", {"wrong_end_day"}, PROBLEM, (MACHINE, replace(MANUAL, end_day=6), QC, SECOND)),
    ("not done by the end", {"wrong_end_day"}, PROBLEM, (*PLAN[:3], replace(SECOND, start_day=18, end_day=20))),
    ("before the earliest day", {"before_earliest_day"}, task_changed("T2", earliest_day=9), PLAN),
    ("quality control first", {"stage_order"}, PROBLEM, (*PLAN[:2], work("T1", 2, "qc", "q1", 7, 8), SECOND)),
    ("no lag", {"lag_too_short"}, PROBLEM, (MACHINE, replace(MANUAL, start_day=2, end_day=5), QC, SECOND)),
    ("no lag at the first stage", {"lag_too_short"},
     task_changed("T2", stages=(replace(TASKS[1].stages[0], lag_days=5),)), PLAN),
    ("two places", {"team_overlap"}, PROBLEM, (*PLAN, work("T4", 0, "qc", "q1", 8, 9))),
    ("no day for the move", {"relocation_too_short"}, PROBLEM, (*PLAN[:3], replace(SECOND, team_ids=("h1",)))),
    ("no days from the base", {"relocation_too_short"}, task_changed("T4", x_km=60.0),
     (*PLAN, work("T4", 0, "qc", "q1", 3, 4))),
    ("called too early", {"team_unavailable"}, PROBLEM, (*PLAN, work("T4", 0, "qc", "q1", 1, 2))),
    ("kept too long", {"team_unavailable"}, team_changed("h3", last_day=9), PLAN),
    ("one ambulance for two", {"resource_exceeded"}, PROBLEM, (*PLAN[:3], replace(SECOND, start_day=5, end_day=8))),
    ("gate not met", {"gate_unmet"}, PROBLEM, (*PLAN, work("T3", 0, "qc", "q1", 10, 11))),
    ("no quality control", {"chain_incomplete", "district_minimum"}, PROBLEM, (MACHINE, MANUAL, SECOND)),
    ("a stage twice", {"stage_twice"}, PROBLEM, (*PLAN, work("T2", 0, "manual", "h1", 12, 15))),
    ("too many casualties", {"casualties_cap"}, replace(PROBLEM, casualties_max=0.29), PLAN),
    ("a district left out", {"district_minimum"}, replace(PROBLEM, district_minimum={"south": 1}), PLAN),
]


@pytest.mark.parametrize(("kinds", "problem", "assignments"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_rule_is_named(kinds: set[str], problem: PlanProblem, assignments: tuple[Assignment, ...]) -> None:
    report = check_plan(problem, Plan(assignments))
    assert {v.kind for v in report.violations} == kinds
    assert not report.is_feasible
    assert all(v.message.endswith(".") for v in report.violations)


def test_every_kind_of_violation_is_tried() -> None:
    assert set().union(*(b[1] for b in BROKEN)) == set(get_args(ViolationKind))


def test_a_move_across_leave_needs_working_days() -> None:
    """Free before day 5, on leave on 5 and 6, 10 km away: day 7 is the move and day 8 the first of work."""
    problem = task_changed("T1", stages=(replace(TASKS[0].stages[1], lag_days=0, needs=()),))
    first = work("T1", 0, "manual", "h1 h2", 2, 5)
    for start, kinds in ((7, ["relocation_too_short"]), (8, [])):
        second = replace(SECOND, team_ids=("h1",), start_day=start, end_day=start + 3)
        assert [v.kind for v in check_plan(problem, Plan((first, second))).violations] == kinds


def test_resources_are_not_held_on_leave() -> None:
    """The first crew is on leave on days 5 and 6, so the one ambulance may go elsewhere for just these days."""
    problem = task_changed("T2", stages=(replace(TASKS[1].stages[0], team_days=2.0),))
    assert check_plan(problem, Plan((*PLAN[:3], replace(SECOND, start_day=5, end_day=7)))).violations == ()


def test_work_counts_in_thousandths_of_calendar_and_season() -> None:
    """444 · 501 / 1000 is 222 a day, and a third of two team-days 667: a thousandth is left after three days."""
    stage = Stage(method="manual", team_days=2, crew_max=3, season="half")
    teams = tuple(PlanTeam(id=f"h{k}", methods=("manual",), calendar="short", x_km=0, y_km=0) for k in range(3))
    problem = PlanProblem(
        start=date(2026, 3, 2), days=6, teams=teams, calendars={"short": (444,) * 6}, seasons={"half": (501,) * 6},
        tasks=(PlanTask(id="T", district="d", x_km=0, y_km=0, benefit_per_day=1, stages=(stage,)),))
    for end, kinds in ((4, ["wrong_end_day"]), (5, [])):
        report = check_plan(problem, Plan((work("T", 0, "manual", "h0 h1 h2", 1, end),)))
        assert [v.kind for v in report.violations] == kinds


def test_the_message_gives_days_and_figures() -> None:
    report = check_plan(PROBLEM, Plan((*PLAN[:3], replace(SECOND, team_ids=("h1",)))))
    assert [(v.task_id, v.team_id) for v in report.violations] == [("T2", "h1")]
    assert report.violations[0].message == (
        "Team h1 moves 10.0 km from task T1 to task T2, which takes 1 working day; it is free on 2026-03-10 (day 8) "
        "and starts on 2026-03-10 (day 8), 0 between.")


def test_a_thousand_tasks_are_checked_within_two_seconds() -> None:
    problem = instance(1000, 100, 0)
    plan = dispatch(problem)
    started = time.process_time()
    assert check_plan(problem, plan).is_feasible
    assert time.process_time() - started < 2
