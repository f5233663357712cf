"""Write GeoPackage and Shapefile byte by byte, so that they can hold what no library would write."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
from pyproj import CRS

from corpus.rows import Geometry, Row

WKB_CODE = {"Point": 1, "LineString": 2, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6,
            "GeometryCollection": 7}
WGS84_WKT1 = CRS.from_epsg(4326).to_wkt("WKT1_ESRI")


def _doubles(coordinates: Any) -> bytes:
    return b"".join(struct.pack(f"<{len(c)}d", *(float(v) for v in c)) for c in coordinates)


def wkb(shape: dict[str, Any]) -> bytes:
    """Return ISO well-known binary of raw coordinates, unchecked."""
    kind, coordinates = shape["type"], shape.get("coordinates")
    flat = coordinates
    while flat and isinstance(flat[0], list):
        flat = flat[0]
    code = WKB_CODE[kind] + (1000 if flat and len(flat) == 3 else 0)
    head = struct.pack("<BI", 1, code)
    if kind == "Point":
        return head + (_doubles([coordinates]) if coordinates else struct.pack("<2d", float("nan"), float("nan")))
    if kind == "LineString":
        return head + struct.pack("<I", len(coordinates)) + _doubles(coordinates)
    if kind == "Polygon":
        rings = b"".join(struct.pack("<I", len(ring)) + _doubles(ring) for ring in coordinates)
        return head + struct.pack("<I", len(coordinates)) + rings
    parts = shape["geometries"] if kind == "GeometryCollection" else [
        {"type": kind.removeprefix("Multi"), "coordinates": part} for part in coordinates]
    return head + struct.pack("<I", len(parts)) + b"".join(map(wkb, parts))


def gpkg_blob(shape: Geometry, srs: int = 4326) -> bytes | None:
    if shape is None:
        return None
    empty = not shape.get("coordinates") and "geometries" not in shape
    return b"GP\x00" + bytes([0x11 if empty else 0x01]) + struct.pack("<i", srs) + wkb(shape)


def _systems(db: apsw.Connection, srs: int) -> None:
    db.execute("CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, "
               "organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, "
               "description TEXT)")
    rows: list[tuple[Any, ...]] = [
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", None),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
        ("WGS 84", 4326, "EPSG", 4326, CRS.from_epsg(4326).to_wkt("WKT1_GDAL"), None)]
    if srs not in (-1, 0, 4326, 999999):
        rows.append((f"EPSG {srs}", srs, "EPSG", srs, CRS.from_epsg(srs).to_wkt("WKT1_GDAL"), None))
    if srs == 999999:
        rows.append(("Local grid", srs, "NONE", srs, "undefined", None))
    db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", rows)


def write_gpkg(
    path: Path, rows: list[Row], *, srs: int = 4326, layer: str = "areas", types: dict[str, str] | None = None,
    blobs: list[bytes | None] | None = None, mutate: Callable[[apsw.Connection], object] | None = None,
    geometry_type: str = "GEOMETRY", registered: bool = True,
) -> None:
    """Write a GeoPackage without spatial index.

    `types` gives columns another type than TEXT; `blobs` replaces the geometry column; `mutate` may do anything to
    the finished database.
    """
    columns = list(rows[0].values)
    declared = ", ".join(f'"{name}" {(types or {}).get(name, "TEXT")}' for name in columns)
    db = apsw.Connection(str(path))
    try:
        db.execute("PRAGMA application_id = 1196444487; PRAGMA user_version = 10300; PRAGMA journal_mode = delete")
        with db:
            _systems(db, srs)
            db.execute("CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, "
                       "identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, "
                       "min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER)")
            db.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
                       "geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, "
                       "m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name))")
            db.execute(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {geometry_type}, '
                       f"{declared})")
            if registered:
                db.execute("INSERT INTO gpkg_contents VALUES (?,'features',?,'','2024-05-17T09:00:00.000Z',NULL,NULL,"
                           "NULL,NULL,?)", (layer, layer, srs))
                db.execute("INSERT INTO gpkg_geometry_columns VALUES (?,'geom',?,?,2,0)", (layer, geometry_type, srs))
            marks = ",".join("?" * (len(columns) + 1))
            named = ", ".join(f'"{name}"' for name in columns)
            geometries = blobs if blobs is not None else [gpkg_blob(row.geometry, srs) for row in rows]
            db.executemany(f'INSERT INTO "{layer}" (geom, {named}) VALUES ({marks})',
                           [(blob, *row.values.values()) for blob, row in zip(geometries, rows, strict=True)])
        if mutate is not None:
            mutate(db)
    finally:
        db.close()


SHP_POINT, SHP_LINE, SHP_POLYGON, SHP_POLYGON_Z = 1, 3, 5, 15


def _shp_parts(shape: dict[str, Any]) -> list[Any]:
    """Return the rings, turned round: a Shapefile's outer rings run clockwise, its holes the other way."""
    coordinates = shape["coordinates"]
    if shape["type"] == "LineString":
        return [coordinates]
    rings = [ring for part in coordinates for ring in part] if shape["type"] == "MultiPolygon" else coordinates
    return [ring[::-1] for ring in rings]


def shp_content(shape: Geometry, kind: int) -> bytes:
    """Return one record's content; a null shape for no geometry."""
    if shape is None or not shape["coordinates"]:
        return struct.pack("<i", 0)
    if kind == SHP_POINT:
        return struct.pack("<i2d", 1, *(float(v) for v in shape["coordinates"][:2]))
    parts = _shp_parts(shape)
    points = [[float(v) for v in c] for part in parts for c in part]
    starts, count = [], 0
    for part in parts:
        starts.append(count)
        count += len(part)
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    body = struct.pack("<i4d2i", kind, min(xs), min(ys), max(xs), max(ys), len(parts), count)
    body += struct.pack(f"<{len(starts)}i", *starts) + _doubles([p[:2] for p in points])
    if kind == SHP_POLYGON_Z:
        zs = [p[2] for p in points]
        body += struct.pack("<2d", min(zs), max(zs)) + struct.pack(f"<{count}d", *zs)
    return body


def _shp_head(words: int, kind: int) -> bytes:
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, words) + struct.pack("<2i8d", 1000, kind, -30.5, 50.8, -29.5, 51.3,
                                                                        0, 0, 0, 0)


def dbf_bytes(flat: list[dict[str, Any]], encoding: str = "utf-8") -> bytes:
    """Return a dBase III table, every column as text as wide as its longest value."""
    names = list(flat[0])
    cells = [[str(row[name]).encode(encoding) for name in names] for row in flat]
    widths = [max(1, *(len(line[i]) for line in cells)) for i in range(len(names))]
    fields = b"".join(struct.pack("<11sc4xBB14x", name.encode()[:10], b"C", width, 0)
                      for name, width in zip(names, widths, strict=True))
    head = struct.pack("<4BIHH20x", 3, 124, 5, 17, len(flat), 33 + len(fields), 1 + sum(widths))
    body = b"".join(b" " + b"".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
                    for line in cells)
    return head + fields + b"\r" + body + b"\x1a"


#: Names that fit into the ten letters of a dBase column.
SHORT = {"contamination": "category", "municipality": "admin"}


def write_shp(
    path: Path, rows: list[Row], *, prj: str | None = WGS84_WKT1, cpg: str | None = "UTF-8", encoding: str = "utf-8",
    kind: int | None = None, contents: list[bytes] | None = None,
) -> None:
    """Write .shp, .shx, .dbf and, unless None, .prj and .cpg beside each other."""
    first = next((row.geometry["type"] for row in rows if row.geometry), "Polygon")
    kind = kind or {"Point": SHP_POINT, "LineString": SHP_LINE}.get(first, SHP_POLYGON)
    contents = contents if contents is not None else [shp_content(row.geometry, kind) for row in rows]
    body, index, offset = b"", b"", 50
    for number, content in enumerate(contents, start=1):
        words = len(content) // 2
        body += struct.pack(">2i", number, words) + content
        index += struct.pack(">2i", offset, words)
        offset += words + 4
    path.write_bytes(_shp_head(50 + len(body) // 2, kind) + body)
    path.with_suffix(".shx").write_bytes(_shp_head(50 + len(index) // 2, kind) + index)
    flat = [{SHORT.get(key, key): value for key, value in row.values.items()} for row in rows]
    path.with_suffix(".dbf").write_bytes(dbf_bytes(flat, encoding))
    if prj is not None:
        path.with_suffix(".prj").write_text(prj)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
