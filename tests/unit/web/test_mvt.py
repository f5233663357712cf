"""Vector tiles: what another decoder reads is what was drawn, to half a unit."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from shapely.geometry import shape as from_geojson

from safeground.web.mvt import BUFFER, EXTENT, encode_layer

SEED = 20_261_125


def drawn(shapes: list[Any]) -> dict[int, Any]:
    content = encode_layer("a", np.array(shapes, dtype=object), [{"n": number} for number in range(len(shapes))])
    if not content:
        return {}
    tile = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return {f["properties"]["n"]: from_geojson(f["geometry"]) for f in tile["a"]["features"]}


def random_shapes(count: int) -> list[Any]:
    chance, found = np.random.default_rng(SEED), []
    while len(found) < count:
        centre, radius = chance.uniform(-300, 4400, 2), chance.uniform(0.1, 400)
        angle = np.sort(chance.uniform(0, 2 * np.pi, chance.integers(3, 15)))
        ring = centre + radius * np.column_stack([np.cos(angle), np.sin(angle)])
        polygon = shapely.Polygon(ring, [centre + (ring - centre) * 0.3] if chance.random() < 0.4 else [])
        island = shapely.box(*(centre + 500), *(centre + 500 + chance.uniform(0.1, 60)))
        found.append([polygon, shapely.MultiPolygon([polygon, island]), shapely.LineString(ring),
                      shapely.MultiLineString([ring, ring + 40]), shapely.Point(centre),
                      shapely.MultiPoint(ring)][len(found) % 6])
        if not found[-1].is_valid:
            found.pop()
    return found


def test_another_decoder_reads_what_was_drawn() -> None:
    shapes = random_shapes(3000)
    clipped = shapely.clip_by_rect(np.array(shapes, dtype=object), -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    found = drawn(shapes)
    seen = 0
    for number, expected in enumerate(clipped):
        if expected.is_empty:
            assert number not in found
            continue
        size = max(expected.bounds[2] - expected.bounds[0], expected.bounds[3] - expected.bounds[1])
        if size < 20:  # its shape may be lost to rounding; that it is there is asked below
            continue
        got = found[number]
        assert got.geom_type.removeprefix("Multi") == expected.geom_type.removeprefix("Multi")
        assert np.abs(np.array(got.bounds) - np.array(expected.bounds)).max() <= 3.5  # a mark is 6 wide
        assert abs(got.area - expected.area) <= 0.75 * expected.length + 10
        seen += 1
    assert seen > 1500


def test_an_area_shrunk_to_nothing_is_still_marked() -> None:
    tiny = [shapely.box(100.2, 100.2, 100.3, 100.3), shapely.box(50, 50, 250, 250), shapely.box(300, 300, 300.4, 301)]
    found = drawn(tiny)
    assert sorted(found) == [0, 1, 2]
    assert found[0].bounds == (97, 97, 103, 103)
    assert found[1].area == 40_000


def test_nothing_gives_no_layer() -> None:
    assert drawn([]) == {}
    assert drawn([shapely.Point(), shapely.box(9000, 9000, 9100, 9100), None]) == {}
