"""Daily returns for tests: strips of a small area in the sea, as records and as rows of a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import shapely

from safeground.foundation.seeds import stable_id
from safeground.ground.area import geodesic_area_cm2
from safeground.records.nouns import HazardousArea, ProgressReturn
from support.projects import area, caller, new_project, opening

#: Corner and side of area 0, degrees.
WEST, SOUTH, SIDE = -30.0, 51.0, 0.001
COLUMNS = ("instanceID", "corrects", "team", "date", "method", "depth_cm", "hours", "crew", "hours_lost", "reason",
           "area_id", "final_pass", "area_worked")


def strip(x0: float, x1: float, y0: float = 0.0, y1: float = 1.0) -> shapely.Polygon:
    """A rectangle of area 0, in shares of its side; beyond 0 and 1 it lies outside."""
    return shapely.box(WEST + x0 * SIDE, SOUTH + y0 * SIDE, WEST + x1 * SIDE, SOUTH + y1 * SIDE)


def geoshape(shape: shapely.Geometry) -> str:
    """An outline as XLSForm writes it."""
    return ";".join(f"{y!r} {x!r} 0 0" for x, y in shapely.get_coordinates(shape).tolist())


def daily(name: str, shape: shapely.Geometry | None, day: int = 2, **values: Any) -> ProgressReturn:
    """A manual return of team T1."""
    given: dict[str, Any] = {
        "id": stable_id("progress_return", name), "submission_id": name, "task_order_id": "", "team_id": "T1",
        "work_date": date(2026, 2, day), "geometry": shape, "method": "manual", "depth_cm": 20.0, "hours": 6.0,
        "area_cm2": 0 if shape is None else int(geodesic_area_cm2([shape])[0])}
    return ProgressReturn(**(given | values))


def row(name: str, shape: shapely.Geometry | None, day: int = 2, **values: Any) -> dict[str, str]:
    """A row of a file of returns."""
    given = {"instanceID": f"uuid:{name}", "team": "T1", "date": f"2026-02-{day:02d}", "method": "manual",
             "depth_cm": "20", "hours": "5", "crew": "8", "area_worked": "" if shape is None else geoshape(shape)}
    return {key: str(value) for key, value in (given | values).items()}


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """A CSV file of rows."""
    columns = tuple(dict.fromkeys((*COLUMNS, *(key for row in rows for key in row))))
    text = io.StringIO()
    out = csv.DictWriter(text, columns, restval="")
    out.writeheader()
    out.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def field_project(path: Path, count: int = 1, **values: Any) -> list[HazardousArea]:
    """A project of suspected squares, area 0 among them, each with its account."""
    areas = [area(k, size=SIDE, **({"name": f"Field {k}"} | values)) for k in range(count)]
    with new_project(path) as held, held.write(caller().info("intake")) as writer:
        writer.put(areas)
        writer.add_entries([opening(a) for a in areas])
    return areas
