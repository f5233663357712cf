"""Points that may be one event are proposed for merging, by distance on the ellipsoid and date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from safeground.intake.checks import point_twins
from safeground.operations.context import Caller, standard_text
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.new import create
from safeground.records.standard import standard_from_toml

RULES = standard_from_toml(standard_text("imas"), "").intake
DAY = date(2024, 5, 14)
DEGREE_M = 111_320.0


@pytest.mark.parametrize("latitude", [-60.0, 0.0, 15.0, 51.0, 70.0])
@pytest.mark.parametrize(("metres", "twin"), [(1.0, True), (24.0, True), (26.0, False)])
def test_within_25_metres_on_one_day_is_a_twin(latitude: float, metres: float, twin: bool) -> None:
    east = metres / (DEGREE_M * np.cos(np.radians(latitude)))
    points = np.array([shapely.Point(30, latitude), shapely.Point(30 + east, latitude)], dtype=object)
    found = list(point_twins(points, [DAY, DAY], RULES, (1, 2)))
    assert [(fault.index, fault.code) for fault in found] == ([(1, "SG-INTAKE-238")] if twin else [])


def test_another_day_no_date_no_point_is_no_twin() -> None:
    here = shapely.Point(30, 51)
    points = np.array([here, here, here, None, shapely.Point(), shapely.box(30, 51, 30.1, 51.1)], dtype=object)
    dates = [DAY, date(2024, 5, 15), None, DAY, DAY, DAY]
    assert list(point_twins(points, dates, RULES, (1, 2, 3, 4, 5, 6))) == []
    assert list(point_twins(np.array([], dtype=object), [], RULES, ())) == []


def test_the_distance_decides_and_not_the_box_around_a_point() -> None:
    north, east = 20 / DEGREE_M, 20 / (DEGREE_M * np.cos(np.radians(51)))
    points = np.array([shapely.Point(30, 51), shapely.Point(30 + east, 51 + north)], dtype=object)
    assert list(point_twins(points, [DAY, DAY], RULES, (1, 2))) == []


def test_positions_out_of_range_are_no_twins() -> None:
    points = np.array([shapely.Point(30, 151), shapely.Point(30, 151), shapely.Point(400, 5), shapely.Point(400, 5)])
    assert list(point_twins(points, [DAY] * 4, RULES, (1, 2, 3, 4))) == []


def test_of_three_at_one_place_two_are_told_and_all_are_taken_in(tmp_path: Path) -> None:
    lines = ["id,date,device,killed,injured,latitude,longitude"]
    lines += [f"I{n},2024-05-14,apm,0,1,51.{10 + n // 3},-29.5" for n in range(4)]
    (tmp_path / "accidents.csv").write_text("\n".join(lines) + "\n")
    caller = Caller(actor="information manager")
    create(str(tmp_path / "p.gpkg"), caller, name="district", region=(-30.5, 50.5, -29.0, 51.5))
    result = take_files(str(tmp_path / "p.gpkg"), [tmp_path / "accidents.csv"], caller,
                        IntakeRequest(as_noun="accident"))
    assert (result.accepted, result.quarantined) == (4, 0)
    assert [(f.source.row, f.code) for f in result.findings if f.code == "SG-INTAKE-238"] == [
        (2, "SG-INTAKE-238"), (3, "SG-INTAKE-238")]
