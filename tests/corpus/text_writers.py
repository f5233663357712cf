"""Write rows as text formats by hand, so that every fault can be written: no library is asked for its opinion."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from corpus.rows import Geometry, Row

KML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
GPX_HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="corpus" '
            'xmlns="http://www.topografix.com/GPX/1/1">')


def number(value: Any) -> str:
    """Return a coordinate as written: text stands as it is."""
    return value if isinstance(value, str) else format(value, ".9g") if abs(value) < 1e6 else repr(value)


def _wkt_body(coordinates: Any, depth: int) -> str:
    if depth == 0:
        return " ".join(number(v) for v in coordinates)
    return "(" + ", ".join(_wkt_body(item, depth - 1) for item in coordinates) + ")" if coordinates else "EMPTY"


DEPTH = {"Point": 1, "MultiPoint": 2, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def wkt(shape: Geometry) -> str:
    """Return well-known text; "" for no geometry."""
    if shape is None:
        return ""
    kind = shape["type"]
    if kind == "GeometryCollection":
        return f"GEOMETRYCOLLECTION ({', '.join(wkt(item) for item in shape['geometries'])})"
    if kind == "Point":
        return f"POINT ({_wkt_body(shape['coordinates'], 0)})" if shape["coordinates"] else "POINT EMPTY"
    if kind == "MultiPoint":
        return "MULTIPOINT (" + ", ".join(f"({_wkt_body(c, 0)})" for c in shape["coordinates"]) + ")"
    z = " Z" if len(_first(shape["coordinates"])) == 3 else ""
    return f"{kind.upper()}{z} {_wkt_body(shape['coordinates'], DEPTH[kind])}"


def _first(coordinates: Any) -> Any:
    while coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return coordinates


def table(rows: list[Row], *, as_points: bool = False, geometry_column: str = "wkt") -> list[dict[str, Any]]:
    """Return flat rows: the position in columns of its own, or the perimeter as text."""
    if as_points:
        return [row.values | row.position for row in rows]
    return [row.values | {geometry_column: wkt(row.geometry)} for row in rows]


def csv_text(flat: list[dict[str, Any]], *, delimiter: str = ",", newline: str = "\n") -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(flat[0]), delimiter=delimiter, lineterminator=newline)
    writer.writeheader()
    writer.writerows(flat)
    return buffer.getvalue()


def write_csv(path: Path, flat: list[dict[str, Any]], *, encoding: str = "utf-8", **how: str) -> None:
    path.write_bytes(csv_text(flat, **how).encode(encoding))


def write_xlsx(path: Path, flat: list[dict[str, Any]], *, sheet: str = "rows", more: str = "") -> None:
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.title = sheet
    page.append(list(flat[0]))
    for row in flat:
        page.append(list(row.values()))
    if more:
        book.create_sheet(more)
    book.save(path)


def _json_numbers(coordinates: Any) -> str:
    if isinstance(coordinates, list):
        return "[" + ",".join(_json_numbers(item) for item in coordinates) + "]"
    return coordinates if isinstance(coordinates, str) else json.dumps(coordinates)


def geometry_json(shape: Geometry) -> str:
    if shape is None:
        return "null"
    if shape["type"] == "GeometryCollection":
        return '{"type":"GeometryCollection","geometries":[' + ",".join(map(geometry_json, shape["geometries"])) + "]}"
    return f'{{"type":"{shape["type"]}","coordinates":{_json_numbers(shape["coordinates"])}}}'


def feature(row: Row, extra: str = "") -> str:
    values = json.dumps(row.values, ensure_ascii=False)
    return f'{{"type":"Feature",{extra}"properties":{values},"geometry":{geometry_json(row.geometry)}}}'


def geojson(rows: list[Row], *, members: str = "") -> str:
    """Return a FeatureCollection; `members` are more top-level members, each with its comma."""
    return '{"type":"FeatureCollection",' + members + '"features":[\n' + ",\n".join(map(feature, rows)) + "\n]}\n"


def write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    path.write_bytes(text.encode(encoding))


def _kml_ring(ring: Any) -> str:
    text = " ".join(",".join(number(v) for v in c) for c in ring)
    return f"<LinearRing><coordinates>{text}</coordinates></LinearRing>"


def kml_geometry(shape: Geometry) -> str:
    if shape is None:
        return ""
    kind, coordinates = shape["type"], shape.get("coordinates")
    if kind == "GeometryCollection":
        return "<MultiGeometry>" + "".join(map(kml_geometry, shape["geometries"])) + "</MultiGeometry>"
    if kind.startswith("Multi"):
        single = kind.removeprefix("Multi")
        parts = [kml_geometry({"type": single, "coordinates": part}) for part in coordinates]
        return "<MultiGeometry>" + "".join(parts) + "</MultiGeometry>"
    if kind == "Polygon":
        outer = f"<outerBoundaryIs>{_kml_ring(coordinates[0])}</outerBoundaryIs>" if coordinates else ""
        inner = "".join(f"<innerBoundaryIs>{_kml_ring(ring)}</innerBoundaryIs>" for ring in coordinates[1:])
        return f"<Polygon>{outer}{inner}</Polygon>"
    points = [coordinates] if kind == "Point" else coordinates
    text = " ".join(",".join(number(v) for v in c) for c in points)
    return f"<{kind}><coordinates>{text}</coordinates></{kind}>"


def placemark(row: Row, *, extra: str = "") -> str:
    data = "".join(f"<Data name={quoteattr(key)}><value>{escape(str(value))}</value></Data>"
                   for key, value in row.values.items())
    name = escape(str(row.values.get("name", row.values.get("id", ""))))
    return (f"<Placemark><name>{name}</name>{extra}<ExtendedData>{data}</ExtendedData>"
            f"{kml_geometry(row.geometry)}</Placemark>")


def kml(rows: list[Row], *, head: str = KML_HEAD) -> str:
    return head + "<Document>\n" + "\n".join(map(placemark, rows)) + "\n</Document></kml>\n"


def write_kmz(path: Path, members: dict[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def gpx(rows: list[Row]) -> str:
    marks = []
    for row in rows:
        x, y = (number(v) for v in (row.geometry or {})["coordinates"])
        marks.append(f'<wpt lat="{y}" lon="{x}"><time>2024-05-17T09:00:00Z</time><name>{row.values["id"]}</name>'
                     "<desc>craters</desc></wpt>")
    return GPX_HEAD + "\n" + "\n".join(marks) + "\n</gpx>\n"
