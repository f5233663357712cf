"""The layers that QGIS opens: which record becomes a feature of which layer, with which columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import Geometry

from safeground.foundation.errors import RequestError
from safeground.foundation.invariant import invariant
from safeground.foundation.units import cm2_to_m2
from safeground.records.base import Record
from safeground.records.nouns import WORD_OF
from safeground.records.payload import to_plain
from safeground.records.quarantine import QuarantinedRow

#: Columns that every layer has, before its own.
COMMON = (("id", "TEXT"), ("version", "INTEGER"), ("local_id", "TEXT"), ("date_of_information", "TEXT"))
_MULTI: dict[str, Callable[[list[Geometry]], Geometry]] = {
    "MULTIPOLYGON": shapely.MultiPolygon, "MULTILINESTRING": shapely.MultiLineString}


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer.

    Attributes
    ----------
    name, title : table name, and what a person reads.
    noun : the noun whose records it shows; ``quarantine`` for rows kept aside.
    kind : GeoPackage geometry type.
    columns : (column, SQL type, field of the record); areas in cm² of the record become m².
    """

    name: str
    title: str
    noun: str
    kind: str
    columns: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer as it stands: how many features, and their bounds (west, south, east, north), None = empty."""

    name: str
    title: str
    geometry_type: str
    count: int
    bounds: tuple[float, float, float, float] | None


def _text(*names: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, "TEXT", name) for name in names)


def _real(*names: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, "REAL", name) for name in names)


_AREA = (("area_m2", "REAL", "area_cm2"),)
_HAZARD = (*_text("name", "area_type", "workflow_status", "contamination", "admin_unit"), *_AREA,
           *_real("stated_area_m2", "position_accuracy_m"), *_text("note"))
_ACTIVITY = (*_text("name", "activity_type", "release_method", "hazardous_area_id", "organisation", "method",
                    "start_date", "end_date", "contamination"), *_AREA,
             *_real("clearance_depth_cm", "stated_area_m2"), *_text("note"))
_EVIDENCE = (*_text("kind", "sign", "hazardous_area_id", "contamination", "source_reliability",
                    "information_credibility"), *_real("position_accuracy_m"), *_text("note"))

LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec("hazardous_area", "Suspected and confirmed hazardous areas", "hazardous_area", "MULTIPOLYGON", _HAZARD),
    LayerSpec("indication", "Indications without an outline", "hazardous_area", "POINT", _HAZARD),
    LayerSpec("activity_area", "Survey and clearance, areas", "activity", "MULTIPOLYGON", _ACTIVITY),
    LayerSpec("activity_line", "Survey and clearance, lines", "activity", "MULTILINESTRING", _ACTIVITY),
    LayerSpec("activity_point", "Survey and clearance, points", "activity", "POINT", _ACTIVITY),
    LayerSpec("ordnance", "Explosive ordnance found", "ordnance", "POINT", (
        *_text("category", "model"), ("quantity", "INTEGER", "quantity"), *_real("depth_cm", "position_accuracy_m"),
        *_text("found_date", "disposition", "hazardous_area_id", "activity_id"))),
    LayerSpec("accident", "Accidents", "accident", "POINT", (
        *_text("accident_date", "accident_class", "category"), ("killed_count", "INTEGER", "killed_count"),
        ("injured_count", "INTEGER", "injured_count"), *_real("position_accuracy_m"), *_text("note"))),
    LayerSpec("evidence_point", "Evidence, points", "evidence", "POINT", _EVIDENCE),
    LayerSpec("evidence_line", "Evidence, lines", "evidence", "MULTILINESTRING", _EVIDENCE),
    LayerSpec("evidence_polygon", "Evidence, areas", "evidence", "MULTIPOLYGON", _EVIDENCE),
    LayerSpec("task_order", "Task orders", "task_order", "MULTIPOLYGON", (
        *_text("hazardous_area_id", "objective", "method", "start_date", "end_date"), *_real("clearance_depth_cm"))),
    LayerSpec("progress", "Daily returns", "progress_return", "MULTIPOLYGON", (
        *_text("task_order_id", "team_id", "work_date", "asset", "method"), *_AREA, *_real("depth_cm", "hours"))),
    LayerSpec("inspection_area", "Inspections", "inspection", "MULTIPOLYGON", (
        *_text("kind", "visit_date", "hazardous_area_id", "inspecting_organisation"),
        ("passed", "INTEGER", "passed"))),
    LayerSpec("risk_education", "Risk education sessions", "risk_education", "POINT",
              _text("session_date", "organisation", "method")),
    LayerSpec("team", "Teams and assets", "team", "POINT", (
        *_text("name", "organisation", "asset_type"), ("size", "INTEGER", "size"))),
    LayerSpec("survey_area", "Survey outcomes", "survey_report", "MULTIPOLYGON", (
        *_text("survey_type", "survey_date", "outcome", "hazardous_area_id"), *_AREA, *_text("note"))),
    LayerSpec("land_part_area", "Ground moved in the land book", "land_part", "MULTIPOLYGON", (
        *_text("entry_id", "hazardous_area_id", "release_method", "team_id", "asset", "method", "work_date"), *_AREA,
        *_real("depth_cm"))),
    LayerSpec("inspection_lot_area", "Inspection lots", "inspection_lot", "MULTIPOLYGON", (
        *_text("hazardous_area_id", "state", "first_date", "last_date", "plan_version"), *_AREA)),
    LayerSpec("sampling_unit_area", "Sample units to inspect", "sampling_draw", "MULTIPOLYGON", (
        *_text("lot_id", "drawn_at", "plan_version"), ("sample_count", "INTEGER", "sample_count"),
        ("unit_count", "INTEGER", "unit_count"), *_real("unit_m"))),
    LayerSpec("survey_marker", "Survey markers", "survey_marker", "POINT", (
        *_text("hazardous_area_id", "point_type", "emplaced_date"), ("sequence", "INTEGER", "sequence"),
        ("buried_metal", "INTEGER", "buried_metal"))),
    LayerSpec("quarantine_area", "Rows kept aside: provisional outlines", "quarantine", "GEOMETRY", (
        *_text("noun", "source_file", "source_layer"), ("source_row", "INTEGER", "source_row"),
        *_text("finding_codes", "resolved"), *_real("area_m2"))),
)
LAYER_OF: dict[str, LayerSpec] = {layer.name: layer for layer in LAYERS}
LAYERS_OF_NOUN: dict[str, tuple[LayerSpec, ...]] = {
    noun: tuple(layer for layer in LAYERS if layer.noun == noun) for noun in {layer.noun for layer in LAYERS}}


def layer_named(name: str) -> LayerSpec:
    """Return a layer.

    Raises
    ------
    RequestError : no such layer (``SG-STORE-013``).
    """
    if name not in LAYER_OF:
        raise RequestError("SG-STORE-013", name, "is no layer of a project.", f"Layers: {', '.join(LAYER_OF)}.")
    return LAYER_OF[name]


def _fits(kind: str, geometry: Geometry) -> bool:
    given = geometry.geom_type.upper()
    return kind in ("GEOMETRY", given) or kind == f"MULTI{given}"


def placed(noun: str, record: Record | QuarantinedRow) -> tuple[LayerSpec, Geometry] | None:
    """Return the layer a record is drawn in and its geometry as that layer's kind; None = it has none.

    Raises
    ------
    InvariantBroken : the geometry's kind has no layer, so that nobody would see it (``SG-STORE-012``).
    """
    geometry = getattr(record, "geometry", None) or getattr(record, "base", None) or getattr(
        record, "provisional_geometry", None)
    if geometry is None or geometry.is_empty:
        return None
    layers = LAYERS_OF_NOUN.get(noun, ())
    layer = next((item for item in layers if _fits(item.kind, geometry)), None)
    invariant(layer is not None, f"a {geometry.geom_type} of {noun} has no layer", code="SG-STORE-012",
              subject=record.id)
    chosen = layer or layers[0]
    if chosen.kind in _MULTI and chosen.kind != geometry.geom_type.upper():
        geometry = _MULTI[chosen.kind]([geometry])
    return chosen, shapely.force_2d(geometry)


def _column(record: Any, field: str) -> Any:
    value = getattr(record, field)
    if field == "area_cm2":
        return cm2_to_m2(value)
    if field == "finding_codes":
        return " ".join(value)
    plain = to_plain(value)
    return int(plain) if isinstance(plain, bool) else plain


def values_of(layer: LayerSpec, record: Record | QuarantinedRow) -> dict[str, Any]:
    """Return a feature's columns, geometry left out."""
    aside = isinstance(record, QuarantinedRow)
    common: dict[str, Any] = {
        "id": record.id, "version": 1 if isinstance(record, QuarantinedRow) else record.version,
        "local_id": "" if isinstance(record, QuarantinedRow) else record.local_id,
        "date_of_information": None if aside else to_plain(getattr(record, "date_of_information", None))}
    return common | {name: _column(record, field) for name, _, field in layer.columns}


def features_of(records: Iterable[Record | QuarantinedRow]) -> dict[str, tuple[list[dict[str, Any]], list[Geometry]]]:
    """Return, by layer name, the columns and geometries of the features that records become."""
    found: dict[str, tuple[list[dict[str, Any]], list[Geometry]]] = {}
    for record in records:
        noun = "quarantine" if isinstance(record, QuarantinedRow) else WORD_OF[type(record)]
        place = placed(noun, record)
        if place is not None:
            rows, geometries = found.setdefault(place[0].name, ([], []))
            rows.append(values_of(place[0], record))
            geometries.append(place[1])
    return found
