"""Shapefiles, read by their published description (ESRI, July 1998) and strictly: a file and its side files must agree.

No GDAL here: it answers a broken outline with NULL and a short table with blanks (``docs/decisions/0031``).
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.ground.crs import parse_crs
from safeground.intake.dbf import DbfTable, TableFault, read_dbf
from safeground.intake.outlines import OutlineFault, rings_to_polygon, salvage
from safeground.intake.table import RawTable, refusal, row_error

#: Files that a Shapefile is made of, as far as they are read.
ENDINGS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_POINT, _LINE, _POLYGON, _MULTIPOINT = (1, 11, 21), (3, 13, 23), (5, 15, 25), (8, 18, 28)
_WKT = re.compile(r"\s*(PROJCS|GEOGCS|PROJCRS|GEOGCRS|GEODCRS|COMPD_CS|COMPOUNDCRS)\s*\[", re.IGNORECASE)


class FileFault(ValueError):
    """The file contradicts itself; `args[0]` says how."""


def _records(content: bytes, index: bytes) -> tuple[int, list[bytes]]:
    """Return the file's kind of shape and each record's content."""
    for name, data in ((".shp", content), (".shx", index)):
        mark, *_, words, version = struct.unpack_from(">7i", data[:28].ljust(28)) + struct.unpack_from(
            "<i", data[28:32].ljust(4))
        if len(data) < 100 or mark != 9994 or version != 1000:
            raise FileFault(f"the {name} does not begin as a Shapefile does")
        if words * 2 != len(data):
            raise FileFault(f"the {name} says it has {words * 2:,} bytes and has {len(data):,}")
    if (len(index) - 100) % 8:
        raise FileFault("the .shx is cut")
    kind = struct.unpack_from("<i", content, 32)[0]
    if kind not in (*_POINT, *_LINE, *_POLYGON, *_MULTIPOINT):
        raise FileFault(f"shape type {kind} is none that holds points, lines or areas")
    records, at = [], 100
    for number in range((len(index) - 100) // 8):
        offset, words = struct.unpack_from(">ii", index, 100 + 8 * number)
        if offset * 2 != at or at + 8 > len(content):
            raise FileFault(f"record {number + 1} is not where the .shx says")
        own, length = struct.unpack_from(">ii", content, at)
        if own != number + 1 or length != words or length < 2 or at + 8 + length * 2 > len(content):
            raise FileFault(f"record {number + 1} has another number or length than the .shx says")
        records.append(content[at + 8 : at + 8 + length * 2])
        at += 8 + length * 2
    if at != len(content):
        raise FileFault(f"the .shp holds {len(content) - at} bytes after the last record that the .shx names")
    return kind, records


def _parts(record: bytes) -> list[np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    if len(record) < 44:
        raise OutlineFault("the record is cut")
    parts, points = struct.unpack_from("<ii", record, 36)
    end = 44 + 4 * parts + 16 * points
    if parts < 1 or points < 1 or end > len(record):
        raise OutlineFault(f"the record counts {parts:,} parts and {points:,} points in {len(record)} bytes")
    starts = [*struct.unpack_from(f"<{parts}i", record, 44), points]
    if starts[0] != 0 or any(b <= a for a, b in itertools.pairwise(starts)):
        raise OutlineFault(f"the parts start at {starts[:5]}, expected growing numbers from 0")
    xy = np.frombuffer(record, "<f8", 2 * points, 44 + 4 * parts).reshape(-1, 2)
    if not np.isfinite(xy).all() or (np.abs(xy) > 1e30).any():
        raise OutlineFault("a coordinate is not a finite number")
    return [xy[a:b] for a, b in itertools.pairwise(starts)]


def _shape(record: bytes, kind: int) -> Geometry | None:
    own = struct.unpack_from("<i", record)[0]
    if own == 0:
        return None
    if own != kind:
        raise OutlineFault(f"the record is of shape type {own} in a file of type {kind}")
    if kind in _POINT:
        if len(record) < 20:
            raise OutlineFault("the record is cut")
        x, y = struct.unpack_from("<2d", record, 4)
        if not (np.isfinite([x, y]).all()):
            raise OutlineFault("a coordinate is not a finite number")
        return shapely.Point(x, y)
    if kind in _MULTIPOINT:
        count = struct.unpack_from("<i", record, 36)[0] if len(record) >= 40 else 0
        if count < 1 or 40 + 16 * count > len(record):
            raise OutlineFault(f"the record counts {count:,} points in {len(record)} bytes")
        points = np.frombuffer(record, "<f8", 2 * count, 40).reshape(-1, 2)
        if not np.isfinite(points).all():
            raise OutlineFault("a coordinate is not a finite number")
        return shapely.MultiPoint(points)
    parts = _parts(record)
    if kind in _POLYGON:
        return rings_to_polygon(list(parts))
    if any(len(part) < 2 for part in parts):
        raise OutlineFault("a line has one point, expected two or more")
    return shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(list(parts))


def read_parts(path: Path) -> dict[str, bytes]:
    """Return the bytes of a Shapefile's own file and of its side files that are there, by ending in small letters."""
    found = {item.suffix.lower(): item for item in sorted(path.parent.iterdir()) if item.stem == path.stem}
    return {ending: found[ending].read_bytes() for ending in ENDINGS if ending in found}


def bundle(stem: str, parts: dict[str, bytes]) -> bytes:
    """Return the parts as one ZIP without dates: equal parts give equal bytes, which are hashed and kept."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for ending in ENDINGS:
            if ending in parts:
                packed.writestr(zipfile.ZipInfo(f"{stem}{ending}"), parts[ending])
    return out.getvalue()


def _crs(file: str, prj: str | None) -> tuple[str | None, Finding | None]:
    if prj is None or not prj.strip():
        return None, None
    try:
        if not _WKT.match(prj):
            raise RequestError("SG-INTAKE-010", file, f"the .prj holds {prj.strip()[:40]!r}, no definition.", "")
        crs = parse_crs(prj)
        code = crs.to_epsg(min_confidence=70)
        return (f"EPSG:{code}" if code else prj), None
    except RequestError as error:
        return None, refusal(file, "SG-INTAKE-010", f"the .prj cannot be used: {error.message}",
                             "State the coordinate system with --crs, and send a .prj that defines it.")


def _encoding(cpg: str | None, table: DbfTable, stated: str | None) -> tuple[str | None, str]:
    """Return the encoding of the table's letters (None = plain ASCII alone is believed), and a fault."""
    name = stated or (cpg or "").strip() or table.encoding
    if not name:
        return None, ""
    name = {"system": "", "1251": "windows-1251", "1252": "windows-1252", "ansi 1251": "windows-1251",
            "ansi 1252": "windows-1252", "88591": "iso-8859-1"}.get(name.lower(), name)
    try:
        found = codecs.lookup(name)
        if not isinstance(b"a".decode(found.name), str):
            raise LookupError
        return found.name, ""
    except (LookupError, ValueError):
        return None, f"the encoding {name!r} is not known"


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts in a bundle, by ending."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {Path(name).suffix: packed.read(name) for name in packed.namelist()}


def read_shp(
    file: str, data: dict[str, bytes], encoding: str | None
) -> tuple[tuple[RawTable, ...], list[Finding], str]:
    """Return the table of a Shapefile's parts (:func:`read_parts`): .shp with .shx, .dbf, .prj and .cpg."""
    for ending in (".shx", ".dbf"):
        if ending not in data:
            return (), [refusal(file, "SG-INTAKE-011", f"the {ending} is missing.",
                                "Send all files of the Shapefile, best in one folder.")], ""
    text = {ending: data[ending].decode("utf-8", "replace") for ending in (".prj", ".cpg") if ending in data}
    crs, refused = _crs(file, text.get(".prj"))
    if refused is not None:
        return (), [refused], ""
    try:
        kind, records = _records(data[".shp"], data[".shx"])
        table = read_dbf(data[".dbf"])
        if table.count != len(records):
            raise FileFault(f"the .dbf has {table.count:,} rows for {len(records):,} shapes")
    except (FileFault, TableFault) as error:
        return (), [refusal(file, "SG-INTAKE-005", f"{error}.", "Export the Shapefile again and send all its "
                                                                "files.")], ""
    used, fault = _encoding(text.get(".cpg"), table, encoding)
    if fault:
        return (), [refusal(file, "SG-INTAKE-007", f"{fault}.", "State it with --encoding.")], ""
    return (_table(file, kind, records, table, used, crs),), [], used or "ascii"


def _table(
    file: str, kind: int, records: list[bytes], table: DbfTable, encoding: str | None, crs: str | None
) -> RawTable:
    geometry = np.full(len(records), None, dtype=object)
    texts, salvaged = {}, {}
    values, faults = table.values(file, encoding)
    for index, record in enumerate(records):
        try:
            geometry[index] = _shape(record, kind)
        except OutlineFault as error:
            faults.setdefault(index, []).append(row_error(
                file, "", index + 1, "geometry", "SG-INTAKE-021", f"{error}.", "Correct the shape and send it again."))
            texts[index] = record.hex()[:100_000]
            hull = salvage(_points(record))
            if hull is not None:
                salvaged[index] = hull
    return RawTable(
        file=file, layer="", columns=tuple(values), values=values, geometry=geometry,
        row_numbers=tuple(range(1, len(records) + 1)), crs_text=crs, crs_origin="file" if crs else "",
        geometry_text=texts, salvaged=salvaged, row_findings={i: tuple(f) for i, f in faults.items()}, typed=True)


def _points(record: bytes) -> list[list[float]]:
    """Return the positions that a broken record's tail can be read as, if they lie in its own stated bounds."""
    if len(record) < 60:
        return []
    west, south, east, north = struct.unpack_from("<4d", record, 4)
    count = (len(record) - 44) // 16
    points = np.frombuffer(record, "<f8", 2 * count, len(record) - 16 * count).reshape(-1, 2)
    inside = (points[:, 0] >= west) & (points[:, 0] <= east) & (points[:, 1] >= south) & (points[:, 1] <= north)
    return [[float(x), float(y)] for x, y in points[inside]]
