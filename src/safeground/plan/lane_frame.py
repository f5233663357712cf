"""Axes of a cell of lanes: u inward along them, v across; base line, boxes and centre lines are measured in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, Polygon

from safeground.plan.sweep import TOLERANCE_M

Array = NDArray[np.float64]
#: A bend of a centre line that is smaller is not a bend, m; less ground in a box is none, m².
BEND_M = 0.01
LEAST_BOX_M2 = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Axes of lanes of one direction.

    Attributes
    ----------
    along, across : unit vectors of u and v; the lanes run inward with u.
    u0, v0 : least u and v of the ground, m: the base line and its first end.
    u1, v1 : greatest u and v.
    """

    along: Array
    across: Array
    u0: float
    v0: float
    u1: float
    v1: float

    @classmethod
    def of(cls, ground: Polygon, angle: float) -> Frame:
        """Return the axes of some ground for lanes of an angle, radians from the x axis."""
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        xy = shapely.get_coordinates(ground)
        u, v = xy @ along, xy @ across
        return cls(along, across, float(u.min()), float(v.min()), float(u.max()), float(v.max()))

    @property
    def bearing_deg(self) -> float:
        """Grid bearing of the lanes, degrees clockwise from grid north, in [0, 360)."""
        return float(np.round(np.degrees(np.arctan2(self.along[0], self.along[1])), 9) % 360.0)

    def uv(self, geometry: Geometry) -> tuple[Array, Array]:
        """Return u and v of all vertices, m."""
        xy = shapely.get_coordinates(geometry)
        return xy @ self.along, xy @ self.across

    def extents(self, geometries: NDArray[np.object_]) -> tuple[Array, Array, Array, Array]:
        """Return the least and greatest u and the least and greatest v of each geometry, m."""
        xy, index = shapely.get_coordinates(geometries, return_index=True)
        first = np.searchsorted(index, np.arange(len(geometries)))
        u, v = xy @ self.along, xy @ self.across
        return (np.minimum.reduceat(u, first), np.maximum.reduceat(u, first),
                np.minimum.reduceat(v, first), np.maximum.reduceat(v, first))

    def xy(self, u: NDArray[np.floating[Any]], v: NDArray[np.floating[Any]]) -> Array:
        """Return points of the plane, shape (n, 2), m."""
        return np.asarray(np.outer(u, self.along) + np.outer(v, self.across))

    def base_line(self, ground: Polygon) -> LineString:
        """Return the straight line before the lanes, from one end of the ground across to the other."""
        v = self.uv(ground)[1]
        return LineString(self.xy(np.full(2, self.u0), np.array([v.min(), v.max()])))

    def box_of(self, starts: Array, held: NDArray[np.int64], box_m: float) -> NDArray[np.int64]:
        """Return the numbers, from 1, of the boxes where lanes begin; the nearest ones that hold ground."""
        columns = max(1, int(np.ceil((self.v1 - self.v0 - TOLERANCE_M) / box_m)))
        row, column = np.divmod(held, columns)
        inward = row + 0.5 - (starts @ self.along - self.u0)[:, None] / box_m
        aside = column + 0.5 - (starts @ self.across - self.v0)[:, None] / box_m
        return np.asarray(np.argmin(np.round(np.hypot(inward, aside), 6), axis=1) + 1)


def boxes_with_ground(ground: Polygon, frame: Frame, box_m: float) -> NDArray[np.int64]:
    """Return the boxes that hold ground, numbered across the base line first, then row by row inward."""
    rows, columns = (max(1, int(np.ceil((high - low - TOLERANCE_M) / box_m)))
                     for low, high in ((frame.u0, frame.u1), (frame.v0, frame.v1)))
    index = np.arange(rows * columns)
    u, v = frame.u0 + box_m * (index // columns), frame.v0 + box_m * (index % columns)
    corners = np.stack([frame.xy(u + i * box_m, v + j * box_m) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))], axis=1)
    shapely.prepare(ground)
    boxes = shapely.polygons(corners)
    inside = shapely.contains(ground, boxes)
    touched = index[~inside & shapely.intersects(ground, boxes)]
    some = shapely.area(shapely.intersection(boxes[touched], ground)) > min(LEAST_BOX_M2, ground.area / 2)
    return np.asarray(np.sort(np.concatenate([index[inside], touched[some]])))


def centre_line(piece: Polygon, frame: Frame) -> LineString:
    """Return the middle of a lane from its start inward.

    Between two vertices it runs through the middle of the widest stretch across the lane, so that it goes round an
    obstacle that reaches into the lane on its wider side; it ends where the lane does.
    """
    rings = [shapely.get_coordinates(ring) for ring in (piece.exterior, *piece.interiors)]
    start, end = np.vstack([ring[:-1] for ring in rings]), np.vstack([ring[1:] for ring in rings])
    u, v = start @ frame.along, start @ frame.across
    du, dv = end @ frame.along - u, end @ frame.across - v
    stops = np.unique(np.round(u, 6))
    places = (stops[1:] + stops[:-1]) / 2
    crossed = (u <= places[:, None]) != (u + du <= places[:, None])
    at = v + (places[:, None] - u) / np.where(np.abs(du) < 1e-9, 1.0, du) * dv
    walls = np.sort(np.where(crossed, at, np.inf), axis=1)
    width = min(walls.shape[1] // 2, int(crossed.sum(axis=1).max()) // 2)
    low, high = walls[:, 0:2 * width:2], walls[:, 1:2 * width:2]
    wide = np.where(np.isfinite(high), high, 0.0) - np.where(np.isfinite(low), low, 0.0)
    best = np.argmax(wide, axis=1)
    rows = np.arange(len(places))
    middle = (low[rows, best] + high[rows, best]) / 2
    ends = [float(v[np.abs(u - stop) <= 1e-5].mean()) for stop in (u.min(), u.max())]
    line = LineString(frame.xy(np.concatenate([[u.min()], places, [u.max()]]), np.array([ends[0], *middle, ends[1]])))
    return shapely.simplify(line, BEND_M)
