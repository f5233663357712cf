"""The turning-point table: true bearings, distances, closure of the printed figures, markers matched."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from safeground.foundation.errors import RequestError
from safeground.ground.area import ELLIPSOID
from safeground.records.release import PointType, SurveyMarker
from safeground.release.turning_points import corner_rings, table_of, widest_gap_m
from safeground.release.verify_dossier import Fault, _apart, _walked, check_turning_points
from support.cases import content
from support.releases import markers, release_area, square


def test_a_square_is_walked_clockwise_from_its_start_point() -> None:
    area = release_area()
    (ring,) = table_of(area.geometry, markers(area), 5.0)
    assert [p.name for p in ring.points] == ["SP", "TP2", "TP3", "TP4"]
    assert [round(p.bearing_deg) for p in ring.points] == [0, 90, 180, 270]
    assert all(abs(p.distance_m - 80) < 0.02 and p.offset_m == 0 for p in ring.points)
    assert ring.closure_m < 0.02


def test_a_marker_serves_one_corner_and_only_within_the_tolerance() -> None:
    area = release_area(outline=square(side_m=3.0))
    one = [m for m in markers(area) if m.point_type is PointType.START_POINT]
    (ring,) = table_of(area.geometry, one, 5.0)
    assert [bool(p.marker_id) for p in ring.points] == [True, False, False, False]
    far = SurveyMarker(id="far", hazardous_area_id=area.id, point_type=PointType.TURNING_POINT,
                       geometry=shapely.Point(-29.99, 51))
    assert not any(p.marker_id for p in table_of(area.geometry, [far], 5.0)[0].points)


def test_holes_and_second_parts_have_rings_of_their_own() -> None:
    hole = square(-30.0 + 3e-4, 51.0 + 2e-4, 20.0)
    shape = shapely.MultiPolygon([shapely.difference(square(), hole), square(-29.9)])
    rings = table_of(shape, (), 5.0)
    assert [r.points[0].name for r in rings] == ["R1-SP", "R2-SP", "R3-SP"]


def test_a_ring_of_two_corners_is_refused() -> None:
    with pytest.raises(RequestError, match="SG-RELEASE-008"):
        corner_rings(shapely.Polygon([(-30, 51), (-29, 51), (-30, 51)]))


@given(st.floats(-30.5, -29.5), st.floats(-70, 70), st.floats(0, 359.999), st.floats(0.5, 20_000))
def test_the_offline_check_walks_the_geodesic_of_the_library(lon: float, lat: float, bearing: float, m: float) -> None:
    x, y, _ = ELLIPSOID.fwd(lon, lat, bearing, m)
    assert _apart(*_walked(lon, lat, bearing, m), x, y) < 1e-3


@given(st.lists(st.tuples(st.floats(20, 400), st.floats(0.1, 1.0)), min_size=3, max_size=12))
def test_printed_tables_close_within_their_rounding(legs: list[tuple[float, float]]) -> None:
    turns = np.cumsum([t for _, t in legs])
    points = [ELLIPSOID.fwd(-30.0, 51.0, 360 * t / turns[-1], r)[:2] for t, (r, _) in zip(turns, legs, strict=True)]
    shape = shapely.Polygon(points)
    if shape.is_valid and shape.area > 0:
        (ring,) = table_of(shape, (), 5.0)
        assert ring.closure_m <= 0.02 * len(ring.points)


def test_gaps_between_intermediate_points_are_measured_along_the_leg() -> None:
    area = release_area(outline=square(side_m=160.0))
    marks = markers(area)
    (ring,) = table_of(area.geometry, marks, 5.0)
    assert widest_gap_m(ring.points[0], ring.points[1], (), 5.0) == pytest.approx(160, abs=0.1)
    assert widest_gap_m(ring.points[0], ring.points[1], marks, 5.0) == pytest.approx(80, abs=0.1)


@pytest.mark.parametrize(("field", "change"), [("bearing_deg", 0.2), ("distance_m", 0.1), ("longitude", 1e-5)])
def test_a_table_that_does_not_lead_from_point_to_point_is_found(field: str, change: float) -> None:
    value = content()
    check_turning_points(value)
    value["turning_points"][0]["points"][1][field] += change
    with pytest.raises(Fault, match="turning"):
        check_turning_points(value)


def test_a_table_of_another_outline_is_found() -> None:
    value = content()
    value["outline"][0][0][0][0] += 1e-6
    with pytest.raises(Fault, match="not the outline's corners"):
        check_turning_points(value)
