"""The printable sampling sheet: every drawn unit and no other, found by its bearing, in six languages, tagged PDF/A."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pypdf
import pytest
import shapely
from tools.pdf_check import pdf_faults

from safeground.cli.main import main
from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.area import ELLIPSOID
from safeground.inspection.draw import block_of, to_earth, verify_draw, walk_order
from safeground.operations.inspection import draw_sample, form_lots
from safeground.operations.inspection_sheet import _origin, _view, write_sheets
from safeground.operations.inspection_state import InspectionState
from safeground.records.nouns import HazardousArea
from safeground.records.release import PointType, SurveyMarker
from safeground.report.language import LANGUAGES, catalogue
from safeground.report.sampling_map import MapMarker, MapUnit, sampling_svg
from safeground.report.sampling_sheet import SheetView, _data, sampling_sheet_pdf
from safeground.store.project import Project
from support.inspections import at, cleared_project
from support.projects import area

#: A square of about 28 m by 44 m.
SIDE = 0.0004


def corner_markers(record: HazardousArea) -> list[SurveyMarker]:
    """A start point and three turning points in the ground, and one that is not there yet."""
    corners = shapely.get_coordinates(record.geometry.exterior)[:-1]
    made = [SurveyMarker(id=f"m{k}", hazardous_area_id=record.id, geometry=shapely.Point(corner), sequence=k + 1,
                         point_type=PointType.START_POINT if k == 0 else PointType.TURNING_POINT,
                         emplaced_date=date(2026, 2, 20)) for k, corner in enumerate(corners)]
    middle = shapely.centroid(record.geometry)
    return [*made, SurveyMarker(id="m9", hazardous_area_id=record.id, geometry=middle, sequence=9,
                                point_type=PointType.TURNING_POINT)]


def drawn(path: Path, *, marked: bool = True, **values: object) -> Project:
    """A project with one drawn lot, L001."""
    record = area(0, size=SIDE, name="Hill «Північ»", **values)
    project = cleared_project(path, [record])
    if marked:
        with project.write(at().info("intake")) as writer:
            writer.put(corner_markers(record))
    form_lots(project, at())
    draw_sample(project, "L001", at(1))
    return project


def view(project: Project) -> SheetView:
    with project.read() as reader:
        state = InspectionState.read(reader)
        lot = state.lot("L001")
        draw = state.draw_of(lot)
        held = reader.get("hazardous_area", lot.hazardous_area_id)
        assert draw is not None
        assert isinstance(held, HazardousArea)
        return _view(reader, project.name, state, lot, draw, held)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return drawn(tmp_path_factory.mktemp("sheet") / "p.gpkg")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sheet_is_an_archival_tagged_pdf_of_its_language(project: Project, code: str) -> None:
    result = write_sheets(project, "L001", [code], at(2))
    path = Path(result.files[code])
    assert pdf_faults(path) == []
    reader = pypdf.PdfReader(path)
    assert reader.trailer["/Root"]["/Lang"] == code
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    held = view(project)
    assert [unit.name for unit in held.units if unit.name not in text] == []
    for part in (held.seed_sha256, held.seed):
        assert part in text
    if code != "ar":
        words = catalogue(code)
        for key in ("sheet.stop", "sheet.team_side", "signer.inspector", "signer.authority", "sheet.searched"):
            assert "".join(words.word(key).split()) in text.replace("\N{HYPHEN}", "").replace("-", "") or (
                "".join(words.word(key).split()) in text), key


def test_the_sheet_holds_the_sample_and_what_the_plan_promises(project: Project) -> None:
    with project.read() as reader:
        draw = next(d for d in reader.records("sampling_draw") if not d.risk_aware)
        lot = next(iter(reader.records("inspection_lot")))
        state = InspectionState.read(reader)
        units = verify_draw(lot, draw, state.parts_of(lot))
    held = view(project)
    assert sorted(unit.name for unit in held.units) == sorted(draw.units)
    assert [unit.number for unit in held.units] == list(range(1, draw.sample_count + 1))
    walk = walk_order(units, units.find(draw.units), state.rules.block_m)
    assert [unit.name for unit in held.units] == [units.names[i] for i in walk]
    assert [unit.block for unit in held.units] == block_of(units, walk, state.rules.block_m)
    data = _data(held, catalogue("en"))
    facts = {item["name"]: item["text"] for item in data["facts"]}
    assert facts["Units drawn"] == f"{draw.sample_count:,} of {draw.unit_count:,}"
    assert facts["Accepted with"].startswith("failed units: at most 0;")
    assert facts["SHA-256 of the seed, sealed with the lot"] == lot.seed_sha256
    assert "Quality 99 % with 95 % confidence" in facts["Promise of the plan"]
    assert facts["Depth reported"] == "20\N{NO-BREAK SPACE}cm"
    assert len(data["roles"]) == 3
    assert {len(row) for row in data["rows"]} == {data["given"]}
    assert len(data["heads"]) == data["given"] + 4


def test_whoever_walks_bearing_and_distance_from_the_marker_stands_in_the_unit(project: Project) -> None:
    held = view(project)
    with project.read() as reader:
        marks = {("SP" if m.point_type is PointType.START_POINT else f"TP{m.sequence}"): m.geometry
                 for m in reader.records("survey_marker")}
    assert held.from_markers
    assert {unit.origin for unit in held.units} == {"SP", "TP2", "TP3", "TP4"}
    for unit in held.units:
        assert unit.bearing_deg is not None
        assert unit.distance_m is not None
        start = marks[unit.origin]
        lon, lat, _ = ELLIPSOID.fwd(start.x, start.y, round(unit.bearing_deg, 1), round(unit.distance_m, 1))
        ground = to_earth(shapely.buffer(unit.outline, 0.15), _crs(held))
        assert shapely.contains(ground, shapely.Point(lon, lat)), unit.name
        assert unit.distance_m <= min(ELLIPSOID.inv(m.x, m.y, *_earth(held, unit))[2] for n, m in marks.items()
                                      if n != "TP9") + 0.05


def _crs(held: SheetView) -> object:
    from safeground.ground.crs import parse_crs

    return parse_crs(held.crs)


def _earth(held: SheetView, unit: object) -> tuple[float, float]:
    place = to_earth(shapely.Point(unit.east_m, unit.north_m), _crs(held))
    return place.x, place.y


def test_without_markers_the_way_leads_from_unit_to_unit_and_the_sheet_says_so(tmp_path: Path) -> None:
    held = view(drawn(tmp_path / "p.gpkg", marked=False))
    assert not held.from_markers
    assert [unit.origin for unit in held.units] == ["", *(str(k) for k in range(1, len(held.units)))]
    for before, unit in zip(held.units, held.units[1:], strict=False):
        away = np.hypot(unit.east_m - before.east_m, unit.north_m - before.north_m)
        assert unit.distance_m == pytest.approx(away, rel=2e-3)
    data = _data(held, catalogue("en"))
    assert data["rows"][0][-3:] == ["–", "–", "–"]
    assert "no start or turning point is on record" in data["units_note"]


def test_the_map_draws_every_unit_and_no_number_lies_on_another(project: Project) -> None:
    held = view(project)
    svg = sampling_svg(held.outline, [MapUnit(u.number, u.outline) for u in held.units], held.markers,
                       origin=held.origin, block_m=held.block_m)
    root = ET.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    kinds = [path.get("class") for path in root.iter(f"{space}path")]
    assert kinds.count("unit") == len(held.units)
    assert kinds.count("marker") == 4
    numbers = {text.text: text for text in root.iter(f"{space}text") if (text.text or "").isdigit()
               and text.get("font-weight")}
    assert len(numbers) > len(held.units) / 2
    boxes = []
    for text in numbers.values():
        size = float(text.get("font-size", 0))
        half = 0.7 * size * len(text.text or "") / 2
        x, y = float(text.get("x", 0)), float(text.get("y", 0)) - 0.36 * size
        boxes.append(shapely.box(x - half, y - size / 2, x + half, y + size / 2))
    tree = shapely.STRtree(boxes)
    first, second = tree.query(boxes, predicate="overlaps")
    assert [(a, b) for a, b in zip(first, second, strict=True) if a < b] == []


def test_blocks_begin_at_the_grid_of_the_draw(project: Project) -> None:
    held = view(project)
    with project.read() as reader:
        state = InspectionState.read(reader)
        lot = state.lot("L001")
        draw = state.draw_of(lot)
        assert draw is not None
        units = verify_draw(lot, draw, state.parts_of(lot))
    west, south = _origin(units)
    assert held.origin == (west, south)
    for k in range(len(units)):
        cell = shapely.box(west + units.col[k] * units.unit_m, south + units.row[k] * units.unit_m,
                           west + (units.col[k] + 1) * units.unit_m, south + (units.row[k] + 1) * units.unit_m)
        assert shapely.covers(shapely.buffer(cell, 1e-6), units.outline[k])


def test_a_large_lot_and_one_unit_alone_are_drawn() -> None:
    lot = shapely.box(0, 0, 900, 300)
    many = [MapUnit(k + 1, shapely.box(9 * (k % 100), 3 * (k // 100), 9 * (k % 100) + 1, 3 * (k // 100) + 1))
            for k in range(3000)]
    svg = sampling_svg(lot, many, (), origin=(0.0, 0.0), block_m=5.0)
    assert svg.count('class="unit"') == 3000
    assert ">1</text>" in svg
    assert ">3000</text>" in svg
    assert ET.fromstring(sampling_svg(shapely.box(0, 0, 1, 1), [MapUnit(1, shapely.box(0, 0, 1, 1))],
                                      [MapMarker("SP", 0.0, 0.0)], origin=(0.0, 0.0), block_m=5.0)) is not None


def test_names_in_any_script_are_data_and_the_same_draw_gives_the_same_bytes(project: Project, tmp_path: Path
                                                                             ) -> None:
    held = replace(view(project), area="#set page[$x^2$] \\ <script> *a* تل", project='"quoted" @ref')
    one, claims = sampling_sheet_pdf(held, catalogue("ar"))
    assert claims == ("a-2b", "ua-1")
    (tmp_path / "one.pdf").write_bytes(one)
    assert pdf_faults(tmp_path / "one.pdf") == []
    assert sampling_sheet_pdf(held, catalogue("ar"))[0] == one


def test_a_position_that_must_not_leave_is_on_no_sheet(tmp_path: Path) -> None:
    project = drawn(tmp_path / "p.gpkg", geo_safe=False)
    result = write_sheets(project, "L001", ["en"], at(2))
    assert result.files == {}
    assert [finding.code for finding in result.findings] == ["SG-OPS-129"]
    assert list(tmp_path.rglob("*.pdf")) == []


def test_a_lot_that_is_not_drawn_has_no_sheet(tmp_path: Path) -> None:
    project = cleared_project(tmp_path / "p.gpkg", [area(0, size=SIDE)])
    form_lots(project, at())
    with pytest.raises(RefusedError) as refused:
        write_sheets(project, "L001", ["en"], at(2))
    assert refused.value.code == "SG-OPS-136"
    with pytest.raises(RequestError) as wrong:
        write_sheets(project, "L001", ["xx"], at(2))
    assert wrong.value.code == "SG-REPORT-008"


def test_the_command_writes_sheets_with_the_draw_and_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.gpkg"
    cleared_project(path, [area(0, size=SIDE)]).close()

    def said(*words: str) -> dict[str, object]:
        capsys.readouterr()
        assert main(["inspection", str(path), *words, "--json"]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    said("lots")
    assert main(["inspection", str(path), "draw", "L001", "--sheet", "xx"]) != 0
    assert main(["inspection", str(path), "show", "--sheet", "en"]) != 0
    assert said("draw", "L001", "--sheet", "en", "--dry-run")["sheets"] == {}
    made = said("draw", "L001", "--sheet", "en", "--sheet", "ar")["sheets"]
    folder = tmp_path / "p.inspection"
    assert made == {code: str(folder / f"L001-sheet-{code}.pdf") for code in ("en", "ar")}
    assert all((folder / f"L001-sheet-{code}.pdf").read_bytes()[:5] == b"%PDF-" for code in ("en", "ar"))
    later = said("sheet", "L001")
    assert (later["verb"], later["sheets"]) == ("sheet", {"en": str(folder / "L001-sheet-en.pdf")})
    capsys.readouterr()
    assert main(["inspection", str(path), "sheet", "L001", "--sheet", "uk"]) == 0
    assert re.search(r"Sheet\s+\S*L001-sheet-uk\.pdf", "".join(capsys.readouterr().out.split("\n")))
