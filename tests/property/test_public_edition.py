"""The public grid covers every outline, and no printed count tells a small one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from safeground.ground.area import ELLIPSOID
from safeground.report.public import WITHHELD, grid_squares, square_box, suppress


@st.composite
def outlines(draw):
    """A polygon anywhere but at the poles, from metres to tens of kilometres, sometimes with a hole or in two parts."""
    lon, lat = draw(st.floats(-179.5, 179.5)), draw(st.floats(-79, 79))
    size = draw(st.floats(1e-6, 0.3))
    count = draw(st.integers(3, 9))
    turns = np.sort(np.array(draw(st.lists(st.floats(0, 6.28), min_size=count, max_size=count, unique=True))))
    reach = np.array(draw(st.lists(st.floats(0.2, 1), min_size=count, max_size=count))) * size
    shape = shapely.Polygon(np.column_stack((lon + reach * np.cos(turns), lat + reach * np.sin(turns))))
    assume(shape.is_valid and shape.area > 0)
    if draw(st.booleans()):
        shape = shapely.union(shape, shapely.box(lon + size, lat + size, lon + 1.5 * size, lat + 1.2 * size))
    return shape


@given(outlines(), st.sampled_from((500, 1000, 5000)))
@settings(max_examples=120, deadline=None)
def test_the_public_squares_cover_the_whole_outline_and_its_geodesic_edges(shape, grid_m):
    cover = shapely.union_all([square_box(square) for square in grid_squares([shape], grid_m)])
    assert shapely.covers(cover, shape)
    for part in shapely.get_parts(shape):
        x, y = np.asarray(part.exterior.coords).T
        for i in range(len(x) - 1):  # points of the geodesic edge, which bows away from the straight one
            for lon, lat in ELLIPSOID.npts(x[i], y[i], x[i + 1], y[i + 1], 3):
                assert shapely.covers(cover, shapely.Point(lon, lat))


@given(outlines(), st.sampled_from((500, 1000, 5000)))
@settings(max_examples=60, deadline=None)
def test_no_square_is_narrower_than_the_grid(shape, grid_m):
    for square in grid_squares([shape], grid_m):
        west, south, east, north = square_box(square).bounds
        for lat in (south, north):
            assert ELLIPSOID.inv(west, lat, east, lat)[2] >= grid_m * 0.999
        assert ELLIPSOID.inv(west, south, west, north)[2] >= grid_m * 0.999


@given(st.floats(-29.99, -29.985), st.floats(51.001, 51.002), st.floats(0.0001, 0.003))
@settings(max_examples=60, deadline=None)
def test_an_outline_that_moves_within_its_square_gives_the_same_squares(lon, lat, size):
    inner = shapely.box(lon, lat + 0.001, lon + size / 2, lat + 0.001 + size)
    other = shapely.box(-29.989, 51.003, -29.985, 51.0045)
    assert grid_squares([inner], 1000) == grid_squares([other], 1000)


def possible(marks: list[str], shown: list[int], total: int | None, k: int, top: int) -> list[set[int]]:
    """Every value that each hidden cell may have for a reader who knows what each mark stands for."""
    ranges = [range(1, k) if mark.startswith("<") else range(k, top) if mark else (value,)
              for mark, value in zip(marks, shown, strict=True)]
    found: list[set[int]] = [set() for _ in marks]
    for guess in product(*ranges):
        if total is None or sum(guess) == total:
            for place, value in enumerate(guess):
                found[place].add(value)
    return found


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.booleans())
@settings(max_examples=250, deadline=None)
def test_a_reader_who_tries_all_tables_can_exclude_no_small_count(values, printed):
    k = 4
    marks, mark = suppress(values, sum(values) if printed else None, k)
    found = possible(marks, values, sum(values) if printed and not mark else None, k, 20)
    for value, hidden, guesses in zip(values, marks, found, strict=True):
        if 0 < value < k:
            assert hidden == f"<{k}"
            assert guesses == set(range(1, k))
        else:
            assert hidden in ("", WITHHELD)


def test_hiding_the_small_count_alone_would_tell_it():
    found = possible(["<5", ""], [3, 40], 43, 5, 60)
    assert found[0] == {3}
    marks, mark = suppress([3, 40], 43, 5)
    assert (marks, mark) == (["<5", WITHHELD], "")
    assert possible(marks, [3, 40], 43, 5, 60)[0] == {1, 2, 3, 4}


@pytest.mark.parametrize(("values", "total", "marks", "mark"), [
    ([0, 7, 9], 16, ["", "", ""], ""), ([3], 3, ["<5"], "<5"), ([3, 4], 7, ["<5", "<5"], WITHHELD),
    ([2, 0, 0], 2, ["<5", "", ""], "<5"), ([2, 6], None, ["<5", ""], ""),
    ([2, 5], 7, ["<5", ""], WITHHELD), ([4, 5], 9, ["<5", WITHHELD], "")])
def test_what_is_marked(values, total, marks, mark):
    assert suppress(values, total, 5) == (marks, mark)
