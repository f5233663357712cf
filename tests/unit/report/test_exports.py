"""Exports hold every record once, no withheld position, no person, and no formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from safeground.records.nouns import Accident, Activity, HazardousArea, Person, Victim
from safeground.records.quarantine import QuarantinedRow
from safeground.records.vocabulary import ActivityType, AreaType, ReleaseMethod
from safeground.report.exports import feature_of, feature_of_row, guarded, to_csv, to_geojson
from safeground.report.positions import draw_layers, shown_outline, shown_position

PLACE = shapely.Point(-30.123457, 51.054321)
AREA = HazardousArea(id="a-1", area_type=AreaType.SUSPECTED_HAZARDOUS_AREA, geometry=shapely.box(-30.1, 51, -30, 51.1),
                     name="=cmd|'/c calc'!A1", local_id="SHA-1", stated_area_m2=-5.5)
ACCIDENT = Accident(id="x-1", geometry=PLACE, killed_count=1, geo_safe=False, note="by the well at 30.123457 W",
                    original=(("lon", "-30.123457"), ("lat", "51.054321")))
ROW = QuarantinedRow(id="q-1", noun="hazardous_area", source_id="s", source_file="a.csv", source_layer="",
                     source_row=3, original=(("id", "7"),), finding_codes=("SG-INTAKE-210",),
                     provisional_geometry=PLACE.buffer(0.01))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_withheld_position_is_in_no_export_and_on_no_map():
    feature = feature_of(ACCIDENT)
    for text in (to_geojson([feature]), to_csv([feature])):
        assert "30.12" not in text
        assert "51.05" not in text
        assert "well" not in text
    held = json.loads(to_geojson([feature]))
    assert held["features"][0]["geometry"] is None
    assert held["features"][0]["properties"]["position_withheld"] is True
    assert held["positions_withheld"] == 1
    assert read(to_csv([feature]))[0]["geometry_wkt"] == ""
    assert shown_position(ACCIDENT) is None
    assert draw_layers([ACCIDENT], {}, []) == ()


def test_the_guard_has_teeth_a_position_that_may_be_shown_is_there():
    open_accident = replace(ACCIDENT, geo_safe=True)
    assert "-30.123457" in to_geojson([feature_of(open_accident)])
    assert "-30.123457 51.054321" in to_csv([feature_of(open_accident)])
    assert [item.kind for item in draw_layers([open_accident], {}, [])] == ["accident"]


def test_a_writer_never_shows_a_position_that_a_feature_calls_withheld():
    leaky = replace(feature_of(replace(ACCIDENT, geo_safe=True)), position_withheld=True)
    assert json.loads(to_geojson([leaky]))["features"][0]["geometry"] is None
    assert "51.05" not in to_csv([leaky]).split("note")[0] + read(to_csv([leaky]))[0]["geometry_wkt"]


def test_victims_and_persons_are_never_exported():
    assert feature_of(Victim(id="v", accident_id="x-1")) is None
    assert feature_of(Person(id="p", name="somebody")) is None


@pytest.mark.parametrize(("field", "value", "shown"), [
    ("geo_safe", "no", False), ("Geo Safe", "FALSE", False), ("GEOSAFE?", "0", False), ("geo_safe", "нет", False),
    ("geo_safe", "yes", True), ("geo_safe", "", True), ("name", "no", True)])
def test_a_row_kept_aside_that_says_its_position_must_not_be_recorded_is_not_shown(field, value, shown):
    row = replace(ROW, original=((field, value),))
    assert (shown_outline(row) is not None) is shown
    assert (feature_of_row(row) is not None) is shown
    assert bool(draw_layers([], {}, [row])) is shown


def test_rows_about_people_are_never_shown():
    assert feature_of_row(replace(ROW, noun="victim")) is None


def test_the_provisional_outline_says_what_it_is_and_leaves_the_original_values_out():
    held = json.loads(to_geojson([feature_of_row(ROW)]))["features"][0]
    assert held["properties"]["state"].startswith("quarantined")
    assert "original" not in held["properties"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=1", "  =1+1", "＝1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("value", ["-30.5", "+4", "1e5", "-.5", "plain", "", "a=b", "'=1"])
def test_numbers_and_plain_text_stay_as_they_are(value):
    assert guarded(value) == value


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers()))
def test_numbers_come_back_as_they_were(value):
    assert float(guarded(value)) == float(value)


@given(st.text(max_size=20))
def test_no_cell_starts_with_a_formula_sign_unless_it_is_a_number(text):
    cell = read(to_csv([feature_of(replace(AREA, name=text))]))[0]["name"]
    assert cell.removeprefix("'") == text or cell == text
    if cell.lstrip(" ")[:1] in set("=+-@\t\r\n"):
        float(cell)


def test_csv_holds_the_geometry_as_wkt_and_guards_the_name():
    row = read(to_csv([feature_of(AREA)]))[0]
    assert shapely.from_wkt(row["geometry_wkt"]).equals(AREA.geometry)
    assert row["name"].startswith("'=cmd")
    assert row["stated_area_m2"] == "-5.5"
    assert row["position_withheld"] == "false"


def test_geojson_rings_run_counter_clockwise_and_layers_follow_the_geometry():
    work = Activity(id="w", activity_type=ActivityType.CLEARANCE, release_method=ReleaseMethod.CLEARED,
                    geometry=shapely.box(-30.1, 51, -30, 51.1).reverse())
    held = json.loads(to_geojson([feature_of(AREA), feature_of(work), feature_of(replace(work, geometry=None))]))
    assert [f["properties"]["layer"] for f in held["features"]] == ["hazardous_area", "activity_area", "activity"]
    assert shapely.is_ccw(shapely.LinearRing(held["features"][1]["geometry"]["coordinates"][0]))
