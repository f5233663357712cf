"""Where outlines share ground."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from safeground.ground.area import geodesic_area_m2
from safeground.ground.shapes import polygonal


def overlapping_pairs(
    geometries: NDArray[np.object_], others: NDArray[np.object_] | None = None
) -> NDArray[np.int64]:
    """Return the index pairs whose interiors meet, shape (n_pairs, 2), sorted.

    Parameters
    ----------
    geometries, others : valid polygons; without `others`, pairs (i, j) with i < j within `geometries`.
    """
    if not len(geometries) or (others is not None and not len(others)):
        return np.empty((0, 2), dtype=np.int64)
    within = others is None
    targets = geometries if others is None else others
    left, right = shapely.STRtree(targets).query(geometries, predicate="intersects")
    if within:
        keep = left < right
        left, right = left[keep], right[keep]
    touching = shapely.touches(geometries[left], targets[right])
    pairs = np.column_stack([left[~touching], right[~touching]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def intersection_area_m2(first: NDArray[np.object_], second: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the geodesic area that two outlines share, elementwise, m²."""
    return geodesic_area_m2(intersections(first, second))


def intersections(first: NDArray[np.object_], second: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the polygonal intersections, elementwise; overlaid unsnapped."""
    shared = np.asarray(shapely.intersection(first, second), dtype=object)
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(shared), (3, 6)))
    for index in mixed:
        shared[index] = polygonal(shared[index])
    return shared
