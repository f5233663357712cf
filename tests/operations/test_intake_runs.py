"""Files into a project, for good: what is written, what a second run changes, and what is refused before it is done."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.rows import REGION, Row, areas, cleared
from corpus.text_writers import geojson, table, write_csv
from safeground.foundation.clock import fixed_clock
from safeground.foundation.errors import RefusedError, RequestError
from safeground.intake.readers import ReadOptions
from safeground.operations.context import Caller
from safeground.operations.intake import IntakeRequest, propose, take_files
from safeground.operations.ledger import pin, show, verify
from safeground.operations.new import create
from safeground.operations.report import export_layers, make_report
from safeground.records.vocabulary import LandStatus
from safeground.store.project import Project, open_project

WHO = Caller(actor="clerk", reason="test", clock=fixed_clock(datetime(2026, 11, 1, tzinfo=UTC)))
SHA = IntakeRequest(as_noun="hazardous_area")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    location = str(tmp_path / "atlantic.gpkg")
    create(location, WHO, name="Atlantic", region=REGION)
    with open_project(location, clock=WHO.clock) as held:
        yield held


def write(path: Path, rows: list[Row]) -> Path:
    path.write_text(geojson(rows), encoding="utf-8")
    return path


def head(project: Project) -> tuple[int, str]:
    with project.read() as reader:
        return reader.head()


def test_the_same_file_taken_in_again_changes_nothing(project: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "areas.geojson", areas("again"))
    first = take_files(project, [file], WHO, SHA)
    before = head(project)
    again = take_files(project, [file], WHO, SHA)
    assert (first.accepted, first.entries, again.accepted, again.entries) == (4, 4, 4, 0)
    assert (again.files[0].unchanged, again.files[0].written, head(project)) == (4, False, before)


def test_the_senders_bytes_and_values_are_kept(project: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "areas.geojson", areas("bytes"))
    result = take_files(project, [file], WHO, SHA)
    with project.read() as reader:
        assert reader.source_bytes(result.files[0].source_id) == file.read_bytes()
        record = next(reader.records("hazardous_area"))
        assert dict(record.original)["contamination"] == "APM"
        assert record.contamination.value == "apm"
        assert record.source_row == 1


def test_a_changed_file_is_refused_until_its_difference_was_read(project: Project, tmp_path: Path) -> None:
    rows = areas("changed")
    take_files(project, [write(tmp_path / "areas.geojson", rows)], WHO, SHA)
    rows[1].values["name"] = "Another hill"
    changed = write(tmp_path / "areas-2.geojson", rows)
    before = head(project)
    with pytest.raises(RefusedError, match="SG-OPS-003") as caught:
        take_files(project, [changed], WHO, SHA)
    assert "Another hill" in caught.value.message
    assert head(project) == before
    looked = take_files(project, [changed], WHO, IntakeRequest(as_noun="hazardous_area", dry_run=True))
    assert (looked.files[0].changed, head(project)) == (1, before)
    done = take_files(project, [changed], WHO, IntakeRequest(as_noun="hazardous_area", accept_changes=True))
    assert (done.files[0].changed, done.files[0].unchanged) == (1, 3)
    with project.read() as reader:
        versions = {record.local_id: record.version for record in reader.records("hazardous_area")}
    assert versions == {"HA-001": 1, "HA-002": 2, "HA-003": 1, "HA-004": 1}
    assert verify(project, WHO).findings == ()


def test_a_booked_outline_is_never_redrawn_by_a_file(project: Project, tmp_path: Path) -> None:
    rows = areas("redrawn")
    take_files(project, [write(tmp_path / "areas.geojson", rows)], WHO, SHA)
    rows[2].geometry["coordinates"][0][1][0] += 0.0005  # type: ignore[index]
    result = take_files(project, [write(tmp_path / "areas-2.geojson", rows)], WHO,
                        IntakeRequest(as_noun="hazardous_area", accept_changes=True))
    assert (result.accepted, result.quarantined) == (3, 1)
    assert "SG-OPS-008" in {finding.code for finding in result.findings}
    assert show(project, WHO).sheet.balanced


def test_a_row_kept_aside_is_settled_when_its_correction_comes(project: Project, tmp_path: Path) -> None:
    rows = areas("settled")
    good = rows[1].values["date"]
    rows[1].values["date"] = "2024-02-30"
    take_files(project, [write(tmp_path / "areas.geojson", rows)], WHO, SHA)
    rows[1].values["date"] = good
    fixed = take_files(project, [write(tmp_path / "corrected.geojson", rows)], WHO, SHA)
    assert (fixed.files[0].new, fixed.files[0].unchanged) == (1, 3)
    assert len(show(project, WHO).sheet.rows) == 4


def test_a_refused_file_leaves_the_project_as_it_was(project: Project, tmp_path: Path) -> None:
    rows = areas("orders")
    for number, row in enumerate(rows, 1):
        row.values["date"] = f"0{number}/0{number + 3}/2019"
    before = head(project)
    result = take_files(project, [write(tmp_path / "areas.geojson", rows)], WHO, SHA)
    assert (result.accepted, result.refused, head(project)) == (0, 4, before)
    (text, questions), = propose(project, tmp_path / "areas.geojson", WHO, SHA)
    assert [finding.code for finding in questions] == ["SG-INTAKE-205"]
    answered = text.replace('date_order = ""', 'date_order = "dmy"')
    taken = take_files(project, [tmp_path / "areas.geojson"], WHO, IntakeRequest(mapping_toml=answered))
    assert taken.accepted == 4
    with project.read() as reader:
        assert {str(r.date_of_information) for r in reader.records("hazardous_area")} == {
            "2019-04-01", "2019-05-02", "2019-06-03", "2019-07-04"}


def test_a_mapping_speaks_the_senders_words(project: Project, tmp_path: Path) -> None:
    rows = areas("words")
    for row in rows:
        row.values = {"Nummer": row.values["id"], "Art": "Verdacht", "Gefahr": "Panzermine", "Fläche": "0,74"}
    write_csv(tmp_path / "areas.csv", table(rows, geometry_column="Umriss"), delimiter=";")
    mapping = """
noun = "hazardous_area"
crs = "EPSG:4326"
position = "wkt"
position_columns = ["Umriss"]
area_unit = "ha"
decimal = ","
[fields]
local_id = "Nummer"
area_type = "Art"
contamination = "Gefahr"
stated_area_m2 = "Fläche"
[words.area_type]
Verdacht = "sha"
[words.contamination]
Panzermine = "avm"
"""
    result = take_files(project, [tmp_path / "areas.csv"], WHO, IntakeRequest(mapping_toml=mapping))
    assert result.accepted == 4, result.findings
    with project.read() as reader:
        record = next(reader.records("hazardous_area"))
    assert (record.area_type.value, record.contamination.value, record.stated_area_m2) == ("sha", "avm", 7400.0)


def test_ground_recorded_as_cleared_inside_a_suspected_area_stays_suspected(project: Project, tmp_path: Path) -> None:
    suspected, released = areas("both"), cleared("one of them")
    released[0].geometry = suspected[0].geometry
    take_files(project, [write(tmp_path / "areas.geojson", suspected)], WHO, IntakeRequest(as_noun="sha"))
    result = take_files(project, [write(tmp_path / "cleared.geojson", released)], WHO,
                        IntakeRequest(as_noun="cleared_area"))
    book = show(project, WHO)
    assert "SG-OPS-009" in {finding.code for finding in result.findings}
    assert book.contested_cm2 == sum(o.area_cm2 for o in result.overlaps) > 0
    assert book.sheet.balanced
    assert verify(project, WHO).findings == ()


def test_a_file_named_twice_or_missing_is_refused(project: Project, tmp_path: Path) -> None:
    file = write(tmp_path / "areas.geojson", areas("twice"))
    with pytest.raises(RequestError, match="SG-OPS-011"):
        take_files(project, [file, file], WHO, SHA)
    with pytest.raises(RequestError, match="SG-INTAKE-001"):
        take_files(project, [tmp_path / "none.csv"], WHO, SHA)
    with pytest.raises(RequestError, match="SG-INTAKE-200"):
        take_files(project, [file], WHO, IntakeRequest(mapping_toml="noun = 'spaceship'"))


def test_a_local_grid_is_transformed_and_its_original_kept(project: Project, tmp_path: Path) -> None:
    import numpy as np
    from pyproj import Transformer

    rows = areas("grid")
    to_grid = Transformer.from_crs(4326, 32626, always_xy=True)
    ring = np.array(rows[0].geometry["coordinates"][0])  # type: ignore[index]
    east, north = to_grid.transform(ring[:, 0], ring[:, 1])
    for row in rows[1:]:
        rows.remove(row)
    metres = [[float(x), float(y)] for x, y in zip(east, north, strict=True)]
    rows[0].geometry = {"type": "Polygon", "coordinates": [metres]}
    write_csv(tmp_path / "grid.csv", table(rows[:1]))
    result = take_files(project, [tmp_path / "grid.csv"], WHO,
                        IntakeRequest(as_noun="sha", options=ReadOptions(crs="EPSG:32626")))
    assert result.accepted == 1, result.findings
    with project.read() as reader:
        record = next(reader.records("hazardous_area"))
    outline = np.array(record.geometry.exterior.coords)
    assert np.abs(np.sort(outline, axis=0) - np.sort(ring, axis=0)).max() < 1e-7
    assert dict(record.original)["wkt"].startswith("POLYGON ((2")


def test_report_and_exports_are_made_from_a_real_project(project: Project, tmp_path: Path) -> None:
    take_files(project, [write(tmp_path / "areas.geojson", areas("report"))], WHO, SHA)
    pin(project, WHO, publisher="the authority", as_of=datetime(2026, 10, 1, tzinfo=UTC).date(),
        status=LandStatus.SUSPECTED, area_cm2=1)
    made = make_report(project, "situation", tmp_path / "s.html", WHO)
    make_report(project, "situation", tmp_path / "s.pdf", WHO)
    make_report(project, "situation", tmp_path / "s.png", WHO)
    assert "the authority" in (tmp_path / "s.html").read_text(encoding="utf-8")
    assert all(figure.records or not figure.value for figure in made.figures if figure.unit == "m²")
    export_layers(project, tmp_path / "e.geojson", WHO)
    export_layers(project, tmp_path / "e.csv", WHO)
    assert len(json.loads((tmp_path / "e.geojson").read_text(encoding="utf-8"))["features"]) == 4
    with (tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 4


def test_a_changed_side_file_of_a_shapefile_is_another_source_and_all_parts_are_kept(
    project: Project, tmp_path: Path
) -> None:
    import io
    import zipfile

    from corpus.geometry_cases import write_rows
    from safeground.intake.readers import read_source

    write_rows("shp", tmp_path / "areas.shp", areas("parts"), as_points=False)
    result = take_files(project, [tmp_path / "areas.shp"], WHO, SHA)
    with project.read() as reader:
        kept = reader.source_bytes(result.files[0].source_id) or b""
    with zipfile.ZipFile(io.BytesIO(kept)) as parts:
        assert {name: parts.read(name) for name in parts.namelist()} == {
            path.name: path.read_bytes() for path in tmp_path.glob("areas.*")}
    before = read_source(tmp_path / "areas.shp").sha256
    table = (tmp_path / "areas.dbf").read_bytes()
    (tmp_path / "areas.dbf").write_bytes(table.replace(b"Hill 1", b"Hill 9"))
    assert read_source(tmp_path / "areas.shp").sha256 != before
