"""Coordinates to geometries, strictly by the format's grammar; what is broken is named and salvaged, not repaired."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from safeground.intake.table import Objects

_KINDS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


class OutlineFault(ValueError):
    """Coordinates that break the grammar; `args[0]` says how."""


def position(value: Any) -> tuple[float, float]:
    """Return longitude and latitude of a GeoJSON position (RFC 7946 §3.1.1), height left out.

    Raises
    ------
    OutlineFault : not two or three finite numbers.
    """
    if type(value) is not list or not 2 <= len(value) <= 3:
        raise OutlineFault(f"a position is {_shown(value)}, expected two or three numbers")
    for number in value:
        if type(number) not in (int, float) or not -1e300 < number < 1e300:
            raise OutlineFault(f"a coordinate is {_shown(number)}, expected a finite number")
    return float(value[0]), float(value[1])


def _shown(value: Any) -> str:
    try:
        return json.dumps(value)[:60]
    except (TypeError, ValueError, RecursionError):
        return repr(value)[:60]


def _list(value: Any, what: str) -> list[Any]:
    if type(value) is not list:
        raise OutlineFault(f"{what} is {_shown(value)}, expected a list")
    return value


def line(value: Any, least: int = 2) -> list[tuple[float, float]]:
    """Return the positions of a line of at least `least` points."""
    points = [position(item) for item in _list(value, "a line")]
    if len({len(item) for item in value}) > 1:
        raise OutlineFault("positions with and without height are mixed")
    if len(points) < least:
        raise OutlineFault(f"a line has {len(points)} points, expected at least {least}")
    return points


def ring(value: Any) -> list[tuple[float, float]]:
    """Return the positions of a closed ring (RFC 7946 §3.1.6)."""
    points = line(value, 1)
    if len(points) < 4:
        raise OutlineFault(f"a ring has {len(points)} points, expected four or more with the last equal to the first")
    if points[0] != points[-1]:
        raise OutlineFault(f"a ring is not closed: it begins at {points[0]} and ends at {points[-1]}")
    return points


def _polygon(value: Any) -> tuple[list[tuple[float, float]], list[list[tuple[float, float]]]]:
    rings = [ring(item) for item in _list(value, "a polygon")]
    if not rings:
        raise OutlineFault("a polygon has no ring")
    return rings[0], rings[1:]


def geojson_geometry(value: Any) -> Geometry | None:
    """Return the geometry of a GeoJSON object, None for ``null``.

    Raises
    ------
    OutlineFault : it breaks RFC 7946.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise OutlineFault(f"the geometry is {_shown(value)}, expected an object")
    kind = value.get("type")
    if kind == "GeometryCollection":
        parts = [geojson_geometry(item) for item in _list(value.get("geometries"), "a collection")]
        return shapely.GeometryCollection([part for part in parts if part is not None])
    if not isinstance(kind, str) or kind not in _KINDS or "coordinates" not in value:
        raise OutlineFault(f"the geometry's type is {_shown(kind)}, expected one of {', '.join(_KINDS)}")
    given = _list(value["coordinates"], "the list of coordinates")
    if kind == "Point":
        return shapely.Point(position(given)) if given else shapely.Point()
    if not given:
        raise OutlineFault("the list of coordinates is empty")
    if kind == "LineString":
        return shapely.LineString(line(given))
    if kind == "MultiPoint":
        return shapely.MultiPoint([position(item) for item in given])
    if kind == "MultiLineString":
        return shapely.MultiLineString([line(item) for item in given])
    if kind == "Polygon":
        return shapely.Polygon(*_polygon(given))
    return shapely.MultiPolygon([_polygon(item) for item in given])


def salvage(value: Any) -> Geometry | None:
    """Return the convex hull of every readable position in broken coordinates, None = none: fail-dangerous display."""
    points: list[tuple[float, float]] = []
    stack = [value]
    while stack and len(points) < 100_000:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            try:
                points.append(position(item))
            except OutlineFault:
                stack.extend(item)
    return shapely.MultiPoint(points).convex_hull if points else None


def rings_to_polygon(rings: list[Any]) -> Geometry:
    """Return the area of a Shapefile's rings: clockwise ones are outlines, the others holes of the one around them.

    A hole outside every outline stays with the nearest one, so that the validity check names it.

    Raises
    ------
    OutlineFault : a ring is too short or not closed.
    """
    shells: list[Objects] = []
    holes: list[Objects] = []
    for points in rings:
        if len(points) < 4 or not np.array_equal(points[0], points[-1]):
            raise OutlineFault(f"a ring of {len(points)} points is too short or not closed")
        linear = shapely.LinearRing(points)
        (holes if shapely.is_ccw(linear) else shells).append(points)
    if not shells:
        shells, holes = holes, []
    bodies = [shapely.Polygon(shell) for shell in shells]
    inside: list[list[Objects]] = [[] for _ in bodies]
    for hole in holes:
        own = shapely.Polygon(hole)
        point = own.representative_point() if own.is_valid else shapely.Point(hole[0])
        distances = [body.distance(point) if body.is_valid else math.inf for body in bodies]
        inside[int(np.argmin(distances))].append(hole)
    parts = [shapely.Polygon(shell, own) for shell, own in zip(shells, inside, strict=True)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
