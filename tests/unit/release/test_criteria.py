"""Each criterion of release: met by the ready case, failed by each way of breaking it, all failures told at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import shapely

from safeground.foundation.errors import RefusedError
from safeground.records.nouns import Nonconformity
from safeground.records.quality import LotState
from safeground.records.quality_rules import ResidualScope
from safeground.records.release import PointType
from safeground.records.vocabulary import LandStatus, ReleaseMethod, Severity
from safeground.release.case import ReleaseCase, SharedGround
from safeground.release.criteria import CRITERIA, judge, require_met
from safeground.release.verify_dossier import CRITERIA as CHECKED
from support.cases import DAY, case, ready, verdict
from support.releases import square

READY = ready()[0]
CLEARED = [p for p in READY.parts if p.part.release_method is ReleaseMethod.CLEARED]


def changed(items: tuple[Any, ...], index: int = 0, **values: Any) -> tuple[Any, ...]:
    return tuple(replace(item, **values) if k == index else item for k, item in enumerate(items))


def part(index: int, **values: Any) -> tuple[Any, ...]:
    return tuple(replace(p, part=replace(p.part, **values)) if k == index else p for k, p in enumerate(READY.parts))


def rules(**values: Any) -> ReleaseCase:
    return case(rules=replace(READY.rules, **values))


def left(**values: Any) -> ReleaseCase:
    assert READY.residual is not None
    return case(residual=replace(READY.residual, **values))


def open_case(severity: Severity = Severity.CRITICAL, **values: Any) -> ReleaseCase:
    return case(cases=(Nonconformity(id="nc", inspection_id="", severity=severity, description="x", owner="One",
                                     **values),))


def held(**values: int) -> tuple[tuple[LandStatus, int], ...]:
    return tuple(sorted((dict(READY.held_cm2) | {LandStatus(k): v for k, v in values.items()}).items()))


def test_the_ready_case_meets_every_criterion_and_the_offline_check_knows_them_all() -> None:
    found = judge(READY)
    assert [v.id for v in found if not v.met] == []
    assert tuple(v.id for v in found) == CHECKED
    assert len(CRITERIA) == len(found)
    assert all(v.reason and v.clause and not v.remedy for v in found)


MARKS = READY.markers
BROKEN: list[tuple[str, str, Callable[[], ReleaseCase], str]] = [
    ("coverage", "land is pending", lambda: case(pending_cm2=1), "wait for a decision"),
    ("coverage", "one cm² is still confirmed",
     lambda: case(held_cm2=held(confirmed=1, reduced=dict(READY.held_cm2)[LandStatus.REDUCED] - 1)), "suspected or"),
    ("coverage", "a part was reversed",
     lambda: case(parts=(replace(READY.parts[0], state="reversed"), *READY.parts[1:])), "have their ground recorded"),
    ("coverage", "accounts do not sum", lambda: case(opening_cm2=READY.opening_cm2 + 1), "do not sum"),
    ("coverage", "unexplained", lambda: case(held_cm2=held(unexplained=5)), "unexplained"),
    ("coverage", "shared with a hazardous area",
     lambda: case(shared=(SharedGround(area_id="other", area_cm2=5, hazardous_cm2=5),)), "still holds hazardous"),
    ("coverage", "two parts share ground",
     lambda: case(parts=part(1, geometry=READY.parts[0].part.geometry)), "share"),
    ("coverage", "a part lies outside", lambda: case(parts=part(1, geometry=square(-29.9))), "outside the area"),
    ("depth", "too shallow", lambda: case(parts=part(0, depth_cm=12.9)), "12.9 cm"),
    ("depth", "no depth stated", lambda: case(parts=part(0, depth_cm=None)), "states no depth"),
    ("depth", "no depth set", lambda: case(required_depth_cm=None), "no clearance depth"),
    ("inspections", "lot not accepted", lambda: case(lots=changed(READY.lots, state=LotState.DRAWN)),
     "no accepted lot"),
    ("inspections", "lot rejected", lambda: case(lots=changed(READY.lots, state=LotState.REJECTED)), "no accepted lot"),
    ("inspections", "part left out of the lot",
     lambda: case(lots=changed(READY.lots, part_ids=READY.lots[0].part_ids[:1])), "no accepted lot"),
    ("inspections", "no draw", lambda: case(draws=()), "no draw"),
    ("inspections", "a risk-aware draw is no plan", lambda: case(draws=changed(READY.draws, risk_aware=True)),
     "no draw"),
    ("inspections", "another seed", lambda: case(draws=changed(READY.draws, seed="00")), "not the one sealed"),
    ("inspections", "drawn after the visit",
     lambda: case(recorded={READY.draws[0].id: 51, READY.inspections[0].id: 50}), "not recorded before"),
    ("inspections", "visit before the draw's day",
     lambda: case(inspections=changed(READY.inspections, visit_date=date(2026, 6, 4))), "not recorded before"),
    ("inspections", "too few units",
     lambda: case(inspections=changed(READY.inspections, units_checked=311)), "311 of 312"),
    ("inspections", "failed units", lambda: case(inspections=changed(READY.inspections, units_failed=1)), "1 failed"),
    ("inspections", "visit open", lambda: case(inspections=changed(READY.inspections, passed=None)), "no passed visit"),
    ("inspections", "visit failed", lambda: case(inspections=changed(READY.inspections, passed=False)),
     "no passed visit"),
    ("actions", "open critical", open_case, "critical case nc is open"),
    ("actions", "open critical by its number", lambda: open_case(local_id="NC007"), "critical case NC007 is open"),
    ("actions", "open major", lambda: open_case(Severity.MAJOR), "major case nc is open"),
    ("actions", "overdue minor", lambda: open_case(Severity.MINOR, due_date=DAY - timedelta(days=1)), "was due"),
    ("actions", "closed unverified", lambda: open_case(closed_date=date(2026, 6, 1)), "without verification"),
    ("actions", "verified by its owner",
     lambda: open_case(closed_date=date(2026, 6, 1), verified_by=" one ", verified_date=date(2026, 6, 1)), "its owner"),
    ("surveys", "approved by the author",
     lambda: case(surveys=changed(READY.surveys, approver="a  SURVEYOR")), "approved by its author"),
    ("surveys", "no approver", lambda: case(surveys=changed(READY.surveys, approver="")), "no approver"),
    ("surveys", "no report", lambda: case(surveys=()), "without a survey report"),
    ("surveys", "other outcome",
     lambda: case(surveys=changed(READY.surveys, outcome=ReleaseMethod.CANCELLED)), "does not support"),
    ("surveys", "no national criterion", lambda: case(surveys=changed(READY.surveys, criteria=("own",))), "criterion"),
    ("documents", "missing", lambda: case(documents=READY.documents[1:]), "is missing"),
    ("documents", "wrong role", lambda: case(documents=changed(READY.documents, signed_as="driver")), "driver"),
    ("documents", "no reference", lambda: case(documents=changed(READY.documents, reference=" ")), "no reference"),
    ("documents", "no signatory", lambda: case(documents=changed(READY.documents, signatory="")), "no signatory"),
    ("documents", "future", lambda: case(documents=changed(READY.documents, dated=DAY + timedelta(days=1))), "future"),
    ("markers", "corner without", lambda: case(markers=MARKS[1:]), "has no marker"),
    ("markers", "no buried metal", lambda: case(markers=changed(MARKS, 1, buried_metal=False)), "buried metal"),
    ("markers", "not emplaced", lambda: case(markers=changed(MARKS, 1, emplaced_date=None)), "emplacement date"),
    ("markers", "emplaced later",
     lambda: case(markers=changed(MARKS, 1, emplaced_date=DAY + timedelta(days=1))), "emplacement date"),
    ("markers", "no intermediate point",
     lambda: case(markers=tuple(m for m in MARKS if m.point_type is not PointType.INTERMEDIATE_POINT)), "intermediate"),
    ("markers", "no benchmark", lambda: case(markers=MARKS[:-1]), "benchmark"),
    ("handover", "none", lambda: case(handovers=()), "no handover"),
    ("handover", "no use", lambda: case(handovers=changed(READY.handovers, intended_use="")), "intended use"),
    ("handover", "nobody there",
     lambda: case(handovers=changed(READY.handovers, men=0, women=0, boys=0, girls=0)), "nobody of the community"),
    ("handover", "before the markers",
     lambda: case(handovers=changed(READY.handovers, handover_date=date(2026, 6, 19))), "before the markers"),
    ("residual", "not set", lambda: rules(residual_p_any_max=None), "has set no"),
    ("residual", "no answer", lambda: case(residual=None), "no answer"),
    ("residual", "newer records", lambda: left(newer=("return 9",)), "return 9"),
    ("residual", "another outline", lambda: left(outline_sha256="00"), "another outline"),
    ("residual", "too high", lambda: left(p_any=0.0501), "more than 0.05"),
    ("residual", "not a number", lambda: left(p_any=float("nan")), "more than 0.05"),
    ("residual", "unknown ground", lambda: left(unknown_m2=2.0), "nothing is known"),
    ("residual", "cleared unsearched", lambda: left(searched_m2=100.0), "searched by no record"),
    ("position", "withheld", lambda: case(area=replace(READY.area, geo_safe=False)), "not to leave"),
]


@pytest.mark.parametrize(("name", "how", "broken", "says"), BROKEN, ids=[f"{b[0]}: {b[1]}" for b in BROKEN])
def test_each_way_of_breaking_a_criterion_is_seen_named_and_remedied(
    name: str, how: str, broken: Callable[[], ReleaseCase], says: str
) -> None:
    found = verdict(broken(), name)
    assert not found.met, how
    assert says in found.reason
    assert found.remedy


def test_every_criterion_but_the_closing_table_has_a_case_that_breaks_it() -> None:
    assert {b[0] for b in BROKEN} | {"closure"} == set(CHECKED)
    assert not verdict(rules(closure_error_m_max=0.0), "closure").met


def test_a_refusal_names_all_that_fail_at_once_with_their_remedies() -> None:
    found = judge(case(documents=(), handovers=(), pending_cm2=1))
    with pytest.raises(RefusedError) as refused:
        require_met("CHA-1", found)
    said = str(refused.value)
    assert refused.value.code == "SG-RELEASE-001"
    assert refused.value.criterion == "coverage, documents, handover"
    assert said.count("is missing") == 4
    assert "no handover is on record" in said
    assert "File each paper" in said


def test_the_limit_may_hold_for_searched_ground_alone() -> None:
    high = left(p_any=0.4)
    assert not verdict(high, "residual").met
    found = verdict(replace(high, rules=replace(READY.rules, residual_scope=ResidualScope.SEARCHED)), "residual")
    assert found.met
    assert "in the whole area 0.4" in found.reason


def test_a_programme_may_leave_hazardous_ground_behind_only_by_its_own_setting() -> None:
    some = dict(READY.held_cm2)[LandStatus.REDUCED] // 2
    cut = case(held_cm2=held(confirmed=some, reduced=dict(READY.held_cm2)[LandStatus.REDUCED] - some),
               parts=part(2, area_cm2=READY.parts[2].part.area_cm2 - some))
    assert "suspected or confirmed" in verdict(cut, "coverage").reason
    assert verdict(replace(cut, rules=replace(READY.rules, coverage_min=0.5)), "coverage").met


def test_a_minor_case_that_is_not_due_blocks_nothing() -> None:
    assert verdict(open_case(Severity.MINOR, due_date=DAY), "actions").met
    closed = open_case(closed_date=date(2026, 6, 1), verified_by="Two", verified_date=date(2026, 6, 1))
    assert verdict(closed, "actions").met


def test_no_handover_is_needed_where_the_pack_says_so() -> None:
    assert verdict(replace(rules(handover_needed=False), handovers=()), "handover").met


def test_several_visits_may_cover_one_sample_and_ground_that_none_saw_is_named() -> None:
    draw, visit = READY.draws[0], READY.inspections[0]
    west, south, east, north = draw.geometry.bounds
    middle = (west + east) / 2
    halves = [shapely.intersection(draw.geometry, shapely.box(*edges)) for edges in (
        (west, south, middle, north), (middle, south, east, north))]
    both = [replace(visit, id=f"{visit.id}-{k}", geometry=half, units_checked=156) for k, half in enumerate(halves)]
    others = READY.inspections[1:]
    recorded = READY.recorded | {v.id: READY.recorded[visit.id] for v in both}
    assert verdict(case(inspections=(*both, *others), recorded=recorded), "inspections").met
    one = verdict(case(inspections=(both[0], *others), recorded=recorded), "inspections")
    assert not one.met
    assert "156 of 312" in one.reason
    unseen = replace(both[1], geometry=shapely.box(middle, south, east, (south + north) / 2))
    assert not verdict(case(inspections=(both[0], unseen, *others), recorded=recorded), "inspections").met
