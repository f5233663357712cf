"""A visit as it comes from the field: units or outlines that were inspected, units that failed, items found."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from shapely import Geometry, MultiPolygon, Polygon
from shapely.geometry import shape

from safeground.foundation.errors import RequestError
from safeground.records.vocabulary import ContaminationCategory

BYTES_MOST = 50_000_000
_COLUMNS = ("unit", "result", "category", "lon", "lat", "model", "depth_cm", "note")
_RESULTS = ("", "ok", "passed", "failed", "find")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFind:
    """An item of explosive ordnance that inspection found: place in degrees of WGS 84, and what it is."""

    lon: float
    lat: float
    category: ContaminationCategory = ContaminationCategory.UNKNOWN
    model: str = ""
    depth_cm: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a visit reports.

    Attributes
    ----------
    units : names of the units inspected whole.  outlines : further inspected ground, EPSG:4326.
    failed : names of units that do not meet the requirement, without an item of ordnance.
    """

    visit_date: date
    inspector: str
    inspecting_organisation: str = ""
    inspected_organisation: str = ""
    units: tuple[str, ...] = ()
    outlines: tuple[Geometry, ...] = ()
    failed: tuple[str, ...] = ()
    finds: tuple[VisitFind, ...] = ()
    measures_taken: str = ""


@dataclass(slots=True)
class _Read:
    units: list[str] = field(default_factory=list)
    outlines: list[Geometry] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    finds: list[VisitFind] = field(default_factory=list)


def _fault(file: str, row: int, name: str, message: str, remedy: str) -> RequestError:
    return RequestError("SG-OPS-123", f"{file}, row {row}, field {name}", message, remedy)


def _number(value: Any, file: str, row: int, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise _fault(file, row, name, f"{value!r} is no number.", "Write a number with a decimal point.")
    return number


def _find(values: dict[str, Any], lon: Any, lat: Any, file: str, row: int) -> VisitFind:
    x, y = _number(lon, file, row, "lon"), _number(lat, file, row, "lat")
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise _fault(file, row, "lon", f"{x}, {y} is no place on Earth.", "Write longitude and latitude in degrees.")
    word = str(values.get("category") or ContaminationCategory.UNKNOWN.value).strip()
    if word not in [member.value for member in ContaminationCategory]:
        raise _fault(file, row, "category", f"{word!r} is no category.",
                     f"One of {', '.join(member.value for member in ContaminationCategory)}.")
    depth = values.get("depth_cm")
    return VisitFind(lon=x, lat=y, category=ContaminationCategory(word), model=str(values.get("model") or ""),
                     depth_cm=None if depth in (None, "") else _number(depth, file, row, "depth_cm"),
                     unit=str(values.get("unit") or "").strip())


def _take(read: _Read, values: dict[str, Any], file: str, row: int, place: tuple[Any, Any] | None) -> None:
    unit, result = str(values.get("unit") or "").strip(), str(values.get("result") or "").strip().lower()
    if result not in _RESULTS:
        raise _fault(file, row, "result", f"{result!r} is no result.", "Write ok, failed or find.")
    if unit:
        read.units.append(unit)
        if result == "failed":
            read.failed.append(unit)
    if place is not None:
        read.finds.append(_find(values, *place, file, row))
    elif result == "find":
        raise _fault(file, row, "lon", "an item was found, but its place is not given.", "Write lon and lat.")
    elif result == "failed" and not unit:
        raise _fault(file, row, "unit", "a failure without its unit.", "Name the unit that failed.")


def _csv(content: str, file: str) -> _Read:
    table = csv.DictReader(io.StringIO(content, newline=""))
    unknown = sorted(set(table.fieldnames or ()) - set(_COLUMNS))
    if unknown or not table.fieldnames:
        raise _fault(file, 0, unknown[0] if unknown else "header", f"unknown columns {unknown}, or no header.",
                     f"Columns: {', '.join(_COLUMNS)}.")
    read = _Read()
    for row, values in enumerate(table, 1):
        if None in values or any(value is None for value in values.values()):
            raise _fault(file, row, "row", "has more or fewer values than the header.", "Correct the row.")
        lon, lat = values.get("lon") or "", values.get("lat") or ""
        if not (values.get("unit") or "").strip() and not (lon or lat):
            raise _fault(file, row, "unit", "names neither a unit nor a place.", "Name the unit inspected.")
        _take(read, values, file, row, (lon, lat) if lon or lat else None)
    return read


def _geojson(content: str, file: str) -> _Read:
    try:
        plain = json.loads(content)
        features = plain["features"] if plain["type"] == "FeatureCollection" else [plain]
        pairs = [(f["geometry"], dict(f.get("properties") or {})) for f in features]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _fault(file, 0, "features", f"is no GeoJSON of features: {error!r}.",
                     "Send a FeatureCollection of outlines and points.") from error
    read = _Read()
    for row, (plain_shape, values) in enumerate(pairs, 1):
        geometry: Any = None
        if plain_shape is not None:
            try:
                geometry = shape(plain_shape)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError,
                    shapely.errors.ShapelyError) as error:
                raise _fault(file, row, "geometry", f"cannot be read: {error}.", "Draw the outline anew.") from error
        if geometry is not None and geometry.geom_type == "Point":
            _take(read, values, file, row, (geometry.x, geometry.y))
            continue
        if geometry is not None:
            read.outlines.append(_outline(geometry, file, row))
        _take(read, values, file, row, None)
    return read


def _outline(geometry: Geometry, file: str, row: int) -> Geometry:
    if not isinstance(geometry, Polygon | MultiPolygon) or geometry.is_empty or not geometry.is_valid:
        raise _fault(file, row, "geometry", f"a {geometry.geom_type} that is no valid outline.",
                     "Draw the inspected ground as a polygon that does not cross itself.")
    west, south, east, north = geometry.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise _fault(file, row, "geometry", "is not in degrees of WGS 84.", "Write longitude and latitude.")
    return geometry


def read_visit(path: Path | None, *, visit_date: date, inspector: str, inspecting_organisation: str = "",
               inspected_organisation: str = "", measures_taken: str = "", failed: tuple[str, ...] = ()) -> Visit:
    """Return a visit from a CSV or GeoJSON file; None = nothing but what is given here.

    CSV: columns ``unit, result, category, lon, lat, model, depth_cm, note``; one row for each unit inspected or item
    found.  GeoJSON: polygons are inspected ground, points are items found, with the same words as properties.

    Raises
    ------
    RequestError : the file cannot be read, or a value does not fit, with file, row and field (``SG-OPS-123``).
    """
    read = _Read()
    if path is not None:
        try:
            if path.stat().st_size > BYTES_MOST:
                raise RequestError("SG-OPS-123", path.name, f"is larger than {BYTES_MOST:,} bytes.", "Send the visit "
                                   "alone.")
            content = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError("SG-OPS-123", path.name, f"cannot be read: {error}.",
                               "Save it as UTF-8 text.") from error
        read = _csv(content, path.name) if path.suffix.lower() == ".csv" else _geojson(content, path.name)
    return Visit(
        visit_date=visit_date, inspector=inspector, inspecting_organisation=inspecting_organisation,
        inspected_organisation=inspected_organisation, units=tuple(dict.fromkeys(read.units)),
        outlines=tuple(read.outlines), failed=tuple(dict.fromkeys((*read.failed, *failed))), finds=tuple(read.finds),
        measures_taken=measures_taken)
