"""Outlines that cross themselves by rounding once projected are settled; real faults are not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from safeground.foundation.errors import InvariantBroken
from safeground.ground.shapes import settled


def test_an_outline_that_crosses_itself_by_a_nanometre_is_settled_and_loses_no_ground() -> None:
    crossing = shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, 1e-9), (5, -1e-9), (0, 10)])
    assert not crossing.is_valid
    whole = settled(crossing)
    assert whole.is_valid
    assert abs(whole.area - crossing.area) < 1e-6


def test_an_outline_that_is_truly_crossed_stops_the_program_and_a_valid_one_stays_as_it_is() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    with pytest.raises(InvariantBroken, match="SG-LAND-003"):
        settled(bow)
    square = shapely.box(0, 0, 1, 1)
    assert settled(square) is square


def test_the_tolerance_in_degrees_is_the_one_in_metres() -> None:
    metre = 1 / 111_320
    crossing = shapely.Polygon([(x * metre, y * metre) for x, y in (
        (0, 0), (10, 0), (10, 10), (5, 1e-9), (5, -1e-9), (0, 10))])
    assert not crossing.is_valid
    assert settled(crossing, degrees=True).is_valid
    bow = shapely.Polygon([(0, 0), (metre, metre), (metre, 0), (0, metre)])
    with pytest.raises(InvariantBroken, match="SG-LAND-003"):
        settled(bow, degrees=True)


@pytest.mark.parametrize("latitude", [4.0, 51.06, 60.0])
@pytest.mark.parametrize("gap_m", [1e-5, 5e-5])
def test_a_hole_a_hair_off_a_long_edge_that_bows_over_it_when_projected_is_settled(latitude: float, gap_m: float
                                                                                   ) -> None:
    east, north = 1 / (111_320 * np.cos(np.radians(latitude))), 1 / 111_200
    field = np.array([[0, 0], [120, 0], [120, 40], [0, 40]])
    hole = np.array([[20, gap_m], [60, gap_m], [100, gap_m], [60, 10]])
    outline = shapely.Polygon(*(np.array(rings) * (east, north) + (-29.8, latitude) for rings in (field, [hole])))
    assert outline.is_valid
    to_plane = Transformer.from_crs(4326, 32626, always_xy=True)
    moved = shapely.transform(outline, lambda c: np.column_stack(to_plane.transform(c[:, 0], c[:, 1])))
    whole = settled(moved)
    assert whole.is_valid
    assert abs(whole.area - moved.area) < 0.05
    if latitude > 50:
        assert not moved.is_valid
        assert abs(whole.area - moved.area) > 1e-2


def test_a_fault_larger_than_the_bows_of_the_edges_still_stops_the_program() -> None:
    notch = shapely.Polygon([(0, 0), (100, 0), (100, 50), (60.5, 50), (60, 50.5), (60.5, 50.5), (60, 50), (0, 50)])
    assert not notch.is_valid
    with pytest.raises(InvariantBroken, match="SG-LAND-003"):
        settled(notch)


def test_two_parts_a_hair_apart_that_bow_into_each_other_when_projected_are_settled() -> None:
    latitude, gap_m = 51.06, 2e-5
    east, north = 1 / (111_320 * np.cos(np.radians(latitude))), 1 / 111_200
    south = np.array([[0, 0], [120, 0], [120, 20], [0, 20]])
    above = np.array([[20, 20 + gap_m], [60, 20 + gap_m], [100, 20 + gap_m], [60, 40]])
    outline = shapely.MultiPolygon([shapely.Polygon(part * (east, north) + (-29.8, latitude))
                                    for part in (south, above)])
    assert outline.is_valid
    to_plane = Transformer.from_crs(4326, 32626, always_xy=True)
    for sign in (1, -1):  # edges bow towards the pole: one of the two lies over the other
        turned = shapely.transform(outline, lambda c, s=sign: np.column_stack(
            to_plane.transform(c[:, 0], latitude + s * (c[:, 1] - latitude))))
        whole = settled(turned)
        assert whole.is_valid
        if not turned.is_valid:
            break
    else:
        raise AssertionError("neither way do the parts overlap in the plane")
    assert abs(whole.area - turned.area) > 1e-3
