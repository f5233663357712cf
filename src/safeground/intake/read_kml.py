"""KML and KMZ (OGC 12-007r2): placemarks with their data and outline."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.intake.limits import archive_fault
from safeground.intake.outlines import OutlineFault, line, ring, salvage
from safeground.intake.read_xlsx import FAULTS
from safeground.intake.table import RawTable, refusal, row_error
from safeground.intake.xml import children, local, number, parse, text_of

_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_NO_SHAPES = ("Model", "Track", "MultiTrack")
_PICTURES = ("GroundOverlay", "ScreenOverlay", "PhotoOverlay")


def _unpacked(file: str, content: bytes) -> tuple[bytes, Finding | None]:
    """Return the KML of a KMZ, and a refusal, or a warning that names what else it holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            fault = archive_fault(archive, len(content))
            if fault:
                return b"", refusal(file, "SG-INTAKE-004", f"{fault}.", "Send the KML itself.")
            names = [item.filename for item in archive.infolist() if item.filename.lower().endswith(".kml")]
            if not names:
                return b"", refusal(file, "SG-INTAKE-003", "is an archive without a KML.", "Send the KML itself.")
            root = "doc.kml" if "doc.kml" in names else names[0]
            rest = ", ".join(name for name in names if name != root)
            return archive.read(root), Finding(
                Severity.WARNING, "SG-INTAKE-032", file, f"holds more than one KML; {root} was read, not {rest[:200]}.",
                "Send the others as files of their own.", SourceRef(file)) if rest else None
    except FAULTS as error:
        return b"", refusal(file, "SG-INTAKE-005", f"is a damaged archive: {error}.", "Send it again.")


def read_kml(file: str, content: bytes) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Return one table of all placemarks, in the file's order."""
    findings: list[Finding] = []
    if content.startswith(b"PK"):
        content, told = _unpacked(file, content)
        if told is not None and told.severity is Severity.REFUSAL:
            return (), [told]
        findings += [told] if told is not None else []
    root, refused = parse(file, content, "kml")
    if refused is not None:
        return (), [refused]
    marks: list[Any] = []
    for element in root.iter():
        if local(element) == "Placemark":
            marks.append(element)
        elif local(element) == "NetworkLink":
            findings.append(Finding(
                Severity.WARNING, "SG-INTAKE-030", text_of(element, "name") or file,
                "a link to another file was not followed; what it holds is not here.", "Send the linked file too.",
                SourceRef(file)))
        elif local(element) in _PICTURES:
            findings.append(Finding(
                Severity.WARNING, "SG-INTAKE-032", text_of(element, "name") or file,
                f"a {local(element)} is a picture and was not read.", "Draw what it shows as placemarks.",
                SourceRef(file)))
    return (_table(file, marks),), findings


def _table(file: str, marks: list[Any]) -> RawTable:
    geometry = np.full(len(marks), None, dtype=object)
    rows, texts, salvaged, faults = [], {}, {}, {}
    names: dict[str, None] = {}
    for index, mark in enumerate(marks):
        rows.append(_values(mark))
        names.update(dict.fromkeys(rows[-1]))
        shapes = children(mark, *_SHAPES, *_NO_SHAPES)
        try:
            if len(shapes) > 1:
                raise OutlineFault("a placemark has more than one outline")
            geometry[index] = _geometry(shapes[0]) if shapes else None
        except OutlineFault as error:
            faults[index] = (row_error(file, "", index + 1, "coordinates", "SG-INTAKE-021", f"{error}.",
                                       "Correct the placemark and send it again."),)
            texts[index] = " ".join(" ".join("".join(shape.itertext()).split()) for shape in shapes)[:100_000]
            hull = salvage(_readable(texts[index]))
            if hull is not None:
                salvaged[index] = hull
    return RawTable(
        file=file, layer="", columns=tuple(names), values={name: [row.get(name, "") for row in rows] for name in names},
        geometry=geometry, row_numbers=tuple(range(1, len(marks) + 1)), crs_text="EPSG:4326", crs_origin="format",
        geometry_text=texts, salvaged=salvaged, row_findings=faults)


def _readable(text: str) -> list[list[float]]:
    """Return the positions that can be read in a text of coordinates."""
    found = []
    for token in text.split():
        try:
            found.append([number(part) for part in token.split(",")][:3])
        except OutlineFault:
            continue
    return [item for item in found if len(item) >= 2]


def _values(mark: Any) -> dict[str, object]:
    """Return a placemark's name, description, times and extended data."""
    values: dict[str, object] = {}
    for name in ("name", "description"):
        if children(mark, name):
            values[name] = text_of(mark, name)
    for stamp in children(mark, "TimeStamp"):
        values["when"] = text_of(stamp, "when")
    for span in children(mark, "TimeSpan"):
        values |= {"begin": text_of(span, "begin"), "end": text_of(span, "end")}
    for data in children(mark, "ExtendedData"):
        for item in children(data, "Data"):
            values[item.get("name", "")] = text_of(item, "value")
        for schema in children(data, "SchemaData"):
            for item in children(schema, "SimpleData"):
                values[item.get("name", "")] = (item.text or "").strip()
    values.pop("", None)
    return values


def _positions(element: Any) -> list[list[float]]:
    """Return the positions of a coordinates element: tuples of two or three numbers, parted by blanks."""
    found = children(element, "coordinates")
    if len(found) != 1 or not (found[0].text or "").strip():
        raise OutlineFault("an outline has no coordinates")
    positions = []
    for token in found[0].text.split():
        parts = token.split(",")
        if not 2 <= len(parts) <= 3:
            raise OutlineFault(f"a position is {token[:40]!r}, expected longitude,latitude and maybe a height")
        positions.append([number(part) for part in parts])
    return positions


def _ring(boundary: Any) -> list[tuple[float, float]]:
    rings = children(boundary, "LinearRing")
    if len(rings) != 1:
        raise OutlineFault(f"a boundary has {len(rings)} rings, expected one")
    return ring(_positions(rings[0]))


def _geometry(element: Any) -> Geometry:
    kind = local(element)
    if kind == "Point":
        points = line(_positions(element), 1)
        if len(points) != 1:
            raise OutlineFault(f"a point has {len(points)} positions, expected one")
        return shapely.Point(points[0])
    if kind == "LineString":
        return shapely.LineString(line(_positions(element)))
    if kind == "LinearRing":
        return shapely.LineString(ring(_positions(element)))
    if kind == "Polygon":
        outer = children(element, "outerBoundaryIs")
        if len(outer) != 1:
            raise OutlineFault(f"a polygon has {len(outer)} outer boundaries, expected one")
        return shapely.Polygon(_ring(outer[0]), [_ring(item) for item in children(element, "innerBoundaryIs")])
    if kind == "MultiGeometry":
        return _collected([_geometry(item) for item in children(element, *_SHAPES, *_NO_SHAPES)])
    raise OutlineFault(f"a {kind} is no outline")


def _collected(parts: list[Geometry]) -> Geometry:
    """Return parts of one kind as one geometry of several parts."""
    kinds = {part.geom_type for part in parts}
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(parts)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(parts)
    return shapely.MultiPoint(parts) if kinds == {"Point"} else shapely.GeometryCollection(parts)
