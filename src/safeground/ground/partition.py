"""Cut an area into parts whose booked areas add up to its own, to the last square centimetre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Geometry

from safeground.foundation.errors import RequestError
from safeground.foundation.units import TOLERANCE_M2, TOLERANCE_SHARE, allot_area, cm2_to_m2
from safeground.ground.area import edge_bow_m2, geodesic_area_m2
from safeground.ground.shapes import polygonal

#: A booked area may differ from its outline measured anew: parts of an earlier cut were allotted, not measured.
BOOKED_M2 = 0.05
BOOKED_SHARE = 1e-3


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a cut area; `cutter_index` names the cutter that took it, None = what no cutter took."""

    geometry: Geometry
    area_cm2: int
    cutter_index: int | None


def _require_close(seen_m2: float, expected_m2: float, allowed_m2: float, message: str) -> None:
    if not abs(seen_m2 - expected_m2) <= allowed_m2:
        raise RequestError("SG-LAND-001", "partition", message.format(seen_m2, expected_m2, allowed_m2),
                           "The outlines are not valid, or the area belongs to another outline; correct the cut.")


def partition(parent: Geometry, parent_cm2: int, cutters: Sequence[Geometry]) -> tuple[Part, ...]:
    """Cut an area by others, in their order: ground that two cutters claim goes to the earlier one.

    Parameters
    ----------
    parent : valid Polygon or MultiPolygon, EPSG:4326.
    parent_cm2 : its booked area, cm².
    cutters : valid polygons, EPSG:4326.

    Returns
    -------
    One part for each cutter that takes ground, then the rest if any.  Conserves: the parts' areas sum to `parent_cm2`.

    Raises
    ------
    RequestError : the parts overlap or leave a gap, or the booked area is another outline's (``SG-LAND-001``).

    Notes
    -----
    Overlaid unsnapped, then allotted by largest remainder; parts are never re-measured into the book.  A new vertex
    lies on a straight line of the plane while edges are geodesics, so that the measured parts may miss the measured
    parent by the area between the two (:func:`~safeground.ground.area.edge_bow_m2`); the allotment shares it out.
    """
    rest: Geometry = parent
    pieces: list[tuple[Geometry, int | None]] = []
    for index, cutter in enumerate(cutters):
        taken = polygonal(shapely.intersection(rest, cutter))
        if taken.is_empty:
            continue
        pieces.append((taken, index))
        rest = polygonal(shapely.difference(rest, cutter))
    if not rest.is_empty or not pieces:
        pieces.append((rest, None))
    outlines = [piece for piece, _ in pieces]
    measured, whole_m2 = geodesic_area_m2(outlines), float(geodesic_area_m2([parent])[0])
    bow_m2 = edge_bow_m2([parent, *outlines])
    _require_close(float(measured.sum()), whole_m2, TOLERANCE_M2 + TOLERANCE_SHARE * whole_m2 + bow_m2,
                   "the parts measure {0:.4f} m² but their parent measures {1:.4f} m² (allowed difference {2:.4f} m²).")
    booked_m2 = cm2_to_m2(parent_cm2)
    allowed_m2 = BOOKED_M2 + BOOKED_SHARE * booked_m2
    _require_close(whole_m2, booked_m2, allowed_m2,
                   "the parent measures {0:.4f} m² but is booked at {1:.4f} m² (allowed difference {2:.4f} m²).")
    shares = allot_area(parent_cm2, measured, tolerance_m2=allowed_m2 + bow_m2 + TOLERANCE_M2)
    return tuple(Part(piece, int(share), index)
                 for (piece, index), share in zip(pieces, shares, strict=True) if share > 0 or len(pieces) == 1)
