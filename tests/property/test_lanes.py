"""Whatever the outline: lanes cover it once, none is too wide, and convex ground gets as few as there can be."""

from __future__ import annotations

import numpy as np
import shapely
import shapely.affinity
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from safeground.plan.lanes import plan_lanes
from support.lane_judge import fewest_by_turning, lane_faults

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True)
place = st.sampled_from([(0.0, 0.0), (512_345.6, 4_987_654.3), (-7e5, 1e6)])


@st.composite
def stars(draw: st.DrawFn, reach: float = 40.0, least: float = 0.25) -> Polygon:
    """Star-shaped outlines, some with vertices on whole metres so that edges are level with each other."""
    corners = draw(st.integers(3, 10))
    share = np.array(draw(st.lists(st.floats(least, 1.0), min_size=corners, max_size=corners)))
    angle = 2 * np.pi * (np.arange(corners) + draw(st.floats(0, 1))) / corners
    xy = reach * np.column_stack([share * np.cos(angle), share * np.sin(angle)])
    if draw(st.booleans()):
        xy = np.round(xy / 5.0) * 5.0
    return Polygon(xy)


@st.composite
def fields(draw: st.DrawFn) -> Polygon:
    """Stars with star-shaped obstacles, somewhere on a map."""
    field = draw(stars())
    for _ in range(draw(st.integers(0, 4))):
        obstacle = draw(stars(reach=draw(st.sampled_from([3.0, 10.0]))))
        shift = draw(st.tuples(st.integers(-20, 20), st.integers(-20, 20)))
        if obstacle.is_valid:
            field = field.difference(shapely.affinity.translate(obstacle, *shift)) if field.is_valid else field
    assume(field.geom_type == "Polygon" and field.is_valid and field.area > 50.0)
    moved = shapely.affinity.translate(field, *draw(place))
    assume(moved.is_valid and fewest_by_turning(moved, 2.0) > 1)
    return moved


@SETTINGS
@given(points=st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60)), min_size=3, max_size=12), where=place,
       width=st.sampled_from([1.0, 2.5, 3.0]))
def test_convex_ground_gets_as_few_lanes_as_turning_it_every_way_shows(points, where, width):
    hull = shapely.affinity.translate(shapely.convex_hull(shapely.multipoints(points)), *where)
    assume(hull.geom_type == "Polygon" and hull.is_valid)
    assume(fewest_by_turning(hull, width) > 1)
    plan = plan_lanes(hull, width)
    assert plan.lane_count == plan.lower_bound == fewest_by_turning(hull, width)
    assert lane_faults(hull, plan) == []


@SETTINGS
@given(field=fields(), width=st.sampled_from([0.9, 2.0, 2.5]))
def test_lanes_cover_any_ground_with_obstacles_once_and_none_is_too_wide(field, width):
    plan = plan_lanes(field, width)
    assert lane_faults(field, plan) == []
    assert plan.lower_bound <= plan.lane_count


@settings(SETTINGS, max_examples=30)
@given(field=fields(), side=st.integers(0, 20))
def test_lanes_leave_any_start_line_at_thirty_degrees_or_more(field, side):
    ring = shapely.get_coordinates(field.exterior)
    side %= len(ring) - 1
    line = LineString(ring[side:side + 2])
    assume(line.length > 1.0)
    plan = plan_lanes(field, 2.0, start_line=line)
    step = ring[side + 1] - ring[side]
    along = np.degrees(np.arctan2(step[0], step[1]))
    apart = abs((plan.direction_deg - along + 90.0) % 180.0 - 90.0)
    assert apart >= 30.0 - 1e-6
    assert lane_faults(field, plan) == []
