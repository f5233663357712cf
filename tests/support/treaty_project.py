"""A synthetic programme on the open ocean: every contamination, several units and years, and every fate of an entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import shapely

from safeground.foundation.seeds import stable_id
from safeground.ground.area import geodesic_area_cm2
from safeground.ledger.book import LandBook
from safeground.ledger.post import open_parcels, pending_transfer, post_pending, reverse_entry, void_pending
from safeground.operations.context import Caller
from safeground.operations.land import parcels_from
from safeground.records.fieldwork import LandPart, SurveyReport
from safeground.records.land import LandEntry
from safeground.records.nouns import (
    Accident,
    Activity,
    HazardousArea,
    Inspection,
    Nonconformity,
    OrdnanceItem,
    ProgressReturn,
    ReleaseDecision,
    RiskEducationSession,
    TaskOrder,
    Team,
)
from safeground.records.release import FiledDocument, Handover, PointType, SurveyMarker
from safeground.records.vocabulary import (
    AccidentClass,
    ActivityType,
    AreaType,
    ContaminationCategory,
    Disposition,
    InspectionKind,
    LandStatus,
    ReleaseMethod,
    Severity,
    WorkflowStatus,
)
from safeground.store.project import Project
from support.projects import new_project

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
UNITS = ("Vesterlund", "Nordhavn", "Район «Північ»", "")
TEAMS = (Team(id="team-a", local_id="T-A", name="Team A", organisation="Halden Relief", asset_type="manual"),
         Team(id="team-b", local_id="T-B", name="=Team B", organisation="North Aid", asset_type="machine"))
SETTINGS = """
[report]
apmbc_entry_into_force = 2024-03-01
ccm_entry_into_force = 2020-08-01
ccm_extension_meeting = 2030-05-31
[report.apmbc_forms]
F = "Demolitions follow the national standard; sites are chosen by the authority."
[[donors]]
by = "team"
key = "Team A"
shares = { "Donor One" = "2/3", "Donor Two" = "1/3" }
[[donors]]
by = "organisation"
key = "North Aid"
shares = { "Donor Two" = 1 }
[[donors]]
by = "task"
key = "TO-4"
shares = { "Donor Three" = 0.5, "Donor One" = 0.5 }
"""


def caller() -> Caller:
    """A caller in March 2026."""
    return Caller(actor="information manager", reason="test", clock=lambda: NOW)


def area(number: int, contamination: ContaminationCategory, **values: object) -> HazardousArea:
    """A square in the sea; some are confirmed, some must not be shown."""
    x, y = -30.0 + 0.02 * (number % 10), 51.0 + 0.02 * (number // 10)
    shape = shapely.box(x, y, x + 0.004, y + 0.003)
    given: dict[str, object] = {
        "id": stable_id("treaty area", number), "local_id": f"HA-{number}", "name": f"Field {number}",
        "geometry": shape, "area_cm2": int(geodesic_area_cm2([shape])[0]), "contamination": contamination,
        "area_type": AreaType.CONFIRMED_HAZARDOUS_AREA if number % 3 == 0 else AreaType.SUSPECTED_HAZARDOUS_AREA,
        "admin_unit": UNITS[number % len(UNITS)], "geo_safe": number % 7 != 5,
        "note": f"note {number}", "date_of_information": date(2023 + number % 3, 2, 1 + number % 20)}
    return HazardousArea(**(given | values))  # type: ignore[arg-type]


def all_areas() -> list[HazardousArea]:
    """Two areas of each contamination, one that overlaps another, and one without an outline."""
    kinds = list(ContaminationCategory)
    held = [area(n, kinds[n % len(kinds)]) for n in range(2 * len(kinds))]
    over = shapely.box(-29.998, 51.001, -29.99, 51.005)
    held.append(area(90, ContaminationCategory.ANTI_PERSONNEL_MINE, geometry=over, admin_unit="Vesterlund",
                     area_cm2=int(geodesic_area_cm2([over])[0]), area_type=AreaType.SUSPECTED_HAZARDOUS_AREA))
    held.append(area(91, ContaminationCategory.ANTI_PERSONNEL_MINE, geometry=shapely.Point(-29, 52), area_cm2=0,
                     area_type=AreaType.INDICATION))
    return held


class _Work:
    """Reports work and decides it, entry by entry."""

    def __init__(self, entries: list[LandEntry]) -> None:
        self.entries, self.book = entries, LandBook.from_entries(entries)
        self.parts: list[LandPart] = []
        self.returns: list[ProgressReturn] = []

    def add(self, entry: LandEntry) -> LandEntry:
        self.book.add(entry)
        self.entries.append(entry)
        return entry

    def report(self, record: HazardousArea, target: LandStatus, cm2: int, on: date, number: int) -> LandEntry:
        source = (LandStatus.CONFIRMED if record.area_type is AreaType.CONFIRMED_HAZARDOUS_AREA
                  else LandStatus.SUSPECTED)
        team = TEAMS[number % 2]
        back = ProgressReturn(
            id=stable_id("return", number), submission_id=f"sub-{number}", task_order_id=stable_id("order", number % 5),
            team_id=team.id, work_date=on, area_cm2=cm2, method="manual" if number % 2 else "machine", hours=6.5,
            hazardous_area_id=record.id, downtime_hours=0.75 if number % 4 == 0 else None,
            downtime_reason="rain" if number % 8 == 0 else "", depth_cm=20.0)
        entry = self.add(pending_transfer(self.book, record.id, source, target, cm2, entry_id=stable_id("work", number),
                                          on=on, reason="work", evidence_ids=(back.id,)))
        self.returns.append(back)
        if target is LandStatus.CLEARED:
            self.parts.append(LandPart(
                id=stable_id("part", number), entry_id=entry.id, hazardous_area_id=record.id, geometry=record.geometry,
                area_cm2=cm2, release_method=ReleaseMethod.CLEARED, record_ids=(back.id,), team_id=team.id,
                asset="detector", method=back.method, work_date=on, depth_cm=15.0 + number % 3 * 5))
        return entry


def _work(records: list[HazardousArea], entries: list[LandEntry]) -> _Work:
    """For each area: some work of each method, posted, waiting, rejected, posted in part, or reversed later."""
    made, random = _Work(entries), Random(7)
    targets = (LandStatus.CLEARED, LandStatus.REDUCED, LandStatus.CANCELLED)
    number = 0
    for record in records:
        if not record.area_cm2 or record.local_id == "HA-90":
            continue
        for turn in range(4):
            number += 1
            on = date(2023 + (number + turn) % 3, 1 + number % 12, 1 + number % 28)
            cm2 = record.area_cm2 // 9 + random.randrange(1000)
            entry = made.report(record, targets[number % 3], cm2, on, number)
            fate = number % 7
            later = date(on.year + (1 if number % 5 == 0 else 0), 12, 30)
            if fate == 0:
                continue
            if fate == 1:
                made.add(void_pending(made.book, entry.id, on=later, reason="rejected"))
                continue
            part = entry.postings[1].amount_cm2 // 2 if fate == 2 else None
            posted = made.add(post_pending(made.book, entry.id, on=later, reason="accepted", part=part))
            if fate == 3:
                made.add(reverse_entry(made.book, posted.id, on=date(2025, 6, 15), reason="item found"))
    return made


def finds(records: list[HazardousArea]) -> list[OrdnanceItem]:
    """Finds of every category, article, fate and date, with and without an area and a date."""
    kinds, fates = list(ContaminationCategory), list(Disposition)
    held = []
    for n in range(130):
        held.append(OrdnanceItem(
            id=stable_id("find", n), category=kinds[n % len(kinds)], quantity=1 + n % 4,
            hazardous_area_id="" if n % 13 == 0 else records[n % 20].id, model=("", "PMN-2", "=M75", "ПМН")[n % 4],
            found_date=None if n % 17 == 0 else date(2023 + n % 3, 1 + n % 12, 1 + n % 28), depth_cm=float(n % 20),
            disposition=fates[0] if n % 3 else fates[n % len(fates)],
            article_5=(True, False, None)[n % 3 if n % 2 else 0], improvised=n % 10 == 0))
    return held


def _quality(records: list[HazardousArea]) -> list[object]:
    first = records[0]
    held: list[object] = [
        Inspection(id=stable_id("visit", n), kind=list(InspectionKind)[n % 2], visit_date=date(2025, 1 + n % 12, 5),
                   hazardous_area_id=records[n % 6].id, passed=(True, False, None)[n % 3], inspector="A. Person",
                   inspecting_organisation="Authority") for n in range(20)]
    held += [Nonconformity(id=stable_id("case", n), inspection_id="", severity=list(Severity)[n % 3],
                           description="vest", hazardous_area_id=records[n % 6].id, opened_date=date(2025, 2, 1 + n),
                           closed_date=date(2025, 6, 1) if n % 2 else None) for n in range(9)]
    held += [Accident(id=stable_id("accident", n), accident_date=None if n == 4 else date(2025, 3 + n, 3),
                      accident_class=list(AccidentClass)[n % 3], killed_count=n % 2, injured_count=n,
                      geometry=shapely.Point(-29.9, 51.05)) for n in range(5)]
    held += [RiskEducationSession(id=stable_id("session", n), session_date=date(2025, 4, 1 + n),
                                  organisation=("Halden Relief", "North Aid")[n % 2],
                                  audience=(("female_5_12", 3 + n), ("male_18+", 2))) for n in range(7)]
    held += [TaskOrder(id=stable_id("order", n), local_id=f"TO-{n}", hazardous_area_id=records[n].id, objective="clear",
                       team_ids=(TEAMS[n % 2].id,), start_date=date(2025, 1, 5), end_date=date(2025, 9, 5))
             for n in range(5)]
    held += [Handover(id="handover-1", hazardous_area_id=first.id, handover_date=date(2025, 12, 31), men=4, women=7,
                      boys=2, girls=6, recipient="Maria Example", recipient_role="mayor", intended_use="farming"),
             FiledDocument(id="paper-1", hazardous_area_id=first.id, kind="completion_report", reference="CR-1",
                           dated=date(2025, 12, 30), signed_as="operations manager", signatory="B. Person"),
             SurveyReport(id="survey-1", hazardous_area_id=first.id, survey_type=ActivityType.TECHNICAL_SURVEY,
                          survey_date=date(2024, 5, 1), outcome=ReleaseMethod.REDUCED, criteria=("no_evidence",),
                          author="C. Person", approver="D. Person"),
             ReleaseDecision(id="decision-1", hazardous_area_id=first.id, decision="released")]
    held += [SurveyMarker(id=f"marker-{n}", hazardous_area_id=first.id, point_type=PointType.TURNING_POINT if n else
                          PointType.START_POINT, sequence=n + 1, geometry=shapely.Point(*xy),
                          emplaced_date=date(2025, 12, 1))
             for n, xy in enumerate(list(first.geometry.exterior.coords)[:-1])]
    return held


def treaty_project(path: Path) -> Project:
    """Make the programme's project; the caller closes it."""
    from safeground.operations.treaty import set_settings

    records = all_areas()
    records[0] = replace(records[0], workflow_status=WorkflowStatus.WORKED_ON)
    legacy_shape = shapely.box(-29.6, 51.4, -29.596, 51.403)
    legacy = Activity(
        id="legacy-1", activity_type=ActivityType.LEGACY_CLEARANCE, geometry=legacy_shape, name="Old field",
        area_cm2=int(geodesic_area_cm2([legacy_shape])[0]), release_method=ReleaseMethod.CLEARED,
        contamination=ContaminationCategory.ANTI_PERSONNEL_MINE, date_of_information=date(2025, 5, 5))
    parcels = parcels_from([*records, legacy], {})
    entries, _ = open_parcels(parcels, [], LandBook(), on=date(2023, 1, 1), reason="taken in")
    made = _work(records, list(entries))
    items = finds(records)
    marking = Activity(id="marking-1", activity_type=ActivityType.MARKING, end_date=date(2025, 7, 7))
    project = new_project(path)
    with project.write(caller().info("intake")) as writer:
        writer.put([*records, legacy, marking, *TEAMS, *items, *made.returns, *made.parts,
                    *_quality(records)])  # type: ignore[list-item]
        writer.add_entries(made.entries)
    set_settings(project, SETTINGS, caller())
    return project
