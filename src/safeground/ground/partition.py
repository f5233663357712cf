"""Cut an area into parts whose booked areas add up to its own, to the last square centimetre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.units import allot_area, cm2_to_m2
from safeground.ground.area import geodesic_area_m2
from safeground.ground.shapes import polygonal

#: New vertices lie on straight lines of the plane while edges are geodesics: the parts of a cut may differ from their
#: parent by the area between the two, which grows with the cube of the edge.  Share of the parent allowed for it.
GEODESIC_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a cut area; `cutter_index` names the cutter that took it, None = what no cutter took."""

    geometry: Geometry
    area_cm2: int
    cutter_index: int | None


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
    RequestError : the measured parts miss the parent by more than overlay noise (``SG-LAND-001``).

    Notes
    -----
    Overlaid unsnapped, then allotted by largest remainder; parts are never re-measured into the book.
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
    measured = geodesic_area_m2([piece for piece, _ in pieces])
    parent_m2 = cm2_to_m2(parent_cm2)
    shares = allot_area(parent_cm2, np.asarray(measured), tolerance_m2=0.05 + GEODESIC_SHARE * parent_m2)
    return tuple(Part(piece, int(share), index)
                 for (piece, index), share in zip(pieces, shares, strict=True) if share > 0 or len(pieces) == 1)
