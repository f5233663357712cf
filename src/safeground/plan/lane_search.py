"""Search for the fewest lanes of one polygon: directions by their promise, cuts by the sweep, halves where they pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from safeground.foundation.invariant import invariant
from safeground.plan.directions import Allowed, candidate_angles, cutting_lines, heights
from safeground.plan.sweep import Outline, Sweep, Tangled, cut_along, faces, fewest_chords, sweep

Array = NDArray[np.float64]
#: Directions that the sweep tries, with a narrow beam; the best of them are swept again with a wide one.
TRIED, TRIED_AGAIN = 16, 2
#: A direction is not tried if a grid's mean number of pieces is further above the best count than cuts placed by need
#: have been seen to save: so many, and so many more for each obstacle.
SAVED, SAVED_PER_HOLE = 1.0, 0.3
BEAM, WIDE_BEAM = 4, 24
#: A wide beam is narrower where an outline has more splits and merges than this allows.
WORK = 3000
#: An area is cut in two only if that saves more than this share of its lanes: each part has a start line of its own.
WORTH_A_CUT = 0.05
#: A further part counts as so many lanes more, for its start line and the move there.
LANES_PER_PART = 1
DEPTH = 2
LINES = 2
#: Measured share of ground that cuts may miss or count twice, and extent above a lane's width, m: float noise.
SHARE_NOISE = 1e-7
EXTENT_NOISE_M = 5e-7


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """Ground with lanes of one direction: `angle` in radians from the x axis, the pieces in no order."""

    ground: Polygon
    angle: float
    pieces: NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class _Try:
    angle: float
    swept: Sweep
    count: int
    chords: list[tuple[int, float]]


def search_lanes(polygon: Polygon, width_m: float, allowed: Allowed | None = None) -> tuple[Strips, ...]:
    """Return the fewest lanes found for a valid polygon, as one direction or as parts with a direction each.

    Parameters
    ----------
    polygon : metres, with obstacles as holes.
    width_m : widest that a lane may be.
    allowed : directions that a start line leaves; with it an area is not cut in two.
    """
    return _search(polygon, width_m, allowed, DEPTH if allowed is None else 0)


def _search(polygon: Polygon, width_m: float, allowed: Allowed | None, depth: int) -> tuple[Strips, ...]:
    outline = Outline.of(polygon)
    angles = candidate_angles(outline, allowed)
    height = heights(outline, angles)
    order = np.argsort(height, kind="stable")
    single = _one_direction(polygon, outline, angles[order], height[order], width_m)
    best: tuple[Strips, ...] = (single,)
    least = len(single.pieces)
    if depth == 0 or least < 4:
        return best
    for saved, angle, level in cutting_lines(outline, angles, width_m, LINES):
        if saved <= WORTH_A_CUT * least / 2:
            break
        parts = cut_along(outline, angle, level, polygon)
        if abs(float(shapely.area(parts).sum()) - polygon.area) > SHARE_NOISE * polygon.area:
            continue
        found = tuple(strips for part in parts for strips in _search(part, width_m, None, depth - 1))
        count = sum(len(strips.pieces) for strips in found) + LANES_PER_PART * (len(found) - 1)
        if count < (1.0 - WORTH_A_CUT) * len(single.pieces) and count < least:
            best, least = found, count
    return best


def _tries(outline: Outline, angles: Array, height: Array, width_m: float) -> list[_Try]:
    """Return the directions that are worth a sweep, swept with a narrow beam, fewest lanes first."""
    tries: list[_Try] = []
    for angle, mean in zip(angles[:TRIED].tolist(), (height / width_m + 1 - outline.holes).tolist(), strict=False):
        if tries and mean - SAVED - SAVED_PER_HOLE * outline.holes > min(t.count for t in tries):
            break
        found = _swept(outline, angle, width_m)
        if found is not None:
            tries.append(found)
    return sorted(tries, key=lambda t: t.count)


def _one_direction(polygon: Polygon, outline: Outline, angles: Array, height: Array, width_m: float) -> Strips:
    """Return the fewest lanes of one direction; of as many, those with the shorter walk back."""
    tries = _tries(outline, angles, height, width_m)
    again = [_widened(found, width_m) for found in tries[:TRIED_AGAIN]]
    tries = sorted([*again, *tries[TRIED_AGAIN:]], key=lambda t: t.count)
    best: tuple[tuple[int, float], Strips] | None = None
    for number, found in enumerate(tries):
        if best is not None and (found.count > best[0][0] or number > 3):
            break
        pieces = faces(found.swept, found.chords, polygon)
        if not fits(polygon, pieces, found.angle, width_m):
            continue
        key = (len(pieces), _walk_m(pieces, found.angle))
        if best is None or key < best[0]:
            best = (key, Strips(polygon, found.angle, pieces))
    return best[1] if best is not None else _on_a_grid(polygon, float(angles[0]), width_m)


def _swept(outline: Outline, angle: float, width_m: float) -> _Try | None:
    try:
        swept = sweep(outline, angle)
    except Tangled:
        return None
    return _Try(angle, swept, *fewest_chords(swept, width_m, BEAM))


def _widened(found: _Try, width_m: float) -> _Try:
    """Search a direction again with a wider beam, narrower where there are many splits and merges."""
    beam = int(np.clip(WORK // max(len(found.swept.events), 1), BEAM, WIDE_BEAM))
    again = _Try(found.angle, found.swept, *fewest_chords(found.swept, width_m, beam))
    return again if again.count < found.count else found


def _across(geometries: NDArray[np.object_], angle: float) -> tuple[Array, Array]:
    """Return the extents of each geometry along and across a direction, m."""
    xy, index = shapely.get_coordinates(geometries, return_index=True)
    first = np.searchsorted(index, np.arange(len(geometries)))
    extents = []
    for axis in ((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))):
        at = xy @ np.array(axis)
        extents.append(np.maximum.reduceat(at, first) - np.minimum.reduceat(at, first))
    return extents[0], extents[1]


def _walk_m(pieces: NDArray[np.object_], angle: float) -> float:
    return float(np.round(_across(pieces, angle)[0].sum(), 3))


def fits(polygon: Polygon, pieces: NDArray[np.object_], angle: float, width_m: float) -> bool:
    """Tell whether pieces measure as much as the ground, each valid and no wider than a lane."""
    if not len(pieces) or not shapely.is_valid(pieces).all():
        return False
    missed = abs(float(shapely.area(pieces).sum()) - polygon.area)
    return bool(missed <= SHARE_NOISE * polygon.area
                and _across(pieces, angle)[1].max() <= width_m + EXTENT_NOISE_M)


def _on_a_grid(polygon: Polygon, angle: float, width_m: float) -> Strips:
    """Return the pieces of evenly spaced strips: what is left for outlines whose rings touch each other oddly."""
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    xy = shapely.get_coordinates(polygon)
    u, v = xy @ along, xy @ across
    low, high = float(u.min()) - 1.0, float(u.max()) + 1.0
    levels = float(v.min()) + width_m * np.arange(int(np.ceil(np.ptp(v) / width_m)) + 1)
    corners = np.stack([np.stack([at * along + level[:, None] * across for at, level in (
        (low, levels[:-1]), (high, levels[:-1]), (high, levels[1:]), (low, levels[1:]))], axis=1)])[0]
    parts = shapely.get_parts(shapely.get_parts(shapely.intersection(shapely.polygons(corners), polygon)))
    pieces = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0.0)]
    invariant(fits(polygon, pieces, angle, width_m), f"strips of {width_m:g} m do not cover their outline once")
    return Strips(polygon, angle, pieces)
