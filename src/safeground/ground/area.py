"""Areas and lengths on the ellipsoid: Karney's geodesic polygons on WGS 84."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod
from shapely import Geometry

from safeground.foundation.errors import RequestError
from safeground.foundation.units import CM2_PER_M2
from safeground.ground.crs import crs_name

#: The ellipsoid of every area in the book.
ELLIPSOID = Geod(ellps="WGS84")
#: Gauss-Legendre nodes and weights on [0, 1].
_NODES, _WEIGHTS = (np.polynomial.legendre.leggauss(4)[0] + 1) / 2, np.polynomial.legendre.leggauss(4)[1] / 2
Geometries = Sequence[Geometry | None] | NDArray[np.object_]


def _ring_areas(rings: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the absolute geodesic area of each closed ring, m²."""
    coords, owner = shapely.get_coordinates(rings, return_index=True)
    starts = np.searchsorted(owner, np.arange(len(rings) + 1))
    lon, lat = coords[:, 0], coords[:, 1]
    measure = ELLIPSOID.polygon_area_perimeter
    found = np.zeros(len(rings))
    for index in range(len(rings)):
        a, b = starts[index], starts[index + 1] - 1  # the closing vertex is implied
        if b - a >= 3:
            found[index] = abs(measure(lon[a:b], lat[a:b])[0])
    return found


def geodesic_area_m2(geometries: Geometries) -> NDArray[np.float64]:
    """Return the geodesic area of polygons, m²; holes count negative, points, lines and None count 0.

    Parameters
    ----------
    geometries : shape (n,), EPSG:4326, longitude first; valid polygons smaller than a hemisphere.

    Returns
    -------
    shape (n,), m², >= 0.

    Notes
    -----
    Karney (2013), *Algorithms for geodesics*, as in PROJ's ``geod_polygonarea``; edges are geodesics.  Measured against
    GeographicLib in ``benchmarks/areas.py``.
    """
    shapes = np.asarray(geometries, dtype=object).ravel()
    result = np.zeros(len(shapes))
    kinds = shapely.get_type_id(shapes)
    wanted = np.flatnonzero(np.isin(kinds, (3, 6, 7)))
    if not len(wanted):
        return result
    parts, owner = shapely.get_parts(shapes[wanted], return_index=True)
    while (nested := shapely.get_type_id(parts) > 3).any():  # collections may hold multipolygons and collections
        inside, holder = shapely.get_parts(parts[nested], return_index=True)
        parts, owner = np.concatenate([parts[~nested], inside]), np.concatenate([owner[~nested], owner[nested][holder]])
    polygonal = shapely.get_type_id(parts) == 3
    parts, owner = parts[polygonal], owner[polygonal]
    outer = _ring_areas(shapely.get_exterior_ring(parts))
    inner, holder = shapely.get_rings(parts, return_index=True)
    hole = np.ones(len(inner), dtype=bool)
    hole[np.unique(holder, return_index=True)[1]] = False  # the first ring of a polygon is its exterior
    holes = np.bincount(holder[hole], weights=_ring_areas(inner[hole]), minlength=len(parts)) if hole.any() else 0.0
    np.add.at(result, wanted[owner], outer - holes)
    return np.maximum(result, 0.0)


def geodesic_area_cm2(geometries: Geometries) -> NDArray[np.int64]:
    """Return the geodesic area in whole cm², half to even: the figure that is booked."""
    return np.rint(geodesic_area_m2(geometries) * CM2_PER_M2).astype(np.int64)


def geodesic_length_m(geometry: Geometry) -> float:
    """Return the geodesic length of a line, or of a polygon's rings, m."""
    return float(ELLIPSOID.geometry_length(shapely.boundary(geometry) if geometry.geom_type.endswith("Polygon")
                                           else geometry))


def leg_lengths_m(coords: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the geodesic length of each leg between consecutive vertices (n, 2) in degrees, m."""
    _, _, length = ELLIPSOID.inv(coords[:-1, 0], coords[:-1, 1], coords[1:, 0], coords[1:, 1])
    return np.asarray(length, float)


def distance_m(lon1: NDArray[np.float64], lat1: NDArray[np.float64], lon2: NDArray[np.float64],
               lat2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return geodesic distances, m."""
    return np.asarray(ELLIPSOID.inv(lon1, lat1, lon2, lat2)[2], float)


def edge_bow_m2(geometries: Geometries) -> float:
    """Return a bound on the area between the edges as geodesics and as straight lines of the longitude-latitude plane.

    Parameters
    ----------
    geometries : polygons, EPSG:4326; other geometries count 0.

    Returns
    -------
    m², >= 0: summed over all edges.  Grows with the cube of an edge: 0.01 m² for 100 m at 45°, 10 m² for 1 km.

    Notes
    -----
    A straight line of the plane at azimuth a and latitude p has the geodesic curvature ``tan p sin a (1 + cos² a) / R``
    on the sphere, at most ``1.09 tan p / R``; a curve of curvature k encloses ``k s³ / 12`` with its chord s.  The
    factor 1.25 covers the flattening of WGS 84.
    """
    rings = shapely.get_rings(shapely.get_parts(np.asarray(geometries, dtype=object).ravel()))
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    if len(coords) < 2:
        return 0.0
    same = ring[:-1] == ring[1:]
    legs = leg_lengths_m(coords)[same]
    steepest = np.minimum(np.maximum(np.abs(coords[:-1, 1]), np.abs(coords[1:, 1])), 89.9)[same]
    return float(np.sum(1.25 * np.tan(np.radians(steepest)) * legs**3 / (12 * ELLIPSOID.b)))


def planar_area_m2(geometries: Geometries, crs: CRS) -> NDArray[np.float64]:
    """Return areas in the plane of a projected system in metres, for display only.

    Raises
    ------
    RequestError : the system is in degrees or not in metres (``SG-GROUND-004``).
    """
    if not crs.is_projected or crs.axis_info[0].unit_conversion_factor != 1.0:
        raise RequestError("SG-GROUND-004", crs_name(crs), "is not in metres; its square units are no area.",
                           "Measure with geodesic_area_m2, or transform to a UTM zone.")
    return np.asarray(shapely.area(np.asarray(geometries, dtype=object)), float)


def plane_area_m2(geometries: Geometries) -> NDArray[np.float64]:
    """Return the area on the ellipsoid of outlines whose edges are straight in the longitude-latitude plane, m².

    Unlike :func:`geodesic_area_m2` it is additive: the parts of any cut sum to the whole, and a vertex added on an edge
    changes nothing.  For shares of an area, never for its booked size.

    Parameters
    ----------
    geometries : shape (n,), EPSG:4326; other than polygons count 0.

    Notes
    -----
    Green's theorem with the density ``q = M N cos(latitude)`` of the ellipsoid's surface, by Gauss-Legendre quadrature
    along each edge and from a latitude of the outline to the edge; exact to rounding for edges up to tens of km.
    """
    shapes = np.asarray(geometries, dtype=object).ravel()
    result = np.zeros(len(shapes))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    keep = shapely.get_type_id(parts) == 3
    parts, owner = shapely.orient_polygons(parts[keep]), owner[keep]
    rings, part = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    if len(coords) < 2:
        return result
    same = ring[:-1] == ring[1:]
    lon, lat = np.radians(coords).T
    start, end, of = lat[:-1][same], lat[1:][same], owner[part[ring[:-1][same]]]
    first = np.zeros(len(shapes))
    first[of[::-1]] = start[::-1]
    base = first[of]
    at, weight = _NODES, _WEIGHTS
    along = start[:, None] + at * (end - start)[:, None] - base[:, None]
    sin = np.sin(base[:, None, None] + along[:, :, None] * at)
    e2 = ELLIPSOID.es
    density = ELLIPSOID.a**2 * (1 - e2) * np.sqrt(1 - sin**2) / (1 - e2 * sin**2) ** 2
    strip = (along * (density @ weight)) @ weight
    np.add.at(result, of, -np.diff(lon)[same] * strip)
    return np.maximum(result, 0.0)
