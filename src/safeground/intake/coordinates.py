"""Positions of a table as EPSG:4326 geometries: axis order, degrees and minutes, zones, grid references, datums."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.ground.crs import WGS84, find_transformation, parse_crs, transform
from safeground.ground.mgrs import from_mgrs
from safeground.intake.mapping import Mapping
from safeground.intake.table import Objects, RawTable, as_text, refusal
from safeground.intake.traces import read_trace
from safeground.intake.values import ValueFault, check_cell, is_blank, read_number
from safeground.records.standard import IntakeRules

_DMS = re.compile(r"""\s*([NSEWnsew])?\s*([+-]?\d{1,3})\s*[°ºd:\s]\s*(\d{1,2}(?:\.\d+)?)\s*['′m:\s]?\s*
                      (?:(\d{1,2}(?:\.\d+)?)\s*(?:["″s]|''|′′)?)?\s*([NSEWnsew])?\s*""", re.VERBOSE)
_HEMISPHERE = re.compile(r"\s*([NSEWnsew])?\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*([NSEWnsew])?\s*")
_ZONE = re.compile(r"\s*(\d{1,2})\s*([NSns])\s*")


@dataclass(slots=True)
class Positions:
    """Geometries of a table's rows and what is wrong with them.

    Attributes
    ----------
    geometry : shape (n,), EPSG:4326; None where there is none or it cannot be read.
    faults : row index -> (code, field, words) of each fault.
    accuracy_m : of the transformation into WGS 84, m; 0 = none was needed.
    refused : why the table as a whole cannot be placed.
    """

    geometry: Objects
    faults: dict[int, list[tuple[str, str, str]]] = field(default_factory=dict)
    accuracy_m: float = 0.0
    refused: list[Finding] = field(default_factory=list)

    def fault(self, index: int, code: str, name: str, words: str) -> None:
        """Add a fault of a row."""
        self.faults.setdefault(index, []).append((code, name, words))


def read_degrees(value: object, axis: str, decimal: str = ".") -> float:
    """Return decimal degrees of a longitude or latitude in decimal or degree-minute-second notation.

    Parameters
    ----------
    axis : ``longitude`` or ``latitude``; a hemisphere letter of the other axis is refused.

    Raises
    ------
    ValueFault : not a position, minutes or seconds of 60 or more, sign and letter contradict, out of range.
    """
    if isinstance(value, str) and not value.strip().lstrip("+-").replace(decimal, "", 1).isdigit():
        number = _sexagesimal(value, axis, decimal)
    else:
        number = read_number(value, decimal)
    limit = 180 if axis == "longitude" else 90
    if abs(number) > limit:
        raise ValueFault("SG-INTAKE-224", f"is {as_text(value)[:40]}, expected {axis} within ±{limit} degrees")
    return number


def _sexagesimal(text: str, axis: str, decimal: str) -> float:
    found = _HEMISPHERE.fullmatch(text.replace(decimal, ".") if decimal == "," else text)
    if found:
        letters, body = [x.upper() for x in (found[1], found[3]) if x], (found[2], "0", "0")
    else:
        found = _DMS.fullmatch(text)
        if not found:
            raise ValueFault("SG-INTAKE-221", f"is {text[:40]!r}, expected {axis} such as 44.9885 or 44°59'18.6\"N")
        letters, body = [x.upper() for x in (found[1], found[5]) if x], (found[2], found[3], found[4] or "0")
    degrees, minutes, seconds = body[0], float(body[1]), float(body[2])
    if minutes >= 60 or seconds >= 60:
        raise ValueFault("SG-INTAKE-221", f"is {text[:40]!r}: minutes and seconds end at 59")
    if len(letters) > 1 or (letters and letters[0] not in ("EW" if axis == "longitude" else "NS")):
        raise ValueFault("SG-INTAKE-221", f"is {text[:40]!r}: the letter does not belong to a {axis}")
    if letters and degrees[0] in "+-" and (degrees[0] == "-") != (letters[0] in "SW"):
        raise ValueFault("SG-INTAKE-221", f"is {text[:40]!r}: sign and letter contradict each other")
    size = abs(float(degrees)) + minutes / 60 + seconds / 3600
    return -size if degrees.startswith("-") or (letters and letters[0] in "SW") else size


def place(table: RawTable, mapping: Mapping, rules: IntakeRules) -> Positions:
    """Return the geometries of a table in EPSG:4326.

    A coordinate system that is not stated, not known, or has no transformation of known accuracy refuses the table.
    """
    positions = Positions(np.full(len(table.row_numbers), None, dtype=object))
    reader: dict[str, Callable[[RawTable, Mapping, Positions], None]] = {
        "geometry": _from_geometry, "wkt": _from_wkt, "lonlat": _from_lonlat, "xy": _from_xy, "utm": _from_utm,
        "mgrs": _from_mgrs, "trace": _from_trace}
    if mapping.position == "none":
        return positions
    missing = [name for name in mapping.position_columns if name not in table.columns]
    if missing:
        positions.refused.append(refusal(
            table.file, "SG-INTAKE-202", f"has no column {', '.join(map(repr, missing))}.", "Correct the "
                "mapping.", table.layer))
        return positions
    reader[mapping.position](table, mapping, positions)
    if mapping.position in ("geometry", "wkt", "xy"):
        _to_wgs84(table, mapping, positions, rules)
    return positions


def _from_geometry(table: RawTable, mapping: Mapping, positions: Positions) -> None:
    if table.geometry is not None:
        positions.geometry[:] = shapely.force_2d(table.geometry)


def _from_wkt(table: RawTable, mapping: Mapping, positions: Positions) -> None:
    name = mapping.position_columns[0]
    values = table.values[name]
    texts = np.array([None if is_blank(v) else as_text(v) for v in values], dtype=object)
    with np.errstate(invalid="ignore", over="ignore"):
        shapes = shapely.from_wkt(texts, on_invalid="ignore")
    given = np.array([text is not None for text in texts], dtype=bool)
    for index in np.flatnonzero(shapely.is_missing(shapes) & given):
        positions.fault(int(index), "SG-INTAKE-221", name,
                        f"is {str(texts[index])[:60]!r}, expected well-known text such as POLYGON ((x y, …))")
    positions.geometry[:] = shapely.force_2d(shapes)


def _numbers(
    table: RawTable, mapping: Mapping, positions: Positions, names: tuple[str, str],
    read: tuple[Callable[[object], float], Callable[[object], float]],
) -> npt.NDArray[np.float64]:
    """Return the numbers of two columns, shape (n, 2); rows that lack one or cannot be read stay NaN."""
    out = np.full((len(table.row_numbers), 2), math.nan)
    for index in range(len(out)):
        pair = [table.values[name][index] for name in names]
        blank = [is_blank(value) for value in pair]
        if all(blank):
            continue
        for side in (0, 1):
            try:
                if blank[side]:
                    raise ValueFault("SG-INTAKE-221", f"is empty, while {names[1 - side]} is "
                                                      f"{as_text(pair[1 - side])[:40]!r}")
                check_cell(pair[side])
                out[index, side] = read[side](pair[side])
            except ValueFault as fault:
                positions.fault(index, fault.args[0], names[side], fault.args[1])
    return out


def _set_points(positions: Positions, xy: npt.NDArray[np.float64]) -> None:
    good = np.isfinite(xy).all(axis=1)
    positions.geometry[good] = shapely.points(xy[good])


def _from_lonlat(table: RawTable, mapping: Mapping, positions: Positions) -> None:
    longitude, latitude = mapping.position_columns
    _set_points(positions, _numbers(table, mapping, positions, (longitude, latitude), (
        lambda value: read_degrees(value, "longitude", mapping.decimal),
        lambda value: read_degrees(value, "latitude", mapping.decimal))))
    if mapping.crs and not parse_crs(mapping.crs).equals(WGS84, ignore_axis_order=True):
        _to_wgs84(table, mapping, positions, None)


def _from_xy(table: RawTable, mapping: Mapping, positions: Positions) -> None:
    east, north = mapping.position_columns
    read = (lambda value: read_number(value, mapping.decimal), lambda value: read_number(value, mapping.decimal))
    _set_points(positions, _numbers(table, mapping, positions, (east, north), read))


def _from_utm(table: RawTable, mapping: Mapping, positions: Positions) -> None:
    east, north, zone = mapping.position_columns
    read = (lambda value: read_number(value, mapping.decimal), lambda value: read_number(value, mapping.decimal))
    _set_points(positions, _numbers(table, mapping, positions, (east, north), read))
    codes: dict[int, list[int]] = {}
    for index, value in enumerate(table.values[zone]):
        found = _ZONE.fullmatch(as_text(value))
        if positions.geometry[index] is None:
            continue
        if not found or not 1 <= int(found[1]) <= 60:
            positions.fault(index, "SG-INTAKE-221", zone, f"is {as_text(value)[:20]!r}, expected a UTM zone such as "
                                                          "33N")
            positions.geometry[index] = None
        else:
            codes.setdefault((32600 if found[2] in "Nn" else 32700) + int(found[1]), []).append(index)
    for code, rows in codes.items():
        way = find_transformation(parse_crs(f"EPSG:{code}"))
        positions.geometry[rows] = transform(positions.geometry[rows], way)


def _from_mgrs(table: RawTable, mapping: Mapping, positions: Positions) -> None:
    name = mapping.position_columns[0]
    for index, value in enumerate(table.values[name]):
        if is_blank(value):
            continue
        try:
            check_cell(value)
            found = from_mgrs(as_text(value))
        except ValueFault as fault:
            positions.fault(index, fault.args[0], name, fault.args[1])
        except RequestError as error:
            positions.fault(index, "SG-INTAKE-221", name, f"is {as_text(value)[:40]!r}: {error.message}")
        else:
            if found.size_m > 10:  # fewer than eight digits
                positions.fault(index, "SG-INTAKE-221", name, f"is {as_text(value)[:40]!r}: a square of "
                                                              f"{found.size_m:,.0f} "
                                "m; a hazard's position needs eight digits (10 m) or more")
            positions.geometry[index] = shapely.Point(found.longitude, found.latitude)


def _from_trace(table: RawTable, mapping: Mapping, positions: Positions) -> None:
    name = mapping.position_columns[0]
    for index, value in enumerate(table.values[name]):
        if not is_blank(value):
            try:
                positions.geometry[index] = read_trace(as_text(value))
            except ValueFault as fault:
                positions.fault(index, fault.args[0], name, fault.args[1])


def _to_wgs84(table: RawTable, mapping: Mapping, positions: Positions, rules: IntakeRules | None) -> None:
    """Transform in place, or refuse the table."""
    try:
        crs = parse_crs(mapping.crs)
        _check_range(table, crs, positions)
        way = find_transformation(crs, WGS84, _used_area(crs))
    except RequestError as error:
        positions.refused.append(refusal(table.file, "SG-INTAKE-204", f"{error.subject}: "
                                         f"{error.message}", error.remedy, table.layer))
        return
    limit = rules.transform_accuracy_m if rules is not None else 10.0
    if way.accuracy_m > limit:
        positions.refused.append(refusal(
            table.file, "SG-INTAKE-204", f"{mapping.crs}: the best transformation is accurate to {way.accuracy_m:g} "
                                         "m, the "
            f"rule pack allows {limit:g} m.", "Ask the sender for WGS 84 coordinates.", table.layer))
        return
    positions.accuracy_m = way.accuracy_m
    if not crs.equals(WGS84, ignore_axis_order=True):
        positions.geometry[:] = transform(positions.geometry, way)
    outside = _outside_area_of_use(crs, positions.geometry)
    if outside:
        positions.refused.append(refusal(
            table.file, "SG-INTAKE-204", f"{mapping.crs} is used in {outside}; none of the rows lies there.",
            "Ask the sender which coordinate system it is.", table.layer))


def _used_area(crs: CRS) -> tuple[float, float, float, float] | None:
    return crs.area_of_use.bounds if crs.area_of_use is not None else None


def _check_range(table: RawTable, crs: CRS, positions: Positions) -> None:
    """Refuse degrees stated to be metres and metres stated to be degrees, when all rows say so."""
    bounds = shapely.bounds(positions.geometry)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return
    small = (np.abs(bounds) <= 360).all(axis=1)
    if crs.is_geographic and not small.any():
        raise RequestError("SG-INTAKE-204", table.file, "the coordinates are no degrees, as the coordinate system "
                                                        "says.",
                           "State the projected coordinate system, e.g. --crs EPSG:32633.")
    if crs.is_projected and small.all():
        raise RequestError("SG-INTAKE-204", table.file, "the coordinates are degrees, not metres as the coordinate "
                                                        "system "
                           "says.", "State the coordinate system of degrees, e.g. --crs EPSG:4326.")


def _outside_area_of_use(crs: CRS, geometry: Objects) -> str:
    """Return the name of a coordinate system's area of use if no row lies in or near it."""
    used = crs.area_of_use
    points = shapely.get_coordinates(geometry)
    points = points[np.isfinite(points).all(axis=1)]
    if used is None or not len(points) or used.west > used.east:
        return ""
    near = ((points[:, 0] >= used.west - 3) & (points[:, 0] <= used.east + 3)
            & (points[:, 1] >= used.south - 3) & (points[:, 1] <= used.north + 3))
    return "" if near.any() else str(used.name)


def looks_sexagesimal(table: RawTable, mapping: Mapping) -> bool:
    """Return whether both columns of degrees read as degrees.minutes-seconds in every row: 44.5918 for 44°59'18".

    By chance a row does so with 0.36² ≈ 0.13, so that eight rows without an exception are no chance.
    """
    if mapping.position != "lonlat":
        return False
    for name in mapping.position_columns:
        digits = [as_text(v).strip().partition(mapping.decimal)[2] for v in table.values[name] if not is_blank(v)]
        if len(digits) < 8 or not all(text.isdigit() and 4 <= len(text) <= 7 for text in digits):
            return False
        if any(int(text[:2]) >= 60 or int(text[2:4]) >= 60 for text in digits):
            return False
    return True


