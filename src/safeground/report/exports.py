"""Records for other systems: GeoJSON and CSV, without a position that must not be recorded, and without people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import Geometry

from safeground.records.base import Record
from safeground.records.nouns import WORD_OF
from safeground.records.payload import to_plain
from safeground.records.quarantine import QuarantinedRow
from safeground.report.positions import geometry_of, is_withheld, shown_outline, shown_position

#: Nouns that have a place on the ground and may be exported; people and their papers are not among them.
EXPORTED = ("hazardous_area", "evidence", "activity", "ordnance", "accident", "task_order", "progress_return",
            "inspection", "risk_education", "team")
QUARANTINE = "quarantine_area"
#: Never exported: the sender's own values may hold names, and a position that must not be recorded.
_LEFT_OUT = ("original", "geometry", "base")
#: Left out as well where the position is withheld: free text may describe the place.
_LEFT_OUT_WITHHELD = ("note", "position_method", "position_accuracy_m")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PARTS = {"Polygon": "area", "MultiPolygon": "area", "LineString": "line", "MultiLineString": "line"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExportFeature:
    """One record as it leaves: `geometry` is None where there is none or where it is withheld."""

    layer: str
    noun: str
    id: str
    geometry: Geometry | None
    properties: tuple[tuple[str, Any], ...]
    position_withheld: bool = False


def _layer(noun: str, geometry: Geometry | None) -> str:
    """Return the layer's name as the project file uses it; a record without a position goes by its noun."""
    if geometry is None:
        return noun
    part = _PARTS.get(geometry.geom_type, "point")
    if noun == "hazardous_area":
        return noun if part == "area" else "indication"
    if noun == "activity":
        return f"activity_{part}"
    if noun == "evidence":
        return f"evidence_{'polygon' if part == 'area' else part}"
    return {"progress_return": "progress", "inspection": "inspection_area"}.get(noun, noun)


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(": ".join(str(part) for part in item) if isinstance(item, list) else str(item)
                         for item in value)
    return value


def feature_of(record: Record) -> ExportFeature | None:
    """Return a record as it may be exported; None for victims, persons and all else without a place."""
    noun = WORD_OF[type(record)]
    if noun not in EXPORTED:
        return None
    withheld = is_withheld(record)
    left_out = (*_LEFT_OUT, *(_LEFT_OUT_WITHHELD if withheld else ()))
    plain = to_plain(record)
    shown = shown_position(record)
    return ExportFeature(
        layer=_layer(noun, geometry_of(record)), noun=noun, id=record.id,
        geometry=None if shown is None else shapely.force_2d(shown),
        properties=tuple((key, _value(value)) for key, value in plain.items() if key not in (*left_out, "id")),
        position_withheld=withheld)


def feature_of_row(row: QuarantinedRow) -> ExportFeature | None:
    """Return a row kept aside with its provisional outline; None where it has none that may be shown."""
    outline = shown_outline(row)
    if outline is None:
        return None
    state = row.resolved or "quarantined: provisional outline, not in any figure of land"
    return ExportFeature(layer=QUARANTINE, noun=row.noun, id=row.id, geometry=shapely.force_2d(outline), properties=(
        ("source_file", row.source_file), ("source_layer", row.source_layer), ("source_row", row.source_row),
        ("codes", "; ".join(row.finding_codes)), ("state", state), ("area_as_received_m2", row.area_m2)))


def to_geojson(features: Iterable[ExportFeature]) -> str:
    """Return a FeatureCollection (RFC 7946: longitude first, WGS 84, outer rings counter-clockwise).

    A withheld position is ``null`` and the feature says ``"position_withheld": true``.
    """
    held, withheld = [], 0
    for feature in features:
        withheld += feature.position_withheld
        geometry = None
        if feature.geometry is not None and not feature.position_withheld:
            geometry = json.loads(shapely.to_geojson(shapely.orient_polygons(feature.geometry)))
        held.append({"type": "Feature", "id": feature.id, "geometry": geometry, "properties": {
            "layer": feature.layer, "noun": feature.noun, "position_withheld": feature.position_withheld,
            **dict(feature.properties)}})
    return json.dumps({"type": "FeatureCollection", "positions_withheld": withheld, "features": held},
                      ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def guarded(value: Any) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula.

    Text that starts with ``= + - @``, a tab or a line end, also after spaces, gets an apostrophe in front; numbers,
    also those written as text, stay as they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def to_csv(features: Sequence[ExportFeature]) -> str:
    """Return rows under one header, geometry as WKT (EPSG:4326, longitude first) in the last column.

    Columns are those of all features in the order met; a withheld position is an empty cell, and
    ``position_withheld`` says ``true``.
    """
    columns = list(dict.fromkeys(key for feature in features for key, _ in feature.properties))
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(["layer", "noun", "id", *(guarded(c) for c in columns), "position_withheld", "geometry_wkt"])
    for feature in features:
        values = dict(feature.properties)
        wkt = ("" if feature.geometry is None or feature.position_withheld
               else shapely.to_wkt(feature.geometry, rounding_precision=9, trim=True))
        writer.writerow([feature.layer, feature.noun, guarded(feature.id), *(guarded(values.get(c)) for c in columns),
                         guarded(feature.position_withheld), wkt])
    return held.getvalue()
