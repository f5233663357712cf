"""XLSX, GeoPackage and Shapefile files that are broken or hostile as a whole, or at one row."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import apsw

from corpus import binary_writers as binary
from corpus import text_writers as text
from corpus.case import HELD, REFUSED, Corpus
from corpus.point_cases import metres
from corpus.rows import Row, accidents, areas
from corpus.text_file_cases import PNG, RUBBISH, put
from corpus.xml_file_cases import FALLS, LAUGHS, LOST, write_bomb

WRONG = "a place is read that nobody wrote"


def _xlsx_bytes(rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    text.write_xlsx(buffer, text.table(rows, as_points=True))  # type: ignore[arg-type]
    return buffer.getvalue()


def _repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = change(item.filename, old.read(item))
            if content is not None:
                new.writestr(zipfile.ZipInfo(item.filename), content)
    return buffer.getvalue()


def _in_sheet(edit: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    return lambda name, content: edit(content) if name.startswith("xl/worksheets/") else content


def _add_xlsx(corpus: Corpus) -> None:
    whole = _xlsx_bytes(accidents("xlsx files"))
    entity = f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{(corpus.folder / "secret.txt").as_uri()}">]>'.encode()
    for name, defect, data in (
            ("empty", "no byte at all", b""),
            ("rubbish", "bytes of no known kind", RUBBISH),
            ("png", "a picture with the ending of a workbook", PNG),
            ("encrypted", "a workbook behind a password, or of the old kind",
             b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + RUBBISH),
            ("cut", "a file cut in the middle", whole[: len(whole) // 2]),
            ("cut-end", "a file without its last bytes", whole[:-30]),
            ("no-book", "an archive without a workbook",
             _repacked(whole, lambda name, content: None if name == "xl/workbook.xml" else content)),
            ("no-sheet", "a workbook whose sheet is missing",
             _repacked(whole, lambda name, content: None if name.startswith("xl/worksheets/") else content)),
            ("sheet-cut", "a sheet cut in the middle",
             _repacked(whole, _in_sheet(lambda content: content[: len(content) // 2]))),
            ("sheet-laughs", "entities that unfold to a thousand million words",
             _repacked(whole, _in_sheet(
                 lambda content: LAUGHS.encode() + content.replace(b"<v>0</v>", b"<v>&j;</v>")))),
            ("sheet-xxe", "an entity that is a file of this machine",
             _repacked(whole, _in_sheet(lambda content: entity + content.replace(b"<v>0</v>", b"<v>&x;</v>")))),
            ("csv-inside", "a table with the ending of a workbook",
             text.csv_text(text.table(accidents("csv in xlsx"), as_points=True)).encode())):
        corpus.add("xlsx", f"file-{name}", "incident", defect, REFUSED, put(data), rows=4, meaning=LOST)
    corpus.add("xlsx", "file-bomb", "incident", "200 MiB in 200 KB", REFUSED, lambda path: _bomb_book(path, whole),
               meaning=FALLS)
    table = text.table(accidents("xlsx tables"), as_points=True)
    corpus.add("xlsx", "file-header-only", "incident", "a header and no row", REFUSED,
               lambda path: _write_book(path, [list(table[0])]), meaning=LOST)
    corpus.add("xlsx", "file-no-sheet-rows", "incident", "an empty sheet", REFUSED,
               lambda path: _write_book(path, []), meaning=LOST)
    corpus.add("xlsx", "file-headers-double", "incident", "two columns of injured people", REFUSED,
               lambda path: _write_book(path, [["id", "date", "device", "injured", "injured", "latitude", "longitude"],
                                               *[list(row.values()) for row in table]]), rows=4, meaning=LOST)
    corpus.add("xlsx", "file-column-missing", "incident", "the column of the longitude is missing", REFUSED,
               lambda path: text.write_xlsx(path, [{k: v for k, v in row.items() if k != "longitude"}
                                                   for row in table]), rows=4, meaning="accidents without a place")
    for name, defect, at in (("beyond", "a value to the right of the last named column", 7),
                             ("shifted", "cells shifted by one from the third column on", 2)):
        lines = [list(table[0]), *[list(row.values()) for row in table]]
        lines[2].insert(at, "near the school")
        corpus.add("xlsx", f"row-{name}", "incident", defect, HELD, lambda path, lines=lines: _write_book(path, lines),
                   rows=4, bad=(2,), meaning=WRONG)
    for name, defect, column, value in (
            ("formula", "a formula in place of a latitude", "latitude", "=51+0.03"),
            ("formula-cell", "a formula that copies another row", "longitude", "=G2"),
            ("formula-outside", "a formula that reads another file", "latitude", "='[other.xlsx]rows'!$A$1"),
            ("formula-web", "a formula that calls a link", "latitude", f'=WEBSERVICE("{corpus.url}")'),
            ("formula-count", "a formula in place of a number of people", "killed", "=1+1"),
            ("error", "a cell that shows an error", "latitude", "#REF!"),
            ("error-division", "a cell that shows a division by zero", "injured", "#DIV/0!"),
            ("truth", "a truth value in place of a latitude", "latitude", True),
            ("truth-count", "a truth value in place of a number of people", "killed", True)):
        flat = [dict(row) for row in table]
        flat[1][column] = value
        corpus.add("xlsx", f"row-{name}", "incident", defect, HELD, lambda path, flat=flat: text.write_xlsx(path, flat),
                   rows=4, bad=(2,), meaning=WRONG)


def _write_book(path: Path, lines: list[list[object]]) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)


def _bomb_book(path: Path, whole: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        others = {name: old.read(name) for name in old.namelist() if not name.startswith("xl/worksheets/")}
    write_bomb(path, "xl/worksheets/sheet1.xml",
               '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>',
               "</sheetData></worksheet>", others)


def _sql(*statements: str) -> Callable[[apsw.Connection], None]:
    def run(db: apsw.Connection) -> None:
        for statement in statements:
            db.execute(statement)

    return run


ENDLESS = ("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
           "SELECT i AS fid, (SELECT geom FROM areas LIMIT 1) AS geom, 'HA' AS id FROM n")
VIEW = ("UPDATE gpkg_contents SET table_name = '{0}', identifier = '{0}'",
        "UPDATE gpkg_geometry_columns SET table_name = '{0}'")


def _add_gpkg(corpus: Corpus) -> None:
    rows = areas("gpkg files")

    def gpkg(name: str, defect: str, write: Callable[[Path], object], meaning: str = LOST) -> None:
        corpus.add("gpkg", f"file-{name}", "hazardous_area", defect, REFUSED, write, rows=4, meaning=meaning)

    for srs, defect in ((-1, "metres of no stated system (srs_id -1)"), (0, "degrees of no stated system (srs_id 0)"),
                        (999999, "a local grid that nobody defined")):
        gpkg(f"srs-{abs(srs)}", defect, lambda path, srs=srs: binary.write_gpkg(path, rows, srs=srs), WRONG)
    gpkg("srs-no-row", "a system that the file does not list", lambda path: binary.write_gpkg(
        path, rows, mutate=_sql("UPDATE gpkg_geometry_columns SET srs_id = 4999")), WRONG)
    grid = metres(rows, 32626)
    gpkg("zone-beside", "the wrong UTM zone stated", lambda path: binary.write_gpkg(path, grid, srs=32627), WRONG)
    gpkg("degrees-for-metres", "degrees stated to be metres",
         lambda path: binary.write_gpkg(path, rows, srs=32626), WRONG)
    gpkg("metres-for-degrees", "metres stated to be degrees",
         lambda path: binary.write_gpkg(path, grid, srs=4326), WRONG)
    gpkg("far-datum", "a datum of another continent", lambda path: binary.write_gpkg(path, rows, srs=4131), WRONG)
    gpkg("no-rows", "a layer without a row",
         lambda path: binary.write_gpkg(path, rows, mutate=_sql("DELETE FROM areas")))
    gpkg("unregistered", "a layer that the file does not list",
         lambda path: binary.write_gpkg(path, rows, registered=False))
    gpkg("layer-missing", "a listed layer that is not there",
         lambda path: binary.write_gpkg(path, rows, mutate=_sql("DROP TABLE areas")))
    gpkg("no-tables", "a database without the tables of a GeoPackage", _plain_database)
    gpkg("endless-view", "a view without end as layer", lambda path: binary.write_gpkg(
        path, rows, mutate=_sql(ENDLESS, *(line.format("endless") for line in VIEW))), FALLS)
    gpkg("schema-view", "a view of the file's own schema as layer", lambda path: binary.write_gpkg(
        path, rows, mutate=_sql("CREATE VIEW hostile AS SELECT rowid AS fid, sql AS geom, name AS id "
                                        "FROM sqlite_master",
        *(line.format("hostile") for line in VIEW))), WRONG)
    gpkg("function-view", "a view that loads a foreign library", lambda path: binary.write_gpkg(path, rows, mutate=_sql(
        "CREATE VIEW hostile AS SELECT fid, geom, load_extension('./evil.so') AS id FROM areas",
        *(line.format("hostile") for line in VIEW))), "foreign code ran")
    def spoiled(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
        def write(path: Path) -> None:
            binary.write_gpkg(path, rows)
            path.write_bytes(change(path.read_bytes()))

        return write

    for name, defect, change in (
            ("empty", "no byte at all", lambda data: b""),
            ("rubbish", "bytes of no known kind", lambda data: RUBBISH),
            ("png", "a picture with the ending of a GeoPackage", lambda data: PNG),
            ("header", "a broken head of the file", lambda data: b"SQLite formbt 3\0" + data[16:]),
            ("page-size", "an impossible page size", lambda data: data[:16] + b"\x00\x07" + data[18:]),
            ("cut", "a file cut in the middle", lambda data: data[: len(data) // 2]),
            ("head-only", "the first hundred bytes", lambda data: data[:100]),
            ("pages-overwritten", "pages of another file inside",
             lambda data: data[:4096] + RUBBISH[:4096] * (len(data) // 4096 - 1))):
        gpkg(name, defect, spoiled(change))
    _add_gpkg_rows(corpus)


def _plain_database(path: Path) -> None:
    db = apsw.Connection(str(path))
    db.execute("CREATE TABLE areas (id TEXT, wkt TEXT)")
    db.execute("INSERT INTO areas VALUES ('HA-001', 'POLYGON((-29.9 51,-29.8 51,-29.8 51.1,-29.9 51))')")
    db.close()


def _add_gpkg_rows(corpus: Corpus) -> None:
    rows = areas("gpkg rows")
    good = [binary.gpkg_blob(row.geometry) for row in rows]
    plain = good[1] or b""
    for name, defect, blob in (
            ("blob-null", "no outline at all", None),
            ("blob-empty", "an outline of no bytes", b""),
            ("blob-cut", "an outline cut in the middle", plain[: len(plain) // 2]),
            ("blob-head", "a head without an outline", plain[:8]),
            ("blob-magic", "an outline that is none", b"XX" + plain[2:]),
            ("blob-text", "well-known text in place of binary", text.wkt(rows[1].geometry).encode()),
            ("blob-wkb", "an outline without the head of a GeoPackage", plain[8:]),
            ("blob-kind", "a kind of shape that does not exist", plain[:9] + struct.pack("<I", 77) + plain[13:]),
            ("blob-count", "four thousand million turning points", plain[:17] + b"\xff\xff\xff\xfe" + plain[21:]),
            ("blob-system", "an outline in another system than its layer",
             binary.gpkg_blob(metres([rows[1]], 32626)[0].geometry, 32626))):
        blobs = [good[0], blob, *good[2:]]
        corpus.add("gpkg", f"row-{name}", "hazardous_area", defect, HELD,
                   lambda path, blobs=blobs: binary.write_gpkg(path, rows, blobs=blobs), rows=4, bad=(2,), meaning=LOST)
    people = accidents("gpkg people")
    people[1].values["killed"] = "two"
    corpus.add("gpkg", "row-text-in-integer", "incident", "a word in a column declared as whole number", HELD,
               lambda path: binary.write_gpkg(path, people, types={"killed": "INTEGER"}), rows=4, bad=(2,),
               meaning="a person killed is counted as none")


def _add_shp(corpus: Corpus) -> None:
    rows = areas("shp files")

    def shp(name: str, defect: str, change: Callable[[Path], object], meaning: str = LOST, *,
            written: list[Row] = rows, prj: str | None = binary.WGS84_WKT1) -> None:
        def write(path: Path) -> None:
            binary.write_shp(path, written, prj=prj)
            change(path)

        corpus.add("shp", f"file-{name}", "hazardous_area", defect, REFUSED, write, rows=4, meaning=meaning)

    def cut(suffix: str, keep: float) -> Callable[[Path], object]:
        def change(path: Path) -> None:
            part = path.with_suffix(suffix)
            part.write_bytes(part.read_bytes()[: int(part.stat().st_size * keep)])

        return change

    def edit(suffix: str, offset: int, new: bytes) -> Callable[[Path], object]:
        def change(path: Path) -> None:
            part = path.with_suffix(suffix)
            data = part.read_bytes()
            part.write_bytes(data[:offset] + new + data[offset + len(new):])

        return change

    def nothing(path: Path) -> None:
        """Change nothing more."""

    grid = metres(rows, 32626)
    from_epsg = binary.CRS.from_epsg
    shp("no-prj", "no coordinate system", nothing, WRONG, prj=None)
    shp("no-prj-metres", "metres without a coordinate system", nothing, WRONG, written=grid, prj=None)
    shp("prj-empty", "an empty .prj", nothing, WRONG, prj="")
    shp("prj-rubbish", "a .prj that nobody can read", nothing, WRONG, prj="GEOGCS[[[")
    shp("prj-local", "a .prj of a local grid", nothing, WRONG, prj='LOCAL_CS["site grid",UNIT["metre",1]]')
    shp("prj-word", "a name in place of a definition", nothing, WRONG, prj="our grid")
    shp("prj-zone", "the wrong UTM zone stated", nothing, WRONG, written=grid, prj=from_epsg(32627).to_wkt("WKT1_ESRI"))
    shp("prj-degrees", "metres stated to be degrees", nothing, WRONG, written=grid)
    shp("prj-metres", "degrees stated to be metres", nothing, WRONG, prj=from_epsg(32626).to_wkt("WKT1_ESRI"))
    shp("prj-far-datum", "a datum of another continent", nothing, WRONG, prj=from_epsg(4131).to_wkt("WKT1_ESRI"))
    for suffix, defect in ((".dbf", "no .dbf: outlines without a name"), (".shx", "no .shx")):
        shp(f"no-{suffix[1:]}", defect, lambda path, suffix=suffix: path.with_suffix(suffix).unlink())
    shp("cut", "a .shp cut in the middle", cut(".shp", 0.5))
    shp("cut-end", "a .shp without its last bytes", cut(".shp", 0.97))
    shp("shx-cut", "a .shx cut in the middle", cut(".shx", 0.8))
    shp("dbf-cut", "a .dbf cut in the middle", cut(".dbf", 0.6))
    shp("dbf-more", "a .dbf that counts nine rows for four outlines", edit(".dbf", 4, struct.pack("<I", 9)))
    shp("dbf-fewer", "a .dbf that counts two rows for four outlines", edit(".dbf", 4, struct.pack("<I", 2)))
    shp("dbf-head", "a .dbf whose head is longer than the file", edit(".dbf", 8, struct.pack("<H", 60_000)))
    shp("dbf-rubbish", "a .dbf that is none", lambda path: path.with_suffix(".dbf").write_bytes(RUBBISH))
    shp("magic", "a .shp without its mark", edit(".shp", 0, b"\0\0\0\0"))
    shp("kind", "a kind of shape that does not exist", edit(".shp", 32, struct.pack("<i", 99)))
    shp("empty", "a .shp of no bytes", lambda path: path.write_bytes(b""))
    shp("png", "a picture with the ending of a Shapefile", lambda path: path.write_bytes(PNG))
    shp("no-rows", "a Shapefile without a row", _no_rows)
    good = [binary.shp_content(row.geometry, 5) for row in rows]
    plain = good[1]
    for name, defect, content in (
            ("null", "no outline at all", struct.pack("<i", 0)),
            ("parts-many", "two thousand million parts", plain[:36] + struct.pack("<i", 2**31 - 1) + plain[40:]),
            ("points-many", "two thousand million turning points",
             plain[:40] + struct.pack("<i", 2**31 - 1) + plain[44:]),
            ("points-negative", "a negative number of turning points", plain[:40] + struct.pack("<i", -5) + plain[44:]),
            ("part-start", "a part that starts after the end", plain[:44] + struct.pack("<i", 900) + plain[48:]),
            ("kind-other", "a point among outlines",
             binary.shp_content({"type": "Point", "coordinates": [-29.9, 51.0]}, 1)),
            ("content-cut", "an outline cut in the middle", plain[: len(plain) // 4 * 2])):
        contents = [good[0], content, *good[2:]]
        corpus.add("shp", f"row-{name}", "hazardous_area", defect, HELD,
                   lambda path, contents=contents: binary.write_shp(path, rows, contents=contents), rows=4, bad=(2,),
                   meaning=LOST, whole_file_too=name not in ("null", "kind-other"))
    named = areas("shp letters")
    named[1].values["name"] = "Высокий берег"
    corpus.add("shp", "row-letters", "hazardous_area", "letters of no stated encoding", HELD,
               lambda path: binary.write_shp(path, named, cpg=None, encoding="cp1251"), rows=4, bad=(2,),
               meaning="names of places are lost", whole_file_too=True)


def _no_rows(path: Path) -> None:
    binary.write_shp(path, areas("shp no rows", 1), contents=[])
    dbf = path.with_suffix(".dbf")
    data = dbf.read_bytes()
    head = struct.unpack("<H", data[8:10])[0]
    dbf.write_bytes(data[:4] + struct.pack("<I", 0) + data[8:head] + b"\x1a")


def add_binary_file_cases(corpus: Corpus) -> None:
    _add_xlsx(corpus)
    _add_gpkg(corpus)
    _add_shp(corpus)
