"""Polygons from a file into a project: ``python -m benchmarks.scale [--sizes 10000,100000] [--postgis]``.

For each size the same GeoJSON (seeded, synthetic squares in the sea; one in fifty is drawn wide, so that in a million,
where the grid is dense, neighbours overlap) is taken in end to end: read strictly, checked, measured on the ellipsoid,
booked in the ledger, journalled with its hash chain, indexed, synced.  Beside it, in the same run:

- geopandas reads the file, measures by an equal-area projection and writes a GeoPackage;
- with ``--postgis`` a private server, for the largest size: Safeground on it, and plain PostGIS (rows copied in,
  measured by ``ST_Area`` of the geography, indexed; tiles by ``ST_AsMVT``).

Neither peer has a check, a ledger or a journal.  Then boxes and tiles are asked.  Exponents are slopes of log time over
log size.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks._postgis import PostgisServer, private_server

SEED = 20_261_125
REGION = (-40.0, 40.0, -20.0, 60.0)
ZOOMS = (13, 11, 9, 7, 5, 3)


def write_squares(path: Path, count: int) -> None:
    """Write `count` squares of 20 to 300 m on a grid in the Atlantic."""
    chance = np.random.default_rng(SEED)
    side = math.ceil(math.sqrt(count))
    columns, rows = np.meshgrid(np.arange(side), np.arange(side))
    step_x, step_y = 18.0 / side, 18.0 / side
    x = (-39 + columns.ravel()[:count] * step_x).round(7)
    y = (41 + rows.ravel()[:count] * step_y).round(7)
    size = chance.uniform(0.05, 0.6, count) * min(step_x, step_y, 0.004)
    wide = chance.random(count) < 0.02
    size[wide] = min(step_x, 0.02) * 1.1
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for i in range(count):
            a, b, c, d = (round(float(v), 7) for v in (x[i], y[i], x[i] + size[i], y[i] + size[i]))
            file.write(("," if i else "") + '{"type":"Feature","properties":{"id":"A%d","name":"Area %d","status":"%s",'
                       '"contamination":"apm","date":"2024-05-%02d"},"geometry":{"type":"Polygon","coordinates":'
                       "[[[%r,%r],[%r,%r],[%r,%r],[%r,%r],[%r,%r]]]}}\n" % (
                           i, i, ("SHA", "CHA")[i % 2], i % 28 + 1, a, b, c, b, c, d, a, d, a, b))
        file.write("]}\n")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call took, and its answer."""
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def boxes(count: int) -> list[tuple[float, float, float, float]]:
    """Return seeded boxes of a twentieth of a degree."""
    chance = np.random.default_rng(SEED + 1)
    corners = chance.uniform([-39, 41], [-21.1, 58.9], (count, 2))
    return [(x, y, x + 0.05, y + 0.05) for x, y in corners.tolist()]


def tiles(zoom: int) -> list[tuple[int, int, int]]:
    """Return up to five seeded tiles of a zoom, each holding some of the ground."""
    chance = np.random.default_rng(SEED + zoom)
    found = {}
    for x, y in chance.uniform([-39, 41], [-21.1, 58.9], (5, 2)).tolist():
        row = (1 - math.asinh(math.tan(math.radians(y))) / math.pi) / 2
        found[int((x + 180) / 360 * 2**zoom), int(row * 2**zoom)] = None
    return [(zoom, x, y) for x, y in found]


def milliseconds(works: list[Callable[[], Any]]) -> float:
    """Return the median time of calls, ms."""
    return round(1000 * float(np.median([timed(work)[0] for work in works])), 2)


def ours(file: Path, location: str) -> dict[str, Any]:
    """Take the file into a project and ask boxes and tiles of it."""
    from safeground.operations.context import Caller
    from safeground.operations.intake import IntakeRequest, take_files
    from safeground.operations.ledger import show
    from safeground.operations.new import create
    from safeground.store.project import open_project
    from safeground.web.tiles import COLUMNS, class_columns, layer_tile

    caller, layer = Caller(actor="benchmark"), "hazardous_area"
    create(location, caller, name="scale", region=REGION)
    with open_project(location, clock=caller.clock) as project:
        seconds, result = timed(lambda: take_files(project, [file], caller, IntakeRequest(as_noun=layer)))
        sheet_seconds, book = timed(lambda: show(project, caller))
        figures = {"intake_s": seconds, "accepted": result.accepted, "overlaps": len(result.overlaps),
                   "balanced": book.sheet.balanced, "ledger_s": sheet_seconds}
        del result, book
        with project.read() as reader:
            columns = tuple(name for name in COLUMNS if name in reader.features(layer, limit=1).columns)
            figures["box_p50_ms"] = milliseconds([lambda box=box: reader.features(layer, box) for box in boxes(100)])
            overview_s, overview = timed(lambda: reader.overview(layer, class_columns(columns)))
            figures["tile_p50_ms"] = {zoom: milliseconds([
                lambda at=at: layer_tile(reader, layer, columns, *at, lambda: overview) for at in tiles(zoom)])
                for zoom in ZOOMS}
            figures["overview_s"] = overview_s
    return figures


def geopandas_does(file: Path, target: Path) -> dict[str, Any]:
    """Read, measure and write the same file with geopandas."""
    import geopandas

    def work() -> int:
        frame = geopandas.read_file(file)
        frame["area"] = frame.to_crs(6933).area
        frame.to_file(target, driver="GPKG")
        return len(frame)

    seconds, count = timed(work)
    return {"read_measure_write_s": seconds, "rows": count, "box_p50_ms": milliseconds(
        [lambda box=box: geopandas.read_file(target, bbox=box) for box in boxes(100)])}


def plain_postgis(file: Path, url: str) -> dict[str, Any]:
    """Copy the same file into a table, measure and index it, and ask boxes and tiles of it."""
    import psycopg

    tile = """with bounds as (select ST_TileEnvelope(%s, %s, %s) as box)
        select ST_AsMVT(t, 'a') from (select id, name, status, contamination, area_m2,
          ST_AsMVTGeom(ST_Transform(geom, 3857), box, 4096, 64) as geom from plain, bounds
          where geom && ST_Transform(box, 4326)) t"""
    with psycopg.connect(url, autocommit=True) as connection:

        def work() -> int:
            connection.execute("create table plain (id text primary key, name text, status text, contamination text, "
                               "date date, geom geometry(Polygon, 4326), area_m2 double precision)")
            features = json.loads(file.read_bytes())["features"]
            copied = "copy plain (id, name, status, contamination, date, geom) from stdin"
            with connection.cursor().copy(copied) as rows:
                for feature in features:
                    ring = ",".join(f"{x!r} {y!r}" for x, y in feature["geometry"]["coordinates"][0])
                    rows.write_row((*feature["properties"].values(), f"SRID=4326;POLYGON(({ring}))"))
            connection.execute("update plain set area_m2 = ST_Area(geom::geography)")
            connection.execute("create index on plain using gist (geom)")
            connection.execute("vacuum analyze plain")
            return len(features)

        seconds, count = timed(work)
        inside = "select *, ST_AsBinary(geom) from plain where geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
        asked = [lambda box=box: connection.execute(inside, box).fetchall() for box in boxes(100)]
        return {"load_measure_index_s": seconds, "rows": count, "box_p50_ms": milliseconds(asked), "tile_p50_ms": {
            zoom: milliseconds([lambda at=at: connection.execute(tile, at).fetchone() for at in tiles(zoom)])
            for zoom in ZOOMS}}


def measure(size: int, folder: Path, server: PostgisServer | None) -> dict[str, Any]:
    """Run one size on each system."""
    file = folder / f"squares-{size}.geojson"
    write_squares(file, size)
    run: dict[str, Any] = {"size": size, "safeground": ours(file, str(folder / f"p{size}.gpkg")),
                           "geopandas": geopandas_does(file, folder / f"g{size}.gpkg")}
    if server is not None:
        run["safeground_postgis"] = ours(file, server.url(server.new_database()))
        run["plain_postgis"] = plain_postgis(file, server.url(server.new_database()))
    run["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return run


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of log seconds over log size."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0]) if len(sizes) > 1 else math.nan


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--postgis", action="store_true", help="a private server, for the largest size")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    gc.set_threshold(200_000, 20, 50)  # as the command line does
    sizes = [int(size) for size in asked.sizes.split(",")]
    runs: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for size in sizes:
            last = asked.postgis and size == sizes[-1]
            run = measure(size, Path(folder), stack.enter_context(private_server()) if last else None)
            runs.append(run)
            if not asked.json:
                print(json.dumps(run), flush=True)
    slopes = {name: round(exponent(sizes, [run[who][key] for run in runs]), 3) for name, who, key in (
        ("safeground intake", "safeground", "intake_s"), ("safeground ledger", "safeground", "ledger_s"),
        ("geopandas", "geopandas", "read_measure_write_s"))}
    figures = {"schema": "safeground/benchmark/1", "name": "scale", "seed": SEED, "runs": runs, "exponents": slopes}
    json.dump(figures if asked.json else slopes, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
