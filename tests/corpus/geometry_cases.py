"""Every fault of a perimeter in every format that can carry it."""

from __future__ import annotations

from pathlib import Path

from corpus import binary_writers as binary
from corpus import text_writers as text
from corpus.case import HELD, Corpus
from corpus.rows import Row, areas, cleared, random_source
from corpus.shapes import ALL, SHAPE_FAULTS, ShapeFault


def write_rows(fmt: str, path: Path, rows: list[Row], *, as_points: bool = False) -> None:
    """Write rows in one of the seven formats."""
    if fmt == "csv":
        text.write_csv(path, text.table(rows, as_points=as_points))
    elif fmt == "xlsx":
        text.write_xlsx(path, text.table(rows, as_points=as_points))
    elif fmt == "geojson":
        text.write_text(path, text.geojson(rows))
    elif fmt == "kml":
        text.write_text(path, text.kml(rows))
    elif fmt == "gpx":
        text.write_text(path, text.gpx(rows))
    elif fmt == "gpkg":
        binary.write_gpkg(path, rows)
    else:
        binary.write_shp(path, rows)


def _spoiled(name: str, rows: list[Row], fault: ShapeFault) -> tuple[list[Row], int]:
    index = random_source(name).randrange(1, len(rows))
    ring = (rows[index].geometry or {})["coordinates"][0]
    rows[index].geometry = fault.make(*ring[0])
    return rows, index + 1


def add_geometry_cases(corpus: Corpus) -> None:
    """Add each fault as a hazardous area in each format, and as a cleared area in one."""
    for fault in SHAPE_FAULTS:
        for fmt in fault.formats:
            rows, bad = _spoiled(f"{fault.name} {fmt}", areas(f"{fault.name} {fmt}"), fault)
            corpus.add(fmt, f"shape-{fault.name}", "hazardous_area", fault.defect, HELD,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows), rows=len(rows), bad=(bad,),
                       meaning=fault.meaning, whole_file_too=fault.grammar and fmt == "geojson")
    chosen = [fault for fault in SHAPE_FAULTS if fault.formats == ALL and fault.name not in ("sliver", "empty", "null")]
    for number, fault in enumerate(chosen):
        fmt = ALL[number % len(ALL)]
        rows, bad = _spoiled(f"cleared {fault.name}", cleared(f"cleared {fault.name}"), fault)
        corpus.add(fmt, f"cleared-{fault.name}", "cleared_area", fault.defect, HELD,
                   lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows), rows=len(rows), bad=(bad,),
                   meaning="ground is shown as cleared that nobody cleared",
                   whole_file_too=fault.grammar and fmt == "geojson")
