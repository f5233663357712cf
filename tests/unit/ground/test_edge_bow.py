"""The bow between geodesic and straight edges counts every part of an area."""

from __future__ import annotations

import pytest
import shapely

from safeground.ground.area import edge_bow_m2


def test_an_area_of_two_parts_bows_like_its_parts() -> None:
    left, right = shapely.box(-30, 51, -29.99, 51.01), shapely.box(-29.9, 51, -29.89, 51.01)
    both = edge_bow_m2([shapely.MultiPolygon([left, right])])
    assert both == pytest.approx(edge_bow_m2([left]) + edge_bow_m2([right]))
    assert both > 0
