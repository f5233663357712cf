"""Sample units as files for the inspector's handset and map: GeoJSON and GPX, numbered in the order of the walk."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from safeground.foundation.finding import Finding, Severity
from safeground.inspection.draw import LotUnits, block_of, to_earth, walk_order
from safeground.operations.inspection_state import folder_of
from safeground.records.quality import InspectionLot, SamplingDraw
from safeground.store.project import Project

_GPX = "http://www.topografix.com/GPX/1/1"
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd]")


def sample_geojson(lot: InspectionLot, draw: SamplingDraw, units: LotUnits, block_m: float) -> str:
    """Return the drawn units as GeoJSON (RFC 7946), in the order of the walk."""
    walk = walk_order(units, units.find(draw.units), block_m)
    names, kinds = units.names, dict(zip(draw.units, range(1, len(draw.units) + 1), strict=True))
    features = [{"type": "Feature", "geometry": json.loads(shapely.to_geojson(shapely.orient_polygons(shape))),
                 "properties": {"number": k, "unit": names[i], "block": block, "drawn_as": kinds[names[i]],
                                "lot": lot.local_id, "sample": "risk-aware" if draw.risk_aware else "plan"}}
                for k, (i, block, shape) in enumerate(zip(
                    walk.tolist(), block_of(units, walk, block_m),
                    [to_earth(units.outline[i], units.crs) for i in walk.tolist()], strict=True), 1)]
    return json.dumps({"type": "FeatureCollection", "name": f"{lot.local_id} sample", "features": features})


def sample_gpx(lot: InspectionLot, draw: SamplingDraw, units: LotUnits, block_m: float) -> str:
    """Return the drawn units as GPX 1.1: a waypoint at the middle of each, and the walk as a route."""
    walk = walk_order(units, units.find(draw.units), block_m)
    names = units.names
    centre = to_earth(shapely.multipoints(shapely.point_on_surface(units.outline[walk])), units.crs)
    places = np.round(shapely.get_coordinates(centre), 8).tolist()
    root = ET.Element("gpx", {"version": "1.1", "creator": "Safeground", "xmlns": _GPX})
    ET.SubElement(ET.SubElement(root, "metadata"), "name").text = _NOT_IN_XML.sub(" ", f"{lot.local_id} sample")
    route = [(f"{k} {names[i]}", {"lat": f"{lat:.8f}", "lon": f"{lon:.8f}"})
             for k, (i, (lon, lat)) in enumerate(zip(walk.tolist(), places, strict=True), 1)]
    for name, place in route:
        ET.SubElement(ET.SubElement(root, "wpt", place), "name").text = name
    line = ET.SubElement(root, "rte")
    ET.SubElement(line, "name").text = f"{lot.local_id} walk"
    for _, place in route:
        ET.SubElement(line, "rtept", place)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def write_sample(project: Project, lot: InspectionLot, draw: SamplingDraw, units: LotUnits, block_m: float, *,
                 withheld: bool) -> tuple[dict[str, str], list[Finding]]:
    """Write a sample's files into ``NAME.inspection``, and return kind → path; none where the position is withheld."""
    if withheld:
        return {}, [Finding(Severity.WARNING, "SG-OPS-129", lot.local_id, "the area's position must not leave the "
                            "project; no sample file is written.", "Hand the unit names to the inspector in person.")]
    folder = folder_of(project, "inspection")
    folder.mkdir(exist_ok=True)
    stem = f"{lot.local_id}-{'risk-aware' if draw.risk_aware else 'sample'}"
    texts = {"geojson": sample_geojson(lot, draw, units, block_m), "gpx": sample_gpx(lot, draw, units, block_m)}
    written: dict[str, str] = {}
    for kind, text in texts.items():
        path: Path = folder / f"{stem}.{kind}"
        part = path.with_suffix(path.suffix + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
        written[kind] = str(path)
    return written, []
