"""Polygons from a file into a project: ``python -m benchmarks.scale [--sizes 10000,100000] [--postgis URL]``.

For each size the same GeoJSON (seeded, synthetic squares in the sea; one in fifty is drawn wide, so that in a million,
where the grid is dense, neighbours overlap) is taken in
end to end: read strictly, checked, measured on the ellipsoid, booked in the ledger, journalled with its hash chain,
indexed, synced.  Beside it geopandas reads the same file, measures by an equal-area projection and writes a GeoPackage,
with no check, no ledger and no journal.  Then boxes are asked of both.  Exponents are slopes of log time over log size.
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
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20_261_125
REGION = (-40.0, 40.0, -20.0, 60.0)


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


def ours(file: Path, location: str) -> dict[str, Any]:
    """Take the file into a project and ask boxes of it."""
    from safeground.operations.context import Caller
    from safeground.operations.intake import IntakeRequest, take_files
    from safeground.operations.ledger import show
    from safeground.operations.new import create
    from safeground.store.project import open_project

    caller = Caller(actor="benchmark")
    create(location, caller, name="scale", region=REGION)
    with open_project(location, clock=caller.clock) as project:
        seconds, result = timed(lambda: take_files(project, [file], caller, IntakeRequest(as_noun="hazardous_area")))
        sheet_seconds, book = timed(lambda: show(project, caller))
        with project.read() as reader:
            asked = [timed(lambda box=box: reader.features("hazardous_area", box))[0] for box in boxes(100)]
    return {"intake_s": seconds, "accepted": result.accepted, "overlaps": len(result.overlaps),
            "balanced": book.sheet.balanced, "ledger_s": sheet_seconds, "box_p50_ms": 1000 * float(np.median(asked))}


def geopandas_does(file: Path, target: Path) -> dict[str, Any]:
    """Read, measure and write the same file with geopandas."""
    import geopandas

    def work() -> int:
        frame = geopandas.read_file(file)
        frame["area"] = frame.to_crs(6933).area
        frame.to_file(target, driver="GPKG")
        return len(frame)

    seconds, count = timed(work)
    asked = [timed(lambda box=box: geopandas.read_file(target, bbox=box))[0] for box in boxes(100)]
    return {"read_measure_write_s": seconds, "rows": count, "box_p50_ms": 1000 * float(np.median(asked))}


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of log seconds over log size."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0]) if len(sizes) > 1 else math.nan


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--postgis", default="", help="URL of an empty database for the largest size")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    gc.set_threshold(200_000, 20, 50)  # as the command line does
    sizes = [int(size) for size in asked.sizes.split(",")]
    runs: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            file = Path(folder) / f"squares-{size}.geojson"
            write_squares(file, size)
            run: dict[str, Any] = {"size": size, "safeground": ours(file, str(Path(folder) / f"p{size}.gpkg")),
                                   "geopandas": geopandas_does(file, Path(folder) / f"g{size}.gpkg")}
            if asked.postgis and size == sizes[-1]:
                run["safeground_postgis"] = ours(file, asked.postgis)
            run["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
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
