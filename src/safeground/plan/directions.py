"""Which way lanes may run, which way promises fewest, and where an area is better cut in two with a direction each.

Over all offsets of a grid of strips the mean number of pieces of an outline is χ + T / w: χ is one less the obstacles,
w the lane width, and T half the sum of all edges' heights across the lanes (each level is crossed T times on average).
Between two edge directions T is concave, so that its least value lies at an edge direction.  It costs one product of
arrays for all directions, and ranks them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from safeground.plan.sweep import TOLERANCE_M, Outline

Array = NDArray[np.float64]
#: Edge directions are one if they differ by less, radians; of more directions than this the longest edges' are taken.
SAME_ANGLE = 1e-9
MOST_ANGLES = 720
#: Without a long edge to follow, these many evenly spread directions are looked at as well.
EVEN_ANGLES = 36
#: Lines along which an area may be cut in two: directions and levels of each.
CUT_ANGLES, CUT_LEVELS = 16, 24


@dataclass(frozen=True, slots=True)
class Allowed:
    """Directions that a start line leaves: at least `least` radians off the line's own direction `of`."""

    of: float
    least: float

    def holds(self, angles: Array) -> NDArray[np.bool_]:
        """Return which lane angles (radians) are allowed."""
        apart = np.abs(np.mod(angles - self.of + np.pi / 2, np.pi) - np.pi / 2)
        return np.asarray(apart >= self.least - SAME_ANGLE)

    def own(self) -> Array:
        """Return the directions that the line itself proposes: square to it, and as far off as allowed."""
        return np.mod(self.of + np.array([np.pi / 2, self.least, -self.least]), np.pi)


def candidate_angles(outline: Outline, allowed: Allowed | None = None) -> Array:
    """Return lane directions worth a look, radians in [0, π): all edges', obstacles' too, and some evenly spread."""
    edges = outline.edges
    edges = edges[np.argsort(-(edges**2).sum(axis=1), kind="stable")[:MOST_ANGLES]]
    angles = np.concatenate([np.mod(np.arctan2(edges[:, 1], edges[:, 0]), np.pi), hull_angles(outline.xy)])
    if allowed is not None:
        angles = np.concatenate([angles[allowed.holds(angles)], allowed.own()])
    even = np.arange(EVEN_ANGLES) * np.pi / EVEN_ANGLES
    angles = np.sort(np.concatenate([angles, even if allowed is None else even[allowed.holds(even)]]))
    angles[angles > np.pi - SAME_ANGLE] = 0.0
    return np.unique(angles[np.concatenate([[True], np.diff(angles) > SAME_ANGLE])])


def hull_angles(xy: Array) -> Array:
    """Return the directions of the edges of the convex hull, radians in [0, π)."""
    ring = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(xy)))
    step = np.diff(ring, axis=0)
    return np.asarray(np.mod(np.arctan2(step[:, 1], step[:, 0]), np.pi))


def least_width(xy: Array) -> float:
    """Return the least width of the convex hull, m: across one of its edges (rotating calipers)."""
    ring = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(xy)))
    step = np.diff(ring, axis=0)
    if len(step) < 3:
        return 0.0
    across = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(step[:, 0], step[:, 1])[:, None]
    return float(np.ptp((ring - ring[0]) @ across.T, axis=0).min())


def lanes_across(extent_m: float, width_m: float) -> int:
    """Return how many lanes an extent needs, less the float noise of an exact multiple."""
    return max(1, int(np.ceil((extent_m - TOLERANCE_M) / width_m)))


def heights(outline: Outline, angles: Array) -> Array:
    """Return T for each direction: half the sum of the edges' heights across the lanes, m."""
    return np.asarray(_rise(outline.edges, angles).sum(axis=0) / 2)


def _rise(edges: Array, angles: Array) -> Array:
    return np.asarray(np.abs(edges @ np.stack([-np.sin(angles), np.cos(angles)])))


def cutting_lines(outline: Outline, angles: Array, width_m: float, most: int) -> list[tuple[float, float, float]]:
    """Return lines that cut an area in two so that each half can have a direction of its own with fewer lanes.

    Parameters
    ----------
    angles : lane directions allowed, radians.
    most : how many lines at most.

    Returns
    -------
    (lanes saved by estimate, angle of the line, its level across), best first; only lines that save lanes.
    """
    rise = _rise(outline.edges, angles)
    whole = rise.sum(axis=0).min() / 2
    turns = np.argsort(rise.sum(axis=0), kind="stable")[:CUT_ANGLES]
    found: list[tuple[float, float, float]] = []
    for angle in angles[np.sort(turns)]:
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        v, u = outline.xy @ across, outline.xy @ along
        levels = np.unique(v)
        levels = levels[np.append(True, np.diff(levels) > 1e-6)]
        levels = levels[np.linspace(1, len(levels) - 2, min(CUT_LEVELS, len(levels) - 2)).astype(np.int64)] \
            if len(levels) > 2 else levels[:0]
        if not len(levels):
            continue
        below, chord, count = _cut(u, v, outline.after, levels)
        ends = np.outer(chord, _rise(along[None, :], angles)[0])
        parts = (below @ rise + ends).min(axis=1) + ((1.0 - below) @ rise + ends).min(axis=1)
        saved = (whole - parts / 2) / width_m - count / 2
        at = int(np.argmax(saved))
        if saved[at] > 0:
            found.append((float(saved[at]), float(angle), float(levels[at])))
    return sorted(found, reverse=True)[:most]


def _cut(u: Array, v: Array, after: NDArray[np.int64], levels: Array) -> tuple[Array, Array, Array]:
    """Return the share of each edge below each level, the length of the chords at it, and their number."""
    rise = v[after] - v
    flat = rise == 0.0
    part = (levels[:, None] - v) / np.where(flat, 1.0, rise)
    up = np.clip(part, 0.0, 1.0)
    below = np.where(flat, v < levels[:, None], np.where(rise > 0, up, 1.0 - up))
    crossed = (v <= levels[:, None]) != (v[after] <= levels[:, None])
    sign = np.where(rise > 0, 1.0, -1.0)
    at = u + part * (u[after] - u)
    chord = np.where(crossed, sign * at, 0.0).sum(axis=1)
    return below, np.abs(chord), crossed.sum(axis=1) / 2
