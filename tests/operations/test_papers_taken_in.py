"""Papers, survey markers, handovers and people come in as files, and belong to an area of the project."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from safeground.operations.context import Caller
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.new import create
from safeground.store.project import open_project

CALLER = Caller(actor="im", clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
SQUARE = [[-30, 51], [-29.999, 51], [-29.999, 51.001], [-30, 51.001], [-30, 51]]


@pytest.fixture
def project(tmp_path):
    path = str(tmp_path / "p.gpkg")
    create(path, CALLER, name="p", standard="imas", override="", crs="", region=(-31, 50, -29, 52))
    area = tmp_path / "areas.geojson"
    area.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"id": "CHA-1", "type": "cha", "date": "2026-01-05"},
         "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}]}), encoding="utf-8")
    take_files(path, [area], CALLER, IntakeRequest(as_noun="cha"))
    return path


def take(project, tmp_path, name, text, noun):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return take_files(project, [file], CALLER, IntakeRequest(as_noun=noun))


def records(project, noun):
    held = open_project(project, clock=CALLER.clock)
    try:
        with held.read() as reader:
            return list(reader.records(noun)), list(reader.records("hazardous_area"))
    finally:
        held.close()


def test_papers_belong_to_the_area_that_they_name(project, tmp_path):
    took = take(project, tmp_path, "papers.csv", "area_id,kind,reference,dated,signed_as,signatory\n"
                "CHA-1,completion_report,CR-1,2026-05-02,operations manager,A\n"
                "CHA-9,completion_report,CR-2,2026-05-02,operations manager,A\n", "document")
    assert (took.accepted, took.quarantined) == (1, 1)
    assert [(f.source.row, f.source.field) for f in took.findings if f.code == "SG-OPS-143"] == [
        (2, "hazardous_area_id")]
    (paper,), (area,) = records(project, "document")
    assert paper.hazardous_area_id == area.id
    assert (paper.kind, paper.signed_as) == ("completion_report", "operations manager")


def test_markers_have_a_position_and_a_type(project, tmp_path):
    took = take(project, tmp_path, "markers.csv", "id,area,type,sequence,latitude,longitude,buried metal,emplaced\n"
                "M1,CHA-1,SP,1,51.0,-30.0,yes,2026-05-03\nM2,CHA-1,turning point,2,51.0,-29.999,yes,2026-05-03\n"
                "M3,CHA-1,BM,,50.9995,-30.0005,no,2026-05-03\n", "survey_marker")
    assert took.accepted == 3
    found, _ = records(project, "survey_marker")
    assert sorted((m.point_type.value, m.buried_metal) for m in found) == [
        ("benchmark", False), ("start_point", True), ("turning_point", True)]


def test_a_marker_without_a_position_is_kept_aside(project, tmp_path):
    took = take(project, tmp_path, "markers.csv", "id,area,type,latitude,longitude\nM1,CHA-1,SP,,\n", "survey_marker")
    assert (took.accepted, took.quarantined) == (0, 1)


def test_handovers_and_people_come_in(project, tmp_path):
    took = take(project, tmp_path, "handover.csv", "area,date,recipient,use,men,women,boys,girls\n"
                "CHA-1,2026-05-20,village council,pasture,4,6,1,2\n", "handover")
    assert took.accepted == 1
    (handover,), _ = records(project, "handover")
    assert (handover.men, handover.women, handover.intended_use) == (4, 6, "pasture")
    took = take(project, tmp_path, "people.csv", "id,name,organisation,roles\nP1,A,Operator,author\n"
                "P2,B,Authority,verifier; inspector\n", "person")
    assert took.accepted == 2
    people, _ = records(project, "person")
    assert {p.local_id: p.roles for p in people} == {"P1": ("author",), "P2": ("verifier", "inspector")}
