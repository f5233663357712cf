"""Lanes of an area beside one direction with evenly spaced strips, on the same outlines in one run.

    python -m benchmarks.lanes --data DIR --width 3 --json

Without ``--data`` the fields are made from a fixed seed: convex, L-shaped, concave like smallholders' plots, and with
obstacles.
The baseline takes the best of all edge directions (obstacles' too) and three offsets, and counts the pieces of the
strips with shapely; both give lanes that cover the outline once.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from shapely import Geometry, Polygon
from shapely.geometry import shape

from safeground.foundation.errors import RequestError
from safeground.plan.lanes import LanePlan, plan_lanes

OFFSETS = 3
KINDS = ("convex", "l_shaped", "concave", "obstacles")


def outlines_of(path: Path) -> Iterator[Geometry]:
    """Yield the areas of a GeoJSON file in metres: `boundary` less `obstacles`, or every polygon there is."""
    data = json.loads(path.read_text(encoding="utf-8"))
    features = data["features"] if data["type"] == "FeatureCollection" else [data]
    named: dict[str, list[Geometry]] = {}
    for feature in features:
        geometry = shape(feature.get("geometry", feature))
        properties = feature.get("properties") or {}
        name = str(feature.get("id") or properties.get("id") or properties.get("name") or "")
        if geometry.geom_type in ("Polygon", "MultiPolygon"):
            named.setdefault(name if name in ("boundary", "obstacles", "obstacle") else "", []).append(geometry)
    if "boundary" in named:
        taken = [*named.get("obstacles", []), *named.get("obstacle", [])]
        yield shapely.difference(shapely.union_all(named["boundary"]), shapely.union_all(taken))
    else:
        yield from named.get("", [])


def made_fields(count: int, seed: int) -> Iterator[tuple[str, Geometry]]:
    """Yield seeded fields of four kinds, 0.1 to 2 ha, as (name, outline in metres)."""
    rng = np.random.default_rng(seed)
    number = 0
    while number < count:
        kind = KINDS[number % len(KINDS)]
        size, turn = rng.uniform(30, 140), rng.uniform(0, 180)
        if kind == "l_shaped":
            width, depth = rng.uniform(0.25, 0.6, 2)
            field = Polygon([(0, 0), (size, 0), (size, size * depth), (size * width, size * depth),
                             (size * width, size), (0, size)])
        else:
            corners = int(rng.integers(5, 14))
            angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
            reach = size / 2 * rng.uniform(0.45 if kind == "concave" else 0.8, 1.0, corners)
            field = Polygon(np.column_stack([reach * np.cos(angle), rng.uniform(0.4, 1.0) * reach * np.sin(angle)]))
            if kind == "convex":
                field = field.convex_hull
        if kind == "obstacles":
            west, south, east, north = field.bounds
            for _ in range(int(rng.integers(1, 9))):
                x, y, r = rng.uniform(west, east), rng.uniform(south, north), rng.uniform(1, 7)
                at = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 8))))
                field = field.difference(Polygon(np.column_stack([x + r * np.cos(at), y + r * np.sin(at)])))
        field = shapely.affinity.rotate(field, turn, origin=(0, 0))
        if field.geom_type == "Polygon" and field.is_valid and field.area > 500 and not field.buffer(-4).is_empty:
            yield f"{kind}-{number:03d}", field
            number += 1


def baseline_lanes(area: Geometry, width: float) -> int:
    """Return the fewest pieces of evenly spaced strips: all edge directions, three offsets, counted by shapely."""
    best = 0
    for part in shapely.get_parts(area):
        edges = np.vstack([np.diff(shapely.get_coordinates(ring), axis=0) for ring in (part.exterior, *part.interiors)])
        counts = []
        for angle in np.unique(np.round(np.mod(np.arctan2(edges[:, 1], edges[:, 0]), np.pi), 9)):
            turned = shapely.affinity.rotate(part, -angle, origin=(0, 0), use_radians=True)
            west, south, east, north = turned.bounds
            for offset in range(OFFSETS):
                low = np.arange(south - offset / OFFSETS * width, north - 1e-7, width)
                strips = shapely.intersection(turned, shapely.box(west - 1, low, east + 1, low + width))
                counts.append(int((shapely.area(shapely.get_parts(shapely.get_parts(strips))) > 1e-7).sum()))
        best += min(counts)
    return best


def row_of(name: str, area: Geometry, width: float, baseline: bool) -> tuple[dict[str, Any], LanePlan]:
    """Plan one outline with both, and return the row with the plan."""
    start = time.perf_counter()
    plan = plan_lanes(area, width, subject=name)
    seconds = time.perf_counter() - start
    row: dict[str, Any] = {
        "file": name, "lanes": plan.lane_count, "coverage": plan.share_covered, "overlap": plan.share_overlap,
        "widest_m": max(lane.width_m for lane in plan.lanes), "seconds": seconds, "lower_bound": plan.lower_bound,
        "directions": len(plan.cells), "lane_m": plan.lane_m, "length_ratio": plan.lane_m / (plan.area_m2 / width)}
    if baseline:
        start = time.perf_counter()
        row["baseline_lanes"] = baseline_lanes(area, width)
        row["baseline_seconds"] = time.perf_counter() - start
    return row, plan


def _summary(rows: list[dict[str, Any]], refused: list[str]) -> dict[str, Any]:
    names = ("lanes", "lower_bound", "baseline_lanes", "seconds", "baseline_seconds", "length_ratio")
    out: dict[str, Any] = {"polygons": len(rows), "refused": refused}
    out |= {f"mean_{name}": float(np.mean([row[name] for row in rows])) for name in names if rows and name in rows[0]}
    if rows:
        out |= {"least_coverage": min(row["coverage"] for row in rows),
                "widest_m": max(row["widest_m"] for row in rows),
                "most_seconds": max(row["seconds"] for row in rows)}
    if rows and "baseline_lanes" in rows[0]:
        out |= {"fewer": sum(row["lanes"] < row["baseline_lanes"] for row in rows),
                "more": sum(row["lanes"] > row["baseline_lanes"] for row in rows)}
    return out


def main() -> int:
    """Run the benchmark and print its table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--width", type=float, default=3.0)
    parser.add_argument("--fields", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.data is None:
        areas = list(made_fields(args.fields, args.seed))
    else:
        paths = sorted(path for path in args.data.iterdir() if path.suffix in (".json", ".geojson"))
        areas = []
        for path in paths:
            found = list(outlines_of(path))
            areas += [(path.name if len(found) == 1 else f"{path.name}#{i}", area) for i, area in enumerate(found, 1)]
    plan_lanes(shapely.box(0, 0, 40, 30).difference(shapely.box(10, 10, 12, 12)), args.width)  # first calls are slow
    rows, refused = [], []
    for name, area in areas:
        try:
            rows.append(row_of(name, area, args.width, not args.no_baseline)[0])
        except RequestError as error:
            refused.append(f"{name}: {error.code}")
    values = {"schema": "safeground/bench-lanes/1", "width_m": args.width, "seed": None if args.data else args.seed,
              "rows": rows, "summary": _summary(rows, refused)}
    if args.json:
        print(json.dumps(values))
        return 0
    for row in rows:
        print(f"{row['file']:24s} lanes {row['lanes']:4d}  bound {row['lower_bound']:4d}  "
              f"baseline {row.get('baseline_lanes', math.nan):4.0f}  coverage {row['coverage']:.9f}  "
              f"{row['seconds']:.3f} s  baseline {row.get('baseline_seconds', math.nan):.3f} s")
    print(json.dumps(values["summary"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
