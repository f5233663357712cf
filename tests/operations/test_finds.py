"""Something is found in cleared ground: a critical case by itself, and accepted ground that is accepted no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from safeground.ledger.book import LandBook
from safeground.operations import ledger
from safeground.operations.inspection import (
    Visit,
    VisitFind,
    act_on_case,
    cases_of_find,
    close_case,
    decide_lot,
    draw_sample,
    form_lots,
    record_visit,
    verify_case,
)
from safeground.operations.inspection_cases import CaseResult
from safeground.operations.intake import IntakeRequest, IntakeResult, take_files
from safeground.operations.progress import ProgressRequest, take_returns
from safeground.operations.survey import SurveyRequest, decide_report, report_outcomes
from safeground.records.fieldwork import SurveyReport
from safeground.records.land import EntryKind
from safeground.records.nouns import Evidence, Nonconformity, OrdnanceItem, Team
from safeground.records.quality import LotState
from safeground.records.vocabulary import (
    ActivityType,
    ContaminationCategory,
    EvidenceKind,
    EvidenceSign,
    LandStatus,
    ReleaseMethod,
    Severity,
)
from safeground.store.project import Project, open_project
from support.inspections import SIZE, at, cleared_project, work
from support.projects import area, caller, opening
from support.returns import field_project, row, strip, write

SMALL = SIZE / 2
LATE = date(2026, 3, 20)
HEAD = "id,category,model,quantity,depth_cm,date_found,latitude,longitude,accuracy_m\n"


def accept(project: Project, name: str, day: int = 0) -> None:
    """Draw a lot, see every drawn unit, accept it."""
    drawn = draw_sample(project, name, at(day))
    record_visit(project, name, at(day + 1), visit=Visit(
        visit_date=date(2026, 3, 2 + day), inspector="Inspector One", units=drawn.draw.units))
    decide_lot(project, name, at(day + 1))


def put(project: Project, *records: Any) -> None:
    with project.write(caller().info("intake")) as writer:
        writer.put(records)


def take_find(project: Project, folder: Path, place: shapely.Point, name: str = "F-1", day: date = LATE,
              accuracy: str = "") -> IntakeResult:
    """Take one item in from a file, as anybody would."""
    path = folder / f"{name}.csv"
    path.write_text(f"{HEAD}{name},apm,PMN,1,5,{day},{place.y},{place.x},{accuracy}\n", encoding="utf-8")
    return take_files(project, [path], at(20), IntakeRequest(as_noun="find"))


def said(result: Any) -> list[str]:
    """Return what was said of finds in cleared ground."""
    return [f.code for f in result.findings if f.code in ("SG-OPS-127", "SG-OPS-131", "SG-OPS-134", "SG-OPS-135")]


def of(project: Project, noun: str) -> list[Any]:
    with project.read() as reader:
        return list(reader.records(noun))


def held(project: Project, area_id: str) -> dict[LandStatus, int]:
    with project.read() as reader:
        return LandBook.from_entries(reader.entries()).held(area_id)


def sound(project: Project) -> None:
    """The book balances and everything recomputed agrees."""
    result = ledger.verify(project, at(30))
    assert (result.sheet.balanced, result.chain_ok, result.findings) == (True, True, ())


def states(project: Project) -> dict[str, str]:
    return {lot.local_id: lot.state.value for lot in of(project, "inspection_lot")}


@pytest.fixture
def three(tmp_path: Path) -> Project:
    """Three areas cleared by T1, T1 and T2; the lots of the first two are accepted."""
    areas = [area(k, size=SMALL) for k in range(3)]
    project = cleared_project(tmp_path / "three.gpkg", areas, teams=("T1", "T1", "T2"))
    form_lots(project, at())
    by_area = {lot.hazardous_area_id: lot.local_id for lot in of(project, "inspection_lot")}
    for k in (0, 1):
        accept(project, by_area[areas[k].id])
    return project


def test_a_find_taken_in_opens_a_case_and_takes_the_accepted_lot_back_by_itself(three: Project, tmp_path: Path) -> None:
    first, second = area(0, size=SMALL), area(1, size=SMALL)
    lots = {lot.hazardous_area_id: lot for lot in of(three, "inspection_lot")}
    before = of(three, "inspection"), of(three, "sampling_draw"), of(three, "land_part")
    assert held(three, first.id) == {LandStatus.CLEARED: first.area_cm2}
    result = take_find(three, tmp_path, first.geometry.centroid)
    assert said(result) == ["SG-OPS-131", "SG-OPS-134"]
    (case,) = of(three, "nonconformity")
    assert (case.severity, case.origin_lot_ids) == (Severity.CRITICAL, (lots[first.id].id,))
    assert set(case.lot_ids) == {lots[first.id].id, lots[second.id].id}
    assert held(three, first.id) == {LandStatus.SUSPECTED: first.area_cm2}
    assert held(three, second.id) == {LandStatus.CLEARED: second.area_cm2}
    assert states(three)[lots[first.id].local_id] == "revoked"
    assert states(three)[lots[second.id].local_id] == "accepted"
    assert (of(three, "inspection"), of(three, "sampling_draw"), of(three, "land_part")) == before
    with three.read() as reader:
        reversals = [e for e in reader.entries() if e.kind is EntryKind.REVERSAL]
        versions = [event.payload["state"] for event in reader.history(lots[first.id].id)]
        head = reader.head()
    assert len(reversals) == 4
    assert all(case.id in e.evidence_ids for e in reversals)
    assert versions == ["formed", "drawn", "accepted", "revoked"]
    sound(three)
    again = cases_of_find(three, at(21))
    assert (again.cases, again.entries) == ((), ())
    with three.read() as reader:
        assert reader.head() == head


def test_ground_taken_back_counts_again_by_work_of_a_later_day(
    three: Project, tmp_path: Path
) -> None:
    first = area(0, size=SMALL)
    take_find(three, tmp_path, first.geometry.centroid)
    (case,) = of(three, "nonconformity")
    with three.read() as reader:
        book = LandBook.from_entries(reader.entries())
    parts, entries = work(first, 1, first=date(2026, 3, 24), mark="again", book=book)
    with three.write(caller().info("progress")) as writer:
        writer.put(parts)
        writer.add_entries(entries)
    (lot,) = form_lots(three, at(24)).lots
    accept(three, lot.id, 24)
    assert cases_of_find(three, at(25)).entries == ()  # the find is older than the work that counts now
    act_on_case(three, case.id, at(25), owner="Otto", action="cleared again, team retrained", evidence="TR-1")
    verify_case(three, case.id, at(25), by="Vera")
    close_case(three, case.id, at(25))
    assert held(three, first.id) == {LandStatus.CLEARED: first.area_cm2}
    sound(three)
    assert cases_of_find(three, at(27)) == CaseResult(project=three.name, cases=())


def test_an_item_found_by_another_team_in_accepted_ground_comes_with_the_daily_returns(
    tmp_path: Path
) -> None:
    (record,) = field_project(tmp_path / "field.gpkg")
    project = _open(tmp_path / "field.gpkg")
    put(project, Team(id="T1", name="Team 1", organisation="Operator"))
    take_returns(project, [write(tmp_path / "a.csv", [row("a", strip(0, 0.5))])], at(), ProgressRequest(page=False))
    (lot,) = form_lots(project, at()).lots
    _accept_as_guest(project, lot.id)
    place = strip(0.2, 0.3).centroid
    finds = tmp_path / "finds.csv"
    finds.write_text("id,submission_id,category,model,quantity,depth_cm,date_found,latitude,longitude\n"
                     f"F-9,b,apm,PMN,1,5,2026-03-06,{place.y},{place.x}\n", encoding="utf-8")
    more = write(tmp_path / "b.csv", [row("b", strip(0.5, 1), team="T2", date="2026-03-06")])
    result = take_returns(project, [more, finds], at(10), ProgressRequest(page=False))
    assert {f.code for f in result.findings} >= {"SG-OPS-131", "SG-OPS-134"}
    waiting = sum(p.area_cm2 for p in of(project, "land_part") if p.team_id == "T2")
    assert held(project, record.id) == {LandStatus.SUSPECTED: record.area_cm2}
    assert waiting > 0
    sound(project)
    late = take_returns(project, [write(tmp_path / "c.csv", [row("c", strip(0, 0.5), date="2026-03-08")])], at(12),
                        ProgressRequest(page=False))
    assert "SG-PROGRESS-029" in {f.code for f in late.findings}  # worked before the ground was taken back
    newer = take_returns(project, [write(tmp_path / "d.csv", [row("d", strip(0, 0.5), date="2026-03-13")])], at(12),
                         ProgressRequest(page=False))
    assert newer.pending_cm2 == pytest.approx(record.area_cm2 / 2, rel=1e-3)
    sound(project)


def test_ground_reported_only_after_an_item_was_found_in_it_is_a_case_at_once_and_never_accepted(
    tmp_path: Path
) -> None:
    field_project(tmp_path / "field.gpkg")
    project = _open(tmp_path / "field.gpkg")
    put(project, Team(id="T1", name="Team 1", organisation="Operator"),
        OrdnanceItem(id="seen", local_id="F-3", category=ContaminationCategory.ANTI_PERSONNEL_MINE,
                     geometry=strip(0.2, 0.3).centroid, found_date=date(2026, 2, 20)))
    result = take_returns(project, [write(tmp_path / "a.csv", [row("a", strip(0, 0.5), day=3)])], at(),
                          ProgressRequest(page=False))
    assert "SG-OPS-131" in {f.code for f in result.findings}
    (case,) = of(project, "nonconformity")
    assert (case.ordnance_id, case.severity) == ("seen", Severity.CRITICAL)
    (lot,) = form_lots(project, at()).lots
    drawn = draw_sample(project, lot.id, at())
    record_visit(project, lot.id, at(1), visit=_guest(drawn.draw.units))
    decided = decide_lot(project, lot.id, at(1))
    assert decided.lot.state is LotState.REJECTED
    assert "after the work" in decided.verdict.reason
    (case,) = of(project, "nonconformity")
    assert case.origin_lot_ids == (lot.id,)
    sound(project)


def test_a_find_by_its_own_works_correction_is_no_case(tmp_path: Path) -> None:
    field_project(tmp_path / "field.gpkg")
    project = _open(tmp_path / "field.gpkg")
    for name, day, corrects in (("a", 6, ""), ("a2", 5, "a")):
        take_returns(project, [write(tmp_path / f"{name}.csv", [row(name, strip(0, 0.5), day=day, corrects=corrects)])],
                     at(), ProgressRequest(page=False))
        if name == "a":
            (first,) = of(project, "progress_return")
            put(project, OrdnanceItem(id="own", category=ContaminationCategory.ANTI_PERSONNEL_MINE,
                                      geometry=strip(0.2, 0.3).centroid, activity_id=first.id,
                                      found_date=date(2026, 2, 6)))
    assert len(of(project, "land_part")) == 2
    assert of(project, "nonconformity") == []
    assert cases_of_find(project, at()).cases == ()


def test_a_find_of_work_that_was_rejected_does_not_strike_the_neighbours_lot(tmp_path: Path) -> None:
    field_project(tmp_path / "field.gpkg")
    project = _open(tmp_path / "field.gpkg")
    put(project, *(Team(id=t, name=t, organisation="Operator") for t in ("T1", "T2")))
    take_returns(project, [write(tmp_path / "a.csv", [
        row("a", strip(0, 0.5), day=3), row("b", strip(0.5, 1), day=4, team="T2")])], at(), ProgressRequest(page=False))
    returns = {r.submission_id: r.id for r in of(project, "progress_return")}
    seam = shapely.Point(strip(0, 0.5).bounds[2] - 1e-5, strip(0, 0.5).centroid.y)  # 0.7 m inside the neighbour's
    put(project, OrdnanceItem(id="seam", category=ContaminationCategory.ANTI_PERSONNEL_MINE, geometry=seam,
                              activity_id=returns["b"], found_date=date(2026, 2, 4)))
    lots = {lot.team_ids[0]: lot.id for lot in form_lots(project, at()).lots}
    drawn = draw_sample(project, lots["T2"], at())
    record_visit(project, lots["T2"], at(1), visit=replace(_guest(drawn.draw.units), failed=drawn.draw.units))
    assert decide_lot(project, lots["T2"], at(1)).lot.state is LotState.REJECTED
    _accept_as_guest(project, lots["T1"])
    assert set(states(project).values()) == {"accepted", "rejected"}
    assert [c.severity for c in of(project, "nonconformity")] == [Severity.MAJOR]
    sound(project)


def test_a_find_in_cancelled_ground_takes_the_surveys_outcome_back(tmp_path: Path) -> None:
    (record,) = field_project(tmp_path / "field.gpkg")
    project = _open(tmp_path / "field.gpkg")
    put(project, Evidence(id="e", local_id="E1", kind=EvidenceKind.LAND_IN_USE, sign=EvidenceSign.ABSENCE,
                          geometry=strip(0.1, 0.2).centroid))
    report_outcomes(project, [], at(), SurveyRequest(reports=(SurveyReport(
        id="", local_id="S1", hazardous_area_id="Field 0", survey_date=date(2026, 2, 1), geometry=strip(0, 0.5),
        survey_type=ActivityType.NON_TECHNICAL_SURVEY, outcome=ReleaseMethod.CANCELLED,
        criteria=("no_evidence_after_nts",), evidence_ids=("E1",), author="surveyor"),)))
    decide_report(project, "S1", at(1, "approver"), approve=True)
    assert LandStatus.CANCELLED in held(project, record.id)
    result = take_find(project, tmp_path, strip(0.2, 0.3).centroid)
    assert said(result) == ["SG-OPS-131", "SG-OPS-134"]
    assert held(project, record.id) == {LandStatus.SUSPECTED: record.area_cm2}
    sound(project)


def test_a_place_that_nobody_knows_opens_a_case_and_moves_no_ground(three: Project, tmp_path: Path) -> None:
    first = area(0, size=SMALL)
    result = take_find(three, tmp_path, first.geometry.centroid, accuracy="500")
    assert said(result) == ["SG-OPS-131", "SG-OPS-135"]
    assert held(three, first.id) == {LandStatus.CLEARED: first.area_cm2}
    with three.write(caller().info("intake")) as writer:
        (item,) = [i for i in of(three, "ordnance") if i.local_id == "F-1"]
        writer.put([replace(item, version=item.version + 1, position_accuracy_m=3.0)])
    done = cases_of_find(three, at(22))
    assert (done.cases, len(done.entries), len(done.lots)) == ((), 4, 1)
    assert held(three, first.id) == {LandStatus.SUSPECTED: first.area_cm2}
    sound(three)


def test_an_inspectors_find_beside_the_lot_takes_the_neighbours_ground_back(tmp_path: Path) -> None:
    record = area(0, size=SMALL)
    project = cleared_project(tmp_path / "one.gpkg", [record])
    with project.read() as reader:
        book = LandBook.from_entries(reader.entries())
    assert len(book.pending()) == 4
    (lot,) = form_lots(project, at()).lots
    accept(project, lot.id)
    beside = area(1, size=SMALL)
    near = shapely.transform(record.geometry, lambda c: np.add(c, (SMALL, 0.0)))
    beside = replace(beside, geometry=near, area_cm2=record.area_cm2)
    with project.write(caller().info("intake")) as writer:
        writer.put([beside])
        writer.add_entries([opening(beside)])
        parts, entries = work(beside, 4, first=date(2026, 3, 3))
        writer.put(parts)
        writer.add_entries(entries)
    (other,) = form_lots(project, at(6)).lots
    draw_sample(project, other.id, at(6))
    west, south, east, north = record.geometry.bounds
    seen = record_visit(project, other.id, at(7), visit=Visit(
        visit_date=date(2026, 3, 8), inspector="Inspector One", finds=(
            VisitFind(lon=east - 0.4 * (east - west), lat=(south + north) / 2,
                      category=ContaminationCategory.ANTI_PERSONNEL_MINE),)))
    assert said(seen) == ["SG-OPS-131", "SG-OPS-134"]
    assert held(project, record.id) == {LandStatus.SUSPECTED: record.area_cm2}
    sound(project)


def test_ground_that_a_later_area_counts_in_part_is_told_and_stays(tmp_path: Path) -> None:
    record = area(0, size=SMALL)
    project = cleared_project(tmp_path / "one.gpkg", [record])
    (lot,) = form_lots(project, at()).lots
    accept(project, lot.id)
    west, south, east, north = record.geometry.bounds
    new = tmp_path / "new.geojson"
    half = shapely.box(west, south, (west + east) / 2, north)
    new.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"CHA-9"},"geometry":'
                   + shapely.to_geojson(half) + "}]}", encoding="utf-8")
    take_files(project, [new], at(3), IntakeRequest(as_noun="cha"))
    assert LandStatus.OVERLAP in held(project, record.id)
    before = held(project, record.id)
    result = take_find(project, tmp_path, shapely.Point(east - 0.2 * (east - west), (south + north) / 2))
    assert said(result) == ["SG-OPS-131", "SG-OPS-135"]
    assert held(project, record.id) == before
    assert [c.severity for c in of(project, "nonconformity")] == [Severity.CRITICAL]
    sound_but_contested = ledger.verify(project, at(30))
    assert sound_but_contested.sheet.balanced


def test_two_finds_in_one_lot_take_it_back_once(three: Project, tmp_path: Path) -> None:
    first = area(0, size=SMALL)
    west, south, east, north = first.geometry.bounds
    path = tmp_path / "two.csv"
    lines = [f"F-{k},apm,PMN,1,5,{LATE},{(south + north) / 2},{west + share * (east - west)},\n"
             for k, share in enumerate((0.3, 0.7))]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    take_files(three, [path], at(20), IntakeRequest(as_noun="find"))
    cases: list[Nonconformity] = of(three, "nonconformity")
    assert [c.local_id for c in cases] == ["NC001", "NC002"]
    assert held(three, first.id) == {LandStatus.SUSPECTED: first.area_cm2}
    sound(three)


def _open(path: Path) -> Project:
    return open_project(str(path), clock=at().clock)


def _guest(units: tuple[str, ...]) -> Visit:
    return Visit(visit_date=date(2026, 3, 2), inspector="Guest", inspecting_organisation="Authority", units=units)


def _accept_as_guest(project: Project, lot: str) -> None:
    drawn = draw_sample(project, lot, at())
    record_visit(project, lot, at(1), visit=_guest(drawn.draw.units))
    decide_lot(project, lot, at(1))
