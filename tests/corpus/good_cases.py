"""Good files, as odd as honest files are: whoever refuses everything does not pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
from pyproj import CRS

from corpus import binary_writers as binary
from corpus import text_writers as text
from corpus.case import ACCEPTED, Corpus
from corpus.geometry_cases import write_rows
from corpus.point_cases import metres
from corpus.rows import Row, accidents, areas, cleared, ordnance, polygon, square

CYRILLIC, ARABIC, KHMER = "Высокий берег", "تل الزعتر", "ភ្នំពេញថ្មី"


def _named(name: str, letters: str) -> list[Row]:
    rows = areas(name)
    for number, row in enumerate(rows):
        row.values["name"] = f"{letters} {number + 1}"
    return rows


def _reshaped(name: str, make: Callable[[float, float], Any]) -> list[Row]:
    rows = areas(name)
    for row in rows:
        row.geometry = make(*(row.geometry or {})["coordinates"][0][0])
    return rows


def _clockwise(x: float, y: float) -> Any:
    return polygon(x, y, clockwise=True)


def _holed(x: float, y: float) -> Any:
    return {"type": "Polygon", "coordinates": [square(x, y), square(x + 3e-4, y + 2e-4, size=4e-4, clockwise=True)]}


def _parts(x: float, y: float) -> Any:
    return {"type": "MultiPolygon", "coordinates": [[square(x, y)], [square(x + 0.003, y)]]}


def _heights(x: float, y: float) -> Any:
    return {"type": "Polygon", "coordinates": [[[*point, 120.5] for point in square(x, y)]]}


SHAPES: tuple[tuple[str, str, Callable[[float, float], Any]], ...] = (
    ("clockwise", "outlines that run clockwise", _clockwise), ("holed", "outlines with a hole", _holed),
    ("parts", "areas of two parts", _parts), ("heights", "heights at every turning point", _heights))


def _add_shapes(corpus: Corpus) -> None:
    for fmt in ("csv", "xlsx", "geojson", "gpkg", "kml", "shp"):
        for name, what, make in SHAPES:
            rows = _reshaped(f"good {name} {fmt}", make)
            if fmt == "shp":
                heights = name == "heights"
                corpus.add(fmt, f"good-{name}", "hazardous_area", what, ACCEPTED,
                           lambda path, rows=rows, heights=heights: binary.write_shp(
                               path, rows, kind=binary.SHP_POLYGON_Z if heights else None), rows=4)
                continue
            corpus.add(fmt, f"good-{name}", "hazardous_area", what, ACCEPTED,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows), rows=4)
        for noun, rows in (("cleared_area", cleared(f"good {fmt}")), ("sha", areas(f"good sha {fmt}"))):
            if noun == "sha":
                for row in rows:
                    del row.values["status"]
            corpus.add(fmt, f"good-{noun}", noun, "a plain file", ACCEPTED,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows), rows=4)
        corpus.add(fmt, "good-incident", "incident", "a plain file of points", ACCEPTED,
                   lambda path, fmt=fmt: write_rows(fmt, path, accidents(f"good {fmt}"), as_points=True), rows=4)


def _add_csv(corpus: Corpus) -> None:
    def good(name: str, what: str, write: Callable[[Path], object], noun: str = "hazardous_area",
             options: tuple[tuple[str, str], ...] = ()) -> None:
        corpus.add("csv", f"good-{name}", noun, what, ACCEPTED, write, rows=4, options=options)

    flat = text.table(areas("good csv"))
    good("plain", "a plain file", lambda path: text.write_csv(path, flat))
    good("crlf", "line ends of another system", lambda path: text.write_csv(path, flat, newline="\r\n"))
    good("bom", "a byte order mark", lambda path: text.write_csv(path, flat, encoding="utf-8-sig"))
    good("semicolon", "semicolons between values", lambda path: text.write_csv(path, flat, delimiter=";"))
    good("tab", "tabs between values", lambda path: text.write_csv(path, flat, delimiter="\t"))
    good("no-last-line-end", "no line end after the last row",
         lambda path: path.write_text(text.csv_text(flat).rstrip("\n"), encoding="utf-8", newline=""))
    good("windows-1251", "Cyrillic letters of a stated encoding",
         lambda path: text.write_csv(path, text.table(_named("good 1251", CYRILLIC)), encoding="cp1251"),
         options=(("encoding", "windows-1251"),))
    for name, letters in (("cyrillic", CYRILLIC), ("arabic", ARABIC), ("khmer", KHMER)):
        good(name, f"{name} letters", lambda path, name=name, letters=letters: text.write_csv(
            path, text.table(_named(f"good csv {name}", letters))))
    good("quoted", "commas and quotation marks in a name",
         lambda path: text.write_csv(path, text.table(_named("good quoted", 'Hill "North", upper'))))
    good("line-end-inside", "a line end inside a name",
         lambda path: text.write_csv(path, text.table(_named("good lines", "Hill\nNorth"))))
    good("wkt-lower", "outlines in small letters",
         lambda path: text.write_csv(path, [row | {"wkt": row["wkt"].lower()} for row in flat]))
    good("columns-more", "columns that the product does not know",
         lambda path: text.write_csv(path, [row | {"surveyor_team": "4", "x_remark": "—"} for row in flat]))
    good("metres", "outlines in the metres of a stated system",
         lambda path: text.write_csv(path, text.table(metres(areas("good metres"), 32626))),
         options=(("crs", "EPSG:32626"),))
    dated = [row | {"date": f"{13 + n}/05/2024"} for n, row in enumerate(flat)]
    good("day-first", "dates that can only be day first", lambda path: text.write_csv(path, dated))
    good("area-empty", "no stated area", lambda path: text.write_csv(path, [row | {"area_m2": ""} for row in flat]))
    for notation, what in (("mgrs", "grid references"), ("dms", "degrees, minutes and seconds"),
                           ("decimal", "decimal degrees")):
        for fmt in ("csv", "xlsx"):
            rows = ordnance(f"good {notation} {fmt}", notation=notation)
            corpus.add(fmt, f"good-{notation}", "ordnance", what, ACCEPTED,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows, as_points=True), rows=4)
    spaced = ordnance("good spaced mgrs")
    for row in spaced:
        mark = row.position["mgrs"]
        row.position = {"mgrs": f"{mark[:3]} {mark[3:5]} {mark[5:10]} {mark[10:]}"}
    good("mgrs-spaced", "grid references with spaces",
         lambda path: text.write_csv(path, text.table(spaced, as_points=True)), "ordnance")
    grid = accidents("good grid")
    for row, moved in zip(grid, metres(grid, 32626), strict=True):
        row.position = dict(zip(("easting", "northing"), map(repr, (moved.geometry or {})["coordinates"]), strict=True))
    good("easting", "easting and northing of a stated system",
         lambda path: text.write_csv(path, text.table(grid, as_points=True)), "incident", (("crs", "EPSG:32626"),))


def _add_xlsx(corpus: Corpus) -> None:
    from datetime import date

    flat = text.table(accidents("good xlsx"), as_points=True)
    typed = [row | {"date": date.fromisoformat(row["date"]), "latitude": float(row["latitude"]),
                    "longitude": float(row["longitude"]), "killed": int(row["killed"])} for row in flat]

    def good(name: str, what: str, rows: list[dict[str, Any]], noun: str = "incident", **how: str) -> None:
        corpus.add("xlsx", f"good-{name}", noun, what, ACCEPTED, lambda path: text.write_xlsx(path, rows, **how),
                   rows=4)

    good("typed", "date cells and number cells", typed)
    good("sheet-name", "a sheet with an Arabic name", typed, sheet=ARABIC)
    good("sheet-empty", "a second, empty sheet", typed, more="Sheet2")
    good("columns-more", "columns that the product does not know", [row | {"team": 4, "remark": None} for row in typed])
    good("khmer", "Khmer letters", text.table(_named("good xlsx khmer", KHMER)), "hazardous_area")


def _add_geojson(corpus: Corpus) -> None:
    rows = areas("good geojson")
    whole = text.geojson(rows)
    crs = '"crs":{"type":"name","properties":{"name":"%s"}},'

    def good(name: str, what: str, data: str, encoding: str = "utf-8", rows_in: int = 4) -> None:
        corpus.add("geojson", f"good-{name}", "hazardous_area", what, ACCEPTED,
                   lambda path: path.write_bytes(data.encode(encoding)), rows=rows_in)

    good("plain", "a plain file", whole)
    good("crs84", "the usual system, named", text.geojson(rows, members=crs % "urn:ogc:def:crs:OGC:1.3:CRS84"))
    good("metres", "metres of a named system",
         text.geojson(metres(rows, 32626), members=crs % "urn:ogc:def:crs:EPSG::32626"))
    good("bom", "a byte order mark", whole, "utf-8-sig")
    good("arabic", "Arabic letters", text.geojson(_named("good geojson arabic", ARABIC)))
    good("escapes", "letters written as numbers",
         json.dumps(json.loads(text.geojson(_named("good escapes", KHMER))), ensure_ascii=True))
    good("members-more", "members that the format does not know", text.geojson(rows, members='"name":"areas","bbox":'
         '[-30.5,50.8,-29.5,51.3],"generator":{"v":[1,2]},'))
    good("feature-ids", "numbers of the features",
         '{"type":"FeatureCollection","features":[' + ",".join(text.feature(row, f'"id":{n},')
                                                              for n, row in enumerate(rows)) + "]}")
    good("indented", "one number a line", json.dumps(json.loads(whole), indent=2))


def _add_gpkg(corpus: Corpus) -> None:
    def good(name: str, what: str, write: Callable[[Path], object]) -> None:
        corpus.add("gpkg", f"good-{name}", "hazardous_area", what, ACCEPTED, write, rows=4)

    rows = areas("good gpkg")
    good("metres", "metres of a stated system",
         lambda path: binary.write_gpkg(path, metres(rows, 32626), srs=32626))
    good("gdal", "a file that GDAL wrote", lambda path: _with_geopandas(path, rows, 4326))
    good("gdal-metres", "a file that GDAL wrote, in metres", lambda path: _with_geopandas(path, rows, 32626))
    good("index-gaps", "a spatial index that lacks two of four rows", _with_index_gaps)
    good("trigger", "a trigger that deletes rows, should anybody write",
         lambda path: binary.write_gpkg(path, rows, mutate=lambda db: db.execute(
             "CREATE TRIGGER hostile AFTER UPDATE ON areas BEGIN DELETE FROM areas; END")))
    good("khmer", "Khmer letters", lambda path: binary.write_gpkg(path, _named("good gpkg khmer", KHMER)))
    good("layer-name", "a layer whose name holds a quotation mark and a command",
         lambda path: binary.write_gpkg(path, rows, layer="areas'; DROP TABLE x; --"))
    good("types", "numbers as numbers", lambda path: binary.write_gpkg(path, rows, types={"area_m2": "REAL",
                                                                                        "date": "DATE"}))


def _with_geopandas(path: Path, rows: list[Row], epsg: int) -> None:
    import geopandas
    import shapely

    shapes = [shapely.from_geojson(text.geometry_json(row.geometry)) for row in rows]
    frame = geopandas.GeoDataFrame([row.values for row in rows], geometry=shapes, crs=4326).to_crs(epsg)
    frame.to_file(path, engine="pyogrio", **({"layer": "areas"} if path.suffix == ".gpkg" else {"encoding": "utf-8"}))


def _with_index_gaps(path: Path) -> None:
    _with_geopandas(path, areas("good index gaps"), 4326)
    db = apsw.Connection(str(path))
    (table,) = next(db.execute(
        "SELECT name FROM sqlite_master WHERE name LIKE 'rtree_%' AND sql LIKE 'CREATE VIRTUAL%'"))
    db.execute(f'DELETE FROM "{table}" WHERE id > 2')
    db.close()


def _add_shp(corpus: Corpus) -> None:
    def good(name: str, what: str, write: Callable[[Path], object]) -> None:
        corpus.add("shp", f"good-{name}", "hazardous_area", what, ACCEPTED, write, rows=4)

    rows = areas("good shp")
    short = [Row({binary.SHORT.get(k, k): v for k, v in row.values.items()}, row.geometry) for row in rows]
    good("metres", "metres of a stated system", lambda path: binary.write_shp(
        path, metres(rows, 32626), prj=CRS.from_epsg(32626).to_wkt("WKT1_ESRI")))
    good("gdal", "a file that GDAL wrote", lambda path: _with_geopandas(path, short, 4326))
    good("gdal-metres", "a file that GDAL wrote, in metres", lambda path: _with_geopandas(path, short, 32626))
    good("cyrillic", "Cyrillic letters", lambda path: binary.write_shp(path, _named("good shp", CYRILLIC)))
    good("windows-1251", "Cyrillic letters of a stated encoding", lambda path: binary.write_shp(
        path, _named("good shp 1251", CYRILLIC), encoding="cp1251", cpg="1251"))
    good("no-cpg", "plain letters and no stated encoding", lambda path: binary.write_shp(path, rows, cpg=None))


def _add_kml(corpus: Corpus) -> None:
    def good(name: str, what: str, data: str) -> None:
        corpus.add("kml", f"good-{name}", "hazardous_area", what, ACCEPTED,
                   lambda path: path.write_bytes(data.encode()), rows=4)

    rows = areas("good kml")
    marks = [text.placemark(row) for row in rows]
    folders = (f"<Document><Folder><name>north</name>{marks[0]}<Folder><name>upper</name>{marks[1]}</Folder></Folder>"
               f"<Folder><name>south</name>{marks[2]}{marks[3]}</Folder></Document></kml>")
    good("plain", "a plain file", text.kml(rows))
    good("folders", "placemarks in folders", text.KML_HEAD + folders)
    good("no-document", "a folder without a document", text.KML_HEAD + "<Folder>" + "".join(marks) + "</Folder></kml>")
    good("arabic", "Arabic letters", text.kml(_named("good kml arabic", ARABIC)))
    good("styles", "styles beside the placemarks",
         text.KML_HEAD + '<Document><Style id="red"><PolyStyle><color>7f0000ff</color></PolyStyle></Style>'
         + "".join(text.placemark(row, extra="<styleUrl>#red</styleUrl>") for row in rows) + "</Document></kml>")
    good("lines", "coordinates over several lines", text.kml(rows).replace("<coordinates>", "<coordinates>\n\t")
         .replace("</coordinates>", "\n</coordinates>"))
    good("old", "the name space of version 2.1",
         text.kml(rows, head='<?xml version="1.0"?>\n<kml xmlns="http://earth.google.com/kml/2.1">'))
    good("description", "descriptions with web text",
         text.KML_HEAD + "<Document>" + "".join(text.placemark(row, extra="<description><![CDATA[<b>seen</b> & heard]]>"
                                                               "</description>") for row in rows) + "</Document></kml>")
    for name, what, members in (("doc", "an archive", {"doc.kml": text.kml(rows)}),
                                ("name", "an archive whose file has another name", {"areas.kml": text.kml(rows)}),
                                ("pictures", "an archive with pictures",
                                 {"doc.kml": text.kml(rows), "files/a.png": b"\x89PNG\r\n\x1a\n"})):
        corpus.add("kml", f"good-kmz-{name}", "hazardous_area", what, ACCEPTED,
                   lambda path, members=members: text.write_kmz(path, members), rows=4, suffix=".kmz")
    for name in ("one", "two"):
        corpus.add("gpx", f"good-{name}", "evidence", "waypoints", ACCEPTED,
                   lambda path, name=name: text.write_text(path, text.gpx(accidents(f"good gpx {name}"))), rows=4)


def add_good_cases(corpus: Corpus) -> None:
    _add_shapes(corpus)
    _add_csv(corpus)
    _add_xlsx(corpus)
    _add_geojson(corpus)
    _add_gpkg(corpus)
    _add_shp(corpus)
    _add_kml(corpus)
