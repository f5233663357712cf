"""The gate: a day starts with every paper in hand, and a refusal names all that is missing with its clause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeground.foundation.errors import RefusedError, RequestError
from safeground.records.task_rules import NeededFrom, TaskRules
from safeground.records.tasking import MedicalPlan, OrderState, TaskOrderDetail, WorkDayRequest
from safeground.task.gate import may_work, work_shortcomings
from safeground.task.orders import move
from support.tasks import WORK_DAY, day_papers, paper, rules_with

ALL_IDS = [document.id for document in rules_with().documents]


def refused(order: TaskOrderDetail, request: WorkDayRequest, rules: TaskRules) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        may_work(order, request, rules)
    return raised.value


def without(order: TaskOrderDetail, request: WorkDayRequest, ids: set[str]) -> tuple[TaskOrderDetail, WorkDayRequest]:
    return (replace(order, papers=tuple(p for p in order.papers if p.document_id not in ids)),
            replace(request, papers=tuple(p for p in request.papers if p.document_id not in ids)))


def test_with_all_papers_the_day_may_start(order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules) -> None:
    assert work_shortcomings(order, request_, rules) == ()
    may_work(order, request_, rules)


@pytest.mark.parametrize("missing", ALL_IDS)
def test_without_a_paper_no_day_starts(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, missing: str
) -> None:
    document = next(d for d in rules.documents if d.id == missing)
    error = refused(*without(order, request_, {missing}), rules)
    assert error.code == "SG-TASK-006"
    assert error.message == f"{document.title} is missing ({document.clause})."
    assert error.clause == document.clause
    assert document.title in error.criterion
    assert document.signed_by in error.remedy


def test_two_missing_papers_are_both_named(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    error = refused(*without(order, request_, {"casevac_drill", "radio_check"}), rules)
    assert error.message == ("Casualty evacuation drill record is missing (Generic SOPs ch. 4); "
                             "Radio check is missing (programme setting).")
    assert error.clause == "Generic SOPs ch. 4; programme setting"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(missing=st.sets(st.sampled_from(ALL_IDS), min_size=1))
def test_any_set_of_missing_papers_is_refused_with_exactly_their_names(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, missing: set[str]
) -> None:
    lacking, asked = without(order, request_, missing)
    error = refused(lacking, asked, rules)
    named = [part.removesuffix(".").split(" is missing (") for part in error.message.split("; ")]
    asked_for = [d for d in rules.documents if d.id in missing]
    assert [name for name, _ in named] == [d.title for d in asked_for]
    assert [clause.removesuffix(")") for _, clause in named] == [d.clause for d in asked_for]


@pytest.mark.parametrize(("changed", "words"), [
    ({"valid_until": date(2026, 4, 2)}, "was valid until 2026-04-02"),
    ({"dated": date(2026, 4, 4)}, "is dated 2026-04-04, after 2026-04-03"),
    ({"signed_as": "driver"}, "is signed as 'driver', to be signed as 'information manager'"),
    ({"signed_as": ""}, "is signed as 'nobody'"),
    ({"reference": " "}, "has no reference")])
def test_a_paper_that_does_not_serve_is_no_paper(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, changed: dict[str, object], words: str
) -> None:
    document = rules.documents[0]
    bad = replace(paper(document, date(2026, 3, 20)), **changed)  # type: ignore[arg-type]
    error = refused(replace(order, papers=(bad, *order.papers[1:])), request_, rules)
    assert error.code == "SG-TASK-006"
    assert f"{document.title} {words}" in error.message
    may_work(replace(order, papers=(*order.papers, bad)), request_, rules)  # an older one that serves is enough


def test_yesterdays_check_does_not_serve_today(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    error = refused(order, replace(request_, papers=day_papers(rules, date(2026, 4, 2))), rules)
    assert error.message.count("is dated 2026-04-02, not 2026-04-03") == len(rules.needed(NeededFrom.EACH_DAY))


def test_the_days_papers_of_another_team_in_the_order_do_not_serve(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    shared = replace(order, papers=(*order.papers, *day_papers(rules)))
    assert refused(shared, replace(request_, papers=()), rules).code == "SG-TASK-006"


@pytest.mark.parametrize("state", [s for s in OrderState if s is not OrderState.ISSUED])
def test_only_an_issued_order_lets_people_work(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, state: OrderState
) -> None:
    error = refused(replace(order, state=state), request_, rules)
    assert error.code == "SG-TASK-007"
    assert f"the order is {state}" in error.message


def test_a_suspended_order_says_since_when_and_why_and_works_again_when_resumed(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    halted = move(order, OrderState.SUSPENDED, author="operations manager", reason="flood", day=date(2026, 4, 2))
    assert "suspended since 2026-04-02 (flood)" in refused(halted, request_, rules).message
    may_work(move(halted, OrderState.ISSUED, author="operations manager", reason="dry", day=WORK_DAY), request_, rules)


@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 4, 6), date(2026, 5, 1)])
def test_a_day_outside_the_teams_stage_is_refused(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, day: date
) -> None:
    error = refused(order, replace(request_, work_date=day, papers=day_papers(rules, day)), rules)
    assert error.code == "SG-TASK-008"
    assert "machine 2026-04-02 to 2026-04-05" in error.message


@pytest.mark.parametrize("day", [date(2026, 4, 2), date(2026, 4, 5)])
def test_the_first_and_the_last_day_belong_to_the_stage(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, day: date
) -> None:
    may_work(order, replace(request_, work_date=day, papers=day_papers(rules, day)), rules)


def test_a_team_that_is_not_named_is_refused(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    medical = replace(order.medical, medics=(*order.medical.medics, ("T9", "medic 9")))
    error = refused(replace(order, medical=medical), replace(request_, team_id="T9"), rules)
    assert error.code == "SG-TASK-009"
    assert "T1, T2, T3" in error.message


@pytest.mark.parametrize(("changed", "words"), [
    ({"accredited_until": date(2026, 4, 2)}, "ended on 2026-04-02"),
    ({"accredited_until": None}, "is not on record"),
    ({"accredited_for": ("manual",)}, "is not accredited for machine")])
def test_a_team_without_accreditation_is_refused(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, changed: dict[str, object], words: str
) -> None:
    error = refused(order, replace(request_, **changed), rules)  # type: ignore[arg-type]
    assert error.code == "SG-TASK-010"
    assert words in error.message


def test_the_last_day_of_accreditation_counts(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    may_work(order, replace(request_, accredited_until=WORK_DAY), rules)


@pytest.mark.parametrize(("changed", "words"), [
    ({"medics": ()}, "no medic for team T3"), ({"medics": (("T1", "medic 1"),)}, "no medic for team T3"),
    ({"medics": (("T3", " "),)}, "no medic for team T3"), ({"ambulance": ""}, "no evacuation vehicle"),
    ({"hospital": ""}, "no hospital"), ({"casevac_minutes": None}, "no evacuation time"),
    ({"route_note": " "}, "no route"), ({"blood_groups_held": False}, "no list of blood groups")])
def test_an_incomplete_medical_plan_is_refused(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, changed: dict[str, object], words: str
) -> None:
    medical = replace(order.medical, **changed)  # type: ignore[arg-type]
    error = refused(replace(order, medical=medical), request_, rules)
    assert error.code == "SG-TASK-011"
    assert words in error.message
    assert error.clause == rules.medical_clause


def test_a_medic_serves_one_team_on_a_day(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    medical = replace(order.medical, medics=(("T1", "Medic 1"), ("T2", "medic 1 ")))
    day = date(2026, 4, 8)
    asked = replace(request_, team_id="T1", work_date=day, accredited_for=("manual",), papers=day_papers(rules, day))
    assert "one medic for team T1 and for T2" in refused(replace(order, medical=medical), asked, rules).message
    other_day = replace(order.medical, medics=(("T1", "medic 1"), ("T3", "medic 1")))
    may_work(replace(order, medical=other_day), asked, rules)  # team T3 works in other days


def test_one_medic_for_the_site_is_enough_where_the_nation_says_so(
    order: TaskOrderDetail, request_: WorkDayRequest
) -> None:
    rules = rules_with("casevac_minutes_max = 60.0\nmedic_per_team = false\nambulance_on_site = false")
    medical = replace(order.medical, medics=(("", "medic 1"),), ambulance="")
    may_work(replace(order, medical=medical), request_, rules)
    assert "names no medic" in refused(replace(order, medical=replace(medical, medics=())), request_, rules).message


@pytest.mark.parametrize(("minutes", "allowed"), [(60.0, True), (60.5, False)])
def test_an_evacuation_longer_than_the_limit_is_refused(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules, minutes: float, allowed: bool
) -> None:
    slow = replace(order, medical=replace(order.medical, casevac_minutes=minutes))
    if allowed:
        may_work(slow, request_, rules)
    else:
        error = refused(slow, request_, rules)
        assert error.code == "SG-TASK-012"
        assert "60.5 minutes, at most 60" in error.message


def test_a_limit_that_nobody_entered_stops_the_day(order: TaskOrderDetail, request_: WorkDayRequest) -> None:
    error = refused(order, request_, rules_with(""))
    assert (error.code, error.clause) == ("SG-TASK-013", "programme setting")


def test_reasons_of_several_kinds_are_told_at_once_each_with_its_code(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    broken = replace(order, state=OrderState.SUSPENDED, papers=order.papers[1:], medical=MedicalPlan())
    error = refused(broken, replace(request_, accredited_until=None), rules)
    assert error.code == "SG-TASK-014"
    for code in ("SG-TASK-006", "SG-TASK-007", "SG-TASK-010", "SG-TASK-011"):
        assert code in error.message
    assert error.message.count("SG-TASK-011") == 6


def test_asking_changes_nothing(order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules) -> None:
    lacking, asked = without(order, request_, {"casevac_drill"})
    before = repr((lacking, asked))
    refused(lacking, asked, rules)
    assert repr((lacking, asked)) == before


def test_a_request_for_another_order_is_a_mistake(
    order: TaskOrderDetail, request_: WorkDayRequest, rules: TaskRules
) -> None:
    with pytest.raises(RequestError, match="SG-TASK-002"):
        may_work(order, replace(request_, task_order_id="TO-HA-1"), rules)
