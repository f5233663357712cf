"""CSV and GeoJSON files that are broken as a whole, or whose grammar is broken at one row."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from corpus import text_writers as text
from corpus.case import HELD, REFUSED, Corpus
from corpus.point_cases import metres
from corpus.rows import accidents, areas, polygon

PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
       b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")
RUBBISH = bytes((i * 131 + i // 7 * 17) % 251 for i in range(5000))
LOST = "rows are lost or shifted in silence"
FOREIGN = "bytes that are no such file were read as rows"
DEEP = 100_000


def put(data: bytes | str) -> Callable[[Path], object]:
    """Return a writer of fixed bytes."""
    raw = data.encode() if isinstance(data, str) else data
    return lambda path: path.write_bytes(raw)


def _csv_lines(name: str) -> list[str]:
    return text.csv_text(text.table(areas(name))).splitlines()


def _add_csv(corpus: Corpus) -> None:
    lines = _csv_lines("csv files")
    whole = "\n".join(lines) + "\n"
    header, first, second, third, fourth = lines
    for name, defect, data in (
            ("empty", "no byte at all", b""),
            ("blank", "spaces and line ends only", b"  \n\n \r\n"),
            ("header-only", "a header and no row", (header + "\n").encode()),
            ("rubbish", "bytes of no known kind", RUBBISH),
            ("png", "a picture with the ending of a table", PNG),
            ("zip", "an archive with the ending of a table", b"PK\x03\x04" + RUBBISH),
            ("html", "a web page with the ending of a table",
             b"<!DOCTYPE html><html><body><table><tr><td>id,wkt</td></tr></table></body></html>\n"),
            ("latin", "bytes that are not UTF-8, and no encoding stated",
             whole.replace("Hill", "Чёрный холм").encode("cp1251")),
            ("broken-utf8", "UTF-8 cut in the middle of a letter",
             whole.encode().replace(b"Hill 2", b"H\xc3ll 2")),
            ("utf16-cut", "UTF-16 with half a letter at the end", whole.encode("utf-16")[:-1]),
            ("headers-double", "two columns of one name", whole.replace("name,status", "status,status", 1).encode()),
            ("headers-none", "no header line", ("\n".join(lines[1:]) + "\n").encode())):
        bad = name != "headers-none"
        corpus.add("csv", f"file-{name}", "hazardous_area", defect, REFUSED, put(data), rows=4 if bad else 0,
                   meaning=FOREIGN if name in ("rubbish", "png", "zip", "html") else LOST)
    for name, defect, body in (
            ("row-long", "a row with two values too many", [first, second + ",x,y", third, fourth]),
            ("row-short", "a row with two values too few", [first, second.split(",", 3)[0] + ",only a name", third,
                                                            fourth]),
            ("row-shifted", "a row without its identifier's comma",
             [first, second.replace(",", " ", 1), third, fourth]),
            ("nul", "a NUL byte in a row", [first, second.replace("Hill", "Hi\0ll"), third, fourth]),
            ("wkt-cut", "an outline cut in the middle",
             [first, second[: second.rindex(",")].rstrip('"') + '"', third, fourth]),
            ("wkt-tail", "words after the outline", [first, second[:-1] + ' approx."', third, fourth]),
            ("wkt-mixed", "turning points with two and with three numbers",
             [first, second.replace("))", " 120))"), third, fourth]),
            ("wkt-unknown", "a kind of shape that does not exist",
             [first, second.replace("POLYGON", "POLYGONE"), third, fourth]),
            ("wkt-comma", "decimal commas inside an outline",
             [first, second.replace("51.", "51,").replace("-29.", "-29,"), third, fourth])):
        corpus.add("csv", f"file-{name}", "hazardous_area", defect, HELD, put("\n".join([header, *body]) + "\n"),
                   rows=4, bad=(2,), meaning=LOST, whole_file_too=name.startswith("row") or name == "nul")
    corpus.add("csv", "file-cut", "hazardous_area", "a file cut in the middle of its last row", HELD,
               put(whole[: -len(fourth) // 2]), rows=4, bad=(4,), meaning=LOST, whole_file_too=True)
    rows = accidents("csv missing column")
    flat = [{k: v for k, v in row.items() if k != "longitude"} for row in text.table(rows, as_points=True)]
    corpus.add("csv", "file-column-missing", "incident", "the column of the longitude is missing", REFUSED,
               lambda path: text.write_csv(path, flat), rows=4, meaning="accidents without a place")
    table = text.csv_text(text.table(rows, as_points=True))
    corpus.add("csv", "file-quote-open", "incident", "a quotation mark that is never closed", REFUSED,
               put(table.replace("AC-002,", 'AC-002,"')), rows=4, meaning=LOST)
    double = table.replace("killed,injured", "injured,injured", 1)
    corpus.add("csv", "file-count-double", "incident", "two columns of injured people", REFUSED, put(double), rows=4,
               meaning="people harmed are miscounted")


def _deep(path: Path) -> None:
    path.write_text('{"type":"FeatureCollection","features":' + "[" * DEEP + "]" * DEEP + "}")


def _deep_coordinates(path: Path) -> None:
    path.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":'
                    '"Polygon","coordinates":' + "[" * DEEP + "]" * DEEP + "}}]}")


def _topology() -> str:
    ring = [[0, 0], [1200, 0], [0, 800], [-1200, 0], [0, -800]]
    return json.dumps({"type": "Topology", "transform": {"scale": [1e-6, 1e-6], "translate": [-29.9, 51.0]},
                       "objects": {"areas": {"type": "GeometryCollection", "geometries": [
                           {"type": "Polygon", "arcs": [[0]], "properties": {"id": "HA-001", "status": "SHA"}}]}},
                       "arcs": [ring]})


def _add_geojson_files(corpus: Corpus) -> None:
    rows = areas("geojson files")
    whole = text.geojson(rows)
    crs = '"crs":{"type":"name","properties":{"name":"%s"}},'
    grid = metres(areas("geojson grid"), 32626)
    for name, defect, data in (
            ("empty", "no byte at all", ""),
            ("blank", "spaces only", "  \n"),
            ("no-rows", "a collection without one feature", '{"type":"FeatureCollection","features":[]}'),
            ("no-features", "a collection without its list", '{"type":"FeatureCollection"}'),
            ("features-object", "a collection whose list is no list", '{"type":"FeatureCollection","features":{}}'),
            ("list", "a list instead of an object", "[1, 2, 3]"),
            ("number", "a number instead of an object", "51.03"),
            ("type-unknown", "an object of unknown type", whole.replace("FeatureCollection", "Features")),
            ("type-missing", "an object without a type", whole.replace('"type":"FeatureCollection",', "")),
            ("topology", "a TopoJSON with the ending of GeoJSON", _topology()),
            ("esri", "another vendor's JSON with the ending of GeoJSON",
             json.dumps({"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4326}, "features": [
                 {"attributes": {"id": "HA-001"}, "geometry": {"rings": polygon(-29.9, 51.0)["coordinates"]}}]})),
            ("cut", "a file cut in the middle", whole[: len(whole) // 2]),
            ("cut-end", "a file without its last brackets", whole.rstrip()[:-2]),
            ("tail", "words after the end", whole + "approved\n"),
            ("two", "two collections in one file", whole + whole),
            ("comma", "a comma before the last bracket", whole.rstrip()[:-2] + ",]}"),
            ("quotes", "single quotation marks", whole.replace('"', "'")),
            ("comment", "a comment", "// exported\n" + whole),
            ("latin", "bytes that are not UTF-8", whole.replace("Hill", "Чёрный холм").encode("cp1251")),
            ("utf8-cut", "UTF-8 cut in the middle of a letter", whole.encode().replace(b"Hill 2", b"H\xc3ll 2")),
            ("rubbish", "bytes of no known kind", RUBBISH),
            ("png", "a picture with the ending of GeoJSON", PNG),
            ("grid-unstated", "metres without a coordinate system", text.geojson(grid)),
            ("crs-unknown", "a coordinate system that nobody knows", text.geojson(rows, members=crs % "LOCAL:GRID7")),
            ("crs-missing", "a code that no register has",
             text.geojson(rows, members=crs % "urn:ogc:def:crs:EPSG::999999")),
            ("crs-null", "a coordinate system stated to be unknown", text.geojson(rows, members='"crs":null,')),
            ("crs-link", "a coordinate system that lies behind a link",
             text.geojson(rows, members='"crs":{"type":"link","properties":{"href":"' + corpus.url + '"}},')),
            ("crs-contradicts", "metres of one zone stated for degrees",
             text.geojson(rows, members=crs % "urn:ogc:def:crs:EPSG::32626")),
            ("crs-zone-beside", "the wrong UTM zone stated", text.geojson(grid, members=crs % "EPSG:32627")),
            ("features-twice", "the list of features given twice",
             whole.rstrip()[:-1] + ',"features":[' + text.feature(rows[0]) + "]}")):
        corpus.add("geojson", f"file-{name}", "hazardous_area", defect, REFUSED, put(data), rows=4, meaning=LOST)
    for name, write in (("deep", _deep), ("deep-coordinates", _deep_coordinates)):
        corpus.add("geojson", f"file-{name}", "hazardous_area", f"brackets {DEEP:,} deep", REFUSED, write,
                   meaning="the program falls over")


def _add_geojson_rows(corpus: Corpus) -> None:
    rows = areas("geojson rows")
    good = [text.feature(row) for row in rows]
    plain = good[1]
    for name, defect, changed in (
            ("id-twice", "one member given twice in a row",
             plain.replace('"id": "HA-002"', '"id":"HA-002","id":"HA-9"')),
            ("geometry-twice", "the outline given twice in a row", plain[:-1] + ',"geometry":null}'),
            ("type-twice", "the type of shape given twice", plain.replace('"type":"Polygon"',
                                                                          '"type":"Polygon","type":"Point"')),
            ("geometry-missing", "a row without the member geometry", plain[: plain.index(',"geometry"')] + "}"),
            ("type-wrong", "a row that is no feature", plain.replace('"type":"Feature"', '"type":"Fature"')),
            ("shape-unknown", "a kind of shape that does not exist", plain.replace('"Polygon"', '"Circle"')),
            ("shape-lower", "the kind of shape in small letters", plain.replace('"Polygon"', '"polygon"')),
            ("depth-less", "brackets missing round the ring", plain.replace("[[[", "[[").replace("]]]", "]]")),
            ("depth-more", "brackets too many round the ring", plain.replace("[[[", "[[[[").replace("]]]", "]]]]")),
            ("coordinates-null", "coordinates that are null", plain[: plain.index('"coordinates":')] +
             '"coordinates":null}}'),
            ("coordinates-object", "coordinates with names", plain[: plain.index('"coordinates":')] +
             '"coordinates":{"lon":-29.9,"lat":51.0}}}'),
            ("properties-list", "properties that are a list",
             plain[: plain.index('"properties":')] + '"properties":[1],' + plain[plain.index('"geometry"'):]),
            ("null-row", "null in place of a row", "null")):
        body = ",".join([good[0], changed, *good[2:]])
        corpus.add("geojson", f"row-{name}", "hazardous_area", defect, HELD,
                   put('{"type":"FeatureCollection","features":[' + body + "]}"), rows=4, bad=(2,), meaning=LOST,
                   whole_file_too=True)


def add_text_file_cases(corpus: Corpus) -> None:
    _add_csv(corpus)
    _add_geojson_files(corpus)
    _add_geojson_rows(corpus)
