"""Lanes that cover an area once: as few as found, numbered from a start line on cleared ground, with what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry, LineString, MultiPolygon, Polygon

from safeground.foundation.errors import RequestError
from safeground.foundation.invariant import invariant
from safeground.ground.shapes import validity_report
from safeground.plan.directions import Allowed, lanes_across, least_width
from safeground.plan.lane_frame import Frame, boxes_with_ground, centre_line
from safeground.plan.lane_search import Strips, search_lanes
from safeground.plan.survey_points import SurveyPoint, survey_points
from safeground.plan.sweep import TOLERANCE_M

#: Distance between two people at work, m: a national setting; not confirmed as a rule of IMAS 10.20.
SPACING_M = 25.0
BOX_M = 25.0
#: A start line touches an area if it comes this near, m, and may run this far within it.
TOUCH_M = 0.1
#: Lanes leave a start line at this angle or more, degrees.
LEAST_START_ANGLE_DEG = 30.0
MOST_LANES = 50_000
#: The cover is measured anew; it may miss this share of the area, or count it twice.
SHARE_NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class Lane:
    """Ground that one deminer works from one end to the other.

    Attributes
    ----------
    number : order of work, from 1; a lane behind an obstacle comes after those in front of it.
    cell : index of the part of the area with one direction.
    box : number of the box where the lane begins.
    polygon : its ground; one connected piece.
    centre_line : from the start side inward, m of the same coordinates; it may cross a corner of an obstacle.
    length_m, width_m : extent along and across the direction.
    """

    number: int
    cell: int
    box: int
    polygon: Polygon
    centre_line: LineString
    length_m: float
    width_m: float


@dataclass(frozen=True, slots=True)
class LaneCell:
    """A part of the area whose lanes have one direction.

    Attributes
    ----------
    direction_deg : grid bearing of the lanes from the start line inward, degrees clockwise from grid north.
    start_line : where they begin, on or before the edge of the part.
    """

    ground: Polygon
    direction_deg: float
    start_line: LineString
    lane_count: int


@dataclass(frozen=True, slots=True)
class LanePlan:
    """Lanes of an area and what they cost.

    Attributes
    ----------
    direction_deg : grid bearing of the lanes of the largest cell.
    lower_bound : no plan has fewer lanes; of one direction per part of the area if there is one cell for each part.
    lane_m : metres of lane, all together.
    share_covered, share_overlap, share_outside : of the area, measured on the lanes' union.
    dead_walk_m : walk back along each lane, and straight between its start and the start line, there and back.
    start_line_m : length of all start lines.
    deminers_at_once : as many as stand along the start lines with the spacing, at most one for each lane.
    box_count : boxes of `box_m` that hold ground of the area.
    deminer_days : None without a rate.
    """

    lanes: tuple[Lane, ...]
    cells: tuple[LaneCell, ...]
    width_m: float
    direction_deg: float
    lane_count: int
    lower_bound: int
    area_m2: float
    lane_m: float
    share_covered: float
    share_overlap: float
    share_outside: float
    dead_walk_m: float
    start_line_m: float
    deminers_at_once: int
    box_m: float
    box_count: int
    deminer_days: float | None
    survey_points: tuple[SurveyPoint, ...]


def plan_lanes(
    area: Geometry, width_m: float, *, start_line: LineString | None = None, spacing_m: float = SPACING_M,
    box_m: float = BOX_M, rate_m2_per_day: float | None = None, benchmark: tuple[float, float] | None = None,
    reference_point: tuple[float, float] | None = None, subject: str = "area",
) -> LanePlan:
    """Return lanes that cover an area once, as few as found, with their order, figures and survey points.

    Parameters
    ----------
    area : Polygon or MultiPolygon in metres of a projected coordinate system; obstacles are holes.
    width_m : widest that a lane may be.
    start_line : on cleared ground at the edge of the area; lanes leave it at 30° or more.  None: each cell takes the
        side square to its lanes with the shorter walk; a person must confirm that it is outside the hazardous area.
    spacing_m : between two people at work.
    box_m : side of a box, 25 or 50 m as a rule.
    rate_m2_per_day : of one deminer; None leaves the deminer-days open.
    benchmark, reference_point : known points outside the area, same coordinates.
    subject : what a message calls the area.

    Raises
    ------
    RequestError : a number is not positive (``SG-PLAN-020``), the outline is empty or no polygon (``-021``), invalid
        (``-022``), narrower than a lane (``-023``), the start line does not touch it (``-024``) or runs through it
        (``-025``), or it would need too many lanes (``-026``).

    Notes
    -----
    The lanes are a partition into pieces, each connected and no wider than a lane; convex ground gets the fewest
    possible.  Elsewhere the count is that of a search, and `lower_bound` says how far off it can be.
    """
    _require_positive(subject, width_m=width_m, spacing_m=spacing_m, box_m=box_m, rate_m2_per_day=rate_m2_per_day)
    parts = _parts(area, width_m, subject)
    allowed = _allowed(area, start_line, subject)
    found = [search_lanes(part, width_m, allowed) for part in parts]
    cells: list[LaneCell] = []
    lanes: list[Lane] = []
    walk_m, boxes = 0.0, 0
    for strips in (strips for several in found for strips in several):
        frame = _frame(strips, start_line)
        line = start_line if start_line is not None else frame.base_line(strips.ground)
        own = _lanes(strips, frame, len(cells), len(lanes), box_m, boxes)
        boxes += boxes_with_ground(strips.ground, frame, box_m).size
        starts = shapely.points([lane.centre_line.coords[0] for lane in own])
        walk_m += sum(lane.length_m for lane in own) + 2.0 * float(shapely.distance(starts, line).sum())
        cells.append(LaneCell(strips.ground, frame.bearing_deg, line, len(own)))
        lanes += own
    line_m = start_line.length if start_line is not None else sum(cell.start_line.length for cell in cells)
    area_m2 = float(sum(part.area for part in parts))
    covered, overlap, outside = measure_cover(area, [lane.polygon for lane in lanes])
    invariant(covered >= 1.0 - SHARE_NOISE and overlap <= SHARE_NOISE and outside <= SHARE_NOISE,
              f"lanes cover {covered:.9f} of {subject}, {overlap:.1e} twice and {outside:.1e} outside")
    return LanePlan(
        tuple(lanes), tuple(cells), width_m, max(cells, key=lambda cell: cell.ground.area).direction_deg, len(lanes),
        sum(_bound(part, width_m, len(several)) for part, several in zip(parts, found, strict=True)), area_m2,
        float(sum(lane.length_m for lane in lanes)), covered, overlap, outside, walk_m, float(line_m),
        min(len(lanes), int((line_m + TOLERANCE_M) // spacing_m) + 1), box_m, boxes,
        None if rate_m2_per_day is None else area_m2 / rate_m2_per_day,
        survey_points(parts, benchmark=benchmark, reference_point=reference_point, start_line=start_line))


def measure_cover(area: Geometry, lanes: Sequence[Polygon]) -> tuple[float, float, float]:
    """Return the shares of an area that lanes cover, cover twice, and cover outside it.

    Measured on their union; if that misses, then again pair by pair, as a union of lanes whose ends lie within float
    noise of each other's sides may come out short.  Ground under three lanes is then counted as covered less often.
    """
    pieces, whole = np.array(lanes, dtype=object), area.area
    union = shapely.union_all(pieces)
    total, inside = float(shapely.area(pieces).sum()), shapely.intersection(union, area).area
    covered, twice, outside = inside / whole, (total - union.area) / whole, (union.area - inside) / whole
    if covered >= 1.0 - SHARE_NOISE and twice <= SHARE_NOISE and outside <= SHARE_NOISE:
        return covered, max(twice, 0.0), max(outside, 0.0)
    first, second = shapely.STRtree(pieces).query(pieces, predicate="intersects")
    pairs = first < second
    shared = float(shapely.area(shapely.intersection(pieces[first[pairs]], pieces[second[pairs]])).sum())
    within = float(shapely.area(shapely.intersection(pieces, area)).sum())
    return (within - shared) / whole, shared / whole, max(total - within, 0.0) / whole


def _require_positive(subject: str, **figures: float | None) -> None:
    for name, value in figures.items():
        if value is not None and not (np.isfinite(value) and value > 0):
            raise RequestError("SG-PLAN-020", subject, f"{name} is {value!r}, but must be a number above 0.",
                               "State it in metres (a rate in m² per day).")


def _parts(area: Geometry, width_m: float, subject: str) -> list[Polygon]:
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        kind = "an empty outline" if isinstance(area, Polygon | MultiPolygon) else f"a {area.geom_type}"
        raise RequestError("SG-PLAN-021", subject, f"lanes were asked for {kind}, but need a polygon.",
                           "Give the outline of the area as a polygon with its obstacles as holes.")
    fault = validity_report(area)
    if fault is not None:
        raise RequestError("SG-PLAN-022", subject, f"the outline is not valid: {fault.reason} at {fault.x}, {fault.y}.",
                           "Correct the outline; it is not repaired in passing.")
    parts = [shapely.force_2d(part) for part in shapely.get_parts(area)]
    for number, part in enumerate(parts, 1):
        width = least_width(shapely.get_coordinates(part))
        if width < width_m - TOLERANCE_M:
            raise RequestError("SG-PLAN-023", subject, f"part {number} of {len(parts)} is {width:.3f} m wide, but a "
                               f"lane is {width_m:g} m.",
                               "Use a narrower lane, and give coordinates in metres, not degrees.")
    count = sum(part.area for part in parts) / width_m**2
    reach = sum(float(np.hypot(*np.ptp(shapely.get_coordinates(part), axis=0))) for part in parts) / width_m
    if min(count, reach) > MOST_LANES:
        raise RequestError("SG-PLAN-026", subject, f"the area would need about {min(count, reach):.0f} lanes, but a "
                           f"plan holds {MOST_LANES}.", "Cut the area into tasks, or state the lane width in metres.")
    return parts


def _allowed(area: Geometry, start_line: LineString | None, subject: str) -> Allowed | None:
    if start_line is None:
        return None
    if start_line.is_empty or not float(shapely.distance(start_line, area)) <= TOUCH_M or start_line.length <= TOUCH_M:
        gap = "is empty" if start_line.is_empty else (
            f"is {start_line.length:.2f} m long and {float(shapely.distance(start_line, area)):.2f} m from the area")
        raise RequestError("SG-PLAN-024", subject, f"the start line {gap}, but must touch it.",
                           "Draw the start line along the edge of the area where the ground is cleared.")
    within = float(shapely.intersection(start_line, shapely.buffer(area, -TOUCH_M)).length)
    if within > TOUCH_M:
        raise RequestError("SG-PLAN-025", subject, f"{within:.2f} m of the start line lie within the area, but it must "
                           "lie on cleared ground.", "Draw the start line along the edge of the area or outside it.")
    coordinates = shapely.get_coordinates(start_line)
    step = coordinates[-1] - coordinates[0]
    if not np.hypot(*step) > TOUCH_M:
        step = np.diff(coordinates, axis=0)[0]
    return Allowed(float(np.arctan2(step[1], step[0])), float(np.radians(LEAST_START_ANGLE_DEG)))


def _frame(strips: Strips, start_line: LineString | None) -> Frame:
    """Return the axes of a cell: lanes run inward from the start line, or from the side with the shorter walk."""
    there, back = (Frame.of(strips.ground, strips.angle + turn) for turn in (0.0, np.pi))
    if start_line is not None:
        inward = shapely.get_coordinates(strips.ground.centroid)[0] - shapely.get_coordinates(start_line.centroid)[0]
        return there if float(inward @ there.along) >= 0.0 else back
    gaps = [float(frame.extents(strips.pieces)[0].sum()) - len(strips.pieces) * frame.u0 for frame in (there, back)]
    return there if gaps[0] <= gaps[1] + TOLERANCE_M else back


def _lanes(strips: Strips, frame: Frame, cell: int, before: int, box_m: float, boxes: int) -> list[Lane]:
    """Return the lanes of a cell in their order of work: across the start line, and inward in the same strip."""
    u0, u1, v0, v1 = frame.extents(strips.pieces)
    order = np.lexsort((np.round(u0, 6), np.round(v0, 6)))
    pieces, length, width = strips.pieces[order], (u1 - u0)[order].tolist(), (v1 - v0)[order].tolist()
    lines = [centre_line(piece, frame) for piece in pieces]
    starts = np.array([line.coords[0] for line in lines])
    box = (boxes + frame.box_of(starts, boxes_with_ground(strips.ground, frame, box_m), box_m)).tolist()
    return [Lane(before + i + 1, cell, box[i], piece, lines[i], length[i], width[i])
            for i, piece in enumerate(pieces)]


def _bound(part: Polygon, width_m: float, cells: int) -> int:
    """Return a count that no lanes of a part can be under.

    Of one direction: every level across is taken, and the hull is no narrower than its least width.  Of several: a
    disc inside the part cannot be covered by strips whose widths sum to less than its diameter (plank theorem, Tarski).
    """
    if cells == 1:
        return lanes_across(least_width(shapely.get_coordinates(part)), width_m)
    radius = float(shapely.length(shapely.maximum_inscribed_circle(part, tolerance=width_m / 4)))
    return lanes_across(2.0 * radius, width_m)
