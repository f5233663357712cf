"""Lanes of the planned areas as sketches: what the plan's page draws, and what an order's sheet draws of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from safeground.foundation.errors import RequestError
from safeground.ground.crs import WGS84, find_transformation, transform
from safeground.operations.plan_tasks import working_crs
from safeground.plan.lanes import LanePlan, plan_lanes
from safeground.records.nouns import HazardousArea
from safeground.records.planning import Plan, PlanProblem
from safeground.report.positions import is_withheld
from safeground.store.project import Reader
from safeground.task.sketch import Sketch, sketch_svg

Rings = list[list[tuple[float, float]]]
#: Middle lines on one sketch at most; more are one grey patch.
DRAWN_LANES = 24


@dataclass(frozen=True, slots=True)
class LaneCard:
    """A planned area on the plan's page.

    Attributes
    ----------
    first : first day of work, as a date in words.
    svg : its sketch, "" where none is drawn; why : the reason then.
    lane_count, lane_m, bearing_deg, lane_step : of the lanes; every how-manieth is drawn.
    """

    task_id: str
    name: str
    first: str
    svg: str = ""
    why: str = ""
    lane_count: int = 0
    lane_m: float = 0.0
    bearing_deg: float = 0.0
    lane_step: int = 1

    def as_plain(self) -> dict[str, Any]:
        """Return the card as plain values, for the page."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def outline_of(reader: Reader, area: HazardousArea) -> tuple[shapely.Geometry, str]:
    """Return an area's outline in metres of the project's coordinate system, and that system's name."""
    crs = working_crs(reader, tuple(shapely.bounds(area.geometry).tolist()))
    shapes = np.array([area.geometry], dtype=object)
    return transform(shapes, find_transformation(WGS84, crs))[0], crs.name


def _ring(line: shapely.Geometry) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]


def _rings(outline: shapely.Geometry) -> tuple[Rings, Rings]:
    """Return the outlines of the parts, the largest first, and the holes."""
    parts = sorted(shapely.get_parts(outline), key=lambda part: -part.area)
    return [_ring(part.exterior) for part in parts], [_ring(hole) for part in parts for hole in part.interiors]


def outline_sketch(outline: shapely.Geometry, crs: str) -> Sketch:
    """Return the sketch of an area without lanes."""
    rings, holes = _rings(outline)
    return Sketch(outline=rings[0], parts=rings[1:], holes=holes, turning_points=rings[0][:-1], crs=crs)


def lane_sketch(outline: shapely.Geometry, crs: str, width_m: float, subject: str = "area") -> tuple[Sketch, LanePlan]:
    """Return the sketch of an area with its lanes, start line and points, and the lanes themselves.

    Raises
    ------
    RequestError : it can have no lanes (``SG-PLAN-020`` to ``-026``).
    """
    rings, holes = _rings(outline)
    plan = plan_lanes(outline, width_m, subject=subject)
    step = -(-len(plan.lanes) // DRAWN_LANES)
    points = [(p.x, p.y) for p in plan.survey_points if p.ring == 0 and p.kind in ("start_point", "turning_point")]
    largest = max(plan.cells, key=lambda cell: cell.ground.area)
    return Sketch(outline=rings[0], parts=rings[1:], holes=holes, turning_points=points,
                  lanes=[_ring(lane.centre_line) for lane in plan.lanes[::step]], start_line=_ring(largest.start_line),
                  bearing_deg=plan.direction_deg, crs=crs, lane_step=step), plan


def first_days(plan: Plan) -> dict[str, int]:
    """Return the first day of work at each planned task, the earliest task first."""
    first: dict[str, int] = {}
    for a in sorted(plan.assignments, key=lambda a: (a.start_day, a.task_id)):
        first.setdefault(a.task_id, a.start_day)
    return first


def lane_cards(reader: Reader, problem: PlanProblem, plan: Plan, width_m: float, most: int,
               tell: Callable[[str, float | None], None]) -> tuple[LaneCard, ...]:
    """Return the lanes of the first planned areas, by first day of work.

    Parameters
    ----------
    width_m : of one lane.  most : areas that are drawn.

    Raises
    ------
    RequestError : the width is no width (``SG-PLAN-020``).
    """
    names: Mapping[str, str] = {t.id: t.name or t.id for t in problem.tasks}
    wanted = list(first_days(plan).items())[:most]
    cards = []
    for k, (task_id, day) in enumerate(wanted):
        tell("lanes", k / len(wanted))
        cards.append(_card(reader, task_id, names[task_id], (problem.start + timedelta(days=day)).isoformat(), width_m))
    return tuple(cards)


def _card(reader: Reader, task_id: str, name: str, first: str, width_m: float) -> LaneCard:
    area = reader.get("hazardous_area", task_id)
    if not isinstance(area, HazardousArea) or not isinstance(area.geometry, Polygon | MultiPolygon):
        return LaneCard(task_id, name, first, why="it has no outline in the project.")
    if is_withheld(area):
        return LaneCard(task_id, name, first, why="its position may not be shown.")
    outline, crs = outline_of(reader, area)
    try:
        sketch, lanes = lane_sketch(outline, crs, width_m, name)
    except RequestError as error:
        if error.code == "SG-PLAN-020":
            raise
        return LaneCard(task_id, name, first, svg=sketch_svg(outline_sketch(outline, crs)), why=error.message)
    return LaneCard(task_id, name, first, sketch_svg(sketch), "", lanes.lane_count, lanes.lane_m, lanes.direction_deg,
                    sketch.lane_step)
