"""The entry checks of an outline and of its place (GICHD geocheck; ``docs/concepts/intake.md``): all in a tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Geometry, Polygon

from safeground.foundation.finding import Severity
from safeground.ground.area import distance_m, geodesic_area_m2, leg_lengths_m
from safeground.ground.shapes import convex_hull, faulty, repair_candidates, validity_report
from safeground.intake.table import Objects
from safeground.records.standard import IntakeRules

#: Repair proposals cost more than linear time in crossings; above so many vertices only the hull is offered.
_REPAIR_VERTICES = 64
_FAR_KM = 300.0
_KM_PER_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found in a row: its index, code, words, remedy, weight, and choices for a person."""

    index: int
    code: str
    words: str
    remedy: str
    severity: Severity = Severity.ERROR
    candidates: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """What the checks look at: geometries (n,) in EPSG:4326, geodesic areas (n,) in m², rules, region, row numbers."""

    geometry: Objects
    area_m2: npt.NDArray[np.float64]
    rules: IntakeRules
    region: Polygon | None
    row_numbers: tuple[int, ...]


def _finite(geometry: Objects) -> npt.NDArray[np.bool_]:
    """Return where every coordinate is finite and there is at least one."""
    out = np.zeros(len(geometry), dtype=bool)
    points, owner = shapely.get_coordinates(geometry, return_index=True)
    out[owner] = True
    out[owner[~np.isfinite(points).all(axis=1)]] = False
    return out


def check_numbers(placed: Placed) -> Iterator[Fault]:
    """Coordinates are finite, within range, and not the 0, 0 of an empty form."""
    there = ~shapely.is_missing(placed.geometry)
    finite = _finite(placed.geometry)
    bounds = shapely.bounds(placed.geometry)
    for index in np.flatnonzero(there & shapely.is_empty(placed.geometry)):
        yield Fault(int(index), "SG-INTAKE-231", "the outline is empty.", "Draw the outline.")
    for index in np.flatnonzero(there & ~finite & ~shapely.is_empty(placed.geometry)):
        yield Fault(int(index), "SG-INTAKE-224", "a coordinate is no finite number.", "Correct the coordinate.")
    wide = there & finite & ((np.abs(bounds[:, [0, 2]]) > 180).any(axis=1)
                             | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1))
    for index in np.flatnonzero(wide):
        yield Fault(int(index), "SG-INTAKE-224", f"lies at {_shown(bounds[index])}: longitude ends at ±180, latitude "
                                                 "at ±90 "
                    "degrees.", "Correct the coordinates, or state their coordinate system.")
    zero = there & finite & (np.abs(bounds) < 1e-3).all(axis=1)
    for index in np.flatnonzero(zero):
        yield Fault(int(index), "SG-INTAKE-223", "lies at 0, 0: the place of an empty form.", "Find the real position.")


def _shown(bounds: npt.NDArray[np.float64]) -> str:
    return f"{bounds[0]:.5f}, {bounds[1]:.5f}"


def _usable(placed: Placed) -> npt.NDArray[np.bool_]:
    bounds = shapely.bounds(placed.geometry)
    with np.errstate(invalid="ignore"):
        inside = (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
    return np.asarray(~shapely.is_missing(placed.geometry) & _finite(placed.geometry) & inside)


def check_region(placed: Placed) -> Iterator[Fault]:
    """Every position lies in the programme's region or its margin; what would bring it there is offered."""
    if placed.region is None:
        yield from _far_from_others(placed)
        return
    west, south, east, north = placed.region.bounds
    margin = placed.rules.region_margin_km / _KM_PER_DEGREE
    side = margin / max(0.1, float(np.cos(np.radians(max(abs(south), abs(north))))))
    allowed = (west - side, south - margin, east + side, north + margin)
    bounds = shapely.bounds(placed.geometry)
    with np.errstate(invalid="ignore"):
        inside = ((bounds[:, 0] >= allowed[0]) & (bounds[:, 1] >= allowed[1]) & (bounds[:, 2] <= allowed[2])
                  & (bounds[:, 3] <= allowed[3]))
    for index in np.flatnonzero(_usable(placed) & ~inside):
        candidates = tuple(_would_fit(bounds[index], allowed))
        offered = f" It would lie there if {' or '.join(c['name'] for c in candidates)}." if candidates else ""
        yield Fault(int(index), "SG-INTAKE-222", f"lies at {_shown(bounds[index])}, outside the region {west:g} to "
                                                 f"{east:g} "
                    f"east, {south:g} to {north:g} north and its margin of {placed.rules.region_margin_km:g} "
                    f"km.{offered}",
                    "Find out the real position and send the row again.", candidates=candidates)


def _would_fit(
    box: npt.NDArray[np.float64], allowed: tuple[float, float, float, float]
) -> Iterator[dict[str, Any]]:
    x, y = float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2
    choices = (("longitude and latitude were exchanged", y, x), ("the longitude had the other sign", -x, y),
               ("the latitude had the other sign", x, -y), ("both had the other sign", -x, -y),
               ("the UTM zone were the next one to the east", x + 6, y),
               ("the UTM zone were the next one to the west", x - 6, y))
    for name, east, north in choices:
        if allowed[0] <= east <= allowed[2] and allowed[1] <= north <= allowed[3]:
            yield {"name": name, "longitude": round(east, 6), "latitude": round(north, 6)}


def _far_from_others(placed: Placed) -> Iterator[Fault]:
    """Without a region: positions far from the median of all others."""
    usable = _usable(placed)
    if usable.sum() < 3:
        return
    bounds = shapely.bounds(placed.geometry)
    centre = np.column_stack([(bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2])
    middle = np.median(centre[usable], axis=0)
    far = distance_m(centre[usable, 0], centre[usable, 1], np.full(usable.sum(), middle[0]),
                     np.full(usable.sum(), middle[1])) / 1000
    for index, away in zip(np.flatnonzero(usable), far, strict=True):
        if away > _FAR_KM:
            yield Fault(int(index), "SG-INTAKE-225", f"lies at {_shown(bounds[index])}, {away:,.0f} km from the "
                                                     "middle of the "
                        "file's other rows; the project has no region to compare with.",
                        "Find out the real position, or give the project its region.")


def check_validity(placed: Placed) -> Iterator[Fault]:
    """An outline crosses and touches nothing of itself; repairs are offered, never made."""
    finite = _finite(placed.geometry)
    for index in np.flatnonzero(finite & faulty(placed.geometry)):
        shape = placed.geometry[index]
        fault = validity_report(shape)
        where = "" if fault is None or fault.x is None else f" at {fault.x:.7f}, {fault.y:.7f}"
        reason = fault.reason if fault is not None else "not valid"
        yield Fault(int(index), "SG-INTAKE-232", f"the outline is not valid: {reason}{where}.",
                    "Choose one of the candidates after looking at the map, or draw the outline again.",
                    candidates=_choices(shape))


def _choices(shape: Geometry) -> tuple[dict[str, Any], ...]:
    if shapely.get_num_coordinates(shape) > _REPAIR_VERTICES:
        hull = convex_hull(shape)
        choices = [("hull", hull)] if isinstance(hull, Polygon) else []
    else:
        choices = [(item.method, item.geometry) for item in repair_candidates(shape)]
    areas = geodesic_area_m2([geometry for _, geometry in choices])
    return tuple({"name": name, "area_m2": round(float(area), 4), "wkt": geometry.wkt}
                 for (name, geometry), area in zip(choices, areas, strict=True))


def check_size(placed: Placed) -> Iterator[Fault]:
    """No outline spans the world, none is a sliver, and very long legs are told."""
    rules = placed.rules
    usable = _usable(placed) & ~faulty(placed.geometry)
    bounds = shapely.bounds(placed.geometry)
    span = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    for index in np.flatnonzero(usable & (span > rules.span_deg_max)):
        yield Fault(int(index), "SG-INTAKE-233", f"spans {span[index]:.2f} degrees; the rule pack allows "
                                                 f"{rules.span_deg_max:g}.",
                    "Look for a wrong turning point, or split an area that crosses 180 degrees.")
    areas: npt.NDArray[np.bool_] = np.isin(shapely.get_type_id(placed.geometry), (3, 6))
    for index in np.flatnonzero(usable & areas & (placed.area_m2 < rules.sliver_area_m2)):
        yield Fault(int(index), "SG-INTAKE-234", f"measures {placed.area_m2[index]:.4f} m²; under "
                                                 f"{rules.sliver_area_m2:g} m² it "
                    "is a sliver.", "Draw the outline again.")
    rows = np.flatnonzero(usable & areas & (placed.area_m2 >= rules.sliver_area_m2))
    perimeter, longest = _legs(placed.geometry[rows])
    width = 2 * placed.area_m2[rows] / np.maximum(perimeter, 1e-9)
    for at in np.flatnonzero((width < 1.1 * rules.sliver_width_m) | (longest > 0.98 * rules.long_leg_m)):
        row = int(rows[at])  # near a limit: measured on the ellipsoid
        legs = _exact_legs(placed.geometry[row])
        wide = 2 * float(placed.area_m2[row]) / float(legs.sum())
        if wide < rules.sliver_width_m:
            yield Fault(row, "SG-INTAKE-234", f"is {wide:.2f} m wide; under {rules.sliver_width_m:g} m it is a "
                                                "sliver.",
                        "Draw the outline again.")
        elif legs.max() > rules.long_leg_m:
            yield Fault(row, "SG-INTAKE-235", f"has a leg of {legs.max():,.0f} m; more than {rules.long_leg_m:,.0f} "
                                                "m "
                        "is rare.", "Check the turning points at its ends.", Severity.WARNING)


def _legs(shapes: Objects) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return perimeter and longest leg of each outline, m, within 1 % (sphere, middle latitude)."""
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    owner = shape_of[part_of]
    points, ring = shapely.get_coordinates(rings, return_index=True)
    perimeter, longest = np.zeros(len(shapes)), np.zeros(len(shapes))
    if len(points) < 2:
        return perimeter, longest
    same = ring[:-1] == ring[1:]
    step = np.diff(points, axis=0)[same] * _KM_PER_DEGREE * 1000
    step[:, 0] *= np.cos(np.radians((points[:-1, 1] + points[1:, 1])[same] / 2))
    size, of = np.hypot(step[:, 0], step[:, 1]), owner[ring[:-1][same]]
    np.add.at(perimeter, of, size)
    np.maximum.at(longest, of, size)
    return perimeter, longest


def _exact_legs(shape: Geometry) -> npt.NDArray[np.float64]:
    rings = shapely.get_rings(shapely.get_parts(shape))
    return np.concatenate([leg_lengths_m(shapely.get_coordinates(ring)) for ring in rings])


def check_twins(placed: Placed) -> Iterator[Fault]:
    """Two outlines that are nearly the same are proposed for merging."""
    usable = _usable(placed) & ~faulty(placed.geometry) & np.isin(shapely.get_type_id(placed.geometry), (3, 6))
    rows = np.flatnonzero(usable & (placed.area_m2 > 0))
    shapes = placed.geometry[rows]
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = left < right
    left, right = left[apart], right[apart]
    sizes = placed.area_m2[rows]
    close = np.minimum(sizes[left], sizes[right]) >= placed.rules.iou_duplicate * np.maximum(sizes[left], sizes[right])
    left, right = left[close], right[close]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    whole = shapely.area(shapes[left]) + shapely.area(shapes[right]) - shared
    twins = shared > placed.rules.iou_duplicate * whole
    for a, b in zip(left[twins], right[twins], strict=True):
        yield Fault(int(rows[b]), "SG-INTAKE-236", f"covers nearly the same ground as row "
                                                   f"{placed.row_numbers[int(rows[a])]}.",
                    "Compare both records; merge them if they describe one area.", Severity.WARNING)


def point_twins(
    geometry: Objects, dates: Sequence[object], rules: IntakeRules, row_numbers: tuple[int, ...]
) -> Iterator[Fault]:
    """Two points of one date that lie close together are proposed for merging; nothing is merged.

    Parameters
    ----------
    geometry, dates : of each row (n,), EPSG:4326; rows without a point or a date have no twin.
    """
    bounds = shapely.bounds(geometry)
    usable = _finite(geometry) & (shapely.get_type_id(geometry) == 0)
    usable &= (np.abs(bounds[:, 0]) <= 180) & (np.abs(bounds[:, 1]) <= 90)
    by_date: dict[object, list[int]] = {}
    for row in np.flatnonzero(usable).tolist():
        if dates[row] is not None and dates[row] != "":
            by_date.setdefault(dates[row], []).append(row)
    first_of: dict[int, tuple[int, float]] = {}
    for of_one_day in by_date.values():
        rows = np.array(of_one_day)
        x, y = bounds[rows, 0], bounds[rows, 1]
        # a box wide enough at any latitude of that day; the distance itself is measured below
        reach = rules.point_duplicate_m / (_KM_PER_DEGREE * 1000) * 1.01
        wide = reach / max(float(np.cos(np.radians(np.abs(y).max()))), 0.01)
        left, right = shapely.STRtree(geometry[rows]).query(shapely.box(x - wide, y - reach, x + wide, y + reach))
        left, right = left[left < right], right[left < right]
        metres = distance_m(x[left], y[left], x[right], y[right])
        for one, two, distance in zip(rows[left].tolist(), rows[right].tolist(), metres.tolist(), strict=True):
            if distance < rules.point_duplicate_m:
                first_of.setdefault(two, (one, distance))
    for row, (earlier, distance) in sorted(first_of.items()):
        yield Fault(row, "SG-INTAKE-238", f"lies {distance:.0f} m from row {row_numbers[earlier]} and bears the same "
                    "date.", "Compare both records; merge them by hand if they tell of one event.", Severity.WARNING)


#: The checks in the order in which their findings are told.
CHECKS: tuple[Callable[[Placed], Iterator[Fault]], ...] = (
    check_numbers, check_region, check_validity, check_size, check_twins)
