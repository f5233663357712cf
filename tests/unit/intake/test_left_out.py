"""What a file holds beside rows with a place is named, so that nothing is left out in silence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import apsw
import pytest

from corpus.binary_writers import write_gpkg
from corpus.rows import areas
from corpus.text_writers import KML_HEAD, placemark
from safeground.intake.read_gpkg import read_gpkg
from safeground.intake.read_kml import read_kml

ONE = placemark(areas("left out")[0])


def kmz(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.kml", text)
    return buffer.getvalue()


def test_pictures_over_the_map_and_second_documents_are_named() -> None:
    whole = f"{KML_HEAD}<Document>{ONE}<GroundOverlay><name>sketch</name></GroundOverlay></Document></kml>"
    (table,), findings = read_kml("a.kml", whole.encode())
    assert len(table.row_numbers) == 1
    assert [(f.code, f.subject) for f in findings] == [("SG-INTAKE-032", "sketch")]
    plain = f"{KML_HEAD}<Document>{ONE}</Document></kml>"
    _, findings = read_kml("a.kmz", kmz(doc=plain, more=plain))
    assert [f.code for f in findings] == ["SG-INTAKE-032"]
    assert "more.kml" in findings[0].message
    assert read_kml("a.kmz", kmz(doc=plain))[1] == []


@pytest.mark.parametrize(("table", "named"), [
    ("CREATE TABLE notes (id TEXT); INSERT INTO notes VALUES ('x')", "notes (1 rows)"),
    ("CREATE TABLE empty (id TEXT)", ""), ("CREATE TABLE layer_styles (x); INSERT INTO layer_styles VALUES (1)", "")])
def test_tables_without_outlines_are_named(tmp_path: Path, table: str, named: str) -> None:
    path = tmp_path / "a.gpkg"
    write_gpkg(path, areas("left out"))
    connection = apsw.Connection(str(path))
    connection.execute(table)
    connection.close()
    tables, findings = read_gpkg(path, path.read_bytes(), None)
    assert len(tables) == 1
    assert [f.code for f in findings] == (["SG-INTAKE-032"] if named else [])
    assert all(named in f.message for f in findings)
