"""Grades: presence and absence, the programme's own classes, and leads that can only raise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.evidence.grade import PressLead, grade_area, raised
from safeground.operations.context import standard_text
from safeground.records.nouns import Evidence
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import AreaType, EvidenceKind, EvidenceSign

PACK = standard_from_toml(standard_text("imas"))
RULES, PROGRAMME = PACK.hazard, PACK.programme
assert RULES is not None
SHA = AreaType.SUSPECTED_HAZARDOUS_AREA
KINDS = st.sampled_from([k for k in EvidenceKind if k is not EvidenceKind.PRESS_REPORT])
ITEMS = st.lists(st.tuples(KINDS, st.sampled_from(EvidenceSign)), max_size=6)


def evidence(*items: tuple[EvidenceKind, EvidenceSign]) -> list[Evidence]:
    return [Evidence(id=str(k), kind=kind, sign=sign) for k, (kind, sign) in enumerate(items)]


@given(ITEMS, st.randoms())
def test_order_of_the_records_changes_nothing(items: list[tuple[EvidenceKind, EvidenceSign]], random: object) -> None:
    records = evidence(*items)
    shuffled = records[::-1]
    assert grade_area(SHA, records, (), RULES, PROGRAMME).probability == pytest.approx(
        grade_area(SHA, shuffled, (), RULES, PROGRAMME).probability)


@given(ITEMS, st.floats(-5, 5), st.booleans())
def test_no_press_report_and_no_lead_ever_lowers_a_grade(
        items: list[tuple[EvidenceKind, EvidenceSign]], strength: float, present: bool) -> None:
    before = grade_area(SHA, evidence(*items), (), RULES, PROGRAMME).probability
    press = Evidence(id="p", kind=EvidenceKind.PRESS_REPORT,
                     sign=EvidenceSign.PRESENCE if present else EvidenceSign.ABSENCE)
    after = grade_area(SHA, [*evidence(*items), press], [PressLead("l", strength)], RULES, PROGRAMME).probability
    assert after >= before - 1e-12
    if not present and strength <= 0:
        assert after == pytest.approx(before)


def test_a_lead_is_capped_and_has_no_sign() -> None:
    assert PressLead("x", -3.0).strength == 0.0
    assert raised(0.2, PressLead("x", 9.0), 0.5) == 0.5
    assert raised(0.8, PressLead("x", 9.0), 0.5) == 0.8


def test_absence_never_falls_below_its_floor_and_direct_weighs_more_than_indirect() -> None:
    used = evidence(*[(EvidenceKind.LAND_IN_USE, EvidenceSign.ABSENCE)] * 30)
    grade = grade_area(SHA, used, (), RULES, PROGRAMME)
    assert grade.probability == pytest.approx(RULES.absence_floor * 0.35, rel=1e-6)
    craters = evidence((EvidenceKind.CRATERS, EvidenceSign.PRESENCE))
    weak = grade_area(SHA, craters, (), RULES, PROGRAMME).probability
    own = replace(PROGRAMME, direct_evidence=("craters",), indirect_evidence=())
    assert grade_area(SHA, craters, (), RULES, own).probability > weak > 0.35


def test_an_accident_proves_presence_and_the_steps_say_why() -> None:
    grade = grade_area(SHA, evidence((EvidenceKind.ACCIDENT_UNLOCATED, EvidenceSign.PRESENCE)), (), RULES, PROGRAMME)
    assert grade.known
    assert grade.probability == 1.0
    assert grade.steps[0].reason == "type of area: sha"
    assert grade.steps[-1].probability == 1.0
