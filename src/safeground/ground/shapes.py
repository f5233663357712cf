"""Outlines: what is wrong with one, where, and what a person could do about it."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon, Polygon

from safeground.foundation.invariant import invariant

#: By how much the area of a projected outline may change when its crossings by rounding are settled, m².
ROUNDING_M2 = 1e-3
#: m² between an edge straight in degrees and its chord in the plane, for each m³ of its length cubed: tan φ / (12 R) at
#: 60° latitude, R the Earth's radius, m; and the share of an outline's area that such ground never exceeds here.
BOW_PER_M3 = 1.7321 / (12 * 6_371_000.0)
BOW_SHARE_MOST = 1e-5
#: Length of a degree of latitude, m, for tolerances alone.
METRES_PER_DEGREE = 111_320.0
_AT = re.compile(r"^(.*)\[([-\d.e+]+) ([-\d.e+]+)\]$")


@dataclass(frozen=True, slots=True)
class ShapeFault:
    """Why an outline is not valid, and the point where it is seen (same coordinates as the outline)."""

    reason: str
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True)
class RepairCandidate:
    """A proposal for a person: never applied by the program.

    Attributes
    ----------
    method : ``split`` (into valid parts, even-odd rule), ``reorder`` (vertices sorted around the centre) or ``hull``
        (convex hull: never smaller than the evidence).
    """

    method: str
    geometry: Geometry


def faulty(geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return where an outline is there but not valid (OGC simple features)."""
    return np.asarray(~shapely.is_missing(geometries) & ~shapely.is_valid(geometries))


def validity_report(geometry: Geometry) -> ShapeFault | None:
    """Return the fault of an outline, or None if it is valid."""
    if shapely.is_valid(geometry):
        return None
    reason = str(shapely.is_valid_reason(geometry))
    found = _AT.match(reason)
    return ShapeFault(found[1].strip(), float(found[2]), float(found[3])) if found else ShapeFault(reason, None, None)


def repair_candidates(geometry: Geometry) -> tuple[RepairCandidate, ...]:
    """Return what an invalid polygon may have been meant to be, each valid and not empty; none for lost coordinates."""
    candidates: list[RepairCandidate] = []
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return ()
    split = shapely.make_valid(geometry, method="structure")
    if isinstance(split, Polygon | MultiPolygon):
        candidates.append(RepairCandidate("split", split))
    if isinstance(geometry, Polygon) and not geometry.interiors:
        ring = np.unique(shapely.get_coordinates(geometry)[:-1], axis=0)
        if len(ring) >= 3:
            centre = ring.mean(axis=0)
            order = np.argsort(np.arctan2(ring[:, 1] - centre[1], ring[:, 0] - centre[0]))
            candidates.append(RepairCandidate("reorder", Polygon(ring[order])))
    candidates.append(RepairCandidate("hull", convex_hull(geometry)))
    return tuple(c for c in candidates
                 if isinstance(c.geometry, Polygon | MultiPolygon) and c.geometry.is_valid and not c.geometry.is_empty)


def convex_hull(geometry: Geometry) -> Geometry:
    """Return the convex hull of all vertices, whatever is wrong with their order."""
    return shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(geometry)))


def normalise(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the same outlines in two dimensions, exteriors anticlockwise (RFC 7946); no vertex moves."""
    return np.asarray(shapely.orient_polygons(shapely.force_2d(geometries)))


def polygonal(geometry: Geometry) -> Geometry:
    """Return the polygonal part of an overlay's result; lines and points that an overlay leaves have no area."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    parts = [p for p in shapely.get_parts(geometry) if isinstance(p, Polygon | MultiPolygon) and not p.is_empty]
    return shapely.union_all(parts) if parts else Polygon()


def outline_sha256(outline: Geometry) -> str:
    """Return the SHA-256 of an outline's normalised well-known binary: ring order and start do not matter."""
    return hashlib.sha256(shapely.to_wkb(shapely.normalize(shapely.force_2d(outline)), byte_order=1)).hexdigest()


def settled(moved: Geometry, *, degrees: bool = False) -> Geometry:
    """Return valid polygons for an outline whose edges crossed when it was projected; else it unchanged.

    Edges cross by rounding, or where one runs so close along another that their bows in the plane differ by more than
    the gap: an edge straight in degrees is none in the plane.  No repair of what somebody drew: an outline that loses
    or gains more than that stops the program.

    Parameters
    ----------
    moved : an outline that was valid before it was moved from one coordinate system to another, m.
    degrees : whether it is in longitude and latitude now (EPSG:4326) instead.

    Raises
    ------
    InvariantBroken : its area would change by more than ``ROUNDING_M2`` and the bows of its edges.
    """
    if moved.is_valid:
        return moved
    whole = polygonal(shapely.make_valid(moved, method="structure", keep_collapsed=False))
    unit_m, unit_m2 = 1.0, 1.0
    if degrees:
        _, south, _, north = moved.bounds
        unit_m = METRES_PER_DEGREE
        unit_m2 = METRES_PER_DEGREE**2 * math.cos(math.radians((south + north) / 2))
    before, after = moved.area * unit_m2, whole.area * unit_m2
    allowed = max(ROUNDING_M2, min(_bows_m2(moved, unit_m), BOW_SHARE_MOST * before))
    invariant(abs(after - before) <= allowed, f"a projected outline of {before:,.4f} m² would become "
              f"{after:,.4f} m²", code="SG-LAND-003", subject="outline")
    return whole


def _bows_m2(outline: Geometry, unit_m: float) -> float:
    """Return the ground between an outline's edges in degrees and their chords in the plane at most, m²."""
    steps = [np.diff(shapely.get_coordinates(ring), axis=0) for ring in shapely.get_rings(shapely.get_parts(outline))]
    lengths = np.hypot(*np.concatenate(steps).T) * unit_m if steps else np.zeros(0)
    return float(BOW_PER_M3 * (lengths**3).sum())
