"""A lane plan as GeoJSON, GPX and KML, for maps, handsets and globes: the same text for the same plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from safeground.foundation.errors import RequestError
from safeground.plan.lanes import LanePlan
from safeground.plan.survey_points import SurveyPoint

Array = NDArray[np.float64]
#: Maps arrays x, y (m of the plan's coordinate system) to arrays of longitude and latitude, degrees of WGS 84.
ToLonLat = Callable[[Array, Array], tuple[Array, Array]]
#: A hundred-millionth of a degree is a millimetre.
DECIMALS = 8
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
GPX, KML = "http://www.topografix.com/GPX/1/1", "http://www.opengis.net/kml/2.2"
WORDS = {"reference_point": "reference point", "benchmark": "benchmark", "start_point": "start point",
         "turning_point": "turning point", "intermediate_point": "intermediate point"}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _lonlat(xy: Array, to_lonlat: ToLonLat, name: str) -> Array:
    lon, lat = to_lonlat(xy[:, 0], xy[:, 1])
    out: Array = np.round(np.column_stack([lon, lat]).astype(np.float64), DECIMALS) + np.float64(0.0)
    if not (np.isfinite(out).all() and (np.abs(out) <= (180.0, 90.0)).all()):
        raise RequestError("SG-PLAN-027", name, "a position has no longitude and latitude within ±180°, ±90°.",
                           "State the coordinate system in which the outline was given.")
    return out


def _mapped(geometry: Geometry, to_lonlat: ToLonLat, name: str) -> Geometry:
    return shapely.transform(geometry, lambda xy: _lonlat(xy, to_lonlat, name))


def _points(plan: LanePlan, to_lonlat: ToLonLat, name: str) -> list[tuple[SurveyPoint, float, float]]:
    xy = np.array([(point.x, point.y) for point in plan.survey_points])
    return [(point, lon, lat) for point, (lon, lat)
            in zip(plan.survey_points, _lonlat(xy, to_lonlat, name).tolist(), strict=True)]


def _says(point: SurveyPoint) -> str:
    """Return a survey point in words: what it is, and the leg to the next one."""
    text = WORDS[point.kind] + (" (proposed, to be confirmed on the ground)" if point.proposed else "")
    if point.next_name is None or point.bearing_deg is None or point.distance_m is None:
        return text
    return f"{text}; to {point.next_name}: grid bearing {point.bearing_deg:.2f}°, {point.distance_m:.2f} m"


def figures(plan: LanePlan) -> dict[str, Any]:
    """Return the figures of a plan as plain numbers, without its geometry."""
    return {
        "lanes": plan.lane_count, "lower_bound": plan.lower_bound, "width_m": plan.width_m,
        "direction_deg": plan.direction_deg, "directions": len(plan.cells), "area_m2": round(plan.area_m2, 4),
        "lane_m": round(plan.lane_m, 3), "share_covered": round(plan.share_covered, 9),
        "share_overlap": abs(round(plan.share_overlap, 9)), "share_outside": abs(round(plan.share_outside, 9)),
        "dead_walk_m": round(plan.dead_walk_m, 3), "start_line_m": round(plan.start_line_m, 3),
        "deminers_at_once": plan.deminers_at_once, "box_m": plan.box_m, "boxes": plan.box_count,
        "deminer_days": None if plan.deminer_days is None else round(plan.deminer_days, 3)}


def to_geojson(plan: LanePlan, to_lonlat: ToLonLat, name: str = "lanes") -> dict[str, Any]:
    """Return lanes, centre lines, start lines and survey points as a FeatureCollection (RFC 7946).

    Parameters
    ----------
    to_lonlat : maps arrays x, y of the plan to longitude and latitude, degrees of WGS 84.

    Raises
    ------
    RequestError : a position has no longitude and latitude (``SG-PLAN-027``).
    """
    features: list[dict[str, Any]] = []

    def add(kind: str, geometry: dict[str, Any], **properties: Any) -> None:
        features.append({"type": "Feature", "properties": {"kind": kind, **properties}, "geometry": geometry})

    for lane in plan.lanes:
        ground = shapely.orient_polygons(_mapped(lane.polygon, to_lonlat, name))
        rings = [shapely.get_coordinates(ring).tolist() for ring in (ground.exterior, *ground.interiors)]
        add("lane", {"type": "Polygon", "coordinates": rings}, number=lane.number, cell=lane.cell + 1, box=lane.box,
            length_m=round(lane.length_m, 3), width_m=round(lane.width_m, 6), area_m2=round(lane.polygon.area, 4))
    for lane in plan.lanes:
        add("centre_line", _line(_mapped(lane.centre_line, to_lonlat, name)), number=lane.number)
    for number, cell in enumerate(plan.cells, 1):
        add("start_line", _line(_mapped(cell.start_line, to_lonlat, name)), cell=number,
            direction_deg=round(cell.direction_deg, 6), lanes=cell.lane_count)
    for point, lon, lat in _points(plan, to_lonlat, name):
        add(point.kind, {"type": "Point", "coordinates": [lon, lat]}, name=point.name, next=point.next_name,
            proposed=point.proposed, bearing="grid", bearing_deg=_rounded(point.bearing_deg, 4),
            distance_m=_rounded(point.distance_m, 3))
    return {"type": "FeatureCollection", "name": name, "figures": figures(plan), "features": features}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _line(line: Geometry) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": shapely.get_coordinates(line).tolist()}


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = NOT_IN_XML.sub("�", text)


def _written(root: ET.Element) -> str:
    ET.indent(root, " ")
    return HEAD + ET.tostring(root, encoding="unicode") + "\n"


def to_gpx(plan: LanePlan, to_lonlat: ToLonLat, name: str = "lanes") -> str:
    """Return GPX 1.1: survey points as waypoints, centre lines as routes from the start side inward.

    Parameters
    ----------
    to_lonlat : maps arrays x, y of the plan to longitude and latitude, degrees of WGS 84.

    Raises
    ------
    RequestError : a position has no longitude and latitude (``SG-PLAN-027``).
    """
    root = ET.Element("gpx", {"version": "1.1", "creator": "Safeground", "xmlns": GPX})
    _text(ET.SubElement(root, "metadata"), "name", name)
    for point, lon, lat in _points(plan, to_lonlat, name):
        waypoint = ET.SubElement(root, "wpt", _place(lon, lat))
        _text(waypoint, "name", point.name)
        _text(waypoint, "desc", _says(point))
        _text(waypoint, "type", WORDS[point.kind])
    for lane in plan.lanes:
        route = ET.SubElement(root, "rte")
        _text(route, "name", f"Lane {lane.number}")
        _text(route, "desc", f"box {lane.box}, {lane.length_m:.1f} m long, {lane.width_m:.2f} m wide")
        _text(route, "number", str(lane.number))
        for lon, lat in shapely.get_coordinates(_mapped(lane.centre_line, to_lonlat, name)).tolist():
            ET.SubElement(route, "rtept", _place(lon, lat))
    return _written(root)


def _place(lon: float, lat: float) -> dict[str, str]:
    return {"lat": f"{lat:.{DECIMALS}f}", "lon": f"{lon:.{DECIMALS}f}"}


def to_kml(plan: LanePlan, to_lonlat: ToLonLat, name: str = "lanes") -> str:
    """Return KML 2.2: folders of lanes, start lines and survey points.

    Parameters
    ----------
    to_lonlat : maps arrays x, y of the plan to longitude and latitude, degrees of WGS 84.

    Raises
    ------
    RequestError : a position has no longitude and latitude (``SG-PLAN-027``).
    """
    root = ET.Element("kml", {"xmlns": KML})
    document = ET.SubElement(root, "Document")
    _text(document, "name", name)
    lanes, starts, points = (_folder(document, title) for title in ("Lanes", "Start lines", "Survey points"))
    for lane in plan.lanes:
        mark = _mark(lanes, f"Lane {lane.number}", f"box {lane.box}, {lane.length_m:.1f} m long")
        both = ET.SubElement(mark, "MultiGeometry")
        ground = shapely.orient_polygons(_mapped(lane.polygon, to_lonlat, name))
        polygon = ET.SubElement(both, "Polygon")
        for number, ring in enumerate((ground.exterior, *ground.interiors)):
            side = ET.SubElement(polygon, "innerBoundaryIs" if number else "outerBoundaryIs")
            _coordinates(ET.SubElement(side, "LinearRing"), ring)
        _coordinates(ET.SubElement(both, "LineString"), _mapped(lane.centre_line, to_lonlat, name))
    for number, cell in enumerate(plan.cells, 1):
        mark = _mark(starts, f"Start line {number}", f"{cell.lane_count} lanes, grid bearing {cell.direction_deg:.2f}°")
        _coordinates(ET.SubElement(mark, "LineString"), _mapped(cell.start_line, to_lonlat, name))
    for point, lon, lat in _points(plan, to_lonlat, name):
        mark = _mark(points, point.name, _says(point))
        _text(ET.SubElement(mark, "Point"), "coordinates", f"{lon:.{DECIMALS}f},{lat:.{DECIMALS}f}")
    return _written(root)


def _folder(document: ET.Element, title: str) -> ET.Element:
    folder = ET.SubElement(document, "Folder")
    _text(folder, "name", title)
    return folder


def _mark(folder: ET.Element, title: str, says: str) -> ET.Element:
    mark = ET.SubElement(folder, "Placemark")
    _text(mark, "name", title)
    _text(mark, "description", says)
    return mark


def _coordinates(parent: ET.Element, line: Geometry) -> None:
    _text(parent, "coordinates", " ".join(f"{lon:.{DECIMALS}f},{lat:.{DECIMALS}f}"
                                          for lon, lat in shapely.get_coordinates(line).tolist()))
