"""Cuts, allotments, grids and references hold for whatever comes."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from safeground.foundation.units import allot_area
from safeground.ground.area import geodesic_area_cm2, geodesic_area_m2
from safeground.ground.grid import XY, Grid
from safeground.ground.mgrs import from_mgrs, to_mgrs
from safeground.ground.overlay import overlapping_pairs
from safeground.ground.partition import partition
from safeground.ground.shapes import faulty, normalise, repair_candidates

SETTINGS = settings(max_examples=150, deadline=None, derandomize=True)
coordinate = st.floats(0, 0.01, allow_nan=False)
rectangles = st.tuples(coordinate, coordinate, st.floats(1e-4, 0.008), st.floats(1e-4, 0.008)).map(
    lambda r: shapely.box(-30 + r[0], 51 + r[1], -30 + r[0] + r[2], 51 + r[1] + r[3]))


@st.composite
def stars(draw: st.DrawFn) -> shapely.Polygon:
    corners = draw(st.integers(3, 12))
    reach = draw(st.lists(st.floats(0.2, 1.0), min_size=corners, max_size=corners))
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    x, y, size = draw(coordinate), draw(coordinate), draw(st.floats(2e-4, 0.006))
    ring = np.column_stack([-30 + x + size * np.array(reach) * np.cos(angle),
                            51 + y + size * np.array(reach) * np.sin(angle)])
    return shapely.Polygon(ring)


@SETTINGS
@given(parent=st.one_of(rectangles, stars()), cutters=st.lists(st.one_of(rectangles, stars()), max_size=5))
def test_whatever_cuts_an_area_its_parts_sum_to_it_and_share_no_ground(
    parent: shapely.Polygon, cutters: list[shapely.Polygon]
) -> None:
    whole = int(geodesic_area_cm2([parent])[0])
    parts = partition(parent, whole, cutters)
    assert sum(part.area_cm2 for part in parts) == whole
    assert all(part.area_cm2 > 0 for part in parts)
    shapes = np.array([part.geometry for part in parts], dtype=object)
    shared = [shapely.intersection(shapes[i], shapes[j]) for i, j in overlapping_pairs(shapes)]
    assert geodesic_area_m2(shared).sum() < 0.01
    assert [part.cutter_index for part in parts[:-1]] == sorted(
        part.cutter_index for part in parts[:-1] if part.cutter_index is not None)


@SETTINGS
@given(parts=st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=40), noise=st.floats(-1, 1))
def test_an_allotment_sums_to_its_parent_and_none_is_off_by_more_than_one(parts: list[float], noise: float) -> None:
    total = sum(parts)
    parent = round((total + 0.009 * noise) * 10_000)
    if parent < 0:
        return
    shares = allot_area(parent, np.array(parts), tolerance_m2=0.02)
    assert int(shares.sum()) == parent
    assert (shares >= 0).all()
    if total > 1:
        assert np.abs(shares - np.array(parts) / total * parent).max() <= 1 + 1e-3


@SETTINGS
@given(x=st.floats(300_000, 310_000), y=st.floats(5_650_000, 5_660_000), cell=st.sampled_from([0.5, 1.0, 10.0, 25.0]))
def test_a_position_lies_in_the_cell_that_a_grid_names(x: float, y: float, cell: float) -> None:
    grid = Grid.covering(CRS(32637), (300_000, 5_650_000, 310_000, 5_660_000), cell)
    found = grid.cell_of(XY(x, y))
    if found is None:  # the south edge is nobody's, as the east edge
        assert y == 5_650_000 or x == 310_000
        return
    centre = grid.centre_of(found)
    assert abs(centre.x - x) <= cell / 2 + 1e-6
    assert abs(centre.y - y) <= cell / 2 + 1e-6
    assert grid.cell_of(centre) == found


@SETTINGS
@given(longitude=st.floats(-179.99, 179.99), latitude=st.floats(-79.9, 83.9), digits=st.integers(1, 5))
def test_a_grid_reference_names_the_square_that_holds_the_position(
    longitude: float, latitude: float, digits: int
) -> None:
    text = to_mgrs(longitude, latitude, digits)
    square = from_mgrs(text)
    assert square.size_m == 10.0 ** (5 - digits)
    north_m = (latitude - square.latitude) * 111_320
    assert -0.6 * square.size_m - 1 <= north_m <= 1.6 * square.size_m + 1  # squares lean


@SETTINGS
@given(points=st.lists(st.tuples(coordinate, coordinate), min_size=4, max_size=9, unique=True))
def test_candidates_for_a_faulty_outline_are_valid_and_the_outline_is_left_as_it_was(
    points: list[tuple[float, float]]
) -> None:
    outline = shapely.Polygon([(-30 + x, 51 + y) for x, y in points])
    before = shapely.to_wkb(outline)
    for candidate in repair_candidates(outline):
        assert candidate.geometry.is_valid
        assert not candidate.geometry.is_empty
    assert shapely.to_wkb(outline) == before
    if not faulty(np.array([outline], dtype=object))[0]:
        assert shapely.equals(normalise(np.array([outline], dtype=object))[0], outline)
