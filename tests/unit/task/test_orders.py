"""Orders: drafted from a plan in order of start, issued by two people, moved from state to state with a reason."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from safeground.foundation.errors import RefusedError, RequestError
from safeground.records.payload import from_plain, to_plain
from safeground.records.planning import Assignment, Plan
from safeground.records.standard import standard_from_toml
from safeground.records.task_rules import NeededFrom, TaskRules
from safeground.records.tasking import (
    TRANSITIONS,
    MedicalPlan,
    Objective,
    OrderState,
    StageOrder,
    TaskOrderDetail,
)
from safeground.records.vocabulary import ReleaseMethod
from safeground.task.orders import add_paper, book_record, issue, move, orders_from_plan
from support.tasks import ISSUE_DAY, PACK, PLAN, PROBLEM, paper, rules_with

BEFORE_ISSUE = [d.id for d in rules_with().needed(NeededFrom.ISSUE)]


def issued(draft: TaskOrderDetail, rules: TaskRules) -> TaskOrderDetail:
    return issue(draft, "planning officer", "operations manager", rules, day=ISSUE_DAY)


def test_a_plan_becomes_one_draft_for_each_task_the_earliest_start_first(rules: TaskRules) -> None:
    first, second = orders_from_plan(PROBLEM, PLAN, rules)
    assert (first.id, first.task_id, first.title) == ("TO-HA-2", "HA-2", "Well road")
    assert [(s.method, s.team_ids, s.first_date, s.last_date) for s in first.stages] == [
        ("machine", ("T3",), date(2026, 4, 2), date(2026, 4, 5)),
        ("manual", ("T1", "T2"), date(2026, 4, 7), date(2026, 4, 16))]
    assert second.task_id == "HA-1"
    assert (second.first_date, second.last_date) == (date(2026, 4, 21), date(2026, 4, 25))
    assert first.state is second.state is OrderState.DRAFT
    assert first.required == tuple(document.id for document in rules.documents)
    assert first.papers == ()


def test_a_document_that_the_nation_does_not_need_is_not_required() -> None:
    rules = rules_with('casevac_minutes_max = 60.0\ndocuments.eod_plan = { needed = "not_needed" }')
    assert "eod_plan" not in orders_from_plan(PROBLEM, PLAN, rules)[0].required


@pytest.mark.parametrize("changed", [
    {"task_id": "HA-9"}, {"team_ids": ("T9",)}, {"team_ids": ()}, {"method": "dog"}, {"stage": 1}, {"end_day": 20}])
def test_a_plan_that_does_not_fit_its_problem_is_refused(rules: TaskRules, changed: dict[str, object]) -> None:
    wrong = Plan((replace(PLAN.assignments[0], **changed),))  # type: ignore[arg-type]
    with pytest.raises(RequestError) as raised:
        orders_from_plan(PROBLEM, wrong, rules)
    assert raised.value.code == "SG-TASK-001"


def test_a_plan_with_half_of_a_tasks_stages_is_refused(rules: TaskRules) -> None:
    half: tuple[Assignment, ...] = PLAN.assignments[1:2]
    with pytest.raises(RequestError, match="SG-TASK-001"):
        orders_from_plan(PROBLEM, Plan(half), rules)


def test_a_complete_draft_is_issued_by_two_people_and_says_so(draft: TaskOrderDetail, rules: TaskRules) -> None:
    order = issued(draft, rules)
    assert order.state is OrderState.ISSUED
    assert draft.state is OrderState.DRAFT
    line = order.history[-1]
    assert (line.author, line.approver, line.changed_date) == ("planning officer", "operations manager", ISSUE_DAY)


@pytest.mark.parametrize(("author", "approver"), [
    ("planning officer", "planning officer"), ("Planning  Officer ", "planning officer"), ("", "a"), ("a", " ")])
def test_the_author_cannot_approve(draft: TaskOrderDetail, rules: TaskRules, author: str, approver: str) -> None:
    with pytest.raises(RefusedError) as raised:
        issue(draft, author, approver, rules, day=ISSUE_DAY)
    assert raised.value.code == "SG-TASK-004"


@pytest.mark.parametrize("missing", BEFORE_ISSUE)
def test_without_a_paper_nothing_is_issued(draft: TaskOrderDetail, rules: TaskRules, missing: str) -> None:
    lacking = replace(draft, papers=tuple(p for p in draft.papers if p.document_id != missing))
    document = next(d for d in rules.documents if d.id == missing)
    with pytest.raises(RefusedError) as raised:
        issued(lacking, rules)
    assert raised.value.code == "SG-TASK-006"
    assert f"{document.title} is missing ({document.clause})" in raised.value.message
    assert raised.value.clause == document.clause


def test_papers_of_the_first_day_may_come_after_issue(draft: TaskOrderDetail, rules: TaskRules) -> None:
    early = replace(draft, papers=tuple(p for p in draft.papers if p.document_id in BEFORE_ISSUE))
    assert issued(early, rules).state is OrderState.ISSUED


@pytest.mark.parametrize(("objective", "clause"), [
    (Objective(), "IMAS 07.11"), (Objective(release_method=ReleaseMethod.CLEARED), "IMAS 09.10")])
def test_an_order_states_its_release_method_and_a_depth_for_clearance(
    draft: TaskOrderDetail, rules: TaskRules, objective: Objective, clause: str
) -> None:
    with pytest.raises(RefusedError) as raised:
        issued(replace(draft, objective=objective), rules)
    assert (raised.value.code, raised.value.clause) == ("SG-TASK-005", clause)
    assert issued(replace(draft, objective=Objective(release_method=ReleaseMethod.REDUCED)), rules)


def test_an_order_without_stages_is_not_issued(draft: TaskOrderDetail, rules: TaskRules) -> None:
    with pytest.raises(RefusedError, match="a team for each stage"):
        issued(replace(draft, stages=()), rules)


def test_the_base_pack_leaves_the_evacuation_time_to_the_programme(draft: TaskOrderDetail) -> None:
    rules = standard_from_toml(PACK).task
    assert rules is not None
    assert rules.casevac_minutes_max is None
    with pytest.raises(RefusedError) as raised:
        issued(draft, rules)
    assert (raised.value.code, raised.value.clause) == ("SG-TASK-013", "programme setting")


ALLOWED = [(a, b) for a, after in TRANSITIONS.items() for b in after if a is not OrderState.DRAFT]
FORBIDDEN = [(a, b) for a, b in itertools.product(OrderState, OrderState) if b not in TRANSITIONS[a]]


@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_an_order_moves_with_author_reason_and_date(
    order: TaskOrderDetail, before: OrderState, after: OrderState
) -> None:
    moved = move(replace(order, state=before), after, author="operations manager", reason="flood", day=date(2026, 4, 5))
    assert moved.state is after
    assert len(moved.history) == len(order.history) + 1
    assert moved.history[-1].reason == "flood"


@pytest.mark.parametrize(("before", "after"), [*FORBIDDEN, (OrderState.DRAFT, OrderState.ISSUED)])
def test_a_forbidden_move_is_refused(order: TaskOrderDetail, before: OrderState, after: OrderState) -> None:
    with pytest.raises(RefusedError) as raised:
        move(replace(order, state=before), after, author="a", reason="b", day=date(2026, 4, 5))
    assert raised.value.code == "SG-TASK-003"


@pytest.mark.parametrize("state", [s for s in OrderState if s is not OrderState.DRAFT])
def test_only_a_draft_is_issued(order: TaskOrderDetail, rules: TaskRules, state: OrderState) -> None:
    with pytest.raises(RefusedError, match="SG-TASK-003"):
        issued(replace(order, state=state), rules)


@pytest.mark.parametrize("given", [
    {"author": " "}, {"reason": ""}, {"day": date(2026, 3, 24)}])
def test_a_move_without_author_reason_or_order_in_time_is_refused(
    order: TaskOrderDetail, given: dict[str, object]
) -> None:
    full: dict[str, object] = {"author": "a", "reason": "b", "day": date(2026, 4, 5)} | given
    with pytest.raises(RequestError, match="SG-TASK-002"):
        move(order, OrderState.SUSPENDED, **full)  # type: ignore[arg-type]


def test_a_paper_is_added_and_the_former_one_stays(order: TaskOrderDetail, rules: TaskRules) -> None:
    document = rules.documents[0]
    more = add_paper(order, paper(document, date(2026, 4, 1), reference="second"), rules)
    assert len(more.papers) == len(order.papers) + 1
    for wrong in ("detector_test", "nothing"):
        with pytest.raises(RequestError, match="SG-TASK-002"):
            add_paper(order, paper(document, date(2026, 4, 1), document_id=wrong), rules)


def test_an_order_goes_to_json_and_back(order: TaskOrderDetail) -> None:
    assert from_plain(TaskOrderDetail, to_plain(order)) == order


def test_the_book_keeps_the_orders_teams_dates_and_references(order: TaskOrderDetail) -> None:
    kept = book_record(order)
    assert (kept.id, kept.hazardous_area_id, kept.team_ids) == ("TO-HA-2", "HA-2", ("T3", "T1", "T2"))
    assert (kept.start_date, kept.end_date) == (date(2026, 4, 2), date(2026, 4, 16))
    assert "clearance_plan: REF-clearance_plan" in kept.documents


@pytest.mark.parametrize("make", [
    lambda: Objective(depth_cm=0), lambda: Objective(depth_cm=float("nan")),
    lambda: MedicalPlan(casevac_minutes=0), lambda: MedicalPlan(casevac_minutes=float("inf")),
    lambda: StageOrder(method="manual", team_ids=("T1",), first_date=date(2026, 4, 2), last_date=date(2026, 4, 1))])
def test_figures_that_make_no_sense_are_refused(make: object) -> None:
    with pytest.raises(RequestError, match="SG-TASK-002"):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("lines", [
    'casevac_minutes_max = "soon"', "casevac_minutes_max = 0", "medic_per_team = 1", "distance_m = -25",
    'documents.radio_check = { needed = "never" }', "documents = {}", 'documents.radio_check = { when = "issue" }',
    'documents.more = { title = "x" }', 'documents.radio_check = { clause = " " }'])
def test_a_wrong_national_rule_is_named(lines: str) -> None:
    with pytest.raises(RequestError, match="SG-RECORD-002"):
        rules_with(lines)


def test_a_nation_adds_one_document_and_keeps_the_others() -> None:
    new = 'documents.permit = { title = "Access permit", clause = "national", needed = "issue", signed_by = "owner" }'
    pack = standard_from_toml(PACK, f"[task]\n{new}\n")
    assert pack.task is not None
    assert [d.id for d in pack.task.documents] == [*(d.id for d in rules_with().documents), "permit"]
    assert pack.overrides == ("task.documents.permit",)


def test_a_pack_without_a_task_part_has_no_task_rules() -> None:
    older = PACK[:PACK.index("[task]")]
    assert standard_from_toml(older).task is None
