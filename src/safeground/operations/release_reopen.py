"""Re-opening: something was found in released land; a new confirmed area, a critical case, the old papers untouched."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Geometry, Point
from shapely.geometry import shape

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding
from safeground.foundation.seeds import stable_id
from safeground.ground.area import geodesic_area_cm2
from safeground.ground.crs import WGS84, choose_working_crs, find_transformation, transform
from safeground.ground.shapes import settled
from safeground.ledger.book import LandBook
from safeground.ledger.post import open_parcels
from safeground.operations.booking import held_parcels
from safeground.operations.context import Caller
from safeground.operations.inspection_finds import case_of_find
from safeground.operations.inspection_state import InspectionState
from safeground.operations.land import booking_order, overlap_findings, parcels_from
from safeground.operations.project import opened
from safeground.operations.release_case import Gathered, gather
from safeground.records.land import LandEntry
from safeground.records.nouns import Accident, HazardousArea, Nonconformity, OrdnanceItem
from safeground.records.vocabulary import AreaType, LandStatus, Severity, WorkflowStatus
from safeground.store.project import Project, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """What re-opening made: the new area, the case on the release, the entries of the book, and what is said."""

    project: str
    released: HazardousArea
    area: HazardousArea
    case: Nonconformity
    entries: tuple[LandEntry, ...]
    findings: tuple[Finding, ...]


def reopen(project: Project | str, area: str, because: str, caller: Caller, *, outline: Geometry | None = None,
           buffer_m: float | None = None, dry_run: bool = False) -> Reopened:
    """Make the ground around a find or an accident in released land a new confirmed hazardous area.

    Parameters
    ----------
    area : the released area.
    because : id or sender's id of the ordnance item or accident.
    outline : of the new area, EPSG:4326; else `buffer_m` around the place of the find.

    Returns
    -------
    The new area; in the book it counts the ground that it shares with the released one, whose accounts pass it to
    OVERLAP.  Dossier, decision and certificate of the release stay as they are.

    Raises
    ------
    RefusedError : the area is not released, or the new outline touches none of it (``SG-RELEASE-011``).
    RequestError : no such find, no place, neither outline nor distance (``SG-RELEASE-011``).
    """
    with opened(project, caller) as held, held.write(caller.info("release", parameters=(("step", "reopen"),))) as out:
        day = caller.clock().date()
        found = gather(out, area, day, held.name)
        record = _because(out, because)
        released = found.case.area
        if found.signed_dossier is None:
            raise RefusedError("SG-RELEASE-011", released.local_id or released.id, "was not released; nothing is to be "
                               "re-opened.", "Record the find; the area is still open.",
                               criterion="a released area is re-opened", clause="IMAS 07.11")
        ground = _ground(record, outline, buffer_m)
        if not shapely.intersects(shapely.buffer(ground, -1e-9), released.geometry):
            raise RefusedError("SG-RELEASE-011", released.local_id or released.id, "the new outline shares no ground "
                               "with it.", "Name the area in which the find lies, or draw a new area by survey.",
                               criterion="a re-opened area lies on released ground", clause="IMAS 07.11")
        new = _area(released, record, ground)
        if out.get("hazardous_area", new.id) is not None:
            raise RequestError("SG-RELEASE-011", new.local_id, "was re-opened for this find before.",
                               "Nothing needs to be done.")
        entries = out.entries()
        parcels = parcels_from([new], {}, first=max(booking_order(entries).values(), default=0) + 1)
        book = LandBook.from_entries(entries)
        reason = f"{released.local_id or released.id} re-opened: {because}"
        made, overlaps = open_parcels(parcels, held_parcels(out, entries, parcels), book, on=day, reason=reason)
        for entry in made:
            book.add(entry)
        case = _case(out, found, record, released)
        findings = tuple(overlap_findings(overlaps, {}))
        if not dry_run:
            out.put([new, case])
            out.add_entries(made)
            out.add_findings(findings)
        return Reopened(project=held.location, released=released, area=new, case=case, entries=tuple(made),
                        findings=findings)


def _because(reader: Reader, text: str) -> OrdnanceItem | Accident:
    found = [r for noun in ("ordnance", "accident") for r in reader.records(noun)
             if text and text in (r.id, r.local_id)]
    if len(found) != 1:
        raise RequestError("SG-RELEASE-011", text, f"names {len(found)} items of ordnance or accidents.",
                           "Give the id of the one that was found or happened.")
    record: OrdnanceItem | Accident = found[0]
    return record


def _ground(record: OrdnanceItem | Accident, outline: Geometry | None, buffer_m: float | None) -> Geometry:
    if outline is not None:
        if outline.geom_type not in ("Polygon", "MultiPolygon") or not shapely.is_valid(outline):
            raise RequestError("SG-RELEASE-011", "outline", "is no valid polygon.", "Draw the new area as a polygon.")
        return shapely.orient_polygons(shapely.force_2d(outline))
    place = record.geometry
    if not isinstance(place, Point) or buffer_m is None or not 0 < buffer_m <= 10_000:
        raise RequestError("SG-RELEASE-011", record.local_id or record.id, "neither an outline is given nor a distance "
                           "(0 to 10,000 m) around a recorded place.", "Give --outline FILE or --buffer METRES.")
    reach = buffer_m + (record.position_accuracy_m or 0.0)
    crs = choose_working_crs((place.x, place.y, place.x, place.y))
    there = transform(np.array([place], dtype=object), find_transformation(WGS84, crs))
    round_it = shapely.buffer(there, reach / np.cos(np.pi / 16), quad_segs=4)  # the polygon holds the whole circle
    moved = settled(transform(round_it, find_transformation(crs, WGS84))[0], degrees=True)
    return shapely.orient_polygons(moved)


def _area(released: HazardousArea, record: OrdnanceItem | Accident, ground: Geometry) -> HazardousArea:
    return HazardousArea(
        id=stable_id("reopened", released.id, record.id), area_type=AreaType.CONFIRMED_HAZARDOUS_AREA, geometry=ground,
        local_id=f"{released.local_id or released.id[:8]}-R-{record.local_id or record.id[:8]}",
        area_cm2=int(geodesic_area_cm2([ground])[0]), name=f"{released.name or released.local_id} (re-opened)",
        workflow_status=WorkflowStatus.OPEN, contamination=record.category, admin_unit=released.admin_unit,
        geo_safe=released.geo_safe and getattr(record, "geo_safe", True),
        date_of_information=getattr(record, "found_date", None) or getattr(record, "accident_date", None),
        note=f"Re-opened ground of {released.id} because of {record.id}.")


def _case(reader: Reader, found: Gathered, record: OrdnanceItem | Accident, released: HazardousArea) -> Nonconformity:
    """Return the critical case on the release: the one that the find opened when it came in, or a new one.

    It reaches every lot of the same team, asset and days, in other areas too.
    """
    known: list[Nonconformity] = [c for c in reader.records("nonconformity") if c.closed_date is None
                                  and record.id in (c.ordnance_id, c.accident_id)]
    day, item = found.case.day, isinstance(record, OrdnanceItem)
    what = "explosive ordnance was found" if item else "an accident happened"
    said = f"After release {what} in {released.local_id or released.id}."
    if known:
        return replace(known[0], version=known[0].version + 1, hazardous_area_id=released.id, description=said)
    if found.standard.inspection is not None:
        parts = {p.part.id for p in found.case.posted if record.geometry is not None
                 and shapely.intersects(p.part.geometry, record.geometry)}
        return replace(case_of_find(record, released.id, parts, InspectionState.read(reader), day), description=said)
    return Nonconformity(
        id=stable_id("case", "find", record.id), inspection_id="", severity=Severity.CRITICAL, description=said,
        hazardous_area_id=released.id, ordnance_id=record.id if item else "", accident_id="" if item else record.id,
        opened_date=day, due_date=day)


def read_outline(path: Path) -> Geometry:
    """Return the one polygon of a GeoJSON file: a geometry, a feature, or a collection of one feature.

    Raises
    ------
    RequestError : unreadable, no GeoJSON, or not one polygon (``SG-RELEASE-011``).
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(value, dict) and value.get("type") == "FeatureCollection":
            (value,) = value["features"]
        if isinstance(value, dict) and value.get("type") == "Feature":
            value = value["geometry"]
        ground = shape(value)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
        raise RequestError("SG-RELEASE-011", path.name, f"holds no single polygon in GeoJSON: {error}.",
                           "Give one feature, longitude first, WGS 84.") from error
    west, south, east, north = ground.bounds if not ground.is_empty else (0, 0, 0, 91)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise RequestError("SG-RELEASE-011", path.name, "has coordinates outside the globe.",
                           "Give one feature, longitude first, WGS 84.")
    return ground


def reopen_json(result: Reopened) -> dict[str, Any]:
    """Return a re-opening as every face's JSON shows it."""
    taken = sum(p.amount_cm2 for e in result.entries for p in e.postings
                if p.account.hazardous_area_id == result.released.id and p.account.status is LandStatus.OVERLAP)
    return {"project": result.project, "decision": "reopened", "released": result.released.id,
            "area": {"id": result.area.id, "local_id": result.area.local_id, "area_m2": result.area.area_cm2 / 1e4},
            "reopened_m2": taken / 1e4, "case": result.case.id, "entries": [e.id for e in result.entries],
            "findings": [f.as_plain() for f in result.findings]}
