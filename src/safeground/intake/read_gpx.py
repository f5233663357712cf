"""GPX 1.0 and 1.1: waypoints as points, tracks and routes as lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.finding import Finding
from safeground.intake.outlines import OutlineFault
from safeground.intake.table import RawTable, row_error
from safeground.intake.xml import children, number, parse, text_of

_NAMES = ("name", "desc", "cmt", "time", "type", "sym", "ele")


def _point(element: Any) -> tuple[float, float]:
    missing = [name for name in ("lon", "lat") if element.get(name) is None]
    if missing:
        raise OutlineFault(f"a point has no {' and no '.join(missing)}")
    return number(element.get("lon").strip()), number(element.get("lat").strip())


def _line(points: list[Any]) -> Geometry:
    if len(points) < 2:
        raise OutlineFault(f"a line has {len(points)} points, expected at least two")
    return shapely.LineString([_point(item) for item in points])


def _track(element: Any) -> Geometry:
    parts = [_line(children(segment, "trkpt")) for segment in children(element, "trkseg")]
    if not parts:
        raise OutlineFault("a track has no segment")
    return parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)


def read_gpx(file: str, content: bytes) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Return a table of waypoints and one of tracks and routes, each if there is any."""
    root, refused = parse(file, content, "gpx")
    if refused is not None:
        return (), [refused]
    points, lines = children(root, "wpt"), children(root, "trk", "rte")
    tables = [_table(file, layer, found) for layer, found in (("waypoints", points), ("tracks", lines)) if found]
    return tuple(tables), []


def _shape(element: Any) -> Geometry:
    kind = str(element.tag).rsplit("}", 1)[-1]
    if kind == "wpt":
        return shapely.Point(_point(element))
    return _track(element) if kind == "trk" else _line(children(element, "rtept"))


def _table(file: str, layer: str, elements: list[Any]) -> RawTable:
    geometry = np.full(len(elements), None, dtype=object)
    faults, texts = {}, {}
    for index, element in enumerate(elements):
        try:
            geometry[index] = _shape(element)
        except OutlineFault as error:
            faults[index] = (row_error(file, layer, index + 1, "position", "SG-INTAKE-021", f"{error}.",
                                       "Correct the point and send it again."),)
            texts[index] = f"lat={element.get('lat')} lon={element.get('lon')}"
    values = {name: [text_of(element, name) for element in elements] for name in _NAMES}
    kept = {name: list[object](column) for name, column in values.items() if any(column)}
    return RawTable(
        file=file, layer=layer, columns=tuple(kept), values=kept, geometry=geometry,
        row_numbers=tuple(range(1, len(elements) + 1)), crs_text="EPSG:4326", crs_origin="format",
        geometry_text=texts, row_findings=faults)
