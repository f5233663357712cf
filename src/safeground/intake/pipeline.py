"""Rows to records: read by the mapping, checked, and counted so that none is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry, MultiPolygon, Polygon

from safeground.foundation.canonical import canonical_json, sha256_hex
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.invariant import invariant
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import m2_to_cm2
from safeground.ground.area import geodesic_area_m2
from safeground.ground.shapes import faulty, normalise
from safeground.intake.build import RowReader, Values
from safeground.intake.checks import CHECKS, Fault, Placed, check_twins, point_twins
from safeground.intake.coordinates import Positions, place
from safeground.intake.fields import BY_SUBMISSION, NO_PLACE, PLACELESS
from safeground.intake.mapping import Mapping
from safeground.intake.proposal import open_questions
from safeground.intake.table import Objects, RawTable
from safeground.records.base import Record
from safeground.records.nouns import NOUNS, Source
from safeground.records.quarantine import QuarantinedRow
from safeground.records.standard import NationalStandard
from safeground.records.vocabulary import EvidenceKind, EvidenceSign

#: Nouns whose points are one event where place and date are the same, and the field that holds the date.
_DATED = {"accident": "accident_date", "evidence": "date_of_information", "hazardous_area": "date_of_information"}
#: Geometry types that a noun's rows may have.
_KINDS: dict[str, tuple[str, ...]] = {
    "progress_return": ("Polygon", "MultiPolygon"), "survey_report": ("Polygon", "MultiPolygon"),
    "hazardous_area": ("Polygon", "MultiPolygon"), "ordnance": ("Point",), "accident": ("Point",), "team": ("Point",),
    "risk_education": ("Point",), "survey_marker": ("Point",), "document": (), "handover": (), "person": (),
    "activity": ("Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point"),
    "evidence": ("Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point")}
_SEND = "Correct the row and send it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeContext:
    """What the entry checks compare with.

    Attributes
    ----------
    standard : rule pack with its national override.
    region : polygon in EPSG:4326, None = the project has none.
    today : day of the intake; later dates are faults.
    """

    standard: NationalStandard
    region: Polygon | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TableIntake:
    """A table, every row of it accounted for.

    Conserves: len(records) + len(quarantined) + len(refused) == rows_in; and the areas of valid polygons likewise, m².
    """

    records: tuple[Record, ...]
    quarantined: tuple[QuarantinedRow, ...]
    refused: tuple[QuarantinedRow, ...]
    findings: tuple[Finding, ...]
    rows_in: int
    area_in_m2: float
    area_accepted_m2: float
    area_quarantined_m2: float
    area_refused_m2: float


@dataclass(slots=True)
class _Rows:
    """Findings by row while a table is read."""

    table: RawTable
    findings: list[Finding] = field(default_factory=list)
    held: dict[int, list[str]] = field(default_factory=dict)

    def tell(
        self, index: int, code: str, name: str, words: str, remedy: str = _SEND, *,
        severity: Severity = Severity.ERROR, candidates: tuple[dict[str, Any], ...] = (),
    ) -> None:
        """Add a finding; an error holds the row back."""
        place_of = self.table.place(index, name)
        subject = f"row {place_of.row}"
        self.findings.append(Finding(severity, code, subject, words, remedy, place_of, candidates))
        if severity is Severity.ERROR:
            self.held.setdefault(index, []).append(code)


def take_in(table: RawTable, mapping: Mapping, noun: str, source: Source, context: IntakeContext) -> TableIntake:
    """Return the records that a table's rows become, and the rows that do not.

    Parameters
    ----------
    table : as read, with what the reader found.
    mapping : a person's, or a proposal without an open question.
    noun : the noun's word.
    source : the file; its id and hash go into each record and each row kept aside.

    Returns
    -------
    Every row once: accepted, quarantined (an ``ERROR`` finding names why), or refused (the table as a whole cannot be
    read as asked: a ``REFUSAL`` finding says why).
    """
    rows = _Rows(table)
    questions = open_questions(table, mapping, context.standard)
    positions = place(table, mapping, context.standard.intake) if not questions else Positions(
        np.full(len(table.row_numbers), None, dtype=object))
    refusals = [*questions, *positions.refused]
    areas = _areas(positions.geometry)
    if refusals:
        return _refused(table, noun, source, refusals)
    for index, found in table.row_findings.items():
        for finding in found:
            rows.findings.append(finding)
            rows.held.setdefault(index, []).append(finding.code)
    for index, faults in positions.faults.items():
        for code, name, words in faults:
            rows.tell(index, code, name, words)
    _check_places(rows, noun, mapping, positions.geometry, areas, context)
    values = RowReader(table, mapping, context.standard, context.today).read(rows.tell)
    _check_doubles(rows, noun, table, values, positions.geometry)
    if noun in _DATED:
        dates = [row.get(_DATED[noun]) for row in values]
        for fault in point_twins(positions.geometry, dates, context.standard.intake, table.row_numbers):
            _tell_fault(rows, fault)
    return _divided(rows, noun, source, positions, areas, values, context)


def _areas(geometry: Objects) -> npt.NDArray[np.float64]:
    """Return the geodesic area of each valid polygon within range, m²; 0 for everything else."""
    bounds = shapely.bounds(geometry)
    with np.errstate(invalid="ignore"):
        fine = (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
    fine &= np.isin(shapely.get_type_id(geometry), (3, 6)) & ~faulty(geometry)
    areas = np.zeros(len(geometry))
    areas[fine] = geodesic_area_m2(geometry[fine])
    return areas


def _check_places(
    rows: _Rows, noun: str, mapping: Mapping, geometry: Objects, areas: npt.NDArray[np.float64], context: IntakeContext
) -> None:
    """Run the entry checks on the positions."""
    released = dict(mapping.constants).get("release_method")
    allowed = ("Polygon", "MultiPolygon") if noun == "activity" and released else _KINDS[noun]
    if noun == "hazardous_area" and dict(mapping.constants).get("area_type") == "indication":
        allowed = (*allowed, "Point")
    for index, shape in enumerate(geometry):
        if shape is None:
            if index not in rows.held and noun not in PLACELESS:
                rows.tell(index, "SG-INTAKE-220", "geometry", "has no position or outline.", "Find it and send the "
                          "row again.")
        elif shape.geom_type not in allowed:
            rows.tell(index, "SG-INTAKE-230", "geometry", f"has a {shape.geom_type}, expected {' or '.join(allowed)}.")
    placed = Placed(geometry, areas, context.standard.intake, context.region, rows.table.row_numbers)
    for check in CHECKS:
        if check is check_twins and noun in BY_SUBMISSION:
            continue  # the same ground is worked by machine and then by hand
        for fault in check(placed):
            _tell_fault(rows, fault)


def _tell_fault(rows: _Rows, fault: Fault) -> None:
    rows.tell(fault.index, fault.code, "geometry", fault.words, fault.remedy, severity=fault.severity,
              candidates=fault.candidates)


def _check_doubles(rows: _Rows, noun: str, table: RawTable, values: list[Values], geometry: Objects) -> None:
    """Hold back the later of two rows with one identifier, and of two rows that are the same.

    A submission may be sent again; whoever keeps its record compares it with what is held.
    """
    if noun in BY_SUBMISSION:
        return
    first_id: dict[str, int] = {}
    first_row: dict[object, int] = {}
    texts = shapely.to_wkb(geometry)
    for index, row in enumerate(values):
        whole = (texts[index], tuple(str(table.values[name][index]) for name in table.columns))
        local_id = str(row.get("local_id", ""))
        number = table.row_numbers
        if whole in first_row and (local_id or texts[index] is not None):
            rows.tell(index, "SG-INTAKE-251", "", f"is the same as row {number[first_row[whole]]}, word for word.",
                      "Leave it out if it is one fact; give each fact its own identifier.")
        elif local_id and local_id in first_id:
            rows.tell(index, "SG-INTAKE-250", "local_id", f"has the identifier {local_id!r} of row "
                      f"{number[first_id[local_id]]}.", "Find out which row the identifier belongs to.")
        first_row.setdefault(whole, index)
        if local_id:
            first_id.setdefault(local_id, index)


def _divided(
    rows: _Rows, noun: str, source: Source, positions: Positions, areas: npt.NDArray[np.float64], values: list[Values],
    context: IntakeContext,
) -> TableIntake:
    table = rows.table
    with np.errstate(invalid="ignore"):
        shapes = normalise(positions.geometry)
    make = _maker(noun, source, table, context)
    records: list[Record] = []
    aside: list[QuarantinedRow] = []
    accepted = np.ones(len(areas), dtype=bool)
    for index in range(len(table.row_numbers)):
        codes = rows.held.get(index)
        if codes is None:
            records.append(make(index, shapes[index], float(areas[index]), values[index]))
            _compare_stated(rows, index, float(areas[index]), values[index], context)
        else:
            accepted[index] = False
            aside.append(_row_aside(table, noun, source, index, tuple(dict.fromkeys(codes)), positions.geometry[index],
                                    float(areas[index])))
    total, taken = float(areas.sum()), float(areas[accepted].sum())
    invariant(len(records) + len(aside) == len(table.row_numbers), "a row was lost in the intake", subject=table.file)
    return TableIntake(
        records=tuple(records), quarantined=tuple(aside), refused=(), findings=tuple(rows.findings),
        rows_in=len(table.row_numbers), area_in_m2=total, area_accepted_m2=taken,
        area_quarantined_m2=float(areas[~accepted].sum()), area_refused_m2=0.0)


def _compare_stated(rows: _Rows, index: int, area: float, values: Values, context: IntakeContext) -> None:
    """Tell a stated area that differs from the measured one; a ratio near a known unit names it."""
    stated = values.get("stated_area_m2")
    if not stated or not area:
        return
    ratio = float(stated) / area
    if abs(ratio - 1) <= context.standard.intake.area_mismatch_share:
        return
    units = context.standard.programme.area_units
    guesses = [unit for unit, size in units if size != 1 and abs(ratio * size - 1) < 0.1]
    hint = f" As {guesses[0]} it would fit." if guesses else ""
    rows.tell(index, "SG-INTAKE-237", "stated_area_m2", f"states {float(stated):,.0f} m²; the outline measures "
                                                        f"{area:,.0f} m² "
              f"({100 * (ratio - 1):+,.0f} %).{hint} Totals use the measured area.", "Ask the sender which of the two "
                  "is right.",
              severity=Severity.WARNING)


def _refused(table: RawTable, noun: str, source: Source, refusals: list[Finding]) -> TableIntake:
    codes = tuple(dict.fromkeys(finding.code for finding in refusals))
    rows = tuple(_row_aside(table, noun, source, index, codes, None, 0.0) for index in range(len(table.row_numbers)))
    return TableIntake(
        records=(), quarantined=(), refused=rows, findings=tuple(refusals), rows_in=len(rows), area_in_m2=0.0,
        area_accepted_m2=0.0, area_quarantined_m2=0.0, area_refused_m2=0.0)


def _row_aside(
    table: RawTable, noun: str, source: Source, index: int, codes: tuple[str, ...], shape: Geometry | None, area: float
) -> QuarantinedRow:
    return QuarantinedRow(
        id=stable_id("quarantine", source.sha256, table.layer, table.row_numbers[index]), noun=noun,
        source_id=source.id,
        source_file=table.file, source_layer=table.layer, source_row=table.row_numbers[index],
        original=table.original(index), finding_codes=codes,
        provisional_geometry=_provisional(shape if shape is not None else table.salvaged.get(index)),
        area_m2=area or None)


def _provisional(shape: Geometry | None) -> Geometry | None:
    """Return the convex hull of what could be read and drawn, None = nothing."""
    if shape is None or shape.is_empty:
        return None
    points = shapely.get_coordinates(shape)
    points = points[np.isfinite(points).all(axis=1) & (np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90)]
    return shapely.MultiPoint(points).convex_hull if len(points) else None


Maker = Callable[[int, Geometry | None, float, Values], Record]


def _maker(noun: str, source: Source, table: RawTable, context: IntakeContext) -> Maker:
    """Return what makes a row's record."""
    seen: dict[str, int] = {}
    measured = noun in ("hazardous_area", "activity", "progress_return", "survey_report")
    shape_field = "base" if noun == "team" else "geometry"

    def make(index: int, shape: Geometry | None, area: float, values: Values) -> Record:
        original = table.original(index)
        local_id = str(values.get(BY_SUBMISSION.get(noun, "local_id"), ""))
        key = local_id or sha256_hex(canonical_json([list(pair) for pair in original]))
        seen[key] = seen.get(key, 0) + 1
        given = dict(values)
        if measured and isinstance(shape, Polygon | MultiPolygon):
            given["area_cm2"] = m2_to_cm2(area)
        if noun == "evidence":
            given.setdefault("sign", EvidenceSign.ABSENCE if given["kind"] is EvidenceKind.LAND_IN_USE
                             else EvidenceSign.PRESENCE)
        _name_submission(noun, given)
        kind: type[Any] = NOUNS[noun]
        own = stable_id(noun, key) if noun in BY_SUBMISSION else stable_id(
            "intake", noun, key, *([] if local_id else [seen[key]]))
        placed = {} if noun in NO_PLACE else {shape_field: shape}
        record: Record = kind(id=own, source_id=source.id, source_row=table.row_numbers[index], original=original,
                              **placed, **given)
        return record

    return make


def _name_submission(noun: str, given: Values) -> None:
    """Set what a submission's own identity says: a return's local id, and the return in which an item was found."""
    if noun == "progress_return":
        given["local_id"] = given["submission_id"]
        given.setdefault("task_order_id", "")
        given.pop("stated_area_m2", None)  # compared with the outline, and kept as written
    elif noun == "ordnance" and given.get("activity_id"):
        given["activity_id"] = stable_id("progress_return", str(given["activity_id"]))
