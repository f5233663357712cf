"""Coordinate systems: a mismatch is an error, and a shift of unknown size is refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj.network
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from safeground.foundation.errors import CrsMismatchError, RequestError

pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]

#: Longitude and latitude on WGS 84, longitude first: what every record holds.
WGS84 = CRS.from_epsg(4326)
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Transformation:
    """A way from one coordinate system to another, with its accuracy.

    Attributes
    ----------
    source, target : the coordinate systems; coordinates go in and out as east, north (longitude, latitude).
    accuracy_m : stated accuracy, m; 0 where the datum is the same.
    name : the operation's name in the EPSG registry.
    """

    source: CRS
    target: CRS
    accuracy_m: float
    name: str
    transformer: Transformer


@lru_cache(maxsize=256)
def parse_crs(text: str) -> CRS:
    """Return the coordinate system of an authority code, WKT, PROJ string or OGC URN.

    Raises
    ------
    RequestError : not known, or neither geographic nor projected (``SG-GROUND-001``).
    """
    wanted = text.strip()
    if wanted.upper().endswith("CRS84"):
        return WGS84
    try:
        crs = CRS.from_user_input(int(wanted) if wanted.isdigit() else wanted)
    except (CRSError, ValueError) as error:
        raise RequestError("SG-GROUND-001", text[:80] or "(empty)", "is not a known coordinate system.",
                           "Give an EPSG code such as EPSG:4326 or EPSG:32637.") from error
    if crs.is_compound or crs.is_bound:
        crs = crs.sub_crs_list[0] if crs.is_compound else (crs.source_crs or crs)
    if not (crs.is_geographic or crs.is_projected):
        raise RequestError("SG-GROUND-001", text[:80], "is neither geographic nor projected.",
                           "Give the coordinate system of the map, such as EPSG:32637.")
    return crs


def crs_name(crs: CRS) -> str:
    """Return ``EPSG:4326`` where an authority knows it, else its name."""
    authority = crs.to_authority(min_confidence=70)
    return f"{authority[0]}:{authority[1]}" if authority else str(crs.name)


def find_transformation(source: CRS, target: CRS = WGS84, bounds: Bounds | None = None) -> Transformation:
    """Return the best transformation that is valid and of known accuracy.

    Parameters
    ----------
    source, target : coordinate systems.
    bounds : west, south, east, north of the data in degrees (WGS 84), None = anywhere.

    Raises
    ------
    RequestError : only a ballpark shift is there, or the grid of the best one is missing (``SG-GROUND-002``).

    Notes
    -----
    Ballpark shifts are off by up to hundreds of metres and are never used; PROJ's network access is off.
    """
    if source.equals(target, ignore_axis_order=True):
        return Transformation(source, target, 0.0, "same coordinate system",
                              Transformer.from_crs(source, target, always_xy=True))
    area: Any = AreaOfInterest(*bounds) if bounds else None
    try:
        group = TransformerGroup(source, target, always_xy=True, area_of_interest=area, allow_ballpark=False,
                                 allow_superseded=False)
    except (ProjError, CRSError) as error:
        raise _no_way(source, target, str(error)) from error
    if not group.transformers:
        raise _no_way(source, target, "only a ballpark shift is known here")
    best = group.transformers[0]
    missing = [op for op in group.unavailable_operations if not op.has_ballpark_transformation and op.accuracy >= 0]
    if missing and best.accuracy >= 0 and min(op.accuracy for op in missing) < best.accuracy - 5:
        grids = ", ".join(sorted({g.short_name for op in missing for g in op.grids if not g.available}))
        raise _no_way(source, target, f"the best transformation needs the grid {grids}, which is not installed")
    same_datum = source.geodetic_crs is not None and target.geodetic_crs is not None and source.geodetic_crs.equals(
        target.geodetic_crs, ignore_axis_order=True)
    accuracy = 0.0 if same_datum else float(best.accuracy)
    if accuracy < 0:
        raise _no_way(source, target, "its accuracy is not known")
    return Transformation(source, target, accuracy, str(best.description), best)


def _no_way(source: CRS, target: CRS, why: str) -> RequestError:
    return RequestError(
        "SG-GROUND-002", f"{crs_name(source)} → {crs_name(target)}", f"no transformation of known accuracy: {why}.",
        "Ask the sender for WGS 84 coordinates, or name the local datum's EPSG code.")


def transform_xy(
    x: NDArray[np.float64], y: NDArray[np.float64], way: Transformation
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Transform arrays of east and north; a point that cannot be transformed becomes infinite, never a guess."""
    east, north = way.transformer.transform(np.asarray(x, float), np.asarray(y, float), errcheck=False)
    return np.asarray(east, float), np.asarray(north, float)


def transform(geometries: NDArray[np.object_], way: Transformation) -> NDArray[np.object_]:
    """Transform geometries vertex by vertex; None stays None.  Z and M are dropped."""
    if way.source.equals(way.target, ignore_axis_order=True):
        return np.asarray(shapely.force_2d(geometries))
    return np.asarray(shapely.transform(
        shapely.force_2d(geometries), lambda c: np.column_stack(transform_xy(c[:, 0], c[:, 1], way))))


def utm_crs(longitude: float, latitude: float) -> CRS:
    """Return the WGS 84 / UTM zone of a place, with the exceptions of Norway and Svalbard; UPS beyond 84° N, 80° S.

    Raises
    ------
    RequestError : not a place on Earth (``SG-GROUND-005``).
    """
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise RequestError("SG-GROUND-005", f"{longitude}, {latitude}", "is not longitude, latitude in degrees.",
                           "Give longitude within 180 and latitude within 90 degrees.")
    if latitude >= 84:
        return CRS.from_epsg(5041)
    if latitude < -80:
        return CRS.from_epsg(5042)
    return CRS.from_epsg((32600 if latitude >= 0 else 32700) + utm_zone(longitude, latitude))


def utm_zone(longitude: float, latitude: float) -> int:
    """Return the UTM zone number, 1 to 60."""
    zone = min(int((longitude + 180) // 6) + 1, 60)
    if 56 <= latitude < 64 and 3 <= longitude < 12:
        return 32
    if 72 <= latitude < 84 and 0 <= longitude < 42:
        return 31 if longitude < 9 else 33 if longitude < 21 else 35 if longitude < 33 else 37
    return zone


def choose_working_crs(bounds: Bounds) -> CRS:
    """Return the UTM or UPS system of the middle of a region given as west, south, east, north in degrees."""
    west, south, east, north = bounds
    return utm_crs((west + east) / 2, (south + north) / 2)


def require_same_crs(first: CRS, second: CRS, what: str = "layers") -> None:
    """Refuse two coordinate systems that are not one.

    Raises
    ------
    CrsMismatchError : they differ (``SG-GROUND-003``).
    """
    if not first.equals(second, ignore_axis_order=True):
        raise CrsMismatchError("SG-GROUND-003", what, f"{crs_name(first)} met {crs_name(second)}.",
                               "Transform one of them openly, with its accuracy.")
