"""The turning-point table: places, true bearings and distances, and how well the printed figures close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from shapely import Geometry

from safeground.foundation.errors import RequestError
from safeground.ground.area import ELLIPSOID
from safeground.records.release import PointType, SurveyMarker

#: Digits as printed: 1 mm on the ground, 0.001° (2 cm for each km), 1 cm.
DEGREES, BEARING, DISTANCE = 8, 3, 2
TURNING = (PointType.START_POINT, PointType.TURNING_POINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPoint:
    """One corner of the outline and the leg to the next.

    Attributes
    ----------
    name : ``SP`` (start point), then ``TP2``, ``TP3`` …; further rings carry their number, ``R2-SP``.
    bearing_deg, distance_m : true-north geodesic bearing and length to the next corner, as printed.
    marker_id, offset_m : the marker that stands there and how far off, "" and None = none within the tolerance.
    """

    name: str
    longitude: float
    latitude: float
    bearing_deg: float
    distance_m: float
    marker_id: str = ""
    offset_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRing:
    """The corners of one ring in order of walking, and the closure error of the printed table, m."""

    points: tuple[TurningPoint, ...]
    closure_m: float


def corner_rings(outline: Geometry) -> list[NDArray[np.float64]]:
    """Return each ring's corners, not closed, rounded as printed, repeated corners left out; exteriors clockwise."""
    rings: list[NDArray[np.float64]] = []
    for part in shapely.get_parts(outline):
        oriented = shapely.orient_polygons(part, exterior_cw=True)
        for ring in (oriented.exterior, *oriented.interiors):
            corners = np.round(shapely.get_coordinates(ring)[:-1], DEGREES)
            keep = np.any(corners != np.roll(corners, 1, axis=0), axis=1)
            rings.append(corners[keep])
    if not rings or min(len(ring) for ring in rings) < 3:
        raise RequestError("SG-RELEASE-008", "outline", "has a ring of fewer than three corners.",
                           "Correct the area's outline by survey.")
    return rings


def table_of(outline: Geometry, markers: Sequence[SurveyMarker], tolerance_m: float) -> tuple[PointRing, ...]:
    """Return the table of an outline's corners, each with the marker that stands at it.

    Parameters
    ----------
    outline : Polygon or MultiPolygon, EPSG:4326.
    markers : of the area; start and turning points are matched, each to one corner at most.
    tolerance_m : largest distance between a corner and its marker.

    Notes
    -----
    A ring starts at the corner of the marker recorded as start point, else at its first corner.  Closure is that of the
    table as printed: whoever walks the rounded bearings and distances from the start point ends so far from it.
    """
    rings = corner_rings(outline)
    matched = _match(np.concatenate(rings), markers, tolerance_m)
    found, before = [], 0
    for number, corners in enumerate(rings, 1):
        count = len(corners)
        place = [matched.get(before + k) for k in range(count)]
        first = next((k for k, m in enumerate(place) if m and m[0].point_type is PointType.START_POINT), 0)
        order = [(first + k) % count for k in range(count)]
        found.append(_ring(corners[order], [place[k] for k in order], "" if len(rings) == 1 else f"R{number}-"))
        before += count
    return tuple(found)


def _match(corners: NDArray[np.float64], markers: Sequence[SurveyMarker], tolerance_m: float
           ) -> dict[int, tuple[SurveyMarker, float]]:
    points = [m for m in markers if m.point_type in TURNING]
    if not points:
        return {}
    at = shapely.get_coordinates([m.geometry for m in points])
    many, few = len(corners), len(points)
    _, _, away = ELLIPSOID.inv(np.repeat(corners[:, 0], few), np.repeat(corners[:, 1], few),
                               np.tile(at[:, 0], many), np.tile(at[:, 1], many))
    distance = np.asarray(away, float).reshape(many, few)
    cost = np.where(distance <= tolerance_m, distance, 1e6)
    return {int(i): (points[j], float(distance[i, j])) for i, j in zip(*linear_sum_assignment(cost), strict=True)
            if distance[i, j] <= tolerance_m}


def _ring(corners: NDArray[np.float64], place: list[tuple[SurveyMarker, float] | None], prefix: str) -> PointRing:
    following = np.roll(corners, -1, axis=0)
    azimuth, _, length = ELLIPSOID.inv(corners[:, 0], corners[:, 1], following[:, 0], following[:, 1])
    bearings = np.round(np.mod(np.asarray(azimuth, float), 360.0), BEARING) % 360.0
    lengths = np.round(np.asarray(length, float), DISTANCE)
    lon, lat = float(corners[0, 0]), float(corners[0, 1])
    for bearing, metres in zip(bearings.tolist(), lengths.tolist(), strict=True):
        lon, lat, _ = ELLIPSOID.fwd(lon, lat, bearing, metres)
    _, _, gap = ELLIPSOID.inv(lon, lat, corners[0, 0], corners[0, 1])
    points = tuple(TurningPoint(
        name=f"{prefix}{'SP' if k == 0 else f'TP{k + 1}'}", longitude=float(corners[k, 0]),
        latitude=float(corners[k, 1]), bearing_deg=float(bearings[k]), distance_m=float(lengths[k]),
        marker_id=mark[0].id if mark else "", offset_m=round(mark[1], 2) if mark else None)
        for k, mark in enumerate(place))
    return PointRing(points=points, closure_m=round(float(gap), 3))


def widest_gap_m(start: TurningPoint, end: TurningPoint, markers: Sequence[SurveyMarker], tolerance_m: float) -> float:
    """Return the longest stretch of a leg without a marker, m.

    Parameters
    ----------
    markers : intermediate points count that stand within `tolerance_m` of the leg and are emplaced.
    """
    along = [0.0, start.distance_m]
    for marker in markers:
        if marker.point_type is not PointType.INTERMEDIATE_POINT or marker.emplaced_date is None:
            continue
        azimuth, _, away = ELLIPSOID.inv(start.longitude, start.latitude, marker.geometry.x, marker.geometry.y)
        turn = np.radians(azimuth - start.bearing_deg)
        if abs(away * np.sin(turn)) <= tolerance_m and 0 < away * np.cos(turn) < start.distance_m:
            along.append(float(away * np.cos(turn)))
    return float(np.diff(np.sort(along)).max())
