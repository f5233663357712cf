"""One door for every file: its kind by name and content, its hash, its table, its faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from safeground.foundation.canonical import sha256_hex
from safeground.foundation.errors import RequestError, SourceError
from safeground.foundation.finding import Finding, Severity
from safeground.ground.crs import parse_crs
from safeground.intake.limits import BAD_LETTERS, FILE_BYTES_MAX, twice_read
from safeground.intake.read_csv import read_csv
from safeground.intake.read_geojson import read_geojson
from safeground.intake.read_gpkg import read_gpkg
from safeground.intake.read_gpx import read_gpx
from safeground.intake.read_kml import read_kml
from safeground.intake.read_shp import bundle, parts_of, read_parts, read_shp
from safeground.intake.read_submissions import are_submissions, read_submissions
from safeground.intake.read_xlsx import read_xlsx
from safeground.intake.table import RawTable, ReadResult, refusal, row_error


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user says of a file: coordinate system, encoding, separator, layer; None = not said."""

    crs: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    layer: str | None = None


Answer = tuple[tuple[RawTable, ...], list[Finding], str]


def _read_json(file: str, content: bytes) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Return the tables of a JSON file: submissions of forms, or else GeoJSON with all its faults named."""
    return read_submissions(file, content) if are_submissions(content) else read_geojson(file, content)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file: its name, its endings, the bytes it begins with (() = text), and its reader."""

    name: str
    endings: tuple[str, ...]
    magic: tuple[bytes, ...]
    read: Callable[[Path, bytes, ReadOptions], Answer]


READERS: tuple[FileFormat, ...] = (
    FileFormat("CSV", (".csv", ".tsv", ".txt"), (), lambda p, c, o: read_csv(p.name, c, o.encoding, o.delimiter)),
    FileFormat("XLSX", (".xlsx",), (b"PK", b"\xd0\xcf\x11\xe0"),
               lambda p, c, o: (*read_xlsx(p.name, c, o.layer), "utf-8")),
    FileFormat("GeoJSON", (".geojson", ".json"), (), lambda p, c, o: (*_read_json(p.name, c), "utf-8")),
    FileFormat("GeoPackage", (".gpkg",), (b"SQLite format 3\x00",),
               lambda p, c, o: (*read_gpkg(p, c, o.layer), "utf-8")),
    FileFormat("Shapefile", (".shp",), (b"\x00\x00\x27\x0a",),
               lambda p, c, o: read_shp(p.name, parts_of(c), o.encoding)),
    FileFormat("KML", (".kml",), (), lambda p, c, o: (*read_kml(p.name, c), "utf-8")),
    FileFormat("KMZ", (".kmz",), (b"PK",), lambda p, c, o: (*read_kml(p.name, c), "utf-8")),
    FileFormat("GPX", (".gpx",), (), lambda p, c, o: (*read_gpx(p.name, c), "utf-8")),
)


def read_source(path: Path, *, options: ReadOptions | None = None) -> ReadResult:
    """Return a file's tables; whatever its content, faults come back as findings.

    Raises
    ------
    SourceError : the file is not there or cannot be opened (``SG-INTAKE-001``).
    """
    asked = options or ReadOptions()
    kind = next((item for item in READERS if path.suffix.lower() in item.endings), None)
    try:
        size = path.stat().st_size
        start, content = _read(path, kind) if size <= FILE_BYTES_MAX else (b"", b"")
    except OSError as error:
        raise SourceError("SG-INTAKE-001", path.name, f"cannot be opened: {error.strerror}.",
                          "Check the name and your right to read it.") from error
    refused = _refused(path.name, size, start, kind)
    if refused is not None or kind is None:
        return _result(path.name, content, kind, (), [refused] if refused is not None else [], "")
    tables, findings, encoding = kind.read(path, content, asked)
    if tables and asked.layer and kind.name not in ("XLSX", "GeoPackage"):
        tables = tuple(table for table in tables if table.layer == asked.layer) or tables
    if not any(f.severity is Severity.REFUSAL for f in findings) and not any(t.row_numbers for t in tables):
        findings = [*findings, refusal(path.name, "SG-INTAKE-006", "holds no row.", "Send the file with its rows.")]
    if asked.crs is not None:
        tables, contradicted = _stated_crs(tables, asked.crs)
        findings = [*findings, *contradicted]
    return _result(path.name, content, kind, tuple(_letters(table) for table in tables), findings, encoding)


def _read(path: Path, kind: FileFormat | None) -> tuple[bytes, bytes]:
    """Return what the named file begins with (or all of it), and the bytes that are parsed, hashed and kept.

    A Shapefile's parts are read once and bundled, so that a changed side file is another source.
    """
    if kind is None or kind.name != "Shapefile":
        content = path.read_bytes()
        return content, content
    parts = read_parts(path)
    return parts.get(".shp", b""), bundle(path.stem, parts)


def _stated_crs(tables: tuple[RawTable, ...], crs: str) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Give the tables that state no coordinate system the one of the user; a contradiction refuses the file."""
    stated, findings = [], []
    for table in tables:
        if table.crs_text is None:
            stated.append(replace(table, crs_text=crs, crs_origin="option"))
            continue
        stated.append(table)
        try:
            same = parse_crs(table.crs_text).equals(parse_crs(crs), ignore_axis_order=True)
        except RequestError:
            same = False
        if not same:
            findings.append(refusal(table.file, "SG-INTAKE-010", f"says itself that it is in {table.crs_text[:60]}, "
                                                                 "not in "
                                    f"{crs}.", "Leave --crs out, or have the file corrected.", table.layer))
    return tuple(stated), findings


def _refused(file: str, size: int, content: bytes, kind: FileFormat | None) -> Finding | None:
    if kind is None:
        endings = ", ".join(ending for item in READERS for ending in item.endings)
        return refusal(file, "SG-INTAKE-003", "is of no kind that can be read.", f"Send one of: {endings}.")
    if size > FILE_BYTES_MAX:
        return refusal(file, "SG-INTAKE-004", f"has {size:,} bytes; the limit is {FILE_BYTES_MAX:,}.",
                       "Send it in parts.")
    if not content:
        return refusal(file, "SG-INTAKE-002", "has no byte.", "Send it again.")
    if kind.magic and not content.startswith(kind.magic):
        return refusal(file, "SG-INTAKE-003", f"is no {kind.name}: it begins with {content[:8]!r}.",
                       "Give it the ending of its kind, or send it again.")
    return None


def _result(
    file: str, content: bytes, kind: FileFormat | None, tables: tuple[RawTable, ...], findings: list[Finding],
    encoding: str,
) -> ReadResult:
    whole = any(f.severity is Severity.REFUSAL for f in findings)
    return ReadResult(
        file=file, sha256=sha256_hex(content), byte_count=len(content), format=kind.name if kind else "",
        encoding=encoding, tables=() if whole else tables, findings=tuple(findings),
        content=content if kind is not None and kind.name == "Shapefile" else None,
        rows_in=sum(len(table.row_numbers) for table in tables))


def _letters(table: RawTable) -> RawTable:
    """Name the rows whose text holds letters that were lost or are of a wrong encoding."""
    faults = {index: list(found) for index, found in table.row_findings.items()}
    for name in table.columns:
        for index, value in enumerate(table.values[name]):
            if not isinstance(value, str):
                continue
            if lost := BAD_LETTERS.search(value):
                what = f"the letter U+{ord(lost.group()):04X}"
            elif twice := twice_read(value):
                what = f"the letters {twice!r}, a letter of UTF-8 read as Windows-1252,"
            else:
                continue
            faults.setdefault(index, []).append(row_error(
                table.file, table.layer, table.row_numbers[index], name, "SG-INTAKE-022",
                f"holds {what} in {value[:60]!r}: letters were lost or read in a wrong encoding.",
                "Ask the sender for the file in its first encoding, or correct the text."))
    return replace(table, row_findings={index: tuple(found) for index, found in faults.items()})
