"""The printable sampling sheet of a drawn lot, in one or more languages, beside the files for handset and map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from safeground.foundation.errors import RefusedError
from safeground.foundation.finding import Finding, Severity
from safeground.ground.area import ELLIPSOID
from safeground.inspection.draw import LotUnits, block_of, to_earth, to_plane, verify_draw, walk_order
from safeground.inspection.sampling import defective_limit, p_accept
from safeground.operations.context import Caller
from safeground.operations.inspection_state import InspectionState, folder_of
from safeground.operations.project import opened
from safeground.operations.rules import project_standard
from safeground.operations.whole_file import write_whole
from safeground.records.nouns import HazardousArea
from safeground.records.quality import InspectionLot, SamplingDraw
from safeground.records.release import PointType, SurveyMarker
from safeground.report.language import catalogue
from safeground.report.positions import is_withheld
from safeground.report.sampling_map import MapMarker
from safeground.report.sampling_sheet import SheetUnit, SheetView, sampling_sheet_pdf
from safeground.store.project import Project, Reader


@dataclass(frozen=True, slots=True)
class SheetResult:
    """The sheets of one lot: its number, language → file, and why there may be none."""

    project: str
    lot: InspectionLot
    files: dict[str, str]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A start or turning point that stands in the ground: name, degrees of WGS 84, and m of the units' system."""

    name: str
    lon: float
    lat: float
    east_m: float
    north_m: float


def write_sheets(location: Project | str, lot_name: str, languages: Sequence[str], caller: Caller, *,
                 dry_run: bool = False) -> SheetResult:
    """Write the sampling sheet of a drawn lot in each language, and return the files.

    Raises
    ------
    RequestError : no such lot (``SG-OPS-121``) or language (``SG-REPORT-008``).
    RefusedError : the lot is not drawn (``SG-OPS-136``), or seed and lot give another sample (``SG-INSPECTION-005``).
    """
    words = {code: catalogue(code) for code in languages}
    with opened(location, caller) as project, project.read() as reader:
        state = InspectionState.read(reader)
        lot = state.lot(lot_name)
        draw = state.draw_of(lot)
        if draw is None:
            raise RefusedError("SG-OPS-136", lot.local_id, "has no sample yet, and a sheet prints one.",
                               f"Draw it: safeground inspection PROJECT draw {lot.local_id}",
                               criterion="a sheet follows the draw", clause="sampling plan, draw")
        area = reader.get("hazardous_area", lot.hazardous_area_id)
        if not isinstance(area, HazardousArea) or is_withheld(area):
            return SheetResult(project.name, lot, {}, (Finding(
                Severity.WARNING, "SG-OPS-129", lot.local_id, "the area's position must not leave the project; no "
                "sampling sheet is written.", "Hand the unit names to the inspector in person."),))
        view = _view(reader, project.name, state, lot, draw, area)
        files: dict[str, str] = {}
        if not dry_run:
            folder = folder_of(project, "inspection")
            folder.mkdir(exist_ok=True)
            for code, held in words.items():
                path = folder / f"{lot.local_id}-sheet-{code}.pdf"
                write_whole(path, sampling_sheet_pdf(view, held)[0])
                files[code] = str(path)
        return SheetResult(project.name, lot, files)


def sheet_json(result: SheetResult, lot: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
    """Return the JSON of the verb ``sheet``; `lot` as the other verbs show it."""
    return {"project": result.project, "verb": "sheet", "dry_run": dry_run, "lot": lot, "sheets": result.files,
            "state_changes": [], "entries": [], "findings": [f.as_plain() for f in result.findings]}


def _view(reader: Reader, project: str, state: InspectionState, lot: InspectionLot, draw: SamplingDraw,
          area: HazardousArea) -> SheetView:
    parts, rules, standard = state.parts_of(lot), state.rules, project_standard(reader)
    units = verify_draw(lot, draw, parts)
    outline = to_plane(lot.geometry, units.crs)
    marks = _marks(reader, area, units)
    limit = defective_limit(draw.unit_count, draw.quality)
    chance = p_accept(draw.unit_count, limit, draw.sample_count, acceptance=draw.acceptance_number,
                      detection=draw.detection)
    drawn = _units(units, draw, rules.block_m, marks)
    used = {unit.origin for unit in drawn}
    near = 0.05 * shapely.length(shapely.linestrings([outline.bounds[:2], outline.bounds[2:]]))
    depths = [p.depth_cm for p in parts if p.depth_cm is not None]
    return SheetView(
        project=project, standard=f"{standard.name} {standard.edition}".strip(), lot=lot.local_id,
        area=" ".join(dict.fromkeys(n for n in (area.local_id, area.name) if n)) or area.id,
        area_m2=lot.area_cm2 / 10_000, teams=lot.team_ids,
        methods=tuple(sorted({m for p in parts for m in (p.method, p.asset) if m})), first_date=lot.first_date,
        last_date=lot.last_date, depths_cm=(min(depths), max(depths)) if depths else (),
        plan_version=draw.plan_version or lot.plan_version, clause=rules.clause, unit_m=draw.unit_m,
        unit_count=draw.unit_count, sample_count=draw.sample_count, acceptance_number=draw.acceptance_number,
        quality=draw.quality, confidence=draw.confidence, detection=draw.detection, defective_limit=limit,
        p_accept_limit=float(chance), seed_sha256=lot.seed_sha256, seed=draw.seed, drawn_at=draw.drawn_at,
        crs=draw.crs, outline=outline, origin=_origin(units), block_m=rules.block_m,
        markers=tuple(MapMarker(m.name, m.east_m, m.north_m) for m in marks if m.name in used
                      or shapely.distance(outline, shapely.Point(m.east_m, m.north_m)) <= near),
        units=drawn, from_markers=bool(marks))


def _origin(units: LotUnits) -> tuple[float, float]:
    """Return the south-west corner of the units' grid, m: a unit's cell begins at a multiple of the unit."""
    west, south = shapely.bounds(units.outline)[:, :2].T
    col = np.floor(west / units.unit_m + 1e-6) - units.col
    row = np.floor(south / units.unit_m + 1e-6) - units.row
    return float(np.median(col)) * units.unit_m, float(np.median(row)) * units.unit_m


def _marks(reader: Reader, area: HazardousArea, units: LotUnits) -> list[_Mark]:
    """Return the start and turning points of an area that stand in the ground, in the order of the perimeter."""
    held: list[SurveyMarker] = [
        m for m in reader.records("survey_marker") if m.hazardous_area_id == area.id and m.emplaced_date is not None
        and m.point_type in (PointType.START_POINT, PointType.TURNING_POINT)]
    found = []
    for k, mark in enumerate(sorted(held, key=lambda m: (m.sequence, m.id)), 1):
        plane = to_plane(mark.geometry, units.crs)
        name = "SP" if mark.point_type is PointType.START_POINT else f"TP{mark.sequence or k}"
        found.append(_Mark(name, mark.geometry.x, mark.geometry.y, plane.x, plane.y))
    return found


def _units(units: LotUnits, draw: SamplingDraw, block_m: float, marks: Sequence[_Mark]) -> tuple[SheetUnit, ...]:
    """Return the drawn units in the order of the walk, each with the way to it."""
    walk = walk_order(units, units.find(draw.units), block_m)
    names, blocks = units.names, block_of(units, walk, block_m)
    places = shapely.point_on_surface(units.outline[walk])
    plane = shapely.get_coordinates(places)
    earth = shapely.get_coordinates(to_earth(shapely.multipoints(places), units.crs))
    found: list[SheetUnit] = []
    for k, i in enumerate(walk.tolist()):
        lon, lat = earth[k].tolist()
        east, north = plane[k].tolist()
        start = (min(marks, key=lambda m: (m.east_m - east) ** 2 + (m.north_m - north) ** 2) if marks else
                 _Mark(str(k), *earth[k - 1].tolist(), *plane[k - 1].tolist()) if k else None)
        way = ELLIPSOID.inv(start.lon, start.lat, lon, lat) if start is not None else None
        found.append(SheetUnit(
            number=k + 1, name=names[i], block=blocks[k], outline=units.outline[i], east_m=east, north_m=north,
            area_m2=float(units.outline[i].area), origin=start.name if start is not None else "",
            bearing_deg=float(way[0]) % 360.0 if way is not None else None,
            distance_m=float(way[2]) if way is not None else None))
    return tuple(found)
