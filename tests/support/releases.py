"""An area cleared in strips, inspected, marked, papered and handed over: ready for release, in the open ocean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import shapely

from safeground.foundation.clock import fixed_clock
from safeground.foundation.seeds import stable_id
from safeground.ground.area import ELLIPSOID, geodesic_area_cm2
from safeground.ground.partition import partition
from safeground.ledger.book import LandBook
from safeground.ledger.post import open_parcels, pending_transfer, post_pending
from safeground.operations.context import Caller, standard_text
from safeground.operations.hazard import HazardRequest, run_hazard
from safeground.operations.land import parcels_from
from safeground.operations.release import Signer, register_key
from safeground.records.fieldwork import LandPart, SurveyReport
from safeground.records.nouns import (
    HazardousArea,
    Inspection,
    OrdnanceItem,
    Person,
    ProgressReturn,
    TaskOrder,
)
from safeground.records.quality import InspectionLot, LotState, SamplingDraw
from safeground.records.release import FiledDocument, Handover, PointType, SurveyMarker
from safeground.records.vocabulary import (
    ActivityType,
    AreaType,
    ContaminationCategory,
    Disposition,
    InspectionKind,
    LandStatus,
    ReleaseMethod,
    WorkflowStatus,
)
from safeground.release.signing import new_key_file
from safeground.store.project import Project, create_project

PASSPHRASE = "six dice words are long enough"
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
OVERRIDE = "[clearance]\ndepth_cm = 13.0\n"
PEOPLE = (("author", "Author One"), ("verifier", "Verifier Two"), ("signatory", "Signatory Three"))


def who(moment: datetime = NOW, actor: str = "information manager") -> Caller:
    """A caller whose clock starts at a moment and ticks a second at each look."""
    return Caller(actor=actor, reason="test", clock=fixed_clock(moment))


def square(west: float = -30.0, south: float = 51.0, side_m: float = 80.0) -> shapely.Polygon:
    """A square of geodesic sides, about."""
    east, _, _ = ELLIPSOID.fwd(west, south, 90.0, side_m)
    _, north, _ = ELLIPSOID.fwd(west, south, 0.0, side_m)
    return shapely.box(west, south, east, north)


@dataclass(frozen=True)
class Ready:
    """The project, its area, and the three people's keys."""

    path: Path
    area: HazardousArea
    signers: dict[str, Signer]


def release_area(number: int = 1, outline: shapely.Polygon | None = None, **values: object) -> HazardousArea:
    """A confirmed area."""
    shape = outline if outline is not None else square(-30.0 + 0.01 * number)
    given: dict[str, object] = {
        "id": stable_id("release area", number), "local_id": f"CHA-{number}", "name": f"Hill {number}",
        "geometry": shape, "area_type": AreaType.CONFIRMED_HAZARDOUS_AREA,
        "contamination": ContaminationCategory.ANTI_PERSONNEL_MINE, "workflow_status": WorkflowStatus.WORKED_ON,
        "area_cm2": int(geodesic_area_cm2([shape])[0]), "admin_unit": "Open ocean"}
    return HazardousArea(**(given | values))  # type: ignore[arg-type]


def strips(area: HazardousArea, count: int) -> list[shapely.Polygon]:
    """Vertical strips that cover the area."""
    west, south, east, north = area.geometry.bounds
    wide = (east - west) / count
    return [shapely.box(west + k * wide - (1e-6 if k == 0 else 0), south - 1e-6,
                        west + (k + 1) * wide + (1e-6 if k == count - 1 else 0), north + 1e-6) for k in range(count)]


def markers(area: HazardousArea) -> list[SurveyMarker]:
    """A marker at each corner, intermediate points half-way, and a benchmark outside."""
    corners = shapely.get_coordinates(area.geometry.exterior)[:-1][::-1]
    made = [SurveyMarker(id=stable_id("marker", area.id, k), hazardous_area_id=area.id, sequence=k + 1,
                         point_type=PointType.START_POINT if k == 0 else PointType.TURNING_POINT,
                         geometry=shapely.Point(corner), buried_metal=True, emplaced_date=date(2026, 6, 20))
            for k, corner in enumerate(corners)]
    for k, corner in enumerate(corners):
        middle = (corner + corners[(k + 1) % len(corners)]) / 2
        made.append(SurveyMarker(id=stable_id("between", area.id, k), hazardous_area_id=area.id, geometry=shapely.Point(
            middle), point_type=PointType.INTERMEDIATE_POINT, emplaced_date=date(2026, 6, 20)))
    west, south = area.geometry.bounds[:2]
    return [*made, SurveyMarker(id=stable_id("benchmark", area.id), hazardous_area_id=area.id,
                                point_type=PointType.BENCHMARK, geometry=shapely.Point(west - 2e-4, south - 1e-4),
                                emplaced_date=date(2026, 6, 20))]


PAPERS = (("completion_report", "operations manager"), ("internal_qc_record", "site supervisor"),
          ("inspection_report", "inspector"), ("handover_briefing", "community liaison officer"))


def papers(area: HazardousArea) -> list[FiledDocument]:
    """Every paper that the shipped pack asks for."""
    return [FiledDocument(id=stable_id("paper", area.id, kind), hazardous_area_id=area.id, kind=kind,
                          reference=f"{kind}/2026/1", dated=date(2026, 6, 25), signed_as=role, signatory=f"A {role}",
                          sha256=hashlib.sha256(kind.encode()).hexdigest()) for kind, role in PAPERS]


def handover(area: HazardousArea) -> Handover:
    """Land handed to a village council."""
    return Handover(id=stable_id("handover", area.id), hazardous_area_id=area.id, handover_date=date(2026, 7, 1),
                    recipient="Village council", recipient_role="land owner", intended_use="grazing", men=4, women=5,
                    boys=1, girls=2)


def build(path: Path, *, methods: str = "ccc", override: str = OVERRIDE, outline: shapely.Polygon | None = None,
          passes: int = 3, hazard: bool = True, backend: str = "", decided: bool = True, marked: bool = True) -> Ready:
    """Make a project in which one area is ready for release.

    Parameters
    ----------
    methods : one letter a strip: c cleared, r reduced, n cancelled (by NTS), o still open.
    marked : whether the corners are marked and the papers are there.
    passes : returns for each strip, on different days and by different teams.
    """
    clock = fixed_clock(datetime(2026, 5, 1, 8, tzinfo=UTC))
    start = Caller(actor="information manager", reason="test", clock=clock)
    area = release_area(outline=outline)
    with create_project(backend or str(path), name="Test district", standard_toml=standard_text("imas"), crs="",
                        clock=clock, info=start.info("new")) as project:
        with project.write(start.info("intake")) as out:
            out.set_setting("standard_override_toml", override)
            out.put([area, TaskOrder(id=stable_id("order", area.id), hazardous_area_id=area.id, objective="clear",
                                     clearance_depth_cm=15.0)])
            opened, _ = open_parcels(parcels_from([area], {}), [], LandBook(), on=date(2026, 5, 1), reason="test")
            out.add_entries(opened)
        _work(project, area, methods, passes, start, decided)
        with project.write(start.info("release")) as out:
            out.put([*markers(area), *papers(area), handover(area)] if marked else [])
            out.put([Person(id=stable_id("person", role), name=name, organisation="National authority", roles=(role,))
                     for role, name in PEOPLE])
        if hazard:
            run_hazard(project, HazardRequest(seed=1, samples=200), replace(start, actor="hazard"))
        signers = {}
        for role, name in PEOPLE:
            key = path.parent / f"{role}.pem"
            if not key.exists():
                new_key_file(key, PASSPHRASE)
            signers[role] = Signer(person=name, key_file=key, passphrase=PASSPHRASE)
            register_key(project, signers[role], start)
    return Ready(path, area, signers)


def _work(project: Project, area: HazardousArea, methods: str, passes: int, start: Caller, decided: bool) -> None:
    kind = {"c": ReleaseMethod.CLEARED, "r": ReleaseMethod.REDUCED, "n": ReleaseMethod.CANCELLED}
    cut = partition(area.geometry, area.area_cm2, strips(area, len(methods)))
    parts: list[LandPart] = []
    with project.read() as reader:
        book = LandBook.from_entries(reader.entries())
    entries, records, posted = [], [], []
    for piece in cut:
        k = piece.cutter_index or 0
        if methods[k] == "o":
            continue
        method = kind[methods[k]]
        day = date(2026, 5, 10) + timedelta(days=k)
        evidence: list[str] = []
        if method is ReleaseMethod.CLEARED:
            for p in range(passes):
                made = ProgressReturn(id=stable_id("return", area.id, k, p), submission_id=f"s-{k}-{p}",
                                      task_order_id="", team_id=f"Team {p + 1}", hazardous_area_id=area.id,
                                      work_date=day + timedelta(days=5 * p), geometry=piece.geometry,
                                      area_cm2=piece.area_cm2, method="manual", depth_cm=20.0)
                records.append(made)
                evidence.append(made.id)
        else:
            report = SurveyReport(
                id=stable_id("report", area.id, k), hazardous_area_id=area.id, survey_date=day, outcome=method,
                survey_type=ActivityType.TECHNICAL_SURVEY if method is ReleaseMethod.REDUCED else
                ActivityType.NON_TECHNICAL_SURVEY, geometry=piece.geometry, area_cm2=piece.area_cm2,
                criteria=("systematic_ts_no_finds",) if method is ReleaseMethod.REDUCED else ("no_evidence_after_nts",),
                author="A surveyor", approver="Another surveyor")
            records.append(report)
            evidence.append(report.id)
        entry = pending_transfer(book, area.id, LandStatus.CONFIRMED, LandStatus(method.value), piece.area_cm2,
                                 entry_id=stable_id("move", area.id, k), on=day, reason="test",
                                 evidence_ids=tuple(evidence))
        book.add(entry)
        entries.append(entry)
        parts.append(LandPart(id=stable_id("part", area.id, k), entry_id=entry.id, hazardous_area_id=area.id,
                              geometry=piece.geometry, area_cm2=piece.area_cm2, release_method=method,
                              record_ids=tuple(evidence), team_id="Team 1", asset="detector", method="manual",
                              work_date=day, depth_cm=20.0 if method is ReleaseMethod.CLEARED else None))
    records.append(OrdnanceItem(id=stable_id("find", area.id), category=ContaminationCategory.ANTI_PERSONNEL_MINE,
                                geometry=shapely.centroid(area.geometry), hazardous_area_id=area.id, model="PMN",
                                found_date=date(2026, 5, 11), disposition=Disposition.DESTROYED_IN_SITU))
    with project.write(start.info("progress")) as out:
        out.put([*records, *parts])
        out.add_entries(entries)
    if not decided:
        return
    cleared = [p for p in parts if p.release_method is ReleaseMethod.CLEARED]
    with project.write(start.info("inspection")) as out:
        for entry in entries:
            done = post_pending(book, entry.id, on=date(2026, 6, 12), reason="accepted")
            book.add(done)
            posted.append(done)
        if cleared:
            out.put(_lot(area, cleared))
        out.add_entries(posted)
    if cleared:
        with project.write(start.info("inspection")) as out:
            out.put([visit(area, cleared)])


def _lot(area: HazardousArea, cleared: list[LandPart]) -> list[InspectionLot | SamplingDraw]:
    seed = hashlib.sha256(area.id.encode()).hexdigest()
    ground = shapely.union_all([p.geometry for p in cleared])
    lot = InspectionLot(
        id=stable_id("lot", area.id), hazardous_area_id=area.id, part_ids=tuple(p.id for p in cleared),
        entry_ids=tuple(p.entry_id for p in cleared), geometry=ground, area_cm2=sum(p.area_cm2 for p in cleared),
        team_ids=("Team 1",), plan_version="plan 1", seed_sha256=hashlib.sha256(seed.encode()).hexdigest(),
        formed_at=datetime(2026, 6, 1, 8, tzinfo=UTC), state=LotState.ACCEPTED)
    draw = SamplingDraw(
        id=stable_id("draw", area.id), lot_id=lot.id, seed=seed, unit_m=1.0, unit_count=6400, sample_count=312,
        geometry=shapely.MultiPolygon([shapely.Polygon(shapely.buffer(shapely.centroid(ground), 1e-5).exterior)]),
        drawn_at=datetime(2026, 6, 5, 8, tzinfo=UTC), quality=0.99, confidence=0.95, detection=0.95,
        plan_version="plan 1")
    return [lot, draw]


def visit(area: HazardousArea, cleared: list[LandPart]) -> Inspection:
    """The visit that passed the lot."""
    return Inspection(id=stable_id("visit", area.id), kind=InspectionKind.QUALITY_CONTROL, visit_date=date(2026, 6, 10),
                      hazardous_area_id=area.id, lot_id=stable_id("lot", area.id), draw_id=stable_id("draw", area.id),
                      inspecting_organisation="Authority QC", inspector="An inspector", passed=True, units_checked=312)


__all__ = ["NOW", "OVERRIDE", "PASSPHRASE", "PEOPLE", "Ready", "build", "handover", "markers", "papers", "release_area",
           "square", "strips", "visit", "who"]
