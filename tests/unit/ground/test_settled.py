"""Outlines that cross themselves by rounding once projected are settled; real faults are not."""

from __future__ import annotations

import pytest
import shapely

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
