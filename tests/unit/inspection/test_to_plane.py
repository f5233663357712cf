"""A lot whose outline only just meets itself in degrees can be drawn."""

from __future__ import annotations

import shapely

from safeground.ground.crs import parse_crs
from safeground.inspection import draw


def test_an_outline_that_crosses_itself_once_projected_is_rounded_and_loses_no_ground(monkeypatch) -> None:
    crossing = shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, 1e-9), (5, -1e-9), (0, 10)])
    assert not crossing.is_valid
    monkeypatch.setattr(draw, "transform", lambda shapes, _: [crossing])
    plane = draw.to_plane(shapely.box(0, 0, 1, 1), parse_crs("EPSG:32626"))
    assert plane.is_valid
    assert abs(plane.area - 50.0) < 1e-4
