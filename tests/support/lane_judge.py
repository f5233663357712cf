"""A second opinion on lanes: measured with shapely alone, nothing of the planner is asked."""

from __future__ import annotations

import math
from itertools import pairwise

import shapely
import shapely.affinity
from shapely import Geometry

from safeground.plan.lanes import LanePlan


def lane_faults(area: Geometry, plan: LanePlan) -> list[str]:
    """What is wrong with the lanes of an area: ground left or taken twice, pieces that are torn or too wide."""
    faults = []
    union = shapely.union_all([lane.polygon.buffer(1e-7) for lane in plan.lanes])
    left, beyond = area.difference(union).area, union.difference(area.buffer(1e-6)).area
    total = sum(lane.polygon.area for lane in plan.lanes)
    if left > 1e-6 * area.area:
        faults.append(f"{left} m² left")
    if beyond > 1e-6 * area.area:
        faults.append(f"{beyond} m² outside")
    if abs(total - area.area) > 1e-6 * area.area:
        faults.append(f"{total} m² of lanes for {area.area} m²")
    for lane in plan.lanes:
        bearing = plan.cells[lane.cell].direction_deg
        _, south, _, north = shapely.affinity.rotate(lane.polygon, bearing - 90.0, origin=(0, 0)).bounds
        if north - south > plan.width_m + 1e-6:
            faults.append(f"lane {lane.number} is {north - south} m wide")
        if lane.polygon.geom_type != "Polygon" or not lane.polygon.is_valid or lane.polygon.is_empty:
            faults.append(f"lane {lane.number} is no single piece")
    return faults


def fewest_by_turning(area: Geometry, width_m: float) -> int:
    """The fewest lanes of a convex outline, found by turning it in fine steps and settling on each of its edges."""
    ring = shapely.get_coordinates(area.convex_hull)
    edges = [math.degrees(math.atan2(b[1] - a[1], b[0] - a[0])) for a, b in pairwise(ring)]
    extents = []
    for angle in [*edges, *(0.5 * step for step in range(360))]:
        _, south, _, north = shapely.affinity.rotate(area, -angle, origin="centroid").bounds
        extents.append(north - south)
    return math.ceil((min(extents) - 2e-7) / width_m)
