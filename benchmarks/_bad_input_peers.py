"""Read files as geopandas and pandas read them, one forked process each; paths come as JSON lines, answers go back.

Started by :mod:`benchmarks.bad_input`; one import for all files, a limit of time and memory for each.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import warnings
from typing import Any

LIMIT_S = 10.0
LIMIT_BYTES = 4 * 2**30


def read(path: str, fmt: str, encoding: str | None) -> tuple[int, int]:
    """Return how many rows the peer reads and how many of them have no geometry.

    Tables are read with pandas and turned into geometry the usual way, without a look at the values.
    """
    import geopandas
    import pandas

    if fmt in ("csv", "xlsx"):
        table = pandas.read_csv(path, encoding=encoding) if fmt == "csv" else pandas.read_excel(path)
        if "wkt" in table:
            shapes = geopandas.GeoSeries.from_wkt(table["wkt"])
        elif "latitude" in table and "longitude" in table:
            shapes = geopandas.GeoSeries(geopandas.points_from_xy(table["longitude"], table["latitude"]))
        elif "easting" in table and "northing" in table:
            shapes = geopandas.GeoSeries(geopandas.points_from_xy(table["easting"], table["northing"]))
        else:
            return len(table), 0
    else:
        table = geopandas.read_file(path)
        if not isinstance(table, geopandas.GeoDataFrame):
            return len(table), len(table)
        shapes = table.geometry
    return len(table), int((shapes.isna() | shapes.is_empty).sum())


def _child(answer: int, job: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    warnings.simplefilter("ignore")
    try:
        rows, null = read(job["path"], job["format"], job.get("encoding"))
        said: dict[str, Any] = {"status": "read", "rows": rows, "null": null}
    except BaseException as error:  # a refusal, in whatever words
        said = {"status": "refused", "why": f"{type(error).__name__}: {error}"[:200]}
    os.write(answer, json.dumps(said).encode())
    os._exit(0)


def peer(job: dict[str, Any]) -> dict[str, Any]:
    """Read one file in a process of its own and return what came of it: read, refused, timeout or crash."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _child(theirs, job)
    os.close(theirs)
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            said = os.read(ours, 65_536)
            os.close(ours)
            return json.loads(said) if said else {"status": "crash", "why": f"wait status {status}"}
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ours)
    return {"status": "timeout"}


def main() -> None:
    """Answer each job of the standard input."""
    import geopandas
    import openpyxl
    import pandas
    import pyogrio

    _ = (openpyxl, pyogrio.list_drivers())
    print(json.dumps({"geopandas": geopandas.__version__, "pandas": pandas.__version__,
                      "gdal": ".".join(map(str, pyogrio.__gdal_version__))}), flush=True)
    for line in sys.stdin:
        print(json.dumps(peer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
