"""Lanes cover an area once, no lane is wider than it may be, and what cannot be planned is refused with its reason."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
import shapely.affinity
from benchmarks.lanes import baseline_lanes, made_fields, outlines_of
from shapely import LineString, MultiPolygon, Polygon, box

from safeground.foundation.errors import RequestError
from safeground.plan.lane_search import _on_a_grid, fits, search_lanes
from safeground.plan.lane_sheet import to_geojson, to_gpx, to_kml
from safeground.plan.lanes import measure_cover, plan_lanes
from safeground.plan.survey_points import survey_points
from safeground.plan.sweep import Outline, faces, fewest_chords, sweep
from support.lane_judge import lane_faults

FIELD = box(0, 0, 60, 40)
WITH_OBSTACLES = FIELD.difference(box(10, 12, 24, 22)).difference(Polygon([(40, 10), (50, 20), (40, 30), (34, 18)]))
L_SHAPED = Polygon([(0, 0), (100, 0), (100, 9), (9, 9), (9, 100), (0, 100)])


def lonlat(x, y):
    return x / 1e5 + 15.0, y / 1e5 + 44.0


@pytest.mark.parametrize("area", [
    FIELD, WITH_OBSTACLES, L_SHAPED, MultiPolygon([FIELD, box(100, 0, 130, 20)]),
    shapely.affinity.rotate(WITH_OBSTACLES, 33.3),
    shapely.affinity.translate(WITH_OBSTACLES, 512_345.678, 4_987_654.321),
    Polygon([(0, 0), (50, 0), (50, 30), (40, 6), (30, 30), (20, 6), (10, 30), (0, 30)]),
    FIELD.difference(box(0, 10, 20, 20)).difference(box(30, 10, 60, 20)),
], ids=str)
@pytest.mark.parametrize("width", [1.0, 2.7, 5.0])
def test_lanes_cover_an_area_once_and_none_is_too_wide(area, width):
    plan = plan_lanes(area, width)
    assert lane_faults(area, plan) == []
    assert plan.share_covered == pytest.approx(1.0, abs=1e-6)
    assert plan.share_overlap < 1e-6
    assert plan.share_outside < 1e-6
    assert plan.lower_bound <= plan.lane_count == len(plan.lanes)
    assert [lane.number for lane in plan.lanes] == list(range(1, plan.lane_count + 1))


def test_a_lane_taken_away_is_seen():
    plan = plan_lanes(WITH_OBSTACLES, 3.0)
    assert lane_faults(WITH_OBSTACLES, replace(plan, lanes=plan.lanes[1:]))
    pieces = np.array([lane.polygon for lane in plan.lanes])
    angle = np.radians(90.0 - plan.direction_deg)
    assert fits(WITH_OBSTACLES, pieces, angle, 3.0)
    assert not fits(WITH_OBSTACLES, pieces[1:], angle, 3.0)
    assert measure_cover(WITH_OBSTACLES, list(pieces[1:]))[0] < 0.99


def test_a_lane_made_wider_is_seen():
    plan = plan_lanes(WITH_OBSTACLES, 3.0)
    wide = replace(plan.lanes[3], polygon=plan.lanes[3].polygon.buffer(0.01, join_style="mitre"))
    faults = lane_faults(WITH_OBSTACLES, replace(plan, lanes=(*plan.lanes[:3], wide, *plan.lanes[4:])))
    assert any("wide" in fault for fault in faults)
    pieces = np.array([lane.polygon for lane in plan.lanes])
    assert not fits(WITH_OBSTACLES, pieces, np.radians(90.0 - plan.direction_deg), 2.99)
    assert measure_cover(WITH_OBSTACLES, [*pieces, pieces[0]])[1] > 0.01
    assert measure_cover(WITH_OBSTACLES, [*pieces, box(100, 0, 103, 3)])[2] > 0.003


@pytest.mark.parametrize(("area", "width", "count"), [
    (box(0, 0, 10, 40), 2.5, 4), (shapely.affinity.rotate(box(0, 0, 10, 40), 17.0), 2.5, 4),
    (box(500_000, 5_000_000, 500_010, 5_000_040), 2.5, 4), (box(0, 0, 10, 40), 3.0, 4), (box(0, 0, 0.3, 9), 0.1, 3),
    (box(0, 0, 10.001, 40), 2.5, 5), (Polygon([(0, 0), (30, 0), (0, 40)]), 4.0, 6)])
def test_convex_ground_gets_its_width_in_lanes_and_an_exact_multiple_no_lane_more(area, width, count):
    plan = plan_lanes(area, width)
    assert plan.lane_count == plan.lower_bound == count


def test_an_l_shaped_field_gets_a_direction_for_each_arm():
    plan = plan_lanes(L_SHAPED, 3.0)
    assert len(plan.cells) == 2
    assert plan.lane_count == 6
    assert {round(cell.direction_deg) % 180 for cell in plan.cells} == {0, 90}
    assert plan.lower_bound <= 6


def test_an_obstacle_thinner_than_a_lane_costs_no_lane():
    assert plan_lanes(FIELD.difference(box(20, 12.2, 40, 13.8)), 4.0).lane_count == 10


def test_lanes_are_never_more_than_even_strips_in_the_best_of_all_edge_directions():
    for name, field in made_fields(24, seed=5):
        assert plan_lanes(field, 3.0).lane_count <= baseline_lanes(field, 3.0), name


def test_rings_that_touch_are_still_covered():
    touching = box(0, 0, 30, 30).difference(box(10, 10, 20, 20)).difference(box(20, 20, 25, 25))
    assert touching.is_valid
    assert lane_faults(touching, plan_lanes(touching, 2.3)) == []
    notch = box(0, 0, 30, 30).difference(Polygon([(0, 10), (10, 8), (10, 12)]).difference(Polygon()))
    assert lane_faults(notch, plan_lanes(notch, 2.3)) == []
    assert fits(touching, _on_a_grid(touching, 0.3, 2.3).pieces, 0.3, 2.3)


def test_cuts_at_the_level_of_edges_and_of_other_obstacles_leave_no_ground():
    corners = [(0, 0), (55, 0), (55, 10), (60, 10), (60, 35), (55, 35), (55, 40), (60, 40), (60, 60), (0, 60)]
    area = Polygon(corners).difference(box(45, 50, 55, 55)).difference(box(20, 50, 30, 55))
    outline = Outline.of(area)
    for angle in (0.0, np.pi / 2):
        swept = sweep(outline, angle)
        pieces = faces(swept, fewest_chords(swept, 2.5, 8)[1], area)
        assert fits(area, pieces, angle, 2.5)


def test_the_same_area_gets_the_same_lanes():
    one, two = (plan_lanes(WITH_OBSTACLES, 3.0) for _ in range(2))
    assert to_geojson(one, lonlat) == to_geojson(two, lonlat)


def test_a_field_is_planned_in_a_tenth_of_a_second():
    plan_lanes(WITH_OBSTACLES, 3.0)
    seconds = []
    for _ in range(5):
        start = time.process_time()
        plan_lanes(WITH_OBSTACLES, 1.0)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.1


# --- start line, order, figures -----------------------------------------------------------------------------------

def test_lanes_run_inward_from_the_start_line():
    south = LineString([(0, 0), (60, 0)])
    plan = plan_lanes(FIELD, 3.0, start_line=south)
    assert plan.lane_count == 20
    assert plan.direction_deg == pytest.approx(0.0, abs=1e-6)
    for lane in plan.lanes:
        assert lane.centre_line.coords[0][1] == pytest.approx(0.0, abs=1e-6)
        assert lane.centre_line.coords[-1][1] == pytest.approx(40.0, abs=1e-6)
    assert plan.start_line_m == 60.0
    assert plan.deminers_at_once == 3
    assert plan.lane_m == pytest.approx(800.0)
    assert plan.dead_walk_m == pytest.approx(800.0)


def test_the_start_line_forces_a_direction_that_costs_more_lanes():
    assert plan_lanes(FIELD, 3.0).lane_count == 14
    north = plan_lanes(FIELD, 3.0, start_line=LineString([(60, 40), (0, 40)]))
    assert (north.lane_count, north.direction_deg) == (20, pytest.approx(180.0))


def test_a_lane_behind_an_obstacle_comes_after_those_in_front_and_is_walked_to():
    area = FIELD.difference(box(0, 15, 60, 15.5).intersection(box(5, 0, 55, 40)))
    plan = plan_lanes(area, 5.0, start_line=LineString([(0, 0), (60, 0)]))
    behind = [lane for lane in plan.lanes if lane.centre_line.coords[0][1] > 1.0]
    assert behind
    for lane in behind:
        in_front = [other for other in plan.lanes if other not in behind
                    and abs(other.polygon.centroid.x - lane.polygon.centroid.x) < 1.0]
        assert all(other.number < lane.number for other in in_front)
    walk = sum(lane.length_m + 2 * lane.centre_line.coords[0][1] for lane in plan.lanes)
    assert plan.dead_walk_m == pytest.approx(walk, rel=1e-6)


def test_boxes_deminers_and_days_are_counted():
    plan = plan_lanes(box(0, 0, 100, 50), 1.0, rate_m2_per_day=25.0)
    assert plan.box_count == 8
    assert {lane.box for lane in plan.lanes} <= set(range(1, 9))
    assert plan.deminer_days == pytest.approx(200.0)
    assert plan.deminers_at_once == 3
    assert plan_lanes(box(0, 0, 100, 50), 1.0, box_m=50.0, spacing_m=10.0).box_count == 2
    assert plan_lanes(box(0, 0, 100, 50), 1.0, spacing_m=10.0).deminers_at_once == 6
    assert plan.lanes[0].box != plan.lanes[-1].box


def test_centre_lines_stay_in_their_lanes_but_for_corners():
    plan = plan_lanes(WITH_OBSTACLES, 3.0)
    for lane in plan.lanes:
        assert lane.centre_line.intersection(lane.polygon.buffer(1e-6)).length > 0.6 * lane.centre_line.length
        assert lane.length_m <= lane.centre_line.length + 0.1


# --- bad requests -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("area", "options", "code"), [
    (FIELD, {"width_m": 0.0}, "SG-PLAN-020"), (FIELD, {"width_m": -1.0}, "SG-PLAN-020"),
    (FIELD, {"width_m": float("nan")}, "SG-PLAN-020"), (FIELD, {"spacing_m": 0.0}, "SG-PLAN-020"),
    (FIELD, {"box_m": -25.0}, "SG-PLAN-020"), (FIELD, {"rate_m2_per_day": 0.0}, "SG-PLAN-020"),
    (Polygon(), {}, "SG-PLAN-021"), (LineString([(0, 0), (9, 9)]), {}, "SG-PLAN-021"),
    (Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), {}, "SG-PLAN-022"),
    (Polygon([(0, 0), (float("nan"), 10), (10, 0)]), {}, "SG-PLAN-022"),
    (box(0, 0, 2.9, 50), {}, "SG-PLAN-023"), (box(15.1, 44.2, 15.2, 44.3), {}, "SG-PLAN-023"),
    (MultiPolygon([FIELD, box(100, 0, 101, 1)]), {}, "SG-PLAN-023"),
    (FIELD, {"start_line": LineString([(0, -5), (60, -5)])}, "SG-PLAN-024"),
    (FIELD, {"start_line": LineString()}, "SG-PLAN-024"),
    (FIELD, {"start_line": LineString([(0, 20), (60, 20)])}, "SG-PLAN-025"),
    (box(0, 0, 1e6, 1e6), {}, "SG-PLAN-026"),
], ids=lambda value: str(value)[:40])
def test_what_cannot_be_planned_is_refused_with_a_remedy(area, options, code):
    with pytest.raises(RequestError) as refused:
        plan_lanes(area, **({"width_m": 3.0} | options), subject="area 7")
    assert refused.value.code == code
    assert refused.value.subject == "area 7"
    assert refused.value.remedy


def test_an_invalid_outline_is_named_with_its_place_and_not_repaired():
    with pytest.raises(RequestError, match=r"Self-intersection at 5\.0, 5\.0"):
        plan_lanes(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), 1.0)


# --- survey points ------------------------------------------------------------------------------------------------

def test_the_perimeter_is_a_chain_of_points_with_legs_that_close():
    points = survey_points([box(0, 0, 120, 40)], benchmark=(130.0, -10.0), reference_point=(300.0, 0.0))
    assert [p.name for p in points] == ["RP", "BM", "SP", "TP2", "IP1", "IP2", "TP3", "TP4", "IP3", "IP4"]
    start = next(p for p in points if p.kind == "start_point")
    assert (start.x, start.y) == (120.0, 0.0)
    ring = [p for p in points if p.kind not in ("reference_point", "benchmark")]
    east = sum(p.distance_m * np.sin(np.radians(p.bearing_deg)) for p in ring)
    north = sum(p.distance_m * np.cos(np.radians(p.bearing_deg)) for p in ring)
    assert (east, north) == (pytest.approx(0.0, abs=1e-6), pytest.approx(0.0, abs=1e-6))
    assert ring[-1].next_name == "SP"
    assert max(p.distance_m for p in ring) <= 50.0
    assert sum(p.kind == "intermediate_point" for p in ring) == 4


def test_a_vertex_where_the_perimeter_goes_straight_on_is_no_turning_point():
    points = survey_points([Polygon([(0, 0), (20, 0), (40, 0), (40, 30), (0, 30)])])
    assert sum(p.kind in ("start_point", "turning_point") for p in points) == 4
    assert [(p.x, p.y) for p in points if p.kind == "intermediate_point"] == [(20.0, 0.0)]


def test_a_benchmark_is_proposed_only_on_a_start_line():
    assert all(p.kind != "benchmark" for p in survey_points([FIELD]))
    proposed = survey_points([FIELD], start_line=LineString([(0, 0), (60, 0)]))[0]
    assert (proposed.kind, proposed.proposed, proposed.x, proposed.y) == ("benchmark", True, 30.0, 0.0)


def test_obstacles_have_turning_points_of_their_own():
    names = [p.name for p in survey_points([WITH_OBSTACLES])]
    assert {"SP", "SP2", "SP3", "TP2", "TP2.2", "TP3.2"} <= set(names)
    assert len(names) == len(set(names))


# --- exports ------------------------------------------------------------------------------------------------------

def test_geojson_holds_lanes_lines_and_points_in_degrees():
    plan = plan_lanes(WITH_OBSTACLES, 3.0)
    data = json.loads(json.dumps(to_geojson(plan, lonlat, "Field <7> & more"), allow_nan=False))
    kinds = [feature["properties"]["kind"] for feature in data["features"]]
    assert kinds.count("lane") == kinds.count("centre_line") == plan.lane_count == data["figures"]["lanes"]
    ground = shapely.union_all([shapely.from_geojson(json.dumps(f["geometry"])) for f in data["features"]
                                if f["properties"]["kind"] == "lane"])
    whole = shapely.transform(WITH_OBSTACLES, lambda xy: np.column_stack(lonlat(xy[:, 0], xy[:, 1])))
    assert ground.symmetric_difference(whole).area < 1e-4 * whole.area


def test_gpx_and_kml_escape_names_and_give_one_route_for_each_lane():
    plan = plan_lanes(WITH_OBSTACLES, 3.0, start_line=LineString([(0, 0), (60, 0)]))
    gpx, kml = to_gpx(plan, lonlat, "A <b> & \x00c"), to_kml(plan, lonlat, "A <b> & \x00c")
    assert (gpx, kml) == (to_gpx(plan, lonlat, "A <b> & \x00c"), to_kml(plan, lonlat, "A <b> & \x00c"))
    tree = ET.fromstring(gpx)
    at = "{http://www.topografix.com/GPX/1/1}"
    assert tree.find(f"{at}metadata/{at}name").text == "A <b> & \ufffdc"
    assert len(tree.findall(f"{at}rte")) == plan.lane_count
    assert len(tree.findall(f"{at}wpt")) == len(plan.survey_points)
    assert tree.findall(f"{at}wpt/{at}desc")[0].text.startswith("benchmark (proposed")
    globe = ET.fromstring(kml)
    at = "{http://www.opengis.net/kml/2.2}"
    assert globe.find(f"{at}Document/{at}name").text == "A <b> & \ufffdc"
    assert len(globe.findall(f".//{at}Polygon")) == plan.lane_count
    assert [folder.find(f"{at}name").text for folder in globe.iter(f"{at}Folder")] == [
        "Lanes", "Start lines", "Survey points"]


def test_a_position_without_degrees_is_refused():
    plan = plan_lanes(FIELD, 3.0)
    with pytest.raises(RequestError, match="SG-PLAN-027"):
        to_gpx(plan, lambda x, y: (x + np.nan, y))
    with pytest.raises(RequestError, match="SG-PLAN-027"):
        to_geojson(plan, lambda x, y: (x + 500.0, y))


# --- benchmark ----------------------------------------------------------------------------------------------------

def test_the_benchmark_reads_a_boundary_with_its_obstacles_and_plain_polygons(tmp_path):
    def feature(name, area):
        return {"type": "Feature", "id": name, "properties": {}, "geometry": json.loads(shapely.to_geojson(area))}
    path = tmp_path / "a.json"
    parts = [feature("boundary", FIELD), feature("tasks", LineString([(0, 0), (9, 9)])),
             feature("obstacles", box(10, 10, 20, 20))]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": parts}))
    assert [area.area for area in outlines_of(path)] == [2300.0]
    path.write_text(json.dumps(feature(None, WITH_OBSTACLES)))
    assert [len(area.interiors) for area in outlines_of(path)] == [2]
    path.write_text(shapely.to_geojson(FIELD))
    assert [area.area for area in outlines_of(path)] == [2400.0]


def test_made_fields_are_the_same_for_a_seed_and_of_all_kinds():
    one, two = list(made_fields(8, 1)), list(made_fields(8, 1))
    assert [(n, a.wkb) for n, a in one] == [(n, a.wkb) for n, a in two]
    assert len({name.split("-")[0] for name, _ in one}) == 4
    assert sum(len(s.pieces) for s in search_lanes(one[0][1], 3.0)) > 0
