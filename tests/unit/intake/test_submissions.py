"""Form submissions: traces latitude first, Kobo and ODK Central JSON, repeats, and columns of items found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from safeground.intake.day_tables import kind_of_day_table, without_finds
from safeground.intake.read_submissions import are_submissions, read_submissions
from safeground.intake.readers import read_source
from safeground.intake.table import RawTable
from safeground.intake.traces import is_trace, read_trace
from safeground.intake.values import ValueFault


def table(columns: dict[str, list[object]]) -> RawTable:
    count = len(next(iter(columns.values())))
    return RawTable(file="day.csv", layer="", columns=tuple(columns), values=columns, geometry=None,
                    row_numbers=tuple(range(1, count + 1)), crs_text=None, crs_origin="")


def test_a_trace_has_latitude_first_and_only_a_closed_one_is_an_outline() -> None:
    closed = read_trace("51 -30 0 0;51 -29.9 0 0; 51.1 -29.9 0 4.5;51 -30 0 0;")
    assert closed.equals(shapely.Polygon([(-30, 51), (-29.9, 51), (-29.9, 51.1)]))
    assert read_trace("51 -30;51 -29.9;51.1 -29.9").geom_type == "LineString"
    assert read_trace("51.5 -30.25 12 3").equals(shapely.Point(-30.25, 51.5))


@pytest.mark.parametrize(("text", "code"), [("151 -30 0 0", "SG-INTAKE-224"), ("51,-30", "SG-INTAKE-221"),
                                            ("51 -30 0 0 9", "SG-INTAKE-221"), ("51", "SG-INTAKE-221")])
def test_a_trace_of_another_form_is_named(text: str, code: str) -> None:
    with pytest.raises(ValueFault) as fault:
        read_trace(text)
    assert fault.value.args[0] == code


@pytest.mark.parametrize(("values", "yes"), [(["51 -30 0 0"], True), (["51 -30", "x"], False), ([], False),
                                             ([5], False)])
def test_all_values_or_none_are_traces(values: list[object], yes: bool) -> None:
    assert is_trace(values) is yes


KOBO: dict[str, Any] = {"count": 1, "results": [{
    "_id": 7, "_uuid": "abc", "meta/instanceID": "uuid:abc", "day/team": "T1", "day/date": "2026-02-02", "photos": [],
    "finds": [{"finds/category": "uxo", "finds/location": "51 -30 0 0"}, {"finds/category": "apm"}],
    "_attachments": [{"file": "a.jpg"}]}]}
CENTRAL: dict[str, Any] = {"value": [{
    "__id": "uuid:abc", "meta": {"instanceID": "uuid:abc"}, "day": {"team": "T1", "date": "2026-02-02", "ground": {
        "type": "Polygon", "coordinates": [[[-30, 51], [-29.9, 51], [-29.9, 51.1], [-30, 51]]]}}}]}


def test_kobo_and_central_name_the_submission_alike_and_repeats_name_their_parent() -> None:
    kobo, _ = read_submissions("kobo.json", json.dumps(KOBO).encode())
    central, _ = read_submissions("central.json", json.dumps(CENTRAL).encode())
    assert [t.layer for t in kobo] == ["", "finds"]
    assert kobo[0].values["submission_id"] == central[0].values["submission_id"] == ["abc"]
    assert kobo[0].values["team"] == central[0].values["team"] == ["T1"]
    assert kobo[1].values["submission_id"] == ["abc", "abc"]
    assert kobo[1].values["id"] == ["abc/finds/1", "abc/finds/2"]
    assert central[0].geometry is not None
    assert central[0].geometry[0].geom_type == "Polygon"
    assert central[0].crs_text == "EPSG:4326"


def test_a_broken_geometry_of_a_submission_is_named_with_its_row() -> None:
    broken = json.loads(json.dumps(CENTRAL))
    broken["value"][0]["day"]["ground"]["coordinates"][0].pop()
    (found,), _ = read_submissions("central.json", json.dumps(broken).encode())
    assert [f.code for f in found.row_findings[0]] == ["SG-INTAKE-021"]
    assert 0 in found.salvaged


@pytest.mark.parametrize("root", [[], [1], {"type": "FeatureCollection", "features": []}, {"results": [{"a": 1}]}, 5])
def test_other_json_is_no_submission(root: object, tmp_path: Path) -> None:
    text = json.dumps(root)
    assert not are_submissions(text.encode())
    (tmp_path / "a.json").write_text(text)
    assert read_source(tmp_path / "a.json").findings


def test_columns_of_items_become_rows_that_name_their_return() -> None:
    day = table({"instanceID": ["uuid:a", "uuid:b"], "team": ["T1", "T1"], "date": ["2026-02-02", "2026-02-03"],
                 "find_category": ["apm", ""], "find_lat": ["51.0", ""], "item2_category": ["uxo", None],
                 "item2_model": ["x", None]})
    rest, finds = without_finds(day)
    assert rest.columns == ("instanceID", "team", "date")
    assert [f.layer for f in finds] == ["find", "item2"]
    assert finds[0].values == {"category": ["apm"], "lat": ["51.0"], "submission_id": ["a"], "id": ["a/find"],
                               "found_date": ["2026-02-02"]}
    assert finds[0].row_numbers == (1,)
    assert without_finds(rest) == (rest, ())


def test_each_table_of_a_day_says_what_it_holds() -> None:
    assert kind_of_day_table(table({"team": ["T1"], "date": ["x"]})) == "progress_return"
    assert kind_of_day_table(table({"submission_id": ["a"], "category": ["apm"]})) == "ordnance"
    assert kind_of_day_table(table({"a": [1]})) == "progress_return"
