"""Carrying out a plan: hand-computed days."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks._campaigns import fill_window, make_problem

from safeground.forecast.execute import DrawnWorlds, Execution, execute, planned_worlds
from safeground.forecast.lines import StageState, draw_lines
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream
from safeground.records.planning import Plan, PlanProblem
from support.plans import planned, problem, stage, task, team

TWO = task("A", stage("machine", 2), stage("manual", 3))
CHAIN = problem((TWO,), (team("machine-1"), team("manual-1")))
CHAIN_PLAN = planned(("A", 0, "machine", "machine-1", 0, 2), ("A", 1, "manual", "manual-1", 2, 5))


def run(p: PlanProblem, plan: Plan, *, ratio: dict[int, float] | None = None, growth: float = 1.0, horizon: int = 100,
        down: dict[tuple[int, int], float] | None = None, states: tuple[StageState, ...] = (),
        **how: object) -> Execution:
    lines = draw_lines(p, plan, states)
    plain = planned_worlds(lines, len(p.teams), horizon)
    for at, value in (ratio or {}).items():
        plain.stage_ratio[:, at] = value
    for (member, day), value in (down or {}).items():
        plain.team_day[:, member, day] = value
    return execute(p, lines, DrawnWorlds(plain.growth * growth, plain.stage_ratio, plain.team_day), **how)


def test_when_all_goes_as_planned_each_stage_ends_on_its_planned_day() -> None:
    for number in range(5):
        rng = stream(3, "forecast", "exact", number)
        p, _ = make_problem(rng, 40)
        plan = fill_window(p, 0.95)
        lines = draw_lines(p, plan)
        out = execute(p, lines, planned_worlds(lines, len(p.teams), 400))
        ends = {(s.task.id, s.assignment.stage): (s.assignment.start_day, s.assignment.end_day) for s in lines.stages}
        assert [(int(a), int(b)) for a, b in zip(out.start[0], out.end[0], strict=True)] == list(ends.values())
        early = execute(p, lines, planned_worlds(lines, len(p.teams), 400), may_start_early=True)
        assert (early.end <= out.end).all()


def test_a_delayed_machine_delays_the_manual_stage() -> None:
    out = run(CHAIN, CHAIN_PLAN, ratio={0: 0.5})
    assert out.end.tolist() == [[4, 7]]
    assert out.start.tolist() == [[0, 4]]
    assert run(CHAIN, CHAIN_PLAN, down={(0, 1): 0.0}).end.tolist() == [[3, 6]]


def test_an_area_that_grew_takes_so_much_longer_and_releases_more() -> None:
    out = run(CHAIN, CHAIN_PLAN, growth=1.5)
    assert out.end.tolist() == [[3, 8]]
    assert out.released_m2([7, 8])[0].tolist() == [0, pytest.approx(150)]


def test_crews_that_are_done_early_wait_for_the_planned_day_unless_told_otherwise() -> None:
    assert run(CHAIN, CHAIN_PLAN, ratio={0: 2.0}).end.tolist() == [[1, 5]]
    assert run(CHAIN, CHAIN_PLAN, ratio={0: 2.0}, may_start_early=True).end.tolist() == [[1, 4]]


def test_leave_is_respected_also_beyond_the_window() -> None:
    five_on_five_off = tuple(1000 if d % 10 < 5 else 0 for d in range(20))
    p = problem((task("A", stage("manual", 4)), task("B", stage("manual", 5))), (team("manual-1", "leave"),),
                calendars={"leave": five_on_five_off})
    plan = planned(("A", 0, "manual", "manual-1", 0, 4), ("B", 0, "manual", "manual-1", 4, 14))
    assert run(p, plan).end.tolist() == [[4, 14]]
    late = run(p, plan, ratio={0: 0.5})
    assert late.end.tolist() == [[13, 23]]
    assert late.stage_team_days.tolist() == [[8, 5]]


def test_a_move_takes_working_days_and_a_lag_all_days() -> None:
    p = problem((task("A", stage("manual", 2), stage("qc", 1, lag_days=3)), task("B", stage("manual", 2), x_km=30.0)),
                (team("manual-1"), team("qc-1")))
    plan = planned(("A", 0, "manual", "manual-1", 0, 2), ("A", 1, "qc", "qc-1", 5, 6),
                   ("B", 0, "manual", "manual-1", 3, 5))
    out = run(p, plan, down={(0, 0): 0.0})
    names = [(s.task.id, s.stage.method) for s in draw_lines(p, plan).stages]
    ends = dict(zip(names, out.end[0].tolist(), strict=True))
    assert ends == {("A", "manual"): 3, ("B", "manual"): 6, ("A", "qc"): 7}


def test_a_crew_begins_when_all_its_members_are_free_and_goes_on_with_those_that_are_up() -> None:
    p = problem((task("A", stage("manual", 3)), task("B", stage("manual", 4, crew_max=2))),
                (team("manual-1"), team("manual-2")))
    plan = planned(("A", 0, "manual", "manual-1", 0, 3), ("B", 0, "manual", "manual-1 manual-2", 3, 5))
    assert run(p, plan).end.tolist() == [[3, 5]]
    assert run(p, plan, ratio={0: 0.75}).start.tolist() == [[0, 4]]
    assert run(p, plan, down={(1, 3): 0.0}).end.tolist() == [[3, 6]]


def test_a_scarce_resource_is_handed_on_in_the_plans_order() -> None:
    needs = {"needs": (("ambulance", 1),)}
    p = problem((task("A", stage("manual", 3, **needs)), task("B", stage("dog", 2, **needs))),
                (team("manual-1"), team("dog-1")), resources={"ambulance": (1,) * 20})
    plan = planned(("A", 0, "manual", "manual-1", 0, 3), ("B", 0, "dog", "dog-1", 3, 5))
    assert run(p, plan, ratio={0: 0.5}).end.tolist() == [[6, 8]]


def test_a_team_that_leaves_the_programme_ends_nothing_more() -> None:
    p = problem((task("A", stage("manual", 5)),), (team("manual-1", last_day=4),))
    plan = planned(("A", 0, "manual", "manual-1", 0, 5))
    assert run(p, plan).end.tolist() == [[5]]
    late = run(p, plan, ratio={0: 0.9})
    assert late.completion_day().tolist() == [late.horizon + 1]


def test_work_done_so_far_shortens_what_is_left_and_known_areas_replace_planned_ones() -> None:
    done = StageState(task_id="A", stage=0, start_day=0, end_day=3)
    half = StageState(task_id="A", stage=1, start_day=3, done_m2=50.0)
    out = run(CHAIN, CHAIN_PLAN, states=(done, half), today=5)
    assert out.end.tolist() == [[3, 7]]
    assert run(CHAIN, CHAIN_PLAN, states=(done, half), today=5, known_m2={"A": 200.0}).end.tolist() == [[3, 10]]
    assert out.worked_m2["manual"][0].tolist() == pytest.approx([0, 50, 50, 50])
    assert out.worked_m2["machine"][0].tolist() == pytest.approx([0, 0, 0, 0])


def test_the_critical_chain_is_what_the_last_completion_waited_for() -> None:
    p = problem((TWO, task("B", stage("manual", 1))), (team("machine-1"), team("manual-1"), team("manual-2")))
    plan = planned(*(((a.task_id, a.stage, a.method, " ".join(a.team_ids), a.start_day, a.end_day))
                     for a in CHAIN_PLAN.assignments), ("B", 0, "manual", "manual-2", 0, 1))
    order = [(s.task.id, s.assignment.stage) for s in draw_lines(p, plan).stages]
    out = run(p, plan)
    assert {o for o, c in zip(order, out.critical[0], strict=True) if c} == {("A", 0), ("A", 1)}
    slow = run(p, plan, ratio={order.index(("B", 0)): 0.1})
    assert {o for o, c in zip(order, slow.critical[0], strict=True) if c} == {("B", 0)}


def test_draws_do_not_touch_each_other() -> None:
    lines = draw_lines(CHAIN, CHAIN_PLAN)
    ratio = np.array([[1.0, 1.0], [0.5, 1.0], [0.5, 0.25], [2.0, 3.0]])
    out = execute(CHAIN, lines, DrawnWorlds(np.ones((4, 1)), ratio, np.ones((4, 2, 60), dtype=np.float32)))
    assert out.end.tolist() == [[2, 5], [4, 7], [4, 16], [1, 3]]


@pytest.mark.parametrize("plan", [
    planned(("A", 0, "machine", "machine-9", 0, 2), ("A", 1, "manual", "manual-1", 2, 5)),
    planned(("Z", 0, "machine", "machine-1", 0, 2)),
    planned(("A", 0, "machine", "machine-1", 0, 2)),
    planned(("A", 1, "manual", "manual-1", 0, 3), ("A", 0, "machine", "machine-1", 3, 5)),
])
def test_a_plan_that_does_not_fit_the_problem_is_refused(plan: Plan) -> None:
    with pytest.raises(RequestError) as caught:
        draw_lines(CHAIN, plan)
    assert caught.value.code == "SG-FORECAST-002"
