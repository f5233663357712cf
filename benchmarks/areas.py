"""Geodesic areas beside GeographicLib: ``python -m benchmarks.areas [--count N] [--json]``.

Seeded polygons of 10 m² to 10⁹ m², 4 to 60 vertices, at all latitudes, some with a hole, one in fifty across 180°
(cut there into two parts, as RFC 7946 §3.1.9 has it).  The bar is max(1 m², 1e-9 of the area).  Beside them the ways in
use: the polygon's UTM zone, an equal-area projection, Web Mercator, square degrees.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from typing import Any

import numpy as np
import shapely

SEED = 20_261_125


def polygons(count: int) -> list[Any]:
    """Return star-shaped polygons, some with a hole."""
    chance = np.random.default_rng(SEED)
    out = []
    number = 0
    while len(out) < count:
        number += 1
        latitude = float(np.degrees(np.arcsin(chance.uniform(-0.985, 0.985))))
        longitude = 180.0 if number % 50 == 0 else float(chance.uniform(-179, 179))
        radius = math.sqrt(10 ** chance.uniform(1, 9) / math.pi) / 111_320
        corners = int(chance.integers(4, 61))
        angle = np.sort(chance.uniform(0, 2 * math.pi, corners))
        reach = radius * chance.uniform(0.6, 1.0, corners)
        x = longitude + reach * np.cos(angle) / math.cos(math.radians(latitude))
        y = latitude + reach * np.sin(angle)
        shell = np.column_stack([x, np.clip(y, -89.9, 89.9)])
        middle = shell.mean(axis=0)
        holes = [middle + (shell - middle) * 0.3] if number % 7 == 0 else []
        shape = shapely.Polygon(shell, holes)
        if shape.is_valid and number % 50 == 0:
            out.append(cut_at_180(shape))
        elif shape.is_valid and shape.bounds[0] > -180 and shape.bounds[2] < 180:
            out.append(shape)
    return out


def cut_at_180(shape: Any) -> Any:
    """Return a polygon around 180 degrees as a multipolygon whose parts lie on its two sides."""
    west = shapely.intersection(shape, shapely.box(90, -90, 180, 90))
    east = shapely.transform(shapely.intersection(shape, shapely.box(180, -90, 270, 90)), lambda c: c - [360.0, 0.0])
    return shapely.multipolygons(shapely.get_parts([west, east]))


def reference_m2(shape: Any) -> float:
    """Return the area by GeographicLib."""
    from geographiclib.geodesic import Geodesic

    def ring_m2(ring: Any) -> float:
        polygon = Geodesic.WGS84.Polygon()
        for x, y in list(ring.coords)[:-1]:
            polygon.AddPoint(y, x)
        return abs(float(polygon.Compute(False, True)[2]))

    return sum(ring_m2(part.exterior) - sum(ring_m2(ring) for ring in part.interiors)
               for part in shapely.get_parts(shape))


def utm_zones(shapes: list[Any], wanted: np.ndarray) -> list[tuple[int, int]]:
    """Return the index and the EPSG code of the UTM zone of the first corner of each wanted polygon."""
    corners = [(i, *shapely.get_coordinates(shapes[i])[0]) for i in np.flatnonzero(wanted)]
    return [(int(i), (32_601 if y >= 0 else 32_701) + min(int((x + 180) // 6), 59)) for i, x, y in corners]


def others(shapes: list[Any], truth: np.ndarray) -> dict[str, Any]:
    """Return the worst relative error of planar ways, over polygons below 84 degrees."""
    import geopandas

    series = geopandas.GeoSeries(shapes, crs=4326)
    low = np.abs(series.bounds.miny.to_numpy()) < 80
    equal = series[low].to_crs(6933).area.to_numpy()
    mercator = series[low].to_crs(3857).area.to_numpy()
    utm = np.array([series[[i]].to_crs(zone).area.iloc[0] for i, zone in utm_zones(shapes, low)])
    degrees = shapely.area(np.array(shapes, dtype=object)[low]) * 111_320**2
    return {name: float(np.max(np.abs(found / truth[low] - 1))) for name, found in (
        ("UTM zone", utm), ("equal-area EPSG:6933", equal), ("Web Mercator", mercator), ("square degrees", degrees))}


def main() -> None:
    """Run and print."""
    from safeground.ground.area import geodesic_area_m2

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    shapes = polygons(asked.count)
    started = time.perf_counter()
    ours = geodesic_area_m2(shapes)
    ours_s = time.perf_counter() - started
    started = time.perf_counter()
    truth = np.array([reference_m2(shape) for shape in shapes])
    reference_s = time.perf_counter() - started
    difference = np.abs(ours - truth)
    allowed = np.maximum(1.0, 1e-9 * truth)
    figures = {
        "schema": "safeground/benchmark/1", "name": "areas", "seed": SEED, "polygons": len(shapes),
        "worst_m2": float(difference.max()), "worst_share": float((difference / truth).max()),
        "over_the_bar": int((difference > allowed).sum()), "times_faster_than_geographiclib": reference_s / ours_s,
        "worst_share_of_other_ways": others(shapes, truth)}
    json.dump(figures, sys.stdout, indent=None if asked.json else 1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
