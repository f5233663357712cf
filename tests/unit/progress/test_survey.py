"""Survey outcomes: every rule that forbids one, and the table of states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely

from safeground.foundation.errors import RefusedError
from safeground.operations.context import standard_text
from safeground.progress.states import TABLE, Step, require_step
from safeground.progress.survey import SurveyFacts, approval_objection, confirming, objections
from safeground.records.fieldwork import SurveyReport
from safeground.records.nouns import Accident, Evidence, OrdnanceItem
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import (
    ActivityType,
    AreaType,
    ContaminationCategory,
    EvidenceKind,
    EvidenceSign,
    ReleaseMethod,
    WorkflowStatus,
)
from support.projects import area
from support.returns import strip

PACK = standard_from_toml(standard_text("imas"))
AREA = area(0, size=0.001)
INSIDE, OUTSIDE = shapely.Point(-29.9998, 51.0005), shapely.Point(-29.9991, 51.0005)
USED = Evidence(id="e1", kind=EvidenceKind.LAND_IN_USE, sign=EvidenceSign.ABSENCE, geometry=INSIDE)
PRESS = Evidence(id="p1", kind=EvidenceKind.PRESS_REPORT, sign=EvidenceSign.PRESENCE, geometry=INSIDE)
REPORT = SurveyReport(
    id="s", local_id="S-1", hazardous_area_id=AREA.id, survey_type=ActivityType.NON_TECHNICAL_SURVEY,
    survey_date=date(2026, 2, 1), outcome=ReleaseMethod.CANCELLED, geometry=strip(0, 0.5),
    criteria=("no_evidence_after_nts",), evidence_ids=("e1",), author="A. Surveyor")


def seen(kind: EvidenceKind = EvidenceKind.VISUAL_OBSERVATION, **values: Any) -> Evidence:
    return Evidence(**{"id": "seen", "kind": kind, "sign": EvidenceSign.PRESENCE, "geometry": INSIDE} | values)


def mine(**values: Any) -> OrdnanceItem:
    return OrdnanceItem(**{"id": "m1", "category": ContaminationCategory.ANTI_PERSONNEL_MINE, "geometry": INSIDE}
                        | values)


def codes(report: SurveyReport = REPORT, evidence: tuple[Evidence, ...] = (), ordnance: tuple[OrdnanceItem, ...] = (),
          accidents: tuple[Accident, ...] = ()) -> list[str]:
    assert PACK.release is not None
    known = {r.id: r for r in (USED, PRESS, *evidence, *ordnance)}
    facts = SurveyFacts(area=AREA, part=report.geometry or AREA.geometry, known=known,
                        evidence=(USED, PRESS, *evidence), ordnance=ordnance, accidents=accidents)
    return [o.code for o in objections(report, facts, PACK.release, PACK.programme)]


def test_a_report_with_criterion_evidence_and_author_may_wait_and_a_press_report_does_not_forbid_it() -> None:
    assert codes() == []


@pytest.mark.parametrize(("change", "code"), [
    ({"survey_type": ActivityType.TECHNICAL_SURVEY}, "SG-PROGRESS-041"),
    ({"outcome": ReleaseMethod.REDUCED}, "SG-PROGRESS-041"),
    ({"outcome": ReleaseMethod.CLEARED}, "SG-PROGRESS-041"),
    ({"survey_type": ActivityType.TECHNICAL_SURVEY, "outcome": ReleaseMethod.REDUCED,
      "criteria": ("targeted_ts_no_finds",)}, "SG-PROGRESS-041"),
    ({"criteria": ()}, "SG-PROGRESS-042"),
    ({"criteria": ("because",)}, "SG-PROGRESS-042"),
    ({"criteria": ("targeted_ts_no_finds",)}, "SG-PROGRESS-042"),
    ({"evidence_ids": ()}, "SG-PROGRESS-043"),
    ({"evidence_ids": ("p1",)}, "SG-PROGRESS-043"),
    ({"evidence_ids": ("nothing",)}, "SG-PROGRESS-040"),
    ({"author": " "}, "SG-PROGRESS-045"),
])
def test_what_an_outcome_must_rest_on(change: dict[str, Any], code: str) -> None:
    assert codes(replace(REPORT, **change)) == [code]


def test_land_is_reduced_by_technical_survey_that_says_whether_an_asset_searched() -> None:
    assert codes(replace(REPORT, survey_type=ActivityType.TECHNICAL_SURVEY, outcome=ReleaseMethod.REDUCED,
                         criteria=("targeted_ts_no_finds",), technical_asset=False)) == []


@pytest.mark.parametrize(("records", "forbidden"), [
    ({"evidence": (seen(),)}, True),
    ({"evidence": (seen(geometry=OUTSIDE),)}, False),
    ({"evidence": (seen(geometry=OUTSIDE, position_accuracy_m=60.0),)}, True),
    ({"evidence": (seen(geometry=None, hazardous_area_id=AREA.id),)}, True),
    ({"evidence": (seen(EvidenceKind.VERBAL_REPORT),)}, False),
    ({"evidence": (seen(sign=EvidenceSign.ABSENCE),)}, False),
    ({"ordnance": (mine(),)}, True),
    ({"ordnance": (mine(geometry=OUTSIDE),)}, False),
    ({"accidents": (Accident(id="x", geometry=INSIDE),)}, True),
])
def test_direct_evidence_a_find_or_an_accident_inside_forbids_it(records: dict[str, Any], forbidden: bool) -> None:
    assert codes(**records) == (["SG-PROGRESS-044"] if forbidden else [])


@pytest.mark.parametrize(("approver", "allowed"), [("B. Approver", True), ("A. Surveyor", False), ("a.surveyor", False),
                                                   ("", False)])
def test_author_and_approver_are_two_people(approver: str, allowed: bool) -> None:
    assert (approval_objection(REPORT, approver) is None) is allowed


def test_only_direct_evidence_with_place_and_date_confirms() -> None:
    dated = seen(date_of_information=date(2026, 1, 1))
    given = [dated, seen(id="undated"), replace(dated, id="away", geometry=shapely.Point(-29, 51)), USED, PRESS,
             replace(dated, id="nowhere", geometry=None)]
    assert confirming(given, AREA, PACK.programme) == [dated]


def test_every_step_is_in_the_table_and_closed_where_it_is_not_listed() -> None:
    assert {row.step for row in TABLE} == set(Step)
    for step in Step:
        with pytest.raises(RefusedError) as refused:
            require_step(replace(AREA, workflow_status=WorkflowStatus.RELEASED), step)
        assert refused.value.code == "SG-PROGRESS-048"
    with pytest.raises(RefusedError):
        require_step(replace(AREA, area_type=AreaType.CONFIRMED_HAZARDOUS_AREA), Step.CONFIRM)
    assert require_step(AREA, Step.SUSPEND).becomes is WorkflowStatus.SUSPENDED
